"""A call of an operation: a key is one caller's, for one method and path; whoever may not is refused (N09, I-20)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

import httpx2
import pytest
from fastapi import FastAPI, Response
from pydantic import BaseModel
from sqlalchemy import select

from shared.contracts.envelope import Origin
from shared.contracts.operations import Operation, Repeat, Service
from shared.database.database import Database
from shared.database.work import Add, Work
from shared.kernel.principal import Kind, Principal, Role
from shared.runtime.clock import new_id
from shared.web import problems
from shared.web.call import AnyCall
from shared.web.internal_token import InternalTokens
from shared.web.request_limits import RequestLimits
from tests.conftest import Engines
from tests.support.sealing import Sealing
from tests.support.things import common, marks, metadata

SECRET: Final = "a-key-for-the-calls-of-at-least-32-characters"
WHO: Final = frozenset({Role.AGENT, Role.STOREFRONT, Role.CUSTOMER})
PATHS: Final = ("/v1/things/{thing}", "/v1/things/{thing}/part")
OPERATIONS: Final = {
    (method, path): Operation(
        method=method, path=path, service=Service.REQUESTS, roles=WHO, scope="things:write", repeat=Repeat.KEY
    )
    for method in ("POST", "PUT")
    for path in PATHS
}
LI: Final = Principal(Kind.STAFF, "li", frozenset({Role.AGENT}))


class Made(BaseModel):
    """What was made, and in whose name."""

    id: str
    by: str


@dataclass
class Unit:
    """Takes rows as they come."""

    origin: Origin
    work: Work = field(default_factory=Work)
    parts: tuple[()] = ()

    def collect(self) -> Work:
        return self.work


class Units:
    def begin(self, origin: Origin) -> Unit:
        return Unit(origin)


@dataclass
class OneOperation:
    """A service of one use case, which leaves a row for every time it was done."""

    database: Database
    http: httpx2.AsyncClient
    tokens: InternalTokens
    origins: list[Origin]

    async def ask(
        self,
        by: Principal = LI,
        *,
        method: str = "POST",
        path: str = "/v1/things/a",
        key: str | None = "k1",
        body: Any = None,
        **headers: str,
    ) -> httpx2.Response:
        """One call."""
        known = {"Authorization": f"Bearer {self.tokens.token(by)}"} | ({} if key is None else {"Idempotency-Key": key})
        return await self.http.request(method, path, json=body or {"colour": "red"}, headers=known | headers)

    async def done(self) -> set[str]:
        """The ids of everything that was ever made."""
        return {row["thing"] for row in await self.database.reader.rows(select(marks))}


@pytest.fixture
async def service(engines: Engines) -> AsyncIterator[OneOperation]:
    database = await engines.fresh(metadata, common)
    origins: list[Origin] = []
    api = FastAPI()
    problems.install(api)

    async def make(call: AnyCall, thing: str) -> Response:
        async def paint(unit: Unit) -> dict[str, str]:
            origins.append(unit.origin)
            made = new_id(thing)
            unit.work.writes.append(Add(marks, {"thing": made, "name": unit.origin.actor, "n": 1}))
            return {"id": made, "by": unit.origin.actor}

        return await call.execute(paint, Made, status=201)

    for method, path in OPERATIONS:
        api.add_api_route(path, make, methods=[method])
    api.state.tokens = tokens = InternalTokens("things", SECRET)
    api.state.operations, api.state.database, api.state.units = OPERATIONS, database, Units()
    async with httpx2.AsyncClient(transport=Sealing(RequestLimits(api), tokens), base_url="http://things") as http:
        yield OneOperation(database, http, tokens, origins)


OTHERS: Final[dict[str, dict[str, Any]]] = {
    "somebody else": {"by": replace(LI, id="wang")},
    "a customer of the same name": {"by": Principal(Kind.CUSTOMER, "li", frozenset({Role.CUSTOMER}))},
    "another method": {"method": "PUT"},
    "another thing": {"path": "/v1/things/b"},
    "another operation": {"path": "/v1/things/a/part"},
    "another key": {"key": "k2"},
    "the key in capitals": {"key": "K1"},
}


async def test_a_key_means_the_same_only_to_the_same_caller_method_and_path(service: OneOperation) -> None:
    """I-20: each of these is a call of its own with an effect and an answer of its own, and is repeated as such."""
    answers = {"the first": await service.ask()}
    for name, but in OTHERS.items():
        answers[name] = await service.ask(**but)
    made = {name: answer.json() for name, answer in answers.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 201)
    assert not [name for name, answer in answers.items() if "idempotency-replayed" in answer.headers]
    assert await service.done() == {each["id"] for each in made.values()}
    assert len(await service.done()) == 1 + len(OTHERS)
    assert {name: each["by"] for name, each in made.items()} == {
        name: OTHERS.get(name, {}).get("by", LI).actor for name in made
    }
    for name, answer in answers.items():
        again = await service.ask(**OTHERS.get(name, {}))
        assert (again.status_code, again.content) == (201, answer.content), name
        assert again.headers["idempotency-replayed"] == "true"
    assert len(await service.done()) == 1 + len(OTHERS)


async def test_a_caller_is_the_same_with_other_roles_and_from_anywhere(service: OneOperation) -> None:
    """A colleague who was made supervisor in between, or reads Chinese, does nothing twice."""
    first = await service.ask()
    promoted = replace(LI, roles=frozenset({Role.AGENT, Role.SUPERVISOR}))
    again = await service.ask(promoted, **{"Accept-Language": "zh"})
    assert again.content == first.content
    assert len(await service.done()) == 1


async def test_of_twins_at_once_both_get_the_answer_of_the_one_that_was_done(service: OneOperation) -> None:
    """I-20: and two callers at once with one key get one each."""
    wang = replace(LI, id="wang")
    answers = await asyncio.gather(*(service.ask(by) for by in (LI, wang) * 3))
    assert {answer.json()["by"]: answer.json()["id"] for answer in answers}.keys() == {LI.actor, wang.actor}
    assert {answer.json()["id"] for answer in answers} == await service.done()
    assert len(await service.done()) == 2


async def test_a_key_that_came_with_another_body_is_refused_without_effect(service: OneOperation) -> None:
    """I-20; to another caller the same key with that body is new."""
    await service.ask()
    other = await service.ask(body={"colour": "blue"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert (await service.ask(replace(LI, id="wang"), body={"colour": "blue"})).status_code == 201
    assert len(await service.done()) == 2


@pytest.mark.parametrize(("key", "status"), [("k" * 255, 201), ("k" * 256, 400), ("", 400), ("a b", 400), (None, 400)])
async def test_a_key_has_a_form_and_an_end(service: OneOperation, key: str | None, status: int) -> None:
    """N09: what is none leaves nothing behind."""
    answer = await service.ask(key=key)
    assert answer.status_code == status
    assert len(await service.done()) == (status == 201)
    if status != 201:
        assert answer.json()["errors"][0]["pointer"] == "/headers/Idempotency-Key"


@pytest.mark.parametrize(
    "by",
    [
        Principal(Kind.STAFF, "x", frozenset({Role.FINANCE})),
        Principal(Kind.STAFF, "x"),
        Principal(Kind.SYSTEM, "x", frozenset({Role.STOREFRONT})),
        Principal(Kind.SYSTEM, "x", frozenset({Role.STOREFRONT}), frozenset({"things:read"})),
        Principal(Kind.SYSTEM, "x", frozenset({Role.FINANCE}), frozenset({"things:write"})),
    ],
    ids=["another role", "no role", "no scope", "another scope", "the scope without the role"],
)
async def test_the_service_itself_refuses_who_may_not(service: OneOperation, by: Principal) -> None:
    """S-23, S-35: although the gateway would have; the key is not used up."""
    refused = await service.ask(by)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert await service.done() == set()
    shop = Principal(Kind.SYSTEM, "x", frozenset({Role.STOREFRONT}), frozenset({"things:write"}))
    assert (await service.ask(shop)).status_code == 201


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Basic eDp5", "Bearer eDp5"])
async def test_the_service_itself_knows_nobody_without_a_token(service: OneOperation, authorization: str) -> None:
    """S-23."""
    transport = httpx2.ASGITransport(app=service.http._transport.app)  # type: ignore[attr-defined]
    headers = {"Idempotency-Key": "k1"} | ({"Authorization": authorization} if authorization else {})
    async with httpx2.AsyncClient(transport=transport, base_url="http://things") as http:
        answer = await http.post("/v1/things/a", json={}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert await service.done() == set()


async def test_what_is_done_names_the_caller_the_request_and_the_trace(service: OneOperation) -> None:
    """O02: for the events that come of it."""
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    answer = await service.ask(LI, **{"X-Request-Id": "request-12345", "Traceparent": trace})
    assert answer.headers["x-request-id"] == "request-12345"
    assert service.origins == [Origin("staff:li", None, "req_request-12345", trace)]
    without = await service.ask(key="k2")
    assert service.origins[1] == Origin("staff:li", None, f"req_{without.headers['x-request-id']}", None)
