"""The short way to an operation and FastAPI's answer the same; only what is plainly right goes the short way (N09)."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from fastapi.routing import APIRoute

from shared.kernel.principal import Kind, Principal, Role
from tests.integration.requests.conftest import AGENT, ANNA, BERT, BOUGHT, SHOP, RequestsService, a_wish
from tests.support.world import an_order

SHORT, LONG = "application/json", "application/vnd.shop+json"
"""FastAPI reads both; the second is left to it."""
GIVEN = re.compile(r'(?:order|ret|unit)_[0-9A-Z]{26}|urn:request:\w+|"rma":"[^"]+"')
STRANGER = Principal(Kind.STAFF, "fin", frozenset({Role.FINANCE}))


@pytest.fixture
def by_fastapi(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that FastAPI has handled."""
    handled: list[str] = []
    handle = APIRoute.handle

    async def noted(self: APIRoute, scope: Any, receive: Any, send: Any) -> None:
        handled.append(scope["path"])
        await handle(self, scope, receive, send)

    monkeypatch.setattr(APIRoute, "handle", noted)
    return handled


async def said(
    requests_service: RequestsService, path: str, body: bytes, by: Principal | None, kind: str, **headers: str
) -> Any:
    """Status, headers and body, without what is new in every answer."""
    known = requests_service._known(by) if by is not None else {}
    answer = await requests_service._http.post(path, content=body, headers={**known, "Content-Type": kind, **headers})
    kept = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    return answer.status_code, {**kept, "content-length": ""}, GIVEN.sub("?", answer.text)


def a_body(order: str, **but: Any) -> bytes:
    return json.dumps({**a_wish({"id": order}), **but}).encode()


async def test_the_hot_operations_are_not_handled_by_fastapi(
    requests_service: RequestsService, by_fastapi: list[str]
) -> None:
    order = await requests_service.order()
    asked = await requests_service.request(order)
    parcel = {"carrier": "sf", "tracking_number": "SF123456"}
    await requests_service.good(f"/v1/returns/{asked['id']}/shipments", parcel, ANNA)
    await requests_service.see(f"/v1/returns/{asked['id']}")
    assert by_fastapi == []


BODIES: Mapping[str, Callable[[str], bytes]] = {
    "right": a_body,
    "no JSON": lambda order: a_body(order)[:-1],
    "nothing": lambda _: b"",
    "not UTF-8": lambda _: b'{"order_id": "\xff"}',
    "a key twice": lambda order: a_body(order).replace(b"{", b'{"channel": "web", "channel": "app", ', 1),
    "deep": lambda _: b"[" * 5000 + b"]" * 5000,
    "a list": lambda _: b"[]",
    "null": lambda _: b"null",
    "too much": lambda order: a_body(order, colour="red"),
    "too little": lambda _: b'{"order_id": "order_1"}',
    "another type": lambda order: a_body(order, order_id=7),
    "unknown order": lambda _: a_body("order_01JD0000000000000000000000"),
    "NUL": lambda _: a_body("a\0b"),
}


CALLERS = {
    "hers": (ANNA, "once", "en"),
    "hers, in Chinese": (ANNA, "once", "zh-CN"),
    "no key": (ANNA, None, "en"),
    "no key worth the name": (ANNA, "", "zh-CN"),
    "not his": (BERT, "once", "en"),
    "an agent": (AGENT, "once", "zh-CN"),
    "the wrong role": (STRANGER, "once", "en"),
    "nobody": (None, "once", "zh-CN"),
}


@pytest.mark.parametrize("caller", CALLERS)
async def test_both_ways_say_the_same(requests_service: RequestsService, caller: str, by_fastapi: list[str]) -> None:
    """N09, S-49: refusals are FastAPI's own, and what is done is done alike, in either language."""
    by, key, language = CALLERS[caller]
    headers = {"Accept-Language": language} | ({} if key is None else {"Idempotency-Key": key})
    seen = set()
    for name, body_of in BODIES.items():
        answers = []
        for way, kind in {"short": SHORT, "long": LONG}.items():
            number = f"S-{way}-{name}".replace(" ", "-")
            order = await requests_service.good("/v1/orders", an_order(ANNA.id, number=number, **BOUGHT), SHOP)
            once = {**headers, "Idempotency-Key": f"{key}-{number}"} if key else headers
            answers.append(
                [await said(requests_service, "/v1/returns", body_of(order["id"]), by, kind, **once) for _ in range(2)]
            )
            answers[-1] = [(status, heads, text.replace(number, "?")) for status, heads, text in answers[-1]]
        assert answers[0] == answers[1], name
        assert by_fastapi.count("/v1/returns") >= 2, name
        by_fastapi.clear()
        seen.add(answers[0][0][0])
    assert len(seen) >= (1 if by in (None, STRANGER) else 2)


async def test_what_is_not_plainly_right_is_left_to_fastapi(
    requests_service: RequestsService, by_fastapi: list[str]
) -> None:
    order = await requests_service.order()
    once = {"Idempotency-Key": "once"}
    for name, body_of in BODIES.items():
        by_fastapi.clear()
        await said(requests_service, "/v1/returns", body_of(order["id"]), ANNA, SHORT, **once)
        assert bool(by_fastapi) == (name not in ("right", "unknown order")), name
