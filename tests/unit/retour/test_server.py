"""`retour up`: the demo is played at the first start of a folder that asks for it, and at no other."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from retour.hosting import embedded, server
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
