"""Parked events: how often and when they are tried, what counts anew, who waits for whom, page by page."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, cast

import pytest

from shared.contracts.envelope import Event
from shared.database.work import Outcome, Put, Work
from shared.kernel.errors import NotFound, NotYet, Refused, StaleVersion, Unavailable
from shared.messaging import inbox as subject, parking, subject_progress
from shared.messaging.dead_letters import RIVALS, Listing
from shared.messaging.inbox import Consumer, Inbox
from shared.runtime.loops import Loops
from tests.integration.shared.test_inbox import MOVED, Painted, Reading, Units, an_event, patient, reading
from tests.support.things import common
from tests.support.waiting import eventually

__all__ = ["reading"]

CONSUMER = "test.follow-thing"
at_once = pytest.mark.parametrize("reading", [0.0], ids=["at once"], indirect=True)


async def row_of(reading: Reading, event: str = "evt_t1_1") -> dict[str, Any]:
    (row,) = (await reading.inbox.letters.parked(event=event)).rows
    return dict(row)


async def tries(reading: Reading) -> list[float]:
    """The waits before each further attempt, until the event is dead; time goes on to each moment and not beyond."""
    waits = []
    while (row := await row_of(reading))["state"] == "waiting":
        waits.append((row["due_at"] - reading.now[0]).total_seconds())
        reading.now[0] = row["due_at"] - timedelta(milliseconds=1)
        assert await due(reading) == []
        reading.now[0] = row["due_at"]
        await reading.inbox.try_again(await due(reading))
    return waits


def handle(reading: Reading, handler: Callable[[Painted, Any], Awaitable[None]]) -> None:
    """From now on events are handled like this."""
    cast("dict[type[Event], Any]", reading.inbox._consumers[CONSUMER].handlers)[Painted] = handler


async def due(reading: Reading) -> Sequence[Any]:
    return await reading.database.reader.rows(reading.inbox.parking.due_query, now=reading.now[0])


@at_once
@pytest.mark.parametrize(
    ("error", "waits"),
    [
        (NotYet("order"), [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, *[60.0] * 5]),
        (RuntimeError("a defect"), [0.5, 1, 2, 4, 8]),
        (StaleVersion(), [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10, 10, 10]),
    ],
    ids=["not yet", "defect", "stale"],
)
async def test_each_reason_has_its_patience_counted_from_the_attempt_before(
    reading: Reading, monkeypatch: pytest.MonkeyPatch, error: Exception, waits: list[float]
) -> None:
    """I-15: whatever the age of the event, which was born nine hours before."""
    monkeypatch.setattr(subject, "SOON", ())
    reading.trouble["c1"] = [error] * 50
    await reading.deliver(an_event(1))
    assert await tries(reading) == waits
    row = await row_of(reading)
    assert (row["state"], row["attempts"]) == ("dead", len(waits) + 1)
    assert row["parked_at"] == datetime(2026, 11, 24, 9, tzinfo=UTC)
    reading.now[0] += timedelta(days=1)
    assert await due(reading) == []


@at_once
async def test_a_gap_is_tried_for_ever_and_never_less_often_than_twice_a_minute(reading: Reading) -> None:
    await reading.deliver(an_event(2))
    for _ in range(40):
        row = await row_of(reading, "evt_t1_2")
        assert timedelta(0) < row["due_at"] - reading.now[0] <= timedelta(seconds=30)
        reading.now[0] = row["due_at"]
        await reading.inbox.try_again(await due(reading))
    row = await row_of(reading, "evt_t1_2")
    assert (row["state"], row["attempts"]) == ("waiting", 41)
    await reading.deliver(an_event(1))
    await reading.sweep()
    assert await reading.colours() == ["c1", "c2"]


@at_once
async def test_attempts_of_one_reason_are_not_counted_on_into_another(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has waited long for a fact has not failed yet: its first defect is one of five."""
    monkeypatch.setattr(subject, "SOON", ())
    reading.trouble["c1"] = [*[NotYet("order")] * 4, *[RuntimeError("a defect")] * 2, *[NotYet("order")] * 15]
    await reading.deliver(an_event(1))
    seen = []
    for _ in range(20):
        row = await row_of(reading)
        seen.append((row["reason"], row["attempts"]))
        reading.now[0] = row["due_at"]
        await reading.inbox.try_again(await due(reading))
    assert seen[:8] == [
        *[("not_yet", n) for n in (1, 2, 3, 4)], ("defect", 1), ("defect", 2), ("not_yet", 1), ("not_yet", 2),
    ]  # fmt: skip
    await reading.sweep()
    assert await reading.colours() == ["c1"]


@at_once
async def test_a_handler_that_hangs_is_ended_at_its_limit_and_tried_again(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its neighbours do not wait for it any longer than that, and it has no effect twice."""
    monkeypatch.setattr(subject, "HANDLER_SECONDS", 0.2)
    hung: list[str] = []
    handler = reading.inbox._consumers[CONSUMER].handlers[Painted]

    async def hang(event: Painted, unit: Any) -> None:
        await handler(event, unit)
        if event.colour == "c1" and not hung:
            try:
                await asyncio.Future()
            finally:
                hung.append("ended")

    handle(reading, hang)
    async with asyncio.timeout(60):
        await reading.deliver(an_event(1), an_event(2), an_event(1, subject="t2", colour="other"))
    assert hung == ["ended"]
    assert (await reading.colours(), await reading.colours("t2")) == ([], ["other"])
    row = await row_of(reading)
    assert (row["reason"], row["state"], row["detail"]) == ("defect", "waiting", "TimeoutError: ")
    await reading.sweep()
    assert await reading.colours() == ["c1", "c2"]
    assert await reading.parked() == []


@at_once
async def test_a_dead_letter_that_comes_once_more_stays_dead(reading: Reading) -> None:
    """Whatever keeps it from its effect this time: a person decides."""
    reading.trouble["c1"] = [Refused(), *[NotYet("order")] * 20]
    await reading.deliver(an_event(1))
    before = await row_of(reading)
    reading.now[0] += timedelta(minutes=1)
    await reading.deliver(an_event(1))
    assert await row_of(reading) == before
    assert before["state"] == "dead"


@at_once
async def test_a_replayed_event_has_all_its_attempts_again_and_the_first_at_once(reading: Reading) -> None:
    reading.trouble["c1"] = [RuntimeError("a defect")] * 12
    await reading.deliver(an_event(1))
    await tries(reading)
    reading.now[0] += timedelta(hours=1)
    row = await reading.inbox.letters.replay(CONSUMER, "evt_t1_1", by="staff:a")
    assert (row["state"], row["attempts"], row["due_at"]) == ("waiting", 0, reading.now[0])
    await reading.inbox.try_again(await due(reading))
    assert await tries(reading) == [0.5, 1, 2, 4, 8]
    assert reading.trouble["c1"] == []
    assert (await row_of(reading))["state"] == "dead"


@at_once
async def test_a_gap_that_a_person_replays_is_still_a_gap(reading: Reading) -> None:
    """Only what is given up fills its place."""
    await reading.deliver(an_event(1), an_event(3), an_event(4))
    for event in ("evt_t1_3", "evt_t1_4"):
        await reading.inbox.letters.replay(CONSUMER, event, by="staff:a")
    await reading.sweep()
    assert await reading.parked() == [("gap", "waiting")] * 2
    await reading.deliver(an_event(2))
    await reading.sweep()
    assert await reading.colours() == ["c1", "c2", "c3", "c4"]


@at_once
async def test_only_what_its_own_consumer_gives_up_fills_a_place(reading: Reading) -> None:
    """Neither a replay that was in vain nor what another consumer gave up lets the next event pass."""
    other = Consumer("test.follow-other", ("thing",), reading.inbox._consumers[CONSUMER].handlers)
    reading.inbox = Inbox(
        reading.database, Units(), [reading.inbox._consumers[CONSUMER], other], lambda: reading.now[0]
    )
    letters = reading.inbox.letters
    reading.trouble["c1"] = [Refused()] * 3
    for consumer in (other.name, CONSUMER):
        await reading.inbox.handle(consumer, [an_event(1).encode().encode()])
    await letters.discard(other.name, "evt_t1_1", by="staff:a", why="a forgery")
    await letters.replay(CONSUMER, "evt_t1_1", by="staff:a")
    await reading.sweep()
    await reading.deliver(an_event(2))
    await reading.sweep()
    assert await reading.colours() == []
    assert sorted(await reading.parked()) == [("gap", "waiting"), ("rule:refused", "dead")]
    assert [act["act"] for act in (await letters.show(CONSUMER, "evt_t1_1")).acts] == ["replay"]


@at_once
async def test_what_one_consumer_gives_up_another_still_waits_for(reading: Reading) -> None:
    other = Consumer("test.follow-other", ("thing",), reading.inbox._consumers[CONSUMER].handlers)
    inbox = Inbox(reading.database, Units(), [reading.inbox._consumers[CONSUMER], other], lambda: reading.now[0])
    reading.inbox = inbox
    for consumer in (CONSUMER, other.name):
        await inbox.handle(consumer, [an_event(2).encode().encode()])
    await inbox.letters.discard(other.name, "evt_t1_2", by="staff:a", why="a forgery")
    assert [row["consumer"] for row in (await inbox.letters.parked()).rows] == [CONSUMER]
    assert len((await inbox.letters.show(other.name, "evt_t1_2")).acts) == 1
    with pytest.raises(NotFound):
        await inbox.letters.discard(other.name, "evt_t1_3", by="staff:a", why="a forgery")
    await inbox.handle(CONSUMER, [an_event(3).encode().encode()])
    assert await reading.parked() == [("gap", "waiting")] * 2
    await inbox.handle(CONSUMER, [an_event(1).encode().encode()])
    await reading.sweep()
    assert await reading.colours() == ["c1", "c2", "c3"]


@at_once
@pytest.mark.parametrize("readable", [True, False])
async def test_what_crashed_its_consumer_is_dead_with_its_bytes_and_can_be_replayed(
    reading: Reading, readable: bool
) -> None:
    """I-15: what the bus buries lies among the dead letters; buried twice it is one."""
    (subscription,) = reading.inbox.subscriptions()
    body = an_event(1).encode().encode() if readable else b"{"
    for _ in range(2):
        await subscription.keep_dead_letter(body, "it crashed each time")
    assert await reading.parked() == [("crash" if readable else "not_json", "dead")]
    assert await subscription.handle([an_event(2).encode().encode()]) == []
    assert await reading.colours() == []
    if not readable:
        return
    row = await row_of(reading)
    assert (row["detail"], row["body"].encode()) == ("it crashed each time", body)
    await reading.inbox.letters.replay(CONSUMER, "evt_t1_1", by="staff:a")
    await reading.sweep()
    assert await reading.colours() == ["c1", "c2"]


@at_once
async def test_two_messages_nobody_can_read_are_two_dead_letters(reading: Reading) -> None:
    await reading.inbox.handle(CONSUMER, [b"{", b"[", b"{"])
    assert await reading.parked() == [("not_json", "dead")] * 2
    bodies = {row["body"] for row in (await reading.inbox.letters.parked()).rows}
    assert bodies == {"{", "["}


async def fill(reading: Reading, count: int, **but: Any) -> None:
    """Parked events of subjects of their own, all due."""
    row = {
        "consumer": CONSUMER, "type": Painted.routing_key(), "sequence": 1, "state": "waiting", "reason": "not_yet",
        "detail": "", "attempts": 1, "parked_at": reading.now[0], "due_at": reading.now[0],
    }  # fmt: skip
    writes: list[Any] = [
        Put(
            common.parked,
            {
                **row,
                "id": f"evt_s{n}_1",
                "subject": f"s{n}",
                "body": an_event(1, subject=f"s{n}").encode(),
                **but,
            },
        )
        for n in range(count)
    ]
    await reading.database.committer.commit(Work(writes=writes))


@at_once
@pytest.mark.parametrize("count", [3, 4, 5])
async def test_a_sweep_goes_on_at_once_while_a_round_was_full(
    reading: Reading, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """More than a round holds is no reason to wait for the next one."""
    monkeypatch.setattr(parking, "SWEEP_BATCH", 2)
    monkeypatch.setattr(parking, "SWEEP_SECONDS", 3600)
    reading.inbox = Inbox(reading.database, Units(), [*reading.inbox._consumers.values()], lambda: reading.now[0])
    await fill(reading, count)
    asked: list[int] = []
    ask = reading.database.reader.rows

    async def counted(statement: Any, **parameters: Any) -> Sequence[Any]:
        rows = await ask(statement, **parameters)
        if statement is reading.inbox.parking.due_query:
            asked.append(len(rows))
        return rows

    monkeypatch.setattr(reading.database.reader, "rows", counted)
    loops = Loops()
    loops.add("sweep", reading.inbox.sweep)
    loops.start()

    async def taken() -> bool:
        return reading.inbox.handled == count

    await eventually(taken)
    await loops.stop()
    assert asked[: count // 2] == [2] * (count // 2)
    assert await reading.parked() == []


@at_once
async def test_what_belongs_to_a_consumer_that_is_no_more_starves_nobody(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays due for ever: a round that was full of it would come again at once, and bring nothing else."""
    monkeypatch.setattr(parking, "SWEEP_BATCH", 2)
    reading.inbox = Inbox(reading.database, Units(), [*reading.inbox._consumers.values()], lambda: reading.now[0])
    await fill(reading, 5, consumer="test.follow-nothing")
    reading.trouble["c1"] = [RuntimeError("a defect")]
    await reading.deliver(an_event(1))
    await reading.sweep()
    assert await reading.colours() == ["c1"]
    assert len(await reading.parked()) == 5


@at_once
async def test_a_parked_row_that_somebody_has_damaged_is_dead_and_its_neighbours_are_tried(reading: Reading) -> None:
    """One row must not keep the sweep of a whole service from its work."""
    reading.trouble |= {"c1": [RuntimeError()], "c2": [RuntimeError()]}
    await reading.deliver(an_event(1), an_event(1, "c2", subject="t2"))
    damaged = {**await row_of(reading), "body": "{"}
    await reading.database.committer.commit(Work(writes=[Put(common.parked, damaged)]))
    await reading.sweep()
    assert await reading.colours("t2") == ["c2"]
    row = await row_of(reading)
    assert (row["state"], row["reason"], row["body"]) == ("dead", "not_json", "{")
    assert row["detail"] != damaged["detail"]


@at_once
async def test_an_outage_for_one_subject_is_raised_after_its_neighbours_have_had_their_effect(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batch is offered again as a whole, and nobody of it is cut off in the middle."""
    reading.trouble["c1"] = [Unavailable("database")]
    handler = reading.inbox._consumers[CONSUMER].handlers[Painted]

    async def slowly(event: Painted, unit: Any) -> None:
        if event.colour == "slow":
            await asyncio.sleep(0.05)
        await handler(event, unit)

    handle(reading, slowly)
    batch = [an_event(1), an_event(1, "slow", subject="t2"), an_event(1, "c3", subject="t3")]
    with pytest.raises(Unavailable):
        await reading.deliver(*batch)
    assert [await reading.colours(f"t{n}") for n in (1, 2, 3)] == [[], ["slow"], ["c3"]]
    await reading.deliver(*batch)
    assert [await reading.colours(f"t{n}") for n in (1, 2, 3)] == [["c1"], ["slow"], ["c3"]]
    assert reading.inbox.handled == 3


async def read_to_the_end(read: Callable[..., Awaitable[Listing]]) -> tuple[list[str], list[int]]:
    """The subjects, in pages of two, and how many each page held."""
    pages = [await read(limit=2)]
    while pages[-1].next is not None:
        pages.append(await read(cursor=pages[-1].next, limit=2))
    return [row["subject"] for page in pages for row in page.rows], [len(page.rows) for page in pages]


@at_once
@pytest.mark.parametrize(("count", "pages"), [(1, [1]), (2, [2]), (3, [2, 1]), (4, [2, 2]), (5, [2, 2, 1])])
async def test_a_list_ends_where_it_ends(reading: Reading, count: int, pages: list[int]) -> None:
    """One below, at, and above what a page holds: nothing is shown twice or left out, and no page is empty."""
    for n in range(count):
        reading.trouble[f"c{n}"] = [Refused()] * 2
        await reading.deliver(an_event(1, f"c{n}", subject=f"t{n}"))
    letters = reading.inbox.letters
    subjects = [f"t{n}" for n in range(count)]
    assert await read_to_the_end(letters.parked) == (subjects, pages)

    for n in range(count):
        await letters.replay(CONSUMER, f"evt_t{n}_1", by="staff:a")
    assert await read_to_the_end(letters.acts) == (subjects[::-1], pages)


@at_once
async def test_a_list_holds_what_fits_every_word_of_the_question(reading: Reading) -> None:
    every: list[tuple[str, str, str]] = []
    for consumer in (CONSUMER, "test.follow-other"):
        await fill(reading, 2, consumer=consumer)
        every += [(consumer, "evt_s0_1", "waiting"), (consumer, "evt_s1_1", "waiting")]
        reading.now[0] += timedelta(seconds=1)
    (row,) = (await reading.inbox.letters.parked(consumer=CONSUMER, event="evt_s1_1")).rows
    await reading.database.committer.commit(Work(writes=[Put(common.parked, {**row, "state": "dead"})]))
    every[1] = (CONSUMER, "evt_s1_1", "dead")
    for asked in product(
        (None, CONSUMER, "test.follow-other"), (None, "evt_s0_1", "evt_s1_1"), (None, "waiting", "dead")
    ):
        page = await reading.inbox.letters.parked(consumer=asked[0], event=asked[1], state=asked[2])
        assert [(row["consumer"], row["id"], row["state"]) for row in page.rows] == [
            each for each in every if all(wanted in {None, found} for wanted, found in zip(asked, each, strict=True))
        ]


@at_once
async def test_a_discard_that_others_overtake_looks_again_and_not_for_ever(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading.trouble["c1"] = [Refused()]
    await reading.deliver(an_event(1))
    commit = reading.database.committer.commit
    said = [Outcome.TAKEN] * (RIVALS - 1)
    asked: list[Work] = []

    async def overtaken(work: Work) -> Outcome:
        asked.append(work)
        return said.pop() if said else await commit(work)

    monkeypatch.setattr(reading.database.committer, "commit", overtaken)
    await reading.inbox.letters.discard(CONSUMER, "evt_t1_1", by="staff:a", why="given up")
    assert len(asked) == RIVALS
    assert await reading.parked() == []

    reading.trouble["c2"] = [Refused()]
    await reading.deliver(an_event(2))
    asked.clear()
    said += [Outcome.TAKEN] * 100
    with pytest.raises(StaleVersion):
        await reading.inbox.letters.discard(CONSUMER, "evt_t1_2", by="staff:a", why="given up")
    assert len(asked) == RIVALS
    said.clear()
    assert await reading.parked() == [("rule:refused", "dead")]


@patient
async def test_what_is_passed_over_is_noted_soon_by_itself(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    """Woken by what came, not by the next look."""
    monkeypatch.setattr(subject, "CATCH_UP_SECONDS", 3600)
    loops = Loops()
    loops.add("catch up", reading.inbox.catch_up)
    loops.start()
    for n in (1, 2):
        (ack,) = await reading.deliver(an_event(n, **MOVED))
        async with asyncio.timeout(60):
            await ack
    assert await reading.noted() == 2
    await loops.stop()


@patient
async def test_the_memory_of_subjects_is_bounded_and_keeps_who_waits(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is forgotten is looked up again; an acknowledgement that is owed is not forgotten."""
    monkeypatch.setattr(subject_progress, "REMEMBERED", 3)
    (ack,) = await reading.deliver(an_event(1, subject="owed", **MOVED))
    for n in range(10):
        await reading.deliver(an_event(1, f"c{n}", subject=f"t{n}"))
        assert len(reading.inbox.progress) <= 3
    assert not ack.done()
    await reading.inbox.write_progress()
    assert ack.done()
    assert await reading.noted("owed") == 1
    await reading.deliver(an_event(1, "c0", subject="t0"), an_event(2, subject="t0"))
    assert await reading.colours("t0") == ["c0", "c2"]
