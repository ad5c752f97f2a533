"""Files, tables and events through the gateway: in process, and over HTTP (S-24, S-60, S-67)."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from sqlalchemy import MetaData

from gateway.adapters.edge import forwarding
from gateway.adapters.edge.transport import Transport
from gateway.adapters.edge.transport_http import HttpTransport
from gateway.adapters.edge.transport_in_process import InProcessTransport
from gateway.adapters.tables import common as gateway_tables, metadata as gateway_metadata
from service_inspection.adapters.tables import common, metadata
from shared.contracts.operations import Operation, Service as Name
from shared.contracts.operations.operation import ADMIN as ADMINS, MOST_STREAMED, MOST_WHOLE
from shared.database.database import open_database
from shared.kernel.principal import Kind, Principal, Role
from shared.runtime.clock import new_id
from shared.web.internal_token import InternalTokens, SealedRequest, promised
from shared.web.streaming import Pace, sealed
from tests.conftest import Engines
from tests.support import hostile
from tests.support.file_service import LIMIT, MB, PHOTO_LIMIT, Evidence, a_gateway, a_service, running
from tests.support.gateway import ADMIN, KEYS, served
from tests.support.waiting import eventually

BLOCK = os.urandom(100_000)
ANYBODY = Principal(Kind.STAFF, "acc_1", frozenset({Role.ADMIN}))


@dataclass
class House:
    """A gateway behind a socket, a service behind it, and a client who is signed in."""

    address: str
    evidence: Evidence
    client: httpx2.AsyncClient
    app: Any
    """The service, asked directly."""
    asked: list[str]
    """Which paths the service was asked for."""

    async def upload(self, content: bytes, path: str = "/v1/evidence", **headers: str) -> httpx2.Response:
        return await self.client.post(path, content=content, headers=headers)

    async def socket(self, path: str, length: int, *more: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection on which the head of an upload has been sent."""
        parts = urlsplit(self.address)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        token = self.client.headers["authorization"]
        lines = [f"POST {path} HTTP/1.1", "host: gate", f"authorization: {token}", f"content-length: {length}", *more]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        await writer.drain()
        return reader, writer


@pytest.fixture
async def house(mode: str, engines: Engines, tmp_path: Path) -> AsyncIterator[House]:
    url = await engines.make(_both(), common, word="files")
    evidence = Evidence(tmp_path / "evidence")
    service = a_service(evidence, open_database(url, common))
    asked: list[str] = []

    async def noted(scope: Any, receive: Any, send: Any) -> None:
        asked.append(scope["path"])
        await service.app(scope, receive, send)

    async with AsyncExitStack() as stack:
        await stack.enter_async_context(running([service]))
        way: Transport
        if mode == "distributed":
            way = HttpTransport(Name.INSPECTION, await stack.enter_async_context(served(noted)))
        else:
            way = InProcessTransport(Name.INSPECTION, noted)
        front = await engines.make(gateway_metadata, gateway_tables, word="gateway")
        gateway = a_gateway(front, way)
        await stack.enter_async_context(running([gateway]))
        address = await stack.enter_async_context(served(gateway.app))
        client = await stack.enter_async_context(httpx2.AsyncClient(base_url=address, timeout=30))
        answer = await client.post("/v1/auth/sessions", json={"email": ADMIN[0], "password": ADMIN[1]})
        client.headers["authorization"] = f"Bearer {answer.json()['token']}"
        yield House(address, evidence, client, service.app, asked)


def _both() -> MetaData:
    return metadata


async def pieces(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield BLOCK


async def test_an_upload_comes_back_as_it_went(house: House) -> None:
    content = BLOCK * 120 + b"end"
    kept = await house.upload(content, **{"Content-Type": "image/png"})
    assert kept.status_code == 200, kept.text
    assert (kept.json()["size"], kept.json()["sha256"]) == (len(content), sha256(content).hexdigest())
    back = await house.client.get(f"/v1/evidence/{kept.json()['key']}")
    assert (back.status_code, sha256(back.content).hexdigest()) == (200, kept.json()["sha256"])
    assert back.headers["content-length"] == str(len(content))


@pytest.mark.parametrize("size", [0, 1, 31, 32, 33, 65_536, 1_000_001])
async def test_an_upload_of_any_size_is_whole(house: House, size: int) -> None:
    content = (BLOCK * 11)[:size]
    kept = await house.upload(content)
    assert (kept.json()["size"], kept.json()["sha256"]) == (size, sha256(content).hexdigest())


async def test_a_file_is_answered_so_that_no_browser_runs_it(house: House) -> None:
    """S-67; RFC 6266: the name in both forms, for browsers that read only the old one."""
    key = (await house.upload(b"<script>")).json()["key"]
    answer = await house.client.get(f"/v1/evidence/{key}")
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"__ _1_.jpg\"; filename*=UTF-8''%E7%85%A7%E7%89%87%20%221%22.jpg"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "image/png"


async def test_what_is_not_there_is_a_problem_like_everywhere(house: House) -> None:
    answer = await house.client.get(f"/v1/evidence/{new_id('file')}", headers={"Accept-Language": "zh"})
    assert (answer.status_code, answer.json()["detail"]) == (404, "没有找到该文件。")


async def test_an_upload_that_is_cut_in_the_middle_leaves_nothing(house: House) -> None:
    """S-60: the connection ends after some parts, in both modes."""
    _, writer = await house.socket("/v1/evidence", 50 * MB)
    for _ in range(20):
        writer.write(BLOCK)
    await writer.drain()
    await house.evidence.started.wait()
    writer.transport.abort()

    async def nothing() -> bool:
        return house.evidence.names() == []

    await eventually(nothing)
    assert (await house.upload(b"the next one")).status_code == 200


async def test_an_upload_that_its_client_cancels_leaves_nothing(house: House) -> None:
    waits = asyncio.Event()

    async def stalling() -> AsyncIterator[bytes]:
        async for part in pieces(30):
            yield part
        waits.set()
        await asyncio.get_running_loop().create_future()

    upload = asyncio.create_task(
        house.client.post("/v1/evidence", content=stalling(), headers={"Content-Length": str(50 * MB)})
    )
    await waits.wait()
    await house.evidence.started.wait()
    upload.cancel()
    await asyncio.wait([upload])

    async def nothing() -> bool:
        return house.evidence.names() == []

    await eventually(nothing)


async def test_a_body_above_the_doors_limit_is_refused_before_it_is_taken_in(house: House) -> None:
    """S-60: by what is declared, for bodies can be no longer than that; the answer arrives although more is sent."""
    reader, writer = await house.socket("/v1/evidence", LIMIT + 1)
    writer.write(BLOCK * 3)
    answer = await reader.readuntil(b"}")
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"connection: close" in answer
    assert b'"code":"too_large"' in answer
    writer.transport.abort()
    assert house.asked == []


async def test_a_service_that_refuses_early_is_heard_before_the_body_has_been_sent(house: House) -> None:
    reader, writer = await house.socket("/v1/refusals", 200 * MB)
    writer.write(BLOCK * 5)
    answer = await reader.readuntil(b"}")
    assert answer.startswith(b"HTTP/1.1 404")
    assert b"connection: close" in answer
    writer.transport.abort()
    assert (await house.upload(b"the next one")).status_code == 200


async def test_a_body_without_a_length_is_refused(house: House) -> None:
    answer = await house.client.post("/v1/evidence", content=pieces(2), headers={"Accept-Language": "zh"})
    assert (answer.status_code, answer.json()["code"]) == (411, "length_required")
    assert "Content-Length" in answer.json()["detail"]


async def test_a_body_that_stops_coming_is_cut(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """S-60: a caller who sends nothing any more is told so, and nothing is left."""
    monkeypatch.setattr(forwarding, "Pace", lambda: Pace(pause=0.2))
    reader, writer = await house.socket("/v1/evidence", 10 * MB)
    writer.write(BLOCK * 5)
    answer = await reader.readuntil(b"}")
    assert answer.startswith(b"HTTP/1.1 408")
    assert b'"code":"too_slow"' in answer
    writer.transport.abort()

    async def nothing() -> bool:
        return house.evidence.names() == []

    await eventually(nothing)


async def test_a_body_that_comes_in_drops_is_cut(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """S-60: each drop in time, and all of them too slow together."""
    monkeypatch.setattr(forwarding, "Pace", lambda: Pace(pause=10, first_seconds=0.3, least_rate=1_000_000))
    reader, writer = await house.socket("/v1/evidence", 10 * MB)

    async def drip() -> None:
        while not writer.is_closing():
            writer.write(b"x")
            await asyncio.sleep(0.02)

    dripping = asyncio.create_task(drip())
    answer = await reader.readuntil(b"}")
    assert answer.startswith(b"HTTP/1.1 408")
    dripping.cancel()
    writer.transport.abort()


async def test_who_may_not_pass_is_refused_before_his_body_is_taken_in(house: House) -> None:
    """S-01, S-35: nobody, and somebody without the role."""
    answer = await house.client.post("/v1/evidence", content=BLOCK, headers={"Authorization": "Bearer x"})
    assert answer.status_code == 401
    assert house.asked == []


async def test_a_door_with_a_limit_of_its_own_takes_larger_bodies_as_a_whole(house: House) -> None:
    text = "x" * 2_500_000
    answer = await house.client.post("/v1/notes", json={"text": text})
    assert (answer.status_code, answer.json()["size"]) == (200, len(text)), answer.text
    answer = await house.client.post("/v1/notes", json={"text": "x" * 3 * MB})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_a_photograph_is_kept_once_however_often_it_is_sent(house: House) -> None:
    """The idempotency key of a streamed body counts with the digest of the body."""
    photo = hostile.jpeg()
    first = await house.upload(photo, "/v1/photos", **{"Idempotency-Key": "photo-1"})
    assert (first.status_code, first.json()["media_type"]) == (201, "image/jpeg"), first.text
    again = await house.upload(photo, "/v1/photos", **{"Idempotency-Key": "photo-1"})
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    other = await house.upload(hostile.png(), "/v1/photos", **{"Idempotency-Key": "photo-1"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_what_is_no_photograph_is_refused_through_the_gateway(house: House) -> None:
    """S-61: one problem document like all others, in both languages."""
    for content, status, code in ((b"", 422, "file_empty"), (b"<script>", 415, "file_type_unknown")):
        headers = {"Idempotency-Key": "photo-2", "Accept-Language": "zh-CN"}
        answer = await house.upload(content, "/v1/photos", **headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    answer = await house.upload(bytes(PHOTO_LIMIT + 1), "/v1/photos", **{"Idempotency-Key": "photo-3"})
    assert answer.status_code == 413
    assert house.evidence.names() == []


async def test_a_table_arrives_line_by_line(house: House) -> None:
    """A line is read before the next one exists."""
    async with house.client.stream("GET", "/v1/evidence/table") as answer:
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert "filename*=UTF-8''%E8%A1%A8.csv" in answer.headers["content-disposition"]
        lines = answer.aiter_lines()
        for text in ("id,name", "1,一"):
            house.evidence.lines.put_nowait(text)
            assert await anext(lines) == text
        house.evidence.lines.put_nowait(None)
        assert [line async for line in lines] == []


async def test_events_arrive_as_they_happen_and_end_when_the_reader_leaves(house: House) -> None:
    async with house.client.stream("GET", "/v1/evidence/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.aiter_lines()
        for text in ("first", "second"):
            house.evidence.lines.put_nowait(text)
            said = [await anext(lines) for _ in range(3)]
            assert said == ["event: line", f'data: {{"text":"{text}"}}', ""]
        assert not house.evidence.left.is_set()
    await asyncio.wait_for(house.evidence.left.wait(), 60)


async def test_an_event_stream_outlives_the_time_of_other_answers(mode: str, engines: Engines, tmp_path: Path) -> None:
    """The upstream has half a second for any part of an answer, not for all of them."""
    url = await engines.make(_both(), common, word="files")
    evidence = Evidence(tmp_path / "evidence")
    service = a_service(evidence, open_database(url, common))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(running([service]))
        way: Transport
        if mode == "distributed":
            address = await stack.enter_async_context(served(service.app))
            way = HttpTransport(Name.INSPECTION, address, seconds=0.5)
        else:
            way = InProcessTransport(Name.INSPECTION, service.app, seconds=0.5)
        gateway = a_gateway(await engines.make(gateway_metadata, gateway_tables, word="gateway"), way)
        await stack.enter_async_context(running([gateway]))
        front = await stack.enter_async_context(served(gateway.app))
        client = await stack.enter_async_context(httpx2.AsyncClient(base_url=front, timeout=30))
        signed = await client.post("/v1/auth/sessions", json={"email": ADMIN[0], "password": ADMIN[1]})
        headers = {"authorization": f"Bearer {signed.json()['token']}"}
        started = asyncio.get_running_loop().time()
        async with client.stream("GET", "/v1/evidence/table", headers=headers) as answer:
            lines = answer.aiter_lines()
            while asyncio.get_running_loop().time() < started + 1.5:
                evidence.lines.put_nowait("tick")
                assert await anext(lines) == "tick"
                await asyncio.sleep(0.05)
            evidence.lines.put_nowait(None)
            assert [line async for line in lines] == []


def a_call(length: int, content_type: bytes = b"image/png", path: bytes = b"/v1/evidence") -> SealedRequest:
    return SealedRequest("POST", path, b"", promised(length, content_type))


async def ask(
    house: House,
    call: SealedRequest,
    body: bytes,
    *,
    content_type: str = "image/png",
    path: str = "/v1/evidence",
    tail: bytes | None = None,
    length: int | None = None,
) -> httpx2.Response:
    """The service asked without the gateway, by somebody who has its key or has overheard a call."""
    tokens = InternalTokens(Name.INSPECTION, KEYS[Name.INSPECTION])
    shown = tokens.make(ANYBODY, call)
    seal = tokens.body_seal(shown)
    seal.update(body)
    whole = body + (seal.digest() if tail is None else tail)
    headers = {
        "authorization": f"Bearer {shown}",
        "content-type": content_type,
        "content-length": str(len(whole) if length is None else length),
    }
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=house.app), base_url="http://service") as client:
        return await client.post(path, content=whole, headers=headers)


async def test_a_service_believes_a_streamed_call_only_as_it_was_sealed(house: House) -> None:
    """S-23, S-24: path, length, type and every byte; nothing is left of what was not believed."""
    body = BLOCK
    assert (await ask(house, a_call(len(body)), body)).status_code == 200
    [kept] = {name.removesuffix(".json") for name in house.evidence.names()}
    await house.evidence.store.delete(kept)
    tokens = InternalTokens(Name.INSPECTION, KEYS[Name.INSPECTION])
    another = tokens.body_seal("another call")
    another.update(body)
    for answer in (
        await ask(house, a_call(len(body)), body, content_type="text/html"),
        await ask(house, a_call(len(body) + 1), body),
        await ask(house, a_call(len(body)), body, path="/v1/refusals"),
        await ask(house, a_call(len(body)), body, tail=b"\0" * 32),
        await ask(house, a_call(len(body)), body, tail=another.digest()),
        await ask(house, a_call(0), b"", tail=b"\0" * 32),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
        assert house.evidence.names() == []


@pytest.mark.parametrize("place", [0, 1, 50_000, 99_999])
async def test_a_byte_changed_on_the_way_leaves_nothing(
    house: House, place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S-24: between gateway and service, which the caller is told as a fault of ours."""

    async def changed(parts: Any, seal: Any) -> Any:
        at = 0
        async for part in sealed(parts, seal):
            within = place - at
            at += len(part)
            if 0 <= within < len(part):
                yield part[:within] + bytes([part[within] ^ 1]) + part[within + 1 :]
            else:
                yield part

    monkeypatch.setattr(forwarding, "sealed", changed)
    answer = await house.upload(BLOCK)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert house.evidence.names() == []


async def test_a_service_does_not_take_more_than_its_door_allows(house: House) -> None:
    """S-60: also when somebody with its key says so."""
    answer = await ask(house, a_call(LIMIT + 1), b"", length=LIMIT + 33)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    answer = await ask(house, a_call(0), b"", tail=b"", length=5)
    assert (answer.status_code, answer.json()["code"]) == (411, "length_required")


def test_a_door_has_bounds_that_can_be_kept() -> None:
    for more in (
        {"streamed_body": True},
        {"streamed_body": True, "body_limit": MOST_STREAMED + 1},
        {"streamed_body": True, "body_limit": MB, "streamed_answer": True},
        {"body_limit": MOST_WHOLE + 1},
        {"body_limit": 0},
    ):
        with pytest.raises(ValueError, match="/v1/x"):
            Operation(method="POST", path="/v1/x", service=Name.INSPECTION, roles=ADMINS, scope="", **more)
