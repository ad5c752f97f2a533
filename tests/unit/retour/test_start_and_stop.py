"""`retour up`: when the demo is played, what is waited for, and how each trouble ends."""

import asyncio
import os
import socket
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import httpx2
import pytest
from rich.console import Console

from retour import client as clients
from retour.client import Client, NobodyThere
from retour.demo import player
from retour.exit_status import ExitStatus, Trouble
from retour.hosting import distributed, embedded, server as subject, servers
from retour.hosting.data_folder import DataFolder
from retour.hosting.server import StartOptions
from shared.kernel.errors import Said, Unavailable
from shared.web import http_server
from tests.support.fake_sleep import FakeSleep
from tests.support.world import free_port


def a_console() -> Console:
    return Console(file=StringIO(), width=200)


def start_options(folder: Path, *, demo: bool = False) -> StartOptions:
    return StartOptions(DataFolder(folder), "127.0.0.1", free_port(), demo, "en")


@pytest.fixture
def plays(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each server that was started was to play the demo; none is really started."""
    found: list[bool] = []

    def served(options: StartOptions, console: Console, *more: object, play: bool) -> int:
        found.append(play)
        return 0

    def prepare(data_folder: DataFolder) -> None:
        (data_folder.folder / "gateway.db").touch()

    def prepare_servers(data_folder: DataFolder, environment: Mapping[str, str]) -> None:
        assert environment["GATEWAY_DATABASE_URL"]

    for name in [name for name in os.environ if name.startswith(("GATEWAY_", "RETOUR_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("RETOUR_POSTGRES_URL", "postgresql://127.0.0.1:1/x")
    monkeypatch.setenv("RETOUR_BROKER_URL", "amqp://127.0.0.1:1/x")
    monkeypatch.setattr(subject, "_serve", served)
    monkeypatch.setattr(subject, "_keep", served)
    monkeypatch.setattr(subject, "_run", lambda status: status)
    monkeypatch.setattr(subject, "_prepare_servers", prepare_servers)
    monkeypatch.setattr("retour.hosting.server.logging.configure", lambda **_: None)
    monkeypatch.setattr(embedded, "prepare", prepare)
    return found


@pytest.mark.parametrize("way", ["in one", "as processes"])
@pytest.mark.parametrize("first", [True, False], ids=["demo first", "demo later"])
def test_the_demo_is_played_once_and_only_where_it_is_wished_and_all_is_new(
    plays: list[bool], tmp_path: Path, way: str, first: bool
) -> None:
    """A merchant's data must not get invented returns because somebody starts with --demo again."""
    for demo_wished in (first, True, True):
        options = start_options(tmp_path / "data", demo=demo_wished)
        if way == "in one":
            subject.up_in_one(options, a_console())
        else:
            assert subject.up_as_processes(options, a_console(), first_service_port=free_port(4)) == 0
            options.data_folder.secrets()
    assert plays == [first, False, False]


async def test_a_server_is_ready_when_it_says_so_and_not_when_it_only_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[int | None] = [None, 503, None, 200, 503]
    asked: list[str] = []

    async def health(self: Client, path: str) -> tuple[int, dict[str, Any]]:
        asked.append(path)
        status = answers.pop(0)
        if status is None:
            raise NobodyThere("http://127.0.0.1:1")
        return status, {}

    sleep = FakeSleep()
    monkeypatch.setattr(subject, "asyncio", sleep)
    monkeypatch.setattr(Client, "health", health)
    await subject._until_ready("http://127.0.0.1:1", "en")
    assert (asked, answers) == (["/readyz"] * 4, [503])
    assert sleep.seconds == [subject.READY_SECONDS] * 3


class Whole:
    """A Retour in one process that notes what is done with it."""

    def __init__(self) -> None:
        self.did: list[str] = []
        self.front = self
        self.app = None

    async def start(self) -> None:
        self.did.append("start")

    async def stop(self) -> None:
        self.did.append("stop")


@pytest.mark.parametrize("play", [True, False])
@pytest.mark.parametrize("breaks", [True, False])
async def test_a_server_that_listens_notes_where_and_lets_go_of_everything_however_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, play: bool, breaks: bool
) -> None:
    """Trouble with the demo is said, and the server goes on."""
    whole, options, console = Whole(), start_options(tmp_path), a_console()

    async def serve(app: object, host: str, port: int, *, started: Any) -> None:
        assert (host, port) == (options.host, options.port)
        assert options.data_folder.address() is None
        started()
        for _ in range(5):
            await asyncio.sleep(0)
        if breaks:
            raise OSError("the network is down")

    async def played(*_: object) -> bool:
        raise Trouble(Said("stuck in the warehouse", "卡在仓库"), ExitStatus.WRONG)

    monkeypatch.setattr(embedded, "build", lambda *_, **__: whole)
    monkeypatch.setattr(http_server, "serve", serve)
    monkeypatch.setattr(player, "play", played)
    serving = subject._serve(options, console, play=play)
    if breaks:
        with pytest.raises(OSError, match="network"):
            await serving
    else:
        await serving
    assert whole.did == ["start", "stop"]
    assert options.data_folder.address() == options.address
    file = console.file
    assert isinstance(file, StringIO)
    assert options.address in file.getvalue()
    assert ("stuck in the warehouse" in file.getvalue()) is play


async def test_a_demo_that_is_still_played_ends_with_the_server() -> None:
    begun = asyncio.Event()
    ended: list[str] = []

    async def play() -> None:
        begun.set()
        try:
            await asyncio.Future()
        finally:
            ended.append("ended")

    async def fail() -> None:
        raise ZeroDivisionError

    playing = asyncio.create_task(play())
    await begun.wait()
    await subject._let_go([playing])
    assert ended == ["ended"]
    failed = asyncio.create_task(fail())
    await asyncio.wait([failed])
    with pytest.raises(ZeroDivisionError):
        await subject._let_go([failed])


@pytest.mark.parametrize(
    ("statuses", "ending"),
    [
        ({}, None),
        ({"refunds": 1}, ExitStatus.WRONG),
        ({"refunds": 69}, ExitStatus.AWAY),
        ({"refunds": 1, "requests": 69}, ExitStatus.AWAY),
        ({"refunds": 69, "requests": 78}, ExitStatus.SETTINGS),
    ],
)
def test_a_failed_migration_ends_with_what_has_to_be_mended_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statuses: dict[str, int], ending: ExitStatus | None
) -> None:
    prepared: list[object] = []

    async def prepare(data_folder: DataFolder, given: Mapping[str, str], made: Mapping[str, str]) -> None:
        prepared.append(made)

    def migrate_all(environment: Mapping[str, str]) -> Mapping[str, int]:
        assert prepared == [environment]
        return statuses

    monkeypatch.setattr(servers, "prepare", prepare)
    monkeypatch.setattr(distributed, "migrate_all", migrate_all)
    if ending is None:
        subject._prepare_servers(DataFolder(tmp_path), {"A": "b"})
        return
    with pytest.raises(Trouble) as trouble:
        subject._prepare_servers(DataFolder(tmp_path), {"A": "b"})
    assert trouble.value.ending is ending
    assert all(name in str(trouble.value) for name in statuses)


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "ending", "says"),
    [
        (PermissionError(13, "Permission denied"), ExitStatus.SPACE, "Permission denied"),
        (OSError("less than 50 MB are free"), ExitStatus.SPACE, "less than 50 MB"),
        (caused(Unavailable("database"), OSError("refused\nand more")), ExitStatus.AWAY, "refused"),
    ],
)
def test_each_trouble_with_the_folder_has_its_ending(
    tmp_path: Path, error: Exception, ending: ExitStatus, says: str
) -> None:
    with pytest.raises(Trouble) as trouble, subject._known_troubles(DataFolder(tmp_path)):
        raise error
    assert trouble.value.ending is ending
    assert says in str(trouble.value)
    assert "and more" not in str(trouble.value)


def test_a_folder_in_use_has_its_ending_and_a_defect_stays_one(tmp_path: Path) -> None:
    data_folder = DataFolder(tmp_path)
    with (
        data_folder.held(),
        pytest.raises(Trouble) as trouble,
        subject._known_troubles(data_folder),
        data_folder.held(),
    ):
        pass
    assert trouble.value.ending is ExitStatus.FOLDER
    with pytest.raises(ZeroDivisionError), subject._known_troubles(data_folder):
        raise ZeroDivisionError


def test_a_port_is_free_or_in_use_or_not_of_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Trouble, match=f"Port {port} is in use.*--service-port") as trouble:
            subject._must_be_free("127.0.0.1", port, "--service-port")
    assert trouble.value.ending is ExitStatus.PORT
    subject._must_be_free("127.0.0.1", port)
    with pytest.raises(Trouble, match=r"Nothing can listen at 192\.0\.2\.1") as trouble:
        subject._must_be_free("192.0.2.1", port)
    assert trouble.value.ending is ExitStatus.PORT


def test_a_disk_that_is_nearly_full_is_said_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        free = embedded.FREE_BYTES - 1

    monkeypatch.setattr("retour.hosting.embedded.shutil.disk_usage", lambda _: Usage)
    with pytest.raises(OSError, match="less than 50 MB are free"):
        embedded.prepare(DataFolder(tmp_path))
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    ("url", "elsewhere"), [("http://127.0.0.1:1", False), ("http://[::1]:1", False), ("https://shop.example", True)]
)
async def test_what_is_on_this_machine_is_asked_without_a_proxy(
    monkeypatch: pytest.MonkeyPatch, url: str, elsewhere: bool
) -> None:
    asked: list[bool] = []
    make = httpx2.AsyncClient

    def made(*, timeout: float, trust_env: bool) -> httpx2.AsyncClient:
        asked.append(trust_env)
        return make(timeout=timeout)

    monkeypatch.setattr("retour.client.httpx2.AsyncClient", made)
    async with clients.client(url, "en"):
        assert asked == [elsewhere]
