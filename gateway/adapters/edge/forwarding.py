"""The hot path: a request for a service is admitted and forwarded before any framework sees it.

The steps are: find the operation, recognise the caller, count the request, admit it, read the body, sign, send, and
stream the answer back. A request for no operation of a service goes to the app inside. Identity headers from outside
are dropped: a service learns who calls from the gateway's signed token only (S-21 to S-29).
"""

import asyncio
import hmac
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog
from pydantic_core import from_json
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.adapters.edge.incoming_request import HIDDEN, IncomingRequest, incoming_request
from gateway.adapters.edge.operation_router import OperationRouter
from gateway.adapters.edge.rates import QuotaSpent, Rates
from gateway.adapters.edge.refusal_log import RefusalLog, RefusedRequest
from gateway.adapters.edge.security_headers import allow
from gateway.adapters.edge.transport import Collected, Headers, Outgoing, Stream, Transport
from gateway.adapters.identity.recognition import Recogniser
from gateway.application.errors import NoSuchPage, not_allowed
from gateway.domain.identity.gateway_operation import ANYBODY
from gateway.domain.identity.unknown_caller import UnknownCaller
from shared.contracts.operations import Operation, Repeat, Service
from shared.kernel.errors import (
    Forbidden,
    Language,
    Malformed,
    RetourError,
    Unauthenticated,
    Unavailable,
)
from shared.kernel.principal import Principal
from shared.web.internal_token import SEAL_BYTES, InternalTokens, SealedRequest, promised
from shared.web.problems import BY_STATUS, LengthMissing, TooLarge, UploadCut, answer_error, problem, status_of
from shared.web.streaming import Lingering, Pace, received, sealed

log = structlog.get_logger(__name__)

ANSWERED: Final = frozenset(
    {
        b"content-type",
        b"content-length",
        b"content-disposition",
        b"etag",
        b"cache-control",
        b"location",
        b"retry-after",
        b"vary",
        b"idempotency-replayed",
    }
)
NOSNIFF: Final = (b"x-content-type-options", b"nosniff")
SANDBOX: Final = (b"content-security-policy", b"sandbox; default-src 'none'; frame-ancestors 'none'")
"""A file that a browser shows must not run scripts (S-67)."""
WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})


class Upstreams:
    """The services: their transports, and the keys that sign the gateway's calls."""

    def __init__(self, transports: Mapping[Service, Transport], keys: Mapping[Service, str]) -> None:
        self._routes = {
            service: (transport, InternalTokens(service, keys[service])) for service, transport in transports.items()
        }

    def way(self, service: Service, principal: Principal, call: SealedRequest) -> tuple[Transport, tuple[bytes, bytes]]:
        """The transport, and the header with a token for this service and call only."""
        transport, tokens = self._routes[service]
        return transport, (b"authorization", b"Bearer " + tokens.make(principal, call).encode())

    def streamed_way(
        self, service: Service, principal: Principal, call: SealedRequest
    ) -> tuple[Transport, tuple[bytes, bytes], hmac.HMAC]:
        """The same for a call whose body has not arrived yet, with the seal of the body."""
        transport, tokens = self._routes[service]
        shown = tokens.make(principal, call)
        return transport, (b"authorization", b"Bearer " + shown.encode()), tokens.body_seal(shown)

    async def close(self) -> None:
        """Close every connection."""
        for transport, _ in self._routes.values():
            await transport.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarder:
    """The gateway's ASGI app; `inside` gets every request that is not for a service."""

    inside: ASGIApp
    router: OperationRouter[Operation]
    recogniser: Recogniser
    rates: Rates
    refusals: RefusalLog
    upstreams: Upstreams
    body_limit: int
    body_seconds: float
    trusted_hops: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            return
        if scope["method"] == "HEAD":
            scope, send = {**scope, "method": "GET"}, _bodiless(send)
        caller = incoming_request(scope, self.trusted_hops)
        operations = self.router.at(caller.path)
        if not operations or HIDDEN.search(caller.raw_path):
            state = scope.setdefault("state", {})
            state["incoming"] = caller
            await self.inside(scope, receive, _counted(state, send))
            return
        operation = operations.get(caller.method)
        if operation is not None and operation.streamed_body:
            lingering = Lingering(receive, send)
            receive, send = lingering.receive, lingering.send
        answer = _Answer(send, caller.request_id)
        if operation is None:
            allowed = {"Allow": allow(operations)}
            await _plainly(405, caller, allowed)(scope, receive, answer.plain)
            return
        said = await self._through(operation, caller, receive, answer)
        if said is not None:
            await said(scope, receive, answer.plain)

    async def _through(
        self, operation: Operation, caller: IncomingRequest, receive: Receive, answer: "_Answer"
    ) -> Response | None:
        """None when the service has answered, else the gateway's own answer."""
        principal: Principal | None = None
        try:
            if caller.fault is not None:
                raise caller.fault
            principal, left = await self._who(operation, caller)
            answer.more += left
            if caller.forged:
                self._note(caller, operation, 0, "forged_identity_header", principal)
            if not operation.admits(principal):
                raise not_allowed(principal, operation.scope)
            if caller.encoded:
                return _plainly(415, caller)
            await self._forward(operation, caller, principal, receive, answer)
        except (UploadCut, ConnectionAbortedError):
            return None
        except QuotaSpent as spent:
            answer.more += spent.left
            return answer_error(spent, caller.language, caller.request_id)
        except RetourError as error:
            status = status_of(error)
            if status in (401, 403):
                self._note(caller, operation, status, error.code, principal)
            return answer_error(error, caller.language, caller.request_id)
        except TimeoutError:
            return _plainly(408, caller, {"Connection": "close"})
        return None

    async def _who(self, operation: Operation, caller: IncomingRequest) -> tuple[Principal, Headers]:
        """The caller, who is counted, and the headers with the caller's remaining quota.

        An unknown caller is counted by address before the database is asked, and may use public operations only.
        """
        secret = caller.secret
        known = self.recogniser.remembered(secret) if secret else None
        if known is None:
            if secret and not self.recogniser.is_expected(secret):
                self.rates.look_unknown(caller.address)
            try:
                known = await self.recogniser.recognise(secret or "")
            except Unauthenticated:
                left = self.rates.take_unknown(caller.address, UnknownCaller.who_sent(secret))
                if operation.public:
                    return ANYBODY, left
                raise
        return known.principal, self.rates.take(known.principal)

    async def _forward(
        self, operation: Operation, caller: IncomingRequest, principal: Principal, receive: Receive, answer: "_Answer"
    ) -> None:
        if operation.streamed_body:
            await self._take_in(operation, caller, principal, receive, answer)
            return
        limit = operation.body_limit or self.body_limit
        body = await self._body(caller, receive, limit) if caller.method in WITH_BODY else b""
        call = SealedRequest(caller.method, caller.raw_path, caller.query, body)
        transport, token = self.upstreams.way(operation.service, principal, call)
        repeatable = operation.repeat is not Repeat.KEY or caller.keyed
        headers = [*caller.headers, token]
        if operation.streamed_answer:
            answer.more.append(SANDBOX)
            request = Outgoing(
                method=caller.method,
                path=caller.raw_path,
                query=caller.query,
                headers=headers,
                body=body,
                repeatable=repeatable,
                lasting=True,
            )
            await _while_listening(transport.send(request, answer), receive)
        else:
            await transport.send(
                Outgoing(
                    method=caller.method,
                    path=caller.raw_path,
                    query=caller.query,
                    headers=headers,
                    body=body,
                    repeatable=repeatable,
                ),
                answer,
            )
        if answer.disowned:
            log.error("internal_token_refused", service=operation.service)
            raise Unavailable(operation.service)

    async def _take_in(
        self, operation: Operation, caller: IncomingRequest, principal: Principal, receive: Receive, answer: "_Answer"
    ) -> None:
        """Pass a body on as it arrives, and seal it."""
        if caller.length is None:
            raise LengthMissing
        if operation.body_limit is not None and caller.length > operation.body_limit:
            raise TooLarge(limit=operation.body_limit)
        content_type = dict(caller.headers).get(b"content-type", b"")
        call = SealedRequest(caller.method, caller.raw_path, caller.query, promised(caller.length, content_type))
        transport, token, seal = self.upstreams.streamed_way(operation.service, principal, call)
        stream = Stream(sealed(received(receive, caller.length, Pace()), seal), caller.length + SEAL_BYTES)
        headers = [*caller.headers, token]
        await transport.send(
            Outgoing(
                method=caller.method,
                path=caller.raw_path,
                query=caller.query,
                headers=headers,
                body=b"",
                repeatable=False,
                stream=stream,
            ),
            answer,
        )
        if answer.disowned:
            log.error("internal_token_refused", service=operation.service)
            raise Unavailable(operation.service)

    async def _body(self, caller: IncomingRequest, receive: Receive, limit: int) -> bytes:
        """The body, counted as it arrives (S-60)."""
        if caller.length is not None and caller.length > limit:
            raise TooLarge(limit=limit)
        parts: list[bytes] = []
        size = 0
        async with asyncio.timeout(self.body_seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ConnectionAbortedError
                part = message.get("body", b"")
                size += len(part)
                if size > limit:
                    raise TooLarge(limit=limit)
                parts.append(part)
                if not message.get("more_body", False):
                    return parts[0] if len(parts) == 1 else b"".join(parts)

    def _note(
        self, caller: IncomingRequest, operation: Operation, status: int, code: str, principal: Principal | None
    ) -> None:
        actor = principal.actor if principal else None
        refused = RefusedRequest(
            status=status, code=code, method=operation.method, path=operation.path, actor=actor, address=caller.address
        )
        self.refusals.note(refused, caller.request_id)


class _Answer:
    """Passes a service's answer on: its status, allowed headers, its body, and headers that the gateway adds."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self.more: list[tuple[bytes, bytes]] = [NOSNIFF, (b"x-request-id", request_id.encode())]
        self.disowned = False

    async def start(self, status: int, headers: Headers) -> None:
        """A service that does not believe the gateway's token is our own fault, not the caller's.

        A message that proves its sender by a signature is judged by the service: that 401 is for the caller.
        """
        if status == 401:
            asked = dict(headers).get(b"www-authenticate", b"")
            if not asked.startswith(b"Signature "):
                self.disowned = True
                return
            self.more.append((b"www-authenticate", asked))
        passed = [header for header in headers if header[0] in ANSWERED]
        await self._send({"type": "http.response.start", "status": status, "headers": passed + self.more})

    async def body(self, part: bytes, *, more: bool) -> None:
        if not self.disowned:
            await self._send({"type": "http.response.body", "body": part, "more_body": more})

    async def plain(self, message: Message) -> None:
        """Send for the gateway's own answers."""
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *self.more]
        await self._send(message)


async def _while_listening(sending: Coroutine[Any, Any, None], receive: Receive) -> None:
    """A long answer, which ends when the caller leaves: a sender alone would not notice that."""
    answering = asyncio.ensure_future(sending)
    leaving = asyncio.ensure_future(_left(receive))
    try:
        await asyncio.wait([answering, leaving], return_when=asyncio.FIRST_COMPLETED)
        if not answering.done():
            raise ConnectionAbortedError
        answering.result()
    finally:
        for each in (answering, leaving):
            each.cancel()
        await asyncio.wait([answering, leaving])


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _bodiless(send: Send) -> Send:
    """Send for a HEAD request: what GET would answer, without the body (RFC 9110 9.3.2)."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return sending


def _counted(state: Mapping[str, Any], send: Send) -> Send:
    """A send that adds the headers of the quota from which the gateway's own route has counted (Z34)."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start" and "quota" in state:
            message = {**message, "headers": [*message.get("headers", ()), *state["quota"]]}
        await send(message)

    return sending


def _plainly(status: int, caller: IncomingRequest, headers: Mapping[str, str] | None = None) -> Response:
    code, title, detail = BY_STATUS[status]
    return problem(
        status=status,
        code=code,
        title=title.to(caller.language),
        detail=detail.to(caller.language),
        instance=caller.request_id,
        headers=headers,
    )


class ServiceReads:
    """Reads what a page shows from the services, in the name of the reader."""

    def __init__(self, upstreams: Upstreams) -> None:
        self._upstreams = upstreams

    async def see(self, service: Service, path: str, principal: Principal, language: Language) -> Any:
        target, _, query = path.partition("?")
        call = SealedRequest("GET", target.encode("ascii"), query.encode("ascii"), b"")
        transport, token = self._upstreams.way(service, principal, call)
        collected = Collected()
        headers = [(b"accept-language", language.encode()), token]
        request = Outgoing(
            method=call.method, path=call.path, query=call.query, headers=headers, body=call.body, repeatable=True
        )
        await transport.send(request, collected)
        match collected.status:
            case 200:
                return from_json(collected.content)
            case 404:
                raise NoSuchPage
            case 403:
                raise Forbidden
            case 422:
                raise Malformed(reason=from_json(collected.content)["detail"])
            case _:
                raise Unavailable(service)
