"""One query answers many who ask at the same moment; what goes wrong for one of them stays with the right ones."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Table

from shared.database.reader import BatchedLoads, Row
from shared.kernel.errors import Unavailable
from tests.support.things import balances, things


@dataclass
class Shelves:
    """What is there, and every question about it; the next ones may break."""

    rows: Sequence[Row] = ({"id": "a", "n": 1}, {"id": "a", "n": 2}, {"id": "b", "n": 3})
    asked: list[tuple[str, str, list[str]]] = field(default_factory=list)
    breaks: list[Exception] = field(default_factory=list)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, table: Table, column: str, keys: Sequence[str]) -> Sequence[Row]:
        self.asked.append((table.name, column, list(keys)))
        await self.go.wait()
        if self.breaks:
            raise self.breaks.pop(0)
        return [row for row in self.rows if row[column] in keys]


@pytest.fixture
def caches() -> Shelves:
    return Shelves()


async def test_those_of_one_moment_share_a_query_by_table_and_column(caches: Shelves) -> None:
    gathering = BatchedLoads(caches)
    caches.go.set()
    found = await asyncio.gather(
        *(gathering.load(things, "id", key) for key in ("a", "b", "none", "a")),
        gathering.load(things, "n", "x"),
        gathering.load(balances, "id", "b"),
    )
    assert [[row["n"] for row in rows] for rows in found] == [[1, 2], [3], [], [1, 2], [], [3]]
    assert sorted(caches.asked) == [
        ("balances", "id", ["b"]),
        ("things", "id", ["a", "b", "none"]),
        ("things", "n", ["x"]),
    ]


async def test_who_comes_while_a_query_is_under_way_gets_a_later_look(caches: Shelves) -> None:
    """What it reads may have been committed after the first query was sent."""
    gathering = BatchedLoads(caches)
    first = asyncio.create_task(gathering.load(things, "id", "a"))
    while not caches.asked:
        await asyncio.sleep(0)
    second = asyncio.create_task(gathering.load(things, "id", "a"))
    while len(caches.asked) < 2:
        await asyncio.sleep(0)
    caches.go.set()
    assert [len(await each) for each in (first, second)] == [2, 2]


async def test_a_query_that_fails_fails_for_everybody_who_shared_it_and_for_nobody_after(caches: Shelves) -> None:
    gathering = BatchedLoads(caches)
    caches.breaks = [Unavailable("database")]
    caches.go.set()
    found = await asyncio.gather(*(gathering.load(things, "id", key) for key in "aba"), return_exceptions=True)
    assert [type(each) for each in found] == [Unavailable] * 3
    assert len(await gathering.load(things, "id", "a")) == 2


@pytest.mark.parametrize("breaks", [[], [Unavailable("database")]], ids=["answered", "failed"])
async def test_a_neighbour_who_has_gone_keeps_nobody_from_an_answer(caches: Shelves, breaks: list[Exception]) -> None:
    gathering = BatchedLoads(caches)
    caches.breaks = breaks
    asking = [asyncio.create_task(gathering.load(things, "id", key)) for key in ("a", "a", "b")]
    while not caches.asked:
        await asyncio.sleep(0)
    asking[0].cancel()
    await asyncio.sleep(0)
    failing = bool(breaks)
    caches.go.set()
    async with asyncio.timeout(60):
        found = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(found[0], asyncio.CancelledError)
    assert [isinstance(each, Unavailable) for each in found[1:]] == [failing] * 2
