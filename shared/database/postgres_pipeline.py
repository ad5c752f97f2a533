"""PostgreSQL by libpq's pipeline mode: many statements in one write, their answers in one read.

psycopg opens the connection (names, TLS, passwords) and brings libpq, `psycopg.pq`. This module gives libpq statements
and takes the results as they come: no thread, and no wait between two statements. The event loop says when the socket
has something to read. Every call is one network round trip, however many statements it has. psycopg's own cursors need
twice the processor time for it (ADR 8).

Source: PostgreSQL manual, section "Pipeline Mode" of libpq; psycopg 3 documentation, "pq: libpq wrapper module".
"""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg import pq
from psycopg.abc import Buffer
from psycopg.adapt import AdaptersMap, Loader, Transformer
from psycopg.pq import DiagnosticField, ExecStatus
from pydantic_core import from_json

from shared.database.postgres_values import Encode, Row, as_text, encoders

PATIENCE_SECONDS: Final = 10.0

_BINARY: Final = pq.Format.BINARY
_DONE: Final = frozenset((ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK, ExecStatus.EMPTY_QUERY))
_FIELDS: Final = {
    "state": DiagnosticField.SQLSTATE,
    "message": DiagnosticField.MESSAGE_PRIMARY,
    "table": DiagnosticField.TABLE_NAME,
    "column": DiagnosticField.COLUMN_NAME,
    "constraint": DiagnosticField.CONSTRAINT_NAME,
}


class Statement(NamedTuple):
    """SQL with `$1`…, and its values; a value is encoded by its own Python type."""

    sql: str
    values: Sequence[Any] = ()


_COMMIT: Final = Statement("COMMIT")
_ROLLBACK: Final = Statement("ROLLBACK")


class ServerError(Exception):
    """The server refused a statement. `state` is the SQLSTATE; `number` counts the statements executed before it."""

    def __init__(self, fields: Mapping[str, str], number: int) -> None:
        self.state = fields.get("state", "")
        self.table = fields.get("table")
        self.column = fields.get("column")
        self.constraint = fields.get("constraint")
        self.number = number
        super().__init__(f"{self.state} {fields.get('message', '')}")


class Unanswered(OSError):
    """The connection was lost after the statements were answered and before the COMMIT was; `rows` are the answers."""

    def __init__(self, rows: list[list[Row]]) -> None:
        self.rows = rows
        super().__init__("no answer to COMMIT")


class _Json(Loader):
    format = _BINARY

    def load(self, data: Buffer) -> Any:
        """A document, parsed as everywhere else."""
        return from_json(bytes(data))


class _Jsonb(Loader):
    format = _BINARY

    def load(self, data: Buffer) -> Any:
        """The same, after the byte that names the version of the form."""
        return from_json(bytes(data)[1:])


class _Adapting:
    """What a `Transformer` asks for: how values are read. It needs no connection, because ours is always in UTC."""

    adapters: ClassVar[AdaptersMap] = AdaptersMap(psycopg.adapters)
    connection: ClassVar[None] = None


_Adapting.adapters.register_loader("json", _Json)
_Adapting.adapters.register_loader("jsonb", _Jsonb)


@dataclass(slots=True)
class _Prepared:
    """A prepared statement, and how its parameters are written; `names` are its columns, once there was a row."""

    sql: str
    name: bytes
    encoders: Sequence[Encode]
    formats: Sequence[int]
    names: Sequence[str] = ()


@dataclass(slots=True, kw_only=True)
class _Call:
    """One call in progress: everything up to a sync. `awaited`: the results to come, and whether each only prepares."""

    since: float
    commits: bool
    awaited: deque[tuple[_Prepared, bool]] = field(default_factory=deque)
    answer: "asyncio.Future[list[list[Row]]]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    done: list[list[Row]] = field(default_factory=list)
    error: ServerError | None = None


class PostgresPipeline:
    """One connection. Calls may overlap; they are executed in order.

    A call without an answer for `patience` seconds ends the connection.
    """

    def __init__(self, connection: "psycopg.AsyncConnection[Any]", patience: float) -> None:
        self._connection = connection  # kept, because it ends the session when nobody holds it
        self._patience = patience
        self._loop = asyncio.get_running_loop()
        self._watching = False
        self._writing = False
        self._prepared: dict[str, _Prepared] = {}
        self._count = 0
        self._calls: deque[_Call] = deque()
        self._lost: OSError | None = None
        self._reading = Transformer(_Adapting())
        self._server = connection.pgconn
        self._server.nonblocking = 1
        self._server.enter_pipeline_mode()
        self._socket = self._server.socket
        self._loop.add_reader(self._socket, self._read)

    @classmethod
    async def open(cls, url: str, settings: Mapping[str, str], patience: float) -> "PostgresPipeline":
        """Connect. What the URL says after its `?` and libpq does not know is a setting of the session."""
        parts = urlsplit(url)
        known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
        wanted = dict(parse_qsl(parts.query, keep_blank_values=True))
        told = {**settings, **{name: value for name, value in wanted.items() if name not in known}}
        options = [wanted.pop("options", ""), *(f"-c {name}={_escaped(value)}" for name, value in told.items())]
        plain = urlencode({name: value for name, value in wanted.items() if name in known}, quote_via=quote)
        connection = await psycopg.AsyncConnection.connect(
            urlunsplit(parts._replace(query=plain)),
            autocommit=True,
            client_encoding="utf8",
            connect_timeout=5,
            options=" ".join(options),
        )
        return cls(connection, patience)

    @property
    def calls(self) -> int:
        """How many calls are in progress."""
        return len(self._calls)

    @property
    def is_over(self) -> bool:
        """Whether the connection is closed."""
        return self._lost is not None

    def close(self) -> None:
        """Close the connection; calls in progress fail."""
        self._end(ConnectionAbortedError("closed"))

    async def run(self, *statements: Statement) -> list[list[Row]]:
        """Execute statements in order, in one round trip; the rows of each.

        Without a transaction around them they form one: the first failure undoes the statements before it. Raises
        `ServerError`, `OSError` when the connection is lost, and `TypeError` or `ValueError` for a value that cannot be
        sent (nothing was sent then).
        """
        return await self._send(statements).answer

    async def run_once(self, statement: Statement) -> list[list[Row]]:
        """Like `run` for one statement, which is planned for its values and not kept prepared."""
        return await self._send((statement,), keep=False).answer

    async def command(self, sql: str) -> None:
        """One statement without values or rows, which is not kept prepared."""
        await self._send((Statement(sql),), keep=False).answer

    async def run_and_commit(self, *statements: Statement) -> list[list[Row]]:
        """Like `run`, in a transaction that the first statement begins, with COMMIT in the same round trip.

        When a statement fails, the transaction is rolled back and the statement's `ServerError` is raised. `Unanswered`
        when the statements were answered and the COMMIT was not.
        """
        call = self._send(statements, commits=True)
        try:
            rows = await call.answer
        except OSError as error:
            if len(call.done) == len(statements):
                raise Unanswered(call.done) from error
            raise
        return rows[: len(statements)]

    def _send(self, statements: Sequence[Statement], *, commits: bool = False, keep: bool = True) -> _Call:
        if self._lost is not None:
            raise self._lost
        call = _Call(since=self._loop.time(), commits=commits)
        fresh: dict[str, _Prepared] = {}
        ready = []
        for sql, values in (*statements, _COMMIT) if commits else statements:
            prepared = self._prepared.get(sql) or fresh.get(sql)
            if prepared is None:
                prepared = fresh[sql] = self._name(sql, len(values), keep=keep)
            pairs = zip(prepared.encoders, values, strict=True)
            ready.append((prepared, [None if value is None else encode(value) for encode, value in pairs]))
        try:
            for place, (prepared, values) in enumerate(ready):
                if fresh.pop(prepared.sql, None) is not None:
                    if keep:
                        self._prepared[prepared.sql] = prepared
                    self._server.send_prepare(prepared.name, prepared.sql.encode())
                    call.awaited.append((prepared, True))
                if commits and place == len(statements):
                    self._server.send_flush_request()  # the answers before the COMMIT name the transaction
                self._server.send_query_prepared(prepared.name, values, prepared.formats, _BINARY)
                call.awaited.append((prepared, False))
            self._server.pipeline_sync()
        except psycopg.Error as error:
            self._end(ConnectionResetError(str(error)))
            raise ConnectionResetError(str(error)) from error
        self._calls.append(call)
        self._write()
        if not self._watching:
            self._watching = True
            self._loop.call_later(self._patience, self._watch)
        return call

    def _name(self, sql: str, count: int, *, keep: bool) -> _Prepared:
        self._count += keep
        written = encoders(sql, count)
        formats = [pq.Format.TEXT if encode is as_text else _BINARY for encode in written]
        return _Prepared(sql, b"s%d" % self._count if keep else b"", written, formats)

    def _write(self) -> None:
        """Write what libpq still holds, as soon as the socket takes it."""
        try:
            left = bool(self._server.flush())
        except psycopg.Error as error:
            self._end(ConnectionResetError(str(error)))
            return
        if left and not self._writing:
            self._loop.add_writer(self._socket, self._write)
        elif self._writing and not left:
            self._loop.remove_writer(self._socket)
        self._writing = left

    def _watch(self) -> None:
        """One timer serves all calls."""
        self._watching = bool(self._calls)
        if self._calls:
            left = self._calls[0].since + self._patience - self._loop.time()
            if left <= 0:
                self._end(ConnectionResetError(f"no answer within {self._patience:g} s"))
            else:
                self._loop.call_later(left, self._watch)

    def _read(self) -> None:
        """Take what has come. Before a server closes a connection it may have said why."""
        try:
            try:
                self._server.consume_input()
            finally:
                self._take_all()
        except psycopg.Error as error:
            self._end(ConnectionResetError(str(error)))

    def _take_all(self) -> None:
        """Every result that is complete."""
        server = self._server
        while not self.is_over and not server.is_busy() and self._calls:
            result = server.get_result()
            if result is not None:
                self._take(self._calls[0], result)
            elif server.status != pq.ConnStatus.OK:
                break
        if not self.is_over and server.status != pq.ConnStatus.OK:
            self._end(ConnectionResetError(server.get_error_message()))

    def _end(self, error: OSError) -> None:
        if self._lost is None:
            self._lost = error
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            self._server.finish()
        while self._calls:
            call = self._calls.popleft()
            if not call.answer.done():
                call.answer.set_exception(call.error or self._lost)

    def _take(self, call: _Call, result: pq.abc.PGresult) -> None:
        status = result.status
        if status in _DONE:
            prepared, preparing = call.awaited.popleft()
            if not preparing:
                call.done.append(self._rows(prepared, result))
        elif status == ExecStatus.PIPELINE_SYNC:
            self._finish(call)
        elif status != ExecStatus.PIPELINE_ABORTED:
            told = {name: text.decode(errors="replace") for name, text in _said(result).items()}
            if "state" in told:
                call.error = call.error or ServerError(told, len(call.done))
            else:
                self._end(ConnectionResetError(told.get("message") or result.get_error_message()))

    def _rows(self, prepared: _Prepared, result: pq.abc.PGresult) -> list[Row]:
        count = result.ntuples
        if not count:
            return []
        names = prepared.names
        if not names:
            names = prepared.names = [(result.fname(n) or b"").decode() for n in range(result.nfields)]
        self._reading.set_pgresult(result, format=_BINARY)
        return self._reading.load_rows(0, count, lambda values: dict(zip(names, values, strict=True)))

    def _finish(self, call: _Call) -> None:
        self._calls.popleft()
        for prepared, preparing in call.awaited:
            if preparing:
                self._prepared.pop(prepared.sql, None)
        if call.error is not None and call.commits:
            self._roll_back()
        if call.answer.done():
            return
        if call.error is not None:
            call.answer.set_exception(call.error)
        else:
            call.answer.set_result(call.done)

    def _roll_back(self) -> None:
        """The server has skipped the COMMIT too. At once, because whoever waited may be gone."""
        try:
            call = self._send((_ROLLBACK,))
        except OSError:
            return
        call.answer.add_done_callback(asyncio.Future.exception)


def _said(result: pq.abc.PGresult) -> dict[str, bytes]:
    said = {name: result.error_field(which) for name, which in _FIELDS.items()}
    return {name: text for name, text in said.items() if text is not None}


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace(" ", "\\ ")
