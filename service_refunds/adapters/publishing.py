"""Which domain events are published, and as which contract. The type check fails for a domain event
without a decision.
"""

from collections.abc import Iterable
from typing import TypedDict, assert_never

from service_refunds.domain import events
from service_refunds.domain.finance.double_payment import DoublePayment
from service_refunds.domain.known.known_order import KnownOrder
from service_refunds.domain.known.known_return import KnownReturn
from service_refunds.domain.ledger.double_entry import BY_HAND
from service_refunds.domain.settlement.payout import Payout
from service_refunds.domain.settlement.refund import Refund
from service_refunds.domain.settlement.resolving import unpaid_amount
from shared.contracts import events as contracts
from shared.contracts.envelope import Event
from shared.database.repository import Published
from shared.kernel.money import Money, total


class Names(TypedDict):
    """What finance systems join refunds by."""

    order_number: str | None
    rma: str | None
    storefront: str | None


RefundEvent = (
    events.RefundOpened
    | events.RefundStopped
    | events.RefundSubmitted
    | events.PayoutEnded
    | events.PayoutReserved
    | events.PaidAgain
    | events.DebtClosed
    | events.RefundDelayed
    | events.RefundReopened
    | events.ResolutionChanged
    | events.RefundClosed
    | events.RefundAccepted
    | events.RefundDoubted
    | events.RefundAskedAgain
    | events.RefundSettled
    | events.RefundFailed
    | events.RefundReferred
    | events.RemainderClosed
)
KnownFactEvent = (
    events.OrderRecorded
    | events.OrderCorrected
    | events.LaterFactKnown
    | events.RefundCounted
    | events.ReturnRecorded
    | events.DoublePaymentClosed
)


def publish(
    aggregate: KnownOrder | KnownReturn | Refund | DoublePayment, event: RefundEvent | KnownFactEvent
) -> Published | None:
    """The event for other services, or None for an event that stays inside."""
    if not isinstance(aggregate, Refund) or isinstance(event, KnownFactEvent):
        return None
    published = _published_event(aggregate, event)
    return None if published is None else Published(published, aggregate.terms.return_id)


def _published_event(refund: Refund, event: RefundEvent) -> Event | None:
    terms = refund.terms
    match event:
        case events.RefundOpened():
            return contracts.RefundOpened(
                refund_id=refund.id,
                return_id=terms.return_id,
                order_id=terms.order_id,
                **_names(refund),
                amount=_of(terms.amount),
                components=_components(refund),
                tenders=_shares(refund.current),
                units=tuple(terms.units),
                pay_by=terms.pay_by,
                pay_by_day=terms.pay_by_day,
                remainder=None if terms.remainder is None else _of(terms.remainder),
            )
        case events.RefundDoubted():
            return contracts.RefundDoubted(
                refund_id=refund.id, return_id=terms.return_id, order_id=terms.order_id, **_names(refund)
            )
        case events.RefundSettled():
            return contracts.RefundSettled(
                refund_id=refund.id,
                return_id=terms.return_id,
                order_id=terms.order_id,
                **_names(refund),
                customer_id=terms.customer_id,
                language=terms.language,
                amount=_of(terms.amount),
                components=_components(refund),
                tenders=_shares(refund.current),
                units=tuple(terms.units),
                settled_at=refund.settled_at or terms.opened_at,
                remainder=None if refund.open_remainder is None else _of(refund.open_remainder),
            )
        case events.RefundStopped():
            return contracts.RefundStopped(
                refund_id=refund.id,
                return_id=terms.return_id,
                order_id=terms.order_id,
                **_names(refund),
                units=tuple(terms.units),
                amount=_of(terms.amount),
                components=_components(refund),
                stopped_at=event.at,
            )
        case events.RemainderClosed() | events.RefundFailed() | events.RefundReopened() | events.RefundClosed():
            return _event_of_unpaid(refund, event)
        case (
            events.RefundSubmitted()
            | events.PayoutEnded()
            | events.PayoutReserved()
            | events.PaidAgain()
            | events.DebtClosed()
            | events.RefundDelayed()
            | events.ResolutionChanged()
            | events.RefundAccepted()
            | events.RefundAskedAgain()
            | events.RefundReferred()
        ):
            return None
        case _:
            assert_never(event)


def _event_of_unpaid(
    refund: Refund, event: events.RemainderClosed | events.RefundFailed | events.RefundReopened | events.RefundClosed
) -> Event:
    """What is told about money that the provider did not pay."""
    terms = refund.terms
    match event:
        case events.RemainderClosed(outcome, at):
            return contracts.RefundRemainderClosed(
                refund_id=refund.id,
                return_id=terms.return_id,
                order_id=terms.order_id,
                **_names(refund),
                amount=_of(terms.remainder or terms.amount),
                outcome=contracts.RemainderEnd(outcome),
                closed_at=at,
            )
        case events.RefundFailed():
            return contracts.RefundFailed(
                refund_id=refund.id,
                return_id=terms.return_id,
                order_id=terms.order_id,
                **_names(refund),
                code=refund.code or "refused",
                amount_paid=_of(total((payout.amount for payout in refund.paid_payouts), terms.amount.currency)),
                paid=_shares(refund.paid_payouts),
            )
        case events.RefundReopened(at):
            return contracts.RefundReopened(
                refund_id=refund.id,
                return_id=terms.return_id,
                order_id=terms.order_id,
                **_names(refund),
                amount=_of(unpaid_amount(refund)),
                reopened_at=at,
            )
        case events.RefundClosed(minor, because, at):
            return contracts.RefundClosed(
                refund_id=refund.id,
                return_id=terms.return_id,
                order_id=terms.order_id,
                **_names(refund),
                customer_id=terms.customer_id,
                language=terms.language,
                amount=contracts.Amount(amount_minor=minor, currency=terms.amount.currency),
                amount_paid=_of(total((payout.amount for payout in refund.paid_payouts), terms.amount.currency)),
                because=contracts.NotOwedReason(because),
                units=tuple(terms.units),
                closed_at=at,
            )
        case _:
            assert_never(event)


def _names(refund: Refund) -> Names:
    terms = refund.terms
    return {"order_number": terms.order_number, "rma": terms.rma, "storefront": terms.storefront}


def _of(amount: Money) -> contracts.Amount:
    return contracts.Amount(amount_minor=amount.minor, currency=amount.currency)


def _components(refund: Refund) -> tuple[contracts.Component, ...]:
    return tuple(
        contracts.Component(name=name, amount_minor=minor) for name, minor in refund.terms.by_component().items()
    )


def _shares(payouts: Iterable[Payout]) -> tuple[contracts.TenderShare, ...]:
    return tuple(
        contracts.TenderShare(
            tender_id=payout.tender,
            kind=contracts.TenderKind(payout.kind),
            amount_minor=payout.amount.minor,
            trace=payout.trace,
            means=None if payout.means in {None, BY_HAND} else contracts.MeansOfPayment(payout.means),
            reference=payout.reference,
        )
        for payout in payouts
    )
