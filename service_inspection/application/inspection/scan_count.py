"""Posts of scanners are kept, counted once, and matched with their return, at once or when the return is known
(F01-F06).
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from service_inspection.application.ports import UnitOfWork
from service_inspection.domain.inspection.return_inspection import NewId, ReturnInspection
from service_inspection.domain.receiving.rma import rma_key
from service_inspection.domain.receiving.scan import Scan
from shared.kernel.calendar import WorkingCalendar, calendar_named


@dataclass(frozen=True, slots=True)
class CountingRules:
    """What counting needs besides the post: the calendars, and new ids.

    `otherwise` names the calendar for returns whose approval names none. Only approvals from before 0.2 name none.
    """

    calendars: Mapping[str, WorkingCalendar]
    otherwise: str
    new_id: NewId

    def inspect_by(self, inspection: ReturnInspection, at: datetime) -> datetime:
        """The deadline of the inspection for goods that arrived at this moment (R4.3). `UnknownCalendar`."""
        return self.calendar(inspection.calendar).end_of_next_working_day(at)

    def calendar(self, name: str | None) -> WorkingCalendar:
        """The calendar of this name. `UnknownCalendar`."""
        return calendar_named(self.calendars, name or self.otherwise)


async def post_scan(uow: UnitOfWork, scan: Scan, rules: CountingRules) -> Scan:
    """Keep a scanner's post. A repeated post returns the first one.

    An RMA that is not known yet, or that cannot be read, is no error: the post waits. `ClientEventReused`.
    """
    earlier, inspection = await asyncio.gather(uow.scans.find(scan.client_key), uow.inspection_for(scan.rma_key))
    if earlier is not None:
        scan.repeats(earlier)
        return earlier
    kept = scan if inspection is None else count_scan(uow, inspection, scan, rules)
    uow.scans.keep(kept)
    return kept


async def match_waiting(uow: UnitOfWork, inspection: ReturnInspection, rules: CountingRules) -> int:
    """Count the posts that came before their return was known. The number of these posts."""
    key = rma_key(inspection.rma)
    waiting = await uow.scans.unidentified(key) if key is not None else ()
    for scan in waiting:
        uow.scans.change(count_scan(uow, inspection, scan, rules))
    return len(waiting)


async def match_inspection(uow: UnitOfWork, return_id: str, rules: CountingRules) -> int:
    """Count the waiting posts of a known return, whose post and approval were saved at the same time."""
    return await match_waiting(uow, await uow.inspections.get(return_id), rules)


def count_scan(uow: UnitOfWork, inspection: ReturnInspection, scan: Scan, rules: CountingRules) -> Scan:
    """Count a post in the inspection. The deadline runs from our own time of the post (F08, R4.3)."""
    due = rules.inspect_by(inspection, scan.posted_at)
    counted, discrepancies = inspection.count_scan(scan, inspect_by=due, new_id=rules.new_id)
    for discrepancy in discrepancies:
        uow.discrepancies.add(discrepancy)
    return counted
