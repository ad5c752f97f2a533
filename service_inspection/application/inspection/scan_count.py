"""What scanners post is kept, counted once, and matched with its return, now or when the return is known (F01-F06)."""

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
    """What counting a post takes besides the post: the calendars, and new names.

    `otherwise` names the calendar of returns whose approval names none: approvals from before it did.
    """

    calendars: Mapping[str, WorkingCalendar]
    otherwise: str
    new_id: NewId

    def inspect_by(self, bench: ReturnInspection, at: datetime) -> datetime:
        """When the result is promised for goods that came at that moment (R4.3). `UnknownCalendar`."""
        return self.calendar(bench.calendar).end_of_next_working_day(at)

    def calendar(self, name: str | None) -> WorkingCalendar:
        """The calendar of this name. `UnknownCalendar`."""
        return calendar_named(self.calendars, name or self.otherwise)


async def post_scan(uow: UnitOfWork, scan: Scan, counting: CountingRules) -> Scan:
    """Take a scanner's post; the same one again gives the first one back.

    An RMA that nobody knows yet, or that nobody can read, is no error: the post waits. `ClientEventReused`.
    """
    earlier, inspection = await asyncio.gather(uow.scans.find(scan.client_key), uow.bench_for(scan.rma_key))
    if earlier is not None:
        scan.repeats(earlier)
        return earlier
    kept = scan if inspection is None else count_scan(uow, inspection, scan, counting)
    uow.scans.keep(kept)
    return kept


async def match_waiting(uow: UnitOfWork, inspection: ReturnInspection, counting: CountingRules) -> int:
    """Count the posts that came before their return was known; how many there were."""
    key = rma_key(inspection.rma)
    waiting = await uow.scans.unidentified(key) if key is not None else ()
    for scan in waiting:
        uow.scans.change(count_scan(uow, inspection, scan, counting))
    return len(waiting)


async def match_inspection(uow: UnitOfWork, return_id: str, counting: CountingRules) -> int:
    """The same for a return that is known: a post and an approval may have passed each other."""
    return await match_waiting(uow, await uow.benches.get(return_id), counting)


def count_scan(uow: UnitOfWork, inspection: ReturnInspection, scan: Scan, counting: CountingRules) -> Scan:
    """Let the bench take a post. The clock for the result runs from our own time of the post (F08, R4.3)."""
    due = counting.inspect_by(inspection, scan.posted_at)
    counted, discrepancies = inspection.take(scan, inspect_by=due, new_id=counting.new_id)
    for discrepancy in discrepancies:
        uow.discrepancies.add(discrepancy)
    return counted
