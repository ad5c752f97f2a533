"""A feed: the commit that takes an event out of the outbox also keeps the event at the next position.

Only the leading relay writes a feed, one commit after the other. So positions have no gap, and no event appears behind
a reader's cursor (finding 9). Two relays at once would break the primary key, not the order. The archive cannot take
the place of a feed: its positions are drawn before the commit, so a late commit appears behind a cursor.

The table has `position`, `event_id` and `body`. With `type` and `subject` it can be searched by them. With `kept_at`
old events can be removed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, bindparam, func, select

from shared.contracts.feed_page import FeedPage
from shared.database.reader import Reader, Row
from shared.database.types import UtcDateTime
from shared.database.work import Add, GroupCommitter, Remove, Work, Write
from shared.kernel.errors import Malformed, Said
from shared.messaging.bus import noun_of
from shared.messaging.event_archive import CLEAN_BATCH, clean_in_batches
from shared.runtime.clock import Clock
from shared.runtime.loops import Heartbeat

NO_POSITION: Final = Said(
    "`after` takes the `next` of an answer, unchanged, or the id of a published event.",
    "`after` 须为上次响应中的 `next`（原样），或某个已发布事件的 id。",
)
SCAN: Final = 10_000
"""How many positions one page looks at, whatever its filters are."""
_COPIED: Final = ("type", "subject")


class FeedExpired(Malformed):
    """Events behind this cursor were removed, because their time was over. A reader must not skip them unknowingly."""

    code = "feed_expired"
    title = Said("Events behind this cursor are gone", "该游标之后的事件已被清除")
    detail = Said(
        "Some events after `after` are older than this feed keeps them. Read the list of the things themselves, then "
        "begin again without `after`.",
        "`after` 之后的部分事件已超过保留期限。请先读取相应的列表，然后不带 `after` 重新开始。",
    )


@dataclass(slots=True)
class EventFeed:
    """Writes a feed, for the relay. Other nouns than `nouns` are left out; None keeps every event."""

    reader: Reader
    table: Table
    nouns: Collection[str] | None = None
    clock: Clock | None = None
    """For tables with `kept_at`."""
    _last: int | None = None

    async def keep(self, rows: Sequence[Row]) -> Sequence[Write]:
        """The writes for these outbox rows. The database is asked for the last position after a doubt only."""
        wanted = [row for row in rows if self.nouns is None or noun_of(row["type"]) in self.nouns]
        if not wanted:
            return ()
        last = self._last if self._last is not None else await self._newest()
        self._last = last + len(wanted)
        return [Add(self.table, self._values(row, position)) for position, row in enumerate(wanted, last + 1)]

    def forget(self) -> None:
        """The writes given before may have failed."""
        self._last = None

    async def _newest(self) -> int:
        newest = func.coalesce(func.max(self.table.c.position), 0)
        found: int = (await self.reader.rows(select(newest.label("position"))))[0]["position"]
        return found

    def _values(self, row: Row, position: int) -> dict[str, Any]:
        columns = self.table.c
        values = {"position": position, "event_id": row["id"], "body": row["body"]}
        values |= {name: row[name] for name in _COPIED if name in columns}
        return values | ({"kept_at": self.clock()} if self.clock is not None else {})


@dataclass(frozen=True, slots=True)
class FeedCleaning:
    """Removes events whose time is over. The newest one stays for ever: the next position is counted from it."""

    reader: Reader
    committer: GroupCommitter
    table: Table
    clock: Clock
    days: int

    async def run(self, heartbeat: Heartbeat) -> None:
        """Remove a bounded batch at a time, without end."""
        await clean_in_batches(self.clean_once, heartbeat)

    async def clean_once(self) -> int:
        """Remove one batch of old events; how many there were."""
        before = self.clock() - timedelta(days=self.days)
        rows = await self.reader.rows(self._old(), before=before)
        gone = [Remove(self.table, {"position": row["position"]}) for row in rows]
        if gone:
            await self.committer.commit(Work(writes=[*gone]))
        return len(rows)

    def _old(self) -> Any:
        """The oldest rows are looked at by their position, so that no index of moments is needed."""
        columns = self.table.c
        oldest = select(columns.position, columns.kept_at).order_by(columns.position).limit(CLEAN_BATCH).subquery()
        newest = select(func.max(columns.position)).scalar_subquery()
        return select(oldest.c.position).where(
            oldest.c.kept_at < bindparam("before", type_=UtcDateTime()), oldest.c.position < newest
        )


class FeedReader:
    """Reads a feed, page by page."""

    def __init__(self, reader: Reader, table: Table, *, expires: bool = False) -> None:
        self._reader = reader
        self._table = table
        self._expires = expires
        position = table.c.position
        newest, oldest = func.coalesce(func.max(position), 0), func.coalesce(func.min(position), 1)
        self._ends = select(newest.label("newest"), oldest.label("oldest"))
        self._page = (
            select(position, table.c.body)
            .where(position > bindparam("after"), position <= bindparam("end"))
            .order_by(position)
            .limit(bindparam("count"))
        )

    async def page(self, after: str | None, limit: int, *filters: ColumnElement[bool]) -> FeedPage:
        """The events behind a position or an event id that fit all filters. `Malformed`, `FeedExpired`.

        The newest position is read first: when it is committed, all before it are. A page looks at a bounded number of
        positions, so a page may be empty although `more` events follow.
        """
        ends = (await self._reader.rows(self._ends))[0]
        begin = await self._position(after, ends)
        end = min(ends["newest"], begin + SCAN)
        given = {"after": begin, "end": end, "count": limit}
        if filters:
            rows = await self._reader.search(self._page.where(*filters), **given)
        else:
            rows = await self._reader.rows(self._page, **given)
        if self._expires and (await self._reader.rows(self._ends))[0]["oldest"] > begin + 1:
            raise FeedExpired(pointer="/query/after")
        last = rows[-1]["position"] if len(rows) == limit else end
        return FeedPage([row["body"] for row in rows], str(last), more=last < ends["newest"])

    async def _position(self, after: str | None, ends: Row) -> int:
        """Where the page begins: the first event that is kept, or behind what the cursor names."""
        if after is None:
            return int(ends["oldest"]) - 1
        if after.isascii() and after.isdigit():
            if (position := int(after)) <= ends["newest"]:
                return position
        elif rows := await self._reader.load(self._table, "event_id", after):
            return int(rows[0]["position"])
        raise Malformed(pointer="/query/after", reason=NO_POSITION)
