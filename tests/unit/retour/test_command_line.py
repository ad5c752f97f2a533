"""The words of the command line: help in both languages, exit statuses, trouble in one line."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import typer.rich_utils

from retour import __version__, chinese, command
from retour.demo import player
from retour.exit_status import MEANINGS, ExitStatus
from retour.hosting import server
from retour.hosting.data_folder import DataFolder
from retour.operating import events_tail
from retour.operating.doctor import examination
from retour.operating.doctor.finding import Finding, Level

WORDS: tuple[list[str], ...] = (
    [],
    ["up"],
    ["migrate"],
    ["demo"],
    ["doctor"],
    ["refund"],
    ["refund", "quote"],
    ["orders"],
    ["orders", "convert"],
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


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """One that knows its administrator, and an environment that knows nothing."""
    for name in ("GATEWAY_BOOTSTRAP_ADMIN", "RETOUR_URL", "RETOUR_BROKER_URL", "RETOUR_POSTGRES_URL"):
        monkeypatch.delenv(name, raising=False)
    DataFolder(tmp_path).secrets()
    return str(tmp_path)


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("mode", ["embedded", "distributed"])
def test_the_doctor_ends_by_what_it_has_found(
    folder: str, monkeypatch: pytest.MonkeyPatch, mode: str, level: Level
) -> None:
    async def found(*_: object) -> Sequence[Finding]:
        return [Finding("a", level, "what")]

    monkeypatch.setattr(examination, mode, found)
    words = ["doctor", "--data", folder, *["--distributed"] * (mode == "distributed")]
    assert run(monkeypatch, *words) == (ExitStatus.GOOD if level in (Level.GOOD, Level.NOTE) else ExitStatus.WRONG)


@pytest.mark.parametrize("well", [True, False])
def test_the_demo_ends_by_whether_it_went_well(folder: str, monkeypatch: pytest.MonkeyPatch, well: bool) -> None:
    async def play(url: str, *_: object) -> bool:
        assert url == "http://127.0.0.1:9"
        return well

    monkeypatch.setattr(player, "play", play)
    status = run(monkeypatch, "demo", "--data", folder, "--url", "http://127.0.0.1:9")
    assert status == (ExitStatus.GOOD if well else ExitStatus.WRONG)


@pytest.mark.parametrize("status", [0, 78])
def test_up_serves_in_one_or_as_processes_whose_status_is_its_own(
    folder: str, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    served: list[Any] = []

    def in_one(options: server.StartOptions, _: object) -> None:
        served.append((options.data_folder.folder, options.port, options.demo))

    def as_processes(options: server.StartOptions, _: object, *, first_service_port: int) -> int:
        served.append((options.data_folder.folder, options.port, options.demo, first_service_port))
        return status

    monkeypatch.setattr(server, "up_in_one", in_one)
    monkeypatch.setattr(server, "up_as_processes", as_processes)
    assert run(monkeypatch, "up", "--data", folder, "--port", "7", "--demo") == ExitStatus.GOOD
    more = ("--distributed", "--service-port", "9")
    assert run(monkeypatch, "up", "--data", folder, "--port", "8", *more) == status
    assert served == [(Path(folder), 7, True), (Path(folder), 8, False, 9)]


@pytest.mark.parametrize(
    ("words", "named", "done"),
    [
        ((), False, "files"),
        ((), True, "servers"),
        (("--distributed",), False, "servers"),
        (("--distributed",), True, "servers"),
    ],
)
def test_migrate_works_where_it_is_told_to_or_where_the_environment_points(
    folder: str, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], named: bool, done: str
) -> None:
    what: list[str] = []
    monkeypatch.setattr(server, "migrate_files", lambda _: what.append("files"))
    monkeypatch.setattr(server, "migrate_servers", lambda _: what.append("servers"))
    if named:
        monkeypatch.setenv("RETOUR_POSTGRES_URL", "postgresql://db/x")
        monkeypatch.setenv("RETOUR_BROKER_URL", "amqp://mq/x")
    assert run(monkeypatch, "migrate", "--data", folder, *words) == ExitStatus.GOOD
    assert what == [done]


@pytest.mark.parametrize(
    ("words", "source"),
    [
        (("--broker", "amqp://mq/x"), "broker"),
        (("--broker", "amqp://mq/x", "--url", "http://shop"), "http://shop refunds"),
        (("--broker", "amqp://mq/x", "--feed", "returns"), "http://127.0.0.1:8080 returns"),
        (("--feed", "all"), "http://127.0.0.1:8080 all"),
        ((), "http://127.0.0.1:8080 refunds"),
    ],
)
def test_tail_reads_the_broker_or_the_feed_and_explains_an_empty_screen_when_it_ends_by_itself(
    folder: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    source: str,
) -> None:
    read: list[tuple[str, bool]] = []

    async def of_broker(url: str, _: object, *, follow: bool, prefix: str) -> None:
        read.append(("broker", follow))

    async def of_feed(access: Any, *_: object, follow: bool, feed: str) -> None:
        read.append((f"{access.url} {feed}", follow))

    monkeypatch.setattr(events_tail, "of_broker", of_broker)
    monkeypatch.setattr(events_tail, "of_feed", of_feed)
    words = ("events", "tail", "--data", folder, "--language", "en", *words)
    assert run(monkeypatch, *words) == ExitStatus.GOOD
    assert capsys.readouterr().err == ""
    assert run(monkeypatch, *words, "--no-follow") == ExitStatus.GOOD
    said = capsys.readouterr().err
    assert ("Nothing came within" if source == "broker" else "no such event yet") in said
    assert read == [(source, True), (source, False)]
    assert run(monkeypatch, *words, "--feed", "parcels") == ExitStatus.USAGE
