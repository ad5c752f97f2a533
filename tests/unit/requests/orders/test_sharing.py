"""What a shop knows only of several lines is shared among them once, taxes with it (A17, 3.1, 3.2)."""

from dataclasses import replace
from typing import Any

import pytest

from service_requests.domain.orders.order import DuplicateId, OrderDoesNotReconcile, UnknownLine
from service_requests.domain.orders.order_part import (
    BundlePart,
    DiscountShare,
    OrderBundle,
    OrderDiscount,
    OrderLine,
    TaxCharged,
)
from service_requests.domain.orders.sharing import place_as_pushed, share_once
from tests.unit.requests.builders import a_line, an_order


def a_plain_line(line_id: str, paid: int, tax: int = 0, rate: str = "20", **but: Any) -> OrderLine:
    facts = {"quantity": 1, "unit_price_minor": paid, "paid_minor": paid, "sku": line_id, "name": line_id}
    return a_line(line_id=line_id, taxes=(TaxCharged(rate, tax),) if tax else (), **facts | but)


def of(*lines: OrderLine, **but: Any) -> dict[str, tuple[int, tuple[TaxCharged, ...]]]:
    """What was paid for each line after sharing, and the tax in it."""
    shared = share_once(an_order(lines=lines, **but))
    return {line.line_id: (line.paid_minor, line.taxes) for line in shared.lines}


@pytest.mark.parametrize(
    ("inclusive", "mug", "bowl"),
    [(True, (9000, 1500), (4500, 750)), (False, (9000, 1500), (4500, 750))],
    ids=["tax inside", "tax on top"],
)
def test_a_discount_that_was_sold_as_a_line_takes_its_tax_off_the_lines_too(
    inclusive: bool, mug: tuple[int, int], bowl: tuple[int, int]
) -> None:
    """3.2: where tax is added, the discount is net, and the tax comes off what was paid beside it."""
    unit = {"mug": 10000, "bowl": 5000, "off": -1500} if inclusive else {"mug": 8333, "bowl": 4167, "off": -1250}
    shared = share_once(
        an_order(
            prices_include_tax=inclusive,
            lines=(
                a_plain_line("mug", 10000, 1667, unit_price_minor=unit["mug"]),
                a_plain_line("bowl", 5000, 833, unit_price_minor=unit["bowl"]),
                a_plain_line("off", -1500, -250, unit_price_minor=unit["off"]),
            ),
        )
    )
    found = {line.line_id: (line.paid_minor, line.taxes[0].amount_minor) for line in shared.lines}
    assert found == {"mug": (mug[0], mug[1]), "bowl": (bowl[0], bowl[1])}
    share = 1500 if inclusive else 1250
    assert shared.discounts == (OrderDiscount("off", "off", share, ()),)
    assert sum(each.amount_minor for line in shared.lines for each in line.shares) == share


def test_only_the_lines_with_the_rate_of_the_discount_share_it() -> None:
    """A tax in a discount names the lines that it covers; a tax of another rate stays as it was."""
    found = of(
        a_plain_line("book", 2000, 140, "7"),
        a_plain_line("mug", 10000, 1667),
        a_plain_line("off", -1000, -167),
    )
    assert found == {
        "book": (2000, (TaxCharged("7", 140),)),
        "mug": (9000, (TaxCharged("20", 1500),)),
    }


@pytest.mark.parametrize("amount", [0, 15000])
def test_a_discount_may_be_as_large_as_what_it_covers(amount: int) -> None:
    lines = (a_plain_line("mug", 10000), a_plain_line("bowl", 5000))
    shared = share_once(an_order(lines=lines, discounts=(OrderDiscount("d", "Ten", amount),)))
    assert sum(line.paid_minor for line in shared.lines) == 15000 - amount


@pytest.mark.parametrize(
    ("lines", "discount", "pointer"),
    [
        ([a_plain_line("mug", 10000)], OrderDiscount("d", "Ten", 10001), "/discounts/0/amount_minor"),
        ([a_plain_line("mug", 10000), a_plain_line("off", -10001)], None, "/lines/1/paid_minor"),
        ([a_plain_line("mug", 10000, 100), a_plain_line("off", -600, -101)], None, "/lines/1/taxes"),
        ([a_plain_line("mug", 10000), a_plain_line("off", -600, unit_price_minor=-700)], None, "/lines/1/paid_minor"),
    ],
)
def test_what_does_not_reconcile_is_named_with_its_field(
    lines: list[OrderLine], discount: OrderDiscount | None, pointer: str
) -> None:
    """A17."""
    with pytest.raises(OrderDoesNotReconcile) as refused:
        share_once(an_order(lines=tuple(lines), discounts=(discount,) if discount else ()))
    assert refused.value.pointer == pointer


def test_a_discount_of_some_lines_is_shared_by_what_they_cost() -> None:
    """3.2: each line keeps its share; the other lines keep their price."""
    shared = share_once(
        an_order(
            lines=(a_plain_line("mug", 6000), a_plain_line("bowl", 3000), a_plain_line("card", 500)),
            discounts=(OrderDiscount("d", "Ten", 900, ("bowl", "mug")),),
        )
    )
    assert [(line.paid_minor, line.shares) for line in shared.lines] == [
        (5400, (DiscountShare("d", 600),)),
        (2700, (DiscountShare("d", 300),)),
        (500, ()),
    ]


def a_set(*parts: BundlePart, **but: Any) -> OrderBundle:
    facts: dict[str, Any] = {
        "bundle_id": "B",
        "sku": "SET",
        "name": "Set",
        "quantity": 1,
        "paid_minor": 9000,
        "taxes": (TaxCharged("20", 1500),),
        "parts": parts or (BundlePart("mug", 2000), BundlePart("bowl", 1000)),
    }
    return OrderBundle(**facts | but)


@pytest.mark.parametrize(
    ("weights", "mug", "bowl"), [((2000, 1000), (6000, 1000), (3000, 500)), ((0, 0), (6750, 1125), (2250, 375))]
)
def test_the_price_of_a_set_goes_to_its_parts(
    weights: tuple[int, int], mug: tuple[int, int], bowl: tuple[int, int]
) -> None:
    """3.1: by their prices alone, or by their pieces where no price is known; the tax with it."""
    parts = tuple(BundlePart(line_id, weight) for line_id, weight in zip(("mug", "bowl"), weights, strict=True))
    lines = (a_plain_line("mug", 0, quantity=3), a_plain_line("bowl", 0))
    shared = share_once(an_order(lines=lines, bundles=(a_set(*parts),)), unpriced=("mug", "bowl"))
    assert [(line.paid_minor, line.taxes[0].amount_minor, line.bundle) for line in shared.lines] == [
        (*mug, "B"),
        (*bowl, "B"),
    ]
    assert [line.unit_price_minor for line in shared.lines] == [mug[0] // 3, bowl[0]]


@pytest.mark.parametrize(
    ("parts", "first", "error", "pointer"),
    [
        (("mug", "lamp"), {}, UnknownLine, "/bundles/0/parts/1/line_id"),
        (("mug", "mug"), {}, DuplicateId, "/bundles/0/parts/1/line_id"),
        (("mug", "bowl"), {"bundle": "other"}, DuplicateId, "/bundles/0/parts/0/line_id"),
        (("mug", "bowl"), {"paid_minor": 1}, OrderDoesNotReconcile, "/lines/0/paid_minor"),
    ],
)
def test_a_part_of_a_set_is_a_line_of_the_order_and_of_one_set(
    parts: tuple[str, ...], first: dict[str, Any], error: type[Any], pointer: str
) -> None:
    lines = (replace(a_plain_line("mug", 0), **first), a_plain_line("bowl", 0))
    with pytest.raises(error) as refused:
        share_once(an_order(lines=lines, bundles=(a_set(*(BundlePart(each, 1) for each in parts)),)))
    assert refused.value.pointer == pointer


@pytest.mark.parametrize(
    ("lines", "discount", "error", "pointer"),
    [
        (("mug",), OrderDiscount("d", "Ten", 1, ("mug", "lamp")), UnknownLine, "/discounts/0/line_ids/1"),
        (("mug", "off"), OrderDiscount("d", "Ten", 1, ("off",)), UnknownLine, "/discounts/0/line_ids/0"),
        (("mug", "off"), OrderDiscount("off", "Ten", 1), DuplicateId, "/lines/1/line_id"),
    ],
)
def test_a_discount_covers_lines_of_goods_and_has_a_name_of_its_own(
    lines: tuple[str, ...], discount: OrderDiscount, error: type[Any], pointer: str
) -> None:
    goods = tuple(a_plain_line(each, -100 if each == "off" else 1000) for each in lines)
    with pytest.raises(error) as refused:
        share_once(an_order(lines=goods, discounts=(discount,)))
    assert refused.value.pointer == pointer


@pytest.mark.parametrize(
    ("inclusive", "paid", "discount", "unit"), [(True, 1000, 0, 333), (False, 1000, 0, 267), (True, 1000, 200, 400)]
)
def test_a_unit_price_that_the_shop_did_not_say_follows_from_what_was_paid(
    inclusive: bool, paid: int, discount: int, unit: int
) -> None:
    line = a_plain_line("mug", paid, 200, quantity=3, discount_minor=discount, unit_price_minor=0)
    shared = share_once(an_order(lines=(line,), prices_include_tax=inclusive), unpriced=("mug",))
    assert shared.lines[0].unit_price_minor == unit


def test_the_field_of_a_line_is_the_one_that_was_pushed() -> None:
    """Discounts that were sold as lines are no lines any more."""
    order = an_order(lines=(a_plain_line("off", -1), a_plain_line("mug", 2), a_plain_line("bowl", 3)))
    assert place_as_pushed(order, "/lines/1/quantity") == "/lines/2/quantity"
    assert place_as_pushed(order, "/lines/0/taxes") == "/lines/1/taxes"
    assert place_as_pushed(order, "/lines/0/taxes/2") == "/lines/1/taxes/2"
    assert place_as_pushed(order, "/lines/1/taxes/0/amount_minor") == "/lines/2/taxes/0/amount_minor"
    assert place_as_pushed(order, "/lines/1") == "/lines/2"
    assert place_as_pushed(order, "/discounts/0/shares/1") == "/discounts/0/shares/1"
    assert place_as_pushed(order, "") == ""
    assert place_as_pushed(order, "/total_minor") == "/total_minor"
    assert place_as_pushed(order, "/lines") == "/lines"
    assert place_as_pushed(an_order(), "/lines/1/quantity") == "/lines/1/quantity"
