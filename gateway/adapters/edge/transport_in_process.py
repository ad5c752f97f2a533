"""The service lives in this process: its ASGI app is called as a server would call it."""

import asyncio
from typing import Any, Final
from urllib.parse import unquote

from starlette.types import ASGIApp, Message

from gateway.adapters.edge.transport import Incoming, Outgoing
from gateway.application.errors import NoAnswerInTime

_ASGI: Final = {"version": "3.0", "spec_version": "2.3"}


class InProcessTransport:
    """See `Transport`."""

    def __init__(self, name: str, app: ASGIApp, seconds: float = 30.0) -> None:
        self._name = name
        self._app = app
        self._seconds = seconds

    async def send(self, request: Outgoing, answer: Incoming) -> None:
        """See `Transport.send`."""
        given = False
        started = False

        async def receive() -> Message:
            nonlocal given
            if given:
                return {"type": "http.disconnect"}
            given = True
            return {"type": "http.request", "body": request.body, "more_body": False}

        async def sending(message: Any) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                await answer.start(message["status"], message.get("headers", ()))
            else:
                await answer.body(message.get("body", b""), more=message.get("more_body", False))

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
            "headers": [*request.headers, (b"content-length", b"%d" % len(request.body))],
            "client": None,
            "server": (self._name, None),
            "state": {},
        }
        try:
            async with asyncio.timeout(self._seconds):
                await self._app(scope, receive, sending)
        except TimeoutError as error:
            if started:
                raise ConnectionError from error
            raise NoAnswerInTime(self._name) from error

    async def close(self) -> None:
        """See `Transport.close`: the service is stopped by who started it."""
