"""Every field of a request refuses what it cannot be, and the refusal names that very field."""

import dataclasses
from collections.abc import Callable, Iterator
from datetime import date
from enum import Enum
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
from service_refunds.domain.calculation.inputs.policy import PromotionMode, RefundPolicy
from service_refunds.domain.calculation.inputs.promotion_rule import (
    SetPart,
    SetPrice,
    Threshold,
    ThresholdStep,
)
from service_refunds.domain.calculation.inputs.refund_request import (
    AcceptedUnit,
    Adjustment,
    LegalFacts,
    OfferAnswer,
    RefundRequest,
    Regime,
)
from service_refunds.domain.calculation.inputs.refusal import InvalidField
from service_refunds.domain.calculation.inputs.tender import Tender, TenderKind
from shared.kernel.errors import Malformed
from shared.kernel.money import Money


def euro(minor: int) -> Money:
    return Money(minor, "EUR")


TAXES = (Tax("19", euro(10)),)
THE_ORDER = Order(
    currency="EUR",
    lines=(
        OrderLine(
            id="L1",
            quantity=2,
            paid=euro(900),
            taxes=TAXES,
            shares=(DiscountShare("D1", euro(60)), DiscountShare("D2", euro(40))),
            unit_price=euro(550),
            discounts=(euro(100),),
            name="Pen",
            bundle="B",
        ),
        OrderLine(id="L2", quantity=1, paid=euro(500)),
    ),
    tenders=(
        Tender(
            id="T1",
            kind=TenderKind.CARD,
            captured=euro(1_000),
            refunded=euro(1),
            pending=euro(2),
            disputed=euro(3),
            bonus=euro(4),
            provider="stripe",
            waived_fee=euro(5),
        ),
        Tender(id="T2", kind=TenderKind.WALLET, captured=euro(705)),
    ),
    discounts=(
        OrderDiscount(
            id="D1",
            amount=euro(60),
            lines=("L1",),
            rule=Threshold((ThresholdStep(euro(1), euro(60), 0, 1),), False, euro(60)),
            points=7,
            coupon=Coupon("C", date(2027, 1, 1)),
        ),
        OrderDiscount(id="D2", amount=euro(40), lines=("L1",), rule=SetPrice((SetPart("L1", 2),), euro(40))),
    ),
    shipments=(
        Shipment(
            id="S",
            paid=euro(200),
            taxes=TAXES,
            lines=("L1",),
            price=euro(250),
            discount=euro(50),
            standard=euro(90),
            tariff=euro(80),
            free_from=euro(70),
        ),
    ),
    fees=(OrderFee(id="F", paid=euro(105), taxes=TAXES, name="Wrap"),),
    gifts=(Gift("G", euro(5), "Mug"),),
    total=euro(1_705),
)
THE_REQUEST = RefundRequest(
    order=THE_ORDER,
    facts=LegalFacts(regime=Regime.CN),
    units=(
        AcceptedUnit(
            id="u1",
            line="L1",
            grade="C",
            loss=None,
            evidence=True,
            customer_told=True,
            answer=OfferAnswer.ACCEPTED,
            beyond_trial=True,
        ),
        AcceptedUnit(
            id="u2",
            line="L2",
            grade="",
            loss=euro(5),
            evidence=True,
            customer_told=True,
            answer=OfferAnswer.ACCEPTED,
            beyond_trial=True,
        ),
    ),
    history=RefundHistory(
        lines=(LineHistory("L1", ("old",), Restatement(1, Charge("EUR", ("19",), (450, 5)))),),
        components=(
            Component(ComponentName.GOODS_NET, euro(440), "L1"),
            Component(ComponentName.GOODS_TAX, euro(5), "L1", "19"),
        ),
        tenders=(TenderUse("T1", euro(445), euro(0)),),
        ended_coupons=frozenset({"gone"}),
    ),
    policy=RefundPolicy(
        promotion_mode=PromotionMode.RE_RATE,
        charge_lost_free_shipping=False,
        restocking_fixed=euro(1),
        bonus_limit=euro(1),
        goodwill_limit=euro(1),
        adjustment_limit=euro(1),
        freight_receipt_limit=euro(1),
        cash_step=euro(5),
    ),
    return_label=euro(7),
    freight_receipt=euro(8),
    missing_gifts=("G",),
    adjustments=(Adjustment("a1", euro(1), "because"),),
    exchange=(OrderLine(id="NEW", quantity=1, paid=euro(100)),),
    expected_available=euro(900),
)
ODD = object()
WRONG: dict[type, tuple[Any, ...]] = {
    Money: (ODD, 5, Money(1, "JPY")),
    str: (ODD, 5, "\ud800", "tab\t", "x" * 201),
    bool: (ODD, 1, None, "yes"),
    int: (ODD, True, -1, 1.5, 10**16),
    tuple: (ODD, [], None),
    frozenset: (ODD, ()),
    date: (ODD, "2027-01-01", 5),
}
SIGNED = {"/history/components/0/amount", "/history/components/1/amount", "/adjustments/0/amount"}
OPTIONAL = {"/units/0/answer", "/units/1/answer", "/policy/promotion_mode", "/policy/charge_lost_free_shipping"}

Rebuild = Callable[[Any], RefundRequest]


def places(value: Any, pointer: str, rebuild: Callable[[Any], Any]) -> Iterator[tuple[str, Any, Rebuild]]:
    """Everything in a value: where it is, what stands there, and how to build the whole with something else there."""
    if pointer:
        yield pointer, value, rebuild
    if dataclasses.is_dataclass(value) and not isinstance(value, Money):
        for field in dataclasses.fields(value):

            def with_field(other: Any, name: str = field.name) -> Any:
                return rebuild(dataclasses.replace(value, **{name: other}))  # type: ignore[type-var]

            yield from places(getattr(value, field.name), f"{pointer}/{field.name}", with_field)
    elif isinstance(value, tuple):
        for number, each in enumerate(value):

            def with_entry(other: Any, number: int = number) -> Any:
                return rebuild((*value[:number], other, *value[number + 1 :]))

            yield from places(each, f"{pointer}/{number}", with_entry)


PLACES = {
    pointer: (value, rebuild)
    for pointer, value, rebuild in places(THE_REQUEST, "", lambda whole: whole)
    if value is not None
}


def named(pointer: str) -> str:
    """Pointers of an order begin at the order."""
    return pointer.removeprefix("/order") if pointer != "/order" else pointer


def wrong_for(pointer: str, value: Any) -> tuple[Any, ...]:
    if isinstance(value, Enum):
        return ODD, None, "no such", value.value + "x", value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, Money):
        return (ODD, 5)
    wrong: tuple[Any, ...] = next(values for kind, values in WRONG.items() if type(value) is kind)
    if type(value) is Money and pointer not in SIGNED:
        wrong += (Money(-1, value.currency),)
    return wrong


@pytest.mark.parametrize("pointer", PLACES)
def test_what_a_field_cannot_be_is_refused_by_its_own_pointer(pointer: str) -> None:
    """H01, H10."""
    value, rebuild = PLACES[pointer]
    expected = None if pointer == "/order/currency" else named(pointer)
    for wrong in wrong_for(pointer, value):
        if wrong is None and pointer in OPTIONAL:
            continue
        with pytest.raises(Malformed) as refusal:
            rebuild(wrong)
        assert refusal.value.pointer == expected, wrong


@pytest.mark.parametrize("pointer", [pointer for pointer, (value, _) in PLACES.items() if type(value) is tuple])
def test_a_list_names_the_place_of_what_does_not_belong_in_it(pointer: str) -> None:
    """H01, H10."""
    value, rebuild = PLACES[pointer]
    with pytest.raises(InvalidField) as refusal:
        rebuild((*value, ODD))
    assert refusal.value.pointer == f"{named(pointer)}/{len(value)}"


IDS = (
    "/order/lines/0/id", "/order/lines/0/taxes/0/rate", "/order/lines/0/shares/0/discount", "/order/tenders/1/id",
    "/order/discounts/0/id", "/order/discounts/1/rule/parts/0/line", "/order/shipments/0/id", "/order/fees/0/id",
    "/order/shipments/0/taxes/0/rate", "/order/fees/0/taxes/0/rate", "/order/gifts/0/id", "/units/0/id",
    "/history/lines/0/line", "/history/tenders/0/tender", "/policy/grades/0/name", "/adjustments/0/id",
    "/exchange/0/id",
)  # fmt: skip


@pytest.mark.parametrize("pointer", IDS)
def test_a_name_is_neither_empty_nor_there_twice(pointer: str) -> None:
    """H01, H10: the second one of the same name is the one that is refused."""
    _, rebuild = PLACES[pointer]
    for empty in ("", " "):
        with pytest.raises(InvalidField) as refusal:
            rebuild(empty)
        assert refusal.value.pointer == named(pointer)
    holder, number, key = pointer.rsplit("/", 2)
    values, rebuild_list = PLACES[holder]
    with pytest.raises(Malformed) as refused:
        rebuild_list((*values, values[int(number)]))
    assert refused.value.pointer == f"{named(holder)}/{len(values)}/{key}"


@pytest.mark.parametrize(
    "pointer",
    [
        "/order/discounts/0/lines/0",
        "/order/discounts/1/rule/parts/0/line",
        "/order/lines/0/shares/0/discount",
        "/order/shipments/0/lines/0",
        "/units/0/line",
        "/units/0/grade",
        "/missing_gifts/0",
        "/history/lines/0/line",
        "/history/tenders/0/tender",
    ],
)
def test_what_is_named_must_be_there(pointer: str) -> None:
    """H01, H10."""
    _, rebuild = PLACES[pointer]
    with pytest.raises(InvalidField) as refusal:
        rebuild("nobody")
    assert refusal.value.pointer == named(pointer)
    assert "nobody" in refusal.value.say("en")
    assert "nobody" in refusal.value.say("zh-CN")


def test_the_sample_that_is_spoilt_above_is_sound() -> None:
    """H10: without this, the tests above could pass for another reason."""
    found = calculate(dataclasses.replace(THE_REQUEST, adjustments=(), expected_available=None))
    assert found.total.currency == "EUR"
