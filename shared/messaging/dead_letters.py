"""Dead letters: a person looks at parked events, replays or discards them. Every such act is kept as a row (N04).

An act and its record are one commit. The record of a discarded event keeps its bytes, so only the effect is lost. The
record also marks the event's number as passed, so that later events of the subject continue.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

import structlog
from sqlalchemy import Select, String, bindparam, select, tuple_

from shared.contracts.envelope import Envelope, Unreadable
from shared.database.database import Database
from shared.database.reader import Row
from shared.database.types import UtcDateTime
from shared.database.work import Add, Claim, Outcome, Put, Remove, Work
from shared.kernel.errors import NO_CURSOR, Malformed, NotFound, Said, StaleVersion
from shared.kernel.state_table import Act, State, StateTable, Trigger
from shared.runtime.clock import Clock, new_id

log = structlog.get_logger(__name__)

RIVALS: Final = 10
"""How often a discard is tried again when the sweep or another person was faster."""
_BEGINNING: Final = (datetime(1970, 1, 1, tzinfo=UTC), "", "")
_AFTER_ALL: Final = "~"


class DeadLetterState(StrEnum):
    """The state of a parked event."""

    WAITING = "waiting"
    DEAD = "dead"


class ParkedEventState(StrEnum):
    """The life of a parked event, its ends included. The row of an event that has ended is gone."""

    WAITING = "waiting"
    DEAD = "dead"
    HANDLED = "handled"
    DISCARDED = "discarded"


_LETTER: Final = "/v1/operations/{service}/dead-letters/{event_id}"
_DISCARD: Final = Act(
    verb="discard",
    trigger=Trigger.OPERATION,
    by=f"POST {_LETTER}/discard",
    leads_to=frozenset({ParkedEventState.DISCARDED}),
)

PARKED_EVENT_STATES: Final[StateTable] = {
    ParkedEventState.WAITING: State(
        means=Said("The event waits for what it depends on.", "事件等待其依赖的信息。"),
        acts=(
            Act(
                verb="try",
                trigger=Trigger.CLOCK,
                by="sweep",
                leads_to=frozenset({ParkedEventState.HANDLED, ParkedEventState.WAITING, ParkedEventState.DEAD}),
                until=Said("after growing pauses", "按递增间隔"),
            ),
            Act(
                verb="replay",
                trigger=Trigger.OPERATION,
                by=f"POST {_LETTER}/replay",
                leads_to=frozenset({ParkedEventState.WAITING}),
            ),
            _DISCARD,
        ),
    ),
    ParkedEventState.DEAD: State(
        means=Said("A person must act: the event is not tried again by itself.", "须由人工处理：事件不会自动重试。"),
        acts=(
            Act(
                verb="replay",
                trigger=Trigger.OPERATION,
                by=f"POST {_LETTER}/replay",
                leads_to=frozenset({ParkedEventState.WAITING}),
            ),
            _DISCARD,
        ),
    ),
    ParkedEventState.HANDLED: State(means=Said("The event has had its effect.", "事件已生效。"), end=True),
    ParkedEventState.DISCARDED: State(
        means=Said(
            "A person has given the event up, with a reason on record; later events go on.",
            "已由人工放弃并留档原因；其后的事件继续处理。",
        ),
        end=True,
    ),
}
"""What may happen to a parked event (R08)."""


class DeadLetterAct(StrEnum):
    """What a person did about a parked event."""

    REPLAY = "replay"
    DISCARD = "discard"


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of rows and where the next one starts."""

    rows: Sequence[Row]
    next: str | None


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A parked event (`row`, None once it is handled or discarded), and what was done about it, oldest first."""

    row: Row | None
    acts: Sequence[Row]


class DeadLetters:
    """The parked events of one service. `handle` is the inbox's, for bytes that could not be read before."""

    def __init__(
        self, database: Database, clock: Clock, handle: Callable[[str, Sequence[bytes]], Awaitable[object]]
    ) -> None:
        self._database = database
        self._clock = clock
        self._handle = handle
        self._parked = database.tables.parked
        self._acts = database.tables.dead_letter_acts
        self._inbox = database.tables.inbox
        self._lists = {
            (state, consumer, event): self._list(state=state, consumer=consumer, event=event)
            for state in (False, True)
            for consumer in (False, True)
            for event in (False, True)
        }
        acts = self._acts
        self._newest = (
            select(acts).where(acts.c.id < bindparam("before")).order_by(acts.c.id.desc()).limit(bindparam("count"))
        )

    def _list(self, *, state: bool, consumer: bool, event: bool) -> Select[Any]:
        """The query for parked events, oldest first; made once, because the reader keeps compiled queries."""
        columns = self._parked.c
        place = tuple_(columns.parked_at, columns.id, columns.consumer)
        after = tuple_(
            bindparam("at", type_=UtcDateTime()), bindparam("id", type_=String), bindparam("queue", type_=String)
        )
        return (
            select(self._parked)
            .where(
                place > after,
                *([columns.state == bindparam("state")] if state else []),
                *([columns.consumer == bindparam("consumer")] if consumer else []),
                *([columns.id == bindparam("event")] if event else []),
            )
            .order_by(columns.parked_at, columns.id, columns.consumer)
            .limit(bindparam("count"))
        )

    async def parked(
        self,
        *,
        state: str | None = None,
        consumer: str | None = None,
        event: str | None = None,
        cursor: str | None = None,
        limit: int = 200,
    ) -> Listing:
        """Parked events, oldest first. `Malformed` for an unknown cursor."""
        given = {"state": state, "consumer": consumer, "event": event}
        wanted = {name: value for name, value in given.items() if value is not None}
        at, after, queue = _BEGINNING if cursor is None else _place(cursor)
        rows = await self._database.reader.rows(
            self._lists["state" in wanted, "consumer" in wanted, "event" in wanted],
            at=at, id=after, queue=queue, count=limit + 1, **wanted,
        )  # fmt: skip
        return Listing(rows[:limit], _cursor(rows[limit - 1]) if len(rows) > limit else None)

    async def acts(self, *, cursor: str | None = None, limit: int = 200) -> Listing:
        """Acts of people, newest first."""
        rows = await self._database.reader.rows(self._newest, before=cursor or _AFTER_ALL, count=limit + 1)
        return Listing(rows[:limit], rows[limit - 1]["id"] if len(rows) > limit else None)

    async def show(self, consumer: str, event: str) -> DeadLetter:
        """One event that is parked, or that a person replayed or discarded; `NotFound` for any other."""
        letter = DeadLetter(await self._row(consumer, event), await self._acts_on(consumer, event))
        if letter.row is None and not letter.acts:
            raise NotFound("parked event")
        return letter

    async def replay(self, consumer: str, event: str, *, by: str, why: str | None = None) -> Row:
        """Try a parked event again now, with the same id; repeating this is harmless (N04)."""
        row = await self._row(consumer, event)
        if row is None:
            raise NotFound("parked event")
        log.warning("dead_letter_replayed", consumer=consumer, event_id=event, by=by, why=why)
        record = self._record(DeadLetterAct.REPLAY, row, by=by, why=why, body=None)
        if row["subject"]:
            again = {**row, "state": DeadLetterState.WAITING.value, "attempts": 0, "due_at": self._clock()}
            await self._commit([Put(self._parked, again), record])
            return again
        return await self._read_again(row, record)

    async def _read_again(self, row: Row, record: Add) -> Row:
        """Read bytes again that could not be read. If they are an event now, the inbox handles it."""
        try:
            Envelope.decode(row["body"])
        except Unreadable as unreadable:
            again = {**row, "reason": unreadable.reason, "attempts": row["attempts"] + 1, "due_at": self._clock()}
            await self._commit([Put(self._parked, again), record])
            return again
        await self._handle(row["consumer"], [row["body"].encode()])
        await self._commit([Remove(self._parked, {"consumer": row["consumer"], "id": row["id"]}), record])
        return {**row, "state": DeadLetterState.WAITING.value}

    async def discard(self, consumer: str, event: str, *, by: str, why: str) -> Row:
        """Give up a parked event, on record; later events of its subject continue. A repeated call has the same result.

        Raises `NotFound`; `StaleVersion` when others were faster each time.
        """
        for _ in range(RIVALS):
            row = await self._row(consumer, event)
            if row is None:
                given_up = [act for act in await self._acts_on(consumer, event) if act["act"] == DeadLetterAct.DISCARD]
                if not given_up:
                    raise NotFound("parked event")
                return _as_parked(given_up[-1])
            work = Work(
                writes=[
                    Remove(self._parked, {"consumer": consumer, "id": event}),
                    self._record(DeadLetterAct.DISCARD, row, by=by, why=why, body=row["body"]),
                ]
            )
            taken = await self._taken(consumer, row["subject"])
            if row["subject"] and row["sequence"] == taken + 1:
                work.claim = Claim(consumer, row["subject"], taken, row["sequence"])
            if await self._database.committer.commit(work) is Outcome.COMMITTED:
                log.warning("dead_letter_discarded", consumer=consumer, event_id=event, by=by, why=why)
                return row
        raise StaleVersion

    async def passed(self, consumer: str, subject: str, taken: int) -> int:
        """The last number of a subject that is handled or discarded."""
        given_up = {
            act["sequence"]
            for act in await self._database.reader.load(self._acts, "subject", subject)
            if act["consumer"] == consumer and act["act"] == DeadLetterAct.DISCARD
        }
        while taken + 1 in given_up:
            taken += 1
        return taken

    async def _row(self, consumer: str, event: str) -> Row | None:
        rows = await self._database.reader.load(self._parked, "id", event)
        return next((row for row in rows if row["consumer"] == consumer), None)

    async def _acts_on(self, consumer: str, event: str) -> Sequence[Row]:
        rows = await self._database.reader.load(self._acts, "event_id", event)
        return [row for row in rows if row["consumer"] == consumer]

    async def _taken(self, consumer: str, subject: str) -> int:
        rows = await self._database.reader.load(self._inbox, "subject", subject)
        return next((row["sequence"] for row in rows if row["consumer"] == consumer), 0)

    async def _commit(self, writes: list[Put | Remove | Add]) -> None:
        await self._database.committer.commit(Work(writes=[*writes]))

    def _record(self, act: DeadLetterAct, row: Row, *, by: str, why: str | None, body: str | None) -> Add:
        values = {
            "id": new_id("act"),
            "act": act.value,
            "by": by,
            "at": self._clock(),
            "why": why,
            "consumer": row["consumer"],
            "event_id": row["id"],
            "type": row["type"],
            "subject": row["subject"],
            "sequence": row["sequence"],
            "state": row["state"],
            "reason": row["reason"],
            "detail": row["detail"],
            "attempts": row["attempts"],
            "parked_at": row["parked_at"],
            "body": body,
        }
        return Add(self._acts, values)


def _as_parked(act: Row) -> Row:
    """A discarded event as it was when it was parked."""
    return {**act, "id": act["event_id"], "due_at": act["at"]}


def _cursor(row: Row) -> str:
    place = [row["parked_at"].isoformat(), row["id"], row["consumer"]]
    return urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _place(cursor: str) -> tuple[datetime, str, str]:
    try:
        at, event, consumer = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return datetime.fromisoformat(at).astimezone(UTC), str(event), str(consumer)
    except (ValueError, TypeError) as error:
        raise Malformed(pointer="/query/cursor", reason=NO_CURSOR) from error
