"""The relay publishes the rows of the outbox on the bus, in order; only one process leads.

One relay per service leads, because two would gain nothing and break the order. A commit in the same process wakes the
relay and gives it the rows; a slow poll asks the database for the others. A row moves into the archive when the arrival
of its event is certain. In doubt the same bytes are published again, and consumers handle each event once.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Final, Protocol

import structlog
from sqlalchemy import bindparam, select

from shared.database.database import Database
from shared.database.reader import Row
from shared.database.work import Outcome, Work, Write
from shared.kernel.errors import Unavailable
from shared.messaging.bus import Bus, Message
from shared.messaging.event_archive import DAYS, EventArchive
from shared.runtime.clock import now
from shared.runtime.loops import Heartbeat, wait_for

log = structlog.get_logger(__name__)

BATCH: Final = 200
POLL_SECONDS: Final = 1.0
PAUSE_SECONDS: Final = 0.003
"""The pause after a batch of several events: under load batches become larger, not more."""


class Feed(Protocol):
    """Keeps published events for later readers (the finance feed)."""

    async def keep(self, rows: Sequence[Row]) -> Sequence[Write]:
        """The writes for these outbox rows, in the commit that removes them. The writes before are committed or will
        be.
        """
        ...

    def forget(self) -> None:
        """The writes given before may have failed."""
        ...


class Relay:
    """Publishes the outbox of one service."""

    def __init__(
        self, database: Database, bus: Bus, feed: Feed | None = None, *, archive: EventArchive | None = None
    ) -> None:
        self._database = database
        self._bus = bus
        self._archive = archive or EventArchive(database, now, DAYS)
        self._feed = feed
        self._table = database.tables.outbox
        self._oldest = select(self._table).order_by(self._table.c.position).limit(bindparam("count"))
        self._leaving: dict[int, asyncio.Future[Outcome]] = {}
        self._kept: asyncio.Future[Outcome] | None = None
        self._last: int | None = None
        self._asked_at = 0.0
        self._more = database.signals.when("outbox")
        self.published = 0

    async def run(self, heartbeat: Heartbeat) -> None:
        """Lead and publish without end."""
        async with self._database.engine.lead("relay", heartbeat.beat) as leadership:
            confirmed_at = time.monotonic()
            self._in_doubt()
            while True:
                heartbeat.beat()
                if time.monotonic() - confirmed_at > POLL_SECONDS:
                    await leadership.confirm()
                    confirmed_at = time.monotonic()
                published = await self.publish_once()
                if 1 < published < BATCH:
                    await asyncio.sleep(PAUSE_SECONDS)
                if published < BATCH:
                    await wait_for(self._more, POLL_SECONDS)

    async def publish_once(self) -> int:
        """Publish one batch; how many rows there were. `Unavailable` when the bus did not accept all of them."""
        self._forget_what_has_left()
        rows = self._handed_over() or await self._asked_for()
        if not rows:
            return 0
        self._last = None
        messages = [Message(row["id"], row["type"], row["body"].encode()) for row in rows]
        arrived = await self._bus.publish(messages)
        if arrived:
            await self._take_out(rows[:arrived])
            self.published += arrived
        if arrived < len(rows):
            raise Unavailable("broker")
        self._last = rows[-1]["position"]
        return len(rows)

    def _handed_over(self) -> Sequence[Row]:
        """The rows that follow directly on the last one, as this process has committed them.

        Empty when it is time to ask the database: other processes commit rows that nobody gives to this relay.
        """
        if self._last is None or time.monotonic() - self._asked_at > POLL_SECONDS:
            return ()
        return self._database.engine.fresh.after(self._last, BATCH)

    async def _asked_for(self) -> Sequence[Row]:
        self._asked_at = time.monotonic()
        oldest = await self._database.reader.rows(self._oldest, count=BATCH + len(self._leaving))
        return [row for row in oldest if row["position"] not in self._leaving][:BATCH]

    async def _take_out(self, gone: Sequence[Row]) -> None:
        """Move arrived rows into the archive with the next commit, and let the feed write in the same commit.

        The feed keeps the order of publishing: it gets new rows only after the last ones were kept.
        """
        writes: list[Write] = [*self._archive.keep([row["position"] for row in gone])]
        if self._feed is not None:
            await self._until_kept()
            writes += await self._feed.keep(gone)
        removal = self._kept = self._database.committer.piggy_back(Work(writes=writes))
        self._leaving |= dict.fromkeys((row["position"] for row in gone), removal)

    async def _until_kept(self) -> None:
        last, self._kept = self._kept, None
        if last is not None:
            await last

    def _in_doubt(self) -> None:
        """Forget what this process believes; the database shows which rows are left and which are kept."""
        self._last = None
        if self._kept is not None and self._kept.done():
            self._kept = None
        if self._feed is not None:
            self._feed.forget()

    def _forget_what_has_left(self) -> None:
        """A removal that failed is tried again. The same bytes are published again, and consumers handle each event
        once.
        """
        for position, removal in list(self._leaving.items()):
            if removal.done():
                del self._leaving[position]
                error = None if removal.cancelled() else removal.exception()
                if removal.cancelled() or error is not None:
                    log.warning("removal_failed", position=position, error=str(error))
                    self._in_doubt()
