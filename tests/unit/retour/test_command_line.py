"""The words of the command line: help in both languages, exit statuses, trouble in one line."""

import re
import sys

import pytest
import typer.rich_utils

from retour import __version__, chinese, command
from retour.exit_status import MEANINGS, ExitStatus

WORDS: tuple[list[str], ...] = (
    [],
    ["up"],
    ["migrate"],
    ["demo"],
    ["doctor"],
    ["refund"],
    ["refund", "quote"],
    ["events"],
    ["events", "tail"],
    ["dead-letters"],
    ["dead-letters", "list"],
    ["dead-letters", "show"],
    ["dead-letters", "replay"],
    ["dead-letters", "discard"],
)
HAN = re.compile(r"[\u4e00-\u9fff]")


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["retour", *arguments])
    with pytest.raises(SystemExit) as ended:
        command.main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize("word", WORDS, ids=" ".join)
def test_every_word_has_help_in_english(
    word: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, *word, "--help", "--language", "en") == ExitStatus.GOOD
    shown = capsys.readouterr().out
    assert "Usage: retour" in shown
    assert not HAN.search(shown)


@pytest.mark.parametrize("word", WORDS, ids=" ".join)
def test_every_word_has_help_in_chinese(
    word: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in chinese.TITLES:
        monkeypatch.setattr(f"typer.rich_utils.{name}", getattr(typer.rich_utils, name))
    assert run(monkeypatch, *word, "--help", "--language", "zh-CN") == ExitStatus.GOOD
    shown = capsys.readouterr().out
    assert "用法：retour" in shown
    assert "Options" not in shown
    assert "Show this message" not in shown


def test_the_version_is_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "--version") == ExitStatus.GOOD
    assert capsys.readouterr().out == f"retour {__version__}\n"


def test_every_exit_status_is_explained_in_both_languages() -> None:
    assert set(MEANINGS) == set(ExitStatus)
    assert all(said.en and said.zh for said in MEANINGS.values())


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--language", "fr"], ExitStatus.USAGE),
        (["up", "--prot", "1"], ExitStatus.USAGE),
        (["up", "--port", "0"], ExitStatus.USAGE),
        (["dead-letters", "discard", "evt_1"], ExitStatus.USAGE),
        (["dead-letters", "replay"], ExitStatus.USAGE),
        (["dead-letters", "replay", "evt_1", "--all"], ExitStatus.USAGE),
        (["dead-letters", "list", "--data", "/nowhere/at/all"], ExitStatus.SETTINGS),
    ],
)
def test_what_cannot_be_done_ends_with_its_own_status(
    arguments: list[str], status: ExitStatus, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GATEWAY_BOOTSTRAP_ADMIN", raising=False)
    assert run(monkeypatch, *arguments) == status
    assert "Traceback" not in capsys.readouterr().err
