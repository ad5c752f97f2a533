"""A service's database on either engine: reads, commits, leads, and answers whether it is reachable."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

from shared.database.committer import Committer, Writer
from shared.database.common_tables import CommonTables
from shared.database.postgres import PostgresDatabase
from shared.database.reader import Reader
from shared.database.recent_outbox import RecentOutbox
from shared.database.sqlite import SqliteDatabase
from shared.database.table_signals import TableSignals
from shared.runtime.due_work import Leadership


class Engine(Protocol):
    """The common interface of the two engines."""

    @property
    def reader(self) -> Reader: ...
    @property
    def writer(self) -> Writer: ...
    @property
    def fresh(self) -> RecentOutbox: ...
    async def ping(self) -> None: ...
    async def close(self) -> None: ...
    def lead(self, name: str, beat: Callable[[], None], /) -> AbstractAsyncContextManager[Leadership]: ...


class Database:
    """One service's database in one process. `writer` replaces the engine's own writer."""

    def __init__(self, engine: Engine, tables: CommonTables, writer: Writer | None = None) -> None:
        self.engine = engine
        self.tables = tables
        self.reader: Reader = engine.reader
        self.signals = TableSignals()
        self.committer = Committer(writer or engine.writer, self.signals)

    async def close(self) -> None:
        """Commit all waiting work and close the connections."""
        await self.committer.drain()
        await self.engine.close()


def open_database(url: str, tables: CommonTables) -> Database:
    """`postgresql://…` or `sqlite:///path`; `ValueError` names anything else."""
    messaging = {"inbox": tables.inbox, "outbox": tables.outbox, "idempotency": tables.idempotency}
    if url.startswith(("postgresql://", "postgres://")):
        return Database(PostgresDatabase(url, **messaging), tables)
    if url.startswith("sqlite:///"):
        return Database(SqliteDatabase(Path(url.removeprefix("sqlite:///")), **messaging), tables)
    raise ValueError("a database URL starts with postgresql:// or sqlite:///")
