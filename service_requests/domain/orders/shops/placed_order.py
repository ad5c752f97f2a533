"""What every shop's document says of an order, in one form: exact amounts, as the shop calculated them.

Amounts are exact fractions of minor units, because some shops calculate with more digits than money has.
"""

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Final

from shared.kernel.errors import Said
from shared.kernel.places import ShipTo

ONLY_PAYMENT: Final = "payment-1"
"""The id of the one payment of an order whose document lists no payments."""


@dataclass(frozen=True, slots=True)
class PlacedTax:
    """A tax as charged; `rate` 0.19 is 19 %."""

    rate: Fraction
    amount: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedLine:
    """A line; `amount` is after discounts, with its tax where the order's prices include tax, else without."""

    line_id: str
    sku: str
    name: str
    quantity: int
    unit_price: Fraction | None
    amount: Fraction
    taxes: tuple[PlacedTax, ...] = ()
    category: str | None = None
    pointer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedCharge:
    """A charge of the order that is no goods and no freight: a tip, a duty, a fee."""

    charge_id: str
    kind: str
    name: str
    amount: Fraction
    taxes: tuple[PlacedTax, ...] = ()
    line_id: str | None = None


@dataclass(frozen=True, slots=True)
class PlacedFreight:
    """One way of shipping as charged, after its discounts."""

    amount: Fraction
    taxes: tuple[PlacedTax, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """Money that came in."""

    tender_id: str
    kind: str
    amount: Fraction
    reference: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Pieces:
    """Some pieces of a line, and what was paid back for them where that is said."""

    line_id: str
    quantity: int
    amount: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentParcel:
    """A parcel that left."""

    parcel_id: str
    dispatched_at: datetime | None
    delivered_at: datetime | None = None
    carrier: str | None = None
    tracking_number: str | None = None
    lines: tuple[Pieces, ...] = ()


@dataclass(frozen=True, slots=True)
class CancelledPieces:
    """Pieces that will not be sent."""

    cancellation_id: str
    at: datetime
    lines: tuple[Pieces, ...]
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopRefund:
    """Money that the shop has paid back itself; `money` is by tender, the rest is what it was paid back for."""

    refund_id: str
    at: datetime
    money: tuple[tuple[str, Fraction], ...]
    lines: tuple[Pieces, ...] = ()
    freight: Fraction = Fraction(0)
    charges: tuple[tuple[str, Fraction], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedOrder:
    """An order as its shop documents it. `amounts_rounded`: the shop rounds each amount that it shows.

    `total_at` is the pointer of the total. `notes` say what the document leaves open, and what was done instead.
    """

    number: str
    customer_id: str
    locale: str | None
    ship_to: ShipTo | None
    currency: str
    prices_include_tax: bool
    ordered_at: datetime
    lines: tuple[PlacedLine, ...]
    freight: tuple[PlacedFreight, ...]
    charges: tuple[PlacedCharge, ...]
    total: Fraction
    total_at: str
    amounts_rounded: bool = False
    captures: tuple[Capture, ...] = ()
    parcels: tuple[SentParcel, ...] = ()
    cancellations: tuple[CancelledPieces, ...] = ()
    refunds: tuple[ShopRefund, ...] = ()
    notes: tuple[Said, ...] = field(default=())
