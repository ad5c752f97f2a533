"""What this service does about events of other services: it learns from returns which goods may arrive.

The contracts of `shared.contracts.events` end here: the use cases get values of this service's domain.
"""

from collections.abc import Sequence
from typing import Any

from service_inspection.application.inspection import expectation
from service_inspection.application.inspection.scan_count import CountingRules, announce
from service_inspection.application.ports import UnitOfWork
from service_inspection.domain.inspection.bench_decision import LineRight
from service_inspection.domain.inspection.return_inspection import ReturnInspection
from service_inspection.domain.inspection.unit import Unit
from service_inspection.domain.receiving.parcel import AnnouncedParcel
from service_inspection.domain.receiving.rma import tracking_key
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
            rights=tuple(map(_right, event.rights)),
        )
        await expectation.expect(uow, inspection, rules)

    async def keep_parcel(event: events.ReturnShipped, uow: UnitOfWork) -> None:
        key = tracking_key(event.tracking_number)
        if key is not None:
            parcel = AnnouncedParcel(
                id=event.shipment_id,
                return_id=event.return_id,
                carrier=event.carrier,
                tracking_number=event.tracking_number,
                tracking_key=key,
                announced_at=event.announced_at,
            )
            await announce(uow, parcel)

    async def stop_expecting(event: events.ReturnCancelled, uow: UnitOfWork) -> None:
        await expectation.stop_expecting(uow, event.return_id)

    return (
        Consumer(
            "inspection.follow-return",
            ("return",),
            {
                events.ReturnApproved: expect,
                events.ReturnShipped: keep_parcel,
                events.ReturnCancelled: stop_expecting,
            },
        ),
    )


def _right(right: events.LineRight) -> LineRight:
    refuses, reduces = (
        {finding: limit.clause for limit in limits for finding in limit.findings}
        for limits in (right.refuses, right.reduces)
    )
    return LineRight(line_id=right.line_id, reason=right.reason, clause=right.clause, refuses=refuses, reduces=reduces)
