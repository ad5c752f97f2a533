"""What this service does about others' events: it follows returns, to know what may arrive."""

from collections.abc import Sequence
from typing import Any

from service_inspection.application.inspection import expectation
from service_inspection.application.inspection.scan_count import CountingRules
from service_inspection.application.ports import UnitOfWork
from service_inspection.domain.inspection.return_inspection import ReturnInspection
from service_inspection.domain.inspection.unit import Unit
from shared.contracts.events import ReturnApproved, ReturnCancelled
from shared.messaging.inbox import Consumer
from shared.runtime.clock import Clock


def consumers(counting: CountingRules, clock: Clock) -> Sequence[Consumer[Any]]:
    """One queue a noun. What happens to a return besides these two is passed over, its closing included."""

    async def expect(event: ReturnApproved, uow: UnitOfWork) -> None:
        units = [
            Unit(id=unit.unit_id, line_id=unit.line_id, sku=unit.sku, name=unit.name, reason=unit.reason)
            for unit in event.units
        ]
        inspection = ReturnInspection(
            id=event.return_id,
            rma=event.rma,
            order_id=event.order_id,
            customer_id=event.customer_id,
            language=event.language,
            warehouse=event.address.warehouse,
            units=units,
            created_at=clock(),
            calendar=counting.calendar(event.working_calendar).id,
        )
        await expectation.expect(uow, inspection, counting)

    async def stop_expecting(event: ReturnCancelled, uow: UnitOfWork) -> None:
        await expectation.stop_expecting(uow, event.return_id)

    return (
        Consumer(
            "inspection.follow-return",
            ("return",),
            {ReturnApproved: expect, ReturnCancelled: stop_expecting},
        ),
    )
