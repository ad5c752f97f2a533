"""Logs: which lines are written, and in which form."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from shared.telemetry import logging as subject


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    levels = {name: logging.getLogger(name).level for name in subject.DOUBLING}
    yield
    structlog.reset_defaults()
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.parametrize(
    ("level", "written"),
    [("INFO", ["info", "warning", "error"]), ("WARNING", ["warning", "error"]), ("ERROR", ["error"])],
)
def test_a_machine_gets_one_document_a_line_from_the_level_on(
    capsys: pytest.CaptureFixture[str], level: str, written: list[str]
) -> None:
    subject.configure(level=level, machine=True)
    log = structlog.get_logger("test")
    for name in ("debug", "info", "warning", "error"):
        getattr(log, name)("it_happened", number=7)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["level"] for line in lines] == written
    assert all((line["event"], line["number"]) == ("it_happened", 7) for line in lines)
    assert all(line["timestamp"].endswith("Z") for line in lines)


def test_a_machine_gets_the_traceback_inside_its_document(capsys: pytest.CaptureFixture[str]) -> None:
    subject.configure(machine=True)
    try:
        _ = 1 // 0
    except ZeroDivisionError:
        structlog.get_logger("test").exception("it_broke")
    (line,) = capsys.readouterr().err.splitlines()
    assert "ZeroDivisionError: " in json.loads(line)["exception"]


def test_without_a_word_nobody_at_a_terminal_means_a_machine_and_a_person_gets_plain_lines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    subject.configure()
    structlog.get_logger("test").info("it_happened")
    assert json.loads(capsys.readouterr().err)["event"] == "it_happened"
    subject.configure(machine=False)
    structlog.get_logger("other").info("it_happened")
    said = capsys.readouterr().err
    assert "it_happened" in said
    assert "{" not in said


def test_what_libraries_tell_twice_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    subject.configure()
    assert not any(logging.getLogger(name).isEnabledFor(logging.ERROR) for name in subject.DOUBLING)


@pytest.mark.parametrize(
    ("environment", "level"),
    [
        ({}, "WARNING"),
        ({subject.LEVEL: ""}, "WARNING"),
        ({subject.LEVEL: "info"}, "INFO"),
        ({subject.LEVEL: "ERROR"}, "ERROR"),
    ],
)
def test_the_level_is_the_environments_or_the_one_that_is_usual(environment: dict[str, str], level: str) -> None:
    assert subject.level_in(environment, otherwise="WARNING") == level


def test_a_level_that_is_none_is_said_with_those_that_are() -> None:
    with pytest.raises(ValueError, match="RETOUR_LOG_LEVEL: one of DEBUG, INFO, WARNING, ERROR, CRITICAL"):
        subject.level_in({subject.LEVEL: "loud"}, otherwise="INFO")
