"""The hot path: what passes, what is stripped, what is refused, what is kept on record (S-01, S-21 to S-30, S-60)."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import pytest

from gateway.adapters.edge import incoming_request, rates
from gateway.adapters.edge.forwarding import Forwarder
from gateway.adapters.edge.refusal_log import DIFFERENT, RefusalLog, RefusedRequest
from gateway.adapters.identity.recognition import Recogniser
from gateway.domain.identity.key import ROLE_OF_SCOPE
from gateway.domain.identity.unknown_caller import UnknownCaller
from shared.contracts.operations import OPERATIONS, Operation, Repeat, Service
from shared.kernel.errors import Unavailable
from shared.kernel.principal import Kind
from shared.runtime.clock import new_id, now
from tests.support.fake_clock import FakeClock
from tests.support.gateway import ADMIN, RunningGateway
from tests.support.who_may import STAFF, Row, rows

WRONG: Final = {"Authorization": "Bearer rs_" + "a" * 43, "Cookie": "retour_session=rs_" + "a" * 43}
CLOSED = [operation for operation in OPERATIONS if not operation.public]


def path_of(operation: Operation) -> str:
    return operation.path.replace("{", "a_").replace("}", "")


def front(gate: RunningGateway) -> Forwarder:
    """The outermost part of the gateway."""
    app = gate.gateway.app
    assert isinstance(app, Forwarder)
    return app


def may(row: Row, name: str) -> bool:
    """Whether this caller may, as people have written it down."""
    if name.startswith("system"):
        return row.everybody or (row.scope == "orders:write" if name == "system with one scope" else row.for_keys)
    return row.everybody or name in row.may


async def callers(gate: RunningGateway) -> dict[str, dict[str, str]]:
    """Headers of one caller of every sort."""
    grantable = sorted({operation.scope for operation in OPERATIONS} & ROLE_OF_SCOPE.keys())
    return {
        **{role: await gate.staff(role) for role in STAFF},
        "customer": await gate.customer(),
        "scanner": (await gate.key(kind="device", warehouse="SH-1"))[1],
        "system with every scope": (await gate.key(kind="system", scopes=grantable))[1],
        "system with one scope": (await gate.key(kind="system", scopes=["orders:write"]))[1],
    }


async def test_every_operation_admits_exactly_whom_people_have_written_down(gate: RunningGateway) -> None:
    """O01, S-35: every operation with every sort of caller, at the gateway; the service sees nobody else."""
    written = {(row.method, row.path): row for row in rows()}
    for name, headers in (await callers(gate)).items():
        for operation in OPERATIONS:
            before = len(gate.seen)
            answer = await gate.client.request(
                operation.method, path_of(operation), headers=headers | {"Idempotency-Key": "key-1"}, content=b"{}"
            )
            reached = len(gate.seen) > before
            assert reached is may(written[operation.method, re.sub(r"{\w+}", "{}", operation.path)], name), (
                name,
                operation,
            )
            if reached:
                assert answer.status_code == 200, (name, operation)
                assert gate.seen[-1].service is operation.service
            else:
                assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), (name, operation)


async def test_a_key_is_told_which_scope_it_lacks_and_only_one_that_keys_may_have(gate: RunningGateway) -> None:
    """O06, DESIGN 8: `Your role does not allow this` helps nobody who holds a key; the code stays the same."""
    system = (await gate.key(kind="system", scopes=["orders:write"]))[1]
    for method, path, says in (
        ("GET", "/v1/contacts/ada", "contacts:read"),
        ("POST", "/v1/auth/customer-tokens", "customers:token"),
        ("POST", "/v1/policies", "role"),
        ("GET", "/v1/keys", "role"),
    ):
        answer = await gate.client.request(method, path, headers=system | {"Idempotency-Key": "key-1"}, content=b"{}")
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), path
        assert says in answer.json()["detail"], path
    customer = await gate.client.get("/v1/keys", headers=await gate.customer())
    assert "role" in customer.json()["detail"]


async def test_no_operation_is_open_without_a_token_unless_it_is_public(gate: RunningGateway) -> None:
    """S-01: 401 everywhere, and no service hears of it."""
    for operation in CLOSED:
        answer = await gate.client.request(operation.method, path_of(operation), content=b"{}")
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), operation
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="retour"'
    assert gate.seen == []


def test_only_the_policy_in_force_and_what_shops_sign_are_public() -> None:
    """B11, N14, S-35: a operation that somebody opens is opened here, too."""
    assert [(operation.method, operation.path) for operation in OPERATIONS if operation.public] == [
        ("GET", "/v1/policy"),
        ("GET", "/v1/policy/machine-form"),
        ("POST", "/v1/shops/{shop}/webhooks"),
    ]


@pytest.mark.parametrize("path", ["/v1/policy", "/v1/policy/machine-form"])
async def test_a_public_operation_is_forwarded_in_nobodys_name_and_counted_by_address(
    gate: RunningGateway, path: str
) -> None:
    """B11, S-23, S-45: no token, or one that is worth nothing any more; a known caller keeps his name and his share."""
    sent = {"anonymous": ({}, {"X-User-Id": "acc_1"}), "unrecognised": ({"Authorization": "Bearer rs_" + "a" * 43},)}
    for quota, headers in [(quota, headers) for quota, each in sent.items() for headers in each]:
        answer = await gate.client.get(path, headers=headers)
        assert answer.status_code == 200, answer.text
        assert answer.headers["ratelimit"].startswith(f'"{quota}"')
        asked = gate.seen[-1].principal
        assert (asked.actor, asked.roles, asked.scopes) == ("system:public", frozenset(), frozenset())
    known = await gate.client.get(path, headers=await gate.customer("cust_7"))
    assert known.headers["ratelimit"].startswith('"customer"')
    assert gate.seen[-1].principal.actor == "customer:cust_7"


async def test_what_a_cache_needs_passes_both_ways(gate: RunningGateway) -> None:
    """RFC 9110 13.1.2: the question whether it is still the same, and an answer without a body."""
    listening = gate.services[Service.REQUESTS]
    listening.status = 304
    listening.headers = {"etag": '"a"', "cache-control": "public, max-age=60", "vary": "Accept-Language"}
    for _ in range(2):
        answer = await gate.client.get("/v1/policy", headers={"If-None-Match": '"a"'})
        assert (answer.status_code, answer.content) == (304, b"")
        assert {name: answer.headers[name] for name in listening.headers} == listening.headers
        assert gate.seen[-1].headers["if-none-match"] == '"a"'


async def test_a_shop_without_a_key_is_passed_on_with_its_signature_and_its_very_bytes(gate: RunningGateway) -> None:
    """N14: the service proves who sends; the gateway counts the address and lets nothing of an identity pass."""
    body = b'{"id": 1,\n "name":"#1001" }'
    proofs = {
        "X-Shopify-Hmac-Sha256": "c2ln",
        "X-Shopify-Topic": "orders/create",
        "X-WC-Webhook-Signature": "c2ln",
        "X-WC-Webhook-Topic": "order.created",
        "X-Retour-Signature": "c2ln",
        "X-Retour-Topic": "order.placed",
    }
    others = {"X-Shopify-Shop-Domain": "a.example", "X-User": "admin", "Content-Type": "application/json"}
    answer = await gate.client.post("/v1/shops/corner/webhooks", content=body, headers={**proofs, **others})
    assert answer.status_code == 200, answer.text
    seen = gate.seen[-1]
    assert (seen.principal.actor, seen.principal.roles) == ("system:public", frozenset())
    assert {name: seen.headers[name.lower()] for name in proofs} == proofs
    assert "x-shopify-shop-domain" not in seen.headers
    assert answer.headers["ratelimit"].startswith('"anonymous"')
    twice = [(b"x-retour-signature", b"a"), (b"x-retour-signature", b"b")]
    assert (await gate.client.post("/v1/shops/corner/webhooks", content=body, headers=twice)).status_code == 400
    listening = gate.services[Service.REQUESTS]
    listening.status, listening.headers = 401, {"www-authenticate": 'Signature realm="retour"'}
    refused = await gate.client.post("/v1/shops/corner/webhooks", content=body)
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, 'Signature realm="retour"')
    listening.headers = {"www-authenticate": 'Bearer realm="retour"'}
    assert (await gate.client.post("/v1/shops/corner/webhooks", content=body)).status_code == 503
    large = await gate.client.post("/v1/shops/corner/webhooks", content=b" " * 2_000_001, headers=proofs)
    assert large.status_code == 413


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Bearer    ", "Basic eDp5", "Bearer rk_short", "Bearer rs_" + "a" * 43, "Bearer ü"],
)
async def test_a_token_that_is_none_of_ours_is_refused(gate: RunningGateway, authorization: str) -> None:
    """S-01, S-16: empty, of another scheme, of another form, unknown."""
    headers = [(b"authorization", authorization.encode("latin-1"))]
    assert (await gate.client.get("/v1/returns", headers=headers)).status_code == 401


async def test_two_authorization_headers_are_a_malformed_request(gate: RunningGateway) -> None:
    """S-01: which one counts is not for us to choose."""
    token = (await gate.sign_in())["Authorization"]
    headers = [("Authorization", token), ("Authorization", token)]
    for path in ("/v1/returns", "/v1/me"):
        answer = await gate.client.get(path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert gate.seen == []


async def test_an_unknown_path_is_not_found_and_a_known_one_names_its_methods(gate: RunningGateway) -> None:
    """S-29, S-30: 404 with the same bytes whoever asks, 405 with Allow; never a way around the operation."""
    admin = await gate.sign_in()
    same = {"X-Request-Id": "same-request"}
    unknown = [
        await gate.client.get(path, headers=same | more)
        for path in ("/v1/nothing", "/v1/returns/a/b/c/d", "/internal/x", "/metrics", "/debug", "/v1/returns/")
        for more in ({}, admin)
    ]
    assert {answer.status_code for answer in unknown} == {404}
    assert len({answer.content for answer in unknown}) == 1
    for method in ("OPTIONS", "TRACE", "CONNECT", "PROPFIND", "DELETE"):
        answer = await gate.client.request(method, "/v1/returns", headers=admin | {"X-HTTP-Method-Override": "GET"})
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, POST")
    for path, allowed in (
        ("/v1/me", "GET, HEAD"),
        ("/v1/auth/sessions", "POST"),
        ("/v1/receipts", "GET, HEAD, POST"),
        ("/static/retour.css", "GET, HEAD"),
    ):
        answer = await gate.client.request("PUT", path, headers=admin)
        assert (answer.status_code, answer.headers["Allow"]) == (405, allowed), path
    assert gate.seen == []


async def test_head_is_answered_wherever_get_is_with_everything_but_the_body(gate: RunningGateway) -> None:
    """RFC 9110 9.3.2: all operations, pages, files; it opens nothing that GET does not."""
    gate.services[Service.REQUESTS].headers = {"etag": '"7"'}
    admin = await gate.sign_in()
    changing = {"date", "x-request-id", "ratelimit", "traceparent"}
    for path in ("/v1/returns", "/v1/me", "/v1/openapi.json", "/", "/docs", "/healthz", "/static/retour.css", "/v1/no"):
        got = await gate.client.get(path, headers=admin)
        answer = await gate.client.head(path, headers=admin)
        assert (answer.status_code, answer.content) == (got.status_code, b""), path
        for name, value in got.headers.items():
            assert name in changing or answer.headers[name] == value, (path, name)
    assert [sent.method for sent in gate.seen] == ["GET", "GET"]
    assert (await gate.client.head("/v1/returns")).status_code == 401
    assert (await gate.client.head("/v1/returns", headers=await gate.customer())).status_code == 200
    assert (await gate.client.head("/v1/ledger", headers=await gate.customer())).status_code == 403
    nowhere = await gate.client.head("/v1/auth/sessions")
    assert (nowhere.status_code, nowhere.headers["Allow"], nowhere.content) == (405, "POST", b"")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/returns/..%2Forders",
        "/v1/returns/%2e%2e/orders",
        "/v1/returns/a%5cb",
        "/v1/returns/a%00",
        "/v1//returns",
        "//v1/returns",
        "/v1/returns/a%0d%0aX-Evil:%201",
    ],
)
async def test_a_path_that_means_two_things_means_nothing(gate: RunningGateway, path: str) -> None:
    """S-27: no service is asked for a path that somebody might read another way."""
    answer = await gate.client.get(path, headers=await gate.sign_in())
    assert answer.status_code == 404
    assert gate.seen == []


async def test_what_a_caller_says_about_himself_is_stripped_and_noted(gate: RunningGateway) -> None:
    """S-21, S-24, S-25: only what the gateway knows reaches the service."""
    headers = await gate.customer("cust_1")
    forged = {
        "X-User-Id": "acc_admin",
        "X-Roles": "admin",
        "X-Internal-Auth": "yes",
        "X-Tenant": "other",
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "for=127.0.0.1",
        "Cookie": "retour=abc",
        "X-Original-URL": "/v1/orders",
        "Proxy-Authorization": "Basic eDp5",
        "Connection": "keep-alive, authorization",
        "TE": "trailers",
        "Upgrade": "h2c",
    }
    assert (await gate.client.get("/v1/returns?status=approved&limit=5", headers=headers | forged)).status_code == 200
    sent = gate.seen[-1]
    assert set(sent.headers) <= {
        "host", "content-length", "authorization", "traceparent", "x-request-id", "x-forwarded-for",
    }  # fmt: skip
    assert sent.headers["x-forwarded-for"] == "203.0.113.7"
    assert headers["Authorization"] not in sent.headers.values()
    assert (sent.path, sent.query) == ("/v1/returns", "status=approved&limit=5")
    await gate.gateway.refusals.write()
    rows = (await gate.gateway.queries.refusals(None, 10)).items
    assert [row.actor for row in rows if row.code == "forged_identity_header"] == ["customer:cust_1"]


async def test_what_belongs_to_the_call_passes_both_ways(gate: RunningGateway) -> None:
    """Body, key, condition, language and trace go there; status and headers of the contract come back."""
    listening = gate.services[Service.REQUESTS]
    listening.status = 201
    listening.headers = {
        "etag": '"3"',
        "location": "/v1/returns/ret_1",
        "cache-control": "no-store",
        "idempotency-replayed": "true",
        "set-cookie": "x=y",
        "server": "secret",
        "x-powered-by": "secret",
    }
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    body = json.dumps({"order_id": "o", "comment": "尺码不合适"}, ensure_ascii=False).encode()
    given = {
        "Content-Type": "application/json",
        "Idempotency-Key": "key-1",
        "If-Match": '"2"',
        "Accept-Language": "zh-CN",
        "Traceparent": trace,
        "X-Request-Id": "request-12345",
    }
    answer = await gate.client.post("/v1/returns", content=body, headers=await gate.customer() | given)
    sent = gate.seen[-1]
    assert sent.body == body
    assert {name: sent.headers[name.lower()] for name in given} == given
    assert (answer.status_code, answer.json()) == (201, {"ok": True})
    for name in ("etag", "location", "cache-control", "idempotency-replayed"):
        assert answer.headers[name] == listening.headers[name]
    assert not {"set-cookie", "server", "x-powered-by"} & set(answer.headers)
    assert answer.headers["x-request-id"] == "request-12345"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["ratelimit"].startswith('"customer";r=')


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "bad_request"), (409, "illegal_move"), (412, "precondition_failed"), (422, "malformed"), (429, "x"),
     (503, "unavailable")],
)  # fmt: skip
async def test_what_a_service_refuses_reaches_the_caller_as_it_was_said(
    gate: RunningGateway, status: int, code: str
) -> None:
    """DESIGN 8: the status, the problem document as one, when to come again; and what is left of the caller's share."""
    listening = gate.services[Service.REQUESTS]
    listening.status, listening.document = status, {"code": code, "title": "尺码不合适"}
    listening.headers = {
        "content-type": "application/problem+json",
        "cache-control": "no-store",
        "retry-after": "17",
        "vary": "Accept-Language",
        "idempotency-replayed": "true",
        "etag": '"9"',
    }
    answer = await gate.client.post("/v1/returns", json={}, headers=await gate.customer() | {"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()) == (status, listening.document)
    assert {name: answer.headers[name] for name in listening.headers} == listening.headers
    assert answer.headers["ratelimit-policy"] == '"customer";q=1200;w=60'
    assert answer.headers["content-length"] == str(len(answer.content))
    assert answer.headers["x-request-id"] == gate.seen[-1].headers["x-request-id"]
    assert all(len(answer.headers.get_list(name)) == 1 for name in answer.headers)


async def test_what_the_gateway_refuses_has_the_same_form(gate: RunningGateway) -> None:
    """RFC 9457 with the request's own id, no-store, and the caller's share where she is known; Z34: also at the
    gateway's own operations.
    """
    customer = await gate.customer()
    for headers, path, status, more in (
        ({}, "/v1/returns", 401, {"www-authenticate", "x-request-id"}),
        ({}, "/v1/me", 401, {"www-authenticate", "ratelimit", "ratelimit-policy", "x-request-id"}),
        (customer, "/v1/ledger", 403, {"ratelimit", "ratelimit-policy", "x-request-id"}),
        (customer | {"Content-Encoding": "br"}, "/v1/returns", 415, {"ratelimit", "ratelimit-policy", "x-request-id"}),
        (customer, "/v1/keys", 403, {"ratelimit", "ratelimit-policy", "x-request-id"}),
    ):
        for language in ("en", "zh-CN"):
            answer = await gate.client.get(path, headers=headers | {"Accept-Language": language})
            document = answer.json()
            assert (answer.status_code, document["status"]) == (status, status)
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["cache-control"] == "no-store"
            assert more <= set(answer.headers), path
            assert document["instance"] == f"urn:request:{answer.headers['x-request-id']}"
            assert document["title"].isascii() is (language == "en")
    assert gate.seen == []


async def test_a_callers_share_is_counted_down_and_its_end_says_when_to_come_again(
    gate: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S-45: each caller has her own; a service hears nothing of what is too much. Z34: a 429 says the quota, too."""
    headers, other = await gate.customer("cust_1"), await gate.customer("cust_2")
    monkeypatch.setattr(rates, "time", FakeClock())
    monkeypatch.setitem(front(gate).rates._quotas, Kind.CUSTOMER, rates.Quota.of("customer", 3))
    left = [(await gate.client.get("/v1/returns", headers=headers)).headers["ratelimit"] for _ in range(3)]
    assert [re.sub(r";t=\d+", "", each) for each in left] == [f'"customer";r={number}' for number in (2, 1, 0)]
    answer = await gate.client.get("/v1/returns", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
    assert 0 < int(answer.headers["retry-after"]) <= 61
    own = await gate.client.get("/v1/me", headers=headers)
    assert own.status_code == 429
    for spent in (answer, own):
        assert spent.headers["ratelimit-policy"] == '"customer";q=3;w=60'
        assert spent.headers["ratelimit"].startswith('"customer";r=0;t=')
    for name, secret in (("/v1/openapi.json", {}), ("/v1/me", other)):
        assert (await gate.client.get(name, headers=secret)).headers["ratelimit-policy"], name
    assert len(gate.seen) == 3
    assert (await gate.client.get("/v1/returns", headers=other)).status_code == 200


async def test_a_request_without_a_trace_gets_one(gate: RunningGateway) -> None:
    """W3C trace context; what is no traceparent is replaced."""
    headers = await gate.sign_in()
    for given in ({}, {"Traceparent": "00-zz-zz-01"}, {"X-Request-Id": "a b\tc"}):
        answer = await gate.client.get("/v1/returns", headers=headers | given)
        assert incoming_request.TRACEPARENT.fullmatch(gate.seen[-1].headers["traceparent"].encode())
        assert gate.seen[-1].headers["x-request-id"] == answer.headers["x-request-id"]


async def test_an_answer_without_a_body_passes(gate: RunningGateway) -> None:
    """204 ends with its headers."""
    gate.services[Service.REQUESTS].status = 204
    answer = await gate.client.get("/v1/returns", headers=await gate.sign_in())
    assert (answer.status_code, answer.content) == (204, b"")


async def test_large_answers_arrive_whole(gate: RunningGateway) -> None:
    """Streamed with the reader setting the pace."""
    gate.services[Service.REQUESTS].document = {"items": ["x" * 1000] * 3000}
    answer = await gate.client.get("/v1/returns", headers=await gate.sign_in())
    assert len(answer.json()["items"]) == 3000


@pytest.mark.parametrize("path", ["/v1/returns", "/v1/auth/sessions", "/login"])
async def test_a_body_that_is_too_large_is_refused_by_what_arrives(gate: RunningGateway, path: str) -> None:
    """S-60: whether it says its length or not, before somebody is known or after; the service hears nothing."""
    headers = await gate.customer() | {"Idempotency-Key": "key-1", "Content-Type": "application/json"}

    async def parts(*sizes: int) -> AsyncIterator[bytes]:
        for size in sizes:
            yield b" " * size

    for content in (b" " * 1_000_001, parts(*[10_000] * 200), parts(500_000, 500_001), parts(*[1_000] * 1_000, 1)):
        answer = await gate.client.post(path, content=content, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert gate.seen == []
    for content in (b" " * 1_000_000, parts(500_000, 500_000)):
        assert (await gate.client.post(path, content=content, headers=headers)).status_code != 413
    assert [len(sent.body) for sent in gate.seen] == ([1_000_000] * 2 if path == "/v1/returns" else [])


async def test_a_compressed_body_is_not_taken(gate: RunningGateway) -> None:
    """S-53: what a body becomes is not ours to find out."""
    headers = await gate.customer() | {"Content-Encoding": "gzip"}
    answer = await gate.client.post("/v1/returns", content=b"\x1f\x8b", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


async def test_a_service_that_does_not_believe_us_is_our_fault(gate: RunningGateway) -> None:
    """A 401 from inside never reaches a caller, who has shown a good token."""
    gate.services[Service.REQUESTS].status = 401
    answer = await gate.client.get("/v1/returns", headers=await gate.sign_in())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")


async def test_a_service_that_stays_silent_is_not_waited_for(gate: RunningGateway) -> None:
    """503 with the advice to repeat with the same key."""
    gate.services[Service.REQUESTS].sleep = 10
    answer = await gate.client.get("/v1/returns", headers=await gate.sign_in())
    assert (answer.status_code, answer.json()["code"]) == (503, "no_answer_in_time")


async def test_every_refusal_leaves_a_row_without_secrets(gate: RunningGateway) -> None:
    """S-01 to S-45: who, what, when; the same within a second is one row with a count."""
    customer = await gate.customer("cust_9")
    for _ in range(3):
        await gate.client.get("/v1/ledger", headers=customer)
    await gate.client.get("/v1/ledger", headers={"Authorization": "Bearer rk_" + "s" * 43})
    await gate.client.get("/v1/keys", headers=customer)
    await gate.gateway.refusals.write()
    answer = await gate.client.get("/v1/refusals", headers=await gate.staff("auditor"))
    rows = {(row["status"], row["path"], row["actor"]): row for row in answer.json()["items"]}
    assert rows[403, "/v1/ledger", "customer:cust_9"]["times"] == 3
    assert rows[401, "/v1/ledger", None]["address"] == "203.0.113.7"
    assert (403, "/v1/keys", "customer:cust_9") in rows
    assert "rk_" not in answer.text


async def test_a_refusal_is_on_record_wherever_it_was_said(gate: RunningGateway) -> None:
    """S-01: by the edge or by a route of the gateway, to somebody known or to nobody, with the request that it was."""
    customer = await gate.customer("cust_9")
    expected = {}
    for number, (method, path, headers, actor) in enumerate(
        (
            ("GET", "/v1/ledger", {}, None),
            ("GET", "/v1/ledger", customer, "customer:cust_9"),
            ("GET", "/v1/me", {}, None),
            ("GET", "/v1/keys", customer, "customer:cust_9"),
            ("DELETE", "/v1/keys/key_1", customer, "customer:cust_9"),
        )
    ):
        answer = await gate.client.request(method, path, headers=headers | {"X-Request-Id": f"request-{number}"})
        code = answer.json()["code"]
        place = path.replace("key_1", "{key_id}")
        expected[f"request-{number}"] = (answer.status_code, code, method, place, actor, "203.0.113.7", 1)
    await gate.gateway.refusals.write()
    rows = (await gate.gateway.queries.refusals(None, 10)).items
    assert {
        row.request: (row.status, row.code, row.method, row.path, row.actor, row.address, row.times) for row in rows
    } == expected


async def test_refusals_survive_an_outage_and_are_counted_on(
    gate: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What could not be written is written later, once, with what came meanwhile."""
    refusals = gate.gateway.refusals
    refused = [
        RefusedRequest(status=401, code="x", method="GET", path="/v1/x", actor=None, address=f"address-{number}")
        for number in range(3)
    ]
    for each in (refused[0], refused[0], refused[1]):
        refusals.note(each, "request-1")

    async def away(*_: object) -> None:
        for each in (refused[0], refused[2]):
            refusals.note(each, "request-2")
        raise Unavailable("database")

    with monkeypatch.context() as outage:
        outage.setattr(gate.gateway.database.committer, "commit", away)
        with pytest.raises(Unavailable):
            await refusals.write()
    await refusals.write()
    await refusals.write()
    rows = (await gate.gateway.queries.refusals(None, 10)).items
    assert {row.address: (row.times, row.request) for row in rows} == {
        "address-0": (3, "request-1"), "address-1": (1, "request-1"), "address-2": (1, "request-2"),
    }  # fmt: skip


def ago(days: int) -> datetime:
    return now() - timedelta(days=days)


async def test_a_refusal_is_kept_for_ninety_days(gate: RunningGateway) -> None:
    """No longer, and no shorter."""
    for days in (91, 89, 0):
        log = RefusalLog(gate.gateway.database, partial(ago, days), new_id)
        log.note(
            RefusedRequest(status=401, code="x", method="GET", path="/v1/x", actor=None, address=f"{days} days ago"),
            "request",
        )
        await log.write()
    await gate.gateway.refusals._sweep()
    rows = (await gate.gateway.queries.refusals(None, 10)).items
    assert {row.address for row in rows} == {"89 days ago", "0 days ago"}


@pytest.mark.parametrize("path", ["/v1/returns", "/v1/me", "/v1/policy", "/v1/openapi.json", "/", "/console"])
async def test_who_is_not_known_is_counted_by_address_wherever_he_knocks(
    gate: RunningGateway, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """S-25, S-45: operations, own routes, pages; a wrong token is no way around it; a known caller is not held to it.

    Beyond its share no address makes the database look for a token.
    """
    asked: list[str] = []
    find = Recogniser._by_session

    async def noted(self: Recogniser, digest: str) -> Any:
        asked.append(digest)
        return await find(self, digest)

    monkeypatch.setattr(Recogniser, "_by_session", noted)
    known = await gate.customer()
    monkeypatch.setattr(rates, "time", FakeClock())
    quota = 4 if path == "/v1/openapi.json" else 2  # this route looks up nobody, so that both count as reading
    monkeypatch.setattr(
        front(gate).rates, "_unknown", {each: rates.Quota.of(each.value, quota) for each in UnknownCaller}
    )
    asked.clear()
    first = [(await gate.client.get(path, headers=headers)).status_code for headers in ({}, WRONG, {}, WRONG)]
    assert 429 not in first
    assert len(asked) == (0 if path == "/v1/openapi.json" else 2)
    asked.clear()
    for headers in ({}, WRONG):
        answer = await gate.client.get(path, headers=headers)
        assert answer.status_code == 429
        if path.startswith("/v1"):
            assert 0 < int(answer.headers["retry-after"]) <= 61
    assert asked == []
    assert (await gate.client.get("/v1/returns", headers=known)).status_code == 200


SPENT: Final[Mapping[str, tuple[str, str, Mapping[str, str]]]] = {
    "reading": ("GET", "/v1/policy", {}),
    "unknown tokens": ("GET", "/v1/returns", WRONG),
    "unknown cookies": ("GET", "/console", WRONG),
    "signing in": ("POST", "/v1/auth/sessions", {}),
}
"""What strangers behind one address did so often that no more is allowed."""


@pytest.mark.parametrize("spent", SPENT)
async def test_z37_strangers_behind_one_address_do_not_lock_each_other_out(
    gate: RunningGateway, monkeypatch: pytest.MonkeyPatch, spent: str
) -> None:
    """Z37: who reads too much can still sign in; who tries unknown secrets stops nobody who reads or signs in."""
    before = await gate.customer()
    monkeypatch.setattr(rates, "time", FakeClock())
    monkeypatch.setattr(front(gate).rates, "_unknown", {each: rates.Quota.of(each.value, 4) for each in UnknownCaller})
    method, path, headers = SPENT[spent]
    seen = [(await gate.client.request(method, path, headers=headers)).status_code for _ in range(5)]
    assert 429 not in seen[:4]
    assert seen[4] == 429
    if spent != "signing in":
        signed = await gate.client.post("/v1/auth/sessions", json={"email": ADMIN[0], "password": ADMIN[1]})
        assert signed.status_code == 201, signed.text
        assert signed.headers["ratelimit"].startswith('"sign-in";r=3')
        assert (await gate.client.get("/login", headers=WRONG)).status_code == 200
        fresh = {"Authorization": f"Bearer {signed.json()['token']}"}
        assert (await gate.client.get("/v1/me", headers=fresh)).status_code == 200
        front(gate).recogniser._known.clear()
        assert (await gate.client.get("/v1/me", headers=fresh)).status_code == 200
        assert (await gate.client.get("/v1/returns", headers=before)).status_code == 200
    if spent != "reading":
        assert (await gate.client.get("/v1/policy")).status_code == 200
        assert (await gate.client.get("/")).status_code == 200


async def test_refusals_are_listed_page_by_page(gate: RunningGateway) -> None:
    """The newest first; the cursor names the last one seen."""
    for operation in CLOSED[:5]:
        await gate.client.request(operation.method, path_of(operation))
    await gate.gateway.refusals.write()
    auditor = await gate.staff("auditor")
    seen: list[str] = []
    cursor = ""
    while True:
        page = (await gate.client.get(f"/v1/refusals?limit=2{cursor}", headers=auditor)).json()
        seen += [row["id"] for row in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(seen) == len(set(seen)) >= 5
    assert seen == sorted(seen, reverse=True)


async def test_only_so_many_different_refusals_are_kept_in_a_moment(gate: RunningGateway) -> None:
    """The record is no way to fill a disk."""
    for number in range(DIFFERENT + 50):
        gate.gateway.refusals.note(
            RefusedRequest(status=401, code="x", method="GET", path="/v1/x", actor=None, address=f"address-{number}"),
            "request",
        )
    await gate.gateway.refusals.write()
    rows = (await gate.gateway.queries.refusals(None, 1000)).items
    assert len(rows) == DIFFERENT + 1
    assert [row.times for row in rows if row.code == "more_than_could_be_noted"] == [50]


async def test_many_callers_at_once_are_not_mixed_up(gate: RunningGateway) -> None:
    """Connections are shared, answers are not."""
    headers = [await gate.customer(f"cust_{number}") for number in range(8)]
    listening = gate.services[Service.REQUESTS]
    listening.documents = {f"/v1/returns/r{n}": {"n": n} for n in range(200)}

    async def ask(number: int) -> bool:
        answer = await gate.client.get(f"/v1/returns/r{number}", headers=headers[number % 8])
        return bool(answer.json() == {"n": number})

    assert all(await asyncio.gather(*(ask(number) for number in range(200))))
    assert all(sent.principal.id == f"cust_{int(sent.path[13:]) % 8}" for sent in listening.seen)


def test_every_call_that_moves_something_is_made_repeatable() -> None:
    """A operation that is not safe has a key, an id in its body, or says the same again."""
    assert all(operation.repeat is not Repeat.SAFE for operation in OPERATIONS if operation.method != "GET")
