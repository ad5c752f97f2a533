"""Posts of scanners are kept, counted once, and matched with their return, at once or when the return is known
(F01-F06).
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from service_inspection.application.ports import UnitOfWork
from service_inspection.domain.inspection import correction
from service_inspection.domain.inspection.return_inspection import Recount, ReturnInspection
from service_inspection.domain.inspection.unit_change import Cause, NewId
from service_inspection.domain.receiving.handling import ScanState
from service_inspection.domain.receiving.parcel import AnnouncedParcel, return_in
from service_inspection.domain.receiving.rma import rma_key
from service_inspection.domain.receiving.scan import Kind, Scan
from shared.kernel.calendar import WorkingCalendar, calendar_named
from shared.kernel.errors import Forbidden
from shared.kernel.principal import Principal, Role

DOCK: Final = (Role.DEVICE, Role.WAREHOUSE)
SUPERVISORS: Final = (Role.SUPERVISOR, Role.ADMIN)
"""They may correct every post; a scanner or a person of the warehouse corrects the own ones (Z01)."""


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

    def cause(self, inspection: ReturnInspection, at: datetime) -> Cause:
        """A person's answer as the cause of a new count."""
        return Cause(
            scan_id=inspection.id,
            warehouse=inspection.warehouse,
            at=at,
            inspect_by=self.inspect_by(inspection, at),
            new_id=self.new_id,
        )

    def answer_by(self, at: datetime) -> datetime:
        """By when a person says whose goods these are that came at this moment without a number (F04)."""
        return self.calendar(None).end_of_next_working_day(at)

    def calendar(self, name: str | None) -> WorkingCalendar:
        """The calendar of this name. `UnknownCalendar`."""
        return calendar_named(self.calendars, name or self.otherwise)


async def post_scan(uow: UnitOfWork, scan: Scan, by: Principal, rules: CountingRules) -> Scan:
    """Keep a scanner's post. A repeated post returns the first one.

    Without a known RMA, the announced tracking number finds the return. A post that finds none is no error: it waits.
    `ClientEventReused`, `Forbidden` for a supervisor's post that corrects none, and what `ReturnInspection.count_scan`
    raises.
    """
    if scan.corrects is None and not by.is_any(*DOCK):
        raise Forbidden(pointer="/corrects")
    earlier, inspection = await asyncio.gather(uow.scans.find(scan.client_key), uow.inspection_for(scan.rma_key))
    if earlier is not None:
        scan.repeats(earlier)
        return earlier
    if inspection is None:
        inspection = await inspection_by_parcel(uow, scan)
    kept = scan if inspection is not None else scan.unmatched(rules.answer_by(scan.posted_at))
    if inspection is not None:
        if inspection.lacks_dock(scan):
            # a receipt may have crossed the approval and still wait; the dock is believed, so it counts first (Z01)
            await match_waiting(uow, inspection, rules)
        kept = await count_scan(uow, inspection, scan, rules, supervisor=by.is_any(*SUPERVISORS))
    uow.scans.keep(kept)
    return kept


async def inspection_by_parcel(uow: UnitOfWork, scan: Scan) -> ReturnInspection | None:
    """The inspection of the return whose parcel this is. A parcel that two returns announce is a question (Z21)."""
    key = scan.match_key
    if key is None:
        return None
    return_id = return_in(await uow.parcels.with_number(key))
    return None if return_id is None else await uow.inspections.find(return_id)


async def announce(uow: UnitOfWork, parcel: AnnouncedParcel) -> None:
    """Keep an announced parcel. Posts that came before the announcement are matched by the match job."""
    uow.parcels.keep(parcel)


async def match_waiting(
    uow: UnitOfWork, inspection: ReturnInspection, rules: CountingRules, more: Sequence[Scan] = ()
) -> int:
    """Count the posts that came before their return was known, and `more`. The number of these posts."""
    key = rma_key(inspection.rma)
    found = await uow.scans.unidentified(key) if key is not None else ()
    waiting = list({scan.id: scan for scan in (*found, *more)}.values())
    for scan in sorted(waiting, key=lambda scan: scan.kind is not Kind.RECEIPT):  # the dock is believed (Z01)
        try:
            counted = await count_scan(uow, inspection, scan, rules, late=True)
        except correction.REFUSALS:
            # nobody is there to hear the refusal: the correction stays in the list of posts that wait
            counted = replace(scan.matched(inspection.id, (), ()), state=ScanState.WAITING)
        uow.scans.change(counted)
    return len(waiting)


async def match_inspection(uow: UnitOfWork, return_id: str, rules: CountingRules) -> int:
    """Count the waiting posts of a known return, whose post and approval were saved at the same time."""
    inspection = await uow.inspections.get(return_id)
    in_parcels: list[Scan] = []
    for key in {parcel.tracking_key for parcel in await uow.parcels.of_return(return_id)}:
        if return_in(await uow.parcels.with_number(key)) == return_id:
            in_parcels += await uow.scans.unidentified_by_parcel(key)
    return await match_waiting(uow, inspection, rules, in_parcels)


async def count_scan(
    uow: UnitOfWork,
    inspection: ReturnInspection,
    scan: Scan,
    rules: CountingRules,
    *,
    supervisor: bool = False,
    late: bool = False,
) -> Scan:
    """Count a post in the inspection. The deadline runs from our own time of the post (F08, R4.3)."""
    if scan.corrects is not None:
        await _find_corrected(uow, inspection, scan)
    due = rules.inspect_by(inspection, scan.posted_at)
    counted, recount = inspection.count_scan(
        scan, inspect_by=due, new_id=rules.new_id, supervisor=supervisor, late=late
    )
    await save_questions(uow, recount, scan.posted_at)
    corrected, correction_of_this = inspection.corrections(scan.id)
    if corrected is not None and (old := await uow.scans.get(corrected)) is not None:
        uow.scans.change(replace(old, corrected_by=scan.id))
    if correction_of_this is not None and (new := await uow.scans.get(correction_of_this)) is not None:
        uow.scans.change(replace(new, state=ScanState.MATCHED))
        return replace(counted, corrected_by=correction_of_this)
    return counted


async def save_questions(uow: UnitOfWork, recount: Recount, at: datetime) -> None:
    """Open and withdraw the discrepancies of a count."""
    for discrepancy in recount.opened:
        uow.discrepancies.add(discrepancy)
    for key in recount.withdrawn:
        (await uow.discrepancies.get(key)).withdraw(at=at)


async def _find_corrected(uow: UnitOfWork, inspection: ReturnInspection, scan: Scan) -> None:
    """Find the post that this one corrects, if it was not counted in this inspection.

    A post whose RMA nobody could read is adopted. `CorrectsAnotherReturn`, `CountedBeforeCorrections`.
    """
    name, sender = scan.corrects or "", scan.sender or scan.posted_by
    if inspection.knows(name, sender):
        return
    by_name, by_id = await asyncio.gather(uow.scans.find(f"{sender}\n{name}"), uow.scans.get(name))
    old = by_name or by_id
    if old is None:
        return
    if old.return_id == inspection.id:
        raise correction.CountedBeforeCorrections(pointer="/corrects", post=name)
    if old.return_id is not None:
        raise correction.CorrectsAnotherReturn(pointer="/corrects", post=name)
    if old.state is ScanState.UNIDENTIFIED and old.rma_key != scan.rma_key:
        inspection.adopt(old)
        uow.scans.change(replace(old.matched(inspection.id, (), ()), corrected_by=scan.id))
