"""Bodies that nobody holds as a whole: how slow they may be, how long, and what happens to one that is not wanted."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from shared.kernel.errors import Unauthenticated
from shared.web import streaming
from shared.web.disposition import disposition
from shared.web.internal_token import SEAL_BYTES, InternalTokens, SealedRequest
from shared.web.problems import BadRequest, TooSlow, UploadCut
from shared.web.streaming import Lingering, Pace, received, sealed, unsealed

TOKENS = InternalTokens("inspection", "a-key-of-at-least-thirty-two-characters")


class Wire:
    """What a server reads and writes for an app, in order."""

    def __init__(self, parts: Sequence[bytes], *, ends: bool = True) -> None:
        self.waiting = list(parts)
        self.ends = ends
        self.seen: list[str] = []
        self.headers: list[tuple[bytes, bytes]] = []

    async def receive(self) -> Any:
        self.seen.append("read")
        if not self.waiting:
            return {"type": "http.disconnect"}
        part = self.waiting.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(self.waiting) or not self.ends}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.headers = message["headers"]
            self.seen.append("start")
        else:
            self.seen.append("more" if message.get("more_body", False) else "end")


async def never() -> Any:
    await asyncio.get_running_loop().create_future()


async def refuse(lingering: Lingering) -> None:
    await lingering.send({"type": "http.response.start", "status": 413, "headers": []})
    await lingering.send({"type": "http.response.body", "body": b"{}"})


async def test_who_still_sends_is_answered_and_listened_to_before_the_connection_ends() -> None:
    wire = Wire([b"a", b"b", b"c"])
    await refuse(Lingering(wire.receive, wire.send))
    assert wire.seen == ["start", "more", "read", "read", "read", "end"]
    assert wire.headers == [(b"connection", b"close")]


async def test_nobody_is_listened_to_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "LINGER_BYTES", 10)
    wire = Wire([b"abc"] * 100)
    await refuse(Lingering(wire.receive, wire.send))
    assert wire.seen == ["start", "more", "read", "read", "read", "read", "end"]


async def test_whose_body_has_come_keeps_his_connection() -> None:
    wire = Wire([b"a"])
    lingering = Lingering(wire.receive, wire.send)
    await lingering.receive()
    await refuse(lingering)
    assert (wire.seen, wire.headers) == (["read", "start", "end"], [])


@pytest.mark.parametrize(
    ("waited", "size", "seconds"),
    [(0, 0, 15), (20, 0, 5), (25, 0, 0), (60, 0, 0), (60, 16_000 * 40, 5), (1_000, 10**9, 15)],
)
def test_a_body_may_pause_and_must_keep_a_pace(waited: float, size: int, seconds: float) -> None:
    """S-60."""
    assert Pace().patience(waited, size) == seconds


async def read(parts: Sequence[bytes], length: int, *, ends: bool = True) -> bytes:
    wire = Wire(parts, ends=ends)
    return b"".join([part async for part in received(wire.receive, length, Pace())])


async def test_a_body_is_as_long_as_it_says() -> None:
    assert await read([b"ab", b"", b"c"], 3) == b"abc"
    assert await read([b""], 0) == b""
    for length in (2, 4):
        with pytest.raises(BadRequest) as raised:
            await read([b"ab", b"c"], length)
        assert "Content-Length" in raised.value.say("zh-CN")


async def test_a_body_whose_sender_leaves_is_cut() -> None:
    with pytest.raises(UploadCut):
        await read([b"ab"], 3, ends=False)


async def test_a_body_that_does_not_come_is_too_slow() -> None:
    with pytest.raises(TooSlow):
        await anext(received(never, 2, Pace(pause=0)))


@pytest.mark.parametrize("size", [0, 1, 31, 32, 33, 64, 1_000])
@pytest.mark.parametrize("pieces", [1, 7, 32, 33, 2_000])
async def test_a_seal_behind_a_body_is_found_however_the_body_is_cut_into_parts(size: int, pieces: int) -> None:
    body = bytes(each % 251 for each in range(size))
    shown = TOKENS.seal("token", SealedRequest("POST", b"/x", b"", b""))

    async def whole() -> AsyncIterator[bytes]:
        if body:
            yield body

    sent = b"".join([part async for part in sealed(whole(), TOKENS.body_seal(shown))])
    assert len(sent) == size + SEAL_BYTES

    async def parts(content: bytes) -> AsyncIterator[bytes]:
        for start in range(0, len(content), pieces):
            yield content[start : start + pieces]

    assert b"".join([part async for part in unsealed(parts(sent), TOKENS.body_seal(shown))]) == body
    for wrong in (sent[:-1], sent + b"x", bytes([sent[0] ^ 1]) + sent[1:]):
        with pytest.raises(Unauthenticated):
            _ = [part async for part in unsealed(parts(wrong), TOKENS.body_seal(shown))]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (None, "attachment"),
        ("a.pdf", 'attachment; filename="a.pdf"'),
        ("照.jpg", "attachment; filename=\"_.jpg\"; filename*=UTF-8''%E7%85%A7.jpg"),
        ('a"b\\c.pdf', 'attachment; filename="c.pdf"'),
        ("a\r\nSet-Cookie: x=1.pdf", 'attachment; filename="aSet-Cookie: x=1.pdf"'),
        ("../../etc/passwd", 'attachment; filename="passwd"'),
        ("\u202egpj.exe", 'attachment; filename="gpj.exe"'),
        ("100%.pdf", "attachment; filename=\"100_.pdf\"; filename*=UTF-8''100%25.pdf"),
        ("", 'attachment; filename="file"'),
        ("...", 'attachment; filename="file"'),
        ("a" * 300 + ".pdf", f'attachment; filename="{"a" * 134}.pdf"'),
        ("\ud800.pdf", 'attachment; filename="pdf"'),
    ],
)
def test_a_file_is_named_harmlessly_in_a_header(name: str | None, said: str) -> None:
    """RFC 6266, RFC 8187; S-87."""
    assert disposition(name) == said
    assert disposition(name, inline=True) == said.replace("attachment", "inline")
