"""The order as the storefront sent it, and its translation into the order of the calculation.

An imported amount is what the customer paid, tax included. The calculation counts gross amounts where prices include
tax, and net amounts where tax is added.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from service_refunds.domain.calculation.inputs.charge import PriceMode, Tax
from service_refunds.domain.calculation.inputs.field_check import LONGEST_TEXT
from service_refunds.domain.calculation.inputs.order import Order
from service_refunds.domain.calculation.inputs.order_line import DiscountShare, OrderLine
from service_refunds.domain.calculation.inputs.order_part import ChargeKind, OrderDiscount, OrderFee, Shipment
from service_refunds.domain.calculation.inputs.refusal import OrderDoesNotAddUp
from service_refunds.domain.calculation.inputs.tender import Tender, TenderKind
from shared.kernel.errors import Said
from shared.kernel.money import Money
from shared.kernel.order_figures import first_disagreement, price_misses_by

OUTBOUND: Final = "outbound"
"""The id of the shipment that took the goods to the customer."""


class PaymentKind(StrEnum):
    """Means of payment as storefronts name them."""

    CARD = "card"
    WALLET = "wallet"
    BANK_TRANSFER = "bank_transfer"
    GIFT_CARD = "gift_card"
    STORE_CREDIT = "store_credit"


TENDER_KINDS: Final[Mapping[PaymentKind, TenderKind]] = {
    PaymentKind.CARD: TenderKind.CARD,
    PaymentKind.WALLET: TenderKind.WALLET,
    PaymentKind.BANK_TRANSFER: TenderKind.BANK,
    PaymentKind.GIFT_CARD: TenderKind.GIFT_CARD,
    PaymentKind.STORE_CREDIT: TenderKind.STORE_CREDIT,
}
"""How the money of each payment goes back. Cash is told as a bank transfer, because that is how it goes back."""


CHARGE_KINDS: Final[Mapping[str, ChargeKind]] = {kind.value: kind for kind in ChargeKind}


@dataclass(frozen=True, slots=True)
class ImportedTax:
    """Tax as it was charged; `rate` is a decimal string."""

    rate: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ImportedShare:
    """The part of an order discount on one line, in the amount that the calculation counts in."""

    discount_id: str
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedLine:
    """One line; `paid_minor` covers all its pieces, discounts and shares taken off and tax included."""

    line_id: str
    quantity: int
    unit_price_minor: int
    discount_minor: int
    paid_minor: int
    taxes: tuple[ImportedTax, ...] = ()
    shares: tuple[ImportedShare, ...] = ()
    bundle: str | None = None


@dataclass(frozen=True, slots=True)
class ImportedDiscount:
    """A discount on the order, which the lines share. Without `line_ids` it covers every line."""

    discount_id: str
    amount_minor: int
    line_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedCharge:
    """Something charged besides goods and freight, tax included. A kind that is not known here counts as `other`."""

    charge_id: str
    kind: str
    paid_minor: int
    name: str | None = None
    taxes: tuple[ImportedTax, ...] = ()
    line_id: str | None = None


@dataclass(frozen=True, slots=True)
class ImportedFreight:
    """Outbound freight, tax included; `standard_minor` is the price of the cheapest standard delivery."""

    paid_minor: int
    standard_minor: int | None = None
    taxes: tuple[ImportedTax, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportedPayment:
    """A payment that was captured; `reference` is the provider's name for it."""

    tender_id: str
    kind: PaymentKind
    captured_minor: int
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedOrder:
    """What refunds need of an imported order. The field names are those of the stored snapshot."""

    regime: str
    currency: str
    prices_include_tax: bool
    lines: tuple[ImportedLine, ...]
    freight: ImportedFreight
    tenders: tuple[ImportedPayment, ...]
    total_minor: int
    discounts: tuple[ImportedDiscount, ...] = ()
    charges: tuple[ImportedCharge, ...] = ()


_DISAGREES: Final = Said("{what}: {found} stands here, {expected} is right", "{what}：此处为 {found}，应为 {expected}")


def order_of(imported: ImportedOrder) -> Order:
    """The order as the calculation takes it: amounts gross where prices include tax, otherwise net.

    `OrderDoesNotAddUp` names the field as it was imported. The intake of orders asks the same judge (Z03).
    """
    wrong = first_disagreement(imported)
    if wrong is not None:
        raise OrderDoesNotAddUp(wrong.pointer, _DISAGREES, what=wrong.what, found=wrong.found, expected=wrong.expected)
    inclusive, currency = imported.prices_include_tax, imported.currency

    def canonical(paid: int, taxes: tuple[ImportedTax, ...]) -> Money:
        return Money(paid - (0 if inclusive else sum(tax.amount_minor for tax in taxes)), currency)

    freight = imported.freight
    freight_paid = canonical(freight.paid_minor, freight.taxes)
    standard = freight.standard_minor
    shipment = Shipment(
        id=OUTBOUND,
        paid=freight_paid,
        taxes=_taxes_by_rate(freight.taxes, currency),
        standard=None if standard is None else freight_paid.fraction(standard, freight.paid_minor),
    )
    return Order(
        currency=currency,
        lines=tuple(
            OrderLine(
                id=line.line_id,
                quantity=line.quantity,
                paid=canonical(line.paid_minor, line.taxes),
                taxes=_taxes_by_rate(line.taxes, currency),
                unit_price=None if missed else Money(line.unit_price_minor, currency),
                discounts=(Money(line.discount_minor, currency),),
                shares=tuple(
                    DiscountShare(each.discount_id, Money(each.amount_minor, currency)) for each in line.shares
                ),
                bundle=line.bundle or "",
            )
            for line in imported.lines
            for missed in (price_misses_by(line, prices_include_tax=inclusive),)
        ),
        tenders=tuple(
            Tender(
                id=tender.tender_id,
                kind=TENDER_KINDS[tender.kind],
                captured=Money(tender.captured_minor, currency),
            )
            for tender in imported.tenders
        ),
        mode=PriceMode.INCLUSIVE if inclusive else PriceMode.EXCLUSIVE,
        discounts=tuple(
            OrderDiscount(id=each.discount_id, amount=Money(each.amount_minor, currency), lines=each.line_ids)
            for each in imported.discounts
        ),
        shipments=(shipment,) if freight.paid_minor else (),
        fees=tuple(
            OrderFee(
                id=charge.charge_id,
                paid=canonical(charge.paid_minor, charge.taxes),
                taxes=_taxes_by_rate(charge.taxes, currency),
                name=_on_one_line(charge.name or ""),
                kind=CHARGE_KINDS.get(charge.kind, ChargeKind.OTHER),
                line=charge.line_id or "",
            )
            for charge in imported.charges
        ),
        total=Money(imported.total_minor, currency),
    )


def _on_one_line(name: str) -> str:
    """A name for a statement: characters that cannot be printed become blanks."""
    return "".join([each if each.isprintable() else " " for each in name])[:LONGEST_TEXT]


def _taxes_by_rate(taxes: tuple[ImportedTax, ...], currency: str) -> tuple[Tax, ...]:
    rates: dict[str, int] = {}
    for tax in taxes:
        rates[tax.rate] = rates.get(tax.rate, 0) + tax.amount_minor
    return tuple(Tax(rate, Money(minor, currency)) for rate, minor in rates.items())
