"""What this service does about events of other services: it learns from returns which goods may arrive.

The contracts of `shared.contracts.events` end here: the use cases get values of this service's domain.
"""

from collections.abc import Sequence
from typing import Any

from service_inspection.application.inspection import expectation
from service_inspection.application.inspection.scan_count import CountingRules
from service_inspection.application.ports import UnitOfWork
from service_inspection.domain.inspection.return_inspection import ReturnInspection
from service_inspection.domain.inspection.unit import Unit
from shared.contracts import events
from shared.messaging.inbox import Consumer
from shared.runtime.clock import Clock


def consumers(rules: CountingRules, clock: Clock) -> Sequence[Consumer[Any]]:
    """The consumers, one queue for each noun. All other events of a return are ignored, its closing included."""

    async def expect(event: events.ReturnApproved, uow: UnitOfWork) -> None:
        units = [
            Unit(
                id=unit.unit_id,
                line_id=unit.line_id,
                sku=unit.sku,
                name=unit.name,
                reason=unit.reason,
                worth_minor=unit.worth_minor,
                fault=unit.fault.value,
            )
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
            calendar=rules.calendar(event.working_calendar).id,
        )
        await expectation.expect(uow, inspection, rules)

    async def stop_expecting(event: events.ReturnCancelled, uow: UnitOfWork) -> None:
        await expectation.stop_expecting(uow, event.return_id)

    return (
        Consumer(
            "inspection.follow-return",
            ("return",),
            {events.ReturnApproved: expect, events.ReturnCancelled: stop_expecting},
        ),
    )
