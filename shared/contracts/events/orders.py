"""Events about orders, published by requests."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import StringConstraints

from shared.contracts.envelope import Event
from shared.contracts.events.values import Code, Count, Currency, EventPart, Id, Minor, Regime, TenderKind, Text


class TaxCharged(EventPart):
    """Tax as it was charged on a line or on freight, never derived again. `rate` is a decimal string: "0.13"."""

    rate: Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]?)(\.[0-9]{1,6})?$")]
    amount_minor: Minor


class DiscountShare(EventPart):
    """The part of an order discount on one line."""

    discount_id: Id
    amount_minor: Minor


class OrderLine(EventPart):
    """One line as it was paid. `paid_minor` covers the whole line, discounts taken off and tax included.

    `shares` are the parts of the order's discounts that were taken off, net where tax is added. `bundle` names the set
    that the line was sold in; the set's price is in the lines of its parts.
    """

    line_id: Id
    sku: Id
    name: Text
    category: Code | None = None
    quantity: Count
    unit_price_minor: Minor
    discount_minor: Minor
    paid_minor: Minor
    taxes: tuple[TaxCharged, ...] = ()
    final_sale_confirmed: bool = False
    shares: tuple[DiscountShare, ...] = ()
    bundle: Id | None = None


class Freight(EventPart):
    """Outbound freight as paid, tax included; `standard_minor` is the cheapest standard way offered at the time."""

    paid_minor: Minor
    standard_minor: Minor | None = None
    taxes: tuple[TaxCharged, ...] = ()


class OrderDiscount(EventPart):
    """A discount on the order, which the lines share. Without `line_ids` it covers every line."""

    discount_id: Id
    name: Text
    amount_minor: Minor
    line_ids: tuple[Id, ...] = ()


class OrderCharge(EventPart):
    """Something charged besides goods and freight, tax included. An unknown `kind` counts as `other`."""

    charge_id: Id
    kind: Code
    name: Text | None = None
    paid_minor: Minor
    taxes: tuple[TaxCharged, ...] = ()
    line_id: Id | None = None


class Tender(EventPart):
    """A payment, of which `captured_minor` was received; `reference` is the provider's name for it.

    `means` names the payment exactly. `kind` is the nearest of the names that the first release knew.
    """

    tender_id: Id
    kind: TenderKind
    captured_minor: Minor
    reference: Id
    means: Code | None = None


class OrderImported(Event):
    """A storefront has pushed an order whose totals reconcile (N06): what was paid, never what would be paid today."""

    type: ClassVar[str] = "order.imported"
    version: ClassVar[int] = 1
    order_id: Id
    number: Id
    storefront: Id
    customer_id: Id
    language: Code
    regime: Regime
    currency: Currency
    prices_include_tax: bool
    ordered_at: datetime
    lines: tuple[OrderLine, ...]
    freight: Freight
    tenders: tuple[Tender, ...]
    total_minor: Minor
    discounts: tuple[OrderDiscount, ...] = ()
    charges: tuple[OrderCharge, ...] = ()


class OrderCorrected(OrderImported):
    """The snapshot of an order was wrong and is this one now. Nothing rested on it: no return, no later fact."""

    type: ClassVar[str] = "order.corrected"
    version: ClassVar[int] = 1


class OrderParcelTold(Event):
    """What is known now of one parcel of the order. Without lines the parcel may hold any of them."""

    type: ClassVar[str] = "order.parcel_told"
    version: ClassVar[int] = 1
    order_id: Id
    parcel_id: Id
    line_ids: tuple[Id, ...] = ()
    dispatched_at: datetime | None = None
    delivered_at: datetime | None = None
    signed_for_at: datetime | None = None


class CancelledLine(EventPart):
    """So many units of one line that are not sent."""

    line_id: Id
    quantity: Count


class OrderUnitsCancelled(Event):
    """Units were cancelled before they were sent. They do not come back, and the shop pays their money back itself."""

    type: ClassVar[str] = "order.units_cancelled"
    version: ClassVar[int] = 1
    order_id: Id
    cancellation_id: Id
    lines: tuple[CancelledLine, ...]
    cancelled_at: datetime


class OrderPaymentCaptured(Event):
    """Money was captured after the order was pushed: a deposit's rest, or cash on delivery. It may be given back."""

    type: ClassVar[str] = "order.payment_captured"
    version: ClassVar[int] = 1
    order_id: Id
    tender: Tender
    captured_at: datetime


class TenderElsewhere(EventPart):
    """What a refund elsewhere paid back to one tender."""

    tender_id: Id
    amount_minor: Minor


class LineElsewhere(EventPart):
    """What a refund elsewhere was paid for: so many units of one line."""

    line_id: Id
    quantity: Count
    amount_minor: Minor


class ChargeElsewhere(EventPart):
    """What a refund elsewhere was paid for: a charge of the order."""

    charge_id: Id
    amount_minor: Minor


class OrderRefundedElsewhere(Event):
    """Somebody else has paid money of this order back. It counts in every limit, so that nothing is paid twice."""

    type: ClassVar[str] = "order.refunded_elsewhere"
    version: ClassVar[int] = 1
    order_id: Id
    refund_id: Id
    refunded_at: datetime
    tenders: tuple[TenderElsewhere, ...]
    lines: tuple[LineElsewhere, ...] = ()
    freight_minor: Minor = 0
    charges: tuple[ChargeElsewhere, ...] = ()
