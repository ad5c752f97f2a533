"""What a policy says about the money of a return, figure by figure and fact by fact (H04, H05, I02, Z12)."""

from typing import Any, Final

import pytest

from service_requests.adapters.policy import policy_documents as documents
from service_requests.domain.eligibility.assessment import Assessment, LineChoice, RecordedReason
from service_requests.domain.eligibility.assessor import assess_request
from service_requests.domain.orders.order_part import OrderFreight, TaxCharged, Tender
from service_requests.domain.policy.rulebook import Rulebook
from service_requests.domain.policy.vocabulary import OutboundFreight, Result, TenderOrder
from tests.unit.requests.builders import NOON, RULES, a_line, a_requested_line, an_order
from tests.unit.requests.policy_builders import a_policy_document, days_for, raw, said

FEE: Final = {"id": "f", "when": {"category": {"is": "audio"}}, "cause": "change_of_mind", "basis_points": 1_250}


def rules_with(**but: Any) -> Rulebook:
    """The smallest policy with windows of 60 days, and two categories."""
    document = a_policy_document(
        reasons={
            "changed_mind": {"says": said("mind"), "fault": "customer"},
            "faulty": {"says": said("faulty"), "fault": "merchant"},
        },
        categories={"audio": {"says": said("audio")}, "mugs": {"says": said("mugs")}},
        windows=[days_for(60)],
        **but,
    )
    return Rulebook((documents.read_policy(raw(document)),), RULES.regimes, RULES.calendars)


def asked(rules: Rulebook, *pieces: tuple[str, int], reason: str = "changed_mind", **order: Any) -> Assessment:
    """Seven headphones for 700.03 with 111.77 of tax in it, three mugs for 30.00 without tax; in the US."""
    facts: dict[str, Any] = {
        "regime": "US",
        "currency": "USD",
        "lines": (
            a_line(
                line_id="L1",
                sku="PHONE",
                category="audio",
                quantity=7,
                unit_price_minor=10_001,
                paid_minor=70_003,
                taxes=(TaxCharged("19", 11_177),),
            ),
            a_line(line_id="L2", sku="MUG", category="mugs", quantity=3, unit_price_minor=1_000, paid_minor=3_000),
        ),
        "freight": OrderFreight(0),
        "tenders": (Tender("T1", "card", 73_003, "ch"),),
        "total_minor": 73_003,
    } | order
    lines = [a_requested_line(line_id=line, quantity=count, reason=reason) for line, count in pieces]
    return assess_request(rules, an_order(**facts), lines, stated_at=NOON, at=NOON)


def told(found: Assessment, rule: str) -> list[RecordedReason]:
    return [each for each in found.told if each.rule == rule]


def test_a_fee_is_told_with_every_fact_of_it() -> None:
    """Net of three pieces: 300.01 less 47.90 of tax is 252.11; 12.5 % of it are 31.51."""
    (reason,) = told(asked(rules_with(fees=[FEE]), ("L1", 3)), "restocking_fee")
    assert reason.facts == {"basis_points": "1250", "amount_minor": "3151", "currency": "USD", "lines": "L1"}
    assert reason.clause == "shop@1 fees"
    assert reason.answer is Result.YES
    assert reason.says.en == "We keep 12.5 % of the price without tax: USD 31.51."
    assert "12.5%" in reason.says.zh


@pytest.mark.parametrize(
    ("pieces", "inclusive", "amount"),
    [
        (1, True, 1_050),  # 100.00 less 15.97 of tax: 84.03
        (7, True, 7_353),  # 700.03 less 111.77: 588.26
        (1, False, 1_051),  # a seventh of 588.26: 84.04, of which an eighth is 10.505
        (3, False, 3_151),  # three sevenths: 252.11
        (7, False, 7_353),
    ],
)
def test_the_fee_is_of_the_net_price_of_the_pieces_that_come_back(pieces: int, inclusive: bool, amount: int) -> None:
    """Prices with tax in them and prices without it."""
    found = asked(rules_with(fees=[FEE]), ("L1", pieces), prices_include_tax=inclusive)
    (reason,) = told(found, "restocking_fee")
    assert reason.facts["amount_minor"] == str(amount)


def test_two_requests_of_one_line_are_one_amount_and_other_goods_bear_none() -> None:
    """The sum is rounded once: three sevenths, not one and two."""
    found = asked(rules_with(fees=[FEE]), ("L1", 1), ("L2", 2), ("L1", 2))
    (reason,) = told(found, "restocking_fee")
    assert (reason.facts["amount_minor"], reason.facts["lines"]) == ("3151", "L1")
    assert found.choices is not None
    assert [each.restocking_basis_points for each in found.choices.lines] == [1_250, 0, 1_250]
    assert found.choices.tender_order is TenderOrder.PROPORTIONAL


def test_two_percentages_are_two_sentences_the_smaller_one_first() -> None:
    fees = [FEE, {"id": "g", "when": {"category": {"is": "mugs"}}, "cause": "change_of_mind", "basis_points": 500}]
    reasons = told(asked(rules_with(fees=fees), ("L1", 1), ("L2", 2)), "restocking_fee")
    assert [(each.facts["basis_points"], each.facts["amount_minor"], each.facts["lines"]) for each in reasons] == [
        ("500", "100", "L2"),
        ("1250", "1050", "L1"),
    ]


def test_a_policy_without_rows_about_money_says_nothing() -> None:
    found = asked(rules_with(), ("L1", 1))
    assert (found.choices, found.told) == (None, ())


def test_a_row_that_fits_no_line_says_nothing() -> None:
    found = asked(rules_with(fees=[FEE]), ("L2", 1))
    assert (found.choices, found.told) == (None, ())


def test_the_order_of_payments_is_told_where_there_is_more_than_one() -> None:
    """I02: with one means of payment it is kept and not told."""
    rules = rules_with(tender_order="card_first")
    one = asked(rules, ("L2", 1))
    assert one.choices is not None
    assert one.choices.tender_order is TenderOrder.CARD_FIRST
    assert one.told == ()
    tenders = (Tender("T1", "gift_card", 13_003, "gc"), Tender("T2", "card", 60_000, "ch"))
    two = asked(rules, ("L2", 1), tenders=tenders)
    (reason,) = told(two, "tender_order")
    assert (reason.clause, reason.facts) == ("shop@1 tender_order", {"tender_order": "card_first"})


def test_outbound_freight_is_told_with_both_halves_and_its_row() -> None:
    row = {"id": "out", "cause": "change_of_mind", "whole": "full", "part": "proportional"}
    found = asked(rules_with(outbound=[row]), ("L2", 1))
    (reason,) = told(found, "outbound_freight")
    assert (reason.clause, reason.facts) == ("shop@1 outbound/out", {"whole": "full", "part": "proportional"})
    assert found.choices is not None
    assert found.choices.lines == (
        LineChoice(outbound_whole=OutboundFreight.FULL, outbound_part=OutboundFreight.PROPORTIONAL),
    )
