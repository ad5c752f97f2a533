"""Decisions of a person: about units that failed (R4.5, G07, G10), and about goods in quarantine (F03)."""

from collections.abc import Sequence
from datetime import datetime

from service_inspection.application.inspection.scan_count import CountingRules, save_questions
from service_inspection.application.ports import UnitOfWork
from service_inspection.domain.inspection.discrepancy import Discrepancy, Resolution
from service_inspection.domain.inspection.return_inspection import Decision, ReturnInspection


async def decide(
    uow: UnitOfWork,
    return_id: str,
    decisions: Sequence[tuple[str, Decision]],
    *,
    reason: str,
    by: str,
    at: datetime,
) -> ReturnInspection:
    """Accept or refuse units that failed. `NotFound`, and what `ReturnInspection.decide` raises."""
    inspection = await uow.inspections.get(return_id)
    inspection.decide(decisions, reason=reason, by=by, at=at)
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
    uow: UnitOfWork,
    discrepancy_id: str,
    outcome: Resolution,
    note: str,
    *,
    by: str,
    at: datetime,
    rules: CountingRules,
) -> Discrepancy:
    """Decide what happens to goods that nobody announced, or answer a question. `NotFound`, `IllegalMove`,
    `AnswerDoesNotFit`.
    """
    discrepancy = await uow.discrepancies.get(discrepancy_id)
    inspection = await uow.inspections.get(discrepancy.return_id)
    discrepancy.resolve(outcome, note, by=by, at=at)
    await save_questions(uow, inspection.answer(discrepancy, outcome, rules.cause(inspection, at)), at)
    return discrepancy


async def reopen(
    uow: UnitOfWork, discrepancy_id: str, reason: str, *, by: str, at: datetime, rules: CountingRules
) -> Discrepancy:
    """Take the answer to a question back (Z01). `NotFound`, `IllegalMove`."""
    discrepancy = await uow.discrepancies.get(discrepancy_id)
    inspection = await uow.inspections.get(discrepancy.return_id)
    former = discrepancy.reopen(reason, by=by, at=at)
    await save_questions(uow, inspection.reopen(discrepancy, former, rules.cause(inspection, at)), at)
    return discrepancy
