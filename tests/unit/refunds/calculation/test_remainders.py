"""What is left is paid, and the rest goes to a person with its reason (Z09)."""

from typing import Any

import pytest

from service_refunds.domain.calculation.inputs.refusal import DisputeOpen, OverRefund
from service_refunds.domain.calculation.statement import statement
from tests.unit.refunds.simple_request import an_order, calculation_of

ALWAYS = {"shortfall": "pay_what_is_left"}


def paid_and_owed(order: Any, **words: Any) -> tuple[str, list[tuple[str, str]]]:
    found = calculation_of(order, back={"L1": 1}, **words)
    assert found.total == found.refund
    assert sum(part.amount.minor for part in found.components) == found.total.minor
    assert sum(tender.amount.minor for tender in found.tenders) == found.refund.minor
    for row in found.guards:
        assert row.used + row.this <= row.cap
    return found.refund.format(), [(each.reason.value, each.amount.format()) for each in found.remainders]


@pytest.mark.parametrize(
    ("tender", "paid", "owed"),
    [
        ({"refunded": "20.00"}, "80.00", [("payments_used_up", "20.00")]),
        ({"refunded": "100.00"}, "0.00", [("payments_used_up", "100.00")]),
        ({"refunded": "20.00", "pending": "30.00"}, "50.00", [("payments_used_up", "50.00")]),
        ({"disputed": "60.00"}, "40.00", [("dispute_open", "60.00")]),
        ({"refunded": "20.00", "disputed": "30.00"}, "50.00",
         [("dispute_open", "30.00"), ("payments_used_up", "20.00")]),
        ({"disputed": "100.00"}, "0.00", [("dispute_open", "100.00")]),
    ],
)  # fmt: skip
def test_z09_what_a_payment_still_has_is_paid(tender: dict[str, str], paid: str, owed: list[tuple[str, str]]) -> None:
    order = an_order(tenders=[{"id": "card", "captured": "100.00", **tender}])
    assert paid_and_owed(order, policy=ALWAYS) == (paid, owed)


@pytest.mark.parametrize(
    ("currency", "whole", "gone", "paid", "owed"),
    [("JPY", "9899", "1", "9898", "1"), ("KWD", "12.345", "12.344", "0.001", "12.344")],
)
def test_z09_holds_in_every_currency(currency: str, whole: str, gone: str, paid: str, owed: str) -> None:
    order = an_order([whole], currency, tenders=[{"id": "card", "captured": whole, "refunded": gone}])
    assert paid_and_owed(order) == (paid, [("payments_used_up", owed)])


@pytest.mark.parametrize("how", ["proportional", "card_first", "credit_first", "lifo", "fifo"])
def test_z09_another_payment_takes_what_one_no_longer_has(how: str) -> None:
    """I02: 70.00 + 30.00, of which the card has nothing left: the gift card gives 30.00, 70.00 are left to a person."""
    tenders = [
        {"id": "card", "captured": "70.00", "refunded": "70.00"},
        {"id": "gift", "kind": "gift_card", "captured": "30.00"},
    ]
    found = calculation_of(an_order(tenders=tenders), back={"L1": 1}, policy={"tender_order": how, **ALWAYS})
    assert {each.tender: each.amount.format() for each in found.tenders} == {"card": "0.00", "gift": "30.00"}
    partly = an_order(["40.00", "60.00"], tenders=[{**tenders[0], "refunded": "60.00"}, tenders[1]])
    found = calculation_of(partly, back={"L1": 1}, policy={"tender_order": how, **ALWAYS})
    assert {each.tender: each.amount.format() for each in found.tenders} == {"card": "10.00", "gift": "30.00"}
    assert found.remainders == ()


def test_z09_while_goods_are_kept_a_question_above_what_is_left_is_still_refused() -> None:
    """V27, 3.9: a caller who names an amount is told; what was accepted is settled with what is left."""
    tenders = [{"id": "card", "captured": "100.00", "refunded": "20.00"}]
    order = an_order(["90.00", "10.00"], tenders=tenders)
    with pytest.raises(OverRefund):
        calculation_of(order, back={"L1": 1})
    assert paid_and_owed(order, policy=ALWAYS) == ("80.00", [("payments_used_up", "10.00")])
    disputed = an_order(tenders=[{"id": "card", "captured": "100.00", "disputed": "20.00"}])
    with pytest.raises(DisputeOpen):
        calculation_of(disputed, back={"L1": 1})


def test_z09_what_follows_is_a_remainder_too_and_never_paid_twice() -> None:
    order = an_order(["90.00", "10.00"], tenders=[{"id": "card", "captured": "100.00", "refunded": "20.00"}])
    first = calculation_of(order, back={"L1": 1}, policy=ALWAYS)
    second = calculation_of(order, first.after(), back={"L2": 1}, policy=ALWAYS)
    assert (second.refund.format(), [each.amount.format() for each in second.remainders]) == ("0.00", ["10.00"])
    assert not second.needs_payment


def test_z09_the_remainder_stands_in_the_statement_of_both_languages() -> None:
    """H13: its lines still sum to the refund."""
    order = an_order(tenders=[{"id": "card", "captured": "100.00", "refunded": "20.00"}])
    found = calculation_of(order, back={"L1": 1})
    assert "Still owed to you" in statement(found, "en").render()
    assert "仍欠您的金额" in statement(found, "zh-CN").render()
    counted = [line.amount.minor for line in statement(found, "en").lines if line.counts and line.amount]
    assert sum(counted) == found.total.minor == 8_000
