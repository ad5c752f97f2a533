"""The shape of a pushed order: its bounds, its defaults, and every field of its translation (A17, N06, S-60)."""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from pydantic import ValidationError

from service_requests.domain.orders import order_part as part
from service_requests.domain.orders.order import AmountDoesNotFit, Order
from service_requests.entrypoints.orders.order_shapes import OrderIn
from service_requests.entrypoints.orders.place_fields import ShipToIn
from shared.kernel.places import ShipTo

ORDERED: Final = datetime(2026, 11, 20, 9, tzinfo=UTC)
SENT, ARRIVED, SIGNED, NOW = (ORDERED.replace(day=day) for day in (21, 22, 23, 24))
TAX: Final = {"rate": "20", "amount_minor": 5}
TAXED: Final = (part.TaxCharged("20", 5),)


def text(moment: datetime) -> str:
    return moment.isoformat()


LEAST: Final[dict[str, Any]] = {
    "number": "N-1",
    "storefront": "shop",
    "customer_id": "anna",
    "regime": "EU",
    "currency": "EUR",
    "ordered_at": text(ORDERED),
    "lines": [{"line_id": "L1", "sku": "MUG", "name": "Mug", "quantity": 2, "paid_minor": 900}],
    "total_minor": 900,
}
"""An order that says only what it must."""

WHOLE: Final[dict[str, Any]] = {
    **LEAST,
    "language": "zh-CN",
    "prices_include_tax": False,
    "delivered_at": text(ARRIVED),
    "parcels": [
        {"id": "P1", "dispatched_at": text(SENT), "delivered_at": text(ARRIVED), "signed_for_at": text(SIGNED)}
    ],
    "segment": "gold",
    "consumer": False,
    "lines": [
        {
            "line_id": "L1",
            "sku": "MUG",
            "name": "Mug",
            "category": "kitchen",
            "quantity": 2,
            "unit_price_minor": 460,
            "discount_minor": 20,
            "paid_minor": 900,
            "taxes": [TAX],
            "final_sale_confirmed": True,
            "goods": ["perishable", "made_to_order", "made_to_order"],
            "confirmed": ["perishable"],
            "parcels": ["P1", "P0", "P1"],
            "bundle": "B1",
        },
        {"line_id": "L2", "sku": "BOWL", "name": "Bowl", "quantity": 1},
    ],
    "bundles": [
        {
            "bundle_id": "B1",
            "sku": "SET",
            "name": "Set",
            "quantity": 3,
            "paid_minor": 700,
            "taxes": [TAX],
            "parts": [{"line_id": "L2", "weight_minor": 7}],
        }
    ],
    "discounts": [{"discount_id": "D1", "name": "Ten", "amount_minor": 10, "line_ids": ["L1"]}],
    "charges": [
        {
            "charge_id": "X1",
            "kind": "wrap",
            "name": "Wrap",
            "paid_minor": 30,
            "taxes": [TAX],
            "line_id": "L1",
        }
    ],
    "freight": {"paid_minor": 490, "standard_minor": 390, "taxes": [TAX]},
    "tenders": [{"tender_id": "T1", "kind": "card", "captured_minor": 1200, "reference": "ch_1"}],
    "total_minor": 2110,
    "ship_to": {"country": "DE", "subdivision": "BY", "time_zone": "Europe/Berlin"},
}
"""An order that says everything that can be said."""


def read(document: dict[str, Any]) -> OrderIn:
    return OrderIn.model_validate(document, strict=False)


def the_least() -> dict[str, Any]:
    return deepcopy(LEAST)


def test_an_order_that_says_only_what_it_must() -> None:
    """A consumer's order in English, tax included, with nothing besides its line."""
    line = part.OrderLine(
        line_id="L1",
        sku="MUG",
        name="Mug",
        category=None,
        quantity=2,
        unit_price_minor=0,
        discount_minor=0,
        paid_minor=900,
    )
    assert read(LEAST).snapshot("order_1", NOW) == Order(
        id="order_1",
        number="N-1",
        storefront="shop",
        customer_id="anna",
        language="en",
        regime="EU",
        currency="EUR",
        prices_include_tax=True,
        ordered_at=ORDERED,
        delivered_at=None,
        lines=(line,),
        freight=part.OrderFreight(0),
        tenders=(),
        total_minor=900,
        created_at=NOW,
        consumer=True,
    )
    assert read(LEAST).unpriced() == {"L1"}


def test_every_field_of_an_order_arrives_in_its_place() -> None:
    """Kinds and parcels come once and in order; the lines without a unit price are named."""
    line = part.OrderLine(
        line_id="L1",
        sku="MUG",
        name="Mug",
        category="kitchen",
        quantity=2,
        unit_price_minor=460,
        discount_minor=20,
        paid_minor=900,
        taxes=TAXED,
        final_sale_confirmed=True,
        goods=("made_to_order", "perishable"),
        confirmed=("perishable",),
        parcels=("P0", "P1"),
        bundle="B1",
    )
    of_set = part.OrderLine(
        line_id="L2",
        sku="BOWL",
        name="Bowl",
        category=None,
        quantity=1,
        unit_price_minor=0,
        discount_minor=0,
        paid_minor=0,
    )
    assert read(WHOLE).snapshot("order_1", NOW) == Order(
        id="order_1",
        number="N-1",
        storefront="shop",
        customer_id="anna",
        language="zh-CN",
        regime="EU",
        currency="EUR",
        prices_include_tax=False,
        ordered_at=ORDERED,
        delivered_at=ARRIVED,
        lines=(line, of_set),
        freight=part.OrderFreight(490, 390, TAXED),
        tenders=(part.Tender("T1", "card", 1200, "ch_1"),),
        total_minor=2110,
        created_at=NOW,
        segment="gold",
        consumer=False,
        parcels=(part.OrderParcel("P1", SENT, ARRIVED, SIGNED),),
        discounts=(part.OrderDiscount("D1", "Ten", 10, ("L1",)),),
        charges=(part.OrderCharge(charge_id="X1", kind="wrap", name="Wrap", paid_minor=30, taxes=TAXED, line_id="L1"),),
        bundles=(
            part.OrderBundle(
                bundle_id="B1",
                sku="SET",
                name="Set",
                quantity=3,
                paid_minor=700,
                taxes=TAXED,
                parts=(part.BundlePart("L2", 7),),
            ),
        ),
        ship_to=ShipTo("DE", "DE-BY", "Europe/Berlin"),
    )
    assert read(WHOLE).unpriced() == {"L2"}


def test_what_an_order_may_leave_out_beside_its_lines() -> None:
    """A set is one set, a charge needs no name, a discount covers every line."""
    short = read(
        {
            **LEAST,
            "bundles": [{"bundle_id": "B1", "sku": "S", "name": "Set", "paid_minor": 1, "parts": [
                {"line_id": "L1", "weight_minor": 1}]}],
            "discounts": [{"discount_id": "D1", "name": "Ten", "amount_minor": 10}],
            "charges": [{"charge_id": "X1", "kind": "tip", "paid_minor": 1}],
            "parcels": [{"id": "P1"}],
        }
    ).snapshot("order_1", NOW)  # fmt: skip
    assert (short.bundles[0].quantity, short.bundles[0].taxes) == (1, ())
    assert short.discounts == (part.OrderDiscount("D1", "Ten", 10, ()),)
    assert short.charges == (part.OrderCharge(charge_id="X1", kind="tip", name=None, paid_minor=1),)
    assert short.parcels == (part.OrderParcel("P1"),)


@pytest.mark.parametrize(
    ("path", "most", "least"),
    [
        ("parcels", 50, 0),
        ("lines", 500, 1),
        ("bundles", 100, 0),
        ("discounts", 50, 0),
        ("charges", 50, 0),
        ("tenders", 10, 0),
        ("lines.0.taxes", 10, 0),
        ("lines.0.goods", 16, 0),
        ("lines.0.confirmed", 16, 0),
        ("lines.0.parcels", 20, 0),
        ("bundles.0.taxes", 10, 0),
        ("bundles.0.parts", 100, 1),
        ("discounts.0.line_ids", 500, 0),
        ("charges.0.taxes", 10, 0),
        ("freight.taxes", 10, 0),
    ],
)
def test_every_list_of_an_order_has_its_bounds(path: str, most: int, least: int) -> None:
    """S-60: the longest list that is taken, and one more; the shortest, and one less."""

    def with_so_many(count: int) -> bool:
        document: Any = deepcopy(WHOLE)
        room = document
        *way, last = path.split(".")
        for step in way:
            room = room[int(step)] if step.isdigit() else room[step]
        room[last] = [room[last][0]] * count
        try:
            read(document)
        except ValidationError as error:
            return [".".join(map(str, each["loc"])) for each in error.errors()] != [path]
        return True

    assert [with_so_many(count) for count in (most, most + 1)] == [True, False]
    assert least == 0 or [with_so_many(least), with_so_many(least - 1)] == [True, False]
    assert with_so_many(0) is (least == 0)


@pytest.mark.parametrize(
    ("rate", "fits"),
    [
        ("0", True),
        ("99.999999", True),
        ("7.5", True),
        ("100", False),
        ("07", False),
        ("7.", False),
        ("7.1234567", False),
    ],
)
def test_a_rate_of_tax_is_a_percentage_below_a_hundred(rate: str, fits: bool) -> None:
    document = the_least()
    document["lines"][0]["taxes"] = [{"rate": rate, "amount_minor": 1}]
    if fits:
        assert read(document).lines[0].taxes[0].rate == rate
    else:
        with pytest.raises(ValidationError):
            read(document)


@pytest.mark.parametrize(
    ("amount", "fits"), [(10**12, True), (10**12 + 1, False), (-(10**12), True), (-(10**12) - 1, False)]
)
@pytest.mark.parametrize("field", ["paid_minor", "unit_price_minor"])
def test_an_amount_of_a_line_may_be_negative_within_bounds(field: str, amount: int, fits: bool) -> None:
    document = the_least()
    document["lines"][0][field] = amount
    if fits:
        read(document)
    else:
        with pytest.raises(ValidationError):
            read(document)


@pytest.mark.parametrize(
    ("line", "pointer"),
    [
        ({"paid_minor": None}, "/lines/1/paid_minor"),
        ({"paid_minor": 1, "taxes": [TAX, {"rate": "7", "amount_minor": -1}]}, "/lines/1/taxes/1/amount_minor"),
        ({"paid_minor": -1, "taxes": [{"rate": "7", "amount_minor": 1}]}, "/lines/1/taxes/0/amount_minor"),
        ({"paid_minor": -1, "taxes": [{"rate": "7", "amount_minor": -1}]}, None),
        ({"paid_minor": 0, "taxes": [{"rate": "7", "amount_minor": 0}]}, None),
        ({"paid_minor": -1, "taxes": [{"rate": "7", "amount_minor": 0}]}, None),
    ],
)
def test_an_amount_is_there_and_has_the_sign_of_its_line(line: dict[str, Any], pointer: str | None) -> None:
    """A17: only a line with a negative amount has negative tax, and only a part of a set has no amount."""
    document = the_least()
    document["lines"].append({"line_id": "L2", "sku": "BOWL", "name": "Bowl", "quantity": 1, **line})
    if pointer is None:
        read(document).snapshot("order_1", NOW)
        return
    with pytest.raises(AmountDoesNotFit) as refused:
        read(document).snapshot("order_1", NOW)
    assert refused.value.pointer == pointer


@pytest.mark.parametrize(("paid", "discount"), [(-1, True), (0, False), (1, False), (None, False)])
def test_a_line_with_a_negative_amount_is_a_discount(paid: int | None, discount: bool) -> None:
    document = the_least()
    document["lines"][0]["paid_minor"] = paid
    assert read(document).lines[0].is_discount() is discount


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ({"country": "de"}, ShipTo("DE")),
        ({"country": " De "}, ShipTo("DE")),
        ({"country": "DE", "subdivision": None, "time_zone": None}, ShipTo("DE")),
        ({"country": "DE", "subdivision": "by"}, ShipTo("DE", "DE-BY")),
        ({"country": "DE", "subdivision": "DE-BY"}, ShipTo("DE", "DE-BY")),
        ({"country": "FR", "subdivision": "974"}, ShipTo("FR", "FR-974")),
        ({"country": "US", "time_zone": "America/Los_Angeles"}, ShipTo("US", None, "America/Los_Angeles")),
    ],
)
def test_a_place_is_read_as_storefronts_write_it(told: dict[str, Any], place: ShipTo) -> None:
    """Z10: in any case, with or without the country in the subdivision."""
    assert ShipToIn.model_validate(told).place() == place


@pytest.mark.parametrize(
    "told",
    [
        {"country": "ZZ"},
        {"country": "D"},
        {"country": "DEU"},
        {"country": "DE", "subdivision": "US-CA"},
        {"country": "DE", "subdivision": "DE-BYER"},
        {"country": "DE", "subdivision": "DE-"},
        {"country": "DE", "subdivision": "B Y"},
        {"country": "DE", "subdivision": "DE-BY-XX"},
        {"country": "DE", "time_zone": "Europe/Atlantis"},
        {"country": "DE", "time_zone": "x" * 65},
        {"country": "DE", "street": "Main Street"},
        {"country": 49},
    ],
)
def test_a_place_that_does_not_exist_is_refused(told: dict[str, Any]) -> None:
    """Z10: a subdivision is one of its country."""
    with pytest.raises(ValidationError):
        ShipToIn.model_validate(told)
