"""What callers see of an order: its snapshot as it stands, and every fact that came later (A16)."""

from datetime import datetime
from typing import Final, Self

from service_requests.domain.orders.later_fact import PaymentCaptured, RefundedElsewhere, UnitsCancelled
from service_requests.domain.orders.later_facts import LaterFacts, OrderNow
from service_requests.domain.orders.order import Order
from service_requests.domain.orders.order_part import ChargeKind, OrderLine
from service_requests.entrypoints.orders.place_fields import ShipToOut
from shared.contracts.events import Regime
from shared.web.fields import Output


class OrderLineOut(Output):
    """One line of an order. `cancelled` of its units were not sent and do not come back."""

    line_id: str
    sku: str
    name: str
    category: str | None
    quantity: int
    unit_price_minor: int
    discount_minor: int
    paid_minor: int
    """After its share of every discount on the order."""
    bundle: str | None
    cancelled: int


class OrderChargeOut(Output):
    """Something that the order charges besides goods and freight."""

    charge_id: str
    kind: ChargeKind
    name: str | None
    paid_minor: int
    line_id: str | None


class OrderParcelOut(Output):
    """A parcel of the order, as far as it is known."""

    id: str
    line_ids: list[str]
    dispatched_at: datetime | None
    delivered_at: datetime | None
    signed_for_at: datetime | None
    carrier: str | None = None
    tracking_number: str | None = None


class CancelledLineOut(Output):
    """So many units of one line."""

    line_id: str
    quantity: int


class OrderCancellationOut(Output):
    """Units that were cancelled before they were sent. The shop itself pays their money back."""

    cancellation_id: str
    lines: list[CancelledLineOut]
    at: datetime
    reason: str | None


class OrderPaymentOut(Output):
    """Money that was captured after the push."""

    tender_id: str
    kind: str
    captured_minor: int
    at: datetime


class TenderElsewhereOut(Output):
    """What went back to one tender."""

    tender_id: str
    amount_minor: int


class LineElsewhereOut(Output):
    """What was paid back for units of one line."""

    line_id: str
    quantity: int
    amount_minor: int


class ChargeElsewhereOut(Output):
    """What was paid back of one charge."""

    charge_id: str
    amount_minor: int


class RefundElsewhereOut(Output):
    """A refund that somebody else has paid. It counts in every limit of ours."""

    refund_id: str
    at: datetime
    tenders: list[TenderElsewhereOut]
    lines: list[LineElsewhereOut]
    freight_minor: int
    charges: list[ChargeElsewhereOut]


class OrderOut(Output):
    """An order as its storefront pushed it, with what happened later."""

    id: str
    number: str
    storefront: str
    customer_id: str
    language: str
    regime: Regime
    currency: str
    prices_include_tax: bool
    ordered_at: datetime
    delivered_at: datetime | None
    policy: str | None
    """The version of the policy that stays this order's."""
    lines: list[OrderLineOut]
    charges: list[OrderChargeOut]
    total_minor: int
    created_at: datetime
    ship_to: ShipToOut | None = None
    parcels: list[OrderParcelOut]
    cancellations: list[OrderCancellationOut]
    payments: list[OrderPaymentOut]
    """Captured after the push."""
    refunds_elsewhere: list[RefundElsewhereOut]
    version: int

    @classmethod
    def of(cls, now: OrderNow) -> Self:
        """The view of an order as it stands."""
        order, facts = now.order, now.facts or LaterFacts(id=now.snapshot.id)
        return cls(
            **{name: getattr(order, name) for name in SHOWN_AS_THEY_ARE},
            regime=Regime(order.regime),
            ship_to=None if order.ship_to is None else ShipToOut.model_validate(order.ship_to),
            lines=[_line(line, now.cancelled.get(line.line_id, 0)) for line in order.lines],
            charges=[OrderChargeOut.model_validate(each) for each in order.charges],
            parcels=_parcels(order, facts),
            cancellations=[_cancellation(each) for each in facts.of(UnitsCancelled)],
            payments=[_payment(each) for each in facts.of(PaymentCaptured)],
            refunds_elsewhere=[_refund(each) for each in facts.of(RefundedElsewhere)],
            version=now.version,
        )


SHOWN_AS_THEY_ARE: Final = (
    "id", "number", "storefront", "customer_id", "language", "currency", "prices_include_tax", "ordered_at",
    "delivered_at", "policy", "total_minor", "created_at",
)  # fmt: skip
"""Fields of the order that are shown under their own names."""


class OrdersOut(Output):
    """Orders that a query found."""

    items: list[OrderOut]
    next: str | None = None


def _line(line: OrderLine, cancelled: int) -> OrderLineOut:
    shown = {name: getattr(line, name) for name in OrderLineOut.model_fields if name != "cancelled"}
    return OrderLineOut(**shown, cancelled=cancelled)


def _parcels(order: Order, facts: LaterFacts) -> list[OrderParcelOut]:
    told = facts.parcels
    return [
        OrderParcelOut(
            id=parcel.id,
            line_ids=[line.line_id for line in order.lines if parcel.id in line.parcels],
            dispatched_at=parcel.dispatched_at,
            delivered_at=parcel.delivered_at,
            signed_for_at=parcel.signed_for_at,
            carrier=told[parcel.id].carrier if parcel.id in told else None,
            tracking_number=told[parcel.id].tracking_number if parcel.id in told else None,
        )
        for parcel in order.parcels
    ]


def _cancellation(fact: UnitsCancelled) -> OrderCancellationOut:
    lines = [CancelledLineOut.model_validate(line) for line in fact.lines]
    return OrderCancellationOut(cancellation_id=fact.id, lines=lines, at=fact.at, reason=fact.reason)


def _payment(fact: PaymentCaptured) -> OrderPaymentOut:
    return OrderPaymentOut(tender_id=fact.id, kind=fact.tender_kind, captured_minor=fact.captured_minor, at=fact.at)


def _refund(fact: RefundedElsewhere) -> RefundElsewhereOut:
    return RefundElsewhereOut(
        refund_id=fact.id,
        at=fact.at,
        tenders=[TenderElsewhereOut(tender_id=each.id, amount_minor=each.amount_minor) for each in fact.tenders],
        lines=[LineElsewhereOut.model_validate(each) for each in fact.lines],
        freight_minor=fact.freight_minor,
        charges=[ChargeElsewhereOut(charge_id=each.id, amount_minor=each.amount_minor) for each in fact.charges],
    )
