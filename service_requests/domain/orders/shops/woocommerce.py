"""Orders of WooCommerce: the order of the REST API v3, and its webhooks, whose bodies are the same.

Every amount of a line is without tax, even in a shop whose prices include it; `total` is after coupons. Source:
woocommerce.github.io/woocommerce-rest-api-docs, Orders and Order refunds. Entries of `refunds` may be the whole
refunds of that API, which say lines and moments.
"""

import html
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from typing import Any, Final

from service_requests.domain.orders.shops.country import ship_to
from service_requests.domain.orders.shops.placed_order import (
    ONLY_PAYMENT,
    CancelledPieces,
    Capture,
    Pieces,
    PlacedCharge,
    PlacedFreight,
    PlacedLine,
    PlacedOrder,
    PlacedTax,
    SentParcel,
    ShopRefund,
)
from service_requests.domain.orders.shops.rounding import rounded
from service_requests.domain.orders.shops.shop_document import MISSING, Part, UnclearOrder
from service_requests.domain.orders.shops.tender_kind import tender_kind
from shared.kernel.errors import Said

NO_ORDER: Final = Said("is not the status of a placed order", "不是已下单订单的状态")
NEVER_PLACED: Final = frozenset({"auto-draft", "checkout-draft", "draft", "trash"})
NO_RATE: Final = Said("is a tax that `tax_lines` does not list", "该税项未列入 tax_lines")
NOTHING_TO_REDUCE: Final = Said("is negative, and no goods have a price", "为负数，而没有任何商品有价格")
RATES_FROM_AMOUNTS: Final = Said(
    "The order says no tax rates; they are taken from its amounts.", "订单未注明税率；已按金额推算。"
)
REFUND_WITHOUT_TIME: Final = Said(
    "A refund says no moment; the moment when the order last changed stands for it.",
    "有一笔退款未注明时间；以订单最后修改时间代替。",
)
_PERCENT: Final = 100
_RATE_DIGITS: Final = 10**6


def woocommerce_order(document: Any) -> PlacedOrder:
    """The order of a document: an answer of the API or the body of a webhook. `UnclearOrder`."""
    return _Reader(Part(document)).order()


class _Reader:
    """Reads one order."""

    def __init__(self, order: Part) -> None:
        self._order = order
        self._currency = order.member("currency").currency()
        self._inclusive = order.member("prices_include_tax").flag()
        self._notes: list[Said] = []
        self._rates = self._tax_rates()

    def order(self) -> PlacedOrder:
        """The whole of it."""
        order = self._order
        status = order.member("status")
        if status.text() in NEVER_PLACED:
            status.refuse(NO_ORDER)
        placed_at = self._moment("date_created")
        address = order.maybe("shipping")
        if address is None or not address.text_of("country"):
            address = order.maybe("billing")
        customer = order.text_of("customer_id") or "0"
        total = self._minor(order, "total")
        lines, charges = self._with_negative_fees(tuple(self._lines()), tuple(self._fees()))
        return PlacedOrder(
            number=order.text_of("number") or order.member("id").text(),
            customer_id=customer if customer != "0" else f"guest-{order.member('id').text()}",
            locale=None,
            ship_to=None if address is None else ship_to(address.text_of("country"), address.text_of("state")),
            currency=self._currency,
            prices_include_tax=self._inclusive,
            ordered_at=placed_at,
            lines=lines,
            freight=tuple(self._freight()),
            charges=charges,
            total=total,
            total_at="/total",
            amounts_rounded=True,
            captures=tuple(self._captures(total)),
            parcels=tuple(self._parcels()),
            cancellations=tuple(self._cancellations(lines)),
            refunds=tuple(self._refunds(total)),
            notes=tuple(self._notes),
        )

    def _moment(self, name: str) -> datetime:
        found = self._order.moment_of(f"{name}_gmt")
        if found is None:
            self._order.absent(f"{name}_gmt", MISSING)
        return found

    def _minor(self, part: Part, name: str) -> Fraction:
        """An amount of a member; an empty text is nothing."""
        found = part.maybe(name)
        return Fraction(0) if found is None or found.value == "" else found.minor(self._currency)

    def _tax_rates(self) -> Mapping[str, Fraction]:
        """The rate of each tax by its id: as the tax line says, else from the amounts that it was charged on."""
        found: dict[str, Fraction] = {}
        missing: dict[str, Part] = {}
        for line in self._order.each("tax_lines"):
            key, percent = line.member("rate_id").text(), line.maybe("rate_percent")
            if percent is None:
                missing[key] = line
            else:
                found[key] = percent.number() / _PERCENT
        for key in missing:
            base, tax = self._charged(key)
            if base and tax:
                found[key] = Fraction(rounded(tax / base * _RATE_DIGITS), _RATE_DIGITS)
                self._notes.append(RATES_FROM_AMOUNTS)
            else:
                found[key] = Fraction(0)
        return found

    def _charged(self, rate_id: str) -> tuple[Fraction, Fraction]:
        """What one tax was charged on, and how much it was."""
        base = charged = Fraction(0)
        for name in ("line_items", "shipping_lines", "fee_lines"):
            for part in self._order.each(name):
                for tax in part.each("taxes"):
                    amount = self._minor(tax, "total")
                    if tax.member("id").text() == rate_id and amount:
                        base += self._minor(part, "total")
                        charged += amount
        return base, charged

    def _priced(self, part: Part) -> tuple[Fraction, tuple[PlacedTax, ...]]:
        """The amount after coupons in the order's way of prices, and its taxes.

        Taxes of single rates have more digits than their sum. The sum counts where they do not round to it.
        """
        net, tax_total = self._minor(part, "total"), self._minor(part, "total_tax")
        taxes = []
        for tax in part.each("taxes"):
            amount = self._minor(tax, "total")
            if not amount:
                continue
            key = tax.member("id")
            if key.text() not in self._rates:
                key.refuse(NO_RATE)
            taxes.append(PlacedTax(self._rates[key.text()], amount))
        whole = sum((tax.amount for tax in taxes), Fraction(0))
        if taxes and whole and abs(whole - tax_total) >= 1:
            taxes = [replace(tax, amount=tax.amount * tax_total / whole) for tax in taxes]
        if not taxes and tax_total:
            part.absent("taxes", MISSING)
        return (net + tax_total if self._inclusive else net), tuple(taxes)

    def _lines(self) -> Iterator[PlacedLine]:
        for item in self._order.member("line_items").members():
            quantity = item.member("quantity").count()
            if quantity < 1:
                continue
            amount, taxes = self._priced(item)
            before = self._minor(item, "subtotal")
            if self._inclusive:
                before += self._minor(item, "subtotal_tax")
            line_id = item.member("id").text()
            yield PlacedLine(
                line_id=line_id,
                sku=_sku(item, line_id),
                name=" ".join(html.unescape(item.member("name").text()).split()),
                quantity=quantity,
                unit_price=before / quantity,
                amount=amount,
                taxes=taxes,
                pointer=item.pointer,
            )

    def _fees(self) -> Iterator[PlacedCharge]:
        for fee in self._order.each("fee_lines"):
            amount, taxes = self._priced(fee)
            if amount or taxes:
                yield PlacedCharge(
                    charge_id=f"fee-{fee.member('id').text()}",
                    kind="other",
                    name=html.unescape(fee.text_of("name") or "fee"),
                    amount=amount,
                    taxes=taxes,
                )

    def _with_negative_fees(
        self, lines: tuple[PlacedLine, ...], fees: tuple[PlacedCharge, ...]
    ) -> tuple[tuple[PlacedLine, ...], tuple[PlacedCharge, ...]]:
        """Fees below nothing are discounts: their amounts are shared over the goods, their taxes by rate."""
        for place, fee in enumerate(fees):
            if fee.amount >= 0:
                continue
            whole = sum((line.amount for line in lines), Fraction(0))
            if whole <= 0:
                raise UnclearOrder(f"/fee_lines/{place}/total", NOTHING_TO_REDUCE)
            lines = tuple(
                replace(
                    line,
                    amount=line.amount + fee.amount * line.amount / whole,
                    taxes=_reduced(line.taxes, fee.taxes, lines),
                )
                for line in lines
            )
        return lines, tuple(fee for fee in fees if fee.amount >= 0)

    def _freight(self) -> Iterator[PlacedFreight]:
        for way in self._order.each("shipping_lines"):
            amount, taxes = self._priced(way)
            yield PlacedFreight(amount, taxes)

    def _captures(self, total: Fraction) -> Iterator[Capture]:
        """Paid since `date_paid`; an order on delivery or by bank transfer waits without one."""
        at = self._order.moment_of("date_paid_gmt")
        if at is None or not total:
            return
        yield Capture(
            tender_id=ONLY_PAYMENT,
            kind=tender_kind(self._order.text_of("payment_method")),
            amount=total,
            reference=self._order.text_of("transaction_id") or self._order.member("id").text(),
            at=at,
        )

    def _parcels(self) -> Iterator[SentParcel]:
        """A completed order was fulfilled at that moment. The API says nothing of carriers or deliveries."""
        at = self._order.moment_of("date_completed_gmt")
        if at is not None:
            yield SentParcel(parcel_id=f"completed-{self._order.member('id').text()}", dispatched_at=at)

    def _cancellations(self, lines: Iterable[PlacedLine]) -> Iterator[CancelledPieces]:
        if self._order.word_of("status") == "cancelled":
            pieces = tuple(Pieces(line.line_id, line.quantity) for line in lines)
            yield CancelledPieces(f"order-{self._order.member('id').text()}", self._moment("date_modified"), pieces)

    def _refunds(self, total: Fraction) -> Iterator[ShopRefund]:
        for refund in self._order.each("refunds"):
            amount = abs(self._minor(refund, "amount") or self._minor(refund, "total"))
            if not amount or not total:
                continue
            at = refund.moment_of("date_created_gmt")
            if at is None:
                at = self._moment("date_modified")
                self._notes.append(REFUND_WITHOUT_TIME)
            freight = sum((self._gross(way) for way in refund.each("shipping_lines")), Fraction(0))
            yield ShopRefund(
                refund_id=refund.member("id").text(),
                at=at,
                money=((ONLY_PAYMENT, amount),),
                lines=tuple(self._refunded_lines(refund)),
                freight=freight,
                charges=tuple(self._refunded_fees(refund)),
            )

    def _gross(self, part: Part) -> Fraction:
        """An amount of a refund with its tax; the API writes both below nothing."""
        return abs(self._minor(part, "total")) + abs(self._minor(part, "total_tax"))

    def _refunded_lines(self, refund: Part) -> Iterator[Pieces]:
        for item in refund.each("line_items"):
            amount, quantity = self._gross(item), abs(item.member("quantity").count())
            if amount or quantity:
                yield Pieces(_refunded_item(item), quantity, amount)

    def _refunded_fees(self, refund: Part) -> Iterator[tuple[str, Fraction]]:
        for fee in refund.each("fee_lines"):
            amount = self._gross(fee)
            if amount:
                yield f"fee-{_refunded_item(fee)}", amount


def _refunded_item(item: Part) -> str:
    """The item of the order that a refund's item is about, which its meta data names."""
    for meta in item.each("meta_data"):
        if meta.text_of("key") == "_refunded_item_id":
            return meta.member("value").text()
    return item.member("id").text()


def _reduced(
    taxes: tuple[PlacedTax, ...], less: tuple[PlacedTax, ...], lines: tuple[PlacedLine, ...]
) -> tuple[PlacedTax, ...]:
    """A line's taxes after its share of the taxes of a discount."""
    whole: dict[Fraction, Fraction] = {}
    for line in lines:
        for tax in line.taxes:
            whole[tax.rate] = whole.get(tax.rate, Fraction(0)) + tax.amount
    minus = {tax.rate: tax.amount for tax in less}
    return tuple(
        replace(tax, amount=tax.amount + minus.get(tax.rate, Fraction(0)) * tax.amount / whole[tax.rate])
        if whole[tax.rate]
        else tax
        for tax in taxes
    )


def _sku(item: Part, line_id: str) -> str:
    """The SKU, else the variation or the product, else the line."""
    sku = item.text_of("sku")
    if sku is not None:
        return sku
    for name, plain in (("variation", "variation_id"), ("product", "product_id")):
        found = item.text_of(plain)
        if found not in (None, "0"):
            return f"{name}-{found}"
    return f"line-{line_id}"
