"""What may arrive: from a return's approval until it is cancelled."""

from service_inspection.application.inspection.scan_count import CountingRules, match_waiting
from service_inspection.application.ports import UnitOfWork
from service_inspection.domain.inspection.return_inspection import ReturnInspection


async def expect(uow: UnitOfWork, inspection: ReturnInspection, counting: CountingRules) -> None:
    """Expect the units of an approved return, and count what arrived before anybody told us of it."""
    inspection.expect()
    uow.benches.add(inspection)
    await match_waiting(uow, inspection, counting)


async def stop_expecting(uow: UnitOfWork, return_id: str) -> None:
    """The customer keeps the goods. A return that was never approved has nothing to stop."""
    inspection = await uow.benches.find(return_id)
    if inspection is not None:
        inspection.stop_expecting()
