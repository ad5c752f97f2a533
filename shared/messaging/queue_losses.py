"""What a service knows of its own queues: since when each exists, whether it was lost, and whether it is healed (Z38).

A queue that the broker has lost is noted before it is made again, so that a restart does not forget the loss. What
waited in the queue is then in the archives of the publishers. The queue counts as lost until those events are given
again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from sqlalchemy import select

from shared.database.database import Database
from shared.database.reader import Row
from shared.database.work import Put, Work
from shared.messaging.bus import QueueState
from shared.runtime.clock import Clock

UNROUTED_QUEUE: Final = "unrouted"
"""Stands for every queue: events found none."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownQueue:
    """One queue. `made_at` is None until the queue exists with all its bindings."""

    queue: str
    made_at: datetime | None
    lost_at: datetime | None
    healed_at: datetime | None
    losses: int


class QueueLosses:
    """The table of a service's own queues."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._table = database.tables.queues
        self._every = select(self._table).order_by(self._table.c.queue)

    async def known(self) -> Sequence[KnownQueue]:
        """Every queue of this service that was ever made."""
        return [KnownQueue(**row) for row in await self._database.reader.rows(self._every)]

    async def note(self, queue: str, state: QueueState) -> None:
        """Note what the bus tells. The first time that a queue is missing, it was never there, and nothing is lost."""
        row = await self._row(queue)
        if state is QueueState.READY:
            if row is None or row["made_at"] is None:
                await self._put({**(row or _new(queue)), "made_at": self._clock()})
            return
        if row is None:
            await self._put(_new(queue))
        elif row["made_at"] is not None:
            log.error("queue_lost", queue=queue, made_at=row["made_at"].isoformat(), losses=row["losses"] + 1)
            lost = {"made_at": None, "lost_at": self._clock(), "losses": row["losses"] + 1}
            await self._put({**row, **lost})

    async def note_unrouted(self) -> None:
        """Note that events found no queue at all. They are lost as those of a queue that was lost and made again."""
        row = await self._row(UNROUTED_QUEUE) or _new(UNROUTED_QUEUE)
        now = self._clock()
        await self._put({**row, "made_at": now, "lost_at": now, "losses": int(row["losses"]) + 1})

    async def heal(self, queue: str, lost_at: datetime) -> bool:
        """What was lost at this moment has been given again; False when the queue was lost once more since then."""
        row = await self._row(queue)
        if row is None or row["lost_at"] != lost_at or row["made_at"] is None:
            return False
        log.warning("queue_healed", queue=queue, lost_at=lost_at.isoformat())
        await self._put({**row, "lost_at": None, "healed_at": self._clock()})
        return True

    async def _row(self, queue: str) -> Row | None:
        return next(iter(await self._database.reader.load(self._table, "queue", queue)), None)

    async def _put(self, row: Row) -> None:
        await self._database.committer.commit(Work(writes=[Put(self._table, row)]))


def _new(queue: str) -> dict[str, Any]:
    return {"queue": queue, "made_at": None, "lost_at": None, "healed_at": None, "losses": 0}
