"""Orders of shops from the shop's own document to the last cent of a refund, through the gateway, in both modes (N14).

Every expected figure is worked out by hand from the document, or by the generator from the rules of the shop.
"""

import asyncio
import hmac
import json
import sys
from base64 import b64encode
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest

from tests.support.waiting import eventually
from tests.support.world import Json, World, good
from tests.unit.requests.orders import shop_generator

DATA: Final = Path(__file__).parents[2] / "data" / "shops"
SECRET: Final = "a-secret-of-the-shop-0123456789"
WEBHOOKS: Final = {
    "shopify": ("X-Shopify-Hmac-Sha256", "X-Shopify-Topic", "orders/paid"),
    "woocommerce": ("X-WC-Webhook-Signature", "X-WC-Webhook-Topic", "order.updated"),
    "medusa": ("X-Retour-Signature", "X-Retour-Topic", "order.placed"),
}
FACTS: Final = ("payments", "cancellations", "refunds")


def document(name: str) -> Any:
    """A documented example, as it is."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


async def connected(world: World, kind: str) -> str:
    """A shop of this order's own."""
    name = f"{kind}-{uuid4().hex[:10]}"
    body = {"kind": kind, "storefront": name, "secret": SECRET}
    good(await world.admin.call("PUT", f"/v1/shops/{name}", body))
    return name


async def deliver(world: World, kind: str, name: str, found: Any) -> Json:
    """The order after its shop has sent the document."""
    sent = json.dumps(found).encode()
    signature, about, topic = WEBHOOKS[kind]
    headers = {
        "content-type": "application/json",
        signature: b64encode(hmac.digest(SECRET.encode(), sent, "sha256")).decode(),
        about: topic,
    }
    answer = good(await world.http.post(f"/v1/shops/{name}/webhooks", content=sent, headers=headers))
    assert answer["outcome"] == "taken", answer
    order: Json = await world.agent.get(f"/v1/orders/{answer['order_id']}")
    return order


async def by_webhook(world: World, kind: str, found: Any) -> Json:
    """The order after its shop has sent the document twice."""
    name = await connected(world, kind)
    first = await deliver(world, kind, name, found)
    assert await deliver(world, kind, name, found) == first
    return first


async def paid_twice(world: World, made: shop_generator.Made, gift: int) -> Json:
    """An order of WooCommerce, which knows one payment: here a gift card and a transfer, told by the seller.

    Then WooCommerce says that all of it is paid.
    """
    name = await connected(world, "woocommerce")
    unpaid = {**made.document, "status": "pending", "date_paid_gmt": None}
    order = await deliver(world, "woocommerce", name, unpaid)
    for place, (kind, minor) in enumerate((("gift_card", gift), ("bank_transfer", made.total - gift))):
        payment = {"tender_id": f"T{place}", "kind": kind, "captured_minor": minor, "reference": f"ref-{place}"}
        await world.shop.post(f"/v1/orders/{order['id']}/payments", {**payment, "at": "2026-10-01T08:00:05Z"})
    return await deliver(world, "woocommerce", name, made.document)


async def by_command(world: World, kind: str, found: Any, folder: Path, *options: str) -> Json:
    """The order after `retour orders convert` and a push of what it prints: the snapshot, then each later fact."""
    file, storefront = folder / "order.json", f"shop-{uuid4().hex[:10]}"
    file.write_text(json.dumps(found), encoding="utf-8")
    words = ("-m", "retour", "orders", "convert", str(file), "--from", kind, "--storefront", storefront, *options)
    process = await asyncio.create_subprocess_exec(sys.executable, *words, stdout=asyncio.subprocess.PIPE)
    printed, _ = await process.communicate()
    assert process.returncode == 0
    made = json.loads(printed)
    order: Json = await world.shop.post("/v1/orders", made["order"])
    for name in FACTS:
        for fact in made["facts"][name]:
            order = await world.shop.post(f"/v1/orders/{order['id']}/{name}", fact)
    if made["facts"]["parcels"]:
        order = await world.shop.post(f"/v1/orders/{order['id']}/parcels", {"parcels": made["facts"]["parcels"]})
    assert order["storefront"] == storefront
    return order


async def refunded(
    world: World, order: Json, pieces: dict[str, int], *, captured: int, elsewhere: int = 0
) -> dict[str, int]:
    """What a return of these pieces pays back, by tender, once refunds know the money that came and went before."""

    async def known() -> bool:
        ledger = await world.finance.call("GET", f"/v1/ledger?order_id={order['id']}")
        balances = ledger.json()["balances"] if ledger.status_code == 200 else []
        own = [each for each in balances if (each["kind"], each["key"]) == ("order", "captured")]
        return [(each["cap_minor"], each["settled_minor"]) for each in own] == [(captured, elsewhere)]

    await eventually(known)
    _, customer = await world.customer(order["customer_id"])
    lines = [
        {"line_id": line_id, "quantity": count, "reason": "changed_mind", "condition": "unopened"}
        for line_id, count in pieces.items()
    ]
    asked = await customer.post("/v1/returns", {"order_id": order["id"], "lines": lines})
    if asked["status"] == "in_review":
        asked = await world.supervisor.post(f"/v1/returns/{asked['id']}/approval", {})
    assert asked["status"] == "approved", asked
    skus = {line["line_id"]: line["sku"] for line in order["lines"]}
    for line_id, count in pieces.items():
        await world.scan(asked["rma"], skus[line_id], count)
        await world.inspect(asked["rma"], skus[line_id], count)
    await world.until(asked["id"], "closed")
    paid: dict[str, int] = {}
    for refund in await world.refunds(asked["id"]):
        assert refund["state"] == "settled"
        assert sum(each["amount_minor"] for each in refund["payouts"]) == refund["amount"]["amount_minor"]
        for each in refund["payouts"]:
            paid[each["tender_id"]] = paid.get(each["tender_id"], 0) + each["amount_minor"]
    return paid


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A documented order, the pieces that come back, and what is paid for them, by tender."""

    kind: str
    name: str
    pieces: dict[str, int]
    captured: int
    payouts: dict[str, int]
    elsewhere: int = 0
    beside: dict[str, Any] = field(default_factory=dict)


EXAMPLES: Final = {
    # 199.00 - 3.33 + 3.98 of tax; the shop itself has paid back 209.00 for the two other iPods
    "shopify rest": Example(
        kind="shopify",
        name="shopify_rest_order",
        pieces={"518995019": 1},
        captured=59894,
        payouts={"payment-1": 19965},
        elsewhere=20900,
    ),
    # one of three pairs: 74.99 + 13.50 / 3
    "shopify graphql": Example(
        kind="shopify",
        name="shopify_graphql_order",
        pieces={"1071823189": 1},
        captured=23847,
        payouts={"1068278601": 7949},
    ),
    # one of two at 3.00 with 0.225 tax, that is 0.23; and 12.00 + 0.90
    "woocommerce": Example(
        kind="woocommerce",
        name="woocommerce_order",
        pieces={"315": 1, "316": 1},
        captured=2935,
        payouts={"payment-1": 1613},
    ),
    # one of two at 10.00
    "medusa": Example(
        kind="medusa",
        name="medusa_order",
        pieces={"ordli_1": 1},
        captured=3000,
        payouts={"pay_1": 1000},
    ),
    # one of two: (2 x 50.00 - 20.00) x 1.1 / 2
    "medusa with adjustments": Example(
        kind="medusa",
        name="medusa_order_adjustments",
        pieces={"ordli_2": 1},
        captured=11330,
        payouts={"pay_1": 4400},
    ),
    # 598.94 was authorized, 250.94 captured, 209.00 of that paid back by the shop: 41.94 is left for 199.65
    "shopify rest with transactions": Example(
        kind="shopify",
        name="shopify_rest_order",
        pieces={"518995019": 1},
        captured=25094,
        payouts={"801038806": 4194},
        elsewhere=20900,
        beside=document("shopify_rest_transactions"),
    ),
}


@pytest.mark.parametrize("route", ["webhook", "command"])
@pytest.mark.parametrize("name", EXAMPLES)
async def test_a_documented_order_comes_back_in_part(world: World, tmp_path: Path, name: str, route: str) -> None:
    """N14, A17: the document goes in as the shop's pages show it; the figures are worked out beside it."""
    example = EXAMPLES[name]
    found = {**document(example.name), **example.beside}
    if route == "webhook":
        order = await by_webhook(world, example.kind, found)
    else:
        order = await by_command(world, example.kind, found, tmp_path)
    paid = await refunded(world, order, example.pieces, captured=example.captured, elsewhere=example.elsewhere)
    assert paid == example.payouts


MAKERS: Final[dict[str, tuple[str, Any]]] = {
    "shopify rest": ("shopify", lambda seed: shop_generator.shopify(seed, graphql=False)),
    "shopify graphql": ("shopify", lambda seed: shop_generator.shopify(seed, graphql=True)),
    "woocommerce": ("woocommerce", shop_generator.woocommerce),
    "medusa": ("medusa", shop_generator.medusa),
}


def amounts(whole: int, tax: int, *, inclusive: bool) -> list[int]:
    """What is rounded by itself: the price with its tax, or the price and beside it the tax."""
    return [whole] if inclusive else [whole - tax, tax]


def half_up(amount: Fraction) -> int:
    return int(amount + Fraction(1, 2))


def one_piece(made: shop_generator.Made) -> tuple[str, int]:
    """The first line, of which at least two pieces were bought, and what one of them cost."""
    key = min(made.quantities)
    parts = amounts(made.paid[key], made.taxes[key], inclusive=made.inclusive)
    return key, sum(half_up(Fraction(each, made.quantities[key])) for each in parts)


def share_of_fees(made: shop_generator.Made, key: str) -> int:
    """What goes back of the fees with that piece: by law a part as large as the piece is among the goods (EU)."""
    goods = {line: amounts(made.paid[line], made.taxes[line], inclusive=made.inclusive)[0] for line in made.paid}
    part = Fraction(half_up(Fraction(goods[key], made.quantities[key])), sum(goods.values()))
    found = 0
    for fee in made.document.get("fee_lines", []):
        net, tax = int(Decimal(fee["total"]) * 100), int(Decimal(fee["total_tax"]) * 100)
        found += sum(half_up(each * part) for each in amounts(net + tax, tax, inclusive=made.inclusive))
    return found


@pytest.mark.parametrize("seed", [5, 7])
@pytest.mark.parametrize("shop", MAKERS)
async def test_one_piece_of_a_fresh_order_is_paid_back_to_every_payment(world: World, shop: str, seed: int) -> None:
    """Random lines, discounts, taxes beside (5) or inside (7), shipping and two payments, each with its share.

    A tip stays with who got it, and shipping with a part return.
    """
    kind, make = MAKERS[shop]
    made = make(seed)
    captured = made.captured
    if kind == "woocommerce":
        captured = [made.total // 3, made.total - made.total // 3]
        order = await paid_twice(world, made, captured[0])
    else:
        order = await by_webhook(world, kind, made.document)
    assert order["total_minor"] == made.total
    key, price = one_piece(made)
    due = price + share_of_fees(made, key)
    paid = await refunded(world, order, {key: 1}, captured=made.total)
    assert sum(paid.values()) == due
    assert len(captured) == 2
    assert sorted(paid.values()) == sorted(half_up(Fraction(due * each, made.total)) for each in captured)
