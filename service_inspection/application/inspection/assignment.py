"""What a person does with goods whose return nobody knows: assign, open a case, send back, dispose, take back (F04)."""

from dataclasses import dataclass, replace
from datetime import datetime

from service_inspection.application.inspection.scan_count import CountingRules, count_scan, save_questions
from service_inspection.application.ports import UnitOfWork
from service_inspection.domain.inspection.return_inspection import ReturnInspection
from service_inspection.domain.receiving.handling import OwnCase, ScanState, Verb, moved
from service_inspection.domain.receiving.rma import rma_key
from service_inspection.domain.receiving.scan import Scan
from shared.kernel.errors import NotFound, Refused, Said


class AssignedElsewhere(Refused):
    """A receipt belongs to one return. Taking the assignment back comes first."""

    code = "assigned_elsewhere"
    title = Said("This receipt belongs to another return", "该收货记录属于另一退货单")
    detail = Said(
        "The receipt belongs to return {return_id}. Take the assignment back first.",
        "该收货记录属于退货单 {return_id}，请先撤回该归属。",
    )


class FoundByNumber(Refused):
    """The number on the parcel found the return, so there is no act of a person to take back."""

    code = "found_by_number"
    title = Said("Nobody has assigned this receipt", "该收货记录并非人工归属")
    detail = Said(
        "The number on the parcel found the return. Correct the receipt in place of taking it back.",
        "系统按包裹上的编号找到退货单。请更正收货记录，而非撤回归属。",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The return that goods belong to: by its id, or by its RMA."""

    return_id: str | None = None
    rma: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who acts, when, and why."""

    actor: str
    at: datetime
    note: str | None


async def assign(uow: UnitOfWork, receipt_id: str, owner: Owner, by: By, rules: CountingRules) -> Scan:
    """Count a receipt in the return that it belongs to, from the moment when it arrived. Again changes nothing.

    `NotFound`, `AssignedElsewhere`, `IllegalMove`, and the refusals of corrections.
    """
    scan = await _receipt(uow, receipt_id)
    inspection = await _inspection_of(uow, owner)
    if scan.state is ScanState.MATCHED:
        if scan.return_id == inspection.id:
            return scan
        raise AssignedElsewhere(return_id=scan.return_id)
    moved(scan.state, Verb.ASSIGN)
    counted = await count_scan(uow, inspection, scan, rules, late=True)
    handled = scan.handled(Verb.ASSIGN, by=by.actor, at=by.at, note=by.note, return_id=inspection.id)
    counted = replace(counted, history=handled.history)
    uow.scans.change(counted)
    inspection.record_assignment(counted, by.at)
    return counted


async def open_case(uow: UnitOfWork, receipt_id: str, case: OwnCase, by: By, keep_until: datetime) -> Scan:
    """Keep the goods in a case of their own while the sender is looked for. `NotFound`, `IllegalMove`."""
    scan = await _receipt(uow, receipt_id)
    handled = scan.handled(Verb.OPEN_CASE, by=by.actor, at=by.at, note=by.note)
    changed = replace(handled, own_case=case, answer_by=scan.answer_by if scan.own_case else keep_until)
    uow.scans.change(changed)
    return changed


async def end(uow: UnitOfWork, receipt_id: str, verb: Verb, by: By, parcel: str | None = None) -> Scan:
    """Send the goods back, dispose of them, or withdraw a post that says nothing. `NotFound`, `IllegalMove`."""
    scan = await _receipt(uow, receipt_id)
    changed = scan.handled(verb, by=by.actor, at=by.at, note=by.note, parcel=parcel)
    if scan.state is ScanState.WAITING and scan.return_id is not None:
        (await uow.inspections.get(scan.return_id)).forget(scan.id)
        changed = replace(changed, return_id=None)
    uow.scans.change(changed)
    return changed


async def take_back(uow: UnitOfWork, receipt_id: str, by: By, rules: CountingRules) -> Scan:
    """Take the last act back: nobody knows again whose goods these are. `NotFound`, `IllegalMove`, `FoundByNumber`,
    and what `ReturnInspection.release` raises.
    """
    scan = await _receipt(uow, receipt_id)
    if scan.state is ScanState.MATCHED and not scan.assigned:
        raise FoundByNumber
    changed = scan.handled(Verb.TAKE_BACK, by=by.actor, at=by.at, note=by.note, return_id=scan.return_id)
    if scan.return_id is not None:
        inspection = await uow.inspections.get(scan.return_id)
        await save_questions(uow, inspection.release(scan.id, rules.cause(inspection, by.at)), by.at)
    changed = replace(
        changed, return_id=None, units=(), discrepancies=(), answer_by=rules.answer_by(by.at), own_case=scan.own_case
    )
    uow.scans.change(changed)
    return changed


async def _receipt(uow: UnitOfWork, receipt_id: str) -> Scan:
    scan = await uow.scans.get(receipt_id)
    if scan is None:
        raise NotFound("receipt")
    return scan


async def _inspection_of(uow: UnitOfWork, owner: Owner) -> ReturnInspection:
    if owner.return_id is not None:
        found, pointer = await uow.inspections.find(owner.return_id), "/return_id"
    else:
        found, pointer = await uow.inspection_for(rma_key(owner.rma or "")), "/rma"
    if found is None:
        raise NotFound("return", pointer=pointer)
    return found
