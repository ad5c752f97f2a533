"""Finds PostgreSQL and RabbitMQ, by environment or on their usual loopback ports, and makes rooms of our own in them.

Without them the distributed tests are skipped with one loud line at the end; with `RETOUR_REQUIRE_DISTRIBUTED=1`, as in
CI, a skip is a failure.
"""

import contextlib
import os
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
from sqlalchemy import MetaData, create_engine
from sqlalchemy.ext.asyncio import create_async_engine

POSTGRES: Final = os.environ.get("RETOUR_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
BROKER: Final = os.environ.get("RETOUR_TEST_BROKER_URL", "amqp://guest:guest@127.0.0.1:5672/%2F")
REQUIRED: Final = os.environ.get("RETOUR_REQUIRE_DISTRIBUTED") == "1"
PREFIX: Final = "retour_test_"


def answers(url: str, default_port: int) -> bool:
    """Whether something listens where this URL points."""
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or default_port), timeout=2):
            return True
    except OSError:
        return False


def missing() -> str | None:
    """Which server is not there, if any."""
    away = [
        name
        for name, url, port in (("PostgreSQL", POSTGRES, 5432), ("RabbitMQ", BROKER, 5672))
        if not answers(url, port)
    ]
    return " and ".join(away) or None


async def execute(*statements: str) -> None:
    """Run statements on the administrative database."""
    connection = await asyncpg.connect(POSTGRES)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def roles(prefix: str) -> list[str]:
    """The roles whose names begin like this, the longest name of each beginning first."""
    connection = await asyncpg.connect(POSTGRES)
    try:
        found = await connection.fetch("SELECT rolname FROM pg_roles WHERE starts_with(rolname, $1)", prefix)
        return sorted((row["rolname"] for row in found), reverse=True)
    finally:
        await connection.close()


async def make_database(name: str) -> str:
    """A database of our own; its URL."""
    await execute(
        f"CREATE DATABASE {name} ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8' TEMPLATE template0",
    )
    return address(name)


def address(name: str) -> str:
    """The URL of a database at this server."""
    return urlunsplit(urlsplit(POSTGRES)._replace(path=f"/{name}"))


async def drop_database(name: str) -> None:
    """It goes, whoever is still connected."""
    await execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@dataclass(frozen=True, slots=True)
class _Room:
    """A database. Its tables are those of `metadata`; `catalog` is what PostgreSQL knew of them when they were new."""

    name: str
    metadata: MetaData | None = None
    catalog: str = ""


class Rooms:
    """Databases of this process's own, emptied and taken again: making one takes ten times as long as emptying it.

    A room keeps its tables for the next test that wants the same ones. A test that changed the tables themselves, had
    them analysed or filled them with much data leaves nothing behind.
    """

    def __init__(self) -> None:
        self._made: list[str] = []
        self._free: list[_Room] = []
        self._taken: dict[str, _Room] = {}
        self._files: dict[MetaData, bytes] = {}

    def file(self, metadata: MetaData, folder: Path) -> bytes:
        """A SQLite database with these tables, all of them empty. It is made once, in this folder."""
        if metadata not in self._files:
            made = folder / "template.db"
            engine = create_engine(f"sqlite:///{made}")
            metadata.create_all(engine)
            engine.dispose()
            self._files[metadata] = made.read_bytes()
            made.unlink()
        return self._files[metadata]

    async def take(self, metadata: MetaData) -> str:
        """The URL of a database with these tables, all of them empty, until it is given back."""
        found = next((room for room in self._free if room.metadata is metadata), None)
        if found is None and self._free:
            found = await self._bare(self._free[0])
        if found is None:
            name = unique("room")
            self._made.append(name)
            await make_database(name)
            found = _Room(name)
        else:
            self._free = [room for room in self._free if room.name != found.name]
        if found.metadata is not metadata:
            found = await self._with_tables(found.name, metadata)
        url = address(found.name)
        self._taken[url] = found
        return url

    async def give_back(self, url: str) -> None:
        """Whoever is still connected goes, and every row."""
        room = self._taken.pop(url)
        await execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{room.name}'")  # noqa: S608
        async with _connected(url) as connection:
            (state,) = await connection.fetch(_STATE)
            as_new = (state["catalog"], state["analysed"], state["large"]) == (room.catalog, False, False)
            if as_new and room.metadata is not None:
                await connection.execute(_emptying(room.metadata))
        self._free.append(room if as_new else await self._bare(room))

    async def _with_tables(self, name: str, metadata: MetaData) -> _Room:
        postgres = create_async_engine(address(name).replace("postgresql://", "postgresql+asyncpg://"))
        async with postgres.begin() as connection:
            await connection.run_sync(metadata.create_all)
        await postgres.dispose()
        async with _connected(address(name)) as connection:
            (state,) = await connection.fetch(_STATE)
        return _Room(name, metadata, state["catalog"])

    async def _bare(self, room: _Room) -> _Room:
        async with _connected(address(room.name)) as connection:
            await connection.execute(
                "DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION pg_database_owner;"
                " GRANT USAGE ON SCHEMA public TO public"
            )
        return _Room(room.name)

    async def close(self) -> None:
        """No database is left."""
        for name in self._made:
            await drop_database(name)


_STATE: Final = """
    WITH ours AS (SELECT oid, xmin, relkind, relacl FROM pg_class WHERE relnamespace = 'public'::regnamespace)
    SELECT
        md5(concat(
            (SELECT string_agg(concat(oid, xmin, relacl), ',' ORDER BY oid) FROM ours),
            (SELECT string_agg(concat(attrelid, attnum, xmin), ',' ORDER BY attrelid, attnum)
             FROM pg_attribute WHERE attrelid IN (SELECT oid FROM ours)),
            (SELECT string_agg(concat(oid, xmin), ',' ORDER BY oid)
             FROM pg_trigger WHERE tgrelid IN (SELECT oid FROM ours)),
            (SELECT string_agg(concat(oid, xmin), ',' ORDER BY oid)
             FROM pg_constraint WHERE conrelid IN (SELECT oid FROM ours)),
            (SELECT string_agg(concat(oid, xmin), ',' ORDER BY oid)
             FROM pg_proc WHERE pronamespace = 'public'::regnamespace)
        )) AS catalog,
        EXISTS (SELECT FROM pg_statistic WHERE starelid IN (SELECT oid FROM ours)) AS analysed,
        (SELECT sum(pg_relation_size(oid)) > 4000000 FROM ours WHERE relkind IN ('r', 'i')) AS large
"""


def _emptying(metadata: MetaData) -> str:
    """Rows go without a question to triggers and foreign keys, and numbers begin at one again."""
    rows = [f'DELETE FROM "{table.name}"' for table in metadata.sorted_tables]  # noqa: S608
    numbers = "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"
    return "; ".join(["SET session_replication_role = replica", *rows, numbers])


@contextlib.asynccontextmanager
async def _connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


def unique(word: str) -> str:
    """A name nobody else has."""
    return f"{PREFIX}{word}_{uuid4().hex[:10]}"


@dataclass(frozen=True, slots=True)
class VirtualHost:
    """A virtual host of our own at the broker."""

    name: str
    url: str


@contextlib.contextmanager
def virtual_host() -> Iterator[VirtualHost]:
    """Make one with `rabbitmqctl`; where that is not to be had, share the one of the given URL."""
    control = shutil.which("rabbitmqctl")
    parts = urlsplit(BROKER)
    name = unique("vhost")
    if (
        control is None
        or subprocess.run([control, "-q", "add_vhost", name], check=False, capture_output=True).returncode
    ):
        yield VirtualHost(parts.path.lstrip("/"), BROKER)
        return
    user = parts.username or "guest"
    subprocess.run(
        [control, "-q", "set_permissions", "-p", name, user, ".*", ".*", ".*"], check=True, capture_output=True
    )
    try:
        yield VirtualHost(name, urlunsplit(parts._replace(path=f"/{name}")))
    finally:
        subprocess.run([control, "-q", "delete_vhost", name], check=False, capture_output=True)


@contextlib.contextmanager
def broker_user(host: VirtualHost, rights: Mapping[str, str], topics: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """The URL of a user of our own with these rights of a definitions file, in that virtual host."""
    control = shutil.which("rabbitmqctl")
    assert control is not None, "rabbitmqctl is needed"
    name, password = unique("user"), uuid4().hex

    def run(command: str, *arguments: str) -> None:
        subprocess.run([control, "-q", command, *arguments], check=True, capture_output=True)

    run("add_user", name, password)
    try:
        run("set_permissions", "-p", host.name, name, *(rights[each] for each in ("configure", "write", "read")))
        for each in topics:
            run("set_topic_permissions", "-p", host.name, name, each["exchange"], each["write"], each["read"])
        parts = urlsplit(host.url)
        place = parts.netloc.rpartition("@")[2]
        yield urlunsplit(parts._replace(netloc=f"{name}:{password}@{place}"))
    finally:
        run("delete_user", name)
