"""The service runs in this process: its ASGI app is called as a server would call it."""

import asyncio
from typing import Any, Final
from urllib.parse import unquote

from starlette.types import ASGIApp, Message

from gateway.adapters.edge.transport import Incoming, Outgoing, Stream
from gateway.application.errors import NoAnswerInTime
from shared.kernel.errors import RetourError

_ASGI: Final = {"version": "3.0", "spec_version": "2.3"}


class InProcessTransport:
    def __init__(self, name: str, app: ASGIApp, seconds: float = 30.0) -> None:
        self._name = name
        self._app = app
        self._seconds = seconds

    async def send(self, request: Outgoing, answer: Incoming) -> None:
        exchange = _Exchange(request, answer, self._seconds)
        scope = {
            "type": "http",
            "asgi": _ASGI,
            "http_version": "1.1",
            "method": request.method,
            "scheme": "http",
            "path": unquote(request.path.decode("ascii")),
            "raw_path": request.path,
            "root_path": "",
            "query_string": request.query,
            "headers": [*request.headers, (b"content-length", b"%d" % exchange.length)],
            "client": None,
            "server": (self._name, None),
            "state": {},
        }
        try:
            async with asyncio.timeout(self._seconds) as exchange.limit:
                await self._app(scope, exchange.receive, exchange.send)
        except TimeoutError as error:
            if exchange.started:
                raise ConnectionError from error
            raise NoAnswerInTime(self._name) from error
        if exchange.broken is not None:
            raise exchange.broken

    async def close(self) -> None:
        """Does nothing: the owner of the service stops it."""


class _Exchange:
    """One request and its answer, as the service reads and writes them."""

    limit: asyncio.Timeout

    def __init__(self, request: Outgoing, answer: Incoming, seconds: float) -> None:
        self._request = request
        self._answer = answer
        self._seconds = seconds
        self._given = False
        self.started = False
        self.broken: RetourError | None = None

    @property
    def length(self) -> int:
        """The length of the body."""
        return len(self._request.body) if self._request.stream is None else self._request.stream.length

    async def receive(self) -> Message:
        if self._given:
            if self._request.lasting:
                await asyncio.get_running_loop().create_future()
            return {"type": "http.disconnect"}
        if self._request.stream is not None:
            return await self._part(self._request.stream)
        self._given = True
        return {"type": "http.request", "body": self._request.body, "more_body": False}

    async def send(self, message: Any) -> None:
        """A caller whose body broke off gets that error instead of the service's answer."""
        if self.broken is not None:
            return
        if message["type"] == "http.response.start":
            self.started = True
            await self._answer.start(message["status"], message.get("headers", ()))
        else:
            more = message.get("more_body", False)
            if more and self._request.lasting:
                self._moved()
            await self._answer.body(message.get("body", b""), more=more)

    async def _part(self, stream: Stream) -> Message:
        self._moved()
        try:
            part = await anext(stream.parts, b"")
        except RetourError as error:
            self._given = True
            self.broken = error
            return {"type": "http.disconnect"}
        self._given = not part
        return {"type": "http.request", "body": part, "more_body": not self._given}

    def _moved(self) -> None:
        self.limit.reschedule(asyncio.get_running_loop().time() + self._seconds)
