"""What nobody asks for and must happen all the same: deadlines noticed, posts that missed their return matched."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import structlog

from service_inspection.application.inspection import overdue, scan_count
from service_inspection.application.inspection.scan_count import CountingRules
from service_inspection.application.queries import Queries
from service_inspection.application.receiving.late_match import LateMatch
from shared.contracts.envelope import Origin
from shared.database.database import Database
from shared.database.retrying import attempt
from shared.kernel.errors import RetourError, Unavailable
from shared.messaging.inbox import UnitOfWorkFactory
from shared.runtime.clock import Clock
from shared.runtime.loops import Heartbeat, Work, wait_for

log = structlog.get_logger(__name__)

T = TypeVar("T")

ACTOR: Final = "service:inspection"
BATCH: Final = 100
OVERDUE_SECONDS: Final = 20.0
MATCH_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Jobs:
    """The loops of this service."""

    database: Database
    units: UnitOfWorkFactory[Any]
    queries: Queries
    counting: CountingRules
    clock: Clock
    crossing: LateMatch

    def loops(self) -> Mapping[str, Work]:
        """By name."""
        return {"notice overdue inspections": self.notice_overdue, "match waiting posts": self.match_waiting}

    async def notice_overdue(self, heartbeat: Heartbeat) -> None:
        """Say once of each deadline that it was missed; the list shows it from then on (`overdue=true`)."""
        while True:
            heartbeat.beat()
            await self.notice_round()
            await asyncio.sleep(OVERDUE_SECONDS)

    async def match_waiting(self, heartbeat: Heartbeat) -> None:
        """Posts that looked for their return while its approval was being saved; the pause is the safety net."""
        while True:
            heartbeat.beat()
            await self.match_round()
            await wait_for(self.crossing.rings, MATCH_SECONDS)

    async def notice_round(self) -> None:
        """What is overdue now."""
        for return_id in await self.queries.due(self.clock(), BATCH):
            await self.notice(return_id)

    async def match_round(self) -> None:
        """What can be matched now."""
        for return_id in await self.queries.with_waiting_scans(BATCH):
            await self.match(return_id)

    async def notice(self, return_id: str) -> bool:
        """One overdue inspection."""
        now = self.clock()
        late = await self._for(return_id, lambda uow: overdue.notice_overdue(uow, return_id, now), "notice_failed")
        if late:
            log.warning("inspection_overdue", return_id=return_id)
        return bool(late)

    async def match(self, return_id: str) -> int:
        """The waiting posts of one return."""
        return (
            await self._for(
                return_id, lambda uow: scan_count.match_inspection(uow, return_id, self.counting), "match_failed"
            )
            or 0
        )

    async def _for(self, return_id: str, use_case: Callable[[Any], Awaitable[T]], failed: str) -> T | None:
        """One use case for one return. A return that refuses does not keep the others waiting."""
        try:
            _, result = await attempt(
                lambda: self.units.begin(Origin(ACTOR, return_id)), use_case, self.database.committer
            )
        except Unavailable:
            raise
        except RetourError as error:
            log.exception(failed, return_id=return_id, code=error.code)
            return None
        return result
