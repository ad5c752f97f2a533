"""PostgreSQL: batches as `unnest` statements on one connection, reads on a few others, leadership by advisory lock.

Sources: PostgreSQL 15 manual, `pg_xact_status` (was an ambiguous COMMIT carried out?), advisory locks.
"""

import asyncio
import time
import zlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from itertools import repeat
from typing import Any, Final, cast
from weakref import WeakKeyDictionary

import asyncpg
import structlog
from pydantic_core import from_json
from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, LargeBinary, Select, Table, Text
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from shared.database.committer import Verdict
from shared.database.reader import Gathering, Row
from shared.database.types import Document, UtcDateTime
from shared.database.work import Add, Adjust, ConstraintBroken, Outcome, Put, Remove, Work
from shared.kernel.errors import Malformed, RetourError, Unavailable
from shared.runtime.clock import now

log = structlog.get_logger(__name__)

AWAY: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.DiskFullError,
    asyncpg.QueryCanceledError,
)
AGAIN: Final = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError)
COMMAND_SECONDS: Final = 10.0
READ_CONNECTIONS: Final = 4
LOOK_UP_SECONDS: Final = 20.0
ATTEMPTS: Final = 3

_DIALECT: Final = PGDialect_asyncpg()  # type: ignore[no-untyped-call]
_ARRAYS: Final[Sequence[tuple[type, str]]] = (
    (Document, "text[]"),
    (UtcDateTime, "timestamptz[]"),
    (Boolean, "boolean[]"),
    (Integer, "bigint[]"),
    (BigInteger, "bigint[]"),
    (Date, "date[]"),
    (LargeBinary, "bytea[]"),
    (Text, "text[]"),
)
_NUMBER: Final = "pg_current_xact_id()::text AS xact"
_SETTINGS: Final = {
    "application_name": "retour",
    "timezone": "UTC",
    "statement_timeout": "8000",
    "lock_timeout": "2000",
    "idle_in_transaction_session_timeout": "15000",
    "jit": "off",
}


async def connect(url: str) -> asyncpg.Connection:
    """One connection that reads JSON as values; `Unavailable` when the server cannot be reached."""
    try:
        connection = await asyncpg.connect(url, timeout=5, command_timeout=COMMAND_SECONDS, server_settings=_SETTINGS)
    except (*AWAY, asyncpg.InvalidCatalogNameError, asyncpg.InvalidAuthorizationSpecificationError) as error:
        log.warning("database_unreachable", error=f"{type(error).__name__}: {error}")
        raise Unavailable("database") from error
    await _read_json(connection)
    return connection


async def _read_json(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec("jsonb", encoder=str, decoder=from_json, schema="pg_catalog", format="text")


async def _no_reset(connection: asyncpg.Connection) -> None:
    """Our connections are never given to anybody who changes their settings; RESET would cost a round trip."""


class PostgresReader:
    """See `Reader`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()
        self._gathering = Gathering(self._fetch)
        self._compiled: WeakKeyDictionary[Select[Any], tuple[str, Sequence[str], Mapping[str, Any]]] = (
            WeakKeyDictionary()
        )

    async def _connections(self) -> asyncpg.Pool:
        if self._pool is None:
            async with self._opening:
                if self._pool is None:
                    self._pool = await asyncpg.create_pool(
                        self._url,
                        min_size=1,
                        max_size=READ_CONNECTIONS,
                        command_timeout=COMMAND_SECONDS,
                        timeout=5,
                        init=_read_json,
                        reset=_no_reset,
                        server_settings=_SETTINGS,
                    )
        return self._pool

    async def rows(self, statement: Select[Any], **parameters: Any) -> Sequence[Row]:
        """See `Reader.rows`."""
        sql, names, fixed = self._text(statement)
        values = [parameters[name] if name in parameters else fixed[name] for name in names]
        return await self.ask(sql, *values)

    async def load(self, table: Table, column: str, key: str) -> Sequence[Row]:
        """See `Reader.load`."""
        return await self._gathering.load(table, column, key)

    async def close(self) -> None:
        """Let go of the connections."""
        if self._pool is not None:
            self._pool.terminate()
            self._pool = None

    async def _fetch(self, table: Table, column: str, keys: Sequence[str]) -> Sequence[Row]:
        order = ", ".join(_name(key.name) for key in table.primary_key)
        sql = f"SELECT * FROM {_name(table.name)} WHERE {_name(column)} = ANY($1::text[]) ORDER BY {order}"
        return await self.ask(sql, keys)

    async def ask(self, sql: str, *values: Any) -> Sequence[Row]:
        """Run one query; `Unavailable` when the server is away, `Malformed` for a value out of range."""
        try:
            pool = await self._connections()
            async with pool.acquire(timeout=5) as connection:
                return cast("Sequence[Row]", await connection.fetch(sql, *values))
        except asyncpg.DataError as error:
            raise Malformed(reason="a value is out of range") from error
        except AWAY as error:
            log.warning("read_failed", error=f"{type(error).__name__}: {error}")
            raise Unavailable("database") from error

    def _text(self, statement: Select[Any]) -> tuple[str, Sequence[str], Mapping[str, Any]]:
        """The SQL of a statement, kept as long as the statement itself: a module's constants are compiled once."""
        known = self._compiled.get(statement)
        if known is None:
            compiled = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
            names = list(compiled.positiontup or ())
            known = self._compiled[statement] = str(compiled), names, compiled.construct_params(_check=False)
        return known


class PostgresWriter:
    """See `Writer`. An error in a batch splits it, so that nobody pays for a neighbour."""

    def __init__(self, url: str, *, inbox: Table, outbox: Table, idempotency: Table) -> None:
        self._url = url
        self._outbox = outbox
        self._idempotency = idempotency
        self._connection: asyncpg.Connection | None = None
        self._statements: dict[tuple[object, ...], str] = {}
        source = (
            "unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) AS v(consumer, subject, sequence, previous)"
        )
        self._claiming = {
            True: f"INSERT INTO {_name(inbox.name)} (consumer, subject, sequence)"
            f" SELECT v.consumer, v.subject, v.sequence FROM {source} WHERE v.previous = 0"
            f" ON CONFLICT DO NOTHING RETURNING consumer, subject, {_NUMBER}",
            False: f"UPDATE {_name(inbox.name)} AS known SET sequence = v.sequence FROM {source}"
            " WHERE known.consumer = v.consumer AND known.subject = v.subject AND known.sequence = v.previous"
            f" RETURNING known.consumer, known.subject, {_NUMBER}",
        }

    async def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def write(self, works: Sequence[Work]) -> Sequence[Verdict]:
        """See `Writer.write`."""
        for attempt in range(ATTEMPTS):
            transaction: list[str] = []
            try:
                return await self._attempt(works, transaction)
            except AGAIN as error:
                log.info("batch_again", error=type(error).__name__, works=len(works))
                await asyncio.sleep(0.01 * 2**attempt)
            except AWAY as error:
                return await self._after_a_break(works, transaction, error)
            except (asyncpg.PostgresError, MissingRow, OverflowError, ValueError, TypeError) as error:
                if len(works) == 1:
                    return [_verdict(error)]
                half = len(works) // 2
                return [*await self.write(works[:half]), *await self.write(works[half:])]
        return [Unavailable("database")] * len(works)

    async def _after_a_break(
        self, works: Sequence[Work], transaction: Sequence[str], error: BaseException
    ) -> Sequence[Verdict]:
        """The connection broke. Only a COMMIT that was sent leaves a doubt, and the server can settle it."""
        log.warning("batch_broken", error=f"{type(error).__name__}: {error}", works=len(works))
        await self.close()
        if transaction and await self._was_committed(transaction[0]):
            return [Outcome.COMMITTED] * len(works)
        return [Unavailable("database")] * len(works)

    async def _was_committed(self, transaction: str) -> bool:
        deadline = time.monotonic() + LOOK_UP_SECONDS
        while time.monotonic() < deadline:
            try:
                connection = await self._connected()
                status = await connection.fetchval("SELECT pg_xact_status($1::text::xid8)", transaction)
            except (Unavailable, *AWAY):
                await self.close()
            else:
                if status != "in progress":
                    log.warning("commit_looked_up", transaction=transaction, status=status)
                    return bool(status == "committed")
            await asyncio.sleep(0.25)
        return False

    async def _connected(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            self._connection = await connect(self._url)
        return self._connection

    async def _attempt(self, works: Sequence[Work], transaction: list[str]) -> Sequence[Verdict]:
        try:
            connection = await self._connected()
        except Unavailable as error:
            return [error] * len(works)
        verdicts: list[Verdict] = [Outcome.COMMITTED] * len(works)
        numbers: list[str] = []
        await connection.execute("BEGIN")
        try:
            stale = await self._stale(connection, works, numbers)
            taken = await self._taken(connection, works, stale, numbers)
            for index in range(len(works)):
                if index in stale:
                    verdicts[index] = Outcome.STALE
                elif index in taken:
                    verdicts[index] = Outcome.TAKEN
            await self._write(connection, [work for i, work in enumerate(works) if verdicts[i] is Outcome.COMMITTED])
            if not numbers:
                numbers.append(await connection.fetchval(f"SELECT {_NUMBER}"))
        except BaseException:
            if not connection.is_closed():
                await connection.execute("ROLLBACK")
            raise
        transaction += numbers[-1:]
        await connection.execute("COMMIT")
        return verdicts

    async def _stale(self, connection: asyncpg.Connection, works: Sequence[Work], numbers: list[str]) -> set[int]:
        """Lock what was loaded, in order, and tell which units of work have been overtaken.

        Like `_taken` it notes the transaction's number on the way, which is needed only when a COMMIT stays unanswered.
        """
        loaded: dict[Table, dict[str, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
        for index, work in enumerate(works):
            for root in work.roots:
                if root.expected > 0:
                    loaded[root.table][root.key].append((index, root.expected))
        stale: set[int] = set()
        for table in sorted(loaded, key=lambda table: table.name):
            keys = loaded[table]
            sql = (
                f"SELECT id, version, {_NUMBER} FROM {_name(table.name)}"
                " WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE"
            )
            rows = await connection.fetch(sql, list(keys))
            numbers += [row["xact"] for row in rows[:1]]
            present = {row["id"]: row["version"] for row in rows}
            stale |= {i for key, uses in keys.items() for i, expected in uses if present.get(key) != expected}
        return stale

    async def _taken(
        self, connection: asyncpg.Connection, works: Sequence[Work], stale: set[int], numbers: list[str]
    ) -> set[int]:
        """Take the inbox claims and idempotency keys; tell whose was taken before."""
        claims = {i: work.claim for i, work in enumerate(works) if work.claim is not None and i not in stale}
        taken: set[int] = set()
        if claims:
            won: set[tuple[str, str]] = set()
            for first, sql in self._claiming.items():
                wanted = [c for c in claims.values() if (c.previous == 0) is first]
                if wanted:
                    columns = zip(*((c.consumer, c.subject, c.sequence, c.previous) for c in wanted), strict=True)
                    rows = await connection.fetch(sql, *map(list, columns))
                    numbers += [row["xact"] for row in rows[:1]]
                    won |= {(row["consumer"], row["subject"]) for row in rows}
            taken |= {i for i, claim in claims.items() if (claim.consumer, claim.subject) not in won}
        answers = {i: work.answer for i, work in enumerate(works) if work.answer is not None and i not in stale}
        if answers:
            sql = (
                f"INSERT INTO {_name(self._idempotency.name)} (scope, body_hash, status, body, answered_at)"
                " SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::timestamptz[])"
                f" ON CONFLICT (scope) DO NOTHING RETURNING scope, {_NUMBER}"
            )
            moment = now()
            columns = zip(*((a.scope, a.body_hash, a.status, a.body, moment) for a in answers.values()), strict=True)
            rows = await connection.fetch(sql, *map(list, columns))
            numbers += [row["xact"] for row in rows[:1]]
            kept = {row["scope"] for row in rows}
            taken |= {i for i, answer in answers.items() if answer.scope not in kept}
        return taken

    async def _write(self, connection: asyncpg.Connection, works: Sequence[Work]) -> None:
        """Everything of every unit of work, merged by table: rows first, then what refers to them, events last."""
        merged = _merge(works)
        for verb, tables in merged.rows.items():
            for table, rows in tables.items():
                await self._run(connection, verb, table, rows)
        for (table, keys, columns), totals in merged.sums.items():
            rows = [
                dict(zip((*keys, *columns), (*key, *deltas), strict=True)) for key, deltas in sorted(totals.items())
            ]
            done = await self._run(connection, "adjust", table, rows, keys=keys)
            if len(done) != len(rows):
                raise MissingRow(table.name)
        if outbox := [asdict(row) for work in works for row in work.outbox]:
            await self._run(connection, "insert", self._outbox, outbox)

    async def _run(
        self,
        connection: asyncpg.Connection,
        verb: str,
        table: Table,
        rows: Sequence[Mapping[str, Any]],
        keys: tuple[str, ...] = (),
    ) -> Sequence[Row]:
        """One statement for rows of one table; rows that name different columns go in groups of their own."""
        done: list[Row] = []
        shapes: dict[tuple[str, ...], list[Mapping[str, Any]]] = defaultdict(list)
        for row in rows:
            shapes[tuple(row)].append(row)
        for names, group in shapes.items():
            shape = (verb, table, names, keys)
            sql = self._statements.get(shape)
            if sql is None:
                sql = self._statements[shape] = _statement(verb, table, names, keys)
            columns = [_values(table.c[name], (row[name] for row in group)) for name in names]
            done += cast("Sequence[Row]", await connection.fetch(sql, *columns))
        return done


Rows = dict[Table, list[Mapping[str, Any]]]


@dataclass(slots=True)
class _Merged:
    """What several units of work write, by verb and table in the order of writing; `sums` are the adjustments.

    The first verb inserts aggregates' own rows, the last one rows that may refer to them.
    """

    rows: dict[str, Rows]
    sums: dict[tuple[Table, tuple[str, ...], tuple[str, ...]], dict[tuple[Any, ...], list[int]]]


def _merge(works: Sequence[Work]) -> _Merged:
    fresh, changed, removed, put, added = (cast("Rows", defaultdict(list)) for _ in range(5))
    merged = _Merged({"insert": fresh, "update": changed, "delete": removed, "upsert": put, "add": added}, {})
    for work in works:
        for root in work.roots:
            (changed if root.expected else fresh)[root.table].append(root.values)
        for write in work.writes:
            match write:
                case Add(table, values):
                    added[table].append(values)
                case Put(table, values):
                    put[table].append(values)
                case Remove(table, key):
                    removed[table].append(key)
                case Adjust(table, key, deltas):
                    totals = merged.sums.setdefault((table, tuple(key), tuple(deltas)), {})
                    totals[tuple(key.values())] = [
                        before + delta
                        for before, delta in zip(
                            totals.get(tuple(key.values()), repeat(0)), deltas.values(), strict=False
                        )
                    ]
    return merged


class MissingRow(Exception):
    """A row that should have been adjusted is not there."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(f"no such row in {table}")


class PostgresDatabase:
    """A service's PostgreSQL: the parts that read, write and lead."""

    def __init__(self, url: str, *, inbox: Table, outbox: Table, idempotency: Table) -> None:
        self.url = url
        self.reader = PostgresReader(url)
        self.writer = PostgresWriter(url, inbox=inbox, outbox=outbox, idempotency=idempotency)

    async def ping(self) -> None:
        """`Unavailable` when the server does not answer."""
        await self.reader.ask("SELECT 1")

    async def close(self) -> None:
        """Let go of everything."""
        await self.reader.close()
        await self.writer.close()

    @asynccontextmanager
    async def lead(self, name: str, beat: Callable[[], None]) -> AsyncIterator["Leadership"]:
        """Wait until this process leads in `name` (session advisory lock); lead until leaving or losing the session."""
        key = zlib.crc32(name.encode())
        connection = await connect(self.url)
        try:
            while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", key):
                beat()
                await asyncio.sleep(0.5)
            yield Leadership(connection)
        finally:
            connection.terminate()


class Leadership:
    """Held as long as the session lives."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def confirm(self) -> None:
        """`Unavailable` when the session, and with it the lock, is gone."""
        try:
            await self._connection.fetchval("SELECT 1")
        except AWAY as error:
            raise Unavailable("database") from error


def _verdict(error: BaseException) -> Verdict:
    match error:
        case asyncpg.UniqueViolationError():
            return ConstraintBroken(f"{error.table_name}_unique")
        case asyncpg.IntegrityConstraintViolationError():
            return ConstraintBroken(error.constraint_name or f"{error.table_name}_{error.column_name}")
        case MissingRow():
            return ConstraintBroken(f"{error.table}_missing")
        case (
            asyncpg.DataError() | asyncpg.UntranslatableCharacterError() | OverflowError() | ValueError() | TypeError()
        ):
            log.error("work_refused", error=f"{type(error).__name__}: {error}")
            return Malformed(reason="a value does not fit where it should be kept")
        case _:
            log.error("work_failed", error=f"{type(error).__name__}: {error}")
            return RetourError()


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _array(column: Column[Any]) -> str:
    for kind, array in _ARRAYS:
        if isinstance(column.type, kind):
            return array
    raise TypeError(f"{column}: no array type for {column.type!r}")


def _values(column: Column[Any], values: Iterable[Any]) -> list[Any]:
    if isinstance(column.type, Document):
        return [None if value is None else Document.to_text(value) for value in values]
    return list(values)


def _statement(verb: str, table: Table, names: tuple[str, ...], keys: tuple[str, ...]) -> str:
    columns = [table.c[name] for name in names]
    target = _name(table.name)
    listed = ", ".join(_name(name) for name in names)
    arrays = ", ".join(f"${number}::{_array(column)}" for number, column in enumerate(columns, 1))
    value = {c.name: f"v.{_name(c.name)}" + ("::jsonb" if isinstance(c.type, Document) else "") for c in columns}
    primary = keys or tuple(column.name for column in table.primary_key)
    others = [name for name in names if name not in primary]
    same = " AND ".join(f"{target}.{_name(name)} = v.{_name(name)}" for name in primary)
    source = f"unnest({arrays}) WITH ORDINALITY AS v({listed}, _place)"
    match verb:
        case "insert" | "add" | "upsert":
            sql = f"INSERT INTO {target} ({listed}) SELECT {', '.join(value.values())} FROM {source} ORDER BY v._place"
            if verb != "upsert":
                return sql
            sets = ", ".join(f"{_name(name)} = excluded.{_name(name)}" for name in others)
            conflict = ", ".join(_name(name) for name in primary)
            return f"{sql} ON CONFLICT ({conflict}) " + (f"DO UPDATE SET {sets}" if sets else "DO NOTHING")
        case "update":
            sets = ", ".join(f"{_name(name)} = {value[name]}" for name in others)
            return f"UPDATE {target} SET {sets} FROM {source} WHERE {same}"
        case "adjust":
            sets = ", ".join(f"{_name(name)} = {target}.{_name(name)} + v.{_name(name)}" for name in others)
            return f"UPDATE {target} SET {sets} FROM {source} WHERE {same} RETURNING 1"
        case "delete":
            return f"DELETE FROM {target} USING {source} WHERE {same}"
        case _:
            raise ValueError(verb)
