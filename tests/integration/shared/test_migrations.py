"""What migrations build: the tables that the code declares, and rows that nobody can change, in both databases."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine
from sqlalchemy.ext.asyncio import create_async_engine

import gateway.app
from retour.hosting.recipes import RECIPES
from shared.database import migrating
from shared.database.migrating import migrate
from tests.conftest import Engines
from tests.support import servers
from tests.support.waiting import eventually

EVERY: Final[tuple[Any, ...]] = (*RECIPES, gateway.app.RECIPE)
ACT = (
    "INSERT INTO dead_letter_acts (id, act, by, at, consumer, event_id, type, subject, sequence, state, reason, detail,"
    " attempts, parked_at) VALUES ('act_1', 'discard', 'staff:a', '2026-11-24T00:00:00+00:00', 'c', 'e', 't', 's', 1,"
    " 'dead', 'r', 'd', 1, '2026-11-24T00:00:00+00:00')"
)
ENTRY = (
    "INSERT INTO ledger_entries (posting_id, line, account, amount_minor, currency, order_id, refund_id, at)"
    " VALUES ('pst_1', 1, 'a', 100, 'EUR', 'o', 'r', '2026-11-24T00:00:00+00:00')"
)
WRITTEN_AT_EVERY_STEP: Final = {"requests": ["returns"], "refunds": ["refunds"]}
FED = "INSERT INTO finance_feed (position, event_id, body) VALUES (1, 'e', '{}')"


def rows(service: str) -> list[tuple[str, str]]:
    """What is append-only in a service's database, and how a row comes into it."""
    money = [("ledger_entries", ENTRY), ("finance_feed", FED)] if service == "refunds" else []
    return [("dead_letter_acts", ACT), *money]


class Migrated:
    """A database that migrations have made, as the service's own role uses it."""

    def __init__(self, mode: str, folder: Path, service: str) -> None:
        self._mode = mode
        self._file = folder / f"{service}.db"
        self._name = servers.unique(service)
        self._recipe = next(recipe for recipe in EVERY if recipe.name == service)
        self.url = f"sqlite:///{self._file}"

    async def make(self) -> None:
        """At its newest form."""
        await self.prepare()
        await self.migrate()

    async def prepare(self) -> None:
        """As the role that owns it, not as anybody who may do everything."""
        if self._mode == "distributed":
            await servers.execute(f"CREATE ROLE {self._name} LOGIN PASSWORD 'word'")
            made = await servers.make_database(self._name)
            await servers.execute(f"ALTER DATABASE {self._name} OWNER TO {self._name}")
            self.url = f"postgresql://{self._name}:word@{made.rpartition('@')[2] or made.partition('//')[2]}"

    async def migrate(self) -> None:
        """To its newest form."""
        await asyncio.to_thread(migrate, self.url, self._recipe.migrations, self._recipe.metadata)

    async def is_waited_for(self) -> bool:
        """Whether somebody waits for the one who migrates it."""
        known = await asyncpg.connect(servers.POSTGRES, database=self._name)
        try:
            return bool(
                await known.fetchval(
                    "SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database"
                    " WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"
                )
            )
        finally:
            await known.close()

    async def run(self, statement: str, *, almighty: bool = False) -> None:
        """One statement by the service's role, or by who may do everything."""
        if self._mode == "embedded":
            connection = sqlite3.connect(self._file)
            try:
                with connection:
                    connection.execute(statement)
            finally:
                connection.close()
            return
        url = servers.POSTGRES if almighty else self.url
        known = await asyncpg.connect(url, database=self._name)
        try:
            await known.execute(statement)
        finally:
            await known.close()

    async def whole(self) -> list[str]:
        """The tables whose rows stay in one piece up to a page."""
        known = await asyncpg.connect(servers.POSTGRES, database=self._name)
        try:
            return list(
                await known.fetchval(
                    "SELECT array_agg(relname::text ORDER BY relname) FROM pg_class"
                    " WHERE 'toast_tuple_target=8160' = ANY(reloptions)"
                )
                or ()
            )
        finally:
            await known.close()

    async def differences(self) -> list[Any]:
        """What the code declares otherwise than the migrations have built."""

        def compare(connection: Connection) -> list[Any]:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            return list(compare_metadata(context, self._recipe.metadata))

        if self._mode == "embedded":
            with create_engine(self.url).connect() as connection:
                return compare(connection)
        engine = create_async_engine(self.url.replace("postgresql://", "postgresql+asyncpg://"))
        try:
            async with engine.connect() as asynchronous:
                return await asynchronous.run_sync(compare)
        finally:
            await engine.dispose()

    async def drop(self) -> None:
        """It goes."""
        if self._mode == "distributed":
            await servers.drop_database(self._name)
            await servers.execute(f"DROP ROLE IF EXISTS {self._name}")


@pytest.mark.parametrize("service", [str(recipe.name) for recipe in EVERY])
async def test_migrations_build_what_the_code_declares_and_rows_nobody_can_change(
    mode: str, engines: Engines, tmp_path: Path, service: str
) -> None:
    """I-06, O-08: neither the service's own role nor the one that may do everything changes or removes a row."""
    del engines
    made = Migrated(mode, tmp_path, service)
    try:
        await made.make()
        assert await made.differences() == []
        if mode == "distributed":
            assert await made.whole() == WRITTEN_AT_EVERY_STEP.get(service, [])
        refusing = (
            sqlite3.IntegrityError,
            asyncpg.InsufficientPrivilegeError,
            asyncpg.IntegrityConstraintViolationError,
        )
        for table, insert in rows(service):
            await made.run(insert)
            first = insert.partition("(")[2].partition(",")[0]
            for almighty in (False, True):
                for statement in (f"UPDATE {table} SET {first} = {first}", f"DELETE FROM {table}"):  # noqa: S608
                    with pytest.raises(refusing):
                        await made.run(statement, almighty=almighty)
            if mode == "distributed":
                with pytest.raises(refusing):
                    await made.run(f"TRUNCATE {table}", almighty=True)
    finally:
        await made.drop()


@pytest.mark.parametrize("mode", [pytest.param("distributed", marks=pytest.mark.distributed)], indirect=True)
async def test_a_migration_waits_for_the_one_before_it_longer_than_for_a_table(
    mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "LOCK_TIMEOUT", "20ms")
    made = Migrated(mode, tmp_path, "inspection")
    try:
        await made.prepare()
        before = await asyncpg.connect(made.url)
        await before.execute("SELECT pg_advisory_lock(727071)")
        waiting = asyncio.create_task(made.migrate())
        await eventually(made.is_waited_for)
        await asyncio.sleep(0.1)
        await before.close()
        await waiting
        assert await made.differences() == []
    finally:
        await made.drop()
