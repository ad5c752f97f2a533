"""Fresh orders of every shop go in, reconcile, come back in part and are refunded to the cent (N14, A17)."""

import json
import random
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

import pytest

from retour.offline.refund_document import read_request
from service_refunds.domain.calculation.calculation import calculate
from service_requests.domain.orders.shops.conversion import ShopKind, convert
from service_requests.domain.orders.shops.snapshot import ShopOptions
from shared.web.strict_json import parse
from tests.unit.requests.orders import shop_generator as shops
from tests.unit.requests.orders.shop_checks import reconciles

MAKERS: dict[str, tuple[ShopKind, Callable[[int], shops.Made], int]] = {
    "shopify rest": (ShopKind.SHOPIFY, partial(shops.shopify, graphql=False), 0),
    "shopify graphql": (ShopKind.SHOPIFY, partial(shops.shopify, graphql=True), 0),
    "woocommerce": (ShopKind.WOOCOMMERCE, shops.woocommerce, 0),
    "medusa": (ShopKind.MEDUSA, shops.medusa, 1),
}
"""By shop: its generator, and by how many cents the rounding of one line may differ: Medusa rounds nothing itself."""


@pytest.mark.parametrize("shop", MAKERS)
@pytest.mark.parametrize("seed", range(60))
def test_a_fresh_order_reconciles_and_a_part_of_it_is_refunded_to_the_cent(shop: str, seed: int) -> None:
    kind, make, off = MAKERS[shop]
    made = make(seed)
    found = convert(kind, parse(json.dumps(made.document).encode()), ShopOptions(storefront="main"))
    reconciles(found.order)
    assert found.order["total_minor"] == made.total
    assert {line["line_id"] for line in found.order["lines"]} == set(made.paid)
    for line in found.order["lines"]:
        assert abs(line["paid_minor"] - made.paid[line["line_id"]]) <= off
        assert line["quantity"] == made.quantities[line["line_id"]]
    assert abs(found.order["freight"]["paid_minor"] - made.freight) <= off
    assert sum(charge["paid_minor"] for charge in found.order.get("charges", [])) == made.charges
    captured = [tender["captured_minor"] for tender in found.order["tenders"]]
    assert sum(captured) == made.total
    assert not made.captured or captured == made.captured

    back = some_pieces(made, seed)
    refund = calculate(read_request(json.dumps(question(found.order, back)).encode()))
    lines = {line["line_id"]: line for line in found.order["lines"]}
    expected = sum(share(lines[key], count, found.order["prices_include_tax"]) for key, count in back.items())
    assert refund.total.minor == expected
    assert sum(part.amount.minor for part in refund.tenders) == expected


def some_pieces(made: shops.Made, seed: int) -> dict[str, int]:
    """Some of the pieces by line, never none and never all."""
    draw = random.Random(seed)
    back = {key: draw.randint(0, count) for key, count in made.quantities.items()}
    first = min(back)
    back[first] = 1 if back[first] == made.quantities[first] or not any(back.values()) else back[first]
    return back


def share(line: Any, back: int, inclusive: bool) -> int:
    """What the first pieces of a line cost together, half up: its price, and beside it each tax where it is apart."""
    taxes = [] if inclusive else [tax["amount_minor"] for tax in line["taxes"]]
    amounts = [line["paid_minor"] - sum(taxes), *taxes]
    return sum(int(Fraction(each * back, line["quantity"]) + Fraction(1, 2)) for each in amounts)


def question(order: Any, back: dict[str, int]) -> dict[str, Any]:
    """The refund core's question about pieces of a converted order; charges and freight stay with the seller."""
    inclusive = order["prices_include_tax"]
    rest = order["freight"]["paid_minor"] + sum(charge["paid_minor"] for charge in order.get("charges", []))
    lines = [
        {
            "id": line["line_id"],
            "quantity": line["quantity"],
            "paid": amount(
                line["paid_minor"] - (0 if inclusive else sum(tax["amount_minor"] for tax in line["taxes"]))
            ),
            "taxes": [{"rate": tax["rate"], "amount": amount(tax["amount_minor"])} for tax in line["taxes"]],
        }
        for line in order["lines"]
    ]
    tenders = [
        {
            "id": tender["tender_id"],
            "kind": "card" if tender["kind"] == "other" else tender["kind"],
            "captured": amount(tender["captured_minor"]),
        }
        for tender in order["tenders"]
    ]
    units = [{"id": f"{key}-{piece}", "line": key} for key, count in back.items() for piece in range(count)]
    paid_order = {
        "currency": order["currency"],
        "mode": "inclusive" if inclusive else "exclusive",
        "lines": lines,
        "fees": [{"id": "rest", "paid": amount(rest)}] if rest else [],
        "tenders": tenders,
    }
    return {"order": paid_order, "facts": {"regime": "US"}, "units": units}


def amount(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"
