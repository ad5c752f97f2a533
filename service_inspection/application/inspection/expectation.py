"""Which goods may arrive: from the approval of a return until its cancellation."""

from service_inspection.application.inspection.scan_count import CountingRules, match_waiting
from service_inspection.application.ports import UnitOfWork
from service_inspection.domain.inspection.return_inspection import ReturnInspection


async def expect(uow: UnitOfWork, inspection: ReturnInspection, rules: CountingRules) -> None:
    """Expect the units of an approved return, and count posts that came before the approval."""
    inspection.expect()
    uow.inspections.add(inspection)
    await match_waiting(uow, inspection, rules)


async def stop_expecting(uow: UnitOfWork, return_id: str) -> None:
    """Record that the customer keeps the goods. A return that was never approved is not known here."""
    inspection = await uow.inspections.find(return_id)
    if inspection is not None:
        inspection.stop_expecting()
