"""Errors speak both languages, whole."""

import re
from pathlib import Path

import pytest

from shared.kernel.errors import PARTS, THINGS, IllegalMove, Malformed, NotFound, Said, Unavailable

TREE = Path(__file__).parents[3]
NAMED = re.compile(r'NotFound\("([^"]+)"|^    thing = "([^"]+)"', re.MULTILINE)


@pytest.mark.parametrize("thing", THINGS)
def test_what_is_missing_has_a_chinese_name(thing: str) -> None:
    """Q01: no English word inside a Chinese sentence."""
    assert re.search(r"[A-Za-z]", NotFound(thing).say("zh-CN")) is None
    assert thing in NotFound(thing).say("en")


@pytest.mark.parametrize("part", PARTS)
def test_what_is_away_has_a_chinese_name(part: str) -> None:
    """Q01: and the reason, where there is one, is said as it came."""
    assert re.search(r"[A-Za-z]", Unavailable(part).say("zh-CN")) is None
    assert part in Unavailable(part).say("en")
    for language in ("en", "zh-CN"):
        assert " (no answer)" in Unavailable(f"{part} (no answer)").say(language)
    assert "正在使用" in Unavailable(Said("a.db (in use)", "a.db（正在使用）")).say("zh-CN")


def sources() -> str:
    found = [path for folder in ("gateway", "shared") for path in (TREE / folder).rglob("*.py")]
    return "\n".join(path.read_text() for path in [*found, *TREE.glob("service_*/**/*.py")])


def test_everything_that_can_be_missing_or_away_is_in_the_tables() -> None:
    named = {name for pair in NAMED.findall(sources()) for name in pair if name}
    assert named
    assert named <= set(THINGS)
    away = set(re.findall(r'Unavailable\(f?"(\w+)', sources()))
    assert {"broker", "database"} <= away <= set(PARTS)


def test_no_reason_is_a_sentence_in_one_language() -> None:
    """Q01."""
    assert re.findall(r'\breason=f?"(\w.*)"', sources()) == []


def test_a_move_that_is_not_allowed_names_the_states_that_allow_it() -> None:
    error = IllegalMove("approve", "closed", frozenset({"in_review"}))
    assert "in_review" in error.say("en")
    assert "in_review" in error.say("zh-CN")


def test_a_reason_that_is_a_sentence_is_said_in_the_language_of_the_rest() -> None:
    """Q01: and one that is plain text stays as it is."""
    error = Malformed(reason=Said("Too long.", "过长。"))
    assert (error.say("en"), error.say("zh-CN")) == ("Too long.", "过长。")
    assert Malformed(reason="Too long.").say("zh-CN") == "Too long."
