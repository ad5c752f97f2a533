"""The hop over real sockets: kept connections, lost ones, silence, and requests made to be misread (S-27, S-60)."""

import asyncio
import json
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from gateway.adapters.edge.transport import Collected, Outgoing
from gateway.adapters.edge.transport_http import HttpTransport
from gateway.adapters.tables import common, metadata
from gateway.application.errors import NoAnswerInTime
from shared.database.database import open_database
from shared.kernel.errors import Unavailable
from shared.web.http_protocol import HttpProtocol
from tests.support.gateway import RunningGateway, a_gateway, served

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


@dataclass
class Upstream:
    """A server of a few bytes: what it does with its n-th request is said by the test."""

    script: list[Callable[[StreamWriter], Awaitable[None]]]
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0

    async def take(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.requests.append(head)
                act = self.script[min(len(self.requests), len(self.script)) - 1]
                await act(writer)
                if writer.is_closing():
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def answer(writer: StreamWriter) -> None:
    writer.write(OK)


async def hang_up(writer: StreamWriter) -> None:
    writer.close()


async def half(writer: StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
    await writer.drain()
    writer.close()


async def nonsense(writer: StreamWriter) -> None:
    writer.write(b"SMTP ready\r\n\r\n")


async def silence(writer: StreamWriter) -> None:
    await asyncio.sleep(5)


async def in_pieces(writer: StreamWriter) -> None:
    for piece in (
        b"HTTP/1.1 200 OK\r\ntransfer-",
        b"encoding: chunked\r\n\r\n",
        b"2\r\nab\r\n",
        b"1\r\nc\r\n0\r\n\r\n",
    ):
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.01)


async def last_one(writer: StreamWriter) -> None:
    writer.write(OK.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"))


@asynccontextmanager
async def upstream(*script: Callable[[StreamWriter], Awaitable[None]]) -> AsyncIterator[tuple[Upstream, HttpTransport]]:
    """The server, and a transport to it."""
    made = Upstream(list(script))
    server = await asyncio.start_server(made.take, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    transport = HttpTransport("x", f"http://127.0.0.1:{port}", connections=4, seconds=0.5)
    try:
        yield made, transport
    finally:
        await transport.close()
        server.close()


def a_request(*, repeatable: bool = True, body: bytes = b"") -> Outgoing:
    return Outgoing(
        method="POST" if body else "GET",
        path=b"/x",
        query=b"a=1",
        headers=[(b"x-request-id", b"abcdefgh")],
        body=body,
        repeatable=repeatable,
    )


async def sent(transport: HttpTransport, request: Outgoing | None = None) -> Collected:
    collected = Collected()
    await transport.send(request or a_request(), collected)
    return collected


async def test_one_connection_serves_request_after_request() -> None:
    """Opening a connection costs more than the hop."""
    async with upstream(answer) as (server, transport):
        for _ in range(20):
            assert (await sent(transport)).status == 200
        assert (server.connections, transport.opened) == (1, 1)


async def test_no_more_connections_are_opened_than_allowed() -> None:
    """The others wait for their turn."""
    async with upstream(answer) as (server, transport):
        await asyncio.gather(*(sent(transport) for _ in range(50)))
        assert len(server.requests) == 50
        assert server.connections <= 4


async def test_a_body_goes_with_its_length_and_nothing_else() -> None:
    """S-27: one length, no transfer coding, one request."""
    async with upstream(answer) as (server, transport):
        await sent(transport, a_request(body=b"{}"))
        head = server.requests[0]
        assert head.startswith(b"POST /x?a=1 HTTP/1.1\r\nhost: 127.0.0.1:")
        assert head.count(b"content-length: 2\r\n") == 1
        assert b"transfer-encoding" not in head


async def test_an_answer_in_pieces_is_put_together() -> None:
    """Chunks, wherever the network cuts them."""
    async with upstream(in_pieces, answer) as (server, transport):
        assert (await sent(transport)).content == b"abc"
        assert (await sent(transport)).content == b"{}"
        assert server.connections == 1


async def test_a_connection_that_is_to_be_closed_is_not_kept() -> None:
    """`Connection: close` is believed."""
    async with upstream(last_one) as (server, transport):
        await sent(transport)
        await sent(transport)
        assert server.connections == 2


async def test_a_kept_connection_that_is_gone_costs_nobody_a_request() -> None:
    """Sent again on a new one: nothing came back, and twice has no more effect than once."""
    async with upstream(answer, hang_up, answer) as (server, transport):
        await sent(transport)
        assert (await sent(transport)).status == 200
        assert (len(server.requests), server.connections) == (3, 2)


async def test_what_must_not_be_repeated_is_not_sent_again() -> None:
    """Whether it was done is not known, and that is what is said."""
    async with upstream(answer, hang_up, answer) as (server, transport):
        await sent(transport)
        with pytest.raises(NoAnswerInTime):
            await sent(transport, a_request(repeatable=False))
        assert len(server.requests) == 2


async def test_a_new_connection_that_is_hung_up_is_not_tried_for_ever() -> None:
    """Only a kept connection may have died of old age."""
    async with upstream(hang_up) as (server, transport):
        with pytest.raises(Unavailable):
            await sent(transport)
        assert len(server.requests) == 1


@pytest.mark.parametrize("act", [half, nonsense])
async def test_a_broken_answer_is_never_taken_for_a_whole_one(act: Callable[[StreamWriter], Awaitable[None]]) -> None:
    """Half a body breaks the caller's connection as well; bytes that are not HTTP are nobody's answer."""
    async with upstream(act, answer) as (_, transport):
        with pytest.raises((Unavailable, ConnectionError)):
            await sent(transport)
        assert (await sent(transport)).complete


async def test_silence_ends_after_the_time_that_was_set() -> None:
    """And the silent connection is not used again."""
    async with upstream(silence, answer) as (server, transport):
        with pytest.raises(NoAnswerInTime):
            await sent(transport)
        assert (await sent(transport)).status == 200
        assert server.connections == 2


async def test_a_service_that_is_away_is_said_to_be_away() -> None:
    """Nothing was sent: 503, and come back."""
    async with upstream(answer) as (_, transport):
        pass
    with pytest.raises(Unavailable) as raised:
        await sent(transport)
    assert type(raised.value) is Unavailable


@pytest.mark.parametrize("url", ["https://x", "x:80", "http://", "ftp://x"])
def test_an_address_that_cannot_be_one_stops_the_start(url: str) -> None:
    """A wrong setting is found at the start, not at the first request."""
    with pytest.raises(ValueError, match="http://host:port"):
        HttpTransport("x", url)


class Impatient(HttpProtocol):
    """Half a second for a head, of 10 kB at most."""

    head_seconds = 0.5
    head_limit = 10_000


@pytest.fixture
async def front(tmp_path: Path) -> AsyncIterator[tuple[RunningGateway, str]]:
    """A gateway behind a real socket, patient for a second only."""
    url = f"sqlite:///{tmp_path}/gateway.db"
    engine = create_engine(url)
    metadata.create_all(engine)
    engine.dispose()
    async with (
        a_gateway(open_database(url, common), over_http=False, body_seconds=0.5, body_limit=10_000) as gate,
        served(gate.gateway.app, http=Impatient) as address,
    ):
        yield gate, address


async def spoken(address: str, *parts: bytes, wait: float = 0.0) -> bytes:
    """What a server says to these very bytes, also while it is still spoken to."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))
    listening = asyncio.create_task(reader.read(65_536))
    try:
        with suppress(ConnectionError):
            for part in parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(wait)
        return await asyncio.wait_for(listening, 60)
    finally:
        writer.close()


def refusal(said: bytes) -> dict[str, Any]:
    """The one problem document in what a server said before it closed the connection."""
    head, _, body = said.partition(b"\r\n\r\n")
    lines = [line.lower() for line in head.split(b"\r\n")]
    assert said.count(b"HTTP/1.1") == 1
    assert {b"content-type: application/problem+json", b"connection: close"} <= set(lines)
    assert b"content-length: %d" % len(body) in lines
    document: dict[str, Any] = json.loads(body)
    assert b"x-request-id: " + document["instance"].removeprefix("urn:request:").encode() in lines
    return document


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 4\r\nContent-Length: 5\r\n",
        b"Content-Length: +5\r\n",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"X: a\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 5 5\r\n",
    ],
)
async def test_a_request_of_two_lengths_is_one_request_or_none(
    front: tuple[RunningGateway, str], headers: bytes
) -> None:
    """S-27: the second request hidden in the body never reaches a service."""
    gate, address = front
    token = (await gate.customer())["Authorization"].encode()
    hidden = b"GET /v1/hidden HTTP/1.1\r\nHost: x\r\n\r\n"
    raw = (
        (b"POST /v1/returns HTTP/1.1\r\nHost: x\r\nIdempotency-Key: k\r\nAuthorization: " + token + b"\r\n" + headers)
        + b"\r\n0\r\n\r\n"
        + hidden
    )
    said = await spoken(address, raw)
    assert said.count(b"HTTP/1.1 200") <= 1
    assert all(b"hidden" not in sent.body and "hidden" not in sent.path for sent in gate.seen)
    assert len(gate.seen) <= 1


@pytest.mark.parametrize("chunk", [b"0x5\r\nhello\r\n0\r\n\r\n", b"-1\r\nx\r\n0\r\n\r\n", b"5\nhello\n0\n\n"])
async def test_a_chunk_of_a_strange_size_ends_the_connection(front: tuple[RunningGateway, str], chunk: bytes) -> None:
    """S-27: nothing of it is forwarded."""
    gate, address = front
    token = (await gate.customer())["Authorization"].encode()
    head = b"POST /v1/returns HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nAuthorization: " + token
    said = await spoken(address, head + b"\r\n\r\n" + chunk)
    assert refusal(said)["code"] == "bad_request"
    assert gate.seen == []


async def test_a_body_that_trickles_is_not_waited_for(front: tuple[RunningGateway, str]) -> None:
    """S-60: a byte now and then is cut off, however many were promised."""
    gate, address = front
    token = (await gate.customer())["Authorization"].encode()
    head = b"POST /v1/returns HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nAuthorization: " + token + b"\r\n\r\n"
    said = await spoken(address, head, *([b"x"] * 10), wait=0.1)
    assert said.startswith(b"HTTP/1.1 408")
    assert b"too_slow" in said
    assert gate.seen == []


async def test_more_than_was_promised_is_not_taken(front: tuple[RunningGateway, str]) -> None:
    """S-60: received bytes count; the answer comes before the end of the body."""
    gate, address = front
    token = (await gate.customer())["Authorization"].encode()
    head = (
        b"POST /v1/returns HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nAuthorization: " + token + b"\r\n\r\n"
    )
    said = await spoken(address, head, *([b"1000\r\n" + b"x" * 0x1000 + b"\r\n"] * 4))
    assert said.startswith(b"HTTP/1.1 413")
    assert gate.seen == []


@pytest.mark.parametrize(
    ("sent", "title"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00", "Bad request"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "Bad request"),
        (b"GET /v1/returns HTTP/1.1\r\nno header\r\n\r\n", "Bad request"),
        (b"GET /v1/returns HTTP/1.1\r\nAccept-Language: zh-CN\r\nHost: x\r\nno header\r\n\r\n", "请求有误"),
        (b"CONNECT shop.example:443 HTTP/1.1\r\nHost: shop.example\r\n\r\n", "Bad request"),
    ],
)
async def test_what_is_no_http_gets_a_problem_document_too(
    front: tuple[RunningGateway, str], sent: bytes, title: str
) -> None:
    """S-27: TLS spoken to a plain port, HTTP/2, a line that is no header, a tunnel."""
    document = refusal(await spoken(front[1], sent))
    assert (document["status"], document["code"], document["title"]) == (400, "bad_request", title)


async def test_a_head_that_trickles_is_not_waited_for(front: tuple[RunningGateway, str]) -> None:
    """S-60: one header after the other for ever."""
    said = await spoken(front[1], b"GET /v1/returns HTTP/1.1\r\n", *([b"X: y\r\n"] * 20), wait=0.1)
    document = refusal(said)
    assert (document["status"], document["code"]) == (408, "too_slow")


async def test_who_connects_and_says_nothing_is_let_go(front: tuple[RunningGateway, str]) -> None:
    """S-60: without a word, as there was no question."""
    assert await spoken(front[1]) == b""


async def test_a_head_without_end_is_not_kept(front: tuple[RunningGateway, str]) -> None:
    """S-60: the limit is on received bytes, not on headers that are whole."""
    said = await spoken(front[1], b"GET /v1/returns HTTP/1.1\r\n", *([b"X-Flood: " + b"x" * 5_000] * 3), wait=0.01)
    document = refusal(said)
    assert (document["status"], document["code"]) == (431, "head_too_large")


async def test_a_connection_in_use_may_rest_longer_than_a_head_may_take(front: tuple[RunningGateway, str]) -> None:
    """Its next head has its seconds from its own first byte on, and its bytes are its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(front[1].rpartition(":")[2]))
    try:
        for _ in range(3):
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 6_000)
            await asyncio.sleep(0.05)
            writer.write(b"\r\n\r\n")
            assert (await asyncio.wait_for(reader.read(65_536), 60)).startswith(b"HTTP/1.1 200")
            await asyncio.sleep(1.8)
        writer.write(b"GET /healthz HTTP/1.1\r\n")
        assert (await asyncio.wait_for(reader.read(65_536), 60)).startswith(b"HTTP/1.1 408")
    finally:
        writer.close()


async def test_the_answer_to_one_request_is_never_about_the_next(front: tuple[RunningGateway, str]) -> None:
    """S-27: what follows a request that is still worked on and is no HTTP ends the connection without a word."""
    gate, address = front
    for listening in gate.services.values():
        listening.sleep = 0.3
    token = (await gate.customer())["Authorization"].encode()
    asked = b"GET /v1/returns HTTP/1.1\r\nHost: x\r\nAuthorization: " + token + b"\r\n\r\n"
    said = await spoken(address, asked, b"no HTTP\r\n\r\n", wait=0.1)
    assert b"HTTP/1.1 400" not in said
