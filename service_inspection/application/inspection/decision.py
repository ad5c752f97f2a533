"""Decisions of a person: about units that failed (R4.5, G07, G10), and about goods in quarantine (F03)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from service_inspection.application.inspection.scan_count import CountingRules, count_scan, save_questions
from service_inspection.application.ports import UnitOfWork
from service_inspection.domain.inspection.bench_decision import BenchDecision
from service_inspection.domain.inspection.discrepancy import Answer, Discrepancy, Resolution
from service_inspection.domain.inspection.matching import MatchesItself, match_receipt, without_return
from service_inspection.domain.inspection.return_inspection import ReturnInspection
from shared.kernel.errors import NotFound


async def decide(
    uow: UnitOfWork, return_id: str, decision: BenchDecision, *, by: str, at: datetime
) -> ReturnInspection:
    """Accept or refuse units that failed. `NotFound`, and what `ReturnInspection.decide` raises."""
    inspection = await uow.inspections.get(return_id)
    inspection.decide(decision, by=by, at=at)
    return inspection


async def extend(
    uow: UnitOfWork, return_id: str, units: Sequence[str], *, inspect_by: datetime, reason: str, at: datetime
) -> ReturnInspection:
    """Give the inspection of these units longer (Z24). `NotFound`, and what `ReturnInspection.extend` raises."""
    inspection = await uow.inspections.get(return_id)
    inspection.extend(units, inspect_by=inspect_by, reason=reason, at=at)
    return inspection


async def reconsider(
    uow: UnitOfWork, return_id: str, units: Sequence[str], *, reason: str, by: str, at: datetime, rules: CountingRules
) -> ReturnInspection:
    """Take decisions about units back (Z01). `NotFound`, and what `ReturnInspection.reconsider` raises."""
    inspection = await uow.inspections.get(return_id)
    recount = inspection.reconsider(units, reason=reason, by=by, cause=rules.cause(inspection, at))
    await save_questions(uow, recount, at)
    return inspection


async def resolve(
    uow: UnitOfWork, discrepancy_id: str, answer: Answer, *, by: str, at: datetime, rules: CountingRules
) -> Discrepancy:
    """Decide what happens to goods that nobody announced, or answer a question. `NotFound`, `IllegalMove`,
    `AnswerDoesNotFit`.
    """
    discrepancy = await uow.discrepancies.get(discrepancy_id)
    inspection = await uow.inspections.get(discrepancy.return_id)
    discrepancy.resolve(answer, by=by, at=at)
    if answer.return_id is not None:
        await _match(uow, discrepancy, answer.return_id, by=by, at=at, rules=rules)
    cause = rules.cause(inspection, at)
    if answer.outcome is Resolution.ACCEPTED_AS_RETURN:
        scan = await uow.scans.get(discrepancy.scan_id)
        arrived_at = discrepancy.opened_at if scan is None else scan.posted_at
        cause = replace(cause, scan_id=discrepancy.scan_id, arrived_at=arrived_at)
    await save_questions(uow, inspection.answer(discrepancy, answer.outcome, cause), at)
    return discrepancy


async def reopen(
    uow: UnitOfWork, discrepancy_id: str, reason: str, *, by: str, at: datetime, rules: CountingRules
) -> Discrepancy:
    """Take the answer to a question back (Z01). `NotFound`, `IllegalMove`."""
    discrepancy = await uow.discrepancies.get(discrepancy_id)
    inspection = await uow.inspections.get(discrepancy.return_id)
    matched, receipt = discrepancy.matched_return, discrepancy.matched_receipt
    cause = rules.cause(inspection, at)
    former = discrepancy.reopen(reason, by=by, at=at, answer_by=cause.inspect_by)
    if matched is not None and receipt is not None:
        other = await uow.inspections.get(matched)
        await save_questions(uow, other.release(receipt, rules.cause(other, at)), at)
        if (scan := await uow.scans.get(receipt)) is not None:
            uow.scans.change(without_return(scan))
    await save_questions(uow, inspection.reopen(discrepancy, former, cause), at)
    return discrepancy


async def _match(
    uow: UnitOfWork, discrepancy: Discrepancy, return_id: str, *, by: str, at: datetime, rules: CountingRules
) -> None:
    """Count the goods in the return that they belong to, from the moment when they arrived."""
    if return_id == discrepancy.return_id:
        raise MatchesItself(pointer="/return_id")
    other = await uow.inspections.find(return_id)
    if other is None:
        raise NotFound("return", pointer="/return_id")
    origin = await uow.scans.get(discrepancy.scan_id)
    receipt = match_receipt(discrepancy, origin, scan_id=rules.new_id("rcp"), by=by, at=at)
    counted = await count_scan(uow, other, receipt, rules, late=True)
    uow.scans.keep(counted)
    discrepancy.matched_receipt = counted.id
    other.record_assignment(counted, at)
