"""The queue in front of the writer: its limits, its order, and what becomes of neighbours when something goes wrong."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest

from shared.database import committer as subject
from shared.database.committer import CommitResult, Committer
from shared.database.table_signals import TableSignals
from shared.database.work import ConstraintBroken, OutboxRow, Outcome, Put, Remove, Root, Work
from shared.kernel.errors import Unavailable
from shared.runtime.loops import Heartbeat, Loops
from tests.support.things import common, marks, things


def a_work(*keys: str) -> Work:
    """A unit of work on these aggregates."""
    return Work(roots=[Root(things, key, 1, {"id": key}) for key in keys])


@dataclass
class Pen:
    """A writer that holds every batch until it is told to go on; what it gives back can be chosen by work."""

    batches: list[Sequence[Work]] = field(default_factory=list)
    go: asyncio.Event = field(default_factory=asyncio.Event)
    says: dict[int, CommitResult] = field(default_factory=dict)
    breaks: BaseException | None = None

    async def write(self, works: Sequence[Work]) -> Sequence[CommitResult]:
        self.batches.append(works)
        await self.go.wait()
        if self.breaks is not None:
            error, self.breaks = self.breaks, None
            raise error
        return [self.says.get(id(work), Outcome.COMMITTED) for work in works]


@pytest.fixture
def pen() -> Pen:
    return Pen()


@pytest.fixture
async def committer(pen: Pen) -> AsyncIterator[Committer]:
    """One whose loop runs."""
    made = Committer(pen, TableSignals())
    loops = Loops()
    loops.add("commit", made.run)
    loops.start()
    yield made
    pen.go.set()
    await loops.stop()


async def turns(count: int = 20) -> None:
    """Let everything that can go on do so."""
    for _ in range(count):
        await asyncio.sleep(0)


async def waiting(committer: Committer, pen: Pen, works: Sequence[Work]) -> list[asyncio.Task[Outcome]]:
    """These wait in the queue, behind a batch of one that is being written."""
    first = asyncio.create_task(committer.commit(a_work("in the way")))
    await turns()
    assert len(pen.batches) == 1
    rest = [asyncio.create_task(committer.commit(work)) for work in works]
    await turns()
    return [first, *rest]


async def test_one_more_than_the_queue_has_room_for_is_told_so_at_once_and_nothing_of_it_is_written(
    committer: Committer, pen: Pen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the database hangs, callers get a 503 instead of filling the memory; who waits already is served."""
    monkeypatch.setattr(subject, "WAITING_LIMIT", 3)
    tasks = await waiting(committer, pen, [a_work("a"), a_work("b"), a_work("c")])
    too_much = a_work("d")
    async with asyncio.timeout(60):
        with pytest.raises(Unavailable, match="database"):
            await committer.commit(too_much)
    pen.go.set()
    assert await asyncio.gather(*tasks) == [Outcome.COMMITTED] * 4
    assert all(work is not too_much for batch in pen.batches for work in batch)
    assert await committer.commit(too_much) is Outcome.COMMITTED


async def test_nothing_to_commit_needs_no_room(committer: Committer, pen: Pen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "WAITING_LIMIT", 0)
    assert await committer.commit(Work()) is Outcome.COMMITTED
    assert pen.batches == []


@pytest.mark.parametrize(("count", "sizes"), [(2, [1, 2]), (3, [1, 3]), (4, [1, 3, 1]), (7, [1, 3, 3, 1])])
async def test_a_batch_holds_as_many_as_it_may_and_the_others_come_next(
    committer: Committer, pen: Pen, monkeypatch: pytest.MonkeyPatch, count: int, sizes: list[int]
) -> None:
    monkeypatch.setattr(subject, "BATCH", 3)
    tasks = await waiting(committer, pen, [a_work(f"t{n}") for n in range(count)])
    pen.go.set()
    await asyncio.gather(*tasks)
    assert [len(batch) for batch in pen.batches] == sizes


async def test_who_waits_for_a_neighbour_is_not_overtaken_by_who_waits_for_him(committer: Committer, pen: Pen) -> None:
    """One batch holds no two works on one aggregate, and the order of those on each stays that of their callers."""
    x, both, y, free = a_work("x"), a_work("x", "y"), a_work("y"), a_work("z")
    tasks = await waiting(committer, pen, [x, both, y, free])
    pen.go.set()
    await asyncio.gather(*tasks)
    assert [list(map(id, batch)) for batch in pen.batches[1:]] == [[id(x), id(free)], [id(both)], [id(y)]]


async def test_those_on_one_aggregate_are_written_one_after_the_other_in_the_order_of_their_callers(
    committer: Committer, pen: Pen
) -> None:
    works = [a_work("x") for _ in range(4)]
    tasks = await waiting(committer, pen, works)
    pen.go.set()
    await asyncio.gather(*tasks)
    assert [id(work) for batch in pen.batches[1:] for work in batch] == [id(work) for work in works]
    assert [len(batch) for batch in pen.batches] == [1] * 5


async def test_each_of_a_batch_gets_its_own_answer(committer: Committer, pen: Pen) -> None:
    works = {name: a_work(name) for name in ("good", "stale", "taken", "broken", "better")}
    pen.says = {
        id(works["stale"]): Outcome.STALE,
        id(works["taken"]): Outcome.TAKEN,
        id(works["broken"]): ConstraintBroken("a_rule"),
    }
    tasks = await waiting(committer, pen, [*works.values()])
    pen.go.set()
    good, stale, taken, broken, better = (await asyncio.gather(*tasks, return_exceptions=True))[1:]
    assert (good, stale, taken, better) == (Outcome.COMMITTED, Outcome.STALE, Outcome.TAKEN, Outcome.COMMITTED)
    assert isinstance(broken, ConstraintBroken)
    assert (committer.committed, committer.batches) == (3, 2)


async def test_a_caller_who_has_gone_takes_neither_his_work_nor_his_neighbours_along(
    committer: Committer, pen: Pen
) -> None:
    works = [a_work("a"), a_work("b"), a_work("c")]
    tasks = await waiting(committer, pen, works)
    tasks[2].cancel()
    await turns()
    pen.go.set()
    assert [await task for task in (tasks[1], tasks[3])] == [Outcome.COMMITTED] * 2
    assert tasks[2].cancelled()
    assert [id(work) for work in pen.batches[1]] == [id(work) for work in works]
    assert committer.committed == 4


async def test_a_writer_that_breaks_is_an_outage_for_its_batch_and_the_next_one_is_written(
    committer: Committer, pen: Pen
) -> None:
    tasks = await waiting(committer, pen, [a_work("a"), a_work("a")])
    pen.breaks = RuntimeError("a defect")
    pen.go.set()
    with pytest.raises(Unavailable, match="database"):
        await tasks[0]
    assert await asyncio.gather(*tasks[1:]) == [Outcome.COMMITTED] * 2
    assert committer.committed == 2


async def test_whoever_waits_for_a_table_is_woken_only_by_what_is_committed(committer: Committer, pen: Pen) -> None:
    """And of the outbox only when something comes in: the relay must not wake itself by taking out what has left."""
    signals = committer._signals
    thing, mark, outbox = signals.when("things"), signals.when("marks"), signals.when("outbox")
    stale = a_work("a")
    pen.says = {id(stale): Outcome.STALE}
    pen.go.set()
    await committer.commit(stale)
    assert not thing.is_set()
    await committer.commit(Work(writes=[Remove(common.outbox, {"position": 1})]))
    assert not outbox.is_set()
    await committer.commit(Work(writes=[Put(marks, {})], outbox=[OutboxRow("evt_1", "x.y.v1", "a", 1, "{}")]))
    assert [each.is_set() for each in (thing, mark, outbox)] == [False, True, True]


@pytest.mark.parametrize("count", [0, 3])
async def test_what_waits_at_the_end_is_committed_piggy_backed_work_as_well(pen: Pen, count: int) -> None:
    """A graceful stop: nobody runs the loop any longer."""
    committer = Committer(pen, TableSignals())
    pen.go.set()
    piggy_backed = committer.piggy_back(a_work("r"))
    callers = [asyncio.create_task(committer.commit(a_work("x"))) for _ in range(count)]
    await turns(2)
    await committer.drain()
    assert piggy_backed.done()
    assert await asyncio.gather(piggy_backed, *callers) == [Outcome.COMMITTED] * (count + 1)


async def test_a_batch_that_has_begun_is_finished_when_the_loop_is_told_to_stop(pen: Pen) -> None:
    committer = Committer(pen, TableSignals())
    running = asyncio.create_task(committer.run(Heartbeat(name="commit", stale_after=60)))
    caller = asyncio.create_task(committer.commit(a_work("a")))
    await turns()
    running.cancel()
    await turns()
    assert not running.done()
    pen.go.set()
    assert await caller is Outcome.COMMITTED
    with pytest.raises(asyncio.CancelledError):
        await running
