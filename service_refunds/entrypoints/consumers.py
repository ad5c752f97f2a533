"""What this service does about others' events: one queue a noun."""

from typing import Any

from service_refunds.application.known import following
from service_refunds.application.ports import UnitOfWork
from service_refunds.application.settlement.opening import Opening, open_for
from shared.contracts.events import (
    InspectionCompleted,
    InspectionDecided,
    InspectionReceived,
    OrderImported,
    ReturnApproved,
    ReturnCancelled,
    ReturnShipped,
    UnitDecision,
    UnitResult,
)
from shared.messaging.inbox import Consumer
from shared.runtime.clock import Clock


def consumers(clock: Clock, opening: Opening) -> tuple[Consumer[Any], ...]:
    """The consumers over a clock, a source of ids and the calendars."""

    async def keep_order(event: OrderImported, uow: UnitOfWork) -> None:
        await following.record_order(uow, event)

    async def keep_return(event: ReturnApproved, uow: UnitOfWork) -> None:
        await following.record_return(uow, event, opening.calendars)

    async def cancel_return(event: ReturnCancelled, uow: UnitOfWork) -> None:
        await following.cancel_return(uow, event.return_id)

    async def note_sent(event: ReturnShipped, uow: UnitOfWork) -> None:
        if event.announced_at is not None:
            await following.note_sent(uow, event.return_id, event.units, min(event.announced_at, clock()))

    async def note_goods_in(event: InspectionReceived, uow: UnitOfWork) -> None:
        now = clock()
        units = [unit.unit_id for unit in event.units]
        await following.record_goods_in(uow, event.return_id, units, min(event.received_at or now, now))

    async def refund_accepted(event: InspectionCompleted, uow: UnitOfWork) -> None:
        accepted = [unit.unit_id for unit in event.units if unit.result is UnitResult.ACCEPTED]
        await open_for(uow, event.return_id, accepted, agreed_at=event.inspected_at, at=clock(), opening=opening)

    async def refund_decided(event: InspectionDecided, uow: UnitOfWork) -> None:
        accepted = [unit.unit_id for unit in event.units if unit.decision is UnitDecision.ACCEPT]
        await open_for(uow, event.return_id, accepted, agreed_at=event.decided_at, at=clock(), opening=opening)

    return (
        Consumer("refunds.follow-order", ("order",), {OrderImported: keep_order}),
        Consumer(
            "refunds.follow-return",
            ("return",),
            {ReturnApproved: keep_return, ReturnShipped: note_sent, ReturnCancelled: cancel_return},
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
