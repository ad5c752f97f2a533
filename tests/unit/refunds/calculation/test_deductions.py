"""Fees, value loss, gifts, freight: what may be taken, what forbids it, what is waived."""

from dataclasses import replace
from typing import Any

import pytest

from service_refunds.domain.calculation.calculation import calculate
from service_refunds.domain.calculation.inputs.component import ComponentName
from service_refunds.domain.calculation.inputs.policy import OpenOfferRule, RefundPolicy
from service_refunds.domain.calculation.inputs.refusal import (
    AdjustmentNotAllowed,
    InvalidField,
    OverRefund,
)
from tests.unit.refunds.simple_request import an_order, answer_of, calculation_of
from tests.unit.refunds.vector_reader import figures_of

CN, EU, UK, US = ({"regime": regime} for regime in ("CN", "EU", "UK", "US"))
FIFTEEN = {"restocking_bp": 1500}


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"regime": "EU", "statutory_withdrawal": True}, "statutory_withdrawal"),
        ({"regime": "UK", "statutory_withdrawal": True}, "statutory_withdrawal"),
        ({"regime": "CN", "statutory_withdrawal": True}, "statutory_withdrawal"),
        ({"regime": "US", "seller_at_fault": True}, "seller_at_fault"),
    ],
)
def test_law_or_the_sellers_fault_forbids_a_restocking_fee(facts: dict[str, Any], reason: str) -> None:
    """H05."""
    found = answer_of(an_order(), back={"L1": 1}, facts=facts | {"fees_disclosed": True}, policy=FIFTEEN)
    assert found["refund"] == "100.00"
    assert found["waived"] == [f"restocking_fee 15.00 {reason}"]


def test_a_restocking_fee_needs_disclosure_before_the_purchase() -> None:
    """H05."""
    assert answer_of(an_order(), back={"L1": 1}, facts=US, policy=FIFTEEN)["refund"] == "100.00"
    told = US | {"fees_disclosed": True}
    assert answer_of(an_order(), back={"L1": 1}, facts=told, policy=FIFTEEN)["refund"] == "85.00"


def test_a_restocking_fee_is_rounded_once_for_the_whole_request() -> None:
    """H05: three times 3.33 at 15 % would be 1.50 rounded one by one, and is 1.4985 together."""
    told = US | {"fees_disclosed": True}
    order = an_order(["3.33", "3.33", "3.34"])
    assert answer_of(order, back={"L1": 1, "L2": 1, "L3": 1}, facts=told, policy=FIFTEEN)["refund"] == "8.50"
    order = an_order(["0.10", "0.10", "0.10"])
    assert answer_of(order, back={"L1": 1, "L2": 1, "L3": 1}, facts=told, policy=FIFTEEN)["refund"] == "0.25"


def test_a_fixed_restocking_fee_is_at_most_the_net_amount() -> None:
    """H05, H06: the base bounds it."""
    order = an_order(lines=[{"id": "L1", "paid": "11.90", "taxes": {"19": "1.90"}}])
    found = answer_of(order, back={"L1": 1}, facts=US | {"fees_disclosed": True}, policy={"restocking_fixed": "25.00"})
    assert found["components"] == {"goods_net": "10.00", "goods_tax": "1.90", "restocking_fee": "-10.00"}
    assert found["refund"] == "1.90"


def test_a_percentage_and_a_fixed_fee_exclude_each_other() -> None:
    """H05."""
    with pytest.raises(InvalidField, match="/policy/restocking_fixed"):
        calculation_of(an_order(), back={"L1": 1}, policy={"restocking_bp": 100, "restocking_fixed": "1.00"})


@pytest.mark.parametrize(
    ("regime", "at_approval", "before_contract", "refund", "receipt"),
    [
        ("EU", True, True, "95.00", None),
        ("EU", True, False, "100.00", "7.00"),
        ("EU", False, True, "100.00", "7.00"),
        ("UK", True, False, "100.00", "7.00"),
        ("CN", True, False, "95.00", None),
        ("CN", False, False, "100.00", None),
        ("US", False, True, "100.00", None),
    ],
)
def test_return_freight_is_the_customers_only_when_told_in_time(
    regime: str, at_approval: bool, before_contract: bool, refund: str, receipt: str | None
) -> None:
    """H06: where the EU or UK customer was not told, the receipt is paid as with the seller's fault."""
    facts = {
        "regime": regime,
        "freight_disclosed": at_approval,
        "freight_told_before_contract": before_contract,
    }
    found = answer_of(an_order(), back={"L1": 1}, return_label="5.00", freight_receipt="7.00", facts=facts)
    assert found["refund"] == refund
    assert found["components"].get("freight_receipt") == receipt


def test_the_sellers_fault_pays_the_way_back_outside_the_tenders() -> None:
    """H06: the receipt is a component with its own cap; the label costs nothing."""
    facts = {"regime": "CN", "seller_at_fault": True, "freight_disclosed": True}
    policy = {"freight_receipt_limit": "20.00"}
    found = answer_of(
        an_order(), back={"L1": 1}, return_label="8.50", freight_receipt="23.00", facts=facts, policy=policy
    )
    assert (found["refund"], found["total"]) == ("100.00", "120.00")
    assert found["waived"] == ["return_freight 8.50 seller_at_fault"]


def test_fees_larger_than_the_refund_are_waived_from_the_last_one_on() -> None:
    """H06: never below zero, and what is waived has a name."""
    order = an_order(["10.00"], gifts=[{"id": "mug", "declared": "4.00"}])
    found = answer_of(
        order,
        back={"L1": 1},
        missing_gifts=["mug"],
        return_label="8.50",
        facts=US | {"fees_disclosed": True, "freight_disclosed": True},
        policy=FIFTEEN,
    )
    assert found["refund"] == "0.00"
    assert found["components"] == {
        "goods_net": "10.00", "gift_not_returned": "-4.00", "restocking_fee": "-1.50", "return_freight": "-4.50",
    }  # fmt: skip
    assert found["waived"] == ["return_freight 4.00 refund_too_small"]


def unit(**but: Any) -> dict[str, Any]:
    return {"id": "u", "line": "L1", "grade": "C", "answer": "accepted"} | but


WITHDRAWAL = {"regime": "EU", "statutory_withdrawal": True}


@pytest.mark.parametrize(
    ("but", "facts", "reason"),
    [
        ({"evidence": False}, CN, "no_evidence"),
        ({"customer_told": False}, CN, "not_told"),
        ({"answer": "lapsed"}, CN, "offer_lapsed"),
        ({}, CN | {"seller_at_fault": True}, "seller_at_fault"),
        ({"answer": "waiting"}, CN | {"seller_at_fault": True}, "seller_at_fault"),
        ({"beyond_trial": False}, WITHDRAWAL, "within_trial"),
        ({}, WITHDRAWAL | {"withdrawal_right_explained": False}, "right_not_explained"),
    ],
)
def test_value_loss_needs_proof_an_answer_and_the_laws_leave(
    but: dict[str, Any], facts: dict[str, Any], reason: str
) -> None:
    """H07."""
    found = answer_of(an_order(), units=[unit(**but)], facts=facts)
    assert found["refund"] == "100.00"
    assert found["waived"] == [f"value_loss 30.00 {reason}"]


@pytest.mark.parametrize("open_answer", [{"answer": "waiting"}, {"answer": "disputed"}])
def test_a_unit_is_neither_paid_nor_refused_while_its_value_is_not_agreed(open_answer: dict[str, Any]) -> None:
    """H07."""
    found = answer_of(an_order(), units=[unit(**open_answer)], facts=CN)
    assert (found["refund"], found["held"], found["needs_payment"]) == ("0.00", ["u"], False)


def test_value_loss_is_taken_from_the_units_own_slot_and_leaves_the_tax_alone() -> None:
    """H07, H03: 10.00 over three units is 3.33, 3.34, 3.33; the second slot loses 30 % of 3.34."""
    order = an_order(lines=[{"id": "L1", "quantity": 3, "paid": "10.00", "taxes": {"19": "1.60"}}])
    found = answer_of(order, units=[unit(id="a", grade="A"), unit(id="b"), unit(id="c", grade="")], facts=CN)
    assert found["units"] == {"a": "3.33", "b": "2.34", "c": "3.33"}
    assert found["taxes"] == {"19": "1.60"}
    assert found["components"]["value_loss"] == "-1.00"


def test_an_agreed_loss_is_at_most_what_the_unit_gives_back() -> None:
    """H07."""
    found = answer_of(an_order(), units=[unit(grade="", loss="250.00")], facts=CN)
    assert found["components"]["value_loss"] == "-100.00"
    with pytest.raises(InvalidField, match="exclude each other"):
        calculation_of(an_order(), units=[unit(loss="1.00")], facts=CN)


@pytest.mark.parametrize("facts", [WITHDRAWAL, CN | {"seller_at_fault": True}])
def test_a_missing_gift_costs_nothing_where_law_or_fault_forbids_it(facts: dict[str, Any]) -> None:
    """H09."""
    order = an_order(gifts=[{"id": "mug", "declared": "15.00"}])
    assert answer_of(order, back={"L1": 1}, missing_gifts=["mug"], facts=facts)["refund"] == "100.00"


def test_a_missing_gift_is_charged_once_for_the_order() -> None:
    """H09."""
    order = an_order(["50.00", "50.00"], gifts=[{"id": "mug", "declared": "15.00"}])
    first = calculation_of(order, back={"L1": 1}, missing_gifts=["mug"], facts=CN)
    second = answer_of(order, first.after(), back={"L2": 1}, missing_gifts=["mug"], facts=CN)
    assert (first.refund.format(), second["refund"]) == ("35.00", "50.00")
    assert second["waived"] == ["gift_not_returned 15.00 already_charged"]


EXPRESS = [{"id": "S", "paid": "12.00", "taxes": {"19": "1.92"}, "standard": "5.00"}]


@pytest.mark.parametrize("regime", ["EU", "UK"])
def test_withdrawing_from_everything_gives_back_standard_delivery_with_tax_in_proportion(regime: str) -> None:
    """H04."""
    order = an_order(["60.00", "40.00"], shipments=EXPRESS)
    facts = {"regime": regime, "statutory_withdrawal": True}
    found = answer_of(order, back={"L1": 1, "L2": 1}, facts=facts)
    assert found["components"] == {
        "goods_net": "100.00", "outbound_freight_net": "4.20", "outbound_freight_tax": "0.80",
    }  # fmt: skip
    for policy in ("none", "whole_order", "proportional"):
        again = answer_of(order, back={"L1": 1, "L2": 1}, facts=facts, policy={"part_withdrawal_freight": policy})
        assert again["refund"] == "105.00"


@pytest.mark.parametrize(
    ("policy", "first", "second"),
    [
        ({}, "60.00", "45.00"),
        ({"part_withdrawal_freight": "last_item"}, "60.00", "45.00"),
        ({"part_withdrawal_freight": "none"}, "60.00", "45.00"),
        ({"part_withdrawal_freight": "whole_order"}, "60.00", "45.00"),
        ({"part_withdrawal_freight": "proportional"}, "63.00", "42.00"),
    ],
)
def test_freight_of_a_part_withdrawal_follows_the_policy(policy: dict[str, str], first: str, second: str) -> None:
    """H04, Z08: a contract that is withdrawn as a whole, also in parts, gives standard delivery back (CRD 13(2))."""
    order = an_order(["60.00", "40.00"], shipments=EXPRESS)
    one = calculation_of(order, back={"L1": 1}, facts=WITHDRAWAL, policy=policy)
    two = calculation_of(order, one.after(), back={"L2": 1}, facts=WITHDRAWAL, policy=policy)
    assert (one.refund.format(), two.refund.format()) == (first, second)


def test_a_kept_free_item_means_that_the_contract_is_not_withdrawn_as_a_whole() -> None:
    """H04, H15."""
    order = an_order(["60.00", "0.00"], shipments=EXPRESS)
    assert answer_of(order, back={"L1": 1}, facts=WITHDRAWAL)["refund"] == "60.00"
    assert answer_of(order, back={"L1": 1, "L2": 1}, facts=WITHDRAWAL)["refund"] == "65.00"


def test_the_sellers_fault_gives_freight_back_by_share_in_full_and_only_once() -> None:
    """H04: 12.00 over 60.00 and 40.00."""
    fault = {"regime": "CN", "seller_at_fault": True}
    order = an_order(["60.00", "40.00"], shipments=EXPRESS)
    one = calculation_of(order, back={"L1": 1}, facts=fault)
    two = calculation_of(order, one.after(), back={"L2": 1}, facts=fault)
    assert (one.refund.format(), two.refund.format()) == ("67.20", "44.80")
    assert answer_of(order, back={"L1": 1, "L2": 1}, facts=fault)["refund"] == "112.00"


def test_only_the_parcel_that_held_the_faulty_goods_gives_freight_back() -> None:
    """H04."""
    shipments = [{"id": "P", "paid": "6.00", "lines": ["L1"]}, {"id": "Q", "paid": "9.00", "lines": ["L2"]}]
    order = an_order(["60.00", "40.00"], shipments=shipments)
    found = calculation_of(order, back={"L2": 1}, facts={"regime": "CN", "seller_at_fault": True})
    assert [(part.subject, part.amount.format()) for part in found.components[1:]] == [("Q", "9.00")]


@pytest.mark.parametrize(
    ("facts", "policy", "refund"),
    [
        (CN | {"statutory_withdrawal": True}, {}, "100.00"),
        (CN, {"contract_freight": "whole_order"}, "112.00"),
        (US, {}, "100.00"),
        (US, {"contract_freight": "last_item", "contract_freight_standard_only": True}, "105.00"),
        (EU, {"contract_freight_standard_only": True}, "100.00"),
    ],
)
def test_without_a_statute_freight_goes_back_as_promised(
    facts: dict[str, Any], policy: dict[str, Any], refund: str
) -> None:
    """H04."""
    assert answer_of(an_order(shipments=EXPRESS), back={"L1": 1}, facts=facts, policy=policy)["refund"] == refund


FREE_FROM_99 = [{"id": "S", "paid": "0.00", "tariff": "8.00", "free_from": "99.00"}]


def test_broken_free_shipping_is_deducted_once_and_only_on_a_part_return() -> None:
    """H04, 暂行办法 18: not given back when the rest follows, not charged when everything goes at once."""
    order = an_order(["60.00", "30.00", "20.00"], "CNY", shipments=FREE_FROM_99)
    one = calculation_of(order, back={"L1": 1}, facts=CN)
    two = calculation_of(order, one.after(), back={"L2": 1}, facts=CN)
    three = calculation_of(order, two.after(), back={"L3": 1}, facts=CN)
    assert [each.refund.format() for each in (one, two, three)] == ["52.00", "30.00", "20.00"]
    assert answer_of(order, back={"L1": 1, "L2": 1, "L3": 1}, facts=CN)["refund"] == "110.00"


@pytest.mark.parametrize(
    ("facts", "policy", "reason"),
    [
        (CN | {"seller_at_fault": True}, {}, "seller_at_fault"),
        (WITHDRAWAL, {"charge_lost_free_shipping": True}, "statutory_withdrawal"),
    ],
)
def test_broken_free_shipping_is_forgiven_by_fault_and_in_europe(
    facts: dict[str, Any], policy: dict[str, Any], reason: str
) -> None:
    """H04."""
    order = an_order(["60.00", "50.00"], "CNY", shipments=FREE_FROM_99)
    found = answer_of(order, back={"L1": 1}, facts=facts, policy=policy)
    assert (found["refund"], found["waived"]) == ("60.00", [f"lost_free_shipping 8.00 {reason}"])


def test_free_shipping_that_is_still_earned_costs_nothing() -> None:
    """H04: exactly 99.00 is kept; and outside China nothing is deducted unless the policy says so."""
    order = an_order(["99.00", "50.00"], "CNY", shipments=FREE_FROM_99)
    assert answer_of(order, back={"L2": 1}, facts=CN)["refund"] == "50.00"
    assert answer_of(order, back={"L1": 1}, facts=US)["refund"] == "99.00"
    assert answer_of(order, back={"L1": 1}, facts=US, policy={"charge_lost_free_shipping": True})["refund"] == "91.00"


@pytest.mark.parametrize(
    ("facts", "policy", "refund"),
    [
        (WITHDRAWAL, {}, "106.00"),
        (CN, {}, "100.00"),
        (CN | {"seller_at_fault": True}, {}, "106.00"),
        (CN, {"keep_surcharge": False}, "102.00"),
        (US, {"refund_order_fees": True}, "104.00"),
    ],
)
def test_extra_charges_go_back_with_the_whole_order_where_law_fault_or_policy_says_so(
    facts: dict[str, Any], policy: dict[str, Any], refund: str
) -> None:
    """H04, 暂行办法 16: a card surcharge may be kept."""
    fees = [{"id": "wrap", "paid": "4.00"}, {"id": "card fee", "paid": "2.00", "surcharge": True}]
    order = an_order(["60.00", "40.00"], fees=fees)
    assert answer_of(order, back={"L1": 1}, facts=facts, policy=policy)["refund"] == "60.00"
    assert answer_of(order, back={"L1": 1, "L2": 1}, facts=facts, policy=policy)["refund"] == refund


WAIVED = [{"id": "visa", "captured": "100.00", "waived_fee": "1.00"}]
CARD_FEE = {"charge_waived_card_fee": True}
TOLD = {"fees_disclosed": True}


@pytest.mark.parametrize(
    ("facts", "policy", "refund", "waived"),
    [
        (CN | TOLD, CARD_FEE, "99.00", []),
        (CN | TOLD | {"statutory_withdrawal": True}, CARD_FEE, "99.00", []),
        (CN | TOLD, {}, "100.00", []),
        (CN, CARD_FEE, "100.00", ["waived_card_fee 1.00 not_disclosed"]),
        (CN | TOLD | {"seller_at_fault": True}, CARD_FEE, "100.00", ["waived_card_fee 1.00 seller_at_fault"]),
        (EU | TOLD, CARD_FEE, "100.00", ["waived_card_fee 1.00 no_legal_ground"]),
        (US | TOLD, CARD_FEE, "100.00", ["waived_card_fee 1.00 no_legal_ground"]),
    ],
)
def test_a_card_fee_that_the_seller_bore_may_be_taken_in_china_only(
    facts: dict[str, Any], policy: dict[str, Any], refund: str, waived: list[str]
) -> None:
    """H05, 暂行办法 16: a choice of the merchant that must have been told, and never with the seller's fault."""
    found = answer_of(an_order(tenders=WAIVED), back={"L1": 1}, facts=facts, policy=policy)
    assert (found["refund"], found["waived"]) == (refund, waived)


def test_a_card_fee_is_taken_in_step_with_the_goods_and_only_once() -> None:
    """H05, Z08, 暂行办法 16: 1.00 over 33.33, 33.33 and 33.34, whatever is forgiven in between."""
    order = an_order(["33.33", "33.33", "33.34"], tenders=WAIVED)
    fees, history = [], None
    for line, fault in (("L1", False), ("L2", True), ("L3", False)):
        facts = CN | TOLD | {"seller_at_fault": fault}
        step = calculation_of(order, history, back={line: 1}, facts=facts, policy=CARD_FEE)
        fees.append(step.of(ComponentName.WAIVED_CARD_FEE).format())
        history = step.after()
    assert fees == ["-0.33", "0.00", "-0.34"]


def test_a_manual_adjustment_is_a_signed_line_with_reason_and_limit() -> None:
    """H12: goodwill is paid outside the tenders, a correction inside them."""
    adjustments = [
        {"id": "sorry", "amount": "5.00", "reason": "late parcel"},
        {"id": "fix", "amount": "-2.50", "reason": "paid twice"},
    ]
    policy = {"goodwill_limit": "8.00", "adjustment_limit": "3.00"}
    first = calculation_of(an_order(["50.00", "50.00"]), back={"L1": 1}, adjustments=adjustments, policy=policy)
    assert (first.refund.format(), first.total.format()) == ("47.50", "52.50")
    with pytest.raises(Exception, match="own goodwill still has") as refusal:
        calculation_of(first.request.order, first.after(), back={"L2": 1}, adjustments=adjustments[:1], policy=policy)
    assert getattr(refusal.value, "code", "") == "over_refund"


@pytest.mark.parametrize(
    ("amount", "policy"),
    [
        ("-2.50", {}),
        ("-3.01", {"adjustment_limit": "3.00"}),
        ("-100.01", {"adjustment_limit": "500.00"}),
        ("0.01", {}),
    ],
)
def test_an_adjustment_beyond_its_limit_or_the_refund_is_refused(amount: str, policy: dict[str, str]) -> None:
    """H12."""
    adjustments = [{"id": "x", "amount": amount, "reason": "because"}]
    with pytest.raises(AdjustmentNotAllowed):
        calculation_of(an_order(), back={"L1": 1}, adjustments=adjustments, policy=policy)


def test_an_adjustment_without_a_reason_is_refused() -> None:
    """H12."""
    with pytest.raises(InvalidField, match="/adjustments/0/reason"):
        calculation_of(an_order(), adjustments=[{"id": "x", "amount": "1.00", "reason": " "}])


def test_a_grade_without_loss_waits_for_nobody() -> None:
    """H07."""
    found = answer_of(an_order(), units=[unit(grade="A", answer="waiting")], facts=CN)
    assert (found["refund"], found["held"], found["waived"]) == ("100.00", [], [])
    found = answer_of(an_order(), units=[{"id": "u", "line": "L1"}], facts=CN)
    assert (found["refund"], found["held"]) == ("100.00", [])


def test_a_policy_may_pay_in_full_while_the_offer_is_open() -> None:
    """H07: the loss is named and not taken."""
    policy = RefundPolicy(open_offer=OpenOfferRule.REFUND_IN_FULL)
    for open_answer in ({"answer": "waiting"}, {"answer": "disputed"}):
        request = calculation_of(an_order(), units=[unit(answer="accepted") | open_answer], facts=CN).request
        found = figures_of(calculate(replace(request, policy=policy)))
        assert (found["refund"], found["held"]) == ("100.00", [])
        assert found["waived"] == ["value_loss 30.00 offer_open"]


def test_a_refund_of_nothing_is_charged_nothing() -> None:
    """H06, H15: not even the smallest unit."""
    order = an_order(["0.00", "5.00"])
    found = answer_of(order, back={"L1": 1}, return_label="1.00", facts=US | {"freight_disclosed": True})
    assert (found["refund"], found["waived"]) == ("0.00", ["return_freight 1.00 refund_too_small"])
    rule = {"steps": [{"from": "300", "off": "60"}]}
    order = an_order(["295.00", "10.00"], discounts=[{"id": "m", "amount": "60.00", "rule": rule}])
    facts = US | {"fees_disclosed": True, "re_rating_disclosed": True}
    policy = {"promotion_mode": "re_rate", "restocking_fixed": "2.00"}
    found = answer_of(order, back={"L2": 1}, facts=facts, policy=policy)
    assert (found["refund"], found["waived"]) == ("0.00", [])


def test_free_shipping_that_was_just_earned_is_lost() -> None:
    """H04, 暂行办法 18: the basket came to exactly what delivery was free from."""
    order = an_order(["60.00", "39.00"], "CNY", shipments=FREE_FROM_99)
    assert answer_of(order, back={"L1": 1}, facts=CN)["refund"] == "52.00"
    order = an_order(["60.00", "38.99"], "CNY", shipments=FREE_FROM_99)
    assert answer_of(order, back={"L1": 1}, facts=CN)["refund"] == "60.00"


def test_nothing_is_taken_for_delivery_when_nothing_comes_back() -> None:
    """H04."""
    order = an_order(["60.00", "50.00"], "CNY", shipments=FREE_FROM_99)
    assert answer_of(order, facts=CN)["components"] == {}


def test_a_parcel_without_a_cheaper_way_gives_back_what_it_cost() -> None:
    """H04: no standard delivery is on record, or it costs no less."""
    for more in ({}, {"standard": "9.00"}, {"standard": "12.00"}):
        order = an_order(["60.00"], shipments=[{"id": "S", "paid": "9.00", **more}])
        assert answer_of(order, back={"L1": 1}, facts=WITHDRAWAL)["refund"] == "69.00"


def test_a_free_parcel_does_not_hide_the_next_one() -> None:
    """H04."""
    shipments = [{"id": "P", "paid": "0.00", "lines": ["L1"]}, {"id": "Q", "paid": "9.00", "lines": ["L2"]}]
    order = an_order(["60.00", "40.00"], shipments=shipments)
    fault = {"regime": "CN", "seller_at_fault": True}
    assert answer_of(order, back={"L2": 1}, facts=fault)["refund"] == "49.00"
    assert answer_of(order, back={"L1": 1}, facts=fault)["refund"] == "60.00"


def test_the_tax_of_one_parcel_is_not_counted_against_another() -> None:
    """H04, H10: both are taxed, and come back one after the other."""
    shipments = [
        {"id": "P", "paid": "6.00", "taxes": {"19": "0.96"}, "lines": ["L1"]},
        {"id": "Q", "paid": "9.00", "taxes": {"19": "1.44"}, "lines": ["L2"]},
    ]
    order = an_order(["60.00", "40.00"], shipments=shipments)
    fault = {"regime": "CN", "seller_at_fault": True}
    first = calculation_of(order, back={"L1": 1}, facts=fault)
    second = calculation_of(order, first.after(), back={"L2": 1}, facts=fault)
    assert [(tax.rate, tax.amount.format()) for tax in (*first.taxes, *second.taxes)] == [
        ("19", "0.96"),
        ("19", "1.44"),
    ]
    assert (first.refund.format(), second.refund.format()) == ("66.00", "49.00")


def test_corrections_of_several_refunds_have_one_limit() -> None:
    """H12: 2.50 and 0.50 are 3.00, and one cent more is refused."""
    order = an_order(["50.00", "50.00"])
    policy = {"adjustment_limit": "3.00"}

    def fix(amount: str) -> list[dict[str, str]]:
        return [{"id": "fix", "amount": amount, "reason": "paid twice"}]

    first = calculation_of(order, back={"L1": 1}, adjustments=fix("-2.50"), policy=policy)
    assert answer_of(order, first.after(), back={"L2": 1}, adjustments=fix("-0.50"), policy=policy)["refund"] == "49.50"
    with pytest.raises(OverRefund, match="own adjustment still has"):
        calculation_of(order, first.after(), back={"L2": 1}, adjustments=fix("-0.51"), policy=policy)


def test_receipts_of_several_refunds_have_one_limit() -> None:
    """H06, H10."""
    order = an_order(["50.00", "50.00"])
    words: dict[str, Any] = {
        "facts": {"regime": "CN", "seller_at_fault": True}, "policy": {"freight_receipt_limit": "20.00"},
    }  # fmt: skip
    first = calculation_of(order, back={"L1": 1}, freight_receipt="15.00", **words)
    assert (
        calculation_of(order, first.after(), back={"L2": 1}, freight_receipt="5.00", **words).total.format() == "55.00"
    )
    with pytest.raises(OverRefund, match="own freight_receipt still has"):
        calculation_of(order, first.after(), back={"L2": 1}, freight_receipt="5.01", **words)


def test_fees_are_taken_from_everything_that_goes_back() -> None:
    """H06, H04: the freight that was promised back pays for them, too."""
    order = an_order(["10.00"], shipments=[{"id": "S", "paid": "5.00"}])
    facts, policy = US | {"freight_disclosed": True}, {"contract_freight": "whole_order"}
    found = answer_of(order, back={"L1": 1}, return_label="12.00", facts=facts, policy=policy)
    assert (found["refund"], found["waived"]) == ("3.00", [])


@pytest.mark.parametrize(
    "shipment",
    [
        {"paid": "0.00", "tariff": "8.00"},
        {"paid": "0.00", "free_from": "99.00"},
        {"paid": "5.00", "tariff": "8.00", "free_from": "99.00"},
    ],
)
def test_only_delivery_that_was_free_from_a_known_amount_and_has_a_tariff_can_be_lost(shipment: dict[str, str]) -> None:
    """H04, 暂行办法 18."""
    order = an_order(["60.00", "50.00"], "CNY", shipments=[{"id": "S", **shipment}])
    assert answer_of(order, back={"L1": 1}, facts=CN)["components"] == {"goods_net": "60.00"}


def test_freight_that_went_back_by_fault_is_not_given_again_nor_taken_back() -> None:
    """H04, H10: 7.20 of 12.00 went back for a fault; the standard rate of the withdrawal would be 5.00."""
    order = an_order(["60.00", "40.00"], shipments=EXPRESS)
    fault = calculation_of(order, back={"L1": 1}, facts={"regime": "EU", "seller_at_fault": True})
    assert fault.refund.format() == "67.20"
    rest = calculation_of(order, fault.after(), back={"L2": 1}, facts=WITHDRAWAL)
    assert (rest.refund.format(), rest.taxes) == ("40.00", ())


def test_freight_of_a_rate_of_nothing_has_no_tax() -> None:
    """H03, H04."""
    order = an_order(["60.00"], shipments=[{"id": "S", "paid": "5.00", "taxes": {"0": "0.00"}}])
    found = answer_of(order, back={"L1": 1}, facts=WITHDRAWAL)
    assert found["components"] == {"goods_net": "60.00", "outbound_freight_net": "5.00"}


@pytest.mark.parametrize(("limit", "least"), [("3.00", "3.00"), ("500.00", "100.00")])
def test_a_refused_adjustment_is_told_what_it_may_be(limit: str, least: str) -> None:
    """H12: its limit, or what the refund has, whichever is less."""
    adjustments = [{"id": "x", "amount": "-600.00", "reason": "because"}]
    with pytest.raises(AdjustmentNotAllowed) as refusal:
        calculation_of(an_order(), back={"L1": 1}, adjustments=adjustments, policy={"adjustment_limit": limit})
    assert refusal.value.facts["limit"].format() == least


def test_z31_a_lot_that_has_lost_value_is_charged_for_all_its_pieces() -> None:
    """Z13, R4.5: 20 of 100 pieces at 0.37 lost 30 %: of 7.40 together, rounded once; the next lot lost 10 % of 3.70."""
    order = an_order(lines=[{"id": "L1", "quantity": 100, "paid": "37.00"}])
    units = [unit(id="lot~1-20"), unit(id="lot~21-30", grade="B"), unit(id="lot~31-40", grade="A")]
    found = answer_of(order, units=units, facts=CN)
    assert found["components"]["value_loss"] == "-2.59"
    assert found["units"] == {"lot~1-20": "5.18", "lot~21-30": "3.33", "lot~31-40": "3.70"}
    assert found["refund"] == "12.21"
