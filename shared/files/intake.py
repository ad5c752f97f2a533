"""Takes a sent file in: the stream is stored in a folder for a moment, rewritten, and kept. The sent bytes are not
kept.
"""

import asyncio
import shutil
from collections.abc import AsyncIterable, Callable
from dataclasses import dataclass
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import uuid4

from shared.files.errors import FileTooLarge
from shared.files.rewriting import Rewriter
from shared.files.store import FileStore, StoredFile, Tally, blocks, finished
from shared.files.store_folder import read_file
from shared.kernel.errors import Unavailable

T = TypeVar("T")

MOST_BYTES: Final = 25_000_000
"""The largest file that is accepted by default, in bytes."""


@dataclass(frozen=True, slots=True)
class Received:
    """The file as it is kept, and the size and SHA-256 of what was sent."""

    file: StoredFile
    sent_size: int
    sent_sha256: str


class Intake:
    """Takes files in over a folder of its own, which holds a file only while it is checked."""

    def __init__(self, store: FileStore, rewriter: Rewriter, folder: Path) -> None:
        self._store = store
        self._rewriter = rewriter
        self._folder = folder

    async def take(self, key: str, parts: AsyncIterable[bytes], limit: int = MOST_BYTES) -> Received:
        """Keep the sent file, if it is accepted. Raises `UnfitFile`, errors of the store, errors of the source."""
        room = self._folder / uuid4().hex
        try:
            await _on_disk(_make, room)
            sent = await self._spool(room / "sent", parts, limit)
            media_type = await self._rewriter.rewrite(room / "sent", room / "kept")
            file = await self._store.put(key, read_file(room / "kept"), media_type)
        finally:
            await finished(asyncio.to_thread(shutil.rmtree, room, ignore_errors=True))
        return Received(file, sent.size, sent.sha256)

    async def remove_remains(self, moment: datetime) -> int:
        """Remove uploads that killed processes left before this moment; how many there were."""
        return await _on_disk(_remove_old, self._folder, moment.timestamp())

    async def _spool(self, path: Path, parts: AsyncIterable[bytes], limit: int) -> StoredFile:
        tally = Tally()
        file = await _on_disk(FileIO, path, "xb")
        try:
            async for block in blocks(parts):
                tally.add(block)
                if tally.size > limit:
                    raise FileTooLarge(limit=limit)
                await _on_disk(_write, file, block)
        finally:
            file.close()
        return tally.file("", "")


async def _on_disk(step: Callable[..., T], *values: Any) -> T:
    try:
        return await finished(asyncio.to_thread(step, *values))
    except OSError as error:
        raise Unavailable("files") from error


def _make(room: Path) -> None:
    room.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    room.mkdir(mode=0o700)


def _write(file: FileIO, block: bytes) -> None:
    left = memoryview(block)
    while left:
        left = left[file.write(left) :]


def _remove_old(folder: Path, moment: float) -> int:
    old = [each for each in folder.glob("*") if each.stat().st_mtime < moment]
    for each in old:
        shutil.rmtree(each, ignore_errors=True)
    return len(old)
