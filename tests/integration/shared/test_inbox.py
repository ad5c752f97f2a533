"""The inbox: each event has its effect once and in order; what cannot be taken is parked, never lost."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from shared.contracts.envelope import Envelope, Event, Origin
from shared.database.database import Database
from shared.database.work import Add, Outcome, Put, Work
from shared.kernel.errors import NotFound, NotYet, Refused, Unavailable
from shared.messaging.bus import PendingAcks
from shared.messaging.inbox import Consumer, Inbox
from shared.runtime.loops import Heartbeat, Loops
from tests.conftest import Engines
from tests.support.things import common, marks, metadata
from tests.support.waiting import eventually


class Painted(Event):
    type: ClassVar[str] = "thing.painted"
    version: ClassVar[int] = 1
    colour: str


@dataclass
class Unit:
    """Writes a mark per event: a second effect of the same event would break its primary key."""

    origin: Origin
    work: Work = field(default_factory=Work)
    parts: tuple[()] = ()

    def collect(self) -> Work:
        return self.work


@dataclass
class Units:
    def begin(self, origin: Origin) -> Unit:
        return Unit(origin)


@dataclass
class Reading:
    """An inbox with one consumer whose clock and handler the test holds."""

    database: Database
    inbox: Inbox[Unit]
    now: list[datetime]
    trouble: dict[str, list[Exception]]

    async def deliver(self, *envelopes: Envelope) -> PendingAcks:
        return await self.inbox.handle("test.follow-thing", [envelope.encode().encode() for envelope in envelopes])

    async def noted(self, subject: str = "t1") -> int:
        """The last number in the table."""
        return await self.inbox.last_handled("test.follow-thing", subject)

    async def sweep(self, seconds: float = 120) -> None:
        """Time passes, and what is due is tried."""
        self.now[0] += timedelta(seconds=seconds)
        while True:
            rows = await self.database.reader.rows(self.inbox.parking.due_query, now=self.now[0])
            if not rows:
                return
            await self.inbox.try_again(rows)
            if await self.database.reader.rows(self.inbox.parking.due_query, now=self.now[0]) == rows:
                return

    async def colours(self, subject: str = "t1") -> list[str]:
        rows = await self.database.reader.rows(select(marks).where(marks.c.thing == subject).order_by(marks.c.n))
        return [row["name"] for row in rows]

    async def parked(self) -> list[tuple[str, str]]:
        return [(row["reason"], row["state"]) for row in (await self.inbox.letters.parked()).rows]


@pytest.fixture(params=[0.0, 0.05], ids=["at once", "patient"])
async def reading(engines: Engines, request: pytest.FixtureRequest) -> AsyncIterator[Reading]:
    """On a bus that acknowledges at once, or on one that has patience. No traceback is written: that takes seconds."""
    database = await engines.fresh(metadata, common)
    trouble: dict[str, list[Exception]] = {}
    now = [datetime(2026, 11, 24, 9, tzinfo=UTC)]
    count = [0]

    async def paint(event: Painted, unit: Unit) -> None:
        waiting = trouble.get(event.colour, [])
        if waiting:
            raise waiting.pop(0)
        count[0] += 1
        assert unit.origin.correlation is not None
        values = {"thing": unit.origin.correlation, "name": event.colour, "n": count[0]}
        unit.work.writes.append(Add(marks, values))

    handlers: dict[type[Event], Callable[[Any, Unit], Awaitable[None]]] = {Painted: paint}
    consumers = [Consumer("test.follow-thing", ("thing",), handlers)]
    inbox = Inbox(database, Units(), consumers, lambda: now[0], patience=request.param)
    with capture_logs():
        yield Reading(database, inbox, now, trouble)


def an_event(sequence: int, colour: str | None = None, *, subject: str = "t1", **but: Any) -> Envelope:
    values: dict[str, Any] = {
        "id": f"evt_{subject}_{sequence}",
        "type": Painted.routing_key(),
        "source": "/retour/test",
        "subject": subject,
        "time": datetime(2026, 11, 24, tzinfo=UTC),
        "sequence": sequence,
        "correlationid": subject,
        "actor": "system:test",
        "data": {"colour": colour or f"c{sequence}"},
    }
    return Envelope(**{**values, **but})


async def test_the_same_event_three_times_is_applied_once(reading: Reading) -> None:
    """N03, I-13."""
    for _ in range(3):
        await reading.deliver(an_event(1), an_event(1))
    assert await reading.colours() == ["c1"]
    assert await reading.parked() == []


async def test_a_batch_out_of_order_is_applied_in_order(reading: Reading) -> None:
    await reading.deliver(an_event(3), an_event(1), an_event(2))
    assert await reading.colours() == ["c1", "c2", "c3"]


async def test_a_gap_waits_until_it_is_filled(reading: Reading) -> None:
    """I-14: a gap is parked, then healed."""
    await reading.deliver(an_event(1), an_event(3))
    assert await reading.colours() == ["c1"]
    assert await reading.parked() == [("gap", "waiting")]
    await reading.deliver(an_event(2))
    await reading.sweep()
    assert await reading.colours() == ["c1", "c2", "c3"]
    assert await reading.parked() == []


@pytest.mark.parametrize("seed", range(8))
async def test_the_end_does_not_depend_on_the_order_of_delivery(reading: Reading, seed: int) -> None:
    """I-13, I-14: shuffled, repeated, in batches of any size."""
    chance = random.Random(seed)
    dull = {2: "thing.moved.v1", 5: "thing.moved.v1"}
    sent = [
        an_event(n, subject=subject, **({"type": dull[n]} if n in dull else {}))
        for subject in ("t1", "t2")
        for n in range(1, 8)
    ]
    deliveries = sent * 2
    chance.shuffle(deliveries)
    while deliveries:
        size = chance.randint(1, 5)
        await reading.deliver(*deliveries[:size])
        del deliveries[:size]
        if chance.random() < 0.2:
            await reading.inbox.write_progress()
    for _ in range(8):
        await reading.sweep()
    for subject in ("t1", "t2"):
        assert await reading.colours(subject) == [f"c{n}" for n in (1, 3, 4, 6, 7)]
    assert await reading.parked() == []


MOVED: dict[str, Any] = {"type": "thing.moved.v1"}
patient = pytest.mark.parametrize("reading", [0.05], ids=["patient"], indirect=True)


@patient
async def test_what_nobody_cares_for_is_noted_with_the_next_effect_of_its_subject(reading: Reading) -> None:
    (ack,) = await reading.deliver(an_event(1, **MOVED))
    (more,) = await reading.deliver(an_event(2, **MOVED))
    assert not ack.done()
    assert not more.done()
    assert (await reading.noted(), reading.database.committer.committed) == (0, 0)
    assert await reading.deliver(an_event(3)) == []
    assert ack.done()
    assert more.done()
    assert (await reading.noted(), reading.database.committer.committed) == (3, 1)


@patient
async def test_what_nobody_cares_for_is_noted_for_many_subjects_at_once(reading: Reading) -> None:
    acks = [await reading.deliver(an_event(1, subject=f"t{n}", **MOVED)) for n in range(20)]
    batches = reading.database.committer.batches
    await reading.inbox.write_progress()
    assert all(ack.done() for (ack,) in acks)
    assert reading.database.committer.batches == batches + 1
    assert [await reading.noted(f"t{n}") for n in range(20)] == [1] * 20


@patient
async def test_progress_that_could_not_be_written_waits_for_the_end_of_the_outage(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    (ack,) = await reading.deliver(an_event(1, **MOVED))

    async def away(work: Work) -> Outcome:
        raise Unavailable("database")

    with monkeypatch.context() as outage:
        outage.setattr(reading.database.committer, "commit", away)
        with pytest.raises(Unavailable):
            await reading.inbox.write_progress()
    assert not ack.done()
    await reading.inbox.write_progress()
    assert ack.done()
    assert await reading.noted() == 1


@patient
async def test_a_batch_that_waited_for_the_end_of_an_outage_goes_on_from_where_it_was(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I-17: what was passed over and is not noted yet is no gap, or its acknowledgement would never be given."""
    await reading.deliver(an_event(1))
    (first,) = await reading.deliver(an_event(2, **MOVED))
    batch = [an_event(3, **MOVED), an_event(1, subject="t2")]

    async def away(work: Work) -> Outcome:
        raise Unavailable("database")

    with monkeypatch.context() as outage:
        outage.setattr(reading.database.committer, "commit", away)
        with pytest.raises(Unavailable):
            await reading.deliver(*batch)
    (second,) = await reading.deliver(*batch)
    assert await reading.parked() == []
    await reading.inbox.write_progress()
    assert first.done()
    assert second.done()
    assert await reading.noted() == 3
    assert await reading.colours("t2") == ["c1"]


@patient
async def test_what_comes_once_more_before_it_is_noted_keeps_nobody_waiting(reading: Reading) -> None:
    """I-17: two relays for a moment, and the older one's event is the last to arrive."""
    await reading.deliver(an_event(1))
    pending = [
        *await reading.deliver(an_event(2, **MOVED), an_event(3, **MOVED)),
        *await reading.deliver(an_event(2, **MOVED)),
    ]
    await reading.inbox.write_progress()
    assert all(ack.done() for ack in pending)
    assert await reading.noted() == 3


@patient
async def test_what_was_not_noted_before_the_end_is_simply_taken_again(reading: Reading) -> None:
    """I-13: the bus still has what nobody had noted; nothing waits for a number that was forgotten."""
    await reading.deliver(an_event(1), an_event(2, **MOVED))
    reading.inbox.progress.forget()
    await reading.deliver(an_event(2, **MOVED), an_event(3))
    assert (await reading.colours(), await reading.noted()) == (["c1", "c3"], 3)
    assert await reading.parked() == []


async def test_a_subject_is_followed_by_one_at_a_time(reading: Reading) -> None:
    """The sweep and the bus may come with the same events at once."""
    await asyncio.gather(*(reading.deliver(an_event(1), an_event(2, **MOVED), an_event(3)) for _ in range(5)))
    assert await reading.colours() == ["c1", "c3"]
    assert reading.inbox.handled == 2


async def test_events_nobody_cares_for_are_passed_over(reading: Reading) -> None:
    await reading.deliver(an_event(1, type="thing.moved.v1"), an_event(2))
    await reading.deliver(an_event(3, type="thing.moved.v1"))
    await reading.deliver(an_event(4))
    assert await reading.colours() == ["c2", "c4"]
    assert await reading.parked() == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"\xff\xfe\x00", "not_json"),
        (b"[]", "not_an_event"),
        (b'{"specversion":"1.0"}', "not_an_event"),
        (b'"' + b"x" * 1_000_001 + b'"', "too_large"),
    ],
)
async def test_bytes_nobody_can_read_are_parked_and_the_neighbours_go_on(
    reading: Reading, body: bytes, reason: str
) -> None:
    """I-15."""
    await reading.inbox.handle("test.follow-thing", [body, an_event(1).encode().encode(), body])
    assert await reading.colours() == ["c1"]
    assert await reading.parked() == [(reason, "dead")]


@pytest.mark.parametrize(
    ("but", "reason"),
    [({"type": "thing.painted.v9"}, "unknown_version"), ({"data": {"colour": 7}}, "not_by_contract")],
)
async def test_what_breaks_the_contract_is_dead_at_once(reading: Reading, but: dict[str, Any], reason: str) -> None:
    await reading.deliver(an_event(1, **but), an_event(1, subject="t2"))
    assert await reading.parked() == [(reason, "dead")]
    assert await reading.colours("t2") == ["c1"]


async def test_a_rule_that_says_no_is_dead_at_once_and_what_follows_waits_behind_it(reading: Reading) -> None:
    reading.trouble["c1"] = [Refused()]
    await reading.deliver(an_event(1), an_event(2))
    assert sorted(await reading.parked()) == [("gap", "waiting"), ("rule:refused", "dead")]
    await reading.deliver(an_event(1))
    assert await reading.colours() == ["c1", "c2"] or await reading.colours() == ["c1"]


async def test_a_fact_that_has_not_arrived_is_waited_for(reading: Reading) -> None:
    reading.trouble["c1"] = [NotYet("order")] * 7
    await reading.deliver(an_event(1), an_event(2))
    assert await reading.colours() == []
    for _ in range(4):
        await reading.sweep()
    assert await reading.colours() == ["c1", "c2"]
    assert await reading.parked() == []


async def test_a_fact_that_is_on_its_way_is_waited_for_without_parking(reading: Reading) -> None:
    reading.trouble["c1"] = [NotYet("order")] * 2
    await reading.deliver(an_event(1), an_event(2))
    assert await reading.colours() == ["c1", "c2"]
    assert await reading.parked() == []


async def test_what_is_parked_is_tried_when_it_is_due_and_not_at_the_next_round(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I-14: parking it wakes the sweep, which must not forget when to come back."""
    monkeypatch.setattr("shared.messaging.parking.SWEEP_SECONDS", 3600)
    started = time.monotonic(), reading.now[0]
    monkeypatch.setattr(
        reading.inbox.parking, "_clock", lambda: started[1] + timedelta(seconds=time.monotonic() - started[0])
    )
    loops = Loops()
    loops.add("sweep", reading.inbox.sweep)
    loops.start()
    reading.trouble["c1"] = [NotYet("order")] * 6
    await reading.deliver(an_event(1))

    async def painted() -> bool:
        return bool(await reading.colours())

    await eventually(painted)
    await loops.stop()


async def test_a_sweep_that_is_started_again_leaves_nothing_behind(reading: Reading) -> None:
    """A broker that is away for hours restarts it every other second."""
    waiting = reading.database.signals._waiting
    before = sum(map(len, waiting.values()))
    for _ in range(3):
        sweeping = asyncio.create_task(reading.inbox.sweep(Heartbeat(name="sweep", stale_after=60)))
        await asyncio.sleep(0.05)
        sweeping.cancel()
        await asyncio.gather(sweeping, return_exceptions=True)
    assert sum(map(len, waiting.values())) == before


async def test_a_defect_is_tried_five_times_and_then_dead(reading: Reading) -> None:
    """I-15: never more than a few executions, never lost."""
    reading.trouble["c1"] = [RuntimeError("a defect")] * 50
    await reading.deliver(an_event(1))
    for _ in range(10):
        await reading.sweep()
    assert await reading.parked() == [("defect", "dead")]
    assert len(reading.trouble["c1"]) == 44


async def test_what_mends_itself_is_no_warning_and_what_is_dead_is(reading: Reading) -> None:
    """Events out of order are everyday: whoever watches for warnings hears of those that wait for a person."""
    reading.trouble["c1"] = [NotYet("order")] * 200
    reading.trouble["c9"] = [Refused()]
    reading.trouble["c7"] = [RuntimeError("a defect")] * 5
    with capture_logs() as said:
        await reading.deliver(an_event(1, "c1"), an_event(2))
        await reading.deliver(an_event(1, "c9", subject="t2"), an_event(1, "c7", subject="t3"))
        for _ in range(20):
            await reading.sweep()
    parked = {(line["reason"], line["dead"], line["log_level"]) for line in said if line["event"] == "event_parked"}
    assert parked == {
        ("not_yet", False, "info"),
        ("gap", False, "info"),
        ("not_yet", True, "warning"),
        ("rule:refused", True, "warning"),
        ("defect", False, "warning"),
    }


async def test_the_database_away_leaves_the_batch_with_the_bus(reading: Reading) -> None:
    reading.trouble["c1"] = [Unavailable("database")]
    with pytest.raises(Unavailable):
        await reading.deliver(an_event(1))
    assert await reading.parked() == []
    await reading.deliver(an_event(1))
    assert await reading.colours() == ["c1"]


async def test_a_replayed_dead_letter_has_its_effect_once_however_often(reading: Reading) -> None:
    """N04, I-16."""
    reading.trouble["c1"] = [Refused()]
    await reading.deliver(an_event(1), an_event(2))
    for _ in range(2):
        if ("rule:refused", "dead") in await reading.parked():
            await reading.inbox.letters.replay("test.follow-thing", "evt_t1_1", by="staff:a")
        await reading.sweep()
    await reading.sweep()
    assert await reading.colours() == ["c1", "c2"]
    assert await reading.parked() == []
    with pytest.raises(NotFound):
        await reading.inbox.letters.replay("test.follow-thing", "evt_t1_1", by="staff:a")


async def test_a_discarded_dead_letter_lets_the_rest_go_on(reading: Reading) -> None:
    reading.trouble["c1"] = [Refused()]
    await reading.deliver(an_event(1), an_event(2))
    await reading.inbox.letters.discard("test.follow-thing", "evt_t1_1", by="staff:a", why="sent by mistake")
    await reading.sweep()
    assert await reading.colours() == ["c2"]
    assert await reading.parked() == []


async def test_a_discarded_event_that_waited_for_another_leaves_no_hole(reading: Reading) -> None:
    """What was given up fills its place, so that nothing waits for it for ever; a late one of that number counts."""
    await reading.deliver(an_event(1), an_event(3), an_event(4))
    await reading.inbox.letters.discard("test.follow-thing", "evt_t1_3", by="staff:a", why="sent by mistake")
    await reading.sweep()
    assert await reading.parked() == [("gap", "waiting")]
    await reading.deliver(an_event(2))
    await reading.sweep()
    assert await reading.colours() == ["c1", "c2", "c4"]
    assert await reading.parked() == []
    await reading.deliver(an_event(6))
    await reading.inbox.letters.discard("test.follow-thing", "evt_t1_6", by="staff:a", why="a forgery")
    await reading.deliver(an_event(5), an_event(6, "the real one"))
    assert await reading.colours() == ["c1", "c2", "c4", "c5", "the real one"]


async def test_what_a_person_does_about_an_event_is_a_row_for_ever(reading: Reading) -> None:
    """N04, O-04: who, when, what, why, and how it lay; a repeated discard answers the same and is one act."""
    letters = reading.inbox.letters
    reading.trouble["c1"] = [Refused()] * 2
    await reading.deliver(an_event(1))
    await letters.replay("test.follow-thing", "evt_t1_1", by="staff:a", why="mended")
    await reading.sweep()
    reading.now[0] += timedelta(hours=1)
    for _ in range(2):
        row = await letters.discard("test.follow-thing", "evt_t1_1", by="staff:b", why="given up")
        assert (row["id"], row["reason"], row["state"]) == ("evt_t1_1", "rule:refused", "dead")
    letter = await letters.show("test.follow-thing", "evt_t1_1")
    assert letter.row is None
    assert [(act["act"], act["by"], act["why"], act["body"] is None) for act in letter.acts] == [
        ("replay", "staff:a", "mended", True),
        ("discard", "staff:b", "given up", False),
    ]
    assert letter.acts[1]["at"] - letter.acts[0]["at"] > timedelta(hours=1)
    first = await letters.acts(limit=1)
    second = await letters.acts(limit=1, cursor=first.next)
    assert [act["act"] for act in (*first.rows, *second.rows)] == ["discard", "replay"]
    assert second.next is None
    with pytest.raises(NotFound):
        await letters.show("test.follow-other", "evt_t1_1")


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"{"])
async def test_bytes_that_stay_unreadable_stay_one_dead_letter(reading: Reading, body: bytes) -> None:
    await reading.inbox.handle("test.follow-thing", [body])
    (row,) = (await reading.inbox.letters.parked()).rows
    for attempts in (2, 3):
        again = await reading.inbox.letters.replay("test.follow-thing", row["id"], by="staff:a")
        assert (again["state"], again["attempts"]) == ("dead", attempts)
    assert len(await reading.parked()) == 1


async def test_an_event_whose_data_holds_a_nul_is_parked_like_any_other(reading: Reading) -> None:
    """PostgreSQL keeps no such character; it must not keep the batch from being dealt with."""
    reading.trouble["c1"] = [Refused()]
    await reading.deliver(an_event(1, "c1"), an_event(1, "c\0", subject="t2", data={"colour": 7, "\0": 1}))
    assert sorted(await reading.parked()) == [("not_by_contract", "dead"), ("rule:refused", "dead")]
    reading.trouble["c3"] = [RuntimeError("a \0 in it")] * 9
    await reading.deliver(an_event(1, "c3", subject="t3"))
    assert ("defect", "waiting") in await reading.parked()


async def test_a_nul_where_text_is_expected_harms_nobody_but_its_event(reading: Reading) -> None:
    """I-15: what is looked up with it would fail for everybody who looks at the same moment."""
    events = [an_event(1, f"c{n}", subject=f"t{n}") for n in range(4)]
    await reading.deliver(an_event(1, "c\0", subject="bad"), *events, an_event(1, "a\\u0000", subject="odd"))
    assert await reading.parked() == [("not_by_contract", "dead")]
    assert [await reading.colours(f"t{n}") for n in range(4)] == [[f"c{n}"] for n in range(4)]
    assert await reading.colours("odd") == ["a\\u0000"]


async def test_a_handler_that_loses_a_race_is_run_again(reading: Reading) -> None:
    """A broken constraint makes the handler look again, and then it is the rule's own no."""
    await reading.database.committer.commit(Work(writes=[Put(marks, {"thing": "t1", "name": "c1", "n": 0})]))
    await reading.deliver(an_event(1))
    assert await reading.parked() == [("rule:constraint_broken", "dead")]


async def test_a_process_that_forgot_everything_takes_nothing_twice_and_loses_nothing(reading: Reading) -> None:
    """After a restart what is believed may be wrong; the claim in the transaction decides (I-13, C4)."""
    await reading.deliver(an_event(1, type="thing.moved.v1"), an_event(2))
    reading.inbox.progress.forget()
    await reading.deliver(an_event(1, type="thing.moved.v1"), an_event(2), an_event(3))
    reading.inbox.progress.forget()
    await reading.deliver(an_event(1, type="thing.moved.v1"))
    await reading.deliver(an_event(4, type="thing.moved.v1"))
    reading.inbox.progress.forget()
    reading.trouble["c2"] = [Refused()]
    await reading.deliver(*(an_event(n, type="thing.moved.v1") for n in (1, 4)), an_event(2), an_event(3), an_event(5))
    assert await reading.colours() == ["c2", "c3", "c5"]
    assert await reading.parked() == []


async def test_a_consumer_says_of_which_subjects_the_next_event_has_not_come(reading: Reading) -> None:
    """Z38: lost is what is neither handled nor parked nor given up; more subjects than one query looks up."""
    await reading.deliver(*(an_event(1, subject=f"many{n}") for n in range(120)))
    numbers = {f"many{n}": 1 for n in range(120)}
    assert await reading.inbox.behind("test.follow-thing", numbers) == {}
    await reading.deliver(an_event(3, subject="many7"))
    wanted = {**numbers, "many7": 3, "never": 2, "many8": 2}
    assert await reading.inbox.behind("test.follow-thing", wanted) == {"many7": 1, "never": 0, "many8": 1}
    await reading.deliver(an_event(2, subject="many7"))
    await reading.sweep()
    assert await reading.inbox.behind("test.follow-thing", wanted) == {"never": 0, "many8": 1}
    refused = an_event(1, "refused", subject="never")
    reading.trouble["refused"] = [Refused() for _ in range(20)]
    await reading.deliver(refused, an_event(2, subject="never"))
    assert await reading.inbox.behind("test.follow-thing", wanted) == {"many8": 1}, "a dead letter is not lost"
    await reading.inbox.letters.discard("test.follow-thing", refused.id, by="staff:1", why="given up")
    assert await reading.inbox.behind("test.follow-thing", wanted) == {"many8": 1}
