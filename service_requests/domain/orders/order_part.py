"""The parts of an order: lines, discounts, charges, bundles, parcels, freight and payments. Amounts are minor units."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PaymentMeans(StrEnum):
    """Means of payment as storefronts name them."""

    CARD = "card"
    WALLET = "wallet"
    BANK_TRANSFER = "bank_transfer"
    GIFT_CARD = "gift_card"
    STORE_CREDIT = "store_credit"
    CASH = "cash"
    CASH_ON_DELIVERY = "cash_on_delivery"
    POINTS = "points"
    OTHER = "other"


class ChargeKind(StrEnum):
    """What an order charges besides goods and freight. Each kind has its rule of return in refunds."""

    WRAP = "wrap"
    PAYMENT_FEE = "payment_fee"
    INSURANCE = "insurance"
    DUTY = "duty"
    TIP = "tip"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class TaxCharged:
    """Tax as charged; `rate` is a decimal string."""

    rate: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class DiscountShare:
    """The part of an order discount on one line: net where tax is added, otherwise tax included."""

    discount_id: str
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One line; `paid_minor` is the price of the whole line after discounts, tax included.

    `goods` are kinds that a law or a policy may exclude from a return without a reason. `confirmed` are the kinds that
    the buyer confirmed at this purchase. `parcels` are the ids of the parcels of this line. `shares` are the parts of
    order discounts that `paid_minor` no longer contains. `bundle` is the set that the line was sold in.
    """

    line_id: str
    sku: str
    name: str
    category: str | None
    quantity: int
    unit_price_minor: int
    discount_minor: int
    paid_minor: int
    taxes: tuple[TaxCharged, ...] = ()
    final_sale_confirmed: bool = False
    goods: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()
    parcels: tuple[str, ...] = ()
    shares: tuple[DiscountShare, ...] = ()
    bundle: str | None = None


@dataclass(frozen=True, slots=True)
class OrderParcel:
    """A parcel of the order: what the carrier reported, and when the recipient signed (B02)."""

    id: str
    dispatched_at: datetime | None = None
    delivered_at: datetime | None = None
    signed_for_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OrderFreight:
    """Outbound freight as paid, tax included."""

    paid_minor: int
    standard_minor: int | None = None
    taxes: tuple[TaxCharged, ...] = ()


@dataclass(frozen=True, slots=True)
class Tender:
    """A captured payment; `reference` is the name of the payment at the provider."""

    tender_id: str
    kind: str
    captured_minor: int
    reference: str


@dataclass(frozen=True, slots=True)
class OrderDiscount:
    """A discount on the order, or on the lines that it names; `amount_minor` is the sum of the shares of the lines."""

    discount_id: str
    name: str
    amount_minor: int
    line_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCharge:
    """Something that the order charges besides goods and freight, tax included; `line_id` is the line it is for."""

    charge_id: str
    kind: str
    name: str | None
    paid_minor: int
    taxes: tuple[TaxCharged, ...] = ()
    line_id: str | None = None


@dataclass(frozen=True, slots=True)
class BundlePart:
    """A line of a bundle, with its price alone; the prices alone are the weights of the shares (ALLOC)."""

    line_id: str
    weight_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderBundle:
    """A set that was sold for one price; the lines of its parts hold the shares of that price."""

    bundle_id: str
    sku: str
    name: str
    quantity: int
    paid_minor: int
    taxes: tuple[TaxCharged, ...] = ()
    parts: tuple[BundlePart, ...] = ()
