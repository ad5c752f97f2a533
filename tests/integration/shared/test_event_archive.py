"""Sent events stay for their time, are given again as they were, and go in bounded batches (Z38)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from shared.database.database import Database
from shared.database.work import Move, OutboxRow, Outcome, Work
from shared.kernel.errors import Unavailable
from shared.messaging import event_archive
from shared.messaging.bus import Message, QueueState
from shared.messaging.event_archive import EventArchive, Selection, give_again
from shared.messaging.queue_losses import UNROUTED_QUEUE, QueueLosses
from shared.messaging.relay import Relay
from tests.conftest import Engines
from tests.support.things import common, metadata

START = datetime(2026, 11, 24, 9, tzinfo=UTC)


@dataclass
class Clock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Shore:
    """A bus that keeps what arrives, and for whom."""

    arrived: list[tuple[str | None, str]] = field(default_factory=list)
    takes: int = 10**6

    async def publish(self, messages: Sequence[Message]) -> int:
        return await self._take(messages, None)

    async def give_again(self, messages: Sequence[Message], service: str) -> int:
        return await self._take(messages, service)

    async def _take(self, messages: Sequence[Message], service: str | None) -> int:
        self.arrived += [(service, message.id) for message in messages[: self.takes]]
        return min(len(messages), self.takes)


async def sent(database: Database, shore: Shore, archive: EventArchive, *rows: OutboxRow) -> None:
    relay = Relay(database, shore, archive=archive)  # type: ignore[arg-type]
    await database.committer.commit(Work(outbox=list(rows)))
    await relay.publish_once()
    for removal in relay._leaving.values():
        await removal


def an_event(name: str, subject: str, sequence: int, type_: str = "thing.made.v1") -> OutboxRow:
    return OutboxRow(name, type_, subject, sequence, f'{{"it":"{name}"}}')


async def positions(archive: EventArchive, **which: object) -> list[str]:
    return [row["id"] for row in await archive.page(Selection(**which))]  # type: ignore[arg-type]


async def test_a_sent_event_leaves_the_outbox_whole_and_is_found_by_all_that_names_it(engines: Engines) -> None:
    database, shore, clock = await engines.fresh(metadata, common), Shore(), Clock()
    archive = EventArchive(database, clock, 14)
    await sent(database, shore, archive, an_event("a", "one", 1), an_event("b", "two", 1, "deed.done.v2"))
    clock.now += timedelta(hours=1)
    await sent(database, shore, archive, an_event("c", "one", 2, "thing.mended.v1"))
    assert list(await database.reader.rows(select(common.outbox))) == []
    (first, *_) = await archive.page(Selection())
    assert dict(first) == {
        "position": 1, "id": "a", "type": "thing.made.v1", "subject": "one", "sequence": 1, "body": '{"it":"a"}',
        "sent_at": START,
    }  # fmt: skip
    assert await positions(archive) == ["a", "b", "c"]
    assert await positions(archive, event_type="thing") == ["a", "c"]
    assert await positions(archive, event_type="thing.made") == ["a"]
    assert await positions(archive, event_type="thing.made.v1") == ["a"]
    assert await positions(archive, event_type="thin") == []
    assert await positions(archive, subject="one", since=START + timedelta(minutes=1)) == ["c"]
    assert await positions(archive, until=clock.now) == ["a", "b"]
    assert await positions(archive, after=1, limit=1) == ["b"]
    assert await positions(archive, after=1, until_position=2) == ["b"]


async def test_moving_a_row_twice_or_none_changes_nothing(engines: Engines) -> None:
    database = await engines.fresh(metadata, common)
    await database.committer.commit(Work(outbox=[an_event("a", "one", 1), an_event("b", "one", 2)]))
    for position in (1, 1, 99):
        move = Move(common.outbox, {"position": position}, common.archive, {"sent_at": START})
        assert await database.committer.commit(Work(writes=[move])) is Outcome.COMMITTED
    assert [row["id"] for row in await database.reader.rows(select(common.archive))] == ["a"]
    assert [row["id"] for row in await database.reader.rows(select(common.outbox))] == ["b"]


async def test_events_are_given_again_to_one_or_all_or_only_counted(engines: Engines) -> None:
    database, shore, clock = await engines.fresh(metadata, common), Shore(), Clock()
    archive = EventArchive(database, clock, 14)
    await sent(database, shore, archive, *(an_event(f"{subject}{n}", subject, n) for n in (1, 2) for subject in "ab"))
    shore.arrived.clear()

    async def again(**but: object) -> tuple[int, int | None]:
        wanted = {"to": None, **but}
        found = await give_again(archive, shore, Selection(limit=3), **wanted)  # type: ignore[arg-type]
        return found.events, found.next

    assert await again(dry_run=True) == (3, 3)
    assert shore.arrived == []
    assert await again(to="refunds", after_number={"a": 1}) == (1, 3)
    assert shore.arrived == [("refunds", "a2")]
    assert await again() == (3, 3)
    assert shore.arrived[1:] == [(None, "a1"), (None, "b1"), (None, "a2")]
    shore.takes = 1
    with pytest.raises(Unavailable):
        await again()


async def test_old_rows_go_a_batch_at_a_time_and_a_late_cleaning_is_told(
    engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_archive, "CLEAN_BATCH", 2)
    database, shore, clock = await engines.fresh(metadata, common), Shore(), Clock()
    archive = EventArchive(database, clock, 3)
    await sent(database, shore, archive, *(an_event(f"old{n}", "one", n + 1) for n in range(3)))
    clock.now += timedelta(days=2)
    await sent(database, shore, archive, an_event("new", "one", 4))
    assert await archive.clean_once() == 0
    clock.now += timedelta(days=1, seconds=1)
    assert not (await archive.state()).behind
    clock.now += timedelta(days=1)
    state = await archive.state()
    assert (state.days, state.oldest_at, state.behind) == (3, START, True)
    clock.now -= timedelta(days=1)
    assert [await archive.clean_once() for _ in range(3)] == [2, 1, 0]
    assert await positions(archive) == ["new"]


async def test_a_loss_is_noted_once_survives_a_restart_and_ends_only_for_the_loss_that_was_healed(
    engines: Engines,
) -> None:
    """Z38: a queue that was never there is not lost; one that is lost again is not healed by the first healing."""
    database, clock = await engines.fresh(metadata, common), Clock()
    queue = "refunds.follow-return"

    async def note(state: QueueState) -> None:
        clock.now += timedelta(seconds=1)
        await QueueLosses(database, clock).note(queue, state)

    async def known() -> tuple[bool, bool, int]:
        (found,) = await QueueLosses(database, clock).known()
        return found.made_at is not None, found.lost_at is not None, found.losses

    losses = QueueLosses(database, clock)
    await note(QueueState.MISSING)
    await note(QueueState.MISSING)
    assert await known() == (False, False, 0)
    await note(QueueState.READY)
    await note(QueueState.READY)
    assert await known() == (True, False, 0)
    for _ in range(2):
        await note(QueueState.MISSING)
        assert await known() == (False, True, 1)
    first = (await losses.known())[0].lost_at
    assert first is not None
    assert not await losses.heal(queue, first), "it is not there yet"
    await note(QueueState.READY)
    await note(QueueState.MISSING)
    await note(QueueState.READY)
    assert await known() == (True, True, 2)
    assert not await losses.heal(queue, first)
    second = (await losses.known())[0].lost_at
    assert second is not None
    assert await losses.heal(queue, second)
    assert await known() == (True, False, 2)
    assert not await losses.heal("nobody", second)
    await losses.note_unrouted()
    (_, unrouted) = await losses.known()
    assert (unrouted.queue, unrouted.losses, unrouted.made_at) == (UNROUTED_QUEUE, 1, unrouted.lost_at)
