"""The port to one service: a request is sent, and the answer arrives in parts."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Protocol

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Stream:
    """A body that is passed on once, as it arrives: its parts, and their total length in bytes."""

    parts: AsyncGenerator[bytes, None]
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A request to a service. `repeatable`: it may be sent again after a lost connection.

    `stream` replaces the body. `lasting`: the answer may take as long as data arrives.
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
    """Receives the answer: `start` once, then `body` for each part."""

    async def start(self, status: int, headers: Headers, /) -> None: ...
    async def body(self, part: bytes, *, more: bool) -> None: ...


class Transport(Protocol):
    """One service, in this process or another."""

    async def send(self, request: Outgoing, answer: Incoming) -> None:
        """`Unavailable` when the service got nothing, `NoAnswerInTime` when it got the request and did not answer."""
        ...

    async def close(self) -> None: ...


class Collected:
    """An answer kept whole, for a page."""

    def __init__(self) -> None:
        self.status = 0
        self.complete = False
        self._parts: list[bytes] = []

    async def start(self, status: int, _headers: Headers) -> None:
        self.status = status

    async def body(self, part: bytes, *, more: bool) -> None:
        self._parts.append(part)
        self.complete = not more

    @property
    def content(self) -> bytes:
        """The whole body."""
        return b"".join(self._parts)
