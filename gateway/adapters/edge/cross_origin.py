"""Lets pages of listed origins call the API from a browser: CORS, without cookies (S-20).

It stands before everything else and is there only when the settings list origins. Under `/v1` an answer to a listed
origin says so, whoever gives the answer. All other answers stay as they are, but for `Vary: Origin` under `/v1`.
A preflight is answered from tables: no token, no database, no service, and no count.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.adapters.edge.incoming_request import incoming_request
from gateway.adapters.edge.operation_router import OperationRouter
from gateway.adapters.edge.security_headers import allow
from gateway.application.errors import UnknownOrigin
from shared.web.problems import answer_error

Headers = Iterable[tuple[bytes, bytes]]

WHERE: Final = "/v1/"
REQUEST_HEADERS: Final = (
    "Accept-Language",
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "Traceparent",
    "X-Request-Id",
)
"""What a page may send: the headers that operations read from callers."""
ANSWER_HEADERS: Final = (
    "Content-Disposition",
    "ETag",
    "Idempotency-Replayed",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-Id",
)
"""What a page may read: the headers of answers that browsers do not show by themselves."""
MAX_AGE: Final = "600"
EXPOSED: Final = (b"access-control-expose-headers", ", ".join(ANSWER_HEADERS).encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossOrigin:
    """An ASGI app before the gateway's. `routers` find the operations of an address, the first that knows it."""

    inside: ASGIApp
    origins: frozenset[bytes]
    routers: tuple[OperationRouter[Any], ...]
    trusted_hops: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http" or not scope["path"].startswith(WHERE):
            await self.inside(scope, receive, send)
            return
        origin = self._listed(scope["headers"])
        said = self._said(scope, origin) if _is_preflight(scope) else None
        await (said or self.inside)(scope, receive, _telling(send, origin))

    def _listed(self, headers: Headers) -> bytes | None:
        """The origin of a request, if it is a listed one; a browser sends exactly one."""
        named = [value for name, value in headers if name == b"origin"]
        return named[0] if len(named) == 1 and named[0] in self.origins else None

    def _said(self, scope: Scope, origin: bytes | None) -> Response | None:
        """The answer to a preflight. None where the address has no operation: the app inside says that."""
        if origin is None:
            caller = incoming_request(scope, self.trusted_hops)
            return answer_error(UnknownOrigin(), caller.language, caller.request_id)
        operations = next(filter(None, (router.at(scope["path"]) for router in self.routers)), None)
        return _permission(operations) if operations else None


def _is_preflight(scope: Scope) -> bool:
    """A preflight as the Fetch standard defines it; any other OPTIONS is a request like others."""
    names = {name for name, _ in scope["headers"]}
    return scope["method"] == "OPTIONS" and names >= {b"origin", b"access-control-request-method"}


def _permission(operations: Mapping[str, object]) -> Response:
    """What this address takes from a page, whatever the page asks for: the browser compares."""
    headers = {
        "Access-Control-Allow-Methods": allow(operations),
        "Access-Control-Allow-Headers": ", ".join(REQUEST_HEADERS),
        "Access-Control-Max-Age": MAX_AGE,
    }
    return Response(status_code=204, headers=headers)


def _telling(send: Send, origin: bytes | None) -> Send:
    """A send that tells the browser whose answer this is, and every cache that it depends on the origin."""
    told = [] if origin is None else [(b"access-control-allow-origin", origin), EXPOSED]

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*_varying(message.get("headers", ())), *told]}
        await send(message)

    return sending


def _varying(headers: Headers) -> list[tuple[bytes, bytes]]:
    """The headers with one `Vary`, which names `Origin` beside what it named before."""
    rest, named = [], []
    for name, value in headers:
        if name.lower() == b"vary":
            named += [part.strip() for part in value.split(b",") if part.strip()]
        else:
            rest.append((name, value))
    if not {b"*", b"origin"} & {part.lower() for part in named}:
        named.append(b"Origin")
    return [*rest, (b"vary", b", ".join(named))]
