"""The archive: a sent event leaves the outbox into a table, where it stays for a configured time (Z38).

The commit that takes the event out of the outbox writes the archive, and the database itself copies the row. So an
event is always in one of the two tables until its time is over. Events of the archive can be given again.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, String, bindparam, or_, select

from shared.database.database import Database
from shared.database.reader import Row
from shared.database.types import UtcDateTime
from shared.database.work import Move, Remove, Work, Write
from shared.kernel.errors import Unavailable
from shared.messaging.bus import Bus, Message
from shared.runtime.clock import Clock
from shared.runtime.loops import Heartbeat, pause

DAYS: Final = 14
"""How long sent events stay, unless a setting says otherwise."""
CLEAN_BATCH: Final = 1000
CLEAN_SECONDS: Final = 60.0
REST_SECONDS: Final = 0.05
"""The pause between two batches of old rows: cleaning leaves the database to others."""
LATE: Final = timedelta(days=1)
"""How much longer than its time a row may stay before an operator must look."""
MOST: Final = 1000


async def clean_in_batches(clean_once: Callable[[], Awaitable[int]], heartbeat: Heartbeat) -> None:
    """Remove one batch after the other while they are full, then look again after a while; without end.

    `clean_once` removes at most `CLEAN_BATCH` rows and says how many.
    """
    while True:
        heartbeat.beat()
        if await clean_once() == CLEAN_BATCH:
            await pause(REST_SECONDS)
        else:
            await pause(CLEAN_SECONDS, heartbeat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which sent events are meant: a page after a position, sent in a span of time. `event_type` may be a noun."""

    after: int = 0
    until_position: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    event_type: str | None = None
    subject: str | None = None
    limit: int = MOST


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveState:
    """How far back the archive reaches."""

    days: int
    oldest_at: datetime | None
    behind: bool
    """Whether rows stay much longer than their time, so that the cleaning does not keep up."""


class EventArchive:
    """The sent events of one service, for so many days."""

    def __init__(self, database: Database, clock: Clock, days: int) -> None:
        self._database = database
        self._clock = clock
        self._days = days
        self._table = database.tables.archive
        columns = self._table.c
        self._old = (
            select(columns.position)
            .where(columns.sent_at < bindparam("before", type_=UtcDateTime()))
            .order_by(columns.position)
            .limit(CLEAN_BATCH)
        )
        self._oldest = select(columns.sent_at).order_by(columns.position).limit(1)
        self._queries: dict[tuple[str, ...], Select[Any]] = {}

    def keep(self, positions: Sequence[int]) -> Sequence[Write]:
        """The writes that move these rows of the outbox into the archive."""
        outbox, sent_at = self._database.tables.outbox, self._clock()
        return [Move(outbox, {"position": position}, self._table, {"sent_at": sent_at}) for position in positions]

    async def page(self, selection: Selection) -> Sequence[Row]:
        """The selected events in the order in which they were sent, at most `limit`."""
        given: dict[str, Any] = {
            "until_position": selection.until_position,
            "since": selection.since,
            "until": selection.until,
            "event_type": selection.event_type,
            "subject": selection.subject,
        }
        wanted = {name: value for name, value in given.items() if value is not None}
        if "event_type" in wanted:
            wanted["stem"] = f"{selection.event_type}.%"
        query = self._queries.setdefault(tuple(wanted), self._query(wanted))
        return await self._database.reader.rows(query, after=selection.after, count=selection.limit, **wanted)

    def _query(self, wanted: Mapping[str, Any]) -> Select[Any]:
        columns = self._table.c
        conditions = {
            "until_position": columns.position <= bindparam("until_position"),
            "since": columns.sent_at >= bindparam("since", type_=UtcDateTime()),
            "until": columns.sent_at < bindparam("until", type_=UtcDateTime()),
            "event_type": or_(
                columns.type == bindparam("event_type", type_=String),
                columns.type.like(bindparam("stem", type_=String)),
            ),
            "subject": columns.subject == bindparam("subject"),
        }
        return (
            select(self._table)
            .where(columns.position > bindparam("after"), *(conditions[name] for name in wanted if name in conditions))
            .order_by(columns.position)
            .limit(bindparam("count"))
        )

    async def state(self) -> ArchiveState:
        """How far back the archive reaches, and whether its cleaning keeps up."""
        rows = await self._database.reader.rows(self._oldest)
        oldest: datetime | None = rows[0]["sent_at"] if rows else None
        bound = self._clock() - timedelta(days=self._days) - LATE
        return ArchiveState(days=self._days, oldest_at=oldest, behind=oldest is not None and oldest < bound)

    async def clean(self, heartbeat: Heartbeat) -> None:
        """Remove rows whose time is over, a bounded batch at a time, without end."""
        await clean_in_batches(self.clean_once, heartbeat)

    async def clean_once(self) -> int:
        """Remove one batch of rows whose time is over; how many there were."""
        before = self._clock() - timedelta(days=self._days)
        rows = await self._database.reader.rows(self._old, before=before)
        gone = [Remove(self._table, {"position": row["position"]}) for row in rows]
        await self._database.committer.commit(Work(writes=[*gone]))
        return len(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAgain:
    """How many events were given again, and after which position the next page begins; None after the last page."""

    events: int
    next: int | None


async def give_again(
    archive: EventArchive,
    bus: Bus,
    selection: Selection,
    *,
    to: str | None,
    after_number: Mapping[str, int] | None = None,
    dry_run: bool = False,
) -> GivenAgain:
    """Publish a page of sent events again, with the same ids, so that consumers that had them do nothing.

    `to` is the only service that gets them; otherwise every follower gets them, those outside Retour too.
    `after_number` leaves all events out except those of these subjects with a higher number.
    `Unavailable` when the bus does not take all of them.
    """
    rows = await archive.page(selection)
    wanted = [
        row
        for row in rows
        if after_number is None or row["sequence"] > after_number.get(row["subject"], row["sequence"])
    ]
    if wanted and not dry_run:
        messages = [Message(row["id"], row["type"], row["body"].encode()) for row in wanted]
        arrived = await (bus.publish(messages) if to is None else bus.give_again(messages, to))
        if arrived < len(messages):
            raise Unavailable("broker")
    more = len(rows) == selection.limit
    return GivenAgain(events=len(wanted), next=rows[-1]["position"] if more else None)
