"""The service is another process: a small HTTP/1.1 client with a bounded pool of open connections.

A general client costs more than the network itself (measured: thirty times as much). This client has one upstream and
bodies with a length. A request is sent again only when the service cannot have done it, or when repeating is harmless:
the open connection was closed before the first byte of the answer.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextlib import aclosing
from typing import Final, cast
from urllib.parse import urlsplit

import httptools

from gateway.adapters.edge.transport import Headers, Incoming, Outgoing, Stream
from gateway.application.errors import NoAnswerInTime
from shared.kernel.errors import Unavailable

CONNECT_SECONDS: Final = 2.0
IDLE_SECONDS: Final = 50.0
BUFFERED: Final = 256_000
HEADER_LIMIT: Final = 200


class _Closed(Exception):
    """The connection ended before the answer did; `untouched` when no byte of the answer had come."""

    def __init__(self, *, untouched: bool) -> None:
        self.untouched = untouched


class _Connection(asyncio.Protocol):
    """One connection, one exchange at a time."""

    def __init__(self) -> None:
        self.used_at = 0.0
        self.closed = False
        self._transport: asyncio.Transport
        self._wake: asyncio.Future[None] | None = None
        self._busy = False
        self._room = asyncio.Event()
        self._room.set()
        self._begin()

    def _begin(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._status = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._parts: list[bytes] = []
        self._buffered = 0
        self._touched = False
        self._complete = False
        self._keep = True
        self._paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Bytes without a request end the connection."""
        if not self._busy:
            self.close()
            return
        self._touched = True
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.close()
        self._tell()

    def connection_lost(self, _error: Exception | None) -> None:
        self.closed = True
        self._tell()

    def pause_writing(self) -> None:
        self._room.clear()

    def resume_writing(self) -> None:
        self._room.set()

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name.lower(), value))
        if len(self._headers) > HEADER_LIMIT:
            self.close()

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200:
            self._headers.clear()
        else:
            self._status = status

    def on_body(self, body: bytes) -> None:
        """A slow reader slows the service down."""
        self._parts.append(body)
        self._buffered += len(body)
        if self._buffered > BUFFERED and not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        if self._status:
            self._complete = True
            self._keep = self._parser.should_keep_alive()

    @property
    def reusable(self) -> bool:
        """Whether another exchange may begin."""
        return not self.closed and not self._busy and time.monotonic() - self.used_at < IDLE_SECONDS

    async def exchange(self, head: bytes, request: Outgoing, answer: Incoming, moved: Callable[[], None]) -> None:
        """Send one request and pass the answer on. `_Closed` when the connection ends first.

        `moved` is called for every part of a stream that was sent.
        """
        self._begin()
        self._busy = True
        whole = True
        if request.stream is None:
            self._transport.write(head + request.body if request.body else head)
            while not self._status:
                await self._more()
        else:
            self._transport.write(head)
            whole = await self._send(request.stream, moved)
        await answer.start(self._status, self._headers)
        while True:
            complete = self._complete
            part = self._taken()
            if part or complete:
                await answer.body(part, more=not complete)
            if complete:
                break
            if not self._parts and not self._complete:
                await self._more()
        self._busy = False
        self.used_at = time.monotonic()
        if not (self._keep and whole):
            self.close()

    async def _send(self, stream: Stream, moved: Callable[[], None]) -> bool:
        """Send a stream until the answer begins; whether all of it was sent by then."""
        sending = asyncio.ensure_future(self._send_parts(stream, moved))
        sending.add_done_callback(lambda _: self._tell())
        try:
            while not self._status:
                if sending.done():
                    sending.result()
                await self._more()
            return sending.done()
        finally:
            sending.cancel()
            await asyncio.wait([sending])

    async def _send_parts(self, stream: Stream, moved: Callable[[], None]) -> None:
        """Send no faster than the service reads."""
        async with aclosing(stream.parts) as parts:
            async for part in parts:
                self._transport.write(part)
                await self._room.wait()
                moved()

    def close(self) -> None:
        """Close the connection."""
        self.closed = True
        self._transport.abort()
        self._tell()

    def _taken(self) -> bytes:
        part = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts = []
        self._buffered = 0
        if self._paused:
            self._paused = False
            self._transport.resume_reading()
        return part

    async def _more(self) -> None:
        if self.closed:
            raise _Closed(untouched=not self._touched)
        self._wake = asyncio.get_running_loop().create_future()
        await self._wake

    def _tell(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)


class HttpTransport:
    def __init__(self, name: str, url: str, *, connections: int = 64, seconds: float = 30.0) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or parts.hostname is None:
            raise ValueError(f"{name}: an address of the form http://host:port")
        self._name = name
        self._host = parts.hostname
        self._port = parts.port or 80
        self._named = parts.netloc.encode("ascii")
        self._seconds = seconds
        self._idle: deque[_Connection] = deque()
        self._places = asyncio.Semaphore(connections)
        self._lasting = asyncio.Semaphore(connections)
        self.opened = 0

    async def send(self, request: Outgoing, answer: Incoming) -> None:
        head = self._head(request)
        sent = False
        connection: _Connection | None = None
        lasting = request.lasting or request.stream is not None
        time = asyncio.get_running_loop().time

        def moved() -> None:
            limit.reschedule(time() + self._seconds)

        started = _Started(answer, moved if lasting else None)
        try:
            async with asyncio.timeout(self._seconds) as limit, self._lasting if lasting else self._places:
                while True:
                    connection, kept = await self._connection(fresh=request.stream is not None)
                    sent = True
                    try:
                        await connection.exchange(head, request, started, moved)
                    except _Closed as error:
                        if not (kept and error.untouched and request.repeatable):
                            raise
                        continue
                    if connection.reusable:
                        self._idle.append(connection)
                    return
        except TimeoutError as error:
            _end(connection)
            self._after(started, error)
            raise (NoAnswerInTime if sent else Unavailable)(self._name) from error
        except (_Closed, OSError) as error:
            _end(connection)
            self._after(started, error)
            raise (Unavailable if not sent or request.repeatable else NoAnswerInTime)(self._name) from error
        except BaseException:
            _end(connection)
            raise

    async def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _after(self, started: "_Started", error: BaseException) -> None:
        """A part of the answer is already sent, so the connection to the caller is broken."""
        if started.begun:
            raise ConnectionError(f"{self._name} stopped in the middle of an answer") from error

    async def _connection(self, *, fresh: bool = False) -> tuple[_Connection, bool]:
        """The open connection that was used last, or a new one. A request that cannot be repeated gets a new one."""
        while self._idle and not fresh:
            connection = self._idle.pop()
            if connection.reusable:
                return connection, True
            connection.close()
        async with asyncio.timeout(CONNECT_SECONDS):
            _, connection = await asyncio.get_running_loop().create_connection(_Connection, self._host, self._port)
        self.opened += 1
        return connection, False

    def _head(self, request: Outgoing) -> bytes:
        target = request.path + b"?" + request.query if request.query else request.path
        lines = [b"%b %b HTTP/1.1\r\nhost: %b" % (request.method.encode("ascii"), target, self._named)]
        lines += [b"%b: %b" % header for header in request.headers]
        if request.stream is not None:
            lines.append(b"content-length: %d" % request.stream.length)
        elif request.body or request.method not in ("GET", "DELETE"):
            lines.append(b"content-length: %d" % len(request.body))
        return b"\r\n".join(lines) + b"\r\n\r\n"


class _Started:
    """Remembers whether the answer has begun; `moved` is called for its parts."""

    def __init__(self, answer: Incoming, moved: Callable[[], None] | None) -> None:
        self._answer = answer
        self._moved = moved
        self.begun = False

    async def start(self, status: int, headers: Headers) -> None:
        self.begun = True
        await self._answer.start(status, headers)

    async def body(self, part: bytes, *, more: bool) -> None:
        if self._moved is not None:
            self._moved()
        await self._answer.body(part, more=more)


def _end(connection: _Connection | None) -> None:
    if connection is not None:
        connection.close()
