"""The client: the same key when it asks again, errors that a person can read."""

import httpx2
import pytest

from retour import client as subject
from retour.client import Client, NobodyThere, Refusal
from retour.exit_status import ExitStatus


def answering(*answers: httpx2.Response | Exception) -> tuple[Client, list[httpx2.Request]]:
    left, seen = list(answers), list[httpx2.Request]()

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        next_one = left.pop(0)
        if isinstance(next_one, Exception):
            raise next_one
        return next_one

    http = httpx2.AsyncClient(transport=httpx2.MockTransport(answer))
    return Client(http, "http://retour.example/", "zh-CN", "token"), seen


async def test_weather_is_waited_for_with_the_same_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "FIRST_PAUSE", 0.0)
    client, seen = answering(httpx2.Response(503, json={}), httpx2.Response(201, json={"id": "x"}))
    assert await client.post("/v1/orders", {}) == {"id": "x"}
    assert len(seen) == 2
    assert len({request.headers["Idempotency-Key"] for request in seen}) == 1


async def test_two_calls_have_two_keys() -> None:
    client, seen = answering(httpx2.Response(201, json={}), httpx2.Response(201, json={}))
    await client.post("/v1/orders", {})
    await client.post("/v1/orders", {})
    assert len({request.headers["Idempotency-Key"] for request in seen}) == 2


async def test_a_problem_document_becomes_a_sentence_with_its_code_and_fields() -> None:
    document = {"code": "malformed", "detail": "No.", "errors": [{"pointer": "/lines/0", "detail": "Missing."}]}
    client, seen = answering(httpx2.Response(422, json=document))
    with pytest.raises(Refusal, match=r"No\. \(/lines/0: Missing\.\) \[malformed\]") as refused:
        await client.post("/v1/returns", {})
    assert refused.value.ending is ExitStatus.WRONG
    assert seen[0].headers["Accept-Language"] == "zh-CN"


@pytest.mark.parametrize("status", [401, 403])
async def test_not_being_allowed_has_an_ending_of_its_own(status: int) -> None:
    client, _ = answering(httpx2.Response(status, json={}))
    with pytest.raises(Refusal) as refused:
        await client.get("/v1/me")
    assert refused.value.ending is ExitStatus.FORBIDDEN


async def test_nobody_there_is_said_with_the_address() -> None:
    client, _ = answering(httpx2.ConnectError("refused"))
    with pytest.raises(NobodyThere, match=r"http://retour\.example") as nobody:
        await client.get("/v1/me")
    assert nobody.value.ending is ExitStatus.AWAY


async def test_what_is_not_there_is_none() -> None:
    client, _ = answering(httpx2.Response(404, json={}))
    assert await client.find("/v1/inspections/ret_1") is None
