"""PostgreSQL: reads on a few connections, each many queries at a time; leadership by advisory lock.

Source: PostgreSQL 15 manual, advisory locks.
"""

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any, Final
from weakref import WeakKeyDictionary

import psycopg
import structlog
from sqlalchemy import Select, Table
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from shared.database.postgres_pipeline import PATIENCE_SECONDS, PostgresPipeline, ServerError, Statement
from shared.database.postgres_values import quoted
from shared.database.postgres_writer import AGAIN_STATES, AWAY, AWAY_STATES, PostgresWriter
from shared.database.reader import BatchedLoads, Row
from shared.database.recent_outbox import RecentOutbox
from shared.database.work import OUT_OF_RANGE
from shared.kernel.errors import Malformed, Unavailable

log = structlog.get_logger(__name__)

NOT_TO_BE_REACHED: Final = (OSError, ValueError, OverflowError, psycopg.Error)
"""What psycopg raises when it cannot connect. Whatever the reason, nothing can be read or written."""

SILENT_SECONDS: Final = 30
"""How long a leader may be silent before another process leads. A leader confirms once a second, or after a call of
ten.
"""

_DIALECT: Final = PGDialect_asyncpg()  # type: ignore[no-untyped-call]
_SETTINGS: Final = {
    "application_name": "retour",
    "timezone": "UTC",
    "datestyle": "ISO",
    "statement_timeout": "8000",
    "lock_timeout": "2000",
    "idle_in_transaction_session_timeout": "15000",
    "jit": "off",
}
BY_KEY: Final = {
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "plan_cache_mode": "force_generic_plan",
}
"""For connections whose queries all search by key. Without statistics the planner takes a table for a small one: it
reads the whole table, keeps that plan while the table grows, and plans most calls again (ADR 8). Other queries need the
planner: it uses a partial index only when the value is known.
"""


async def connect(
    url: str, more: Mapping[str, str] = MappingProxyType({}), patience: float = PATIENCE_SECONDS
) -> PostgresPipeline:
    """A new connection, with further settings if given; `Unavailable` when the server cannot be reached."""
    try:
        return await PostgresPipeline.open(url, {**_SETTINGS, **more}, patience)
    except NOT_TO_BE_REACHED as error:
        log.info("database_unreachable", error=f"{type(error).__name__}: {error}")
        raise Unavailable("database") from error


class _Lane:
    """Connections for one kind of query, up to a limit. A new one is opened when all others are busy."""

    def __init__(self, url: str, most: int, more: Mapping[str, str]) -> None:
        self._url = url
        self._most = most
        self._more = more
        self._open: list[PostgresPipeline] = []
        self._opening = asyncio.Lock()

    async def run(self, statement: Statement, *, keep: bool = True) -> Sequence[Row]:
        """The rows of a query, whose plan is kept or not. Raises what the pipeline raises, `Unavailable`."""
        one = await self._idlest()
        (rows,) = await (one.run(statement) if keep else one.run_once(statement))
        return rows

    def close(self) -> None:
        """Close the connections."""
        for one in self._open:
            one.close()
        self._open.clear()

    async def _idlest(self) -> PostgresPipeline:
        """The connection with the fewest calls; a new one while all are busy and the limit allows it."""
        self._open = [one for one in self._open if not one.is_over]
        if self._open:
            idlest = min(self._open, key=lambda one: one.calls)
            if not idlest.calls or len(self._open) >= self._most or self._opening.locked():
                return idlest
        async with self._opening:
            if len(self._open) >= self._most:
                return min(self._open, key=lambda one: one.calls)
            made = await connect(self._url, self._more)
            self._open.append(made)
            return made


class PostgresReader:
    """Reads over few connections. Queries by key have their own connections, so that long lists do not delay them."""

    def __init__(self, url: str) -> None:
        self._by_key = _Lane(url, 1, BY_KEY)
        self._asking = _Lane(url, 2, {})
        self._gathering = BatchedLoads(self._fetch)
        self._loading: dict[tuple[Table, str], str] = {}
        self._compiled: WeakKeyDictionary[Select[Any], tuple[str, Sequence[str], Mapping[str, Any]]] = (
            WeakKeyDictionary()
        )

    async def rows(self, statement: Select[Any], **parameters: Any) -> Sequence[Row]:
        sql, names, fixed = self._text(statement)
        values = [parameters[name] if name in parameters else fixed[name] for name in names]
        return await self.ask(sql, *values)

    async def search(self, statement: Select[Any], **parameters: Any) -> Sequence[Row]:
        sql, names, fixed = self._text(statement)
        values = [parameters[name] if name in parameters else fixed[name] for name in names]
        return await self._run(self._asking, Statement(sql, values), keep=False)

    async def load(self, table: Table, column: str, key: str) -> Sequence[Row]:
        return await self._gathering.load(table, column, key)

    async def close(self) -> None:
        """Close the connections."""
        self._by_key.close()
        self._asking.close()

    async def ask(self, sql: str, *values: Any) -> Sequence[Row]:
        """Run one query; `Unavailable` when the server is not reachable, `Malformed` for a value out of range."""
        return await self._run(self._asking, Statement(sql, values))

    async def _run(self, lane: _Lane, statement: Statement, *, keep: bool = True) -> Sequence[Row]:
        try:
            return await lane.run(statement, keep=keep)
        except ServerError as error:
            if error.state.startswith("22"):
                raise Malformed(reason=OUT_OF_RANGE) from error
            if not error.state.startswith((*AWAY_STATES, *AGAIN_STATES)):
                raise
            log.warning("read_failed", error=str(error))
            raise Unavailable("database") from error
        except Unavailable:
            raise
        except AWAY as error:
            log.warning("read_failed", error=f"{type(error).__name__}: {error}")
            raise Unavailable("database") from error
        except (OverflowError, ValueError) as error:
            raise Malformed(reason=OUT_OF_RANGE) from error

    async def _fetch(self, table: Table, column: str, keys: Sequence[str]) -> Sequence[Row]:
        sql = self._loading.get((table, column))
        if sql is None:
            sql = self._loading[table, column] = _load(table, column)
        return await self._run(self._by_key, Statement(sql, (keys,)))

    def _text(self, statement: Select[Any]) -> tuple[str, Sequence[str], Mapping[str, Any]]:
        """The SQL of a statement, kept as long as the statement itself, so that constants are compiled once."""
        known = self._compiled.get(statement)
        if known is None:
            compiled = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
            names = list(compiled.positiontup or ())
            known = self._compiled[statement] = str(compiled), names, compiled.construct_params(_check=False)
        return known


def _load(table: Table, column: str) -> str:
    """A query that names its columns. A prepared `SELECT *` fails for good once a release adds a column (O-02)."""
    columns, order = (", ".join(quoted(each.name) for each in some) for some in (table.columns, table.primary_key))
    return f"SELECT {columns} FROM {quoted(table.name)} WHERE {quoted(column)} = ANY($1::text[]) ORDER BY {order}"


class PostgresDatabase:
    """A service's PostgreSQL database: reading, writing, leadership."""

    def __init__(self, url: str, *, inbox: Table, outbox: Table, idempotency: Table) -> None:
        self.url = url
        self.reader = PostgresReader(url)
        self.fresh = RecentOutbox()
        self.writer = PostgresWriter(self._connect, self.fresh, inbox=inbox, outbox=outbox, idempotency=idempotency)

    async def _connect(self) -> PostgresPipeline:
        return await connect(self.url, BY_KEY)

    async def ping(self) -> None:
        """`Unavailable` when the server does not answer, or refuses writes."""
        (row,) = await self.reader.ask("SELECT current_setting('transaction_read_only') AS read_only")
        if row["read_only"] == "on":
            raise Unavailable("database (read-only)")

    async def close(self) -> None:
        """Close every connection."""
        await self.reader.close()
        await self.writer.close()

    @asynccontextmanager
    async def lead(self, name: str, beat: Callable[[], None]) -> AsyncIterator["AdvisoryLock"]:
        """Wait until this process leads in `name` (session advisory lock), and lead until the session ends.

        The server ends a silent session. Otherwise a leader whose host vanished would lead for two hours.
        """
        key = zlib.crc32(name.encode())
        connection = await connect(self.url, {"idle_session_timeout": str(SILENT_SECONDS * 1000)})
        leadership = AdvisoryLock(connection)
        try:
            while not await leadership.ask("SELECT pg_try_advisory_lock($1::bigint) AS it", key):
                beat()
                await asyncio.sleep(0.5)
            yield leadership
        finally:
            connection.close()


class AdvisoryLock:
    """A lock that is held as long as its session lives."""

    def __init__(self, connection: PostgresPipeline) -> None:
        self._connection = connection

    async def confirm(self) -> None:
        """`Unavailable` when the session, and with it the lock, is lost."""
        await self.ask("SELECT 1 AS it")

    async def ask(self, sql: str, *values: Any) -> Any:
        """Run a query for one value, `it`; `Unavailable` when the session is lost."""
        try:
            ((row,),) = await self._connection.run(Statement(sql, values))
        except (OSError, ServerError) as error:
            raise Unavailable("database") from error
        return row["it"]
