"""Discounts, taxes, points and coupons when only a part of the order comes back."""

from dataclasses import replace
from typing import Any

import pytest

from service_refunds.domain.calculation.inputs.order_line import OrderLine, split_bundle
from service_refunds.domain.calculation.inputs.promotion_rule import Threshold, ThresholdStep
from shared.kernel.money import Money
from tests.unit.refunds.simple_request import an_order, answer_of, calculation_of

CN: dict[str, Any] = {"regime": "CN"}


def euro(text: str) -> Money:
    return Money.parse(text, "EUR")


BASKET = [(0, 200, "0"), (1, 4, "2"), (2, 4, "37")]
"""Lines as number, pieces and paid amount."""
HALF_OFF_SECOND = {"set": {"L1": 1, "L2": 1}, "off": "20.00"}


def ruled(amount: str, rule: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    return [{"id": "promo", "amount": amount, "rule": rule, **more}]


def test_a_percent_coupon_is_rounded_on_the_total_of_what_is_kept() -> None:
    """H08: 10 % of 20.00 was 2.00; what is kept costs 9.99 - 1.00."""
    order = an_order(["9.99", "10.01"], discounts=ruled("2.00", {"steps": [{"percent_bp": 1000}]}))
    found = answer_of(order, back={"L2": 1}, facts=CN)
    assert (found["mode"], found["refund"]) == ("re_rate", "9.01")


def test_a_set_that_is_torn_apart_leaves_the_single_prices() -> None:
    """H08."""
    order = an_order(["40.00", "40.00", "10.00"], discounts=ruled("20.00", HALF_OFF_SECOND))
    assert answer_of(order, back={"L2": 1}, facts=CN)["refund"] == "20.00"
    assert answer_of(order, back={"L3": 1}, facts=CN)["refund"] == "10.00"


def test_a_repeating_discount_is_asked_again_for_every_full_amount() -> None:
    """H08: 10 off every 100 was 30; 20 are left for the 250 that are kept."""
    rule = {"steps": [{"from": "100", "off": "10"}], "repeats": True}
    order = an_order(["250.00", "50.00"], discounts=ruled("30.00", rule))
    assert answer_of(order, back={"L2": 1}, facts=CN)["refund"] == "40.00"


def test_the_highest_step_that_is_still_reached_counts() -> None:
    """H08."""
    rule = {"steps": [{"from": "100", "off": "10"}, {"from": "200", "off": "30"}]}
    order = an_order(["150.00", "100.00"], discounts=ruled("30.00", rule))
    assert answer_of(order, back={"L2": 1}, facts=CN)["refund"] == "80.00"
    order = an_order(["250.00", "50.00"], discounts=ruled("30.00", rule))
    assert answer_of(order, back={"L2": 1}, facts=CN)["refund"] == "50.00"


@pytest.mark.parametrize(
    ("facts", "policy", "mode"),
    [
        (CN, {}, "re_rate"),
        (CN | {"seller_at_fault": True}, {}, "keep_share"),
        (CN, {"promotion_mode": "keep_share"}, "keep_share"),
        ({"regime": "EU"}, {}, "keep_share"),
        ({"regime": "US"}, {"promotion_mode": "re_rate"}, "keep_share"),
        ({"regime": "US", "re_rating_disclosed": True}, {"promotion_mode": "re_rate"}, "re_rate"),
    ],
)
def test_regime_policy_disclosure_and_fault_choose_the_mode_and_both_are_shown(
    facts: dict[str, Any], policy: dict[str, str], mode: str
) -> None:
    """H08."""
    rule = {"steps": [{"from": "300", "off": "50"}]}
    order = an_order(["200.00", "150.00"], discounts=ruled("50.00", rule))
    found = answer_of(order, back={"L2": 1}, facts=facts, policy=policy)
    assert (found["keep_share"], found["re_rate"], found["mode"]) == ("128.57", "100.00", mode)
    assert found["refund"] == found[mode]


def test_nothing_is_asked_of_the_customer_when_the_kept_basket_costs_more_than_was_paid() -> None:
    """H08: 10.00 comes back, 60.00 of discount would be lost; the last piece still returns everything."""
    rule = {"steps": [{"from": "300", "off": "60"}]}
    lines = [
        {"id": "L1", "paid": "295.00", "taxes": {"19": "40.00"}},
        {"id": "L2", "paid": "10.00", "taxes": {"7": "0.60"}},
    ]
    order = an_order(lines=lines, discounts=ruled("60.00", rule))
    first = calculation_of(order, back={"L2": 1}, facts=CN)
    assert (first.refund.format(), first.customer_owes.format()) == ("0.00", "0.00")
    assert first.promotion.re_rate == euro("0.00")
    assert [unit.amount for unit in first.units] == [euro("0.00")]
    last = answer_of(order, first.after(), back={"L1": 1}, facts=CN)
    assert last["refund"] == "245.00"
    assert last["taxes"] == {"19": "40.00", "7": "0.60"}


def test_points_take_no_more_off_the_kept_goods_than_the_promotion_leaves() -> None:
    """H08, H14: 10.00 off every 10.00, then 5.00 of points: the kept piece of 10.00 costs nothing, and not less. The
    whole price goes back and no more, in whichever order the pieces come.
    """
    rule = {"steps": [{"from": "10", "off": "10"}]}
    points = {"id": "points", "amount": "5.00", "points": 500}
    order = an_order(["30.00", "10.00"], discounts=[*ruled("10.00", rule), points])
    first = calculation_of(order, back={"L1": 1}, facts=CN)
    last = calculation_of(order, first.after(), back={"L2": 1}, facts=CN)
    assert [each.refund for each in (first, last)] == [euro("25.00"), euro("0.00")]
    first = calculation_of(order, back={"L2": 1}, facts=CN)
    last = calculation_of(order, first.after(), back={"L1": 1}, facts=CN)
    assert first.refund + last.refund == euro("25.00")


def test_a_sum_that_became_smaller_is_shown_as_nothing_and_given_with_the_next_goods() -> None:
    """H08, H13: with the first piece of L1 1 was given; all four are worth nothing, as 38 are no longer reached. The
    free pieces make too many parts to try each of them.
    """
    rule = {"steps": [{"from": "38", "percent_bp": 395}]}
    lines = [{"id": f"L{number}", "quantity": count, "paid": paid} for number, count, paid in BASKET]
    order = an_order(lines=lines, currency="JPY", discounts=ruled("2", rule))
    first = calculation_of(order, back={"L0": 200, "L1": 1}, facts=CN)
    second = calculation_of(order, first.after(), back={"L1": 3}, facts=CN)
    last = calculation_of(order, second.after(), back={"L2": 4}, facts=CN)
    found = [(each.refund.minor, each.promotion.re_rate) for each in (first, second, last)]
    assert found == [(minor, Money(minor, "JPY")) for minor in (1, 0, 36)]
    assert [sum(unit.amount.minor for unit in each.units) for each in (first, second, last)] == [1, 0, 36]


def test_a_shortfall_is_asked_for_only_by_agreement() -> None:
    """H08."""
    rule = {"steps": [{"from": "300", "off": "60"}]}
    order = an_order(["295.00", "10.00"], discounts=ruled("60.00", rule))
    found = answer_of(order, back={"L2": 1}, facts=CN | {"shortfall_agreed": True})
    assert (found["refund"], found["owes"], found["re_rate"]) == ("0.00", "50.00", "-50.00")


def test_after_pricing_again_every_tax_of_the_kept_goods_is_in_proportion() -> None:
    """H03, H08: exclusive prices work on net amounts, and the kept line's tax grows with its price."""
    rule = {"steps": [{"from": "300", "off": "50"}]}
    lines = [
        {"id": "L1", "paid": "200.00", "taxes": {"13": "22.29"}},
        {"id": "L2", "paid": "150.00", "taxes": {"9": "11.57"}},
    ]
    order = an_order(currency="CNY", mode="exclusive", lines=lines, discounts=ruled("50.00", rule))
    first = calculation_of(order, back={"L2": 1}, facts=CN)
    assert [(tax.rate, tax.amount.format()) for tax in first.taxes] == [("9", "11.57"), ("13", "-3.71")]
    assert first.refund.format() == "107.86"
    last = answer_of(order, first.after(), back={"L1": 1}, facts=CN)
    assert last["taxes"] == {"13": "26.00"}
    assert last["refund"] == "226.00"


def test_the_kept_part_of_a_line_is_restated_and_guarded_at_its_new_price() -> None:
    """H08, H10: three for 100.00 less 10.00; one back costs the discount, the others then stand at 66.67."""
    lines = [{"id": "L1", "quantity": 3, "paid": "100.00"}]
    order = an_order(lines=lines, discounts=ruled("10.00", {"steps": [{"from": "100", "off": "10"}]}))
    refunds, history = [], None
    for _ in range(3):
        step = calculation_of(order, history, back={"L1": 1}, facts=CN)
        refunds.append(step.refund.format())
        history = step.after()
    assert refunds == ["23.33", "33.34", "33.33"]


def test_tax_goes_back_as_charged_each_rate_by_itself() -> None:
    """H03: inclusive prices cumulate gross and tax, exclusive ones net and tax; nothing is derived from
    a rate.
    """
    taxes = {"19": "1.61", "7": "0.10"}
    inclusive = an_order(lines=[{"id": "L1", "quantity": 3, "paid": "10.00", "taxes": taxes}])
    exclusive = an_order(lines=[{"id": "L1", "quantity": 3, "paid": "10.00", "taxes": taxes}], mode="exclusive")
    one, two = answer_of(inclusive, back={"L1": 2}), answer_of(exclusive, back={"L1": 2})
    assert one["taxes"] == two["taxes"] == {"19": "1.07", "7": "0.07"}
    assert (one["refund"], one["components"]["goods_net"]) == ("6.67", "5.53")
    assert (two["refund"], two["components"]["goods_net"]) == ("7.81", "6.67")


def test_a_bundle_is_shared_by_its_parts_stand_alone_prices() -> None:
    """H01: 91.99 for a set worth 60.00, 30.00 and 10.00; one part comes back with its own share."""
    parts = [
        OrderLine(id="body", quantity=1, paid=euro("60.00")),
        OrderLine(id="lens", quantity=1, paid=euro("30.00")),
        OrderLine(id="bag", quantity=1, paid=euro("10.00")),
    ]
    shared = split_bundle(OrderLine(id="kit", quantity=1, paid=euro("91.99")), parts)
    assert [line.paid.format() for line in shared] == ["55.19", "27.60", "9.20"]
    assert {line.bundle for line in shared} == {"kit"}


def test_points_go_back_in_kind_line_by_line_and_piece_by_piece() -> None:
    """H14: 1,000 points bought 10.00 off 30.00 and 70.00; they are shared 300 and 700, and cumulated
    over 3 pieces.
    """
    lines = [{"id": "L1", "paid": "30.00"}, {"id": "L2", "quantity": 3, "paid": "70.00"}]
    order = an_order(lines=lines, discounts=[{"id": "points", "amount": "10.00", "points": 1000}])
    points, history = [], None
    for back in ({"L2": 1}, {"L2": 1}, {"L1": 1}, {"L2": 1}):
        step = calculation_of(order, history, back=back)
        points.append(sum(each.points for each in step.points))
        history = step.after()
    assert points == [233, 234, 300, 233]


def test_a_coupon_lives_again_when_every_line_it_was_used_on_is_back() -> None:
    """H14."""
    discounts = [{"id": "promo", "amount": "10.00", "lines": ["L1", "L2"], "coupon": "WELCOME"}]
    order = an_order(["50.00", "50.00", "50.00"], discounts=discounts)
    one = calculation_of(order, back={"L1": 1})
    two = calculation_of(order, one.after(), back={"L2": 1}, policy={"coupon_life_days": 14})
    assert one.coupons == ()
    assert [(each.coupon, each.at_least_days) for each in two.coupons] == [("WELCOME", 14)]
    assert calculation_of(order, two.after(), back={"L3": 1}).coupons == ()


def test_a_coupon_whose_effect_was_priced_away_stays_used() -> None:
    """H14, H08."""
    rule = {"steps": [{"from": "300", "off": "50"}]}
    order = an_order(["200.00", "150.00"], discounts=ruled("50.00", rule, coupon="MINUS50"))
    one = calculation_of(order, back={"L2": 1}, facts=CN)
    assert calculation_of(order, one.after(), back={"L1": 1}, facts=CN).coupons == ()
    assert [each.coupon for each in calculation_of(order, back={"L1": 1, "L2": 1}, facts=CN).coupons] == ["MINUS50"]


def test_a_free_item_comes_back_without_a_payment_call() -> None:
    """H15."""
    order = an_order(["0.00", "20.00"])
    found = answer_of(order, back={"L1": 1})
    assert (found["refund"], found["needs_payment"], found["units"]) == ("0.00", False, {"L1#1": "0.00"})
    assert answer_of(order, back={"L2": 1})["needs_payment"]
    assert answer_of(an_order(["0.00"]), back={"L1": 1})["available"] == "0.00"


def test_a_discount_that_does_not_repeat_is_given_once() -> None:
    """H08: 250.00 are kept, and 10.00 are off from 100.00."""
    rule = {"steps": [{"from": "100", "off": "10"}]}
    order = an_order(["250.00", "50.00"], discounts=ruled("10.00", rule))
    assert answer_of(order, back={"L2": 1}, facts=CN)["refund"] == "50.00"


def test_a_percentage_of_much_is_exact() -> None:
    """H08: 10 % of 20,000.00 stay off."""
    order = an_order(["20000.00", "50.00"], discounts=ruled("2005.00", {"steps": [{"percent_bp": 1000}]}))
    assert answer_of(order, back={"L2": 1}, facts=CN)["refund"] == "45.00"


@pytest.mark.parametrize(("back", "refund"), [(1, "10.00"), (2, "10.00"), (3, "30.00"), (4, "40.00")])
def test_a_set_of_several_pieces_counts_complete_sets_only(back: int, refund: str) -> None:
    """H08: five of 10.00, each two of them 5.00 less, so 40.00 paid; five, four, three … are kept."""
    lines = [{"id": "L1", "quantity": 5, "paid": "50.00"}]
    order = an_order(lines=lines, discounts=ruled("10.00", {"set": {"L1": 2}, "off": "5.00"}))
    kept = {1: "30.00", 2: "25.00", 3: "15.00", 4: "10.00"}
    found = answer_of(order, back={"L1": back}, facts=CN)
    assert Money.parse(found["refund"], "EUR") == Money.parse("40.00", "EUR") - Money.parse(kept[back], "EUR")


def test_pieces_are_counted_for_a_step_that_asks_for_them() -> None:
    """H08: 20 off for three pieces; two are left."""
    rule = {"steps": [{"pieces": 3, "off": "20"}]}
    order = an_order(["50.00", "50.00", "50.00"], discounts=ruled("20.00", rule))
    assert answer_of(order, back={"L3": 1}, facts=CN)["refund"] == "30.00"


def test_a_rule_for_some_lines_asks_only_about_those() -> None:
    """H08: 50 off from 300 of A and B; C is kept, too, and does not help to reach it."""
    rule = {"steps": [{"from": "300", "off": "50"}]}
    order = an_order(["200.00", "150.00", "500.00"], discounts=ruled("50.00", rule, lines=["L1", "L2"]))
    assert answer_of(order, back={"L2": 1}, facts=CN)["refund"] == "100.00"


def test_at_most_so_much_is_off() -> None:
    """H08: 10 % off, at most 30.00; of the kept 250.00 that is 25.00."""
    rule = {"steps": [{"percent_bp": 1000}]}
    order = an_order(["250.00", "250.00"], discounts=ruled("30.00", rule))
    capped = replace(
        order,
        discounts=(
            replace(
                order.discounts[0], rule=Threshold((ThresholdStep(euro("0.00"), None, 1_000),), False, euro("30.00"))
            ),
        ),
    )
    assert answer_of(capped, back={"L2": 1}, facts=CN)["refund"] == "245.00"
    dear = an_order(["400.00", "100.00"], discounts=ruled("30.00", rule))
    capped = replace(dear, discounts=(replace(dear.discounts[0], rule=capped.discounts[0].rule),))
    assert answer_of(capped, back={"L2": 1}, facts=CN)["refund"] == "100.00"


def test_a_discount_never_takes_more_than_there_is() -> None:
    """H08: 50 off for a set, of which 30.00 are kept."""
    order = an_order(["30.00", "100.00"], discounts=ruled("50.00", {"set": {"L1": 1}, "off": "50.00"}))
    assert answer_of(order, back={"L2": 1}, facts=CN)["refund"] == "80.00"


def test_tax_alone_never_makes_a_refund_of_what_the_goods_do_not_give() -> None:
    """H08: without tax the kept basket costs 10.00 more than was paid; nothing goes back or is lost."""
    rule = {"steps": [{"from": "300", "off": "60"}]}
    lines = [{"id": "L1", "paid": "295.00"}, {"id": "L2", "paid": "50.00", "taxes": {"19": "20.00"}}]
    order = an_order(mode="exclusive", lines=lines, discounts=ruled("60.00", rule))
    first = calculation_of(order, back={"L2": 1}, facts=CN)
    assert (first.refund.format(), first.customer_owes.format()) == ("0.00", "0.00")
    assert answer_of(order, first.after(), back={"L1": 1}, facts=CN)["refund"] == "305.00"


def test_points_are_shared_by_what_the_lines_cost_not_by_pieces() -> None:
    """H14: the free line carries none of them; with nothing but free lines, every piece carries as many."""
    discounts = [{"id": "points", "amount": "10.00", "points": 1000}]
    order = an_order(["30.00", "0.00"], discounts=discounts)
    assert answer_of(order, back={"L2": 1})["points"] == 0
    assert answer_of(order, back={"L1": 1})["points"] == 1000
    lines = [{"id": "L1", "quantity": 3, "paid": "0.00"}, {"id": "L2", "paid": "0.00"}]
    free = an_order(lines=lines, discounts=[{"id": "points", "amount": "0.00", "points": 1000}])
    assert answer_of(free, back={"L1": 3})["points"] == 750


def test_a_coupon_for_some_lines_does_not_wait_for_the_others() -> None:
    """H14, H08: a coupon without effect on what is kept has ended, another one has not."""
    rule = {"steps": [{"from": "300", "off": "50"}]}
    order = an_order(["200.00", "150.00", "10.00"], discounts=ruled("50.00", rule, coupon="C", lines=["L1", "L2"]))
    first = calculation_of(order, back={"L3": 1}, facts=CN)
    assert first.ended_coupons == frozenset()
    assert calculation_of(order, first.after(), back={"L2": 1}, facts=CN).ended_coupons == {"C"}


def test_one_discount_with_a_rule_is_enough_to_price_again_and_the_others_keep_their_shares() -> None:
    """H08, H14: 50 off from 300, and 30.00 of points over what was left of 200.00 and 150.00."""
    rule = {"steps": [{"from": "300", "off": "50"}]}
    discounts = [*ruled("50.00", rule), {"id": "points", "amount": "30.00", "points": 3000}]
    order = an_order(["200.00", "150.00"], "CNY", discounts=discounts)
    found = answer_of(order, back={"L2": 1}, facts=CN)
    assert (found["mode"], found["keep_share"], found["refund"]) == ("re_rate", "115.71", "87.14")
    assert found["points"] == 1286
