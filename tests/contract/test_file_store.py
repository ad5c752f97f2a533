"""One suite of promises for every place of files: a folder, and S3 as moto and as rclone understand it (S-60, S-67)."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from shared.files.errors import KeyTaken
from shared.files.store import FileStore, StoredFile
from shared.files.store_folder import FolderFileStore
from shared.files.store_s3 import PART
from shared.files.sweep import sweep
from shared.kernel.errors import NotFound, Unavailable
from shared.runtime.clock import new_id, now
from tests.support import buckets
from tests.support.buckets import Bucket

LONG = os.urandom(PART) + os.urandom(PART) + os.urandom(123_457)
STRANGE = [
    "",
    ".",
    "..",
    "../x",
    "file_../../../etc/passwd",
    "/etc/passwd",
    "file_01",
    "file_" + "0" * 25 + "/",
    "a\0b",
]


@dataclass
class Place:
    """A store, and what lies in it, seen from outside."""

    store: FileStore
    names: Callable[[], list[str]]


@pytest.fixture(scope="module")
def moto() -> Iterator[Bucket]:
    with buckets.moto() as bucket:
        yield bucket


@pytest.fixture(scope="module")
def rclone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bucket]:
    with buckets.rclone(tmp_path_factory.mktemp("rclone")) as bucket:
        yield bucket


@pytest.fixture(params=["folder", "moto", "rclone"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    if request.param == "folder":
        yield Place(
            FolderFileStore(tmp_path), lambda: sorted(each.name for each in tmp_path.rglob("*") if each.is_file())
        )
        return
    bucket: Bucket = request.getfixturevalue(request.param)
    yield Place(bucket.store(), bucket.names)
    async for keys in bucket.store().older_than(now() + timedelta(days=1)):
        for key in keys:
            await bucket.store().delete(key)


def a_key() -> str:
    return new_id("file")


async def pieces(content: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def whole(store: FileStore, key: str, start: int = 0, end: int | None = None) -> bytes:
    opened = await store.open(key, start, end)
    return b"".join([part async for part in opened.parts])


async def keys_before(store: FileStore, moment: datetime) -> list[str]:
    return sorted([key async for keys in store.older_than(moment) for key in keys])


@pytest.mark.parametrize("size", [0, 1, 70_000, PART, len(LONG)])
async def test_what_was_put_is_read_back_with_its_type_size_and_digest(place: Place, size: int) -> None:
    content = LONG[:size]
    key = a_key()
    file = await place.store.put(key, pieces(content), "image/png")
    assert file == StoredFile(key, "image/png", size, sha256(content).hexdigest())
    assert await place.store.stat(key) == file
    assert await whole(place.store, key) == content


@pytest.mark.parametrize(("start", "end"), [(0, 1), (5, 10), (0, None), (99_999, 100_001), (PART, None), (7, 7)])
async def test_a_part_is_read_alone(place: Place, start: int, end: int | None) -> None:
    key = a_key()
    await place.store.put(key, pieces(LONG), "image/png")
    assert await whole(place.store, key, start, end) == LONG[start:end]
    assert await whole(place.store, key, len(LONG), None) == b""
    assert await whole(place.store, key, len(LONG) - 3, len(LONG) + 100) == LONG[-3:]


async def test_a_range_that_ends_before_it_begins_is_refused(place: Place) -> None:
    key = a_key()
    await place.store.put(key, pieces(b"abc"), "image/png")
    for start, end in ((-1, 2), (2, 1)):
        with pytest.raises(ValueError, match="range"):
            await place.store.open(key, start, end)


@pytest.mark.parametrize("key", STRANGE)
async def test_a_key_that_is_none_of_ours_names_no_file(place: Place, key: str) -> None:
    """S-67: no path and no name that a caller has chosen."""
    with pytest.raises(NotFound):
        await place.store.stat(key)
    with pytest.raises(NotFound):
        await place.store.open(key)
    with pytest.raises(NotFound):
        await place.store.delete(key)
    with pytest.raises(NotFound):
        await place.store.put(key, pieces(b"abc"), "image/png")
    assert place.names() == []


async def test_what_is_not_there_is_not_found(place: Place) -> None:
    with pytest.raises(NotFound):
        await place.store.stat(a_key())
    with pytest.raises(NotFound):
        await place.store.open(a_key())


async def test_a_kept_file_is_never_replaced(place: Place) -> None:
    key = a_key()
    await place.store.put(key, pieces(b"first"), "image/png")
    with pytest.raises(KeyTaken):
        await place.store.put(key, pieces(b"second"), "image/png")
    assert await whole(place.store, key) == b"first"


async def test_a_deleted_file_is_gone_and_may_be_deleted_again(place: Place) -> None:
    key = a_key()
    await place.store.put(key, pieces(b"abc"), "image/png")
    for _ in range(2):
        await place.store.delete(key)
        with pytest.raises(NotFound):
            await place.store.stat(key)
    assert place.names() == []


@pytest.mark.parametrize("sent", [0, 10, 300_000, PART + 1, len(LONG)])
async def test_an_upload_whose_source_fails_leaves_nothing(place: Place, sent: int) -> None:
    """S-60: whatever the source raises, also a fault of a connection, reaches the caller as it is."""

    async def cut() -> AsyncIterator[bytes]:
        async for part in pieces(LONG[:sent]):
            yield part
        raise ConnectionAbortedError("in the middle")

    key = a_key()
    with pytest.raises(ConnectionAbortedError):
        await place.store.put(key, cut(), "image/png")
    assert place.names() == []
    await place.store.put(key, pieces(b"again"), "image/png")
    assert await whole(place.store, key) == b"again"


@pytest.mark.parametrize("sent", [0, 300_000, PART + 1, 2 * PART + 1])
async def test_an_upload_that_is_cancelled_leaves_nothing(place: Place, sent: int) -> None:
    waits = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        async for part in pieces(LONG[:sent]):
            yield part
        waits.set()
        await asyncio.get_running_loop().create_future()

    upload = asyncio.create_task(place.store.put(a_key(), endless(), "image/png"))
    await waits.wait()
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload
    assert place.names() == []


async def test_an_upload_that_is_cancelled_at_any_moment_leaves_nothing_or_a_whole_file(place: Place) -> None:
    """A cancellation may meet a write under way; the number of turns of the loop before it is varied."""
    for turns in range(0, 60, 3):
        key = a_key()
        upload = asyncio.create_task(place.store.put(key, pieces(LONG, 1_000_000), "image/png"))
        for _ in range(turns):
            await asyncio.sleep(0)
        upload.cancel()
        with pytest.raises(asyncio.CancelledError):
            await upload
        assert place.names() == [], turns


@pytest.mark.parametrize("size", [10, PART, len(LONG)])
async def test_an_upload_that_is_cancelled_after_its_last_byte_leaves_nothing(place: Place, size: int) -> None:
    """The bytes may be in their place by then, and their card is not."""

    async def ending() -> AsyncIterator[bytes]:
        async for part in pieces(LONG[:size]):
            yield part
        asyncio.get_running_loop().call_soon(upload.cancel)

    upload = asyncio.create_task(place.store.put(a_key(), ending(), "image/png"))
    with pytest.raises(asyncio.CancelledError):
        await upload
    assert place.names() == []


async def test_files_are_listed_by_age(place: Place) -> None:
    keys = sorted([a_key() for _ in range(5)])
    for key in keys:
        await place.store.put(key, pieces(b"abc"), "image/png")
    assert await keys_before(place.store, now() + timedelta(minutes=1)) == keys
    assert await keys_before(place.store, now() - timedelta(minutes=1)) == []


async def test_the_sweep_removes_what_no_row_refers_to_and_is_old_enough(place: Place) -> None:
    kept, lost = a_key(), a_key()
    for key in (kept, lost):
        await place.store.put(key, pieces(b"abc"), "image/png")
    asked: list[str] = []

    async def known(keys: Sequence[str]) -> Collection[str]:
        asked.extend(keys)
        return {kept}

    assert (await sweep(place.store, known, now())).files == 0
    assert asked == []
    assert (await sweep(place.store, known, now() + timedelta(days=2))).files == 1
    assert sorted(asked) == sorted([kept, lost])
    assert await whole(place.store, kept) == b"abc"
    with pytest.raises(NotFound):
        await place.store.stat(lost)


async def test_the_sweep_never_takes_a_file_whose_row_may_be_on_its_way(place: Place) -> None:
    async def known(keys: Sequence[str]) -> Collection[str]:
        return ()

    with pytest.raises(ValueError, match="never swept"):
        await sweep(place.store, known, now(), timedelta(minutes=5))


async def test_what_a_killed_upload_has_left_in_the_folder_is_swept(tmp_path: Path) -> None:
    store = FolderFileStore(tmp_path)
    long_ago = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    key = a_key()
    await store.put(key, pieces(b"abc"), "image/png")
    left = tmp_path / "parts" / "left"
    fresh = tmp_path / "parts" / "fresh"
    half_key = a_key()
    half = tmp_path / half_key[-2:] / half_key
    half.parent.mkdir(exist_ok=True)
    for path in (left, fresh, half):
        path.write_bytes(b"half")
    for path in (left, half):
        os.utime(path, (long_ago, long_ago))

    async def known(keys: Sequence[str]) -> Collection[str]:
        return {key}

    swept = await sweep(store, known, now())
    assert (swept.files, swept.remains) == (1, 1)
    assert (left.exists(), half.exists(), fresh.exists()) == (False, False, True)
    assert await whole(store, key) == b"abc"


async def test_an_upload_that_is_cancelled_while_it_is_forced_to_the_disk_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file gets its name in a thread that is not stopped, and loses it again."""
    loop = asyncio.get_running_loop()
    force = os.fsync

    def forced(file: int) -> None:
        loop.call_soon_threadsafe(upload.cancel)
        force(file)

    monkeypatch.setattr(os, "fsync", forced)
    upload = asyncio.create_task(FolderFileStore(tmp_path).put(a_key(), pieces(b"abc"), "image/png"))
    with pytest.raises(asyncio.CancelledError):
        await upload
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


async def test_a_file_in_the_folder_is_its_owners_alone(tmp_path: Path) -> None:
    await FolderFileStore(tmp_path).put(a_key(), pieces(b"abc"), "image/png")
    files = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert len(files) == 2
    assert {each.stat().st_mode & 0o777 for each in files} == {0o600}


async def test_a_place_that_cannot_be_reached_is_unavailable(tmp_path: Path, moto: Bucket, rclone: Bucket) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_bytes(b"a file where the folder is to be")
    for store in (FolderFileStore(blocked), rclone.store(secret="another"), moto.store(endpoint="http://127.0.0.1:9")):
        with pytest.raises(Unavailable) as raised:
            await store.put(a_key(), pieces(b"abc"), "image/png")
        assert raised.value.say("zh-CN") == "文件存储暂时无法访问，请稍后再试。"
