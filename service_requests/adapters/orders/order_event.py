"""The event that tells other services of an order."""

from collections.abc import Mapping
from typing import Final

from service_requests.domain.orders.order import Order
from service_requests.domain.orders.order_part import PaymentMeans, TaxCharged, Tender
from shared.contracts import events as contracts

NEAREST_KIND: Final[Mapping[PaymentMeans, contracts.TenderKind]] = {
    PaymentMeans.CARD: contracts.TenderKind.CARD,
    PaymentMeans.WALLET: contracts.TenderKind.WALLET,
    PaymentMeans.BANK_TRANSFER: contracts.TenderKind.BANK_TRANSFER,
    PaymentMeans.GIFT_CARD: contracts.TenderKind.GIFT_CARD,
    PaymentMeans.STORE_CREDIT: contracts.TenderKind.STORE_CREDIT,
    PaymentMeans.CASH: contracts.TenderKind.BANK_TRANSFER,
    PaymentMeans.CASH_ON_DELIVERY: contracts.TenderKind.BANK_TRANSFER,
    PaymentMeans.POINTS: contracts.TenderKind.STORE_CREDIT,
    PaymentMeans.OTHER: contracts.TenderKind.BANK_TRANSFER,
}
"""Readers of the first release know five kinds. Money without a way of its own goes back by bank transfer."""


def order_contents(order: Order, contract: type[contracts.OrderImported]) -> contracts.OrderImported:
    """The event with the contents of an order: the order came in, or its snapshot was corrected."""
    return contract(
        order_id=order.id,
        number=order.number,
        storefront=order.storefront,
        customer_id=order.customer_id,
        language=order.language,
        regime=contracts.Regime(order.regime),
        currency=order.currency,
        prices_include_tax=order.prices_include_tax,
        ordered_at=order.ordered_at,
        lines=tuple(
            contracts.OrderLine(
                line_id=line.line_id,
                sku=line.sku,
                name=line.name,
                category=line.category,
                quantity=line.quantity,
                unit_price_minor=line.unit_price_minor,
                discount_minor=line.discount_minor,
                paid_minor=line.paid_minor,
                taxes=_taxes(line.taxes),
                final_sale_confirmed=line.final_sale_confirmed,
                shares=tuple(
                    contracts.DiscountShare(discount_id=each.discount_id, amount_minor=each.amount_minor)
                    for each in line.shares
                ),
                bundle=line.bundle,
            )
            for line in order.lines
        ),
        freight=contracts.Freight(
            paid_minor=order.freight.paid_minor,
            standard_minor=order.freight.standard_minor,
            taxes=_taxes(order.freight.taxes),
        ),
        tenders=tuple(map(tender_of, order.tenders)),
        total_minor=order.total_minor,
        discounts=tuple(
            contracts.OrderDiscount(
                discount_id=each.discount_id, name=each.name, amount_minor=each.amount_minor, line_ids=each.line_ids
            )
            for each in order.discounts
        ),
        charges=tuple(
            contracts.OrderCharge(
                charge_id=each.charge_id,
                kind=each.kind,
                name=each.name,
                paid_minor=each.paid_minor,
                taxes=_taxes(each.taxes),
                line_id=each.line_id,
            )
            for each in order.charges
        ),
    )


def tender_of(tender: Tender) -> contracts.Tender:
    """A payment as other services read it."""
    return contracts.Tender(
        tender_id=tender.tender_id,
        kind=NEAREST_KIND[PaymentMeans(tender.kind)],
        means=tender.kind,
        captured_minor=tender.captured_minor,
        reference=tender.reference,
    )


def _taxes(taxes: tuple[TaxCharged, ...]) -> tuple[contracts.TaxCharged, ...]:
    return tuple(contracts.TaxCharged(rate=tax.rate, amount_minor=tax.amount_minor) for tax in taxes)
