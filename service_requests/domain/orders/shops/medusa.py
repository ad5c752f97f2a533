"""Orders of Medusa v2: the `order` of its Admin and Store API.

Amounts are in major units and not rounded. Medusa calculates an order's totals with more digits than money has: this
module repeats that calculation from prices, adjustments and tax rates, and checks it against the document's totals.
Sources: docs.medusajs.com, Admin API reference, Order; the totals of packages/core/utils in medusajs/medusa.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any, Final

from service_requests.domain.orders.shops.country import ship_to
from service_requests.domain.orders.shops.placed_order import (
    CancelledPieces,
    Capture,
    Pieces,
    PlacedFreight,
    PlacedLine,
    PlacedOrder,
    PlacedTax,
    SentParcel,
    ShopRefund,
)
from service_requests.domain.orders.shops.shop_document import MISSING, Part, UnclearOrder
from service_requests.domain.orders.shops.tender_kind import tender_kind
from shared.kernel.errors import Said

OTHER_TOTAL: Final = Said(
    "does not follow from price, quantity, adjustments and tax rates",
    "与单价、数量、调整和税率的计算结果不符",
)
NEVER_PLACED: Final = frozenset({"draft"})
NO_ORDER: Final = Said("is not the status of a placed order", "不是已下单订单的状态")
LATER_CREDIT: Final = Said(
    "A credit line belongs to a later change of the order and is no payment.",
    "有一条抵扣属于订单的后续变更，不作为付款。",
)
LATER: Final = frozenset({"order", "return", "claim", "exchange", "order_change", "edit"})
"""What a credit line refers to when it was made after the order."""
TOLERANCE: Final = Fraction(1, 2)
_PERCENT: Final = 100


def medusa_order(document: Any) -> PlacedOrder:
    """The order of a document. `UnclearOrder`."""
    root = Part(document)
    inner = root.maybe("order")
    return _Reader(root if inner is None else inner).order()


class _Priced:
    """One item or shipping method as Medusa calculates it: what it comes to, and the taxes in that."""

    def __init__(self, part: Part, price: Fraction, currency: str, *, inclusive_adjustments: bool) -> None:
        flag = part.maybe("is_tax_inclusive")
        self.inclusive = flag is not None and flag.flag()
        rates = [line.member("rate").number() / _PERCENT for line in part.each("tax_lines")]
        self.rate = sum(rates, Fraction(0))
        net = price / (1 + self.rate) if self.inclusive else price
        for adjustment in part.each("adjustments"):
            amount = major(adjustment, "amount", currency)
            with_tax = adjustment.maybe("is_tax_inclusive")
            taxed = inclusive_adjustments if with_tax is None else with_tax.flag()
            net -= amount / (1 + self.rate) if taxed else amount
        self.net = net
        self.taxes = tuple(PlacedTax(rate, max(net, Fraction(0)) * rate) for rate in rates)
        self.total = net + sum((tax.amount for tax in self.taxes), Fraction(0))


def major(part: Part, name: str, currency: str) -> Fraction:
    """An amount in minor units, exact where the document has the exact `raw_` value."""
    raw = part.maybe(f"raw_{name}")
    if raw is not None and isinstance(raw.value, dict) and raw.maybe("value") is not None:
        return raw.member("value").minor(currency)
    return part.member(name).minor(currency)


class _Reader:
    """Reads one order."""

    def __init__(self, order: Part) -> None:
        self._order = order
        self._currency = order.member("currency_code").currency()
        self._notes: list[Said] = []
        items = [each for each in order.member("items").members() if _quantity(each) > 0]
        self._items = [(item, self._item(item)) for item in items]
        self._ways = [(way, self._way(way)) for way in order.each("shipping_methods")]
        every = [priced.inclusive for _, priced in [*self._items, *self._ways]]
        self._inclusive = any(every)

    def order(self) -> PlacedOrder:
        """The whole of it."""
        order = self._order
        status = order.maybe("status")
        if status is not None and status.text() in NEVER_PLACED:
            status.refuse(NO_ORDER)
        total = sum((priced.total for _, priced in [*self._items, *self._ways]), Fraction(0))
        self._check_total(total)
        address = order.maybe("shipping_address") or order.maybe("billing_address")
        key = order.member("id").text()
        ordered_at = order.moment_of("created_at")
        if ordered_at is None:
            order.absent("created_at", MISSING)
        lines = tuple(self._lines())
        return PlacedOrder(
            number=order.text_of("custom_display_id") or order.text_of("display_id") or key,
            customer_id=order.text_of("customer_id") or f"guest-{key}",
            locale=order.text_of("locale"),
            ship_to=None if address is None else ship_to(address.text_of("country_code"), address.text_of("province")),
            currency=self._currency,
            prices_include_tax=self._inclusive,
            ordered_at=ordered_at,
            lines=lines,
            freight=tuple(PlacedFreight(self._amount(priced), priced.taxes) for _, priced in self._ways),
            charges=(),
            total=total,
            total_at=f"{order.pointer}/total",
            captures=(*self._credits(), *self._captures()),
            parcels=tuple(self._parcels()),
            cancellations=tuple(self._cancellations(lines)),
            refunds=tuple(self._refunds()),
            notes=tuple(self._notes),
        )

    def _item(self, item: Part) -> _Priced:
        """An item at its ordered quantity. Returned pieces are out of Medusa's own total, so that it is no check."""
        price = major(item, "unit_price", self._currency) * _quantity(item)
        return self._agreeing(item, price, check=not _returned(item))

    def _way(self, way: Part) -> _Priced:
        return self._agreeing(way, major(way, "amount", self._currency), check=True)

    def _agreeing(self, part: Part, price: Fraction, *, check: bool) -> _Priced:
        """By today's calculation, else by that of earlier versions, whose adjustments included tax with the price."""
        found = _Priced(part, price, self._currency, inclusive_adjustments=False)
        if not check or part.maybe("total") is None:
            return found
        said = major(part, "total", self._currency)
        if abs(found.total - said) < TOLERANCE:
            return found
        earlier = _Priced(part, price, self._currency, inclusive_adjustments=found.inclusive)
        if abs(earlier.total - said) < TOLERANCE:
            return earlier
        raise UnclearOrder(f"{part.pointer}/total", OTHER_TOTAL)

    def _check_total(self, total: Fraction) -> None:
        """The order's own total, where nothing was returned; credit lines were taken off it."""
        order = self._order
        if order.maybe("total") is None or any(_returned(item) for item, _ in self._items):
            return
        said = major(order, "total", self._currency)
        if order.maybe("credit_lines") is not None:
            said += sum((major(each, "amount", self._currency) for each in order.each("credit_lines")), Fraction(0))
        elif order.maybe("credit_line_total") is not None:
            said += major(order, "credit_line_total", self._currency)
        if abs(total - said) >= TOLERANCE:
            raise UnclearOrder(f"{order.pointer}/total", OTHER_TOTAL)

    def _amount(self, priced: _Priced) -> Fraction:
        """In the order's way of prices: with tax as soon as one price includes it."""
        return priced.total if self._inclusive else priced.net

    def _lines(self) -> Iterator[PlacedLine]:
        for item, priced in self._items:
            unit = major(item, "unit_price", self._currency)
            if self._inclusive and not priced.inclusive:
                unit *= 1 + priced.rate
            line_id = item.member("id").text()
            name = item.text_of("product_title") or item.member("title").text()
            variant = item.text_of("variant_title")
            yield PlacedLine(
                line_id=line_id,
                sku=item.text_of("variant_sku") or item.text_of("variant_id") or f"line-{line_id}"[:64],
                name=name if variant is None or variant == name else f"{name} - {variant}",
                quantity=_quantity(item),
                unit_price=unit,
                amount=self._amount(priced),
                taxes=priced.taxes,
                category=item.text_of("product_type"),
                pointer=item.pointer,
            )

    def _credits(self) -> Iterator[Capture]:
        """Credit lines of the checkout, such as gift cards and store credit, paid for a part of the order."""
        at = self._order.moment_of("created_at")
        for place, line in enumerate(self._order.each("credit_lines")):
            amount = major(line, "amount", self._currency)
            reference = line.word_of("reference")
            if reference in LATER:
                self._notes.append(LATER_CREDIT)
            elif amount and at is not None:
                yield Capture(
                    tender_id=line.text_of("id") or f"credit-{place + 1}",
                    kind="gift_card" if "gift" in reference else "store_credit",
                    amount=amount,
                    reference=line.text_of("reference_id") or line.text_of("id") or f"credit-{place + 1}",
                    at=line.moment_of("created_at") or at,
                )

    def _payments(self) -> Iterator[Part]:
        for collection in self._order.each("payment_collections"):
            yield from collection.each("payments")

    def _captures(self) -> Iterator[Capture]:
        """Captures of each payment; a payment that says only when it was captured was captured as a whole."""
        for payment in self._payments():
            captures = list(payment.each("captures"))
            if captures:
                amount = sum((major(each, "amount", self._currency) for each in captures), Fraction(0))
                at = captures[0].moment_of("created_at") or payment.moment_of("captured_at", "created_at")
            else:
                at = payment.moment_of("captured_at")
                amount = major(payment, "amount", self._currency)
            if at is None and captures:
                payment.absent("captured_at", MISSING)
            if at is None:
                continue
            key = payment.member("id").text()
            kind = tender_kind(payment.text_of("provider_id"))
            yield Capture(tender_id=key, kind=kind, amount=amount, reference=key, at=at)

    def _parcels(self) -> Iterator[SentParcel]:
        for sent in self._order.each("fulfillments"):
            shipped_at, delivered_at = sent.moment_of("shipped_at"), sent.moment_of("delivered_at")
            if sent.moment_of("canceled_at") is not None or not (shipped_at or delivered_at):
                continue
            labels = [label.text_of("tracking_number") for label in sent.each("labels")]
            yield SentParcel(
                parcel_id=sent.member("id").text(),
                dispatched_at=shipped_at,
                delivered_at=delivered_at,
                tracking_number=next((number for number in labels if number), None),
                lines=tuple(
                    Pieces(item.member("line_item_id").text(), item.member("quantity").count())
                    for item in sent.each("items")
                    if item.maybe("line_item_id") is not None
                ),
            )

    def _cancellations(self, lines: Iterable[PlacedLine]) -> Iterator[CancelledPieces]:
        at = self._order.moment_of("canceled_at")
        if at is not None:
            pieces = tuple(Pieces(line.line_id, line.quantity) for line in lines)
            yield CancelledPieces(f"cancelled-{self._order.member('id').text()}"[:64], at, pieces)

    def _refunds(self) -> Iterator[ShopRefund]:
        """Refunds of each payment. Medusa does not say which goods they were for."""
        for payment in self._payments():
            for refund in payment.each("refunds"):
                amount = major(refund, "amount", self._currency)
                at = refund.moment_of("created_at")
                if at is None:
                    refund.absent("created_at", MISSING)
                if amount:
                    tender = payment.member("id").text()
                    yield ShopRefund(refund_id=refund.member("id").text(), at=at, money=((tender, amount),))


def _quantity(item: Part) -> int:
    return item.member("quantity").count()


def _returned(item: Part) -> bool:
    """Whether pieces came back, which Medusa takes out of its totals."""
    detail = item.maybe("detail")
    names = ("return_received_quantity", "return_dismissed_quantity")
    return detail is not None and any(
        part is not None and part.count() for part in (detail.maybe(name) for name in names)
    )
