"""Orders of Shopify: the REST Admin API's order resource, and the Admin GraphQL API's `Order`, by one reader.

Both say the same under other names. Amounts are those that the customer saw and paid (`presentment_money`). Sources:
shopify.dev, REST Admin API, resources Order, Refund, Fulfillment, Transaction; GraphQL Admin API, object Order.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from service_requests.domain.orders.shops.country import ship_to
from service_requests.domain.orders.shops.placed_order import PlacedCharge, PlacedFreight, PlacedLine, PlacedOrder
from service_requests.domain.orders.shops.shop_document import MISSING, Part
from service_requests.domain.orders.shops.shopify_document import NOT_PRESENTED, ShopifyDocument, plain_id, sku_of
from service_requests.domain.orders.shops.shopify_facts import ShopifyFacts


def shopify_order(document: Any) -> PlacedOrder:
    """The order of a document: a REST or a GraphQL answer, or the body of a webhook. `UnclearOrder`."""
    return _Reader(ShopifyDocument(document)).order()


class _Reader:
    """Reads one order."""

    def __init__(self, document: ShopifyDocument) -> None:
        self._document = document

    def order(self) -> PlacedOrder:
        """The whole of it."""
        order = self._document.order
        lines, charges = self._lines_and_charges()
        placed_at = order.moment_of("processed_at", "created_at")
        if placed_at is None:
            order.absent("processed_at", MISSING)
        total = self._document.amount(order, "total_price_set", "total_price")
        facts = ShopifyFacts(self._document, total, placed_at)
        captures = tuple(facts.captures())
        cancelled, refunds = facts.refunds(captures)
        customer = order.maybe("customer")
        address = order.maybe("shipping_address") or order.maybe("billing_address")
        return PlacedOrder(
            number=order.member("name").text(),
            customer_id=f"guest-{plain_id(order.member('id'))}"
            if customer is None
            else plain_id(customer.member("id")),
            locale=order.text_of("customer_locale"),
            ship_to=None
            if address is None
            else ship_to(address.text_of("country_code"), address.text_of("province_code")),
            currency=self._document.currency,
            prices_include_tax=self._document.inclusive,
            ordered_at=placed_at,
            lines=lines,
            freight=tuple(self._freight()),
            charges=charges,
            total=total,
            total_at=f"{order.pointer}/{order.spell('total_price_set' if self._document.graphql else 'total_price')}",
            captures=captures,
            parcels=tuple(facts.parcels()),
            cancellations=facts.cancellations(lines, cancelled),
            refunds=refunds,
            notes=tuple(facts.notes),
        )

    def _lines_and_charges(self) -> tuple[tuple[PlacedLine, ...], tuple[PlacedCharge, ...]]:
        """Goods; and tips, duties and fees, which Shopify keeps at lines or beside them."""
        order, lines, charges = self._document.order, [], []
        for item in order.member("line_items").members():
            line_id, quantity = plain_id(item.member("id")), item.member("quantity").count()
            unit = self._document.amount(item, "unit_price_set", "price")
            amount = unit * quantity - self._document.discounts(item)
            name = item.text_of("name") or item.member("title").text()
            if item.maybe("tip") is not None:
                charges.append(
                    PlacedCharge(
                        charge_id=line_id, kind="tip", name=name, amount=amount, taxes=self._document.taxes(item)
                    )
                )
            elif quantity > 0:
                lines.append(
                    PlacedLine(
                        line_id=line_id,
                        sku=sku_of(item, line_id),
                        name=name,
                        quantity=quantity,
                        unit_price=unit,
                        amount=amount,
                        taxes=self._document.taxes(item),
                        pointer=item.pointer,
                    )
                )
            charges += self._duties(item, line_id)
        charges += self._fees()
        if not any(charge.kind == "tip" for charge in charges):
            charges += self._tip()
        return tuple(lines), tuple(charges)

    def _duties(self, item: Part, line_id: str) -> Iterator[PlacedCharge]:
        for duty in item.each("duties"):
            amount = (
                self._document.amount(duty, "duty_price_set")
                if self._document.graphql
                else self._document.presented(duty)
            )
            yield PlacedCharge(
                charge_id=f"duty-{plain_id(duty.member('id'))}",
                kind="duty",
                name=duty.text_of("harmonized_system_code") or "duty",
                amount=amount,
                taxes=self._document.taxes(duty),
                line_id=line_id,
            )

    def _fees(self) -> Iterator[PlacedCharge]:
        """Fees beside the lines. REST documents only their sum."""
        order = self._document.order
        if self._document.graphql:
            for fee in order.each("fees"):
                yield PlacedCharge(
                    charge_id=f"fee-{plain_id(fee.member('id'))}",
                    kind="other",
                    name=fee.text_of("name") or "fee",
                    amount=self._document.amount(fee, "fee_price_set"),
                    taxes=self._document.taxes(fee),
                )
            return
        fees = order.maybe("original_total_additional_fees_set")
        amount = Fraction(0) if fees is None else self._document.presented(fees)
        if amount:
            yield PlacedCharge(charge_id="fees", kind="other", name="additional fees", amount=amount)

    def _tip(self) -> Iterator[PlacedCharge]:
        received = self._document.order.maybe(
            "total_tip_received_set" if self._document.graphql else "total_tip_received"
        )
        if received is None:
            return
        if self._document.graphql:
            amount = self._document.presented(received)
        else:
            amount = received.minor(self._document.shop_currency)
            if amount and self._document.currency != self._document.shop_currency:
                received.refuse(NOT_PRESENTED)
        if amount:
            yield PlacedCharge(charge_id="tip", kind="tip", name="tip", amount=amount)

    def _freight(self) -> Iterator[PlacedFreight]:
        """Shipping as charged. Its discounts are its allocations, or the difference to its discounted price."""
        for way in self._document.order.each("shipping_lines"):
            removed = way.maybe("is_removed")
            if removed is not None and removed.flag():
                continue
            amount = self._document.amount(way, "shipping_price_set", "price")
            if way.maybe("discount_allocations") is not None:
                amount -= self._document.discounts(way)
            elif way.maybe("shipping_discounted_price_set") is not None or way.maybe("discounted_price") is not None:
                amount = self._document.amount(way, "shipping_discounted_price_set", "discounted_price")
            yield PlacedFreight(amount, self._document.taxes(way))
