"""Bodies that are not held in memory: read as they arrive, counted, with limits on time, and with a seal behind them.

The gateway seals a streamed call over what is known at the beginning: method, path, query, length and type of the body.
Then it passes the body on, followed by a second seal over every byte. The service gives the operation all bytes but
the last ones, and fails unless these are the seal. So no byte can be changed, and none can be missing.
"""

import asyncio
import hmac
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

from starlette.types import Message, Receive, Send

from shared.kernel.errors import Said, Unauthenticated
from shared.web.internal_token import SEAL_BYTES
from shared.web.problems import BadRequest, TooSlow, UploadCut

LINGER_SECONDS: Final = 2.0
LINGER_BYTES: Final = 4_000_000
OTHER_LENGTH: Final = Said("The body is not as long as its Content-Length says.", "请求体长度与 Content-Length 不符。")


@dataclass(frozen=True, slots=True)
class Pace:
    """The slowest body that is accepted: the longest pause, and the least bytes per second after the first seconds."""

    pause: float = 15.0
    first_seconds: float = 25.0
    least_rate: int = 16_000

    def patience(self, waited: float, size: int) -> float:
        """How many seconds the next part may take, given the time and the bytes so far."""
        return max(0.0, min(self.pause, self.first_seconds + size / self.least_rate - waited))


async def received(receive: Receive, length: int, pace: Pace) -> AsyncGenerator[bytes, None]:
    """The body as it arrives: `length` bytes. Raises `TooSlow`, `UploadCut`, and `BadRequest` for another length."""
    time = asyncio.get_running_loop().time
    waited = 0.0
    size = 0
    more = True
    while more:
        asked = time()
        try:
            async with asyncio.timeout(pace.patience(waited, size)):
                message = await receive()
        except TimeoutError as error:
            raise TooSlow from error
        if message["type"] == "http.disconnect":
            raise UploadCut
        waited += time() - asked
        more = message.get("more_body", False)
        part = message.get("body", b"")
        size += len(part)
        if size > length or (size < length and not more):
            raise BadRequest(reason=OTHER_LENGTH)
        if part:
            yield part


async def sealed(parts: AsyncIterable[bytes], seal: hmac.HMAC) -> AsyncGenerator[bytes, None]:
    """The same bytes, followed by their seal."""
    async for part in parts:
        seal.update(part)
        yield part
    yield seal.digest()


async def unsealed(parts: AsyncIterable[bytes], seal: hmac.HMAC) -> AsyncIterator[bytes]:
    """The bytes before the seal. `Unauthenticated` at the end means that they must be thrown away."""
    held = b""
    async for part in parts:
        held += part
        if len(held) > SEAL_BYTES:
            ready, held = held[:-SEAL_BYTES], held[-SEAL_BYTES:]
            seal.update(ready)
            yield ready
    if not hmac.compare_digest(held, seal.digest()):
        raise Unauthenticated


class Lingering:
    """The answer to a caller whose body has not arrived completely.

    Closing a connection while bytes arrive resets it, and the answer is lost. So the answer is sent, arriving bytes are
    thrown away for a moment, and then the connection ends.
    """

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._ended = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._ended = message["type"] == "http.disconnect" or not message.get("more_body", False)
        return message

    async def send(self, message: Any) -> None:
        if self._ended:
            await self._send(message)
        elif message["type"] == "http.response.start":
            await self._send({**message, "headers": [*message["headers"], (b"connection", b"close")]})
        elif message.get("more_body", False):
            await self._send(message)
        else:
            await self._send({**message, "more_body": True})
            await self._drain()
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _drain(self) -> None:
        size = 0
        try:
            async with asyncio.timeout(LINGER_SECONDS):
                while not self._ended and size < LINGER_BYTES:
                    size += len((await self.receive()).get("body", b""))
        except TimeoutError:
            return
