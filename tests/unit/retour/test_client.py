"""The client: the same key when it asks again, errors that a person can read."""

import httpx2
import pytest

from retour import client as subject
from retour.client import Client, NobodyThere, Refusal
from retour.exit_status import ExitStatus
from tests.support.fake_sleep import FakeSleep


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


@pytest.mark.parametrize("status", [429, 502, 503, 504])
@pytest.mark.parametrize("tries", [1, 2, 5])
async def test_bad_weather_is_waited_for_ever_longer_and_not_for_ever(
    monkeypatch: pytest.MonkeyPatch, status: int, tries: int
) -> None:
    sleep = FakeSleep()
    monkeypatch.setattr(subject, "asyncio", sleep)
    client, seen = answering(*[httpx2.Response(status, json={"code": "away"})] * tries)
    client._tries = tries
    with pytest.raises(Refusal, match="away") as refused:
        await client.get("/v1/me")
    assert (refused.value.ending, len(seen)) == (ExitStatus.AWAY, tries)
    assert sleep.seconds == pytest.approx([0.2, 0.6, 1.8, 5.0][: tries - 1])


@pytest.mark.parametrize("status", [400, 404, 409, 500, 501])
async def test_a_no_is_asked_for_once(status: int) -> None:
    client, seen = answering(httpx2.Response(status, json={}))
    with pytest.raises(Refusal):
        await client.post("/v1/orders", {})
    assert len(seen) == 1
    client, _ = answering(httpx2.Response(status, json={}))
    if status != 404:
        with pytest.raises(Refusal):
            await client.find("/v1/orders")


async def test_what_was_not_said_is_not_asked_and_only_changes_carry_a_key() -> None:
    client, seen = answering(*[httpx2.Response(200, json={})] * 4)
    await client.get("/v1/orders", number="1", after=None)
    assert str(seen[0].url) == "http://retour.example/v1/orders?number=1"
    assert "Idempotency-Key" not in seen[0].headers
    assert seen[0].headers["Authorization"] == "Bearer token"
    await client.put("/v1/orders", {})
    await client.delete("/v1/orders")
    assert all("Idempotency-Key" in request.headers for request in seen[1:])
    await client.known_as("other").get("/v1/me")
    assert seen[3].headers["Authorization"] == "Bearer other"


async def test_whoever_signs_in_is_known_by_her_token_and_health_is_asked_once_as_nobody() -> None:
    client, seen = answering(
        httpx2.Response(201, json={"token": "hers"}), httpx2.Response(200, json={}), httpx2.Response(503, json={"a": 1})
    )
    her = await client.sign_in("her@retour.example", "word")
    await her.get("/v1/me")
    assert seen[1].headers["Authorization"] == "Bearer hers"
    assert await her.health("/readyz") == (503, {"a": 1})
    assert "Authorization" not in seen[2].headers


async def test_an_answer_that_is_no_document_is_told_in_its_own_words() -> None:
    client, _ = answering(httpx2.Response(502, text="<html>" + "x" * 500), httpx2.Response(200, json=[1, 2]))
    client._tries = 1
    with pytest.raises(Refusal, match=r"<html>x+ ") as refused:
        await client.get("/v1/me")
    assert len(str(refused.value)) < 300
    assert await client.get("/v1/me") == {"items": [1, 2]}
