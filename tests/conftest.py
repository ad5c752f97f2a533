"""Fixtures for every test: the mode, an engine, a bus, a whole Retour; and the loud line about what was skipped."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import MetaData

from shared.database.common_tables import CommonTables
from shared.database.database import Database, open_database
from shared.runtime.loops import Loops
from tests.support import servers, world as world_module
from tests.support.world import World

os.environ.setdefault("NOTIFICATIONS_COLLECT_RECEIPTS_SECONDS", "0")
"""Receipts are told at once: a test that collects them says so."""

settings.register_profile(
    "repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
"""The suite makes up the same inputs each time: it fails for what was changed, and never for a slow machine."""
settings.register_profile("explore", settings.get_profile("repeatable"), derandomize=False, max_examples=2_000)
"""`make explore`: other inputs each time, and many more."""
settings.load_profile(os.environ.get("RETOUR_TEST_PROFILE", "repeatable"))

MODES = ("embedded", "distributed")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[AWAY] = servers.missing()


AWAY: pytest.StashKey[str | None] = pytest.StashKey()


@pytest.fixture(
    params=[pytest.param(mode, marks=[getattr(pytest.mark, mode)] * (mode == "distributed")) for mode in MODES]
)
def mode(request: pytest.FixtureRequest) -> str:
    """`embedded` or `distributed`: an integration test runs in both."""
    chosen = str(request.param)
    away = request.config.stash[AWAY]
    if chosen == "distributed" and away is not None:
        if servers.REQUIRED:
            pytest.fail(f"{away} cannot be reached and RETOUR_REQUIRE_DISTRIBUTED=1")
        pytest.skip(f"{away} cannot be reached")
    return chosen


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share a running Retour run on one worker, so that it is started once a mode."""
    for item in items:
        if "world" in getattr(item, "fixturenames", ()):
            chosen = item.callspec.params["mode"] if hasattr(item, "callspec") else "any"
            item.add_marker(pytest.mark.xdist_group(f"world-{chosen}"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Without its groups every worker starts Retours of its own, and PostgreSQL runs out of connections."""
    grouped = item.config.getoption("loadgroup", False) and item.get_closest_marker("xdist_group")
    if grouped and "@" not in item.nodeid:
        pytest.fail("pytest-xdist does not see the groups of tests: is this pytest newer than it knows?")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [
        report for report in terminalreporter.getreports("skipped") if "cannot be reached" in str(report.longrepr)
    ]
    if skipped:
        terminalreporter.section("DISTRIBUTED MODE NOT TESTED", sep="!", red=True, bold=True)
        terminalreporter.line(
            f"{len(skipped)} tests were skipped: start PostgreSQL and RabbitMQ, or name them in "
            "RETOUR_TEST_POSTGRES_URL and RETOUR_TEST_BROKER_URL."
        )


class Engines:
    """Databases for one test, on the engine of the mode, with tables as the metadata says."""

    def __init__(self, mode: str, folder: Path, rooms: servers.Rooms) -> None:
        self._mode = mode
        self._folder = folder
        self._rooms = rooms
        self._made: list[str] = []
        self._open: list[tuple[Database, Loops]] = []

    async def make(self, metadata: MetaData, tables: CommonTables, *, word: str = "db") -> str:
        """The URL of a new database with these tables."""
        if self._mode == "embedded":
            file = self._folder / f"{word}_{len(self._made)}.db"
            self._made.append(f"sqlite:///{file}")
            file.write_bytes(self._rooms.file(metadata, self._folder))
            return self._made[-1]
        url = await self._rooms.take(metadata)
        self._made.append(url)
        return url

    async def open(self, url: str, tables: CommonTables) -> Database:
        """A database whose committer runs."""
        database = open_database(url, tables)
        loops = Loops()
        loops.add("commit", database.committer.run)
        loops.start()
        self._open.append((database, loops))
        return database

    async def fresh(self, metadata: MetaData, tables: CommonTables, *, word: str = "db") -> Database:
        """A new database, open."""
        return await self.open(await self.make(metadata, tables, word=word), tables)

    async def close(self) -> None:
        """Everything goes."""
        for database, loops in self._open:
            await loops.stop()
            await database.close()
        if self._mode == "distributed":
            for url in self._made:
                await self._rooms.give_back(url)


@pytest.fixture(scope="session")
async def rooms() -> AsyncIterator[servers.Rooms]:
    """PostgreSQL databases that this worker's tests have one after the other."""
    made = servers.Rooms()
    yield made
    await made.close()


@pytest.fixture
async def engines(mode: str, tmp_path: Path, rooms: servers.Rooms) -> AsyncIterator[Engines]:
    """Databases of this test's own, on SQLite and on PostgreSQL."""
    made = Engines(mode, tmp_path, rooms)
    yield made
    await made.close()


@pytest.fixture(scope="session")
def vhost() -> Iterator[servers.VirtualHost]:
    """A virtual host at RabbitMQ for this worker."""
    with servers.virtual_host() as host:
        yield host


@pytest.fixture
def own_vhost() -> Iterator[servers.VirtualHost]:
    """A virtual host for a Retour of this test's own: beside another Retour's consumers its own would get nothing."""
    with servers.virtual_host() as host:
        yield host


class Worlds:
    """Starts a Retour when the first test asks for one, and keeps it for the others; its virtual host is its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = AsyncExitStack()
        self._running: dict[str, World] = {}

    async def get(self, mode: str) -> World:
        """The one of this mode."""
        if mode not in self._running:
            vhost = self._stack.enter_context(servers.virtual_host()).url if mode == "distributed" else None
            running = world_module.running(mode, self._folder / mode, vhost)
            self._running[mode] = await self._stack.enter_async_context(running)
        return self._running[mode]

    async def close(self) -> None:
        """Stop them all."""
        await self._stack.aclose()


@pytest.fixture(scope="session")
async def worlds(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Worlds]:
    """The running Retours of this worker: at most one a mode."""
    made = Worlds(tmp_path_factory.mktemp("retour"))
    yield made
    await made.close()


@pytest.fixture
async def world(mode: str, worlds: Worlds) -> World:
    """A whole Retour, started by its command, in this mode."""
    return await worlds.get(mode)
