"""What this service does about others' events: one queue a noun."""

from typing import Any

from service_refunds.application.known import following
from service_refunds.application.ports import UnitOfWork
from service_refunds.application.settlement import opening
from shared.contracts.events import (
    InspectionCompleted,
    InspectionDecided,
    InspectionReceived,
    OrderImported,
    ReturnApproved,
    ReturnCancelled,
    UnitDecision,
    UnitResult,
)
from shared.messaging.inbox import Consumer
from shared.runtime.clock import Clock, NewId


def consumers(clock: Clock, new_id: NewId) -> tuple[Consumer[Any], ...]:
    """The consumers over a clock and a source of ids."""

    async def keep_order(event: OrderImported, uow: UnitOfWork) -> None:
        await following.record_order(uow, event)

    async def keep_return(event: ReturnApproved, uow: UnitOfWork) -> None:
        await following.record_return(uow, event)

    async def cancel_return(event: ReturnCancelled, uow: UnitOfWork) -> None:
        await following.cancel_return(uow, event.return_id)

    async def note_goods_in(event: InspectionReceived, uow: UnitOfWork) -> None:
        now = clock()
        await following.record_goods_in(uow, event.return_id, min(event.received_at or now, now))

    async def refund_accepted(event: InspectionCompleted, uow: UnitOfWork) -> None:
        accepted = [unit.unit_id for unit in event.units if unit.result is UnitResult.ACCEPTED]
        await open_for(uow, event.return_id, accepted)

    async def refund_decided(event: InspectionDecided, uow: UnitOfWork) -> None:
        accepted = [unit.unit_id for unit in event.units if unit.decision is UnitDecision.ACCEPT]
        await open_for(uow, event.return_id, accepted)

    async def open_for(uow: UnitOfWork, return_id: str, units: list[str]) -> None:
        if units:
            await opening.open_for(uow, return_id=return_id, units=units, at=clock(), new_id=new_id)

    return (
        Consumer("refunds.follow-order", ("order",), {OrderImported: keep_order}),
        Consumer(
            "refunds.follow-return",
            ("return",),
            {ReturnApproved: keep_return, ReturnCancelled: cancel_return},
        ),
        Consumer(
            "refunds.follow-inspection",
            ("inspection",),
            {
                InspectionReceived: note_goods_in,
                InspectionCompleted: refund_accepted,
                InspectionDecided: refund_decided,
            },
        ),
    )
