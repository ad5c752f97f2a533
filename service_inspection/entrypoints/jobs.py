"""The jobs of this service: overdue inspections are noticed, and scans that missed their return are matched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog

from service_inspection.application.inspection import overdue, scan_count
from service_inspection.application.inspection.scan_count import CountingRules
from service_inspection.application.queries import Queries
from service_inspection.application.receiving.late_match import LateMatch
from shared.contracts.envelope import Origin
from shared.database.unit_of_work.transactions import Transactions
from shared.runtime.clock import Clock
from shared.runtime.due_work import DueWork
from shared.runtime.loops import Work

log = structlog.get_logger(__name__)

ACTOR: Final = "service:inspection"
BATCH: Final = 100
OVERDUE_SECONDS: Final = 20.0
MATCH_SECONDS: Final = 2.0
JOB_REST_SECONDS: Final = 10.0
"""How long a return that refuses is left alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Jobs:
    """The loops of this service, and what each does for one return."""

    transactions: Transactions[Any]
    queries: Queries
    counting: CountingRules
    clock: Clock
    late_match: LateMatch

    def loops(self) -> Mapping[str, Work]:
        """The loops of this service besides relay and inbox."""
        return {job.name: job.run for job in (self.overdue_job(), self.match_job())}

    def overdue_job(self) -> DueWork[str]:
        """Records once of each deadline that it was missed; the list shows it from then on (`overdue=true`)."""

        async def find(limit: int) -> Sequence[str]:
            return await self.queries.due(self.clock(), limit)

        return DueWork(
            name="notice overdue inspections",
            do=self.notice,
            find=find,
            pause_seconds=OVERDUE_SECONDS,
            batch=BATCH,
            rest_seconds=JOB_REST_SECONDS,
            failure="notice_failed",
            label="return_id",
        )

    def match_job(self) -> DueWork[str]:
        """Matches scans that looked for their return before its approval was committed.

        `late_match` wakes the job; the pause is the safety net for what crossed between two processes.
        """
        return DueWork(
            name="match waiting posts",
            do=self.match,
            find=self.queries.with_waiting_scans,
            wake=self.late_match.wake,
            pause_seconds=MATCH_SECONDS,
            batch=BATCH,
            rest_seconds=JOB_REST_SECONDS,
            failure="match_failed",
            label="return_id",
        )

    async def notice(self, return_id: str) -> bool:
        """Record that this inspection is overdue; whether it was not recorded before."""
        now = self.clock()
        late = await self.transactions.run(
            lambda uow: overdue.notice_overdue(uow, return_id, now), Origin(ACTOR, return_id)
        )
        if late:
            log.warning("inspection_overdue", return_id=return_id)
        return late

    async def match(self, return_id: str) -> int:
        """Match the waiting scans of this return; how many."""
        return await self.transactions.run(
            lambda uow: scan_count.match_inspection(uow, return_id, self.counting), Origin(ACTOR, return_id)
        )
