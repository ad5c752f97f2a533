"""Small places where two rules meet; each of these once let a deliberate fault through."""

import importlib
from dataclasses import is_dataclass, replace
from typing import Any

import pytest

from service_refunds.domain.calculation.calculation import calculate
from service_refunds.domain.calculation.guard import Guard, GuardRow
from service_refunds.domain.calculation.inputs.charge import Tax
from service_refunds.domain.calculation.inputs.history import RefundHistory, TenderUse
from service_refunds.domain.calculation.inputs.order_line import OrderLine
from service_refunds.domain.calculation.inputs.refusal import DisputeOpen
from shared.kernel.money import Money
from tests.unit.refunds.simple_request import an_order, answer_of, calculation_of

CN: dict[str, Any] = {"regime": "CN"}
CORE = ("calculation", "fee", "grouping", "guard", "in_kind", "inputs.charge", "inputs.component", "inputs.history",
        "inputs.order", "inputs.order_line", "inputs.order_part", "inputs.policy", "inputs.promotion_rule",
        "inputs.refund_request", "inputs.tender", "promotion", "provider_units", "remainder", "returned_set",
        "returned_value", "statement", "inputs.returned_group", "tender_balance", "tender_refund")  # fmt: skip


@pytest.mark.parametrize("name", CORE)
def test_everything_that_a_calculation_is_made_of_is_immutable(name: str) -> None:
    """H01, H13: a snapshot and an answer cannot be changed afterwards."""
    module = importlib.import_module(f"service_refunds.domain.calculation.{name}")
    values = [each for each in vars(module).values() if isinstance(each, type) and is_dataclass(each)]
    assert values
    for each in values:
        params: Any = vars(each)["__dataclass_params__"]
        assert params.frozen, each
        assert "__slots__" in vars(each), each


def test_what_an_exchange_carries_counts_against_the_undisputed_money_too() -> None:
    """H10, J02: 60.00 are free; 40.00 back and 60.00 carried are not."""
    order = an_order(tenders=[{"id": "card", "captured": "100.00", "disputed": "40.00"}])
    with pytest.raises(DisputeOpen) as refusal:
        calculation_of(order, back={"L1": 1}, exchange=[{"id": "NEW", "paid": "60.00"}])
    assert refusal.value.facts["asked"].format() == "100.00"


def test_what_an_exchange_carries_stands_in_the_rows_of_tender_and_order() -> None:
    """H10, J02."""
    found = calculation_of(an_order(), back={"L1": 1}, exchange=[{"id": "NEW", "paid": "60.00"}])
    rows = {row.key: row.this.format() for row in found.guards}
    assert (rows["card"], rows["captured"]) == ("100.00", "100.00")


def test_a_trial_is_a_matter_of_european_withdrawals_only() -> None:
    """H07."""
    unit = {"id": "u", "line": "L1", "grade": "C", "answer": "accepted", "beyond_trial": False}
    assert answer_of(an_order(), units=[unit], facts=CN)["refund"] == "70.00"
    assert answer_of(an_order(), units=[unit], facts={"regime": "EU"})["refund"] == "70.00"


def test_equal_names_of_different_things_are_not_mixed_up() -> None:
    """H07, H09, H10: a gift, a unit, a line and a parcel may all be called X."""
    order = an_order(
        currency="CNY",
        lines=[{"id": "X", "paid": "100.00"}, {"id": "Y", "paid": "50.00"}, {"id": "Z", "paid": "20.00"}],
        gifts=[{"id": "X", "declared": "5.00"}],
        shipments=[{"id": "X", "paid": "0.00", "tariff": "8.00", "free_from": "60.00"}],
    )
    one = calculation_of(order, units=[{"id": "Y", "line": "Y"}], facts=CN, return_label="1.00")
    two = calculation_of(order, one.after(), units=[{"id": "X", "line": "X"}], missing_gifts=["X"], facts=CN)
    assert (one.refund.format(), two.refund.format()) == ("50.00", "87.00")
    assert [unit.amount.format() for unit in two.units] == ["100.00"]
    assert next(row.this.format() for row in two.guards if row.key == "X" and row.guard == "unit") == "100.00"


def test_a_cash_payout_mentions_only_bonus_that_there_is() -> None:
    """I12."""
    found = calculation_of(an_order(), back={"L1": 1}, payout="other_method", facts={"other_method_agreed": True})
    assert [part.name for part in found.components] == ["goods_net"]


def test_a_bonus_is_rounded_half_up() -> None:
    """I12: 10 % of 10.05 and 0.0001 of 1,000,000.00 exactly."""
    wish: dict[str, Any] = {"back": {"L1": 1}, "payout": "store_credit", "facts": {"other_method_agreed": True}}
    assert answer_of(an_order(["10.05"]), policy={"credit_bonus_bp": 1000}, **wish)["credit"] == ["10.05", "1.01"]
    assert answer_of(an_order(["1000000.00"]), policy={"credit_bonus_bp": 1}, **wish)["credit"][1] == "100.00"


def test_an_adjustment_of_nothing_changes_nothing() -> None:
    """H12."""
    nothing = [{"id": "x", "amount": "0.00", "reason": "checked"}]
    assert answer_of(an_order(), back={"L1": 1}, adjustments=nothing)["components"] == {"goods_net": "100.00"}


def test_points_on_free_lines_are_shared_by_pieces() -> None:
    """H14: a discount of nothing that still took points."""
    lines = [{"id": "L1", "quantity": 2, "paid": "0.00"}, {"id": "L2", "paid": "0.00"}, {"id": "L3", "paid": "9.00"}]
    order = an_order(lines=lines, discounts=[{"id": "p", "amount": "0.00", "lines": ["L1", "L2"], "points": 90}])
    assert answer_of(order, back={"L1": 1})["points"] == 30
    assert answer_of(order, back={"L3": 1})["points"] == 0


def test_a_restocking_fee_has_no_negative_base() -> None:
    """H05, H08: an agreed shortfall is not a base for a fee."""
    rule = {"steps": [{"from": "300", "off": "60"}]}
    order = an_order(["295.00", "10.00"], discounts=[{"id": "m", "amount": "60.00", "rule": rule}])
    facts = CN | {"shortfall_agreed": True, "fees_disclosed": True}
    found = calculation_of(order, back={"L2": 1}, facts=facts, policy={"restocking_bp": 1500})
    assert (found.customer_owes.format(), found.waived) == ("50.00", ())


def test_what_is_still_pending_of_our_own_refunds_is_not_available() -> None:
    """H10."""
    history = RefundHistory(tenders=(TenderUse("card", Money(2_000, "EUR"), Money(1_500, "EUR")),))
    assert answer_of(an_order(["15.00", "35.00", "50.00"]), history, back={"L1": 1})["available"] == "50.00"


def test_a_row_says_what_is_there_before_and_after() -> None:
    """H10."""
    row = GuardRow(Guard.TENDER, "card", Money(50, "EUR"), Money(20, "EUR"), Money(10, "EUR"))
    assert (row.available.minor, row.left.minor) == (30, 20)


def test_what_pricing_again_costs_is_shared_by_what_was_paid_for_the_units() -> None:
    """H08: units that were paid 133.33 and 33.34 bear 13.34 and 3.33 of the 16.67 that the kept one costs more."""
    rule = {"steps": [{"from": "300", "off": "50"}]}
    order = an_order(["100.00", "160.00", "40.00"], discounts=[{"id": "m", "amount": "50.00", "rule": rule}])
    found = answer_of(order, back={"L2": 1, "L3": 1}, facts=CN)
    assert (found["refund"], found["units"]) == ("150.00", {"L2#1": "119.99", "L3#1": "30.01"})


def test_a_discount_is_kept_when_what_is_kept_reaches_it_exactly() -> None:
    """H08."""
    rule = {"steps": [{"from": "300", "off": "50"}]}
    order = an_order(["300.00", "50.00"], discounts=[{"id": "m", "amount": "50.00", "rule": rule}])
    assert answer_of(order, back={"L2": 1}, facts=CN)["refund"] == "50.00"


def test_the_tax_of_what_goes_out_instead_is_charged_too() -> None:
    """J02, H03."""
    new = OrderLine(id="NEW", quantity=1, paid=Money(11_900, "EUR"), taxes=(Tax("19", Money(1_900, "EUR")),))
    found = calculate(replace(calculation_of(an_order(), back={"L1": 1}).request, exchange=(new,)))
    figures = [(part.name.value, part.amount.format()) for part in found.components]
    assert figures == [("goods_net", "100.00"), ("exchange_net", "-100.00"), ("exchange_tax", "-19.00")]
    assert found.customer_owes.format() == "19.00"
