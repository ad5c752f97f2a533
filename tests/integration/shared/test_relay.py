"""The relay: every committed event leaves once and in order, whoever committed it, mostly unasked."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Select

from shared.database.database import Database
from shared.database.reader import Row
from shared.database.recent_outbox import PLACES, RecentOutbox
from shared.database.work import OutboxRow, Work
from shared.kernel.errors import Unavailable
from shared.messaging import relay as subject
from shared.messaging.bus import Message
from shared.messaging.relay import Relay
from shared.runtime.loops import Heartbeat, Loops
from tests.conftest import Engines
from tests.support.things import common, metadata
from tests.support.waiting import eventually


@dataclass
class Shore:
    """A bus that keeps what arrives; `takes` limits how many of the next batch do."""

    arrived: list[str] = field(default_factory=list)
    takes: int | None = None

    async def publish(self, messages: Sequence[Message]) -> int:
        taken = messages if self.takes is None else messages[: self.takes]
        self.takes = None
        self.arrived += [message.id for message in taken]
        return len(taken)


class Asked:
    """Counts how often the database is asked for the outbox."""

    def __init__(self, database: Database, patch: pytest.MonkeyPatch) -> None:
        self.times = 0
        ask = database.reader.rows

        async def rows(statement: Select[Any], **parameters: Any) -> Sequence[Row]:
            self.times += 1
            return await ask(statement, **parameters)

        patch.setattr(database.reader, "rows", rows)


async def happened(database: Database, *names: str) -> None:
    rows = [OutboxRow(name, "thing.made.v1", name, 1, f'{{"it":"{name}"}}') for name in names]
    await database.committer.commit(Work(outbox=rows))


async def test_what_is_committed_here_leaves_in_order_and_once(
    engines: Engines, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I-11; on PostgreSQL the database is asked only to find out where the relay stands."""
    database, shore = await engines.fresh(metadata, common), Shore()
    asked, relay = Asked(database, monkeypatch), Relay(database, shore)  # type: ignore[arg-type]
    for n in range(6):
        await happened(database, f"a{n}", f"b{n}")
        assert await relay.publish_once() == 2
    assert shore.arrived == [f"{letter}{n}" for n in range(6) for letter in "ab"]
    assert asked.times == (1 if mode == "distributed" else 6)


async def test_what_did_not_arrive_leaves_again_before_what_came_later(engines: Engines) -> None:
    database, shore = await engines.fresh(metadata, common), Shore()
    relay = Relay(database, shore)  # type: ignore[arg-type]
    await happened(database, "a")
    await relay.publish_once()
    await happened(database, "b", "c", "d")
    shore.takes = 1
    with pytest.raises(Unavailable):
        await relay.publish_once()
    await happened(database, "e")
    while await relay.publish_once():
        pass
    assert shore.arrived == ["a", "b", "c", "d", "e"]


async def test_what_another_process_committed_keeps_its_place(engines: Engines, mode: str) -> None:
    if mode == "embedded":
        return  # SQLite's file belongs to one process
    url = await engines.make(metadata, common)
    here, there = await engines.open(url, common), await engines.open(url, common)
    shore = Shore()
    relay = Relay(here, shore)  # type: ignore[arg-type]
    await happened(here, "a")
    await relay.publish_once()
    await happened(there, "b")
    await happened(here, "c")
    await relay.publish_once()
    await happened(there, "d")
    assert await relay.publish_once() == 1
    assert shore.arrived == ["a", "b", "c", "d"]


async def test_the_database_is_asked_now_and_then_however_busy_this_process_is(
    engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another process has committed last is followed by nothing of ours that would show it to be missing."""
    database, shore = await engines.fresh(metadata, common), Shore()
    relay = Relay(database, shore)  # type: ignore[arg-type]
    await happened(database, "a")
    await relay.publish_once()
    await happened(database, "b")
    asked = Asked(database, monkeypatch)
    relay._asked_at -= 1.5
    assert await relay.publish_once() == 1
    assert (shore.arrived, asked.times) == (["a", "b"], 1)


async def test_a_relay_that_is_started_again_leaves_nothing_behind(engines: Engines) -> None:
    """A broker that is away for hours restarts it every other second."""
    database = await engines.fresh(metadata, common)
    relay = Relay(database, Shore())  # type: ignore[arg-type]
    waiting = database.signals._waiting
    before = len(waiting["outbox"])
    for _ in range(3):
        relaying = asyncio.create_task(relay.run(Heartbeat(name="relay", stale_after=60)))
        await asyncio.sleep(0.05)
        relaying.cancel()
        await asyncio.gather(relaying, return_exceptions=True)
    assert len(waiting["outbox"]) == before


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
async def test_a_relay_goes_on_at_once_while_a_batch_was_full_and_is_woken_by_what_comes(
    engines: Engines, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """Below, at and above what a batch holds; the poll is only the net below."""
    monkeypatch.setattr(subject, "BATCH", 2)
    monkeypatch.setattr(subject, "POLL_SECONDS", 3600)
    database, shore = await engines.fresh(metadata, common), Shore()
    await happened(database, *(f"a{n}" for n in range(count)))
    asked = Asked(database, monkeypatch)
    relay = Relay(database, shore)  # type: ignore[arg-type]
    loops = Loops()
    loops.add("relay", relay.run)
    loops.start()

    async def left() -> bool:
        return len(shore.arrived) == count

    await eventually(left)
    quiet = asked.times
    for _ in range(20):
        await asyncio.sleep(0)
    await happened(database, "b")

    async def left_too() -> bool:
        return shore.arrived[count:] == ["b"]

    await eventually(left_too)
    await loops.stop()
    assert shore.arrived == [*(f"a{n}" for n in range(count)), "b"]
    assert relay.published == count + 1
    assert quiet <= count // 2 + 2, "a relay that has nothing to do does not ask without a pause"


async def test_what_is_being_taken_out_does_not_leave_again_and_takes_no_place_in_a_batch(
    engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow removal holds nothing up, however much of it there is."""
    monkeypatch.setattr(subject, "BATCH", 2)
    database, shore = await engines.fresh(metadata, common), Shore()
    relay = Relay(database, shore)  # type: ignore[arg-type]
    await happened(database, "a", "b", "c", "d", "e")
    with monkeypatch.context() as slow:
        slow.setattr(database.committer, "piggy_back", lambda _: asyncio.get_running_loop().create_future())
        assert [await relay.publish_once() for _ in range(4)] == [2, 2, 1, 0]
    assert shore.arrived == ["a", "b", "c", "d", "e"]


async def test_who_leads_no_longer_publishes_no_longer(engines: Engines, monkeypatch: pytest.MonkeyPatch) -> None:
    """I-11: asked now and then, however busy; two that publish break the order."""
    monkeypatch.setattr(subject, "POLL_SECONDS", 0.01)
    database, shore = await engines.fresh(metadata, common), Shore()
    confirmed: list[int] = []
    led: list[str] = []

    class Leadership:
        async def confirm(self) -> None:
            confirmed.append(len(confirmed))
            if len(confirmed) == 3:
                raise Unavailable("database")

    @asynccontextmanager
    async def lead(name: str, _beat: Callable[[], None]) -> AsyncIterator[Leadership]:
        led.append(name)
        yield Leadership()
        led.append("left in peace")

    monkeypatch.setattr(database.engine, "lead", lead)
    relay = Relay(database, shore)  # type: ignore[arg-type]
    async with asyncio.timeout(60):
        with pytest.raises(Unavailable):
            await relay.run(Heartbeat(name="relay", stale_after=60))
    assert (led, confirmed) == (["relay"], [0, 1, 2])


def rows(*positions: int) -> list[dict[str, int]]:
    return [{"position": position} for position in positions]


@pytest.mark.parametrize(
    ("given", "after", "found"),
    [
        ((5, 6, 7), 4, (5, 6, 7)),
        ((5, 6, 7), 5, (6, 7)),
        ((5, 6, 7), 3, ()),
        ((5, 7, 8), 4, (5,)),
        ((5, 6, 7), 9, ()),
        ((), 0, ()),
    ],
)
def test_only_an_unbroken_run_is_handed_over(given: tuple[int, ...], after: int, found: tuple[int, ...]) -> None:
    fresh = RecentOutbox()
    fresh.give(rows(*given))
    assert fresh.after(after, 100) == rows(*found)


def test_as_many_as_wanted_and_not_more_than_there_is_room_for() -> None:
    fresh = RecentOutbox()
    fresh.give(rows(*range(1, PLACES + 11)))
    assert fresh.after(0, 10) == []
    assert fresh.after(10, 3) == rows(11, 12, 13)
