"""The finance feed: each published event is kept at the next position, in the commit that takes it out of the outbox.

Only the one relay that leads writes here, one commit after the other, so positions have no gap and nothing ever appears
behind a reader's cursor (finding 9); two relays at once would break the primary key, not the order.
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
    """See `Archive`."""

    reader: Reader
    _last: int | None = None

    async def keep(self, rows: Sequence[Row]) -> Sequence[Write]:
        """See `Archive.keep`."""
        last = self._last if self._last is not None else (await self.reader.rows(_LAST))[0]["position"]
        self._last = last + len(rows)
        return [
            Add(finance_feed, {"position": position, "event_id": row["id"], "body": row["body"]})
            for position, row in enumerate(rows, last + 1)
        ]

    def forget(self) -> None:
        """See `Archive.forget`."""
        self._last = None
