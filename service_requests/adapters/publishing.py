"""The published form of every domain event. A new event without a decision here does not type-check."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TypeVar, assert_never

from service_requests.adapters.orders.order_event import order_contents, tender_of
from service_requests.domain.eligibility.assessment import Instructions, LineChoice, RecordedReason
from service_requests.domain.orders.article import Article, ArticleChanged
from service_requests.domain.orders.later_fact import (
    DeliveryTold,
    Fact,
    ParcelTold,
    PaymentCaptured,
    RefundedElsewhere,
    SnapshotCorrected,
    UnitsCancelled,
)
from service_requests.domain.orders.later_facts import FactAdded, LaterFacts
from service_requests.domain.orders.order import Order, OrderImported
from service_requests.domain.orders.order_part import Tender
from service_requests.domain.orders.shops.shop_connection import ShopChanged, ShopConnection
from service_requests.domain.policy.publication import PolicyPublished, Publication
from service_requests.domain.policy.vocabulary import Payer, Result, TenderOrder
from service_requests.domain.returns import events as return_events
from service_requests.domain.returns.recorded_decision import RecordedDecision
from service_requests.domain.returns.return_ import Return
from service_requests.domain.returns.return_status import Ending
from shared.contracts import events as contracts
from shared.contracts.envelope import Event
from shared.database.repository import Published
from shared.kernel.errors import Said
from shared.kernel.piece_range import PieceRange


def publish(
    aggregate: Order | Article | LaterFacts | Return | Publication | ShopConnection,
    event: OrderImported | ArticleChanged | FactAdded | PolicyPublished | ShopChanged | return_events.ReturnEvent,
) -> Published | None:
    """The event for other services, or None. Events of policies and articles stay here: orders and decisions carry
    their effects. Events of connected shops stay here: their orders have events of their own.
    """
    if isinstance(aggregate, Publication | Article | ShopConnection) or isinstance(
        event, PolicyPublished | ArticleChanged | ShopChanged
    ):
        return None
    if isinstance(aggregate, Order):
        return Published(order_contents(aggregate, contracts.OrderImported), aggregate.id)
    if isinstance(aggregate, LaterFacts):
        assert isinstance(event, FactAdded), "facts are only added"  # noqa: S101
        return Published(_fact(aggregate.id, event.fact), aggregate.id)
    assert not isinstance(event, OrderImported | FactAdded), "an order's event on a return"  # noqa: S101
    told = _published(aggregate, event)
    return None if told is None else Published(told, aggregate.id)


def _published(of: Return, event: return_events.ReturnEvent) -> Event | None:
    match event:
        case return_events.Requested():
            return _requested(of)
        case return_events.Referred():
            return _referred(of)
        case return_events.Approved():
            return _approved(of)
        case return_events.Refused():
            return _refused(of)
        case return_events.Shipped():
            return contracts.ReturnShipped(
                return_id=of.id,
                shipment_id=event.shipment_id,
                carrier=event.carrier,
                tracking_number=event.tracking_number,
                units=event.units,
                announced_at=event.at,
            )
        case (
            return_events.Cancelled()
            | return_events.Withdrawn()
            | return_events.Lapsed()
            | return_events.DeadlineExtended()
            | return_events.Overdue()
            | return_events.Closed()
        ):
            return _of_time(of, event)
        case (
            return_events.Received()
            | return_events.Revived()
            | return_events.Questioned()
            | return_events.KeptGoodsArrived()
            | return_events.NeverArrived()
            | return_events.Inspected()
            | return_events.Decided()
            | return_events.Corrected()
            | return_events.Doubted()
            | return_events.Cleared()
            | return_events.DoubtCleared()
            | return_events.ParcelFound()
            | return_events.InspectionExtended()
            | return_events.RefundOpened()
            | return_events.RefundRemainder()
            | return_events.RemainderClosed()
            | return_events.RefundDoubted()
            | return_events.RefundSettled()
            | return_events.RefundStopped()
            | return_events.RefundFailed()
            | return_events.RefundReopened()
            | return_events.RefundClosed()
            | return_events.MessageSent()
            | return_events.MessageFailed()
            | return_events.MessageDropped()
            | return_events.Reminded()
            | return_events.DeadlinesStated()
            | return_events.Annotated()
            | return_events.Tagged()
            | return_events.Noted()
        ):
            return None
        case _:
            assert_never(event)


def _of_time(
    of: Return,
    event: return_events.Cancelled
    | return_events.Withdrawn
    | return_events.Lapsed
    | return_events.DeadlineExtended
    | return_events.Overdue
    | return_events.Closed,
) -> Event:
    """What ends, has longer, or is late."""
    match event:
        case return_events.Cancelled():
            return contracts.ReturnCancelled(
                return_id=of.id, customer_id=of.order.customer_id, language=of.order.language
            )
        case return_events.Withdrawn():
            return _withdrawn(of, event, contracts.UnitsKeptCause.CANCELLED)
        case return_events.Lapsed():
            return _withdrawn(of, event, contracts.UnitsKeptCause.LAPSED)
        case return_events.DeadlineExtended():
            return contracts.ReturnDeadlineExtended(
                return_id=of.id,
                customer_id=of.order.customer_id,
                language=of.order.language,
                deadline=contracts.ReturnDeadline(event.promise),
                until=event.until,
                day=event.day,
                reason=_wording(event.because),
                extended_at=event.at,
            )
        case return_events.Overdue():
            return contracts.ReturnOverdue(
                return_id=of.id,
                deadline=contracts.ReturnDeadline(event.promise),
                due_at=event.ended_at,
                noticed_at=event.at,
            )
        case return_events.Closed():
            return contracts.ReturnClosed(return_id=of.id, outcome=event.outcome)
        case _:
            assert_never(event)


def _withdrawn(
    of: Return, event: return_events.Withdrawn | return_events.Lapsed, cause: contracts.UnitsKeptCause
) -> contracts.ReturnWithdrawn:
    return contracts.ReturnWithdrawn(
        return_id=of.id,
        customer_id=of.order.customer_id,
        language=of.order.language,
        units=event.names,
        cause=cause,
        complete=not any(unit.can_stay for unit in of.units),
        ends=of.ending is Ending.LAPSED,
        withdrawn_at=event.at,
    )


def _requested(of: Return) -> contracts.ReturnRequested:
    return contracts.ReturnRequested(
        return_id=of.id,
        order_id=of.order.id,
        customer_id=of.order.customer_id,
        language=of.order.language,
        channel=of.channel,
        lines=tuple(
            contracts.RequestedLine(
                line_id=line.line_id,
                sku=line.sku,
                name=line.name,
                quantity=line.quantity,
                reason=line.reason,
                condition=line.condition,
            )
            for line in of.lines
        ),
    )


def _referred(of: Return) -> contracts.ReturnReferred:
    assert of.promises.decide_by is not None, "a referred return has its promise"  # noqa: S101
    return contracts.ReturnReferred(
        return_id=of.id,
        customer_id=of.order.customer_id,
        language=of.order.language,
        reasons=_reasons(reason for reason in of.review.referral if reason.answer is not Result.YES),
        decide_by=of.promises.decide_by,
    )


def _approved(of: Return) -> contracts.ReturnApproved:
    instructions, ruling, times = _instructions(of), _ruling(of), of.promises.times
    assert of.rma is not None, "an approved return has its number"  # noqa: S101
    ours = instructions.freight_payer is Payer.MERCHANT
    return contracts.ReturnApproved(
        return_id=of.id,
        rma=of.rma,
        order_id=of.order.id,
        customer_id=of.order.customer_id,
        language=of.order.language,
        automatic=ruling.by_policy,
        units=tuple(
            contracts.ApprovedUnit(
                unit_id=unit.id,
                quantity=unit.quantity if PieceRange.of(unit.id).is_lot else None,
                line_id=unit.line_id,
                sku=of.lines[unit.place].sku,
                name=of.lines[unit.place].name,
                reason=of.lines[unit.place].reason,
                fault=contracts.Fault(of.lines[unit.place].fault.value),
                worth_minor=of.lines[unit.place].worth_minor,
            )
            for unit in of.units
        ),
        address=contracts.ReturnAddress(
            warehouse=instructions.address.warehouse,
            recipient=instructions.address.recipient,
            lines=instructions.address.lines,
            contact=instructions.address.contact,
            phone=instructions.address.phone,
        ),
        carriers=instructions.carriers,
        freight_payer=contracts.FreightPayer.MERCHANT if ours else contracts.FreightPayer.CUSTOMER,
        freight_amount=None
        if instructions.freight_minor is None
        else contracts.Amount(amount_minor=instructions.freight_minor, currency=instructions.freight_currency),
        statutory_withdrawal=any(line.by_right for line in of.lines),
        whole_order=of.whole_order,
        ship_by=instructions.ship_by,
        stated_at=of.created_at,
        legal_calendar=times.legal_calendar if times is not None else None,
        working_calendar=times.working_calendar if times is not None else None,
        refund_clocks=tuple(_refund_clocks(of)),
        refund_rules=tuple(_refund_rules(of)),
        tender_order=_tender_order(of),
        money_told=_reasons(of.promises.told),
        rights=tuple(_rights(of)),
    )


def _rights(of: Return) -> Iterator[contracts.LineRight]:
    """The law's right of each line that comes back by right."""
    for line, right in zip(of.lines, of.promises.rights, strict=True) if of.promises.rights else ():
        if right is not None:
            refuses, reduces = (
                tuple(contracts.RightLimit(clause=each.clause, findings=each.findings) for each in some)
                for some in (right.refuses, right.reduces)
            )
            yield contracts.LineRight(
                line_id=line.line_id, reason=line.reason, clause=right.clause, refuses=refuses, reduces=reduces
            )


def _refund_rules(of: Return) -> Iterator[contracts.RefundRule]:
    """What the policy says about the money of each line, where it says something."""
    choices = of.promises.choices
    for line, choice in zip(of.lines, choices.lines, strict=True) if choices is not None else ():
        if choice != LineChoice():
            yield contracts.RefundRule(
                line_id=line.line_id,
                reason=line.reason,
                restocking_basis_points=choice.restocking_basis_points,
                outbound_whole=_word(contracts.OutboundFreightBack, choice.outbound_whole),
                outbound_part=_word(contracts.OutboundFreightBack, choice.outbound_part),
                discounts=_word(contracts.DiscountMode, choice.promotion),
            )


def _tender_order(of: Return) -> contracts.TenderOrder | None:
    choices = of.promises.choices
    if choices is None or choices.tender_order is TenderOrder.PROPORTIONAL:
        return None
    return contracts.TenderOrder(choices.tender_order.value)


W = TypeVar("W", bound=StrEnum)


def _word(kind: type[W], word: StrEnum | None) -> W | None:
    return None if word is None else kind(word.value)


def _refund_clocks(of: Return) -> Iterator[contracts.RefundClock]:
    """The terms of each line; a line that is requested twice for one reason has the terms of both requests."""
    times = of.promises.times
    if times is None:
        return
    for line, terms in zip(of.lines, times.refund_terms, strict=True):
        for term in terms:
            yield contracts.RefundClock(
                line_id=line.line_id,
                reason=line.reason,
                count=term.period.count,
                unit=term.period.unit,
                starts=tuple(contracts.RefundMilestone(each.value) for each in term.starts),
                may_wait_for=tuple(contracts.RefundMilestone(each.value) for each in term.may_wait_for),
            )


def _refused(of: Return) -> contracts.ReturnRefused:
    ruling = _ruling(of)
    assert ruling.object_by is not None, "a refusal says until when one can object"  # noqa: S101
    return contracts.ReturnRefused(
        return_id=of.id,
        customer_id=of.order.customer_id,
        language=of.order.language,
        reasons=_reasons(reason for reason in ruling.reasons if reason.answer is Result.NO),
        alternatives=tuple(_wording(offer.says) for offer in ruling.alternatives),
        object_by=ruling.object_by,
    )


def _reasons(reasons: Iterable[RecordedReason]) -> tuple[contracts.ReasonGiven, ...]:
    return tuple(
        contracts.ReasonGiven(rule=reason.rule, clause=reason.clause, says=_wording(reason.says)) for reason in reasons
    )


def _wording(said: Said) -> contracts.Wording:
    return contracts.Wording(en=said.en, zh=said.zh)


def _ruling(of: Return) -> RecordedDecision:
    assert of.review.ruling is not None, "a decided return has its ruling"  # noqa: S101
    return of.review.ruling


def _instructions(of: Return) -> Instructions:
    assert of.shipments.instructions is not None, "an approved return has its instructions"  # noqa: S101
    return of.shipments.instructions


def _fact(order_id: str, fact: Fact) -> Event:
    match fact:
        case ParcelTold():
            return contracts.OrderParcelTold(
                order_id=order_id,
                parcel_id=fact.id,
                line_ids=fact.line_ids,
                dispatched_at=fact.dispatched_at,
                delivered_at=fact.delivered_at,
                signed_for_at=fact.signed_for_at,
            )
        case DeliveryTold():
            return contracts.OrderParcelTold(order_id=order_id, parcel_id="order", delivered_at=fact.delivered_at)
        case UnitsCancelled():
            return contracts.OrderUnitsCancelled(
                order_id=order_id,
                cancellation_id=fact.id,
                lines=tuple(contracts.CancelledLine(line_id=i.line_id, quantity=i.quantity) for i in fact.lines),
                cancelled_at=fact.at,
            )
        case PaymentCaptured():
            tender = Tender(fact.id, fact.tender_kind, fact.captured_minor, fact.reference)
            return contracts.OrderPaymentCaptured(order_id=order_id, tender=tender_of(tender), captured_at=fact.at)
        case RefundedElsewhere():
            return _refunded_elsewhere(order_id, fact)
        case SnapshotCorrected():
            return order_contents(fact.order, contracts.OrderCorrected)
        case _:
            assert_never(fact)


def _refunded_elsewhere(order_id: str, fact: RefundedElsewhere) -> contracts.OrderRefundedElsewhere:
    return contracts.OrderRefundedElsewhere(
        order_id=order_id,
        refund_id=fact.id,
        refunded_at=fact.at,
        tenders=tuple(contracts.TenderElsewhere(tender_id=i.id, amount_minor=i.amount_minor) for i in fact.tenders),
        lines=tuple(
            contracts.LineElsewhere(line_id=i.line_id, quantity=i.quantity, amount_minor=i.amount_minor)
            for i in fact.lines
        ),
        freight_minor=fact.freight_minor,
        charges=tuple(contracts.ChargeElsewhere(charge_id=i.id, amount_minor=i.amount_minor) for i in fact.charges),
    )
