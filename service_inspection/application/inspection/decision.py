"""Decisions of a person: about units that failed (R4.5, G07, G10), and about goods in quarantine (F03)."""

from collections.abc import Sequence
from datetime import datetime

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


async def resolve(
    uow: UnitOfWork, discrepancy_id: str, outcome: Resolution, note: str, *, by: str, at: datetime
) -> Discrepancy:
    """Decide what happens to goods that nobody announced. `NotFound`, `IllegalMove`."""
    discrepancy = await uow.discrepancies.get(discrepancy_id)
    discrepancy.resolve(outcome, note, by=by, at=at)
    return discrepancy
