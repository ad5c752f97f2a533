"""What this service does about events of other services: one queue for each noun.

The contracts of `shared.contracts.events` end here: the use cases get values of this service's domain. A request for a
return is not told, because its answer says already who decides and when.
"""

from typing import Any

from service_notifications.application.messages import notification
from service_notifications.application.messages.message_renderer import MessageRenderer
from service_notifications.application.messages.notification import MessageContext
from service_notifications.application.ports import UnitOfWork
from service_notifications.domain.messages import content
from service_notifications.domain.messages.known_return import KnownReturn
from shared.contracts import events
from shared.kernel.language_tag import spoken
from shared.kernel.money import Money
from shared.messaging.inbox import Consumer
from shared.runtime.clock import Clock, NewId

_OfCustomer = events.ReturnReferred | events.ReturnRefused | events.ReturnCancelled


class EventHandlers:
    """The handlers of events, with a clock, new ids and the renderer of messages."""

    def __init__(self, clock: Clock, new_id: NewId, renderer: MessageRenderer) -> None:
        self._clock = clock
        self._new_id = new_id
        self._renderer = renderer

    def _now(self) -> MessageContext:
        return MessageContext(self._new_id("msg"), self._clock(), self._renderer)

    async def return_referred(self, event: events.ReturnReferred, uow: UnitOfWork) -> None:
        """Tell that a person is looking, and the date of the decision."""
        said = content.ReturnReferred(
            reasons=tuple(_wording(reason.says) for reason in event.reasons), decide_by=event.decide_by
        )
        await notification.about_return(uow, _known(event), said, self._now())

    async def return_approved(self, event: events.ReturnApproved, uow: UnitOfWork) -> None:
        """Tell the six facts of R2.3 and R2.4."""
        names = {unit.unit_id: unit.name for unit in event.units}
        known = KnownReturn(event.return_id, event.customer_id, spoken(event.language), event.rma, names)
        freight = event.freight_amount
        said = content.ReturnApproved(
            rma=event.rma,
            items=known.items(names),
            recipient=event.address.recipient,
            address=event.address.lines,
            contact=event.address.contact,
            phone=event.address.phone,
            carriers=event.carriers,
            customer_pays=event.freight_payer is events.FreightPayer.CUSTOMER,
            freight_amount=_money(freight) if freight is not None else None,
            ship_by=event.ship_by,
            money=tuple(_wording(each.says) for each in event.money_told),
        )
        await notification.about_return(uow, known, said, self._now())

    async def return_refused(self, event: events.ReturnRefused, uow: UnitOfWork) -> None:
        """Tell each reason with its clause, the alternatives, and how and until when to object."""
        said = content.ReturnRefused(
            reasons=tuple(content.RefusalReason(_wording(reason.says), reason.clause) for reason in event.reasons),
            alternatives=tuple(map(_wording, event.alternatives)),
            object_by=event.object_by,
        )
        await notification.about_return(uow, _known(event), said, self._now())

    async def return_cancelled(self, event: events.ReturnCancelled, uow: UnitOfWork) -> None:
        """Tell that the customer keeps the goods."""
        await notification.cancelled(uow, _known(event), self._now())

    async def inspection_received(self, event: events.InspectionReceived, uow: UnitOfWork) -> None:
        """Tell that a parcel has arrived, unless it contained nothing of this return."""
        if event.units:
            await notification.received(
                uow,
                event.return_id,
                self._now(),
                receipt_id=event.receipt_id,
                units=[unit.unit_id for unit in event.units],
                complete=event.complete,
                inspect_by=event.inspect_by,
            )

    async def inspection_completed(self, event: events.InspectionCompleted, uow: UnitOfWork) -> None:
        """Tell which units did not pass. For the other units the refund is told."""
        failed = [unit.unit_id for unit in event.units if unit.result is events.UnitResult.FAILED]
        if failed:
            await notification.held(uow, event.return_id, self._now(), units=failed)

    async def inspection_decided(self, event: events.InspectionDecided, uow: UnitOfWork) -> None:
        """Tell what a person decided about units that had not passed."""
        accepted, refused = (
            [unit.unit_id for unit in event.units if unit.decision is decision]
            for decision in (events.UnitDecision.ACCEPT, events.UnitDecision.REFUSE)
        )
        if event.units:
            await notification.decided(
                uow, event.return_id, self._now(), accepted=accepted, refused=refused, decided_at=event.decided_at
            )

    async def inspection_corrected(self, event: events.InspectionCorrected, uow: UnitOfWork) -> None:
        """Tell which units are held for a person now. For accepted units the refund is told."""
        held = [unit.unit_id for unit in event.units if unit.standing is events.UnitStanding.FAILED]
        if held:
            because = f"{event.cause}@{event.corrected_at.isoformat()}"
            await notification.held(uow, event.return_id, self._now(), units=held, because=because)

    async def refund_settled(self, event: events.RefundSettled, uow: UnitOfWork) -> None:
        """Tell that the money was refunded. No other event says so (L03)."""
        currency = event.amount.currency
        await notification.settled(
            uow,
            event.return_id,
            self._now(),
            refund_id=event.refund_id,
            amount=_money(event.amount),
            shares=tuple(
                content.RefundShare(share.kind.value, Money(share.amount_minor, currency), share.trace)
                for share in event.tenders
            ),
            settled_at=event.settled_at,
            remainder=None if event.remainder is None else _money(event.remainder),
        )


def consumers(clock: Clock, new_id: NewId, renderer: MessageRenderer) -> tuple[Consumer[Any], ...]:
    """The consumers, one for each noun."""
    following = EventHandlers(clock, new_id, renderer)
    return (
        Consumer(
            "notifications.follow-return",
            ("return",),
            {
                events.ReturnReferred: following.return_referred,
                events.ReturnApproved: following.return_approved,
                events.ReturnRefused: following.return_refused,
                events.ReturnCancelled: following.return_cancelled,
            },
        ),
        Consumer(
            "notifications.follow-inspection",
            ("inspection",),
            {
                events.InspectionReceived: following.inspection_received,
                events.InspectionCompleted: following.inspection_completed,
                events.InspectionDecided: following.inspection_decided,
                events.InspectionCorrected: following.inspection_corrected,
            },
        ),
        Consumer("notifications.follow-refund", ("refund",), {events.RefundSettled: following.refund_settled}),
    )


def _known(event: _OfCustomer) -> KnownReturn:
    return KnownReturn(event.return_id, event.customer_id, spoken(event.language))


def _wording(wording: events.Wording) -> content.Wording:
    return content.Wording(wording.en, wording.zh)


def _money(amount: events.Amount) -> Money:
    return Money(amount.amount_minor, amount.currency)
