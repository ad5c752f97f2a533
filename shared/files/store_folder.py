"""Files in a folder of this machine: written to a temporary file, synchronised to the disk, and renamed."""

import asyncio
import os
from collections.abc import AsyncIterable, AsyncIterator, Callable, Sequence
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import uuid4

from shared.files.errors import KeyTaken
from shared.files.store import BLOCK, KEY, LISTED, OpenFile, StoredFile, Tally, blocks, checked, finished, part_of
from shared.kernel.errors import NotFound, Unavailable

T = TypeVar("T")

CARD: Final = ".json"
PARTS: Final = "parts"


class FolderFileStore:
    """Stores files in a folder. The last two characters of a key are random and name its subfolder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts = folder / PARTS

    async def put(self, key: str, parts: AsyncIterable[bytes], media_type: str) -> StoredFile:
        upload = _Upload(self._parts / uuid4().hex, self._place(key))
        tally = Tally()
        try:
            await _in_thread(upload.begin)
            async for block in blocks(parts):
                tally.add(block)
                await _in_thread(upload.write, block)
            file = tally.file(key, media_type)
            await _in_thread(upload.commit, file.card())
        except BaseException:
            await _in_thread(upload.discard)
            raise
        return file

    async def open(self, key: str, start: int = 0, end: int | None = None) -> OpenFile:
        file = await self.stat(key)
        first, last = part_of(file, start, end)
        return OpenFile(file, read_file(self._place(key), first, last))

    async def stat(self, key: str) -> StoredFile:
        return StoredFile.of(await _in_thread(_card(self._place(key)).read_bytes))

    async def delete(self, key: str) -> None:
        await _in_thread(_remove, self._place(key))

    async def older_than(self, moment: datetime) -> AsyncIterator[Sequence[str]]:
        for folder in await _in_thread(_folders, self._folder):
            keys = await _in_thread(_old, folder, moment.timestamp())
            for first in range(0, len(keys), LISTED):
                yield keys[first : first + LISTED]

    async def remove_remains(self, moment: datetime) -> int:
        return await _in_thread(_remove_old, self._parts, moment.timestamp())

    def _place(self, key: str) -> Path:
        return self._folder / checked(key)[-2:] / key


async def read_file(path: Path, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
    """The bytes of a file on this machine. `Unavailable` when there are fewer than up to `end`."""
    file: FileIO = await _in_thread(FileIO, path)
    try:
        await _in_thread(file.seek, start)
        while end is None or start < end:
            block: bytes = await _in_thread(file.read, BLOCK if end is None else min(BLOCK, end - start))
            if not block:
                break
            start += len(block)
            yield block
    finally:
        file.close()
    if end is not None and start < end:
        raise Unavailable("files")


class _Upload:
    """One upload in progress. Every step runs in a thread, one after the other, and to its end."""

    def __init__(self, part: Path, place: Path) -> None:
        self._part = part
        self._place = place
        self._file = -1
        self._ours = False

    def begin(self) -> None:
        """Open the temporary file. Raises `KeyTaken`."""
        if _card(self._place).exists():
            raise KeyTaken
        self._part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._place.parent.mkdir(mode=0o700, exist_ok=True)
        self._file = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)

    def write(self, block: bytes) -> None:
        """Append."""
        left = memoryview(block)
        while left:
            left = left[os.write(self._file, left) :]

    def commit(self, card: bytes) -> None:
        """Synchronise the bytes, then the card, before each gets its name."""
        os.fsync(self._file)
        self._close()
        self._ours = True
        self._part.replace(self._place)
        self._file = os.open(_card(self._part), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self.write(card)
        os.fsync(self._file)
        self._close()
        _card(self._part).replace(_card(self._place))
        _force(self._place.parent)

    def discard(self) -> None:
        """Remove everything."""
        self._close()
        self._part.unlink(missing_ok=True)
        _card(self._part).unlink(missing_ok=True)
        if self._ours:
            _remove(self._place)

    def _close(self) -> None:
        if self._file >= 0:
            self._file, file = -1, self._file
            os.close(file)


async def _in_thread(step: Callable[..., T], *values: Any) -> T:
    """Run a step on the disk to its end. A missing file is `NotFound`, any other fault `Unavailable`."""
    try:
        return await finished(asyncio.to_thread(step, *values))
    except FileNotFoundError as error:
        raise NotFound("file") from error
    except OSError as error:
        raise Unavailable("files") from error


def _card(place: Path) -> Path:
    return place.with_name(place.name + CARD)


def _remove(place: Path) -> None:
    _card(place).unlink(missing_ok=True)
    place.unlink(missing_ok=True)


def _force(folder: Path) -> None:
    """Synchronise the folder: only then is a new name on the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _folders(root: Path) -> Sequence[Path]:
    return sorted(each for each in root.iterdir() if each.name != PARTS and each.is_dir()) if root.exists() else []


def _old(folder: Path, moment: float) -> Sequence[str]:
    """The keys in a folder whose bytes or card are older, each once."""
    names = {each.name.removesuffix(CARD) for each in os.scandir(folder) if each.stat().st_mtime < moment}
    return sorted(name for name in names if KEY.fullmatch(name))


def _remove_old(folder: Path, moment: float) -> int:
    old = [each for each in folder.glob("*") if each.stat().st_mtime < moment]
    for each in old:
        each.unlink(missing_ok=True)
    return len(old)
