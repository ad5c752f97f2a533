"""The port to the storage of files. A file is stored as a whole or not at all, and is never changed.

A file has two parts: its bytes, and a card with type, size and SHA-256, which are known after the last byte. The card
is written last and removed first. Readers do not see a file without a card; the sweep removes it.
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
"""How many bytes are written or read at once."""
LISTED: Final = 500
"""How many keys a list names at once."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """The facts about a stored file."""

    key: str
    media_type: str
    size: int
    sha256: str

    def card(self) -> bytes:
        """The card as bytes."""
        return to_json(asdict(self))

    @classmethod
    def of(cls, card: bytes) -> "StoredFile":
        """The facts in a card."""
        return cls(**from_json(card))


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file, or a range of it, to be read once."""

    file: StoredFile
    parts: AsyncIterator[bytes]


class FileStore(Protocol):
    """Stores files by our own keys (`new_id`). Raises `Unavailable` when the storage cannot be reached."""

    async def put(self, key: str, parts: AsyncIterable[bytes], media_type: str) -> StoredFile:
        """Store a stream. After an error or a cancellation nothing is left. Raises `KeyTaken`."""
        ...

    async def open(self, key: str, start: int = 0, end: int | None = None) -> OpenFile:
        """Read the bytes from `start` up to, not including, `end`. Raises `NotFound`."""
        ...

    async def stat(self, key: str) -> StoredFile:
        """The facts about a file. Raises `NotFound`."""
        ...

    async def delete(self, key: str) -> None:
        """Remove a file; a missing file counts as removed."""
        ...

    def older_than(self, moment: datetime) -> AsyncIterator[Sequence[str]]:
        """The keys of all files stored before this moment, complete or not, in batches."""
        ...

    async def remove_remains(self, moment: datetime) -> int:
        """Remove uploads that killed processes left before this moment; how many there were."""
        ...


def checked(key: str) -> str:
    """The key, if it has the form of our keys, which is no path. Else `NotFound`."""
    if not KEY.fullmatch(key):
        raise NotFound("file")
    return key


def part_of(file: StoredFile, start: int, end: int | None) -> tuple[int, int]:
    """The asked range within the file. `ValueError` when it is not valid."""
    if start < 0 or (end is not None and end < start):
        raise ValueError("a range begins at 0 or later and does not end before it begins")
    last = file.size if end is None else min(end, file.size)
    return min(start, last), last


class Tally:
    """Counts and digests the bytes of a stream."""

    def __init__(self) -> None:
        self.size = 0
        self._digest = sha256()

    def add(self, part: bytes) -> None:
        """Add one more part."""
        self.size += len(part)
        self._digest.update(part)

    def file(self, key: str, media_type: str) -> StoredFile:
        """The counted stream as a stored file."""
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
    """The result of work that must not be interrupted: a cancellation takes effect after the work."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
