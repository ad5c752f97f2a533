"""`retour policy` tries the core without a server: for people, for programs, and with a plain answer to bad input."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from retour.offline.policy_command import app
from tests.unit.requests.policy_builders import a_case_document, a_policy_document, days_for

RUN = CliRunner()
FREE = [{"id": "free", "cause": "change_of_mind", "payer": "merchant"}]


def write(folder: Path, name: str, document: Any) -> str:
    file = folder / name
    text = yaml.safe_dump(document, allow_unicode=True) if name.endswith("yaml") else json.dumps(document)
    file.write_text(text, encoding="utf-8")
    return str(file)


@pytest.fixture
def policy(tmp_path: Path) -> str:
    return write(tmp_path, "policy.yaml", a_policy_document(windows=[days_for(30)], freight=FREE))


@pytest.fixture
def case(tmp_path: Path) -> str:
    return write(tmp_path, "case.json", a_case_document(stated="2026-11-20T10:00"))


def test_it_explains_a_case_to_people_and_to_programs(policy: str, case: str) -> None:
    """B10."""
    people = RUN.invoke(app, ["explain", policy, case])
    assert people.exit_code == 0
    assert "2 December 2026" in people.output
    chinese = RUN.invoke(app, ["explain", policy, case, "--language", "zh-CN"])
    assert "2026年12月2日" in chinese.output
    programs = json.loads(RUN.invoke(app, ["explain", policy, case, "--json"]).output)
    assert programs["decisions"][0]["decision"]["verdict"] == "accept"


def test_it_replays_a_record_and_ends_with_one_when_it_differs(tmp_path: Path, policy: str, case: str) -> None:
    """B10, R1.2."""
    record = tmp_path / "record.yaml"
    assert RUN.invoke(app, ["explain", policy, case, "--record", str(record)]).exit_code == 0
    same = RUN.invoke(app, ["replay", str(record), "--json"])
    assert same.exit_code == 0
    assert json.loads(same.output)["records"][0]["same"] is True
    document = yaml.safe_load(record.read_text(encoding="utf-8"))
    document["case"]["stated_at"] = "2026-11-21T10:00:00+08:00"
    changed = RUN.invoke(app, ["replay", write(tmp_path, "changed.yaml", document)])
    assert changed.exit_code == 1
    assert "differs" in changed.output


def test_it_checks_a_policy_before_it_is_published(tmp_path: Path, policy: str) -> None:
    """B01: what undercuts the law ends with 2 and says where."""
    assert "shop@1 may be published" in RUN.invoke(app, ["publish-check", policy, "--on", "2024-01-01"]).output
    bad = write(tmp_path, "bad.yaml", a_policy_document(regimes=["CN"], windows=[days_for(3)]))
    people = RUN.invoke(app, ["publish-check", bad, "--on", "2024-01-01"])
    assert people.exit_code == 2
    assert "bad.yaml" in people.output
    assert "/windows/0/window/period" in people.output
    assert "7 days" in people.output
    (error,) = json.loads(RUN.invoke(app, ["publish-check", bad, "--json", "--on", "2024-01-01"]).output)["errors"]
    assert error["line"] > 1
    assert error["field"] == "/windows/0/window/period"
    assert "7 days" in error["reason"]


def test_it_says_whose_answers_a_new_version_would_change(tmp_path: Path, policy: str, case: str) -> None:
    """B07, B16: a dry run over cases of the past."""
    shorter = a_policy_document(version="2", effective_from="2026-12-01", windows=[days_for(14)], freight=FREE)
    answer = json.loads(
        RUN.invoke(
            app, ["publish-check", policy, write(tmp_path, "new.yaml", shorter), case, "--json", "--on", "2026-11-30"]
        ).output
    )
    assert answer["changes"] == [{"case": "test", "line": "L", "unit": "1", "before": "accept", "after": "refuse"}]


def test_it_says_what_the_server_says_about_the_day_on_which_a_version_begins(tmp_path: Path) -> None:
    """Z12, R1.2: a version may begin today, in the zones of its regimes, and not before."""
    for day, good in (("2026-11-29", False), ("2026-11-30", True), ("2026-12-31", True)):
        begins = a_policy_document(regimes=["US"], effective_from=day, freight=FREE)
        done = RUN.invoke(app, ["publish-check", write(tmp_path, f"{day}.yaml", begins), "--on", "2026-11-30"])
        assert (done.exit_code == 0) is good, done.output
    assert (
        "30 November 2026 or later"
        in RUN.invoke(app, ["publish-check", str(tmp_path / "2026-11-29.yaml"), "--on", "2026-11-30"]).output
    )


def test_it_shows_the_page_and_the_machine_form(policy: str) -> None:
    """R1.2, B11."""
    text = RUN.invoke(app, ["page", policy, "--raw", "--on", "2026-11-24"])
    assert text.exit_code == 0
    assert text.output.startswith("# Returns")
    assert RUN.invoke(app, ["page", policy]).exit_code == 0
    form = json.loads(RUN.invoke(app, ["page", policy, "--json", "--on", "2026-11-24"]).output)
    assert form["policies"][0]["window"]["days"] == 30


@pytest.mark.parametrize(
    ("text", "command", "reason"),
    [
        ("", "page", "empty"),
        ("greeting: hello", "page", "names none of"),
        ("[1, 2]", "explain", "names none of"),
        ('{"policy": "x", "policy": "y"}', "page", "twice"),
        ('{"case": NaN}', "explain", "NaN"),
        ('case: "\\ud800"', "explain", "surrogate"),
        ("record: decision", "replay", "missing"),
        ("case: x", "replay", "missing"),
    ],
)
def test_bad_input_ends_with_two_and_a_reason(tmp_path: Path, text: str, command: str, reason: str) -> None:
    """Hostile input: never a traceback."""
    file = tmp_path / "bad.yaml"
    file.write_text(text, encoding="utf-8")
    for options in ([], ["--json"], ["--language", "zh-CN"]):
        answer = RUN.invoke(app, [command, str(file), *options])
        assert answer.exit_code == 2
        assert isinstance(answer.exception, SystemExit)
        assert options == ["--language", "zh-CN"] or reason in answer.output


def test_a_file_that_is_not_there_and_a_case_that_does_not_fit_are_named(tmp_path: Path, policy: str) -> None:
    """Hostile input."""
    assert RUN.invoke(app, ["page", str(tmp_path / "none.yaml")]).exit_code == 2
    assert RUN.invoke(app, ["explain", policy]).exit_code == 2
    wrong = write(tmp_path, "case.yaml", a_case_document(unit={"reason": "boredom"}))
    answer = RUN.invoke(app, ["explain", policy, wrong, "--json"])
    assert answer.exit_code == 2
    assert json.loads(answer.output)["errors"][0]["field"] == "/lines/0/units/0/reason"


def test_a_record_holds_one_case(tmp_path: Path, policy: str, case: str) -> None:
    """B10."""
    other = write(tmp_path, "other.json", a_case_document())
    record = tmp_path / "record.yaml"
    assert RUN.invoke(app, ["explain", policy, case, other, "--record", str(record)]).exit_code == 2
    assert not record.exists()


def test_laws_and_calendars_can_be_brought_along(tmp_path: Path, case: str) -> None:
    """B03, B04: a merchant's own calendar and a law pack of tomorrow."""
    calendar = {"calendar": "mine", "zone": "Asia/Shanghai", "weekdays": [6], "published": [2026]}
    policy = write(tmp_path, "p.yaml", a_policy_document(calendar="mine", windows=[days_for(30)]))
    assert RUN.invoke(app, ["publish-check", policy]).exit_code == 2
    answer = RUN.invoke(app, ["explain", policy, case, write(tmp_path, "c.yaml", calendar)])
    assert "We decide by 21 November 2026" in answer.output
