"""What this service does about events of other services: one queue for each noun.

The contracts of `shared.contracts.events` end here: the use cases get values of this service's domain.
"""

from typing import Any

from service_refunds.application.known import following
from service_refunds.application.ports import UnitOfWork
from service_refunds.application.settlement import later_facts
from service_refunds.application.settlement.opening import Opening, correct, decide, open_for
from service_refunds.domain.calculation.imported_order import (
    ImportedCharge,
    ImportedDiscount,
    ImportedFreight,
    ImportedLine,
    ImportedOrder,
    ImportedPayment,
    ImportedShare,
    ImportedTax,
    PaymentKind,
)
from service_refunds.domain.known.known_order import KnownOrder, KnownTerm
from service_refunds.domain.known.known_return import KnownReturn, KnownUnit, label_to_charge
from service_refunds.domain.known.known_rule import KnownRule
from service_refunds.domain.known.later_facts import CancelledUnits, PaidBack, RefundElsewhere
from shared.contracts import events
from shared.kernel.period import Period
from shared.kernel.refund_term import Milestone, RefundTerm
from shared.messaging.inbox import Consumer
from shared.runtime.clock import Clock


def consumers(clock: Clock, opening: Opening) -> tuple[Consumer[Any], ...]:
    """The consumers over a clock, a source of ids and the calendars."""

    async def keep_order(event: events.OrderImported, uow: UnitOfWork) -> None:
        await following.record_order(uow, known_order(event))

    async def keep_return(event: events.ReturnApproved, uow: UnitOfWork) -> None:
        await following.record_return(uow, known_return(event), opening.calendars)

    async def cancel_return(event: events.ReturnCancelled, uow: UnitOfWork) -> None:
        await following.cancel_return(uow, event.return_id)

    async def note_sent(event: events.ReturnShipped, uow: UnitOfWork) -> None:
        if event.announced_at is not None:
            await following.note_sent(uow, event.return_id, event.units, min(event.announced_at, clock()))

    async def note_goods_in(event: events.InspectionReceived, uow: UnitOfWork) -> None:
        now = clock()
        units = [unit.unit_id for unit in event.units]
        await following.record_goods_in(uow, event.return_id, units, min(event.received_at or now, now))

    async def refund_accepted(event: events.InspectionCompleted, uow: UnitOfWork) -> None:
        accepted = [unit.unit_id for unit in event.units if unit.result is events.UnitResult.ACCEPTED]
        await open_for(uow, event.return_id, accepted, agreed_at=event.inspected_at, at=clock(), opening=opening)

    async def refund_decided(event: events.InspectionDecided, uow: UnitOfWork) -> None:
        accepted = {
            unit.unit_id: (unit.deduction_basis_points or 0) if unit.deduction_agreed else 0
            for unit in event.units
            if unit.decision is events.UnitDecision.ACCEPT
        }
        await decide(uow, event.return_id, accepted, agreed_at=event.decided_at, at=clock(), opening=opening)

    async def refund_corrected(event: events.InspectionCorrected, uow: UnitOfWork) -> None:
        standings = {unit.unit_id: unit.standing is events.UnitStanding.ACCEPTED for unit in event.units}
        await correct(uow, event.return_id, standings, at=clock(), opening=opening)

    return (
        Consumer("refunds.follow-order", ("order",), {events.OrderImported: keep_order, **order_facts(clock, opening)}),
        Consumer(
            "refunds.follow-return",
            ("return",),
            {
                events.ReturnApproved: keep_return,
                events.ReturnShipped: note_sent,
                events.ReturnCancelled: cancel_return,
            },
        ),
        Consumer(
            "refunds.follow-inspection",
            ("inspection",),
            {
                events.InspectionReceived: note_goods_in,
                events.InspectionCompleted: refund_accepted,
                events.InspectionDecided: refund_decided,
                events.InspectionCorrected: refund_corrected,
            },
        ),
    )


def order_facts(clock: Clock, opening: Opening) -> dict[type[Any], Any]:
    """The handlers of what happens to an order after its import. Parcels do not matter to refunds."""

    async def correct_order(event: events.OrderCorrected, uow: UnitOfWork) -> None:
        await later_facts.correct_order(uow, known_order(event))

    async def capture(event: events.OrderPaymentCaptured, uow: UnitOfWork) -> None:
        await later_facts.capture(uow, event.order_id, _payment(event.tender), at=clock(), opening=opening)

    async def cancel_units(event: events.OrderUnitsCancelled, uow: UnitOfWork) -> None:
        lines = [CancelledUnits(event.cancellation_id, line.line_id, line.quantity) for line in event.lines]
        await later_facts.cancel_units(uow, event.order_id, lines, at=clock(), opening=opening)

    async def refund_elsewhere(event: events.OrderRefundedElsewhere, uow: UnitOfWork) -> None:
        refund = RefundElsewhere(
            refund_id=event.refund_id,
            tenders=tuple(PaidBack(each.tender_id, each.amount_minor) for each in event.tenders),
            lines=tuple(PaidBack(each.line_id, each.amount_minor, each.quantity) for each in event.lines),
            freight_minor=event.freight_minor,
            charges=tuple(PaidBack(each.charge_id, each.amount_minor) for each in event.charges),
        )
        await later_facts.refund_elsewhere(uow, event.order_id, refund, at=clock(), opening=opening)

    return {
        events.OrderCorrected: correct_order,
        events.OrderPaymentCaptured: capture,
        events.OrderUnitsCancelled: cancel_units,
        events.OrderRefundedElsewhere: refund_elsewhere,
    }


def known_order(event: events.OrderImported) -> KnownOrder:
    """The order of this event."""
    freight = event.freight
    return KnownOrder(
        id=event.order_id,
        snapshot=event.model_dump(mode="json"),
        imported=ImportedOrder(
            regime=event.regime.value,
            currency=event.currency,
            prices_include_tax=event.prices_include_tax,
            lines=tuple(
                ImportedLine(
                    line_id=line.line_id,
                    quantity=line.quantity,
                    unit_price_minor=line.unit_price_minor,
                    discount_minor=line.discount_minor,
                    paid_minor=line.paid_minor,
                    taxes=_taxes(line.taxes),
                    shares=tuple(ImportedShare(each.discount_id, each.amount_minor) for each in line.shares),
                    bundle=line.bundle,
                )
                for line in event.lines
            ),
            freight=ImportedFreight(freight.paid_minor, freight.standard_minor, _taxes(freight.taxes)),
            tenders=tuple(map(_payment, event.tenders)),
            total_minor=event.total_minor,
            discounts=tuple(
                ImportedDiscount(each.discount_id, each.amount_minor, each.line_ids) for each in event.discounts
            ),
            charges=tuple(
                ImportedCharge(
                    charge_id=each.charge_id,
                    kind=each.kind,
                    paid_minor=each.paid_minor,
                    name=each.name,
                    taxes=_taxes(each.taxes),
                    line_id=each.line_id,
                )
                for each in event.charges
            ),
        ),
    )


def known_return(event: events.ReturnApproved) -> KnownReturn:
    """The return that this event approves."""
    freight = event.freight_amount
    return KnownReturn(
        id=event.return_id,
        order_id=event.order_id,
        customer_id=event.customer_id,
        language=event.language,
        units=tuple(
            KnownUnit(unit.unit_id, unit.line_id, unit.fault is not events.Fault.CUSTOMER, unit.reason)
            for unit in event.units
        ),
        statutory_withdrawal=event.statutory_withdrawal,
        whole_order=event.whole_order,
        label_minor=label_to_charge(
            None if freight is None else freight.amount_minor,
            prepaid=event.freight_prepaid,
            by_customer=event.freight_payer is events.FreightPayer.CUSTOMER,
        ),
        stated_at=event.stated_at,
        calendar=event.legal_calendar,
        terms=tuple(map(_term, event.refund_clocks)),
        rules=tuple(map(_rule, event.refund_rules)),
        tender_order=None if event.tender_order is None else event.tender_order.value,
        rma=event.rma,
    )


def _rule(rule: events.RefundRule) -> KnownRule:
    return KnownRule(
        line_id=rule.line_id,
        reason=rule.reason,
        restocking_bp=rule.restocking_basis_points,
        outbound_whole=None if rule.outbound_whole is None else rule.outbound_whole.value,
        outbound_part=None if rule.outbound_part is None else rule.outbound_part.value,
        discounts=None if rule.discounts is None else rule.discounts.value,
    )


def _payment(tender: events.Tender) -> ImportedPayment:
    return ImportedPayment(tender.tender_id, PaymentKind(tender.kind.value), tender.captured_minor, tender.reference)


def _taxes(taxes: tuple[events.TaxCharged, ...]) -> tuple[ImportedTax, ...]:
    return tuple(ImportedTax(tax.rate, tax.amount_minor) for tax in taxes)


def _term(clock: events.RefundClock) -> KnownTerm:
    starts, waits = (tuple(Milestone(each.value) for each in some) for some in (clock.starts, clock.may_wait_for))
    return KnownTerm(clock.line_id, clock.reason, RefundTerm(Period(clock.count, clock.unit), starts, waits))
