"""A document of Shopify: the names of REST and of GraphQL, and amounts as the customer saw them."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from service_requests.domain.orders.shops.placed_order import PlacedTax
from service_requests.domain.orders.shops.shop_document import MISSING, Part
from shared.kernel.errors import Said

NOT_PRESENTED: Final = Said("is not in the currency of this order (presentment currency)", "与订单的展示币种不一致")
ONE_ORDER: Final = Said("must have one order; convert one after the other", "须恰好包含一个订单；请逐个转换")


GRAPHQL_NAMES: Final[Mapping[str, str]] = {
    "price_set": "priceSet",
    "unit_price_set": "originalUnitPriceSet",
    "shipping_price_set": "originalPriceSet",
    "shipping_discounted_price_set": "discountedPriceSet",
    "allocated_set": "allocatedAmountSet",
    "fulfilled_lines": "fulfillmentLineItems",
    "country_code": "countryCodeV2",
    "presentment_currency": "presentmentCurrencyCode",
    "currency": "currencyCode",
    "financial_status": "displayFinancialStatus",
    "duty_price_set": "price",
    "fees": "additionalFees",
    "fee_price_set": "price",
    "transaction_set": "amountSet",
}
REST_NAMES: Final[Mapping[str, str]] = {
    "unit_price_set": "price_set",
    "shipping_price_set": "price_set",
    "shipping_discounted_price_set": "discounted_price_set",
    "allocated_set": "amount_set",
    "fulfilled_lines": "line_items",
}


def _camel(name: str) -> str:
    """The name of a GraphQL field."""
    if name in GRAPHQL_NAMES:
        return GRAPHQL_NAMES[name]
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), name)


def _snake(name: str) -> str:
    return REST_NAMES.get(name, name)


class ShopifyDocument:
    """One order of Shopify, by our names of its members."""

    def __init__(self, document: Any) -> None:
        self.order = _order_in(document)
        self.graphql = self.order.spell is _camel
        self.shop_currency = self.order.member("currency").currency()
        presented = self.order.maybe("presentment_currency")
        self.currency = self.shop_currency if presented is None else presented.currency()
        self.inclusive = self.order.member("taxes_included").flag()

    def amount(self, part: Part, in_set: str, plain: str | None = None) -> Fraction:
        """The amount that the customer saw; without a set, the plain amount of an order in one currency only."""
        found = part.maybe(in_set)
        if found is not None:
            return self.presented(found)
        if plain is None:
            part.absent(in_set, MISSING)
        found = part.member(plain)
        if self.currency != self.shop_currency:
            found.refuse(NOT_PRESENTED)
        return found.minor(self.currency)

    def presented(self, money_set: Part) -> Fraction:
        money = money_set.member("presentment_money")
        code = money.member("currency_code")
        if code.currency() != self.currency:
            code.refuse(NOT_PRESENTED)
        return money.member("amount").minor(self.currency)

    def taxes(self, part: Part) -> tuple[PlacedTax, ...]:
        return tuple(
            PlacedTax(tax.member("rate").number(), self.amount(tax, "price_set", "price"))
            for tax in part.each("tax_lines")
        )

    def discounts(self, part: Part) -> Fraction:
        found = (self.amount(each, "allocated_set", "amount") for each in part.each("discount_allocations"))
        return sum(found, Fraction(0))

    def moved(self, transaction: Part) -> Fraction:
        """The amount of a transaction, which REST gives in the transaction's own currency."""
        if self.graphql:
            return self.amount(transaction, "transaction_set")
        code = transaction.maybe("currency")
        if code is not None and code.currency() != self.currency:
            code.refuse(NOT_PRESENTED)
        return transaction.member("amount").minor(self.currency)

    def line_id(self, item: Part) -> str:
        """The id of the order's line that a part of a fulfilment or a refund is about."""
        if self.graphql:
            return plain_id(item.member("line_item").member("id"))
        return plain_id(item.maybe("line_item_id") or item.member("id"))


def _order_in(document: Any) -> Part:
    root = Part(document)
    for wrapper in ("data", "order"):
        inner = root.maybe(wrapper)
        root = inner if inner is not None and isinstance(inner.value, dict) else root
    listed = root.maybe("orders")
    if listed is not None:
        found = list(listed.members())
        if len(found) != 1:
            listed.refuse(ONE_ORDER)
        root = found[0]
    root.member("id")
    graphql = "lineItems" in root.value
    beside = document.get("transactions") if isinstance(document, dict) else None
    if beside is not None and "transactions" not in root.value:
        root = Part({**root.value, "transactions": beside}, root.pointer)
    return Part(root.value, root.pointer, _camel if graphql else _snake)


def plain_id(part: Part) -> str:
    """An id without the `gid://shopify/Kind/` of GraphQL."""
    return part.text().rsplit("/", 1)[-1].split("?")[0]


def sku_of(item: Part, line_id: str) -> str:
    """The SKU, else the variant or the product, else the line: an item outside the catalogue has none of them."""
    sku = item.text_of("sku")
    if sku is not None:
        return sku
    for name, plain in (("variant", "variant_id"), ("product", "product_id")):
        whole = item.maybe(name)
        found = whole.maybe("id") if whole is not None and isinstance(whole.value, dict) else item.maybe(plain)
        if found is not None:
            return f"{name}-{plain_id(found)}"
    return f"line-{line_id}"
