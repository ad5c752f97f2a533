"""Files in a bucket of an S3 service, by `obstore`; a stream is sent part by part.

An upload that fails is aborted with its parts. `obstore` cannot list the unfinished uploads of a killed process, so the
bucket needs a lifecycle rule that ends them (`AbortIncompleteMultipartUpload`).
"""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from shared.files.errors import KeyTaken
from shared.files.store import BLOCK, LISTED, OpenFile, StoredFile, Tally, blocks, checked, finished, part_of
from shared.kernel.errors import NotFound, Unavailable

if TYPE_CHECKING:
    from obstore import GetResult

PART: Final = 5 * 1024 * 1024
"""The smallest part that S3 takes; two are in memory at a time."""
FILES: Final = "files"
CARDS: Final = "cards"
CARD_TYPE: Final = "application/json"


class S3FileStore:
    def __init__(
        self, *, endpoint: str, bucket: str, region: str, key_id: str, secret: str, by_host: bool = False
    ) -> None:
        self._store = S3Store(
            bucket,
            endpoint=endpoint,
            region=region,
            access_key_id=key_id,
            secret_access_key=secret,
            virtual_hosted_style_request=by_host,
            client_options={"allow_http": endpoint.startswith("http://"), "connect_timeout": "5s", "timeout": "60s"},
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=20)},
        )

    async def put(self, key: str, parts: AsyncIterable[bytes], media_type: str) -> StoredFile:
        place = _place(FILES, key)
        if await self._exists(_place(CARDS, key)):
            raise KeyTaken
        tally = Tally()
        try:
            await self._send(place, _counted(parts, tally), media_type)
            file = tally.file(key, media_type)
            await finished(self._write(_place(CARDS, key), file.card(), CARD_TYPE))
        except BaseException:
            await finished(self._remove(key))
            raise
        return file

    async def open(self, key: str, start: int = 0, end: int | None = None) -> OpenFile:
        file = await self.stat(key)
        first, last = part_of(file, start, end)
        return OpenFile(file, self._read(_place(FILES, key), first, last, file.size) if first < last else _nothing())

    async def stat(self, key: str) -> StoredFile:
        with _as_unavailable():
            found = await obstore.get_async(self._store, _place(CARDS, key))
            return StoredFile.of(bytes(await found.bytes_async()))

    async def delete(self, key: str) -> None:
        await finished(self._remove(checked(key)))

    async def older_than(self, moment: datetime) -> AsyncIterator[Sequence[str]]:
        with _as_unavailable():
            async for found in obstore.list(self._store, FILES, chunk_size=LISTED):
                names = [each["path"].rpartition("/")[2] for each in found if each["last_modified"] < moment]
                if names:
                    yield names

    async def remove_remains(self, moment: datetime) -> int:
        """0: the bucket's lifecycle rule removes them."""
        del moment
        return 0

    async def _send(self, place: str, parts: AsyncIterator[bytes], media_type: str) -> None:
        """A stream of less than one part is sent whole, a longer stream in several parts."""
        stream = blocks(parts, PART)
        first = await anext(stream, b"")
        if len(first) < PART:
            await finished(self._write(place, first, media_type))
            return
        blocks_to_send = _BlockQueue()
        sending = asyncio.ensure_future(
            obstore.put_async(
                self._store,
                place,
                blocks_to_send.parts(),
                attributes={"Content-Type": media_type},
                chunk_size=PART,
                max_concurrency=1,
            )
        )
        try:
            await blocks_to_send.give(first, sending)
            async for block in stream:
                await blocks_to_send.give(block, sending)
            await blocks_to_send.give(None, sending)
            with _as_unavailable():
                await asyncio.shield(sending)
        except BaseException:
            # a cancelled call of obstore would leave its parts; one whose source fails aborts them
            blocks_to_send.cut()
            await asyncio.wait([sending])
            if not sending.cancelled():
                sending.exception()
            raise

    async def _write(self, place: str, content: bytes, media_type: str) -> None:
        attributes = {"Content-Type": media_type}
        with _as_unavailable():
            await obstore.put_async(self._store, place, content, attributes=attributes, use_multipart=False)

    async def _remove(self, key: str) -> None:
        for kind in (CARDS, FILES):
            with _as_unavailable(), suppress(FileNotFoundError):
                await obstore.delete_async(self._store, _place(kind, key))

    async def _exists(self, place: str) -> bool:
        with _as_unavailable():
            try:
                await obstore.head_async(self._store, place)
            except FileNotFoundError:
                return False
            return True

    async def _read(self, place: str, start: int, end: int, size: int) -> AsyncIterator[bytes]:
        with _as_unavailable():
            found, at = await self._found(place, start, end, size)
            async for part in found.stream(min_chunk_size=BLOCK):
                if wanted := bytes(part)[max(0, start - at) : max(0, end - at)]:
                    yield wanted
                at += len(part)
        if at < end:
            raise Unavailable("files")

    async def _found(self, place: str, start: int, end: int, size: int) -> tuple["GetResult", int]:
        """The asked bytes, or more, and where they begin: some services answer a range with status 200."""
        if end - start < size:
            with suppress(BaseError):
                return await obstore.get_async(self._store, place, options={"range": (start, end)}), start
        return await obstore.get_async(self._store, place), 0


class _Cut(Exception):
    """The source of an upload ended too early."""


class _BlockQueue:
    """Gives blocks one at a time to an upload, which takes a block when it is ready."""

    def __init__(self) -> None:
        self._blocks: asyncio.Queue[bytes | None] = asyncio.Queue(1)
        self._cut = asyncio.Event()

    async def give(self, block: bytes | None, sending: asyncio.Future[Any]) -> None:
        """Wait until there is room. Raises the error of the upload."""
        placing = asyncio.ensure_future(self._blocks.put(block))
        try:
            await asyncio.wait([placing, sending], return_when=asyncio.FIRST_COMPLETED)
        finally:
            placing.cancel()
        if sending.done():
            with _as_unavailable():
                sending.result()

    def cut(self) -> None:
        """End the source with an error, so that the upload is aborted."""
        self._cut.set()

    async def parts(self) -> AsyncIterator[bytes]:
        """What the upload reads."""
        cut = asyncio.ensure_future(self._cut.wait())
        try:
            while True:
                coming = asyncio.ensure_future(self._blocks.get())
                await asyncio.wait([coming, cut], return_when=asyncio.FIRST_COMPLETED)
                if cut.done():
                    coming.cancel()
                    raise _Cut
                block = coming.result()
                if block is None:
                    return
                yield block
        finally:
            cut.cancel()


@contextmanager
def _as_unavailable() -> Iterator[None]:
    """A missing object is `NotFound`, any other fault of the service `Unavailable`."""
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound("file") from error
    except (BaseError, OSError) as error:
        raise Unavailable("files") from error


def _place(kind: str, key: str) -> str:
    return f"{kind}/{checked(key)}"


async def _counted(parts: AsyncIterable[bytes], tally: Tally) -> AsyncIterator[bytes]:
    async for part in parts:
        tally.add(part)
        yield part


async def _nothing() -> AsyncIterator[bytes]:
    parts: Sequence[bytes] = ()
    for part in parts:
        yield part
