"""The table of parked events: putting events in, reading what is due, taking events out."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

import structlog
from sqlalchemy import bindparam, false, or_, select

from shared.contracts.envelope import Envelope, Unreadable
from shared.database.database import Database
from shared.database.reader import Row
from shared.database.work import Put, Remove, Work
from shared.messaging.dead_letters import DeadLetterState
from shared.messaging.retry_delays import DEAD_AT_ONCE, OUT_OF_ORDER, RETRY_DELAYS, ParkingReason
from shared.runtime.clock import Clock

log = structlog.get_logger(__name__)

SWEEP_BATCH: Final = 200
SWEEP_SECONDS: Final = 0.5
LONGEST_DETAIL: Final = 2000
LONGEST_BODY: Final = 1_000_000
NUL: Final = "\N{SYMBOL FOR NULL}"
"""Replaces the one character that PostgreSQL does not store in a text."""


class Parking:
    """The parked events of one service's consumers."""

    def __init__(self, database: Database, consumers: Iterable[str], clock: Clock) -> None:
        self._database = database
        self._clock = clock
        parked = self._parked = database.tables.parked
        self.due_query = (
            select(parked)
            .where(
                parked.c.state == DeadLetterState.WAITING.value,
                parked.c.due_at <= bindparam("now"),
                or_(false(), *(parked.c.consumer == name for name in consumers)),
            )
            .order_by(parked.c.subject, parked.c.sequence)
            .limit(SWEEP_BATCH)
        )
        self._next_due: datetime | None = None
        self.new_rows = database.signals.when("parked_events")
        """Set when a row is written by this process."""

    async def due(self) -> Sequence[Row]:
        """Events whose delay has passed, the events of one subject in order."""
        if self._next_due is not None and self._next_due <= self._clock():
            self._next_due = None
        return await self._database.reader.rows(self.due_query, now=self._clock())

    def seconds_until_due(self) -> float:
        """Seconds until the next event parked by this process is due; polling finds those of other processes."""
        if self._next_due is None:
            return SWEEP_SECONDS
        return min(max((self._next_due - self._clock()).total_seconds(), 0.001), SWEEP_SECONDS)

    async def park(self, consumer: str, envelope: Envelope, why: ParkingReason) -> None:
        """Park an event, or count one more attempt. A dead event stays dead until a person replays it."""
        before = next(
            (
                row
                for row in await self._database.reader.load(self._parked, "id", envelope.id)
                if row["consumer"] == consumer
            ),
            None,
        )
        if before is not None and before["state"] == DeadLetterState.DEAD:
            return
        attempts = before["attempts"] + 1 if before is not None and before["reason"] == why.reason else 1
        delays = RETRY_DELAYS.get(why.reason, DEAD_AT_ONCE)
        dead = delays.attempts is not None and attempts > delays.attempts
        now = self._clock()
        due_at = now + delays.delay(attempts - 1)
        if not dead:
            self._next_due = due_at if self._next_due is None else min(self._next_due, due_at)
        if dead or attempts == 1:
            write = log.info if why.reason in OUT_OF_ORDER and not dead else log.warning
            write(
                "event_parked",
                consumer=consumer,
                event_id=envelope.id,
                reason=why.reason,
                dead=dead,
                detail=why.detail,
            )
        await self._put(
            consumer=consumer,
            id=envelope.id,
            type=envelope.type,
            subject=envelope.subject,
            sequence=envelope.sequence,
            state=(DeadLetterState.DEAD if dead else DeadLetterState.WAITING).value,
            reason=why.reason,
            detail=why.detail[:LONGEST_DETAIL].replace("\0", NUL),
            attempts=attempts,
            body=envelope.encode(),
            parked_at=before["parked_at"] if before is not None else now,
            due_at=due_at,
        )

    async def keep_unreadable(self, consumer: str, body: bytes, why: ParkingReason) -> None:
        """Keep bytes that are no event as a dead letter. The same bytes are kept once."""
        now = self._clock()
        log.error("event_unreadable", consumer=consumer, reason=why.reason, bytes=len(body))
        await self._put(
            consumer=consumer,
            id="unreadable_" + sha256(body).hexdigest()[:32],
            type="unreadable",
            subject="",
            sequence=0,
            state=DeadLetterState.DEAD.value,
            reason=why.reason,
            detail=why.detail[:LONGEST_DETAIL].replace("\0", NUL),
            attempts=1,
            body=body[:LONGEST_BODY].decode("utf-8", "backslashreplace").replace("\0", "\\x00"),
            parked_at=now,
            due_at=now,
        )

    async def mark_damaged(self, row: Row, unreadable: Unreadable) -> None:
        """A row that somebody has damaged becomes dead, so that the other rows are still tried."""
        log.error("parked_event_unreadable", consumer=row["consumer"], event_id=row["id"], reason=unreadable.reason)
        await self._put(
            **{**row, "state": DeadLetterState.DEAD.value, "reason": unreadable.reason, "detail": str(unreadable)}
        )

    async def holds(self, consumer: str, subject: str, number: int) -> bool:
        """Whether the event with this number is parked."""
        rows = await self._database.reader.load(self._parked, "subject", subject)
        return any(row["consumer"] == consumer and row["sequence"] == number for row in rows)

    def removal(self, consumer: str, event: str) -> Remove:
        """The write that removes a parked event; it belongs into the transaction of the event's effect."""
        return Remove(self._parked, {"consumer": consumer, "id": event})

    async def _put(self, **row: Any) -> None:
        await self._database.committer.commit(Work(writes=[Put(self._parked, row)]))
