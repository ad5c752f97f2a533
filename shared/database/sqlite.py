"""SQLite: one writer thread that runs whole batches with a savepoint for each unit of work, and threads that read.

`BEGIN IMMEDIATE` and `synchronous=FULL`: a commit that was answered survives a power cut. A lock file keeps a second
process away from the folder.
"""

import asyncio
import fcntl
import os
import re
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy import Boolean, Select, Table
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.types import TypeEngine

from shared.database.committer import CommitResult
from shared.database.reader import BatchedLoads, Row
from shared.database.recent_outbox import RecentOutbox
from shared.database.types import JsonDocument, UtcDateTime
from shared.database.work import (
    NO_PLACE,
    OUT_OF_RANGE,
    Add,
    Adjust,
    Claim,
    ConstraintBroken,
    IdempotentAnswer,
    MissingRow,
    Move,
    Outcome,
    Put,
    Remove,
    Root,
    Work,
    Write,
)
from shared.kernel.errors import Malformed, Said, Unavailable
from shared.runtime.clock import now

log = structlog.get_logger(__name__)

T = TypeVar("T")

READERS: Final = 2
_DIALECT: Final = SQLiteDialect_pysqlite(paramstyle="qmark")
_FAILED: Final = re.compile(r"(?P<kind>UNIQUE|CHECK|NOT NULL|FOREIGN KEY) constraint failed(?:: (?P<what>.*))?")


def open_connection(path: Path) -> sqlite3.Connection:
    """A connection with the settings that our promises need."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=5000",
        "cache_size=-2000",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement's SQL, kept as long as the statement itself, and how values are converted."""

    sql: str
    names: Sequence[str]
    fixed: Mapping[str, Any]
    kinds: Mapping[str, TypeEngine[Any]]
    decode: Mapping[Any, Callable[[Any], Any] | None]

    @classmethod
    def of(cls, statement: Select[Any]) -> "_Compiled":
        """Compile a statement."""
        compiled = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
        return cls(
            str(compiled),
            list(compiled.positiontup or ()),
            compiled.construct_params(_check=False),
            {name: bind.type for bind, name in compiled.bind_names.items()},
            {column.key: _decoder(column.type) for column in statement.selected_columns},
        )


class SqliteReader:
    """Runs every query in a reading thread with a connection of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix=f"read-{path.stem}")
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._gathering = BatchedLoads(self._fetch)
        self._compiled: WeakKeyDictionary[Select[Any], _Compiled] = WeakKeyDictionary()

    async def rows(self, statement: Select[Any], **parameters: Any) -> Sequence[Row]:
        known = self._compiled.get(statement)
        if known is None:
            known = self._compiled[statement] = _Compiled.of(statement)
        given = {**known.fixed, **parameters}
        values = [_to_sqlite(known.kinds.get(name), given[name]) for name in known.names]
        return await self.ask(known.sql, values, known.decode)

    search = rows

    async def load(self, table: Table, column: str, key: str) -> Sequence[Row]:
        return await self._gathering.load(table, column, key)

    async def _fetch(self, table: Table, column: str, keys: Sequence[str]) -> Sequence[Row]:
        order = ", ".join(_name(key.name) for key in table.primary_key)
        places = ", ".join("?" * len(keys))
        sql = f"SELECT * FROM {_name(table.name)} WHERE {_name(column)} IN ({places}) ORDER BY {order}"
        return await self.ask(sql, list(keys), {column.name: _decoder(column.type) for column in table.columns})

    async def ask(
        self, sql: str, values: Sequence[Any], decode: Mapping[Any, Callable[[Any], Any] | None]
    ) -> Sequence[Row]:
        """Run one query in a reading thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._read, sql, values, decode)

    def _read(
        self, sql: str, values: Sequence[Any], decode: Mapping[Any, Callable[[Any], Any] | None]
    ) -> Sequence[Row]:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        try:
            if connection is None:
                connection = self._local.connection = open_connection(self._path)
                connection.execute("PRAGMA query_only=ON")
                self._opened.append(connection)
            cursor = connection.execute(sql, values)
            names = [item[0] for item in cursor.description]
            return [_row(names, row, decode) for row in cursor.fetchall()]
        except OverflowError as error:
            raise Malformed(reason=OUT_OF_RANGE) from error
        except sqlite3.OperationalError as error:
            raise Unavailable("database") from error

    async def close(self) -> None:
        """End the threads and close their connections."""
        self._threads.shutdown(wait=True)
        for connection in self._opened:
            connection.close()


class SqliteWriter:
    def __init__(self, path: Path, *, inbox: Table, outbox: Table, idempotency: Table) -> None:
        self._path = path
        self._inbox = _name(inbox.name)
        self._outbox = outbox
        self._idempotency = _name(idempotency.name)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"write-{path.stem}")
        self._connection: sqlite3.Connection | None = None

    async def write(self, works: Sequence[Work]) -> Sequence[CommitResult]:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._write, works)

    async def close(self) -> None:
        """End the thread and close its connection."""
        self._thread.shutdown(wait=True)
        if self._connection is not None:
            self._connection.close()

    def _write(self, works: Sequence[Work]) -> Sequence[CommitResult]:
        if self._connection is None:
            self._connection = open_connection(self._path)
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            verdicts = [self._one(connection, work) for work in works]
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            log.warning("batch_broken", error=f"{type(error).__name__}: {error}", works=len(works))
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            return [Unavailable("database")] * len(works)
        return verdicts

    def _one(self, connection: sqlite3.Connection, work: Work) -> CommitResult:
        connection.execute("SAVEPOINT work")
        try:
            verdict: CommitResult = self._apply(connection, work)
        except (sqlite3.IntegrityError, MissingRow) as error:
            verdict = ConstraintBroken(_constraint(error))
        except (OverflowError, ValueError, TypeError, sqlite3.DataError, sqlite3.ProgrammingError) as error:
            log.exception("work_refused", error=f"{type(error).__name__}: {error}")
            verdict = Malformed(reason=NO_PLACE)
        if verdict is not Outcome.COMMITTED:
            connection.execute("ROLLBACK TO work")
        connection.execute("RELEASE work")
        return verdict

    def _apply(self, connection: sqlite3.Connection, work: Work) -> Outcome:
        for root in work.roots:
            if root.expected and not self._update(connection, root):
                return Outcome.STALE
        if not (self._claim(connection, work.claim) and self._keep(connection, work.answer)):
            return Outcome.TAKEN
        for root in work.roots:
            if not root.expected:
                _insert(connection, root.table, root.values)
        for kind in (Remove, Move, Put, Add, Adjust):
            for write in work.writes:
                if isinstance(write, kind):
                    _do(connection, write)
        for row in work.outbox:
            _insert(connection, self._outbox, row.values)
        return Outcome.COMMITTED

    def _claim(self, connection: sqlite3.Connection, claim: Claim | None) -> bool:
        """Take an inbox claim; False when it was taken before."""
        if claim is None:
            return True
        if claim.previous == 0:
            sql = (
                f"INSERT INTO {self._inbox} (sequence, consumer, subject) VALUES (?, ?, ?)"
                " ON CONFLICT DO NOTHING RETURNING 1"
            )
            values: tuple[object, ...] = (claim.sequence, claim.consumer, claim.subject)
        else:
            sql = (
                f"UPDATE {self._inbox} SET sequence = ? WHERE consumer = ? AND subject = ? AND sequence = ? RETURNING 1"
            )
            values = (claim.sequence, claim.consumer, claim.subject, claim.previous)
        return bool(connection.execute(sql, values).fetchall())

    def _keep(self, connection: sqlite3.Connection, answer: IdempotentAnswer | None) -> bool:
        """Keep an idempotent answer; False when its key has one."""
        if answer is None:
            return True
        sql = (
            f"INSERT INTO {self._idempotency} (scope, body_hash, status, body, answered_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING RETURNING 1"
        )
        values = (answer.scope, answer.body_hash, answer.status, answer.body, UtcDateTime.to_text(now()))
        return bool(connection.execute(sql, values).fetchall())

    def _update(self, connection: sqlite3.Connection, root: Root) -> bool:
        sets = ", ".join(f"{_name(name)} = ?" for name in root.values)
        sql = f"UPDATE {_name(root.table.name)} SET {sets} WHERE id = ? AND version = ? RETURNING 1"
        values = [*_row_values(root.table, root.values), root.key, root.expected]
        return bool(connection.execute(sql, values).fetchall())


class SqliteDatabase:
    """A service's SQLite file: reading, writing, leadership."""

    def __init__(self, path: Path, *, inbox: Table, outbox: Table, idempotency: Table) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.reader = SqliteReader(path)
        self.fresh = RecentOutbox()
        self.writer = SqliteWriter(path, inbox=inbox, outbox=outbox, idempotency=idempotency)
        self._lock = os.open(path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise Unavailable(Said(f"{path} (another process uses it)", f"{path}（另一个进程正在使用）")) from error
        open_connection(path).close()  # the first connection switches the file to WAL; several at once would conflict

    async def ping(self) -> None:
        """`Unavailable` when the file cannot be read."""
        await self.reader.ask("SELECT 1", [], {})

    async def close(self) -> None:
        """End the threads and release the lock file."""
        await self.writer.close()
        await self.reader.close()
        os.close(self._lock)

    @asynccontextmanager
    async def lead(self, _name: str, _beat: Callable[[], None]) -> AsyncIterator["SoleProcess"]:
        """Lead at once, because only one process uses the file."""
        yield SoleProcess()


class SoleProcess:
    """The leadership of the only process that can use the file."""

    async def confirm(self) -> None:
        """Never fails."""


def _constraint(error: Exception) -> str:
    if isinstance(error, MissingRow):
        return f"{error.table}_missing"
    failed = _FAILED.search(str(error))
    if failed is None:
        by_trigger = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_CONSTRAINT_TRIGGER
        return str(error) if by_trigger else "unknown"
    what = failed["what"] or ""
    return f"{what.split('.')[0]}_unique" if failed["kind"] == "UNIQUE" else what.replace(".", "_")


def _do(connection: sqlite3.Connection, write: Write) -> None:
    match write:
        case Remove(table, key):
            where = " AND ".join(f"{_name(name)} = ?" for name in key)
            connection.execute(f"DELETE FROM {_name(table.name)} WHERE {where}", _row_values(table, key))
        case Move(table, key, to, values):
            names = [column.name for column in to.columns if column.name not in values]
            copied = ", ".join(map(_name, names))
            added = "".join(f", {_name(name)}" for name in values)
            places = ", ?" * len(values)
            where = " AND ".join(f"{_name(name)} = ?" for name in key)
            connection.execute(
                f"INSERT INTO {_name(to.name)} ({copied}{added}) SELECT {copied}{places}"
                f" FROM {_name(table.name)} WHERE {where}",
                [*_row_values(to, values), *_row_values(table, key)],
            )
            connection.execute(f"DELETE FROM {_name(table.name)} WHERE {where}", _row_values(table, key))
        case Put(table, values):
            primary = [column.name for column in table.primary_key]
            sets = ", ".join(f"{_name(name)} = excluded.{_name(name)}" for name in values if name not in primary)
            conflict = ", ".join(_name(name) for name in primary)
            _insert(
                connection,
                table,
                values,
                f"ON CONFLICT ({conflict}) " + (f"DO UPDATE SET {sets}" if sets else "DO NOTHING"),
            )
        case Add(table, values):
            _insert(connection, table, values)
        case Adjust(table, key, deltas):
            sets = ", ".join(f"{_name(name)} = {_name(name)} + ?" for name in deltas)
            where = " AND ".join(f"{_name(name)} = ?" for name in key)
            sql = f"UPDATE {_name(table.name)} SET {sets} WHERE {where} RETURNING 1"
            if not connection.execute(sql, [*deltas.values(), *_row_values(table, key)]).fetchall():
                raise MissingRow(table.name)


def _insert(connection: sqlite3.Connection, table: Table, values: Mapping[str, Any], rest: str = "") -> None:
    names = ", ".join(_name(name) for name in values)
    places = ", ".join("?" * len(values))
    connection.execute(
        f"INSERT INTO {_name(table.name)} ({names}) VALUES ({places}) {rest}", _row_values(table, values)
    )


def _row_values(table: Table, values: Mapping[str, Any]) -> list[Any]:
    return [_to_sqlite(table.c[name].type, value) for name, value in values.items()]


def _to_sqlite(kind: TypeEngine[Any] | None, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, UtcDateTime):
        return UtcDateTime.to_text(value)
    if isinstance(kind, JsonDocument):
        return JsonDocument.to_text(value)
    if isinstance(value, bool):
        return int(value)
    return value


def _decoder(kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    if isinstance(kind, UtcDateTime):
        return UtcDateTime.from_text
    if isinstance(kind, JsonDocument):
        return JsonDocument.from_text
    if isinstance(kind, Boolean):
        return bool
    return None


def _row(names: Iterable[str], row: Sequence[Any], decode: Mapping[Any, Callable[[Any], Any] | None]) -> Row:
    values: dict[str, Any] = {}
    for name, value in zip(names, row, strict=True):
        decoder = decode.get(name)
        values[name] = decoder(value) if decoder is not None and value is not None else value
    return values


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
