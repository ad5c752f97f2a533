"""PostgreSQL's extended query protocol, pipelined: many statements in one write, their answers in one read.

asyncpg opens the connection (names, TLS, passwords). This module then uses its socket: every call is one network round
trip, however many statements it has. Values and rows are sent as text.

Source: PostgreSQL 15 manual, chapter 55 "Frontend/Backend Protocol", section 55.2.3 (extended query, pipelining).
"""

import asyncio
import struct
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, cast

import asyncpg

from shared.database.postgres_text import DECODE, Decode, Row, text_of

_SYNC: Final = b"S\x00\x00\x00\x04"
_EXECUTE: Final = b"E\x00\x00\x00\x09\x00\x00\x00\x00\x00"
_TERMINATE: Final = b"X\x00\x00\x00\x04"
_SIZE: Final = struct.Struct("!i")
_COUNT: Final = struct.Struct("!h")
_HEAD: Final = struct.Struct("!ci")
_COLUMN: Final = struct.Struct("!ihihih")
_NULL: Final = b"\xff\xff\xff\xff"


PATIENCE_SECONDS: Final = 10.0

_FIELDS: Final = {"C": "state", "M": "message", "t": "table", "c": "column", "n": "constraint"}


class Statement(NamedTuple):
    """SQL with `$1`…, and its values; a value is encoded by its own Python type."""

    sql: str
    values: Sequence[Any] = ()


class ServerError(Exception):
    """The server refused a statement. `state` is the SQLSTATE; `number` counts the statements executed before it."""

    def __init__(self, fields: Mapping[str, str], number: int) -> None:
        self.state = fields.get("state", "")
        self.table = fields.get("table")
        self.column = fields.get("column")
        self.constraint = fields.get("constraint")
        self.number = number
        super().__init__(f"{self.state} {fields.get('message', '')}")


@dataclass(slots=True)
class _Prepared:
    """A prepared statement; `decode` is set once its columns are described."""

    name: bytes
    decode: list[tuple[str, Decode | None]] | None = None


@dataclass(slots=True, kw_only=True)
class _Call:
    """One call in progress: everything up to a `ReadyForQuery`."""

    statements: list[str]
    unknown: deque[str]
    since: float = 0.0
    answer: "asyncio.Future[list[list[Row]]]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    done: list[list[Row]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    described: str | None = None
    error: ServerError | None = None


class PostgresWire(asyncio.Protocol):
    """One connection. Calls may overlap; they are executed in order.

    A call without an answer for `patience` seconds ends the connection.
    """

    def __init__(self, connection: asyncpg.Connection, patience: float = PATIENCE_SECONDS) -> None:
        self._connection = connection
        self._patience = patience
        self._loop = asyncio.get_running_loop()
        self._watching = False
        # asyncpg has no public way to give its socket away
        self._transport = cast("asyncio.Transport", connection._transport)  # type: ignore[attr-defined]  # noqa: SLF001
        self._buffer = bytearray()
        self._prepared: dict[str, _Prepared] = {}
        self._count = 0
        self._calls: deque[_Call] = deque()
        self._lost: Exception | None = None

    @classmethod
    def take_over(cls, connection: asyncpg.Connection, patience: float = PATIENCE_SECONDS) -> "PostgresWire":
        """Use an idle connection that asyncpg has opened. asyncpg must not use it afterwards."""
        wire = cls(connection, patience)
        wire._transport.pause_reading()  # a transport chooses its way of reading when reading starts
        wire._transport.set_protocol(wire)
        wire._transport.resume_reading()
        return wire

    @property
    def calls(self) -> int:
        """How many calls are in progress."""
        return len(self._calls)

    @property
    def is_over(self) -> bool:
        """Whether the connection is closed."""
        return self._lost is not None or self._transport.is_closing()

    def close(self) -> None:
        """Close the connection; calls in progress fail."""
        if not self.is_over:
            self._transport.write(_TERMINATE)
        self._end(ConnectionAbortedError("closed"))

    async def run(self, *statements: Statement) -> list[list[Row]]:
        """Execute statements in order, in one round trip; the rows of each.

        Without a transaction around them they form one: the first failure undoes the statements before it. Raises
        `ServerError`, `OSError` when the connection is lost, and `TypeError` or `ValueError` for a value that cannot be
        sent (nothing was sent then).
        """
        (answer,) = self._send(self._extended(statements))
        return await answer

    async def command(self, sql: str) -> None:
        """One statement without values or rows, by the simple protocol."""
        (answer,) = self._send(_simple(sql))
        await answer

    async def run_and_commit(self, *statements: Statement) -> list[list[Row]]:
        """Like `run`, in a transaction that the first statement begins, with COMMIT in the same round trip.

        When a statement fails, the COMMIT rolls back and the statement's `ServerError` is raised. `Unanswered` when the
        statements were answered and the COMMIT was not.
        """
        answer, commit = self._send(self._extended(statements), _simple("COMMIT"))
        await asyncio.wait((commit,))
        error = commit.exception()
        rows = answer.result()
        if error is not None:
            raise error if isinstance(error, ServerError) else Unanswered(rows) from error
        return rows

    def _extended(self, statements: Sequence[Statement]) -> tuple[_Call, bytes]:
        """The bytes for these statements; new statements are prepared by name."""
        parts: list[bytes] = []
        fresh: list[str] = []
        try:
            for sql, values in statements:
                known = self._prepared.get(sql)
                if known is None:
                    self._count += 1
                    known = self._prepared[sql] = _Prepared(b"s%d" % self._count)
                    fresh.append(sql)
                    parts += (_parse(known.name, sql), _describe(known.name))
                parts += (_bind(known.name, values), _EXECUTE)
        except BaseException:
            self._forget(fresh)
            raise
        parts.append(_SYNC)
        return _Call(statements=[statement.sql for statement in statements], unknown=deque(fresh)), b"".join(parts)

    def _send(self, *calls: tuple[_Call, bytes]) -> "list[asyncio.Future[list[list[Row]]]]":
        if self.is_over:
            for call, _ in calls:
                self._forget(call.unknown)
            raise self._lost or ConnectionResetError("the connection is over")
        now = self._loop.time()
        for call, _ in calls:
            call.since = now
            self._calls.append(call)
        if not self._watching:
            self._watching = True
            self._loop.call_later(self._patience, self._watch)
        self._transport.write(b"".join(data for _, data in calls))
        return [call.answer for call, _ in calls]

    def _watch(self) -> None:
        """One timer serves all calls."""
        self._watching = bool(self._calls)
        if self._calls:
            left = self._calls[0].since + self._patience - self._loop.time()
            if left <= 0:
                self._end(ConnectionResetError(f"no answer within {self._patience:g} s"))
            else:
                self._loop.call_later(left, self._watch)

    def _forget(self, statements: Iterable[str]) -> None:
        """Forget statements that the server has not prepared."""
        for sql in statements:
            self._prepared.pop(sql, None)

    def data_received(self, data: bytes) -> None:
        """Read every complete message."""
        buffer = self._buffer
        buffer += data
        start, length = 0, len(buffer)
        while length - start >= _HEAD.size:
            kind, size = _HEAD.unpack_from(buffer, start)
            end = start + 1 + size
            if end > length:
                break
            self._take(kind, buffer, start + _HEAD.size, end)
            start = end
        if start:
            del buffer[:start]

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail every waiting call."""
        self._end(exc or ConnectionResetError("the server closed the connection"))

    def eof_received(self) -> bool:
        """Close our side too."""
        return False

    def _end(self, error: Exception) -> None:
        self._lost = self._lost or (error if isinstance(error, OSError) else ConnectionResetError(str(error)))
        self._connection.terminate()
        while self._calls:
            call = self._calls.popleft()
            if not call.answer.done():
                call.answer.set_exception(call.error or self._lost)

    def _take(self, kind: bytes, buffer: bytearray, start: int, end: int) -> None:
        if not self._calls:
            return
        call = self._calls[0]
        match kind:
            case b"D":
                prepared = self._prepared.get(call.statements[len(call.done)])
                if prepared is not None and prepared.decode is not None:
                    call.rows.append(_row(prepared.decode, buffer, start))
            case b"C" | b"I" | b"s":
                call.done.append(call.rows)
                call.rows = []
            case b"1":
                call.described = call.unknown.popleft()
            case b"T" | b"n":
                if call.described is not None and (known := self._prepared.get(call.described)) is not None:
                    known.decode = _columns(buffer, start) if kind == b"T" else []
            case b"E":
                call.error = ServerError(_fields(bytes(buffer[start:end])), len(call.done))
            case b"Z":
                self._finish(call)
            case _:
                pass

    def _finish(self, call: _Call) -> None:
        self._calls.popleft()
        self._forget(call.unknown)
        if call.answer.done():
            return
        if call.error is not None:
            call.answer.set_exception(call.error)
        else:
            call.answer.set_result(call.done)


def _simple(sql: str) -> tuple[_Call, bytes]:
    text = sql.encode() + b"\0"
    return _Call(statements=[sql], unknown=deque()), b"Q" + _SIZE.pack(len(text) + 4) + text


class Unanswered(OSError):
    """The connection was lost after the statements were answered and before the COMMIT was; `rows` are the answers."""

    def __init__(self, rows: list[list[Row]]) -> None:
        self.rows = rows
        super().__init__("no answer to COMMIT")


def _parse(name: bytes, sql: str) -> bytes:
    body = name + b"\0" + sql.encode() + b"\0\0\0"
    return b"P" + _SIZE.pack(len(body) + 4) + body


def _describe(name: bytes) -> bytes:
    return b"D" + _SIZE.pack(len(name) + 6) + b"S" + name + b"\0"


def _bind(name: bytes, values: Sequence[Any]) -> bytes:
    parts = [b"\0", name, b"\0\0\0", _COUNT.pack(len(values))]
    for value in values:
        if value is None:
            parts.append(_NULL)
        else:
            encoded = text_of(value).encode()
            parts += (_SIZE.pack(len(encoded)), encoded)
    parts.append(b"\0\0")
    body = b"".join(parts)
    return b"B" + _SIZE.pack(len(body) + 4) + body


def _row(columns: Sequence[tuple[str, Decode | None]], buffer: bytearray, start: int) -> Row:
    row: Row = {}
    position = start + 2
    for name, decode in columns:
        (size,) = _SIZE.unpack_from(buffer, position)
        position += 4
        if size < 0:
            row[name] = None
            continue
        text = buffer[position : position + size].decode()
        row[name] = text if decode is None else decode(text)
        position += size
    return row


def _columns(buffer: bytearray, start: int) -> list[tuple[str, Decode | None]]:
    (count,) = _COUNT.unpack_from(buffer, start)
    position = start + 2
    columns = []
    for _ in range(count):
        end = buffer.index(0, position)
        name = buffer[position:end].decode()
        kind = _COLUMN.unpack_from(buffer, end + 1)[2]
        columns.append((name, DECODE.get(kind)))
        position = end + 1 + _COLUMN.size
    return columns


def _fields(body: bytes) -> dict[str, str]:
    found = {}
    for part in body.split(b"\0"):
        if part:
            name = _FIELDS.get(chr(part[0]))
            if name is not None:
                found[name] = part[1:].decode(errors="replace")
    return found
