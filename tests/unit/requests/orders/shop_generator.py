"""Makes fresh orders of each shop by the shop's own documented rules, with what each piece must come to.

The rules here are written from the shops' documentation and share no code with the converters. An order is made from
random lines, discounts, taxes, shipping and two payments; `Made.pieces` is what one piece of each line cost, exactly.
"""

import random
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A document with the figures that it was made from, in cents."""

    document: Any
    total: int
    paid: dict[str, int]
    quantities: dict[str, int]
    freight: int
    charges: int
    captured: list[int]
    taxes: dict[str, int]
    inclusive: bool


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def split(draw: random.Random, total: Decimal, count: int) -> list[Decimal]:
    """A discount over lines, as a shop allots it: in cents, the rest to the first."""
    units = int(total * 100)
    shares = [units // count] * count
    shares[0] += units - sum(shares)
    draw.shuffle(shares)
    return [Decimal(share) / 100 for share in shares]


def two_payments(draw: random.Random, total: Decimal) -> list[Decimal]:
    first = Decimal(draw.randint(1, int(total * 100) - 1)) / 100
    return [first, total - first]


def shopify(seed: int, *, graphql: bool) -> Made:
    """Shopify: money in texts; each tax line is a rounded share; a line's discounts are its allocations."""
    draw = random.Random(seed)
    included = draw.random() < 0.5
    rate = draw.choice([Decimal("0.19"), Decimal("0.0725"), Decimal("0.2"), Decimal("0.055")])
    count = draw.randint(1, 5)
    prices = [Decimal(draw.randint(199, 19999)) / 100 for _ in range(count)]
    quantities = [draw.randint(2 if not place else 1, 4) for place in range(count)]
    least = min(price * quantity for price, quantity in zip(prices, quantities, strict=True))
    discounts = split(draw, cents(least * Decimal(draw.randint(0, 60)) / 100), count)
    shipping = Decimal(draw.choice([0, 490, 1250])) / 100
    off_shipping = cents(shipping * Decimal(draw.choice([0, 0, 50])) / 100)
    tip = Decimal(draw.choice([0, 0, 300])) / 100

    def tax_of(amount: Decimal) -> Decimal:
        return cents(amount * rate / (1 + rate)) if included else cents(amount * rate)

    items, paid, taxes = [], {}, {}
    total = Decimal(0)
    for place, (price, quantity, off) in enumerate(zip(prices, quantities, discounts, strict=True)):
        key, net = str(7000 + place), price * quantity - off
        tax = tax_of(net)
        gross = net if included else net + tax
        paid[key], taxes[key] = int(gross * 100), int(tax * 100)
        total += gross
        items.append((key, price, quantity, off, tax))
    way_net = shipping - off_shipping
    way_tax = tax_of(way_net)
    way = way_net if included else way_net + way_tax
    total += way + tip
    captured = two_payments(draw, total)
    found = (_shopify_graphql if graphql else _shopify_rest)(
        (included, rate, items, (shipping, off_shipping, way_tax)), tip, total, captured
    )
    return Made(
        document=found,
        total=int(total * 100),
        paid=paid,
        quantities={item[0]: item[2] for item in items},
        freight=int(way * 100),
        charges=int(tip * 100),
        captured=[int(each * 100) for each in captured],
        taxes=taxes,
        inclusive=included,
    )


def _both(amount: Decimal) -> dict[str, Any]:
    """The customer paid in EUR; the shop keeps its books in SEK."""
    return {
        "shop_money": {"amount": str(cents(amount * 11)), "currency_code": "SEK"},
        "presentment_money": {"amount": str(amount), "currency_code": "EUR"},
    }


def _shopify_rest(goods: tuple[bool, Decimal, Any, Any], tip: Decimal, total: Decimal, captured: Any) -> Any:
    included, rate, items, way = goods

    def taxes(tax: Decimal) -> Any:
        return [{"title": "VAT", "rate": float(rate), "price": str(cents(tax * 11)), "price_set": _both(tax)}]

    line_items = [
        {
            "id": int(key),
            "name": f"Thing {key}",
            "sku": f"SKU {key}",
            "quantity": quantity,
            "price": str(cents(price * 11)),
            "price_set": _both(price),
            "tax_lines": taxes(tax),
            "discount_allocations": [{"amount": str(cents(off * 11)), "amount_set": _both(off)}] if off else [],
        }
        for key, price, quantity, off, tax in items
    ]
    if tip:
        tipped = {"payment_gateway": "shopify_payments"}
        line_items.append(
            {"id": 9999, "name": "Tip", "quantity": 1, "price": "0", "price_set": _both(tip), "tip": tipped}
        )
    price, off, way_tax = way
    return {
        "id": 1,
        "name": "#2001",
        "currency": "SEK",
        "presentment_currency": "EUR",
        "taxes_included": included,
        "processed_at": "2026-10-01T10:00:00+02:00",
        "financial_status": "paid",
        "total_price": str(cents(total * 11)),
        "total_price_set": _both(total),
        "customer": {"id": 5},
        "shipping_address": {"country_code": "DE", "province_code": "BE"},
        "line_items": line_items,
        "shipping_lines": [
            {
                "id": 3,
                "price": "0",
                "price_set": _both(price),
                "discount_allocations": [{"amount": "0", "amount_set": _both(off)}],
                "tax_lines": taxes(way_tax),
            }
        ],
        "transactions": [
            {
                "id": 50 + place,
                "kind": kind,
                "status": "success",
                "gateway": gateway,
                "amount": str(amount),
                "currency": "EUR",
                "processed_at": "2026-10-01T10:00:00+02:00",
            }
            for place, (kind, gateway, amount) in enumerate(
                zip(("sale", "capture"), ("gift_card", "shopify_payments"), captured, strict=True)
            )
        ],
    }


def _shopify_graphql(goods: tuple[bool, Decimal, Any, Any], tip: Decimal, total: Decimal, captured: Any) -> Any:
    included, rate, items, way = goods

    def money(amount: Decimal) -> Any:
        both = _both(amount)
        return {
            camel: {"amount": both[snake]["amount"], "currencyCode": both[snake]["currency_code"]}
            for camel, snake in (("shopMoney", "shop_money"), ("presentmentMoney", "presentment_money"))
        }

    def taxes(tax: Decimal) -> Any:
        return [{"title": "VAT", "rate": float(rate), "priceSet": money(tax)}]

    nodes = [
        {
            "id": f"gid://shopify/LineItem/{key}",
            "name": f"Thing {key}",
            "title": f"Thing {key}",
            "sku": f"SKU {key}",
            "quantity": quantity,
            "originalUnitPriceSet": money(price),
            "taxLines": taxes(tax),
            "discountAllocations": [{"allocatedAmountSet": money(off)}] if off else [],
        }
        for key, price, quantity, off, tax in items
    ]
    price, off, way_tax = way
    order = {
        "id": "gid://shopify/Order/1",
        "name": "#2001",
        "currencyCode": "SEK",
        "presentmentCurrencyCode": "EUR",
        "taxesIncluded": included,
        "processedAt": "2026-10-01T08:00:00Z",
        "displayFinancialStatus": "PAID",
        "totalPriceSet": money(total),
        "totalTipReceivedSet": money(tip),
        "customer": {"id": "gid://shopify/Customer/5"},
        "shippingAddress": {"countryCodeV2": "DE", "provinceCode": "BE"},
        "lineItems": {"edges": [{"node": node} for node in nodes]},
        "shippingLines": {
            "nodes": [
                {
                    "id": "gid://shopify/ShippingLine/3",
                    "originalPriceSet": money(price),
                    "discountAllocations": [{"allocatedAmountSet": money(off)}],
                    "taxLines": taxes(way_tax),
                }
            ]
        },
        "transactions": [
            {
                "id": f"gid://shopify/OrderTransaction/{50 + place}",
                "kind": "SALE",
                "status": "SUCCESS",
                "gateway": gateway,
                "processedAt": "2026-10-01T08:00:00Z",
                "amountSet": money(amount),
            }
            for place, (gateway, amount) in enumerate(zip(("gift_card", "paypal"), captured, strict=True))
        ],
    }
    return {"data": {"order": order}}


def woocommerce(seed: int) -> Made:
    """WooCommerce: nets and taxes of each line, rounded; the order's total is the sum of what it shows."""
    draw = random.Random(seed)
    included = draw.random() < 0.5
    rate = draw.choice([Decimal(19), Decimal("7.25"), Decimal(20)])
    count = draw.randint(1, 5)
    items, paid, taxes, quantities = [], {}, {}, {}
    total = Decimal(0)

    def row(key: int, before: Decimal, after: Decimal, **more: Any) -> tuple[dict[str, Any], Decimal]:
        """Amounts are as the customer saw them; the document always has them without tax."""
        nets = [amount / (1 + rate / 100) if included else amount for amount in (before, after)]
        taxes = [net * rate / 100 for net in nets]
        shown = [cents(net) for net in nets]
        shown_taxes = [
            cents(amount) - net if included else cents(tax)
            for amount, net, tax in zip((before, after), shown, taxes, strict=True)
        ]
        found = {
            "id": key,
            "subtotal": str(shown[0]),
            "subtotal_tax": str(shown_taxes[0]),
            "total": str(shown[1]),
            "total_tax": str(shown_taxes[1]),
            "taxes": [{"id": 7, "total": str(round(taxes[1], 6)), "subtotal": str(round(taxes[0], 6))}],
            **more,
        }
        return found, shown[1] + shown_taxes[1]

    for place in range(count):
        key, quantity = 300 + place, draw.randint(2 if not place else 1, 4)
        before = Decimal(draw.randint(199, 9999)) / 100 * quantity
        after = cents(before * Decimal(100 - draw.choice([0, 0, 10, 33])) / 100)
        more = {"name": f"Thing &amp; {key}", "sku": f"W{key}", "quantity": quantity, "product_id": key}
        found, gross = row(key, before, after, **more)
        items.append(found)
        paid[str(key)], quantities[str(key)] = int(gross * 100), quantity
        taxes[str(key)] = int(Decimal(found["total_tax"]) * 100)
        total += gross
    way, way_gross = row(400, Decimal("4.90"), Decimal("4.90"), method_id="flat_rate", method_title="Flat")
    fee, fee_gross = row(500, Decimal("1.50"), Decimal("1.50"), name="Wrapping")
    total += way_gross + fee_gross
    document = {
        "id": 99,
        "number": "99",
        "status": "processing",
        "currency": "EUR",
        "prices_include_tax": included,
        "date_created_gmt": "2026-10-01T08:00:00",
        "date_modified_gmt": "2026-10-01T08:00:00",
        "date_paid_gmt": "2026-10-01T08:00:05",
        "date_completed_gmt": None,
        "total": str(total),
        "customer_id": 12,
        "payment_method": "stripe",
        "transaction_id": "ch_1",
        "billing": {"country": "DE", "state": "DE-BE"},
        "shipping": {"country": "", "state": ""},
        "line_items": items,
        "shipping_lines": [way],
        "fee_lines": [fee],
        "coupon_lines": [],
        "refunds": [],
        "tax_lines": [{"id": 1, "rate_id": 7, "rate_percent": float(rate), "label": "VAT"}],
    }
    return Made(
        document=document,
        total=int(total * 100),
        paid=paid,
        quantities=quantities,
        freight=int(way_gross * 100),
        charges=int(fee_gross * 100),
        captured=[int(total * 100)],
        taxes=taxes,
        inclusive=included,
    )


def medusa(seed: int) -> Made:
    """Medusa: nothing is rounded; adjustments are without tax; only what is paid is in cents."""
    draw = random.Random(seed)
    included = draw.random() < 0.5
    rate = draw.choice([Fraction(19, 100), Fraction(725, 10000), Fraction(0)])
    items, exact, taxes, quantities = [], {}, {}, {}
    total = Fraction(0)

    def priced(key: str, price: Fraction, reduced: Fraction, **more: Any) -> tuple[dict[str, Any], Fraction]:
        net = price / (1 + rate) if included else price
        net -= reduced
        whole = net * (1 + rate)
        found = {
            "id": key,
            "is_tax_inclusive": included,
            "tax_lines": [{"id": "t", "code": "vat", "rate": float(rate * 100)}] if rate else [],
            "adjustments": [{"id": "a", "amount": float(reduced), "is_tax_inclusive": False}] if reduced else [],
            "total": float(whole),
            **more,
        }
        return found, whole

    for place in range(draw.randint(1, 5)):
        key, quantity = f"item_{place}", draw.randint(2 if not place else 1, 4)
        unit = Fraction(draw.randint(199, 9999), 100)
        reduced = Fraction(draw.randint(0, 100), 100)
        more = {"title": f"Thing {place}", "variant_sku": f"M-{place}", "quantity": quantity, "unit_price": float(unit)}
        found, whole = priced(key, unit * quantity, reduced, **more)
        items.append(found)
        exact[key], quantities[key] = whole, quantity
        taxes[key] = int(whole / (1 + rate) * rate * 100 + Fraction(1, 2))
        total += whole
    way, way_whole = priced("way", Fraction(490, 100), Fraction(0), name="Standard", amount=4.9)
    total += way_whole
    credit = Fraction(draw.choice([0, 100]), 100)
    rest = total - credit
    document = {
        "id": "order_9",
        "display_id": 9,
        "status": "completed",
        "currency_code": "eur",
        "created_at": "2026-10-01T08:00:00.000Z",
        "customer_id": "cus_1",
        "shipping_address": {"country_code": "de", "province": "de-be"},
        "total": float(rest),
        "items": items,
        "shipping_methods": [way],
        "credit_lines": [{"id": "cl_1", "amount": float(credit), "reference": "gift_card"}] if credit else [],
        "payment_collections": [
            {
                "payments": [
                    {
                        "id": "pay_1",
                        "provider_id": "pp_stripe_stripe",
                        "amount": float(rest),
                        "captured_at": "2026-10-01T08:00:05.000Z",
                        "captures": [],
                        "refunds": [],
                    }
                ]
            }
        ],
    }
    cents_of = {key: whole * 100 for key, whole in exact.items()}
    whole_cents = int(total * 100 + Fraction(1, 2))
    return Made(
        document={"order": document},
        total=whole_cents,
        paid={key: int(whole + Fraction(1, 2)) for key, whole in cents_of.items()},
        quantities=quantities,
        freight=int(way_whole * 100 + Fraction(1, 2)),
        charges=0,
        captured=[100, whole_cents - 100] if credit else [whole_cents],
        taxes=taxes,
        inclusive=included,
    )
