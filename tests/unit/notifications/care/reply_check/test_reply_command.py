"""`retour reply-check` judges a reply from a file: for people, for programs, with a plain answer to bad input (K05)."""

import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import typer.rich_utils
import yaml
from typer.testing import CliRunner

from retour import chinese
from retour.command import main
from retour.offline.reply_command import app
from service_notifications.adapters.care.reply_check.reply_document import read_reply, reply_schema
from service_notifications.domain.care.reply_check.reply_case import Purpose
from service_notifications.domain.care.reply_check.reply_report import check_reply
from shared.documents.document import InvalidDocument
from shared.kernel.errors import Language
from shared.kernel.money import Money
from tests.support.sizes import Build, limits

RUN = CliRunner()
DOCS = Path(__file__).parents[5] / "docs"
EXAMPLES = DOCS / "examples/replies"
MINIMAL = {"reply": "您好。", "language": "zh-CN", "now": "2026-11-24T10:00:00+08:00"}


def write(folder: Path, text: str) -> str:
    file = folder / "reply.yaml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def problems(folder: Path, text: str) -> list[dict[str, Any]]:
    result = RUN.invoke(app, [write(folder, text), "--json"])
    assert result.exit_code == 2, result.output
    found: list[dict[str, Any]] = json.loads(result.output)["errors"]
    return found


def test_an_approval_that_is_right_may_be_sent() -> None:
    """E6, R2.3: the example of the documentation raises nothing at all."""
    result = RUN.invoke(app, [str(EXAMPLES / "approval.yaml")])
    assert result.exit_code == 0
    assert "100 of 100" in result.output
    assert "may be sent" in result.output
    assert check_reply(read_reply((EXAMPLES / "approval.yaml").read_bytes())).findings == ()


def test_a_reply_that_is_held_back_ends_with_one_and_shows_where() -> None:
    """E4, H4: gates, in both languages."""
    english = RUN.invoke(app, [str(EXAMPLES / "held-back.yaml")])
    chinese = RUN.invoke(app, [str(EXAMPLES / "held-back.yaml"), "--language", "zh-CN"])
    assert english.exit_code == chinese.exit_code == 1
    assert "E4 N3.3 [gate] 84-93 “89.00 EUR”" in english.output
    assert "E4 N3.3 [拦截] 84-93 “89.00 EUR”" in chinese.output


def test_programs_get_the_verdict_as_json() -> None:
    result = RUN.invoke(app, [str(EXAMPLES / "held-back.yaml"), "--json"])
    verdict = json.loads(result.output)
    text = yaml.safe_load((EXAMPLES / "held-back.yaml").read_text(encoding="utf-8"))["reply"]
    assert not verdict["sendable"]
    assert {each["check"] for each in verdict["findings"] if each["gate"]} == {"E4", "H4"}
    for each in verdict["findings"]:
        assert each["start"] is None or text[each["start"] : each["end"]] == each["words"]
    assert {each["check"] for each in verdict["score"]["criticals"]} == {"E4", "H4"}


def test_the_published_schema_is_what_is_read() -> None:
    published = (DOCS / "schemas/reply.schema.json").read_text(encoding="utf-8")
    assert published == reply_schema()
    for example in EXAMPLES.glob("*.yaml"):
        held = yaml.load(example.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
        assert set(held) <= set(json.loads(published)["properties"])
    jsonschema.validate(MINIMAL, json.loads(published))


def test_everything_a_document_says_reaches_the_case() -> None:
    case = read_reply((EXAMPLES / "approval.yaml").read_bytes())
    assert case.draft.purpose is Purpose.APPROVAL
    assert case.draft.sender.scopes == frozenset({"approve", "refuse"})
    assert case.facts.quote is not None
    assert case.facts.quote.total == Money(8_500, "CNY")
    assert case.facts.approval.rma == "RMA-7Q2K-X"
    assert case.promises == ()
    assert case.signals == ()
    closing = {**MINIMAL, "facts": {"closing": {"wait_hours": 48}}}
    wait = read_reply(json.dumps(closing).encode()).facts.closing.wait
    assert wait is not None
    assert wait.days == 2
    assert read_reply(json.dumps(MINIMAL).encode()).promises is None


@pytest.mark.parametrize(
    ("text", "line", "field", "reason"),
    [
        ("reply: x\nlanguage: fr\nnow: 2026-11-24T10:00:00Z", 2, "/language", "must be one of"),
        ("reply: x\nlanguage: en", 1, "/now", "is missing"),
        ("reply: x\nlanguage: en\nnow: yesterday", 3, "/now", "must be a moment"),
        ("reply: x\nlanguage: en\nnow: 2026-11-24T10:00:00", 3, "/now", "must be a moment"),
        ("reply: x\nlanguage: en\nnow: 2026-11-24T10:00:00Z\nmood: bad", 4, "/mood", "not known here"),
        ("reply: x\nreply: y", 2, "/reply", "said twice"),
        ("reply: ''\nlanguage: en\nnow: 2026-11-24T10:00:00Z", 1, "/reply", "must not be empty"),
        ("reply: [", 1, "/", "not readable"),
        ("reply: 1.5", 1, "/reply", "only whole numbers"),
        ('{"reply": NaN}', 1, "/", "NaN is not a number"),
        ('{"reply": "\\u001b[2J"}', 1, "/reply", "control characters"),
        ("", 1, "/", "empty"),
    ],
)
def test_bad_input_is_answered_with_line_field_and_reason(
    tmp_path: Path, text: str, line: int, field: str, reason: str
) -> None:
    """Hostile input too: never a traceback."""
    found = problems(tmp_path, text)
    assert any((each["line"], each["field"]) == (line, field) and reason in each["reason"] for each in found), found


@pytest.mark.parametrize(
    ("money", "reason"),
    [
        ({"amount_minor": 10**15 + 1, "currency": "CNY"}, "at most"),
        ({"amount_minor": 1, "currency": "XYZ"}, "not a currency"),
        ({"amount_minor": "85.005", "currency": "CNY"}, "whole number"),
        ({"amount_minor": True, "currency": "CNY"}, "whole number"),
        ({"amount_minor": None, "currency": "CNY"}, "whole number"),
        ({"currency": "CNY"}, "missing"),
    ],
)
def test_an_amount_that_is_none_is_refused(tmp_path: Path, money: dict[str, Any], reason: str) -> None:
    document = {**MINIMAL, "facts": {"quote": {"total": money}}}
    (found,) = problems(tmp_path, json.dumps(document))
    assert reason in found["reason"]
    assert found["field"].startswith("/facts/quote/total")


def test_people_get_the_same_reasons_in_their_language(tmp_path: Path) -> None:
    result = RUN.invoke(app, [write(tmp_path, "reply: x"), "--language", "zh-CN"])
    assert result.exit_code == 2
    assert "/language 缺失" in result.output
    assert RUN.invoke(app, [str(tmp_path / "none")]).exit_code == 2


@pytest.mark.parametrize(("build", "most", "reason"), limits(kib=1024, levels=16, values=20_000, characters=12_000))
def test_a_reply_is_taken_up_to_its_limits(build: Build, most: int, reason: str) -> None:
    """Up to the limit it is refused for what it says, above it for its size."""
    for size, too_large in ((most, False), (most + 1, True)):
        with pytest.raises(InvalidDocument) as refused:
            read_reply(build(size))
        assert (reason in refused.value.say("en")) is too_large


def test_fifty_kilobytes_of_one_character_are_answered(tmp_path: Path) -> None:
    """As long as a reply may be it is judged; 50 kB of one character are refused with a reason."""
    document = {**MINIMAL, "reply": "您" * 12_000}
    assert RUN.invoke(app, [write(tmp_path, json.dumps(document))]).exit_code == 0
    for char in "a您":
        text = json.dumps({**MINIMAL, "reply": char * (50_000 // len(char.encode()))})
        assert "longer" in problems(tmp_path, text)[0]["reason"]


@pytest.mark.parametrize(("language", "said"), [("en", "held back"), ("zh-CN", "须修改后才能发送")])
def test_the_word_is_part_of_the_command(
    language: Language, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`retour reply-check FILE`, in the language of the command, with the status of the verdict."""
    for name in chinese.TITLES:
        monkeypatch.setattr(f"typer.rich_utils.{name}", getattr(typer.rich_utils, name))
    line = ["retour", "--language", language, "reply-check", str(EXAMPLES / "held-back.yaml")]
    monkeypatch.setattr(sys, "argv", line)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert said in capsys.readouterr().out
