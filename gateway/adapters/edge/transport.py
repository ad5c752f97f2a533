"""The way from the gateway to one service, as a port: a request goes, an answer comes back in parts."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Protocol

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Stream:
    """A body that is passed on as it comes, once: its parts, and how many bytes they are together."""

    parts: AsyncGenerator[bytes, None]
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """What a service is sent. `repeatable`: twice has no more effect than once, so a lost one may be sent again.

    `stream` takes the place of the body. `lasting`: the answer may take as long as it moves.
    """

    method: str
    path: bytes
    query: bytes
    headers: Headers
    body: bytes
    repeatable: bool
    stream: Stream | None = None
    lasting: bool = False


class Incoming(Protocol):
    """Takes the answer as it comes. `start` once, then `body` until there is no more."""

    async def start(self, status: int, headers: Headers, /) -> None: ...
    async def body(self, part: bytes, *, more: bool) -> None: ...


class Transport(Protocol):
    """One service, however it is reached."""

    async def send(self, request: Outgoing, answer: Incoming) -> None:
        """`Unavailable` when nobody took it, `NoAnswerInTime` when somebody did and fell silent."""
        ...

    async def close(self) -> None: ...


class Collected:
    """An answer kept whole, for a page."""

    def __init__(self) -> None:
        self.status = 0
        self.complete = False
        self._parts: list[bytes] = []

    async def start(self, status: int, _headers: Headers) -> None:
        """See `Incoming`."""
        self.status = status

    async def body(self, part: bytes, *, more: bool) -> None:
        """See `Incoming`."""
        self._parts.append(part)
        self.complete = not more

    @property
    def content(self) -> bytes:
        """Everything that came."""
        return b"".join(self._parts)
