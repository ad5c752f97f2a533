"""The sum of several partial returns depends neither on their order nor on their grouping (Z08)."""

from itertools import permutations
from typing import Any

import pytest

from service_refunds.domain.calculation import fee, freight, promotion
from service_refunds.domain.calculation.calculation import Calculation
from service_refunds.domain.calculation.inputs.charge import Charge
from service_refunds.domain.calculation.inputs.component import ComponentName
from service_refunds.domain.calculation.inputs.history import RefundHistory
from service_refunds.domain.calculation.inputs.order import Order
from service_refunds.domain.calculation.inputs.order_part import Shipment
from service_refunds.domain.calculation.returned_set import ReturnedSet
from service_refunds.domain.calculation.statement import statement
from shared.kernel.errors import RetourError
from tests.unit.refunds.random_paths import case_of, case_with_choices, differences, sums_of
from tests.unit.refunds.simple_request import an_order, calculation_of

US_AGAIN: dict[str, Any] = {
    "facts": {"regime": "US", "re_rating_disclosed": True}, "policy": {"promotion_mode": "re_rate"},
}  # fmt: skip


def walked(order: Order, *steps: dict[str, Any]) -> list[Calculation]:
    history, done = RefundHistory(), list[Calculation]()
    for step in steps:
        done.append(calculation_of(order, history, **step))
        history = done[-1].after()
    return done


def refunds(done: list[Calculation]) -> list[str]:
    return [each.refund.format() for each in done]


@pytest.mark.parametrize("number", range(0, 300, 10))
def test_z08_random_returns_sum_to_the_same_on_every_way(number: int) -> None:
    """Ten cases each; `make paths` tries ten thousand."""
    for seed in range(number, number + 10):
        assert differences(case_of(seed), seed) == []


@pytest.mark.parametrize("number", range(0, 200, 10))
def test_z08_random_returns_with_choices_of_a_policy_sum_to_the_same_on_every_way(number: int) -> None:
    """Z12, H04, H05: fees, freight and discounts by category make groups, and the groups decide nothing."""
    for seed in range(number, number + 10):
        assert differences(case_with_choices(seed), seed) == []


@pytest.mark.parametrize("number", range(1, 301))
def test_z08_the_whole_basket_priced_again_costs_what_it_cost(number: int) -> None:
    """Also where points or another discount without a rule came after a percentage (3.9)."""
    order = case_of(number).order
    again = promotion._price_of_kept(order, [line.quantity for line in order.lines])
    assert sum(again.lines) == sum(line.paid.minor for line in order.lines)
    assert again.offs == {each.id: each.amount.minor for each in order.discounts if each.rule is not None}


def test_z08_a_percentage_before_points_is_a_percentage_of_the_same_prices() -> None:
    """Case 9057 of the random ways: the percentage was taken again of prices without the points."""
    assert differences(case_with_choices(9057), 9057) == []


@pytest.mark.parametrize("regime", ["US", "CN"])
def test_z08_freight_of_a_fault_is_the_share_of_the_faulty_goods_whatever_comes_back_before(regime: str) -> None:
    """Lines of 60.00 and 30.00, freight 6.00: 2.00 goes back, not 6.00 because the fault came last."""
    order = an_order(["60.00", "30.00"], shipments=[{"id": "S", "paid": "6.00"}])
    mind: dict[str, Any] = {"back": {"L1": 1}, "facts": {"regime": regime}}
    fault: dict[str, Any] = {"back": {"L2": 1}, "facts": {"regime": regime, "seller_at_fault": True}}
    assert refunds(walked(order, mind, fault)) == ["60.00", "32.00"]
    assert refunds(walked(order, fault, mind)) == ["32.00", "60.00"]


def test_z08_each_piece_brings_the_freight_that_its_own_category_promises() -> None:
    """H04, Z12: lines of 60.00 and 30.00, freight 9.00: by share, and with the whole order; together all of it."""
    order = an_order(["60.00", "30.00"], shipments=[{"id": "S", "paid": "9.00"}])
    by_share: dict[str, Any] = {
        "back": {"L1": 1}, "facts": {"regime": "US"}, "policy": {"contract_freight": "proportional"},
    }  # fmt: skip
    with_all: dict[str, Any] = {
        "back": {"L2": 1}, "facts": {"regime": "US"}, "policy": {"contract_freight": "whole_order"},
    }  # fmt: skip
    assert refunds(walked(order, by_share, with_all)) == ["66.00", "33.00"]
    assert refunds(walked(order, with_all, by_share)) == ["30.00", "69.00"]
    never = {**with_all, "policy": {"contract_freight": "none"}}
    assert refunds(walked(order, by_share, never)) == ["66.00", "30.00"]
    assert refunds(walked(order, never, by_share)) == ["30.00", "66.00"]


@pytest.mark.parametrize("regime", ["EU", "UK"])
@pytest.mark.parametrize("part", ["none", "whole_order", "last_item", "proportional"])
def test_z08_a_contract_that_is_withdrawn_in_parts_gives_standard_delivery_back_at_the_last(
    regime: str, part: str
) -> None:
    """CRD 13(2): 5.00 of 12.00, whether in one parcel, in three, or with a fault among them."""
    order = an_order(["50.00", "30.00", "20.00"], shipments=[{"id": "S", "paid": "12.00", "standard": "5.00"}])
    facts, policy = {"regime": regime, "statutory_withdrawal": True}, {"part_withdrawal_freight": part}
    steps = [{"back": {line: 1}, "facts": facts, "policy": policy} for line in ("L1", "L2", "L3")]
    sums = {sum(each.refund.minor for each in walked(order, *way)) for way in permutations(steps)}
    sums.add(calculation_of(order, back={"L1": 1, "L2": 1, "L3": 1}, facts=facts, policy=policy).refund.minor)
    assert sums == {10_500}
    steps[1] = {**steps[1], "facts": {**facts, "seller_at_fault": True}}
    sums = {sum(each.refund.minor for each in walked(order, *way)) for way in permutations(steps)}
    assert sums == {10_500}


def test_z08_tax_of_a_re_rated_line_is_the_same_in_parts_and_at_once() -> None:
    """3 of 22.12, 10 % off, 8.875 % on top: two pieces give 43.34 at once and one after the other."""
    order = an_order(
        currency="USD",
        mode="exclusive",
        lines=[{"id": "L", "quantity": 3, "paid": "66.36", "taxes": {"8.875": "5.30"}}],
        discounts=[{"id": "d", "amount": "6.64", "rule": {"steps": [{"percent_bp": 1000}]}}],
    )
    one: dict[str, Any] = {"back": {"L": 1}, **US_AGAIN}
    in_parts, at_once = walked(order, one, one), walked(order, {"back": {"L": 2}, **US_AGAIN})
    assert (refunds(in_parts), refunds(at_once)) == (["21.67", "21.67"], ["43.34"])
    assert sums_of(in_parts) == sums_of(at_once)


def book_lamp_pen() -> Order:
    return an_order(
        currency="USD",
        mode="exclusive",
        lines=[
            {"id": "BOOK", "paid": "240.00"},
            {"id": "LAMP", "paid": "80.00", "taxes": {"8": "5.60"}},
            {"id": "PEN", "paid": "2.00", "taxes": {"8": "0.14"}},
        ],
        discounts=[{"id": "d", "amount": "40.25", "rule": {"steps": [{"from": "322", "off": "40.25"}]}}],
    )


def test_z08_a_return_worth_nothing_and_then_another_are_both_together() -> None:
    """The pen alone would cost the discount. It gives 0.00 and moves no tax; with the book both give 201.09."""
    pen, book, lamp = ({"back": {line: 1}, **US_AGAIN} for line in ("PEN", "BOOK", "LAMP"))
    order = book_lamp_pen()
    first = walked(order, pen)
    assert (refunds(first), sums_of(first), first[0].taxes) == (["0.00"], {}, ())
    in_parts = walked(order, pen, book)
    assert refunds(in_parts) == ["0.00", "201.09"]
    assert sums_of(in_parts) == sums_of(walked(order, book, pen))
    assert sums_of(in_parts) == sums_of(walked(order, {"back": {"BOOK": 1, "PEN": 1}, **US_AGAIN}))
    everything = [walked(order, *way) for way in permutations((pen, book, lamp))]
    assert {sum(each.refund.minor for each in done) for done in everything} == {28_749}
    assert all(sums_of(done) == sums_of(everything[0]) for done in everything)


def test_z08_a_step_that_gives_nothing_says_so_and_the_next_one_names_its_goods() -> None:
    """H13: in both languages, and the lines still sum to the refund."""
    first, second = walked(book_lamp_pen(), {"back": {"PEN": 1}, **US_AGAIN}, {"back": {"BOOK": 1}, **US_AGAIN})
    assert "“PEN” brings nothing yet" in statement(first, "en").render()
    assert "“PEN”暂无可退金额" in statement(first, "zh-CN").render()
    assert "“PEN”, which you sent back before" in statement(second, "en").render()
    assert "您此前已退回的“PEN”" in statement(second, "zh-CN").render()


def test_z08_who_returns_at_once_gets_no_less_than_who_returns_in_parts() -> None:
    """20.00 leaves the discount, 5.00 more would cost 40.00: the 5.00 piece brings nothing, in every order."""
    rule = {"steps": [{"from": "302", "off": "40"}]}
    order = an_order(["20.00", "5.00", "300.00"], discounts=[{"id": "d", "amount": "40.00", "rule": rule}])
    one, two = ({"back": {line: 1}, "facts": {"regime": "CN"}} for line in ("L1", "L2"))
    both = {"back": {"L1": 1, "L2": 1}, "facts": {"regime": "CN"}}
    assert refunds(walked(order, one, two)) == ["20.00", "0.00"]
    assert refunds(walked(order, two, one)) == ["5.00", "15.00"]
    assert refunds(walked(order, both)) == ["20.00"]


def test_z08_a_fee_that_a_refund_was_too_small_for_waits_for_the_next_goods() -> None:
    """H06: a label of 8.50, goods of 5.00 and 100.00: 96.50 in all, never a debt, and never more than that."""
    order = an_order(["5.00", "100.00"])
    facts = {"regime": "US", "freight_disclosed": True}
    small: dict[str, Any] = {"back": {"L1": 1}, "return_label": "8.50", "facts": facts}
    done = walked(order, small, {"back": {"L2": 1}, "facts": facts})
    assert refunds(done) == ["0.00", "96.50"]
    assert [fee.amount.format() for fee in done[0].waived] == ["3.50"]
    assert done[1].of(ComponentName.RETURN_FREIGHT).format() == "-3.50"
    both = {"back": {"L1": 1, "L2": 1}, "return_label": "8.50", "facts": facts}
    assert sums_of(done) == sums_of(walked(order, both))


def test_z08_a_restocking_fee_is_rounded_over_all_returns() -> None:
    """H05: 15 % of 0.10 is 0.02 each time one by one, and 0.05 of 0.30 together."""
    order = an_order(["0.10", "0.10", "0.10"])
    words: dict[str, Any] = {"facts": {"regime": "US", "fees_disclosed": True}, "policy": {"restocking_bp": 1500}}
    steps = [{"back": {line: 1}, **words} for line in ("L1", "L2", "L3")]
    assert refunds(walked(order, *steps)) == ["0.08", "0.09", "0.08"]


def test_z08_a_fixed_restocking_fee_is_charged_once_for_the_order() -> None:
    """H05: 2.00 in all, of which the first piece can bear 1.50."""
    order = an_order(["1.50", "10.00", "10.00"])
    words: dict[str, Any] = {"facts": {"regime": "US", "fees_disclosed": True}, "policy": {"restocking_fixed": "2.00"}}
    steps = [{"back": {line: 1}, **words} for line in ("L1", "L2", "L3")]
    assert refunds(walked(order, *steps)) == ["0.00", "9.50", "10.00"]
    assert refunds(walked(order, *steps[::-1])) == ["8.00", "10.00", "1.50"]


def test_z08_value_loss_does_not_hang_on_who_came_first() -> None:
    """H07: 0.10 over three pieces is 0.03, 0.04, 0.03; half of a grade's loss rounds to 0.02 on each place."""
    order = an_order(lines=[{"id": "L", "quantity": 3, "paid": "0.10"}])
    whole = {"id": "a", "line": "L"}
    lossy = {"id": "b", "line": "L", "grade": "D", "answer": "accepted"}
    facts = {"regime": "CN"}
    ways = [
        walked(order, {"units": [whole], "facts": facts}, {"units": [lossy], "facts": facts}),
        walked(order, {"units": [lossy], "facts": facts}, {"units": [whole], "facts": facts}),
        walked(order, {"units": [whole, lossy], "facts": facts}),
        walked(order, {"units": [lossy, whole], "facts": facts}),
    ]
    assert all(sums_of(way) == sums_of(ways[0]) for way in ways)


def test_z08_what_was_lost_by_a_change_of_mind_is_not_lost_by_a_fault() -> None:
    """H08: CN, 50 off from 300. A faulty piece costs nobody the discount, whatever comes back first."""
    rule = {"steps": [{"from": "300", "off": "50"}]}
    order = an_order(["200.00", "150.00", "100.00"], discounts=[{"id": "m", "amount": "50.00", "rule": rule}])
    fault: dict[str, Any] = {"back": {"L2": 1}, "facts": {"regime": "CN", "seller_at_fault": True}}
    mind: dict[str, Any] = {"back": {"L3": 1}, "facts": {"regime": "CN"}}
    rest: dict[str, Any] = {"back": {"L1": 1}, "facts": {"regime": "CN"}}
    assert sums_of(walked(order, fault, mind)) == sums_of(walked(order, mind, fault))
    assert {sum(each.refund.minor for each in walked(order, *way)) for way in permutations((fault, mind, rest))} == {
        40_000
    }


def freight_by_who_is_last(shipment: Shipment, returned: ReturnedSet, gone: Charge) -> Charge:
    """As it was before: the fault that completes the order brings all of its freight."""
    return shipment.charge if returned.whole and returned.current.by_fault else DUE(shipment, returned, gone)


DUE = freight._due
BREAKS: dict[str, tuple[Any, str, Any]] = {
    "the last piece decides about freight": (freight, "_due", freight_by_who_is_last),
    "the order of the lines breaks a tie": (promotion, "_by_id", lambda order: list(range(len(order.lines)))),
    "no part of the set is tried": (promotion, "_is_most", lambda *_: True),
    "who comes first takes the first place": (fee, "_greatest_first", lambda _: 0),
}


@pytest.mark.parametrize("what", BREAKS)
def test_z08_the_random_ways_notice_a_calculation_that_hangs_on_the_path(
    what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each fault in its turn is put into the code; a few hundred cases find it."""
    module, name, wrong = BREAKS[what]
    monkeypatch.setattr(module, name, wrong)

    def finds(seed: int) -> bool:
        try:
            return bool(differences(case_of(seed), seed))
        except RetourError:
            return True

    assert any(finds(seed) for seed in range(600))
