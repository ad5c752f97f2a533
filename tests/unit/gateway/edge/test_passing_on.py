"""What a service is sent: the request as it came, signed, and with how often and how long it may be tried (S-21)."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, cast

import pytest

from gateway.adapters.edge.forwarding import ANSWERED, NOSNIFF, SANDBOX, Forwarder, Upstreams, _Answer
from gateway.adapters.edge.incoming_request import incoming_request
from gateway.adapters.edge.transport import Outgoing
from shared.contracts.operations import OPERATIONS, Operation, Repeat, Service
from shared.kernel.errors import Unavailable
from shared.kernel.principal import Kind, Principal, Role
from shared.web.internal_token import SEAL_BYTES, InternalTokens, SealedRequest, promised
from shared.web.problems import LengthMissing, TooLarge
from tests.support.gateway import KEYS

ANNA: Final = Principal(Kind.STAFF, "anna", frozenset({Role.AGENT}))
BODY: Final = b'{"sku": "MUG"}'
KEYED: Final = next(each for each in OPERATIONS if each.repeat is Repeat.KEY and each.method == "POST")
READING: Final = next(each for each in OPERATIONS if each.repeat is Repeat.SAFE and each.method == "GET")
STREAMED: Final = replace(KEYED, streamed_body=True, body_limit=100)


class Upstream:
    """Notes what it is sent, and answers as it was told."""

    def __init__(self, status: int = 200, headers: Sequence[tuple[bytes, bytes]] = ()) -> None:
        self.status = status
        self.headers = headers
        self.got: list[Outgoing] = []
        self.streamed: list[bytes] = []

    async def send(self, request: Outgoing, answer: Any) -> None:
        self.got.append(request)
        if request.stream is not None:
            self.streamed += [part async for part in request.stream.parts]
        await answer.start(self.status, self.headers)
        await answer.body(b"{}", more=False)


class Caller:
    """Sends a body in parts, and keeps what is answered."""

    def __init__(self, *parts: bytes) -> None:
        self.parts = [*parts]
        self.heard: list[Any] = []

    async def receive(self) -> Any:
        part = self.parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(self.parts)}

    async def send(self, message: Any) -> None:
        self.heard.append(message)


def forwarder(service: Upstream) -> Forwarder:
    upstreams = Upstreams(dict.fromkeys(Service, cast("Any", service)), KEYS)
    nothing: Any = None
    return Forwarder(
        inside=nothing, router=nothing, recogniser=nothing, rates=nothing, refusals=nothing, upstreams=upstreams,
        body_limit=50, body_seconds=5, trusted_hops=0,
    )  # fmt: skip


async def passed_on(
    operation: Operation, caller: Caller, service: Upstream, *headers: tuple[bytes, bytes], method: str = ""
) -> Outgoing:
    """One request for this operation; what the service was sent."""
    scope = {
        "method": method or operation.method,
        "path": "/v1/things/a b",
        "raw_path": b"/v1/things/a%20b",
        "query_string": b"limit=5",
        "headers": [(b"content-type", b"application/json"), (b"x-request-id", b"request-1"), *headers],
        "client": ("10.0.0.1", 1234),
    }
    request = incoming_request(scope, 0)
    answer = _Answer(caller.send, request.request_id)
    await forwarder(service)._forward(operation, request, ANNA, caller.receive, answer)
    return service.got[-1]


def believed(operation: Operation, sent: Outgoing, body: bytes) -> Principal:
    """Who the service takes the caller for."""
    token = dict(sent.headers)[b"authorization"].removeprefix(b"Bearer ").decode()
    call = SealedRequest(sent.method, sent.path, sent.query, body)
    return InternalTokens(operation.service, KEYS[operation.service]).read(token, call)


@pytest.mark.parametrize("operation", [KEYED, READING], ids=["posts", "reads"])
@pytest.mark.parametrize("keyed", [True, False])
async def test_a_request_is_passed_on_as_it_came(operation: Operation, keyed: bool) -> None:
    """S-21, I09: what needs a key is tried again only with it; the token is for this request and no other."""
    key = [(b"idempotency-key", b"key-1")] if keyed else []
    sent = await passed_on(operation, Caller(BODY[:5], BODY[5:]), Upstream(), *key, (b"cookie", b"secret"))
    body = BODY if operation is KEYED else b""
    assert (sent.method, sent.path, sent.query) == (operation.method, b"/v1/things/a%20b", b"limit=5")
    assert (sent.body, sent.stream, sent.lasting) == (body, None, False)
    assert sent.repeatable is (keyed or operation is READING)
    names = [name for name, _ in sent.headers]
    assert names == [
        b"content-type",
        *(name for name, _ in key),
        b"traceparent",
        b"x-request-id",
        b"x-forwarded-for",
        b"authorization",
    ]
    assert believed(operation, sent, body).actor == ANNA.actor


@pytest.mark.parametrize("keyed", [True, False])
async def test_an_answer_that_lasts_is_asked_for_as_such_and_its_page_runs_no_scripts(keyed: bool) -> None:
    """S-67: the caller stays; the answer may take as long as it moves."""
    key = [(b"idempotency-key", b"key-1")] if keyed else []
    caller = Caller(BODY)

    async def stays() -> Any:
        if caller.parts:
            return {"type": "http.request", "body": caller.parts.pop(), "more_body": False}
        return await asyncio.Event().wait()

    caller.receive = stays  # type: ignore[method-assign]
    sent = await passed_on(replace(KEYED, streamed_answer=True), caller, Upstream(), *key)
    assert (sent.method, sent.path, sent.query) == ("POST", b"/v1/things/a%20b", b"limit=5")
    assert (sent.body, sent.lasting, sent.repeatable, sent.stream) == (BODY, True, keyed, None)
    assert SANDBOX in caller.heard[0]["headers"]


@pytest.mark.parametrize("keyed", [True, False])
async def test_a_body_that_is_passed_on_as_it_comes_is_sealed_at_its_end_and_sent_once(keyed: bool) -> None:
    """S-60, S-67: it cannot be sent again, not even with a key; nothing of it is held."""
    key = [(b"idempotency-key", b"key-1")] if keyed else []
    service = Upstream()
    length = (b"content-length", b"%d" % len(BODY))
    sent = await passed_on(STREAMED, Caller(BODY[:5], BODY[5:]), service, *key, length)
    assert (sent.method, sent.path, sent.query) == ("POST", b"/v1/things/a%20b", b"limit=5")
    assert (sent.body, sent.repeatable, sent.lasting) == (b"", False, False)
    assert sent.stream is not None
    assert sent.stream.length == len(BODY) + SEAL_BYTES
    arrived = b"".join(service.streamed)
    assert (arrived[: len(BODY)], len(arrived)) == (BODY, len(BODY) + SEAL_BYTES)
    assert believed(STREAMED, sent, promised(len(BODY), b"application/json")).actor == ANNA.actor
    assert [name for name, _ in sent.headers][-1] == b"authorization"


@pytest.mark.parametrize(
    ("operation", "length", "body", "refusal"),
    [
        (STREAMED, None, b"x", LengthMissing),
        (STREAMED, 101, b"x" * 101, TooLarge),
        (STREAMED, 100, b"x" * 100, None),
        (KEYED, 51, b"x", TooLarge),
        (KEYED, None, b"x" * 51, TooLarge),
        (KEYED, 50, b"x" * 50, None),
        (replace(KEYED, body_limit=60), 60, b"x" * 60, None),
        (replace(KEYED, body_limit=60), 61, b"x", TooLarge),
        (replace(KEYED, body_limit=10), 11, b"x", TooLarge),
    ],
)
async def test_a_body_has_its_bounds_as_announced_and_as_it_arrives(
    operation: Operation, length: int | None, body: bytes, refusal: type[Exception] | None
) -> None:
    """S-60: the operation's own limit takes the place of the general one."""
    service = Upstream()
    headers = [] if length is None else [(b"content-length", b"%d" % length)]
    if refusal is None:
        await passed_on(operation, Caller(body), service, *headers)
        return
    with pytest.raises(refusal):
        await passed_on(operation, Caller(body), service, *headers)
    assert not service.got


@pytest.mark.parametrize("operation", [KEYED, STREAMED], ids=["whole", "streamed"])
async def test_a_service_that_does_not_believe_the_gateway_is_away_for_the_caller(operation: Operation) -> None:
    """S-29: that is our own fault; nothing of its answer is heard."""
    caller = Caller(b"x")
    with pytest.raises(Unavailable):
        await passed_on(operation, caller, Upstream(401), (b"content-length", b"1"))
    assert caller.heard == []


@pytest.mark.parametrize("operation", [KEYED, STREAMED], ids=["whole", "streamed"])
async def test_a_wrong_signature_of_a_message_is_for_its_sender(operation: Operation) -> None:
    """N14: it is judged by the service."""
    caller, asked = Caller(b"x"), (b"www-authenticate", b"Signature realm=shops")
    await passed_on(operation, caller, Upstream(401, [asked]), (b"content-length", b"1"))
    assert caller.heard[0]["status"] == 401
    assert asked in caller.heard[0]["headers"]


async def test_only_known_headers_of_an_answer_are_passed() -> None:
    """S-27."""
    told = [(name, b"1") for name in sorted(ANSWERED)]
    caller = Caller(b"x")
    await passed_on(KEYED, caller, Upstream(201, [*told, (b"server", b"x"), (b"set-cookie", b"x")]))
    more = [NOSNIFF, (b"x-request-id", b"request-1")]
    assert caller.heard == [
        {"type": "http.response.start", "status": 201, "headers": [*told, *more]},
        {"type": "http.response.body", "body": b"{}", "more_body": False},
    ]
    assert {name.decode() for name in ANSWERED} == {
        "content-type", "content-length", "content-disposition", "etag", "cache-control", "location", "retry-after",
        "vary", "idempotency-replayed",
    }  # fmt: skip
