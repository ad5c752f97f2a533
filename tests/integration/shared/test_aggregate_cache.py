"""What a process has just saved it need not load again, and never believes without a comparison."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.contracts.envelope import Origin
from shared.database.database import Database
from shared.database.reader import Reader
from shared.database.repository import AggregateCache, OutboxWriter, Repository
from shared.database.retrying import attempt
from shared.database.work import Outcome, Root, Work, Write
from shared.kernel.errors import NotFound, RetourError
from shared.runtime.clock import new_id, now
from tests.conftest import Engines
from tests.support.things import common, metadata, things

MOMENT = datetime(2026, 11, 2, 16, 30, tzinfo=UTC)


class Enough(RetourError):
    """A rule that says no."""


@dataclass
class Thing:
    id: str
    count: int = 0
    version: int = 0
    sequence: int = 0
    events: list[object] = field(default_factory=list)

    def add(self, limit: int) -> None:
        if self.count >= limit:
            raise Enough
        self.count += 1
        self.events.append("added")


class ThingRows:
    thing = "thing"

    def __init__(self, loads: list[str]) -> None:
        self._loads = loads

    async def load(self, reader: Reader, key: str) -> Thing | None:
        self._loads.append(key)
        rows = await reader.load(things, "id", key)
        return Thing(key, rows[0]["document"]["count"], rows[0]["version"]) if rows else None

    def save(self, aggregate: Thing) -> tuple[Root, Sequence[Write]]:
        values = {
            "id": aggregate.id,
            "version": aggregate.version + 1,
            "document": {"count": aggregate.count},
            "at": MOMENT,
        }
        return Root(things, aggregate.id, aggregate.version, values), ()


@dataclass
class Unit:
    repository: Repository[Thing]

    @property
    def parts(self) -> Sequence[Repository[Thing]]:
        return (self.repository,)

    def collect(self) -> Work:
        outbox_writer = OutboxWriter("tests", lambda *_: None, now, new_id)
        return outbox_writer.collect(Work(), Origin("service:tests"), (self.repository,))


@dataclass
class Process:
    """One process of a service: a cache of its own over a database that others use too."""

    database: Database
    loads: list[str] = field(default_factory=list)
    cache: AggregateCache[Thing] = field(default_factory=AggregateCache)

    async def do(self, use_case: Callable[[Repository[Thing]], Any]) -> tuple[Outcome, Any]:
        return await attempt(
            lambda: Unit(Repository(self.database.reader, ThingRows(self.loads), self.cache)),
            lambda unit: use_case(unit.repository),
            self.database.committer,
        )

    async def make(self) -> None:
        async def use_case(repository: Repository[Thing]) -> None:
            repository.add(Thing("a", events=["made"]))

        await self.do(use_case)

    async def add(self, limit: int = 1_000) -> int:
        async def use_case(repository: Repository[Thing]) -> int:
            thing = await repository.get("a")
            thing.add(limit)
            return thing.count

        return int((await self.do(use_case))[1])

    async def count(self) -> int:
        async def use_case(repository: Repository[Thing]) -> int:
            return (await repository.get("a")).count

        return int((await self.do(use_case))[1])


@pytest.fixture
async def url(engines: Engines) -> str:
    return await engines.make(metadata, common)


@pytest.fixture
async def one(engines: Engines, url: str) -> Process:
    process = Process(await engines.open(url, common))
    await process.make()
    return process


@pytest.fixture
def other(one: Process) -> Process:
    """Another process on the same rows, with a cache of its own."""
    return Process(one.database)


async def test_what_was_saved_is_not_loaded_again(one: Process) -> None:
    assert [await one.add() for _ in range(5)] == [1, 2, 3, 4, 5]
    assert one.loads == []


async def test_what_another_process_has_saved_is_seen_before_anything_is_saved_over_it(
    one: Process, other: Process
) -> None:
    assert await one.add() == 1
    assert await other.add() == 2
    assert await one.add() == 3
    assert one.loads == ["a"]


async def test_a_no_is_never_given_from_a_copy(one: Process, other: Process) -> None:
    """The copy says that the limit is reached; another process has long made room."""
    await one.add()

    async def back_to_nothing(repository: Repository[Thing]) -> None:
        thing = await repository.get("a")
        thing.count = 0
        thing.events.append("emptied")

    await other.do(back_to_nothing)
    assert await one.add(limit=1) == 1
    with pytest.raises(Enough):
        await one.add(limit=1)


async def test_what_is_only_looked_at_is_looked_at_in_the_database(one: Process, other: Process) -> None:
    await one.add()
    await other.add()
    assert await one.count() == 2
    assert one.loads == ["a"]


async def test_nothing_is_still_nothing(one: Process) -> None:
    async def use_case(repository: Repository[Thing]) -> None:
        await repository.get("none")

    with pytest.raises(NotFound):
        await one.do(use_case)


async def test_many_at_once_in_one_process_wait_for_each_other_and_load_nothing(one: Process) -> None:
    assert sorted(await asyncio.gather(*(one.add() for _ in range(10)))) == list(range(1, 11))
    assert one.loads == []


async def test_two_that_wait_for_each_other_give_up_waiting(one: Process) -> None:
    met = asyncio.Barrier(2)

    async def make_another(repository: Repository[Thing]) -> None:
        repository.add(Thing("b", events=["made"]))

    await one.do(make_another)

    def both(first: str, second: str) -> Callable[[Repository[Thing]], Any]:
        async def use_case(repository: Repository[Thing]) -> None:
            (await repository.get(first)).add(1_000)
            if met.n_waiting < 2 and not met.broken:
                async with asyncio.timeout(60):
                    await met.wait()
            (await repository.get(second)).add(1_000)
            await met.abort()

        return use_case

    async def patiently(use_case: Callable[[Repository[Thing]], Any]) -> None:
        while True:
            try:
                await one.do(use_case)
            except asyncio.BrokenBarrierError:
                continue
            return

    await asyncio.gather(patiently(both("a", "b")), patiently(both("b", "a")))
    assert await one.count() == 2


async def test_many_at_once_in_two_processes_lose_nothing(one: Process, other: Process) -> None:
    await asyncio.gather(*(process.add() for process in (one, other) for _ in range(10)))
    assert await one.count() == 20


async def test_a_unit_of_work_that_failed_leaves_no_copy_of_what_it_thought(one: Process) -> None:
    await one.add()

    async def spoil(repository: Repository[Thing]) -> None:
        (await repository.get("a")).add(1_000)
        raise KeyError

    with pytest.raises(KeyError):
        await one.do(spoil)
    assert await one.add() == 2


def test_a_shelf_keeps_the_newest_and_no_more_than_it_has_places_for() -> None:
    cache: AggregateCache[Thing] = AggregateCache(places=2)
    for version in (3, 2):
        cache.put(Thing("a", version=version))
    newest = cache.take("a")
    assert newest is not None
    assert newest.version == 3
    assert cache.take("a") is None
    for key in "abc":
        cache.put(Thing(key))
    assert [cache.take(key) is None for key in "abc"] == [True, False, False]


def test_what_has_been_saved_is_told_so() -> None:
    told: list[tuple[int, int]] = []
    cache: AggregateCache[Thing] = AggregateCache(lambda thing: told.append((thing.version, len(thing.events))))
    cache.put(Thing("a", version=4, events=["one", "two"]))
    cache.put(Thing("b", version=4))
    kept = cache.take("a")
    assert told == [(4, 2)]
    assert kept is not None
    assert (kept.version, kept.events) == (5, [])
