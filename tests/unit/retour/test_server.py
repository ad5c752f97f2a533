"""`retour up`: the demo is played at the first start of a folder that asks for it, and at no other."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from retour import __version__
from retour.exit_status import ExitStatus, Trouble
from retour.hosting import distributed, embedded, server, servers
from retour.hosting.data_folder import DataFolder
from retour.hosting.server import StartOptions
from shared.telemetry import logging

Start = Callable[..., bool]


@pytest.fixture(params=["embedded", "distributed"])
def start(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Starts Retour as far as serving; whether it would have played the demo."""
    played: list[bool] = []

    def serve(*_: Any, play: bool) -> int:
        played.append(play)
        return 0

    def prepare(data_folder: DataFolder) -> None:
        for name in ("gateway", "requests"):
            Path(data_folder.folder / f"{name}.db").touch()

    monkeypatch.setattr(server, "_serve", serve)
    monkeypatch.setattr(server, "_keep", serve)
    monkeypatch.setattr(server, "_run", lambda main: main)
    monkeypatch.setattr(server, "_must_be_free", lambda *_: None)
    monkeypatch.setattr(server, "_prepare_servers", lambda *_: None)
    monkeypatch.setattr(server, "give_large_blocks_back", lambda: None)
    monkeypatch.setattr(logging, "configure", lambda **_: None)
    monkeypatch.setattr(embedded, "prepare", prepare)
    monkeypatch.setenv("RETOUR_POSTGRES_URL", "postgresql://postgres@127.0.0.1/postgres")
    monkeypatch.setenv("RETOUR_BROKER_URL", "amqp://guest:guest@127.0.0.1/")

    def up(*, demo: bool) -> bool:
        options = StartOptions(DataFolder(tmp_path / "data"), "127.0.0.1", 8080, demo, "en")
        console = Console(file=StringIO())
        if request.param == "embedded":
            server.up_in_one(options, console)
        else:
            server.up_as_processes(options, console, first_service_port=8101)
        return played[-1]

    return up


def test_the_demo_is_played_once_however_often_it_is_asked_for(start: Start) -> None:
    """Played again it would fill the folder of somebody who has begun to work with it."""
    assert [start(demo=True) for _ in range(3)] == [True, False, False]


def test_the_demo_is_not_played_unless_it_is_asked_for(start: Start) -> None:
    assert start(demo=False) is False


def test_a_folder_that_was_worked_in_is_not_played_in(start: Start) -> None:
    """Who adds `--demo` later wants the accounts."""
    assert [start(demo=demo) for demo in (False, True)] == [False, False]


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "en",
            [
                "Retour {version} serves at http://127.0.0.1:8080",
                "API documentation  http://127.0.0.1:8080/docs",
                "data               {folder}",
                "administrator      {email}, password in {folder}/secrets.json",
                "stop               Ctrl-C",
            ],
        ),
        (
            "zh-CN",
            [
                "Retour {version} 已启动：http://127.0.0.1:8080",
                "接口文档  http://127.0.0.1:8080/docs",
                "数据目录  {folder}",
                "管理员    {email}，密码见 {folder}/secrets.json",
                "停止      Ctrl-C",
            ],
        ),
    ],
)
def test_who_starts_retour_reads_where_everything_is(tmp_path: Path, language: Any, lines: list[str]) -> None:
    """Q01: the address, the documents, the data, the account, and how to stop, in both languages."""
    folder, said = tmp_path / "data", Console(file=StringIO(), width=400)
    options = StartOptions(DataFolder(folder), "127.0.0.1", 8080, False, language)
    server._greet(options, said)
    assert isinstance(said.file, StringIO)
    email = DataFolder(folder).administrator().email
    expected = [line.format(version=__version__, folder=folder, email=email) for line in lines]
    assert said.file.getvalue().splitlines() == expected


def test_who_starts_the_demo_reads_how_to_sign_in(tmp_path: Path) -> None:
    said = Console(file=StringIO(), width=400)
    server._greet(StartOptions(DataFolder(tmp_path / "data"), "::1", 9090, True, "en"), said)
    assert isinstance(said.file, StringIO)
    shown = said.file.getvalue()
    assert "Sign in: POST http://[::1]:9090/v1/auth/sessions with email and password" in shown
    assert "secrets.json" not in shown
    assert "Ctrl-C" in shown


@pytest.mark.parametrize(
    ("given", "ports"),
    [
        ({}, None),
        ({"RETOUR_POSTGRES_URL": "postgresql://p@db/postgres"}, (8080, 8101)),
        ({"RETOUR_BROKER_URL": "amqp://g:g@mq/"}, (8080, 8101)),
        ({"RETOUR_POSTGRES_URL": "postgresql://p@db/postgres", "RETOUR_BROKER_URL": "amqp://g:g@mq/"}, (8080, 8101)),
        ({"RETOUR_POSTGRES_URL": "", "RETOUR_BROKER_URL": ""}, None),
    ],
)
def test_databases_are_made_with_the_settings_of_a_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], ports: tuple[int, int] | None
) -> None:
    """Where nothing of the whole is named, every service has settings of its own in the environment."""
    prepared: list[dict[str, str]] = []
    monkeypatch.setattr(server, "_say_missing", lambda: None)
    monkeypatch.setattr(server, "_prepare_servers", lambda _, environment: prepared.append(environment))
    monkeypatch.setattr(server, "environment_of", lambda _, **ports: {name: str(port) for name, port in ports.items()})
    for name in ("RETOUR_POSTGRES_URL", "RETOUR_BROKER_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    server.migrate_servers(DataFolder(tmp_path / "data"))
    assert prepared == [{} if ports is None else {"port": str(ports[0]), "first_service_port": str(ports[1])}]


@pytest.mark.parametrize(
    ("failed", "ending"),
    [
        ({}, None),
        ({"requests": ExitStatus.WRONG}, ExitStatus.WRONG),
        ({"requests": ExitStatus.WRONG, "refunds": ExitStatus.AWAY}, ExitStatus.AWAY),
        ({"requests": ExitStatus.AWAY, "refunds": ExitStatus.SETTINGS}, ExitStatus.SETTINGS),
    ],
)
def test_a_migration_that_fails_names_its_services_and_what_to_do_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failed: dict[str, ExitStatus], ending: ExitStatus | None
) -> None:
    prepared: list[Any] = []

    async def prepare(*given: Any) -> None:
        prepared.append(given)

    monkeypatch.setattr(servers, "prepare", prepare)
    monkeypatch.setattr(distributed, "migrate_all", lambda environment: failed if environment == {"A": "1"} else None)
    folder = DataFolder(tmp_path / "data")
    if ending is None:
        server._prepare_servers(folder, {"A": "1"})
    else:
        with pytest.raises(Trouble) as trouble:
            server._prepare_servers(folder, {"A": "1"})
        assert trouble.value.ending is ending
        assert f"The migration of {', '.join(failed)} failed" in trouble.value.say("en")
    assert [(given[0], given[2]) for given in prepared] == [(folder, {"A": "1"})]
