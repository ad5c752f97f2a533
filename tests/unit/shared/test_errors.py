"""Errors speak both languages, whole."""

import re
from pathlib import Path

import pytest

from shared.kernel.errors import THINGS, IllegalMove, Malformed, NotFound, Said

TREE = Path(__file__).parents[3]
NAMED = re.compile(r'NotFound\("([^"]+)"|^    thing = "([^"]+)"', re.MULTILINE)


@pytest.mark.parametrize("thing", THINGS)
def test_what_is_missing_has_a_chinese_name(thing: str) -> None:
    """Q01: no English word inside a Chinese sentence."""
    assert re.search(r"[A-Za-z]", NotFound(thing).say("zh-CN")) is None
    assert thing in NotFound(thing).say("en")


def test_everything_that_can_be_missing_is_in_the_table() -> None:
    sources = [path for folder in ("gateway", "shared") for path in (TREE / folder).rglob("*.py")]
    sources += TREE.glob("service_*/**/*.py")
    named = {name for path in sources for pair in NAMED.findall(path.read_text()) for name in pair if name}
    assert named
    assert named <= set(THINGS)


def test_a_move_that_is_not_allowed_names_the_states_that_allow_it() -> None:
    error = IllegalMove("approve", "closed", frozenset({"in_review"}))
    assert "in_review" in error.say("en")
    assert "in_review" in error.say("zh-CN")


def test_a_reason_that_is_a_sentence_is_said_in_the_language_of_the_rest() -> None:
    """Q01: and one that is plain text stays as it is."""
    error = Malformed(reason=Said("Too long.", "过长。"))
    assert (error.say("en"), error.say("zh-CN")) == ("Too long.", "过长。")
    assert Malformed(reason="Too long.").say("zh-CN") == "Too long."
