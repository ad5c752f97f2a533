"""The imported order in the words of the calculation: amounts gross in inclusive shops, net in exclusive ones."""

from collections.abc import Mapping
from typing import Any, Final

from service_refunds.domain.calculation.inputs.charge import PriceMode, Tax
from service_refunds.domain.calculation.inputs.order import Order
from service_refunds.domain.calculation.inputs.order_line import OrderLine
from service_refunds.domain.calculation.inputs.order_part import Shipment
from service_refunds.domain.calculation.inputs.tender import Tender, TenderKind
from shared.contracts import events as contracts
from shared.kernel.money import Money

OUTBOUND: Final = "outbound"


TENDER_KINDS: Final[Mapping[contracts.TenderKind, TenderKind]] = {
    contracts.TenderKind.CARD: TenderKind.CARD,
    contracts.TenderKind.WALLET: TenderKind.WALLET,
    contracts.TenderKind.BANK_TRANSFER: TenderKind.BANK,
    contracts.TenderKind.GIFT_CARD: TenderKind.GIFT_CARD,
    contracts.TenderKind.STORE_CREDIT: TenderKind.STORE_CREDIT,
}


def read_snapshot(snapshot: Mapping[str, Any]) -> contracts.OrderImported:
    """The contract that a known order keeps verbatim."""
    return contracts.OrderImported.model_validate(snapshot, strict=False)


def order_of(imported: contracts.OrderImported) -> Order:
    """The order in the core's words: amounts gross in inclusive shops, net in exclusive ones."""
    inclusive, currency = imported.prices_include_tax, imported.currency

    def canonical(paid: int, taxes: tuple[contracts.TaxCharged, ...]) -> Money:
        return Money(paid - (0 if inclusive else sum(tax.amount_minor for tax in taxes)), currency)

    freight = imported.freight
    carried = canonical(freight.paid_minor, freight.taxes)
    standard = freight.standard_minor
    shipment = Shipment(
        id=OUTBOUND,
        paid=carried,
        taxes=_taxes_by_rate(freight.taxes, currency),
        standard=None if standard is None else carried.fraction(standard, freight.paid_minor),
    )
    return Order(
        currency=currency,
        lines=tuple(
            OrderLine(
                id=line.line_id,
                quantity=line.quantity,
                paid=canonical(line.paid_minor, line.taxes),
                taxes=_taxes_by_rate(line.taxes, currency),
                unit_price=Money(line.unit_price_minor, currency),
                discounts=(Money(line.discount_minor, currency),),
            )
            for line in imported.lines
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
        shipments=(shipment,) if freight.paid_minor else (),
        total=Money(imported.total_minor, currency),
    )


def _taxes_by_rate(taxes: tuple[contracts.TaxCharged, ...], currency: str) -> tuple[Tax, ...]:
    rates: dict[str, int] = {}
    for tax in taxes:
        rates[tax.rate] = rates.get(tax.rate, 0) + tax.amount_minor
    return tuple(Tax(rate, Money(minor, currency)) for rate, minor in rates.items())
