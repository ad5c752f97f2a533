"""The file of a service belongs to one process, which gives it back whole."""

import asyncio
import stat
from pathlib import Path

import pytest

from shared.database.sqlite import SqliteDatabase
from shared.kernel.errors import Unavailable
from tests.support.things import common


def opened(path: Path) -> SqliteDatabase:
    return SqliteDatabase(path, inbox=common.inbox, outbox=common.outbox, idempotency=common.idempotency)


async def test_a_file_has_one_process_until_it_is_closed(tmp_path: Path) -> None:
    """A second one would write between the first one's reading and writing; a restart finds it free."""
    path = tmp_path / "new" / "folder" / "things.db"
    first = opened(path)
    await first.ping()
    async with first.lead("jobs", lambda: None) as leading:
        await leading.confirm()
    with pytest.raises(Unavailable) as refused:
        opened(path)
    assert f"{path} (another process uses it)" in str(refused.value)
    assert stat.S_IMODE(path.with_suffix(".lock").stat().st_mode) == 0o600
    await first.close()
    second = opened(path)
    await second.ping()
    await second.close()


async def test_a_closed_file_has_no_thread_and_no_connection_left(tmp_path: Path) -> None:
    database = opened(tmp_path / "things.db")
    await asyncio.gather(*(database.ping() for _ in range(5)))
    assert await database.writer.write([]) == []
    await database.close()
    with pytest.raises(RuntimeError, match="after shutdown"):
        await database.ping()
    with pytest.raises(RuntimeError, match="after shutdown"):
        await database.writer.write([])
    mine = [each.readlink() for each in Path("/proc/self/fd").iterdir() if each.is_symlink()]
    assert not [each for each in mine if tmp_path in each.parents]
