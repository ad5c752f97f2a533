"""What happened to an order of Shopify after it was placed: payments, parcels, refunds, cancelled pieces."""

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from typing import Final

from service_requests.domain.orders.shops.placed_order import (
    ONLY_PAYMENT,
    CancelledPieces,
    Capture,
    Pieces,
    PlacedLine,
    SentParcel,
    ShopRefund,
)
from service_requests.domain.orders.shops.shop_document import MISSING, Part
from service_requests.domain.orders.shops.shopify_document import ShopifyDocument, plain_id
from service_requests.domain.orders.shops.tender_kind import tender_kind
from shared.kernel.errors import Said

ONE_GATEWAY: Final = Said(
    "names several payments, and their amounts are not known: add the order's transactions",
    "包含多笔付款但金额未知：请附上订单的 transactions",
)
PARTLY_PAID: Final = Said(
    "does not say how much was paid: add the order's transactions",
    "未说明已支付多少：请附上订单的 transactions",
)
WHICH_PAYMENT: Final = Said(
    "does not belong to a payment of this order: add the order's transactions",
    "不属于该订单的任何一笔付款：请附上订单的 transactions",
)
LESS_MONEY: Final = Said(
    "A refund paid back less than the prices of what it was for; each part has its share of the money.",
    "有一笔退款少于其对应商品的价格；已按比例分摊到各项。",
)

PAID: Final = frozenset({"paid", "partially_refunded", "refunded"})
PARTLY: Final = "partially_paid"
UNPAID: Final = frozenset({"pending", "authorized", "voided", "expired", "unpaid", ""})


class ShopifyFacts:
    """The later facts of one document."""

    def __init__(self, document: ShopifyDocument, total: Fraction, placed_at: datetime) -> None:
        self._document = document
        self._total = total
        self._placed_at = placed_at
        self.notes: list[Said] = []

    def captures(self) -> Iterator[Capture]:
        if self._document.order.maybe("transactions") is not None:
            yield from self._transactions()
            return
        status = self._document.order.member("financial_status")
        word = status.text().lower()
        if word in UNPAID or not self._total:
            return
        amount = self._total if word in PAID else self._partly_paid(status)
        names = self._document.order.maybe("payment_gateway_names")
        gateways = sorted({each.text() for each in names.members()}) if names is not None else []
        if names is not None and len(gateways) > 1:
            names.refuse(ONE_GATEWAY)
        yield Capture(
            tender_id=ONLY_PAYMENT,
            kind=tender_kind(gateways[0] if gateways else None),
            amount=amount,
            reference=plain_id(self._document.order.member("id")),
            at=self._placed_at,
        )

    def _partly_paid(self, status: Part) -> Fraction:
        """The total without what is outstanding, which is in the shop's currency. Refunds change the latter."""
        outstanding = self._document.order.maybe("total_outstanding")
        if (
            status.text().lower() != PARTLY
            or outstanding is None
            or self._document.currency != self._document.shop_currency
            or any(True for _ in self._document.order.each("refunds"))
        ):
            status.refuse(PARTLY_PAID)
        left = outstanding.minor(self._document.currency)
        if not 0 < left < self._total:
            status.refuse(PARTLY_PAID)
        return self._total - left

    def _transactions(self) -> Iterator[Capture]:
        """Sales and captures that succeeded; an authorization alone is no money."""
        for each in self._document.order.each("transactions"):
            if each.word_of("kind") not in {"sale", "capture"} or each.word_of("status") != "success":
                continue
            key = plain_id(each.member("id"))
            at = each.moment_of("processed_at", "created_at")
            if at is None:
                each.absent("processed_at", MISSING)
            yield Capture(
                tender_id=key,
                kind=tender_kind(each.text_of("gateway")),
                amount=self._document.moved(each),
                reference=each.text_of("authorization") or each.text_of("payment_id") or key,
                at=at,
            )

    def parcels(self) -> Iterator[SentParcel]:
        for sent in self._document.order.each("fulfillments"):
            if sent.word_of("status") != "success":
                continue
            info = next(iter(sent.each("tracking_info")), None) if self._document.graphql else None
            if self._document.graphql:
                delivered_at = sent.moment_of("delivered_at")
                carrier = info.text_of("company") if info else None
                number = info.text_of("number") if info else None
            else:
                delivered_at = sent.moment_of("updated_at") if sent.word_of("shipment_status") == "delivered" else None
                carrier, number = sent.text_of("tracking_company"), sent.text_of("tracking_number")
            yield SentParcel(
                parcel_id=plain_id(sent.member("id")),
                dispatched_at=sent.moment_of("created_at"),
                delivered_at=delivered_at,
                carrier=carrier,
                tracking_number=number,
                lines=tuple(
                    Pieces(self._document.line_id(item), item.member("quantity").count())
                    for item in sent.each("fulfilled_lines")
                ),
            )

    def refunds(self, captures: tuple[Capture, ...]) -> tuple[tuple[CancelledPieces, ...], tuple[ShopRefund, ...]]:
        """Refunds of the shop; pieces with `cancel` were never sent, so they are cancelled besides."""
        cancelled, refunds = [], []
        for refund in self._document.order.each("refunds"):
            key = plain_id(refund.member("id"))
            at = refund.moment_of("processed_at", "created_at")
            if at is None:
                refund.absent("created_at", MISSING)
            pieces, never_sent = [], []
            for item in refund.each("refund_line_items"):
                line_id, quantity = self._document.line_id(item), item.member("quantity").count()
                pieces.append(Pieces(line_id, quantity, self._line_refund(item)))
                if item.word_of("restock_type") == "cancel":
                    never_sent.append(Pieces(line_id, quantity))
            if never_sent:
                cancelled.append(CancelledPieces(f"refund-{key}", at, tuple(never_sent), refund.text_of("note")))
            money = tuple(self._paid_back(refund, captures))
            if not money:
                continue
            freight, charges = self._refunded_freight(refund), tuple(self._refunded_charges(refund))
            for_what = sum((piece.amount for piece in pieces), freight) + sum(amount for _, amount in charges)
            if for_what > sum(amount for _, amount in money):
                self.notes.append(LESS_MONEY)
            refunds.append(
                ShopRefund(refund_id=key, at=at, money=money, lines=tuple(pieces), freight=freight, charges=charges)
            )
        return tuple(cancelled), tuple(refunds)

    def _line_refund(self, item: Part) -> Fraction:
        amount = self._document.amount(item, "subtotal_set", "subtotal")
        if self._document.inclusive:
            return amount
        has_tax = item.maybe("total_tax_set") is not None or item.maybe("total_tax") is not None
        return amount + self._document.amount(item, "total_tax_set", "total_tax") if has_tax else amount

    def _paid_back(self, refund: Part, captures: tuple[Capture, ...]) -> Iterator[tuple[str, Fraction]]:
        known = {capture.tender_id for capture in captures}
        for each in refund.each("transactions"):
            if each.word_of("kind") != "refund" or each.word_of("status") != "success":
                continue
            amount = self._document.moved(each)
            parent = each.maybe("parent_transaction")
            parent_id = each.text_of("parent_id") if parent is None else plain_id(parent.member("id"))
            if parent_id not in known:
                if known != {ONLY_PAYMENT}:
                    each.refuse(WHICH_PAYMENT)
                parent_id = ONLY_PAYMENT
            if amount:
                yield str(parent_id), amount

    def _refunded_freight(self, refund: Part) -> Fraction:
        """Shipping paid back: adjustments of the kind, which are negative, or the refunded shipping lines."""
        found = Fraction(0)
        for each in refund.each("order_adjustments"):
            if each.word_of("kind") == "shipping_refund":
                found += abs(self._document.amount(each, "amount_set", "amount"))
                if not self._document.inclusive:
                    found += abs(self._document.amount(each, "tax_amount_set", "tax_amount"))
        if found:
            return found
        for each in refund.each("refund_shipping_lines"):
            found += self._document.amount(each, "subtotal_amount_set", "subtotal_amount")
            if not self._document.inclusive and each.maybe("tax_amount_set") is not None:
                found += self._document.amount(each, "tax_amount_set")
        return found

    def _refunded_charges(self, refund: Part) -> Iterator[tuple[str, Fraction]]:
        for duty in refund.each("duties"):
            amount = self._document.amount(duty, "amount_set")
            if amount:
                key = duty.maybe("duty_id") or duty.member("original_duty").member("id")
                yield f"duty-{plain_id(key)}", amount

    def cancellations(
        self, lines: tuple[PlacedLine, ...], by_refund: tuple[CancelledPieces, ...]
    ) -> tuple[CancelledPieces, ...]:
        """Pieces cancelled by refunds; and when the whole order was cancelled, everything else that was not sent.

        Refunds at or after the cancellation of the order cancel the same pieces once more, so they do not count.
        """
        at = self._document.order.moment_of("cancelled_at")
        if at is None:
            return by_refund
        before = tuple(each for each in by_refund if each.at < at)
        gone: dict[str, int] = {}
        for pieces in [*(each.lines for each in before), *(parcel.lines for parcel in self.parcels())]:
            for piece in pieces:
                gone[piece.line_id] = gone.get(piece.line_id, 0) + piece.quantity
        rest = tuple(
            Pieces(line.line_id, line.quantity - gone.get(line.line_id, 0))
            for line in lines
            if line.quantity > gone.get(line.line_id, 0)
        )
        if not rest:
            return before
        key = f"order-{plain_id(self._document.order.member('id'))}"
        return (*before, CancelledPieces(key, at, rest, self._document.order.text_of("cancel_reason")))
