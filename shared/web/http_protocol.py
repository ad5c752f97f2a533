"""uvicorn's HTTP protocol with limits for the head of a request, which uvicorn does not have.

`RequestLimits` limits the body. Requests that no app can answer are refused here, with a problem document.
"""

import asyncio
from collections.abc import Iterable
from typing import ClassVar, Final
from uuid import uuid4

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from shared.web.problems import by_status, language_of

HEAD_LIMIT: Final = 64_000
HEAD_SECONDS: Final = 15.0


class HttpProtocol(HttpToolsProtocol):
    """One connection. A head must be HTTP, of bounded size, and complete after some seconds (S-27, S-60)."""

    head_limit: ClassVar[int] = HEAD_LIMIT
    head_seconds: ClassVar[float] = HEAD_SECONDS
    _head_since: float | None
    """Since when a head is awaited; None while a request is answered, and until the next one begins."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._head_since is not None:
            self._head_bytes += len(data)
            if self._head_bytes > self.head_limit:
                self._refuse(431)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._await_head()

    def on_headers_complete(self) -> None:
        self._head_since = None
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse bytes that are not HTTP, with a problem document instead of uvicorn's plain text."""
        del msg
        self._refuse(400)

    def cut_if_late(self) -> None:
        """End a connection whose head does not arrive. A connection without any byte gets no answer."""
        if self._head_since is None or self.loop.time() - self._head_since < self.head_seconds:
            return
        if self._head_bytes:
            self._refuse(408)
        else:
            self.transport.close()

    def _await_head(self) -> None:
        self._head_since = self.loop.time()
        self._head_bytes = 0

    def _refuse(self, status: int) -> None:
        """Answer with a problem and end the connection; no answer where it could be read as another request's."""
        if self.transport.is_closing():
            return
        if self._nothing_else_is_answered():
            self.transport.write(self._refusal(status))
        self.transport.close()

    def _nothing_else_is_answered(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete or (cycle.more_body and not cycle.response_started)

    def _refusal(self, status: int) -> bytes:
        accepted = dict(self.headers or ()).get(b"accept-language", b"").decode("latin-1")
        request_id = uuid4().hex
        answer = by_status(status, language_of(accepted), request_id)
        headers = (*answer.raw_headers, (b"x-request-id", request_id.encode()), (b"connection", b"close"))
        lines = (b"%b: %b\r\n" % header for header in headers)
        return b"".join((STATUS_LINE[status], *lines, b"\r\n", answer.body))


def cut_the_late(connections: Iterable[asyncio.Protocol]) -> None:
    """Call every few seconds: one timer serves all connections."""
    for connection in list(connections):
        if isinstance(connection, HttpProtocol):
            connection.cut_if_late()
