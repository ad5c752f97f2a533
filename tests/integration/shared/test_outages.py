"""The database away between any two steps: nothing is lost, and nothing is done twice.

An outage strikes one call: before it reaches the database, or after it was carried out and before the answer is there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import select

from shared.database.database import Database
from shared.database.reader import Row
from shared.database.work import Add, OutboxRow, Outcome, Put, Work, Write
from shared.kernel.errors import NotYet, Refused, Unavailable
from shared.messaging import inbox as subject
from shared.messaging.bus import Message
from shared.messaging.relay import Relay
from tests.conftest import Engines
from tests.integration.shared.test_aggregate_cache import Process, one, url
from tests.integration.shared.test_inbox import MOVED, Reading, an_event, reading
from tests.support.things import common, marks, metadata

__all__ = ["one", "reading", "url"]

T = TypeVar("T")
CONSUMER = "test.follow-thing"
STEPS = ("commit", "load")
late = pytest.mark.parametrize("late", [False, True], ids=["before", "after"])


@dataclass
class Outage:
    """Strikes the call with this number, of commits or of loads."""

    number: int
    late: bool
    calls: int = 0

    @property
    def struck(self) -> bool:
        return self.calls > self.number

    def over(self, call: Callable[..., Awaitable[T]]) -> Callable[..., Awaitable[T]]:
        async def calling(*arguments: Any) -> T:
            self.calls += 1
            if self.calls - 1 != self.number:
                return await call(*arguments)
            if self.late:
                await call(*arguments)
            raise Unavailable("database")

        return calling


def plan(outage: Outage, step: str, database: Database, patch: pytest.MonkeyPatch) -> None:
    where: Any = database.committer if step == "commit" else database.reader
    patch.setattr(where, step, outage.over(getattr(where, step)))


async def until_served(work: Callable[[], Awaitable[T]]) -> T:
    """As the bus and the loops do: again, after an outage."""
    try:
        return await work()
    except Unavailable:
        return await work()


def batch_of(name: str) -> list[bytes]:
    """An effect, one nobody cares for, a refusal, one behind it, a gap, a neighbour, and bytes nobody can read."""
    events = [
        an_event(1, subject=f"{name}a"),
        an_event(2, subject=f"{name}a", **MOVED),
        an_event(3, "no", subject=f"{name}a"),
        an_event(4, subject=f"{name}a"),
        an_event(2, subject=f"{name}b"),
        an_event(1, subject=f"{name}c"),
        an_event(1, subject=f"{name}d", **MOVED),
    ]
    return [*(event.encode().encode() for event in events), f"{{{name}!".encode()]


async def outcome_of(reading: Reading, name: str) -> dict[str, Any]:
    """What has become of a batch, its name left out."""
    parked = (await reading.inbox.letters.parked(limit=1000)).rows
    mine = [row for row in parked if row["subject"].startswith(name) or row["body"] == f"{{{name}!"]
    return {
        "effects": {each: await reading.colours(f"{name}{each}") for each in "abcd"},
        "noted": {each: await reading.noted(f"{name}{each}") for each in "abcd"},
        "parked": sorted(
            (row["subject"].removeprefix(name), row["sequence"], row["reason"], row["state"]) for row in mine
        ),
    }


CALM = {
    "effects": {"a": ["c1"], "b": [], "c": ["c1"], "d": []},
    "noted": {"a": 2, "b": 0, "c": 1, "d": 1},
    "parked": [
        ("", 0, "not_json", "dead"),
        ("a", 3, "rule:refused", "dead"),
        ("a", 4, "gap", "waiting"),
        ("b", 2, "gap", "waiting"),
    ],
}


@late
@pytest.mark.parametrize("step", STEPS)
async def test_a_batch_ends_as_without_an_outage_wherever_the_outage_was(
    reading: Reading, monkeypatch: pytest.MonkeyPatch, step: str, late: bool
) -> None:
    """I-13, I-15: also refusals, which nobody would bring again."""
    reading.trouble["no"] = [Refused()] * 1000
    number = 0
    while True:
        name = f"s{number}"
        outage = Outage(number, late)
        with monkeypatch.context() as patch:
            plan(outage, step, reading.database, patch)
            await until_served(lambda name=name: reading.inbox.handle(CONSUMER, batch_of(name)))  # type: ignore[misc]
            await until_served(reading.inbox.write_progress)
        assert await outcome_of(reading, name) == CALM, number
        if not outage.struck:
            break
        number += 1
    assert number >= (7 if step == "commit" else 4)


@late
@pytest.mark.parametrize("step", STEPS)
async def test_what_is_tried_again_has_its_effect_once_wherever_the_outage_was(
    reading: Reading, monkeypatch: pytest.MonkeyPatch, step: str, late: bool
) -> None:
    """I-14: the effect, and that the event is parked no longer, are one commit."""
    monkeypatch.setattr(subject, "SOON", ())
    number = 0
    while True:
        name = f"s{number}"
        reading.trouble[name] = [NotYet("order")]
        await reading.deliver(
            an_event(1, name, subject=name), an_event(2, subject=name), an_event(3, subject=name, **MOVED)
        )
        reading.now[0] += timedelta(hours=1)
        rows = await reading.database.reader.rows(reading.inbox.parking.due_query, now=reading.now[0])
        assert len(rows) == 3
        outage = Outage(number, late)
        with monkeypatch.context() as patch:
            plan(outage, step, reading.database, patch)
            for _ in range(3):
                await until_served(lambda rows=rows: reading.inbox.try_again(rows))  # type: ignore[misc]
                reading.now[0] += timedelta(hours=1)
                rows = await reading.database.reader.rows(reading.inbox.parking.due_query, now=reading.now[0])
        assert await reading.colours(name) == [name, "c2"]
        assert (await reading.parked(), await reading.noted(name)) == ([], 3)
        if not outage.struck:
            break
        number += 1
    assert number >= (3 if step == "commit" else 0)


@late
@pytest.mark.parametrize("step", STEPS)
async def test_what_a_person_does_about_a_dead_letter_is_done_once_wherever_the_outage_was(
    reading: Reading, monkeypatch: pytest.MonkeyPatch, step: str, late: bool
) -> None:
    """N04: who gets no answer asks again; bytes that a newer program can read are taken before they are let go."""
    letters = reading.inbox.letters
    number = 0
    while True:
        name = f"s{number}"
        reading.trouble[name] = [Refused()]
        await reading.deliver(an_event(1, name, subject=name), an_event(2, subject=name))
        await reading.inbox.handle(CONSUMER, [f"{{{name}".encode()])
        (odd,) = [row for row in (await letters.parked()).rows if row["body"] == f"{{{name}"]
        readable = {**odd, "body": an_event(1, subject=f"odd{name}").encode()}
        await reading.database.committer.commit(Work(writes=[Put(common.parked, readable)]))
        outage = Outage(number, late)
        with monkeypatch.context() as patch:
            plan(outage, step, reading.database, patch)
            await until_served(
                lambda name=name: letters.discard(CONSUMER, f"evt_{name}_1", by="staff:a", why="given up")  # type: ignore[misc]
            )
            try:
                await letters.replay(CONSUMER, odd["id"], by="staff:a")
            except Unavailable:
                if await letters._row(CONSUMER, odd["id"]) is not None:
                    await letters.replay(CONSUMER, odd["id"], by="staff:a")
        await reading.sweep()
        assert (await reading.colours(name), await reading.colours(f"odd{name}")) == (["c2"], ["c1"])
        assert await reading.parked() == []
        acts = [*(await letters.show(CONSUMER, f"evt_{name}_1")).acts, *(await letters.show(CONSUMER, odd["id"])).acts]
        assert [act["act"] for act in acts] == ["discard", "replay"]
        if not outage.struck:
            break
        number += 1
    assert number >= 3


@late
async def test_a_use_case_that_got_no_answer_leaves_no_copy_that_is_wrong(
    one: Process, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    """The next one sees what is there, whether the change before was carried out or not, and waits for nobody."""
    assert await one.add() == 1
    with monkeypatch.context() as patch:
        plan(Outage(0, late), "commit", one.database, patch)
        with pytest.raises(Unavailable):
            await one.add()
    assert one.cache._held_now == {}
    assert await one.add() == (3 if late else 2)
    assert await one.count() == (3 if late else 2)


@dataclass
class Shore:
    """A bus that keeps what arrives, in order; it may be away."""

    arrived: list[str] = field(default_factory=list)
    away: int = 0

    async def publish(self, messages: Sequence[Message]) -> int:
        if self.away:
            self.away -= 1
            raise Unavailable("broker")
        self.arrived += [message.id for message in messages]
        return len(messages)


@dataclass
class Feed:
    """An archive that numbers what it keeps, as the finance feed does: a number twice would break a constraint."""

    database: Database
    last: int | None = None
    forgot: int = 0

    async def keep(self, rows: Sequence[Row]) -> Sequence[Write]:
        if self.last is None:
            self.last = len(await self.rows())
        writes = []
        for row in rows:
            self.last += 1
            writes.append(Add(marks, {"thing": "feed", "name": str(self.last), "n": int(row["id"])}))
        return writes

    def forget(self) -> None:
        self.forgot += 1
        self.last = None

    async def rows(self) -> list[int]:
        found = await self.database.reader.rows(select(marks).where(marks.c.thing == "feed"))
        return [row["n"] for row in sorted(found, key=lambda row: int(row["name"]))]


async def happened(database: Database, *numbers: int) -> None:
    rows = [OutboxRow(str(n), "thing.made.v1", str(n), 1, "{}") for n in numbers]
    await database.committer.commit(Work(outbox=rows))


async def left(database: Database) -> list[str]:
    return [row["id"] for row in await database.reader.rows(select(common.outbox))]


async def gone(relay: Relay) -> None:
    """Every removal that is under way has ended."""
    if relay._leaving:
        await asyncio.wait({*relay._leaving.values()})


@late
async def test_what_was_published_and_not_taken_out_goes_once_more_and_is_kept_once(
    engines: Engines, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    """I-11: the same bytes again, nothing is left behind, and the feed has no number twice and none missing."""
    database, shore = await engines.fresh(metadata, common), Shore()
    feed = Feed(database)
    relay = Relay(database, shore, feed)  # type: ignore[arg-type]
    await happened(database, 1, 2)
    piggy_back = database.committer.piggy_back

    def struck(work: Work) -> "asyncio.Future[Outcome]":
        async def fail() -> Outcome:
            if late:
                await piggy_back(work)
            raise Unavailable("database")

        return asyncio.ensure_future(fail())

    with monkeypatch.context() as patch:
        patch.setattr(database.committer, "piggy_back", struck)
        assert await relay.publish_once() == 2
        await gone(relay)
    await happened(database, 3)
    for _ in range(2):
        try:
            while await relay.publish_once():
                pass
        except Unavailable:
            continue
    await gone(relay)
    assert await relay.publish_once() == 0
    assert shore.arrived == (["1", "2", "3"] if late else ["1", "2", "1", "2", "3"])
    assert await left(database) == []
    assert await feed.rows() == [1, 2, 3]
    assert feed.forgot >= 1


async def test_a_relay_that_dies_between_publishing_and_taking_out_leaves_it_to_the_next_one(
    engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, shore = await engines.fresh(metadata, common), Shore()
    await happened(database, 1, 2)
    with monkeypatch.context() as patch:
        patch.setattr(database.committer, "piggy_back", lambda _: asyncio.get_running_loop().create_future())
        await Relay(database, shore).publish_once()  # type: ignore[arg-type]
    assert await left(database) == ["1", "2"]
    heir = Relay(database, shore)  # type: ignore[arg-type]
    assert await heir.publish_once() == 2
    await gone(heir)
    assert shore.arrived == ["1", "2", "1", "2"]
    assert await left(database) == []


async def test_what_the_broker_did_not_take_stays_and_leaves_in_its_order(engines: Engines) -> None:
    database, shore = await engines.fresh(metadata, common), Shore(away=2)
    relay = Relay(database, shore)  # type: ignore[arg-type]
    for number in (1, 2):
        await happened(database, number)
        with pytest.raises(Unavailable):
            await relay.publish_once()
    assert await left(database) == ["1", "2"]
    await happened(database, 3)
    while await relay.publish_once():
        pass
    await gone(relay)
    assert shore.arrived == ["1", "2", "3"]
    assert await left(database) == []
