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


class OrderLine(EventPart):
    """One line as it was paid. `paid_minor` covers the whole line, discounts taken off and tax included."""

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


class Freight(EventPart):
    """Outbound freight as paid, tax included; `standard_minor` is the cheapest standard way offered at the time."""

    paid_minor: Minor
    standard_minor: Minor | None = None
    taxes: tuple[TaxCharged, ...] = ()


class Tender(EventPart):
    """A payment that was captured; `reference` is the provider's name for it."""

    tender_id: Id
    kind: TenderKind
    captured_minor: Minor
    reference: Id


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
