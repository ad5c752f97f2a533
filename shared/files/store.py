"""The port to the place where files are kept. A file is there as a whole or not at all, and is never changed.

A file has two halves: its bytes, and a card with type, size and SHA-256, which are known once the last byte has come.
The card is written last and removed first. A file without its card is not there for any reader; the sweep removes it.
"""

import asyncio
import re
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, Protocol, TypeVar

from pydantic_core import from_json, to_json

from shared.kernel.errors import NotFound

T = TypeVar("T")

KEY: Final = re.compile(r"[a-z]{1,16}_[0-9A-HJKMNP-TV-Z]{26}", re.ASCII)
BLOCK: Final = 256 * 1024
"""How much is written or read at once."""
LISTED: Final = 500
"""How many keys a list names at once."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What is known of a kept file."""

    key: str
    media_type: str
    size: int
    sha256: str

    def card(self) -> bytes:
        """The half that says what the other half is."""
        return to_json(asdict(self))

    @classmethod
    def of(cls, card: bytes) -> "StoredFile":
        """What a card says."""
        return cls(**from_json(card))


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file, or the asked part of it, to be read once."""

    file: StoredFile
    parts: AsyncIterator[bytes]


class FileStore(Protocol):
    """Keeps files by keys of ours (`new_id`). Raises `Unavailable` when the place cannot be reached."""

    async def put(self, key: str, parts: AsyncIterable[bytes], media_type: str) -> StoredFile:
        """Keep a stream. Nothing is left when it ends with an error or is cancelled. Raises `KeyTaken`."""
        ...

    async def open(self, key: str, start: int = 0, end: int | None = None) -> OpenFile:
        """Read the bytes from `start` up to, not including, `end`. Raises `NotFound`."""
        ...

    async def stat(self, key: str) -> StoredFile:
        """What is known of a file. Raises `NotFound`."""
        ...

    async def delete(self, key: str) -> None:
        """Remove a file; one that is not there counts as removed."""
        ...

    def older_than(self, moment: datetime) -> AsyncIterator[Sequence[str]]:
        """The keys of all files kept before this moment, whole or not, in batches."""
        ...

    async def remove_remains(self, moment: datetime) -> int:
        """Remove what uploads of killed processes have left before this moment; how many there were."""
        ...


def checked(key: str) -> str:
    """The key, if it has the form of ours: no path, no name that somebody else has chosen. Else `NotFound`."""
    if not KEY.fullmatch(key):
        raise NotFound("file")
    return key


def part_of(file: StoredFile, start: int, end: int | None) -> tuple[int, int]:
    """The asked range within the file. `ValueError` when it is no range."""
    if start < 0 or (end is not None and end < start):
        raise ValueError("a range begins at 0 or later and does not end before it begins")
    last = file.size if end is None else min(end, file.size)
    return min(start, last), last


class Tally:
    """Counts and digests what passes."""

    def __init__(self) -> None:
        self.size = 0
        self._digest = sha256()

    def add(self, part: bytes) -> None:
        """One more part."""
        self.size += len(part)
        self._digest.update(part)

    def file(self, key: str, media_type: str) -> StoredFile:
        """What has passed, as a file."""
        return StoredFile(key, media_type, self.size, self._digest.hexdigest())


async def blocks(parts: AsyncIterable[bytes], size: int = BLOCK) -> AsyncIterator[bytes]:
    """The same bytes in pieces of at least `size`, the last one excepted."""
    waiting: list[bytes] = []
    length = 0
    async for part in parts:
        waiting.append(part)
        length += len(part)
        if length >= size:
            yield b"".join(waiting)
            waiting, length = [], 0
    if length:
        yield b"".join(waiting)


async def finished(work: Awaitable[T]) -> T:
    """The result of work that must not be left half done: a cancellation takes effect when the work has ended."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
