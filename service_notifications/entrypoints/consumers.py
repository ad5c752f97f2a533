"""What this service does about events of other services: one queue for each noun.

The contracts of `shared.contracts.events` end here: the use cases get values of this service's domain. A request for a
return is not told, because its answer says already who decides and when.
"""

from datetime import timedelta
from typing import Any, Final

from service_notifications.application.messages import notification
from service_notifications.application.messages.message_renderer import MessageRenderer
from service_notifications.application.messages.notification import DecisionGrounds, MessageContext
from service_notifications.application.ports import UnitOfWork
from service_notifications.domain.messages import content
from service_notifications.domain.messages.known_return import KnownReturn
from shared.contracts import events
from shared.kernel.language_tag import spoken, written_in
from shared.kernel.money import Money
from shared.messaging.inbox import Consumer
from shared.runtime.clock import Clock, NewId

LAPSED: Final = "lapsed"
"""The outcome of a closed return whose goods were never sent."""
ABOUT_GOODS: Final = frozenset({"over", "unexpected", "cancelled"})
"""Questions about goods that the customer has sent; the others are about the warehouse's own counts."""

_OfCustomer = events.ReturnReferred | events.ReturnRefused | events.ReturnCancelled | events.ReturnDeadlineExtended


class EventHandlers:
    """The handlers of events, with a clock, new ids and the renderer of messages."""

    def __init__(
        self, clock: Clock, new_id: NewId, renderer: MessageRenderer, collecting: timedelta = timedelta()
    ) -> None:
        self._clock = clock
        self._new_id = new_id
        self._renderer = renderer
        self._collecting = collecting

    def _now(self) -> MessageContext:
        return MessageContext(self._new_id("msg"), self._clock(), self._renderer, self._collecting)

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

    async def return_withdrawn(self, event: events.ReturnWithdrawn, uow: UnitOfWork) -> None:
        """Tell which goods stay with the customer. The end of the whole return is told when it is closed."""
        if not event.ends:
            await notification.kept(
                uow,
                event.return_id,
                self._now(),
                units=event.units,
                lapsed=event.cause is events.UnitsKeptCause.LAPSED,
                at=event.withdrawn_at,
            )

    async def return_deadline_extended(self, event: events.ReturnDeadlineExtended, uow: UnitOfWork) -> None:
        """Tell until when there is more time, and why, in the words that were written in the customer's language."""
        known = _known(event)
        reason = event.reason.zh if known.language == "zh-CN" else event.reason.en

        def said(rma: str | None) -> content.DeadlineExtended:
            step, why = content.ExtendedStep(event.deadline.value), content.WrittenText(reason, written_in(reason))
            return content.DeadlineExtended(rma, step, event.day, why)

        await notification.more_time(uow, known, said, self._now())

    async def return_closed(self, event: events.ReturnClosed, uow: UnitOfWork) -> None:
        """Tell that the time for sending is over. Every other outcome has been told when it came."""
        if event.outcome == LAPSED:
            await notification.lapsed(uow, event.return_id, self._now())

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
                uow,
                event.return_id,
                self._now(),
                accepted=accepted,
                refused=refused,
                decided_at=event.decided_at,
                grounds=_grounds(event),
            )

    async def inspection_corrected(self, event: events.InspectionCorrected, uow: UnitOfWork) -> None:
        """Tell which units are held for a person now, and which are not here or checked again after all.

        For accepted units the refund is told.
        """
        because = f"{event.cause}@{event.corrected_at.isoformat()}"
        stands: dict[events.UnitStanding, list[str]] = {}
        for unit in event.units:
            stands.setdefault(unit.standing, []).append(unit.unit_id)
        not_here = [
            *stands.get(events.UnitStanding.EXPECTED, ()),
            *stands.get(events.UnitStanding.CANCELLED, ()),
        ]
        checked_again = stands.get(events.UnitStanding.RECEIVED, [])
        if not_here or checked_again:
            await notification.corrected(
                uow, event.return_id, self._now(), not_here=not_here, checked_again=checked_again, because=because
            )
        if held := stands.get(events.UnitStanding.FAILED):
            await notification.held(uow, event.return_id, self._now(), units=held, because=because)

    async def inspection_extended(self, event: events.InspectionExtended, uow: UnitOfWork) -> None:
        """Tell that the check takes longer, until when and why."""
        await notification.extended(
            uow,
            event.return_id,
            self._now(),
            units=event.units,
            inspect_by=event.inspect_by,
            reason=content.WrittenText(event.reason, written_in(event.reason)),
        )

    async def inspection_cleared(self, event: events.InspectionCleared, uow: UnitOfWork) -> None:
        """Tell what became of goods that nobody had announced. Other ends are told by other messages, or are none."""
        if event.kind in ABOUT_GOODS and event.outcome in set(content.DiscrepancyEnd):
            await notification.discrepancy_cleared(
                uow,
                event.return_id,
                self._now(),
                discrepancy_id=event.discrepancy_id,
                sku=event.sku,
                quantity=event.quantity,
                outcome=content.DiscrepancyEnd(event.outcome),
                reason=_written(event.reason),
                tracking_number=event.tracking_number,
            )

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
                content.RefundShare((share.means or share.kind).value, Money(share.amount_minor, currency), share.trace)
                for share in event.tenders
            ),
            settled_at=event.settled_at,
            remainder=None if event.remainder is None else _money(event.remainder),
        )

    async def remainder_closed(self, event: events.RefundRemainderClosed, uow: UnitOfWork) -> None:
        """Tell what became of the part of a refund that a person still looked at."""
        await notification.remainder_closed(
            uow,
            event.return_id,
            self._now(),
            refund_id=event.refund_id,
            amount=_money(event.amount),
            outcome=content.RemainderOutcome(event.outcome.value),
            closed_at=event.closed_at,
        )


def consumers(
    clock: Clock, new_id: NewId, renderer: MessageRenderer, collecting: timedelta
) -> tuple[Consumer[Any], ...]:
    """The consumers, one for each noun. Receipts of one return are collected for so long, while goods are missing."""
    following = EventHandlers(clock, new_id, renderer, collecting)
    return (
        Consumer(
            "notifications.follow-return",
            ("return",),
            {
                events.ReturnReferred: following.return_referred,
                events.ReturnApproved: following.return_approved,
                events.ReturnRefused: following.return_refused,
                events.ReturnCancelled: following.return_cancelled,
                events.ReturnWithdrawn: following.return_withdrawn,
                events.ReturnDeadlineExtended: following.return_deadline_extended,
                events.ReturnClosed: following.return_closed,
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
                events.InspectionCleared: following.inspection_cleared,
                events.InspectionExtended: following.inspection_extended,
            },
        ),
        Consumer(
            "notifications.follow-refund",
            ("refund",),
            {
                events.RefundSettled: following.refund_settled,
                events.RefundRemainderClosed: following.remainder_closed,
            },
        ),
    )


def _known(event: _OfCustomer) -> KnownReturn:
    return KnownReturn(event.return_id, event.customer_id, spoken(event.language))


def _grounds(event: events.InspectionDecided) -> DecisionGrounds:
    """Reason, clause and evidence, where the decision has them, and the deductions to which the customer has agreed."""
    reductions = {
        unit.unit_id: unit.deduction_basis_points
        for unit in event.units
        if unit.deduction_basis_points and unit.deduction_agreed
    }
    return DecisionGrounds(
        reason=_written(event.reason), clause=event.clause, evidence=event.evidence, reductions=reductions
    )


def _written(text: str | None) -> content.WrittenText | None:
    """What a member of staff has written, with the language in which it was written, as far as it shows (Z32)."""
    return content.WrittenText(text, written_in(text)) if text else None


def _wording(wording: events.Wording) -> content.Wording:
    return content.Wording(wording.en, wording.zh)


def _money(amount: events.Amount) -> Money:
    return Money(amount.amount_minor, amount.currency)
