"""The loop for due work: neighbours, limits, starvation, outages, lost leadership, wake-ups and stops."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import structlog.testing

from shared.kernel.errors import NotFound, RetourError, Unavailable
from shared.runtime import due_work as subject
from shared.runtime.due_work import DueWork
from shared.runtime.loops import Heartbeat
from tests.support.running_jobs import going_on, some_turns, until

HOUR = 3600.0
"""A pause that no test outlives: what happens before it is over has another reason."""


@dataclass
class Known:
    """Items that need no query."""

    items: deque[str] = field(default_factory=deque)

    @property
    def has_items(self) -> bool:
        return bool(self.items)

    def take(self, count: int) -> list[str]:
        return [self.items.popleft() for _ in range(min(count, len(self.items)))]


@dataclass
class Items:
    """Items that are due until they are done, and what a test decides about them."""

    due: list[str]
    errors: dict[str, BaseException] = field(default_factory=dict)
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    """An item with a gate runs until the gate is open."""
    asked: list[int] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    running: int = 0
    most_running: int = 0
    leading: list[str] = field(default_factory=list)
    confirmed: int = 0
    lost: bool = False
    query: Callable[[], Awaitable[None]] | None = None
    """What happens between the moment that an answer shows and its arrival."""

    async def find(self, limit: int) -> Sequence[str]:
        self.asked.append(limit)
        found = self.due[:limit]
        if self.query is not None:
            await self.query()
        return found

    async def do(self, item: str) -> None:
        self.begun.append(item)
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            await asyncio.sleep(0)
            if item in self.gates:
                await self.gates[item].wait()
            if item in self.errors:
                raise self.errors[item]
            self.done.append(item)
            if item in self.due:
                self.due.remove(item)
        except asyncio.CancelledError:
            self.cancelled.append(item)
            raise
        finally:
            self.running -= 1

    @asynccontextmanager
    async def lead(self, name: str, _beat: Callable[[], None]) -> AsyncIterator["Items"]:
        assert self.asked == [], "who does not lead yet asks for nothing"
        self.leading.append(name)
        yield self
        assert self.running == 0, "whoever leads next may begin the same items"

    async def confirm(self) -> None:
        self.confirmed += 1
        if self.lost:
            raise Unavailable("leadership")

    def work(self, **but: Any) -> DueWork[str]:
        values: dict[str, Any] = {"name": "test", "do": self.do, "find": self.find, "pause_seconds": HOUR} | but
        return DueWork(**values)


ERRORS = [NotFound("thing"), ValueError("a defect"), asyncio.CancelledError(), Unavailable("provider")]


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("slots", [1, 3])
async def test_an_item_that_fails_is_logged_once_and_its_neighbours_are_done_in_the_same_round(
    error: BaseException, slots: int
) -> None:
    items = Items(["bad", "b", "c"], errors={"bad": error})
    with structlog.testing.capture_logs() as logged:
        work = items.work(slots=slots, batch=3, stops_loop=(), failure="not_done", label="thing")
        async with going_on(work.run) as task:
            await until(lambda: items.due == ["bad"])
            await some_turns()
            assert not task.done()
    assert Counter(items.begun) == {"bad": 1, "b": 1, "c": 1}
    assert [(entry["event"], entry["job"], entry["thing"]) for entry in logged] == [("not_done", "test", "bad")]
    expected = "warning" if isinstance(error, RetourError) else "error"
    assert logged[0]["log_level"] == expected
    assert logged[0].get("code") == getattr(error, "code", None)


@pytest.mark.parametrize(("slots", "batch"), [(1, 1), (1, 10), (4, 1), (4, 10)])
async def test_never_more_items_run_than_there_are_slots_and_a_full_answer_is_followed_at_once(
    slots: int, batch: int
) -> None:
    items = Items([str(n) for n in range(25)])
    async with going_on(items.work(slots=slots, batch=batch).run):
        await until(lambda: not items.due)
    assert (items.most_running, len(items.begun)) == (slots, 25)
    assert items.asked[0] == max(slots, batch)


async def test_an_answer_that_is_not_full_is_followed_by_a_pause() -> None:
    items = Items(["a", "b"])
    async with going_on(items.work(batch=3).run):
        await until(lambda: len(items.done) == 2)
        items.due.append("c")
        await some_turns()
        assert (items.asked, items.done) == ([3], ["a", "b"])


async def test_after_the_pause_items_are_looked_for_again() -> None:
    items = Items([])
    async with going_on(items.work(pause_seconds=0.002).run):
        await until(lambda: items.asked)
        items.due.append("a")
        await until(lambda: items.done == ["a"])


@pytest.mark.parametrize("slots", [1, 2])
async def test_broken_items_hide_nobody_behind_them_however_many_they_are(slots: int) -> None:
    """Three times as many as one answer holds; the pause never comes to an end."""
    bad = [f"bad {n}" for n in range(9)]
    items = Items([*bad, "good"], errors={item: NotFound("thing") for item in bad})
    async with going_on(items.work(slots=slots, batch=3, rest_seconds=HOUR).run):
        await until(lambda: items.done == ["good"])
        await some_turns()
    assert Counter(items.begun) == dict.fromkeys([*bad, "good"], 1)
    assert max(items.asked) > len(bad)


async def test_an_item_that_failed_is_left_alone_and_tried_again_when_it_has_rested() -> None:
    items = Items(["bad"], errors={"bad": NotFound("thing")})
    async with going_on(items.work(pause_seconds=0.001, rest_seconds=HOUR).run):
        await until(lambda: len(items.asked) > 4)
    assert items.begun == ["bad"]
    async with going_on(items.work(pause_seconds=0.001, rest_seconds=0.001).run):
        await until(lambda: len(items.begun) > 3)
        items.errors.clear()
        await until(lambda: items.done == ["bad"])


async def test_a_slow_item_holds_up_nobody_and_is_begun_once() -> None:
    items = Items(["slow", *(str(n) for n in range(9))], gates={"slow": asyncio.Event()})
    async with going_on(items.work(slots=2).run):
        await until(lambda: items.due == ["slow"])
    assert Counter(items.begun)["slow"] == 1


async def test_an_item_that_ends_while_it_is_asked_for_is_not_begun_again() -> None:
    """The answer shows the item as it was before its commit."""
    items = Items(["a"], gates={"a": asyncio.Event()})
    work = items.work(slots=2)
    async with going_on(work.run):
        await until(lambda: items.running)

        async def ends_meanwhile() -> None:
            items.gates["a"].set()
            await until(lambda: items.done == ["a"])
            await some_turns()

        items.query = ends_meanwhile
        work.wake.set()
        await until(lambda: len(items.asked) == 2 and items.done)
        await some_turns()
    assert items.begun == ["a"]


async def test_an_outage_between_finding_and_doing_begins_nothing_more_and_is_left_to_the_supervisor() -> None:
    items = Items(["a", "b", "c"], errors={"a": Unavailable("database")})
    work = items.work(batch=3)
    with structlog.testing.capture_logs() as logged, pytest.raises(Unavailable):
        await work.run(Heartbeat(name="test"))
    assert (items.begun, logged) == (["a"], [])
    items.errors.clear()
    async with going_on(work.run):
        await until(lambda: items.done == ["a", "b", "c"])


async def test_an_outage_lets_running_items_end_before_the_loop_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of the last item ends the loop, not the next beat."""
    monkeypatch.setattr(subject, "BEAT_SECONDS", HOUR)
    items = Items(["slow", "away", "c"], errors={"away": Unavailable("database")}, gates={"slow": asyncio.Event()})
    async with going_on(items.work(slots=2, batch=4).run) as task:
        await until(lambda: items.running == 1)
        await some_turns()
        assert not task.done()
        items.gates["slow"].set()
        await until(task.done)
        with pytest.raises(Unavailable):
            await task
    assert (items.begun, items.done, items.cancelled) == (["slow", "away"], ["slow"], [])


async def test_a_database_that_cannot_be_asked_ends_the_loop_after_the_running_items() -> None:
    items = Items(["slow"], gates={"slow": asyncio.Event()})
    work = items.work(slots=2)

    async def away() -> None:
        raise Unavailable("database")

    async with going_on(work.run) as task:
        await until(lambda: items.running)
        items.query = away
        work.wake.set()
        await until(lambda: len(items.asked) == 2)
        await some_turns()
        assert not task.done()
        items.gates["slow"].set()
        with pytest.raises(Unavailable):
            await task
    assert (items.done, items.cancelled) == (["slow"], [])


async def test_known_items_are_not_begun_while_the_database_cannot_be_asked() -> None:
    """They would meet the same outage."""
    items, known = Items([]), Known(deque("ab"))

    async def away() -> None:
        raise Unavailable("database")

    items.query = away
    with pytest.raises(Unavailable):
        await items.work(first=known).run(Heartbeat(name="test"))
    assert (items.begun, [*known.items]) == ([], ["a", "b"])


async def test_a_job_that_leads_confirms_that_it_still_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "CONFIRM_SECONDS", 0.002)
    items = Items([])
    async with going_on(items.work(lead=items.lead).run):
        await until(lambda: items.confirmed > 2)
    assert (items.leading, items.asked) == (["test"], [1])


async def test_a_lost_leadership_cancels_what_runs_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a stop would wait: another process may begin the same items now."""
    monkeypatch.setattr(subject, "CONFIRM_SECONDS", 0.002)
    items = Items(["a", "b"], gates={"a": asyncio.Event()})
    async with going_on(items.work(lead=items.lead, stop_seconds=HOUR, batch=2).run) as task:
        await until(lambda: items.running)
        items.lost = True
        with pytest.raises(Unavailable):
            await task
    assert (items.begun, items.cancelled) == (["a"], ["a"])


async def test_a_stop_cancels_what_runs_and_says_nothing_about_it() -> None:
    items = Items(["a", "b", "c"], gates={"a": asyncio.Event(), "b": asyncio.Event()})
    with structlog.testing.capture_logs() as logged:
        async with going_on(items.work(slots=2, batch=3).run):
            await until(lambda: items.running == 2)
    assert (items.begun, items.cancelled, logged) == (["a", "b"], ["a", "b"], [])


async def test_a_try_after_a_stop_logs_cancelled_items_again() -> None:
    """A library may raise CancelledError although nobody stops the loop."""
    items = Items(["a"], errors={"a": asyncio.CancelledError()})
    work = items.work()
    async with going_on(work.run):
        await until(lambda: items.begun)
    with structlog.testing.capture_logs() as logged:
        async with going_on(items.work().run):
            await until(lambda: logged)
        work._resting.clear()
        async with going_on(work.run):
            await until(lambda: len(logged) == 2)


async def test_a_stop_may_wait_for_what_runs_and_begins_nothing_more() -> None:
    items = Items(["a", "b"], gates={"a": asyncio.Event()})
    async with going_on(items.work(batch=2, stop_seconds=HOUR).run) as task:
        await until(lambda: items.running)
        task.cancel()
        await some_turns()
        assert not task.done()
        items.gates["a"].set()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert (items.begun, items.done, items.cancelled) == (["a"], ["a"], [])


async def test_a_stop_waits_for_nobody_for_ever() -> None:
    items = Items(["a"], gates={"a": asyncio.Event()})
    async with going_on(items.work(stop_seconds=0.01).run) as task:
        await until(lambda: items.running)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert items.cancelled == ["a"]


async def test_a_wake_up_ends_the_pause() -> None:
    items = Items([])
    wake = asyncio.Event()
    async with going_on(items.work(wake=wake).run):
        await until(lambda: items.asked)
        items.due.append("a")
        wake.set()
        await until(lambda: items.done == ["a"])


@pytest.mark.parametrize("slots", [1, 2])
async def test_a_wake_up_while_every_slot_is_taken_is_not_lost(slots: int) -> None:
    gate = asyncio.Event()
    items = Items(["a", "b"][:slots], gates={"a": gate, "b": gate})
    work = items.work(slots=slots, batch=3)
    async with going_on(work.run):
        await until(lambda: items.running == slots)
        items.due.append("c")
        work.wake.set()
        await some_turns()
        assert items.asked == [3]
        gate.set()
        await until(lambda: "c" in items.done)


async def test_known_items_need_no_query_and_wait_for_a_slot() -> None:
    items, known = Items([]), Known()
    work = items.work(first=known, slots=2)
    async with going_on(work.run):
        await until(lambda: items.asked)
        known.items.extend("abcde")
        work.wake.set()
        await until(lambda: len(items.done) == 5)
        await some_turns()
    assert (items.asked, items.done, items.most_running) == ([2], [*"abcde"], 2)


async def test_the_database_is_asked_first_and_after_every_pause_however_much_is_known() -> None:
    """An item of another process waits behind nobody."""
    items, known = Items(["another's"], gates={}), Known(deque(["own 0"]))
    work = items.work(first=known, pause_seconds=0.01)

    async def do(item: str) -> None:
        await items.do(item)
        if item.startswith("own"):
            known.items.append(f"own {len(items.done)}")

    work.do = do
    async with going_on(work.run):
        await until(lambda: items.done[:1] == ["another's"])
        items.due.append("another one")
        await until(lambda: "another one" in items.done)
    assert len(items.done) > 2


async def test_an_item_that_is_known_twice_runs_once_at_a_time() -> None:
    items, known = Items([], gates={"a": asyncio.Event()}), Known(deque("aab"))
    async with going_on(items.work(first=known, find=None, slots=3).run):
        await until(lambda: items.done == ["b"])
        assert items.begun == ["a", "b"]


async def test_a_job_may_live_on_known_items_alone() -> None:
    """Items with an id of their own; one that failed does not keep the next one with its id away."""
    known: Known = Known(deque(["a", "b"]))
    items = Items([], errors={"a": ValueError("a defect")})
    work = items.work(first=known, find=None, rest_seconds=0.0, key=lambda item: f"id of {item}", label="id")
    with structlog.testing.capture_logs() as logged:
        async with going_on(work.run):
            await until(lambda: items.done == ["b"])
            del items.errors["a"]
            known.items.append("a")
            work.wake.set()
            await until(lambda: items.done == ["b", "a"])
    assert [entry["id"] for entry in logged] == ["id of a"]


async def test_a_loop_that_waits_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pause may be longer than the limit after which a loop counts as hanging."""
    monkeypatch.setattr(subject, "BEAT_SECONDS", 0.001)
    items, heartbeat = Items(["a"], gates={"a": asyncio.Event()}), Heartbeat(name="test")
    task = asyncio.create_task(items.work().run(heartbeat))
    await until(lambda: heartbeat.rounds > 5)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert items.asked == [1]


async def test_a_try_after_a_failed_one_begins_with_the_database() -> None:
    """What was known here before may be done by another process by now."""
    items, known = Items([]), Known()
    work = items.work(first=known, lead=None)
    async with going_on(work.run):
        await until(lambda: len(items.asked) == 1)
    known.items.append("a")
    async with going_on(work.run):
        await until(lambda: len(items.asked) == 2)
        await some_turns()
    assert items.begun == ["a"]
