"""Whatever is put in, the answer is a refusal that names the field, never a traceback."""

import dataclasses
from datetime import date
from typing import Any

import pytest

from service_refunds.domain.calculation.calculation import calculate
from service_refunds.domain.calculation.inputs.charge import Charge, Tax
from service_refunds.domain.calculation.inputs.component import Component, ComponentName
from service_refunds.domain.calculation.inputs.history import (
    LineHistory,
    RefundHistory,
    Restatement,
    TenderUse,
)
from service_refunds.domain.calculation.inputs.order import Order
from service_refunds.domain.calculation.inputs.order_line import DiscountShare, OrderLine
from service_refunds.domain.calculation.inputs.order_part import Coupon, Gift, OrderDiscount, OrderFee, Shipment
from service_refunds.domain.calculation.inputs.policy import Grade, RefundPolicy
from service_refunds.domain.calculation.inputs.promotion_rule import (
    SetPart,
    SetPrice,
    Threshold,
    ThresholdStep,
)
from service_refunds.domain.calculation.inputs.refund_request import (
    AcceptedUnit,
    LegalFacts,
    RefundRequest,
    Regime,
)
from service_refunds.domain.calculation.inputs.tender import Tender, TenderKind
from shared.kernel.errors import Malformed, RetourError
from shared.kernel.money import Money

HOSTILE: tuple[Any, ...] = (
    None, True, 1, -1, 10**22, 1.5, float("nan"), float("inf"), "1.00", "", "\ud800", "x" * 10_000, b"1", (), [], {},
    frozenset({("a",)}), object(), Money(-1, "EUR"), Money(1, "JPY"), date(2026, 1, 1), (None,), ("no such",), (1.5,),
)  # fmt: skip
EURO = Money(1_000, "EUR")
TAX = (Tax("19", Money(100, "EUR")),)
LINE = OrderLine(
    id="L",
    quantity=2,
    paid=EURO,
    taxes=TAX,
    shares=(DiscountShare("D", Money(10, "EUR")),),
    unit_price=Money(505, "EUR"),
)
RULE = Threshold((ThresholdStep(Money(500, "EUR"), Money(10, "EUR")),))
ORDER = Order(
    currency="EUR",
    lines=(LINE,),
    tenders=(Tender(id="card", kind=TenderKind.CARD, captured=Money(1_800, "EUR")),),
    discounts=(
        OrderDiscount(
            id="D", amount=Money(10, "EUR"), lines=("L",), rule=RULE, points=5, coupon=Coupon("C", date(2027, 1, 1))
        ),
    ),
    shipments=(Shipment(id="S", paid=Money(500, "EUR"), taxes=TAX, lines=("L",), standard=Money(300, "EUR")),),
    fees=(OrderFee(id="F", paid=Money(300, "EUR"), taxes=TAX),),
    gifts=(Gift("G", EURO),),
    total=Money(1_800, "EUR"),
)
UNIT = AcceptedUnit(id="u", line="L", grade="B", evidence=True)
CHARGE = Charge.of(Money(500, "EUR"), TAX)
HISTORY = RefundHistory(
    lines=(LineHistory("L", ("old",), Restatement(1, CHARGE)),),
    components=(Component(ComponentName.GOODS_NET, Money(400, "EUR"), "L"),),
    tenders=(TenderUse("card", Money(400, "EUR"), Money(0, "EUR")),),
)
REQUEST = RefundRequest(
    order=ORDER, facts=LegalFacts(regime=Regime.EU), units=(UNIT,), history=HISTORY, missing_gifts=("G",)
)


def replace(thing: Any, **changes: Any) -> Any:
    """`dataclasses.replace` for fields that are named at run time and values of the wrong type."""
    return dataclasses.replace(thing, **changes)


def attempt(build: Any) -> None:
    """Either an answer or a refusal with a code and both languages; any other exception fails the test."""
    refusal: RetourError | None = None
    try:
        calculate(build())
    except RetourError as refused:
        refusal = refused
    if refusal is not None:
        assert refusal.code not in {"internal_error", "refused", "malformed"}
        assert refusal.say("en").isprintable()
        assert refusal.say("zh-CN").isprintable()


def fields_of(thing: Any) -> list[str]:
    return list(type(thing).__dataclass_fields__)


@pytest.mark.parametrize("name", fields_of(REQUEST))
def test_a_request_survives_anything_in_any_field(name: str) -> None:
    """H10."""
    for value in HOSTILE:
        attempt(lambda value=value: replace(REQUEST, **{name: value}))


@pytest.mark.parametrize("name", fields_of(ORDER))
def test_an_order_survives_anything_in_any_field(name: str) -> None:
    """H01."""
    for value in HOSTILE:
        attempt(lambda value=value: replace(REQUEST, order=replace(ORDER, **{name: value})))


@pytest.mark.parametrize("thing", [LINE, *ORDER.tenders, *ORDER.discounts, *ORDER.shipments, *ORDER.fees, *ORDER.gifts])
def test_whatever_stands_in_an_order_survives_anything(thing: Any) -> None:
    """H01."""
    places = ("lines", "tenders", "discounts", "shipments", "fees", "gifts")
    place = next(field for field in places if thing in getattr(ORDER, field))
    for name in fields_of(thing):
        for value in HOSTILE:
            attempt(
                lambda name=name, value=value: replace(
                    REQUEST, order=replace(ORDER, **{place: (replace(thing, **{name: value}),)})
                )
            )


@pytest.mark.parametrize(
    "thing", [*TAX, *LINE.shares, RULE, *RULE.steps, SetPrice((SetPart("L", 1),), EURO), SetPart("L", 1), Coupon("C")]
)
def test_taxes_shares_rules_and_coupons_survive_anything(thing: Any) -> None:
    """H03, H08."""

    def order_with(changed: Any) -> Any:
        discount = ORDER.discounts[0]
        if isinstance(thing, Tax):
            return replace(ORDER, lines=(replace(LINE, taxes=(changed,)),))
        if isinstance(thing, DiscountShare):
            return replace(ORDER, lines=(replace(LINE, shares=(changed,)),))
        if isinstance(thing, Coupon):
            return replace(ORDER, discounts=(replace(discount, coupon=changed),))
        rule = changed
        if isinstance(thing, ThresholdStep):
            rule = Threshold((changed,))
        elif isinstance(thing, SetPart):
            rule = SetPrice((changed,), EURO)
        return replace(ORDER, discounts=(replace(discount, rule=rule),))

    for name in fields_of(thing):
        for value in HOSTILE:
            attempt(lambda name=name, value=value: replace(REQUEST, order=order_with(replace(thing, **{name: value}))))


@pytest.mark.parametrize("thing", [UNIT, LegalFacts(regime=Regime.EU), RefundPolicy(), HISTORY])
def test_facts_policy_units_and_history_survive_anything(thing: Any) -> None:
    """H05, H07, H10."""
    place = {AcceptedUnit: "units", LegalFacts: "facts", RefundPolicy: "policy", RefundHistory: "history"}[type(thing)]
    for name in fields_of(thing):
        for value in HOSTILE:

            def build(name: str = name, value: Any = value) -> Any:
                changed = replace(thing, **{name: value})
                return replace(REQUEST, **{place: (changed,) if place == "units" else changed})

            attempt(build)


@pytest.mark.parametrize("name", fields_of(CHARGE))
def test_a_restated_charge_survives_anything(name: str) -> None:
    """H08, H10."""
    for value in HOSTILE:

        def build(value: Any = value) -> Any:
            row = LineHistory("L", ("old",), Restatement(1, replace(CHARGE, **{name: value})))
            return replace(REQUEST, history=replace(HISTORY, lines=(row,)))

        attempt(build)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"currency": "JPY"}, "currency"),
        ({"rates": ("19", "19"), "figures": (500, 100, 100)}, "rates/1"),
        ({"figures": (500,)}, "figures"),
        ({"figures": (500, 100, 0)}, "figures"),
        ({"figures": (500, -1)}, "figures/1"),
        ({"figures": (10**15 + 1, 100)}, "figures/0"),
    ],
)
def test_a_restated_charge_has_the_orders_currency_and_a_figure_for_each_rate(
    change: dict[str, Any], pointer: str
) -> None:
    """H08, H10."""
    row = LineHistory("L", ("old",), Restatement(1, replace(CHARGE, **change)))
    with pytest.raises(Malformed) as refusal:
        replace(REQUEST, history=replace(HISTORY, lines=(row,)))
    assert refusal.value.pointer == f"/history/lines/0/restated/charge/{pointer}"


@pytest.mark.parametrize("thing", [*HISTORY.lines, *HISTORY.components, *HISTORY.tenders, Grade("B", 1)])
def test_rows_of_a_history_and_grades_survive_anything(thing: Any) -> None:
    """H07, H10."""
    place = {LineHistory: "lines", Component: "components", TenderUse: "tenders"}.get(type(thing))
    for name in fields_of(thing):
        for value in HOSTILE:

            def build(name: str = name, value: Any = value) -> Any:
                changed = (replace(thing, **{name: value}),)
                if place is None:
                    return replace(REQUEST, policy=RefundPolicy(grades=changed))
                return replace(REQUEST, history=replace(HISTORY, **{place: changed}))

            attempt(build)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"currency": "EURO"}, None),
        ({"lines": ()}, "/lines"),
        ({"lines": (replace(LINE, quantity=0),)}, "/lines/0/quantity"),
        ({"lines": (replace(LINE, paid=Money(1, "JPY")),)}, "/lines/0/paid"),
        ({"lines": (replace(LINE, paid=Money(-1, "EUR")),)}, "/lines/0/paid"),
        ({"lines": (LINE, LINE)}, "/lines/1/id"),
        ({"lines": (replace(LINE, taxes=(*TAX, *TAX)),)}, "/lines/0/taxes/1/rate"),
        ({"tenders": (replace(ORDER.tenders[0], refunded=Money(1_801, "EUR")),)}, "/tenders/0/refunded"),
        ({"total": Money(1, "EUR")}, "/total"),
    ],
)
def test_the_refusal_names_the_field(change: dict[str, Any], pointer: str | None) -> None:
    """H01, H10."""
    with pytest.raises(Malformed) as refusal:
        calculate(replace(REQUEST, order=replace(ORDER, **change)))
    assert refusal.value.pointer == pointer


def test_the_sample_that_is_spoilt_above_is_sound() -> None:
    """H10: without this, every test above could pass for the wrong reason."""
    sound = replace(REQUEST, facts=LegalFacts(regime=Regime.CN))
    assert calculate(sound).held == ("u",)
    assert calculate(replace(sound, units=(replace(UNIT, grade=""),), missing_gifts=())).refund.minor > 0
