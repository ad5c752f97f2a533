"""The finance feed: the commit that takes an event out of the outbox also keeps the event at the next position.

Only the leading relay writes the feed, one commit after the other. So positions have no gap, and no event appears
behind a reader's cursor (finding 9). Two relays at once would break the primary key, not the order.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from service_refunds.adapters.tables import finance_feed
from shared.database.reader import Reader, Row
from shared.database.work import Add, Write

_LAST = select(func.coalesce(func.max(finance_feed.c.position), 0).label("position"))


@dataclass(slots=True)
class FinanceFeed:
    reader: Reader
    _last: int | None = None

    async def keep(self, rows: Sequence[Row]) -> Sequence[Write]:
        last = self._last if self._last is not None else (await self.reader.rows(_LAST))[0]["position"]
        self._last = last + len(rows)
        return [
            Add(finance_feed, {"position": position, "event_id": row["id"], "body": row["body"]})
            for position, row in enumerate(rows, last + 1)
        ]

    def forget(self) -> None:
        self._last = None
