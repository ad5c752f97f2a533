"""The outermost layer of every app: a request id, a limit on received bytes and on the time to receive them.

Pure ASGI: a `BaseHTTPMiddleware` costs twice the request and hides disconnects.
"""

import asyncio
import re
from collections.abc import Iterable
from typing import Any, Final
from uuid import uuid4

from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.contracts.operations import Operation
from shared.web.problems import TooLarge, answer_error, by_status, language_of

BODY_LIMIT: Final = 1_000_000
BODY_SECONDS: Final = 15.0
REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9._-]{8,64}")


class RequestLimits:
    """Wraps an app. Bytes of bodies are counted as they arrive, whatever `Content-Length` says.

    `operations` may have limits of their own; a streamed body is passed on, and its operation counts it.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        limit: int = BODY_LIMIT,
        seconds: float = BODY_SECONDS,
        operations: Iterable[Operation] = (),
    ) -> None:
        self._app = app
        self._limit = limit
        self._seconds = seconds
        self._special = [
            (compile_path(operation.path)[0], operation) for operation in operations if operation.body_limit is not None
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"")
        request_id = given.decode() if REQUEST_ID.fullmatch(given) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        language = language_of(headers.get(b"accept-language", b"").decode("latin-1"))
        if scope["method"] in ("GET", "HEAD", "DELETE", "OPTIONS") and headers.get(b"content-length", b"0") == b"0":
            await self._app(scope, receive, _with_id(send, request_id))
            return
        operation = self._operation(scope) if self._special else None
        if operation is not None and operation.streamed_body:
            await self._app(scope, receive, _with_id(send, request_id))
            return
        try:
            body = await self._body(receive, self._limit if operation is None else operation.body_limit or self._limit)
        except TooLarge as error:
            await answer_error(error, language, request_id)(scope, receive, _with_id(send, request_id))
        except TimeoutError:
            slow = by_status(408, language, request_id, {"Connection": "close"})
            await slow(scope, receive, _with_id(send, request_id))
        except ConnectionError:
            return
        else:
            await self._app(scope, replay(body, receive), _with_id(send, request_id))

    def _operation(self, scope: Scope) -> Operation | None:
        """The operation of this request, if it has a limit of its own."""
        for pattern, operation in self._special:
            if operation.method == scope["method"] and pattern.match(scope["path"]):
                return operation
        return None

    async def _body(self, receive: Receive, limit: int) -> bytes:
        parts: list[bytes] = []
        size = 0
        async with asyncio.timeout(self._seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ConnectionError
                part = message.get("body", b"")
                size += len(part)
                if size > limit:
                    raise TooLarge(limit=limit)
                parts.append(part)
                if not message.get("more_body", False):
                    return parts[0] if len(parts) == 1 else b"".join(parts)


def replay(body: bytes, receive: Receive) -> Receive:
    """Give the body once, then wait for the disconnect."""
    given = False

    async def once() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once


def _with_id(send: Send, request_id: str) -> Send:
    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
        await send(message)

    return sending
