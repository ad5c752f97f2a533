"""The outermost layer of every service: bytes are counted as they come, whatever was said of them before (S-60)."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from shared.web.request_limits import BODY_LIMIT, RequestLimits

LIMIT = 10


class Inside:
    """The app that is guarded: what it was given, and the id that it knows the request by."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.ids: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        assert message["more_body"] is False
        self.bodies.append(message["body"])
        self.ids.append(scope["state"]["request_id"])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-own", b"1")]})
        await send({"type": "http.response.body", "body": b"ok"})


async def asked(
    guard: RequestLimits, parts: Iterable[bytes], headers: Mapping[str, str] | None = None, *, method: str = "POST"
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer to a request whose body comes in these parts, and then no more."""
    *first, last = list(parts) or [b""]
    coming = [{"type": "http.request", "body": part, "more_body": True} for part in first]
    coming.append({"type": "http.request", "body": last, "more_body": False})
    sent: list[Any] = []

    async def receive() -> Any:
        if coming:
            return coming.pop(0)
        return await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    given = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    await guard({"type": "http", "method": method, "path": "/", "headers": given}, receive, send)
    start, *rest = sent
    said = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], said, b"".join(message.get("body", b"") for message in rest)


@pytest.mark.parametrize("parts", [[10], [5, 5], [1] * 10, [9, 0, 1], [0, 10, 0], [0]], ids=str)
async def test_a_body_of_just_the_limit_is_handed_over_whole(parts: list[int]) -> None:
    inside = Inside()
    body = [bytes(range(65, 65 + size)) for size in parts]
    status, headers, _ = await asked(RequestLimits(inside, limit=LIMIT), body)
    assert (status, headers["x-own"]) == (200, "1")
    assert inside.bodies == [b"".join(body)]


@pytest.mark.parametrize("parts", [[11], [5, 6], [6, 5], [10, 1], [1] * 11, [4, 4, 4], [0, 11]], ids=str)
@pytest.mark.parametrize("claimed", [None, "1", "11"])
async def test_one_byte_more_is_refused_in_however_many_parts_it_comes(parts: list[int], claimed: str | None) -> None:
    """S-60: the sum counts, not the part, and not what was claimed; the app hears nothing."""
    inside = Inside()
    headers = {"Accept-Language": "zh-CN", "X-Request-Id": "request-1"}
    if claimed is not None:
        headers["Content-Length"] = claimed
    status, said, body = await asked(RequestLimits(inside, limit=LIMIT), [b"x" * size for size in parts], headers)
    document = json.loads(body)
    assert (status, document["code"], document["title"]) == (413, "too_large", "请求过大")
    assert (said["content-type"], said["x-request-id"]) == ("application/problem+json", "request-1")
    assert "10" in document["detail"]
    assert inside.bodies == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS"])
async def test_a_body_where_none_belongs_is_counted_as_well(method: str) -> None:
    """S-60: when it says that it is there."""
    inside = Inside()
    assert (await asked(RequestLimits(inside, limit=LIMIT), [b"x" * 11], {"Content-Length": "11"}, method=method))[
        0
    ] == 413
    assert (await asked(RequestLimits(inside, limit=LIMIT), [], {"Content-Length": "0"}, method=method))[0] == 200
    assert (await asked(RequestLimits(inside, limit=LIMIT), [], method=method))[0] == 200


async def test_a_body_that_does_not_end_in_time_ends_the_connection() -> None:
    """S-60: 408, with the request's own id."""
    inside = Inside()
    sent: list[Any] = []
    begun = [{"type": "http.request", "body": b"x", "more_body": True}]

    async def receive() -> Any:
        return begun.pop() if begun else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    await RequestLimits(inside, seconds=0.01)(
        {"type": "http", "method": "POST", "path": "/", "headers": []}, receive, send
    )
    said = dict(sent[0]["headers"])
    assert (sent[0]["status"], said[b"connection"]) == (408, b"close")
    document = json.loads(sent[1]["body"])
    assert (document["code"], document["instance"]) == ("too_slow", f"urn:request:{said[b'x-request-id'].decode()}")
    assert inside.bodies == []


async def test_who_has_hung_up_is_told_nothing() -> None:
    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        raise AssertionError(message)

    inside = Inside()
    await RequestLimits(inside)({"type": "http", "method": "POST", "path": "/", "headers": []}, receive, send)
    assert inside.bodies == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [("12345678", True), ("a-B_c.9" + "x" * 57, True), ("1234567", False), ("x" * 65, False), ("12345678 9", False)],
)
async def test_a_request_keeps_its_id_when_it_is_one(given: str, kept: bool) -> None:
    """Else it gets one, the same inside and outside."""
    inside = Inside()
    _, said, _ = await asked(RequestLimits(inside), [], {"X-Request-Id": given})
    assert inside.ids == [said["x-request-id"]]
    assert (said["x-request-id"] == given) is kept
    assert len(said["x-request-id"]) >= 8


async def test_a_service_takes_a_megabyte_unless_told_otherwise() -> None:
    """As much as the gateway lets pass."""
    inside = Inside()
    half = b"x" * (BODY_LIMIT // 2)
    assert (await asked(RequestLimits(inside), [half, half]))[0] == 200
    assert (await asked(RequestLimits(inside), [half, half, b"x"]))[0] == 413
    assert BODY_LIMIT == 1_000_000
