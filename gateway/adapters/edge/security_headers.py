"""Security headers of the gateway's own answers: no foreign content, no frames (S-89, S-95)."""

from collections.abc import Iterable
from typing import Any, Final

from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
OVER_TLS: Final = (b"strict-transport-security", b"max-age=31536000")


class SecurityHeaders:
    """Wraps an app and adds the headers."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._headers = [*HEADERS, OVER_TLS] if https else list(HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""

        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = message.get("headers", ())
                if message["status"] == 405:
                    headers = _allowing(headers)
                message["headers"] = [*headers, *self._headers]
            await send(message)

        await self._app(scope, receive, sending)


class WholeFiles(StaticFiles):
    """Static files, each sent whole: a range may be ignored (RFC 9110 14.2), and a wrong range gets plain text."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        headers = [header for header in scope["headers"] if header[0] != b"range"]
        await super().__call__({**scope, "headers": headers}, receive, send)


def allow(methods: Iterable[str]) -> str:
    """`Allow` for an address that takes these methods: HEAD is answered wherever GET is (RFC 9110 9.3.2)."""
    known = set(methods)
    return ", ".join(sorted(known | {"HEAD"} if "GET" in known else known))


def _allowing(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers of a 405 with `Allow`. A file, which names no methods, can be read."""
    said = dict(headers).get(b"allow", b"GET").decode("latin-1")
    methods = (method.strip() for method in said.split(","))
    return [*((name, value) for name, value in headers if name != b"allow"), (b"allow", allow(methods).encode())]
