"""The figures of a policy in each regime, as its page shows them: of the law, of the policy, of the better of both."""

from datetime import date
from typing import Any, Final

import pytest

from service_requests.adapters.policy import policy_documents as documents
from service_requests.domain.eligibility.policy_summary import RegimeSummary, answer_for_condition, regime_summary
from service_requests.domain.policy.outbound_pair import outbound_problems
from service_requests.domain.policy.publication import without_effect
from service_requests.domain.policy.rulebook import Rulebook
from service_requests.domain.policy.vocabulary import Result
from shared.kernel.money import Money
from tests.unit.requests.builders import RULES
from tests.unit.requests.policy_builders import a_policy_document, days_for, raw

DAY: Final = date(2026, 11, 2)


def summary(code: str, **but: Any) -> RegimeSummary:
    rules, policy = rules_of(**but)
    return regime_summary(rules, policy, code, DAY)


def rules_of(**but: Any) -> tuple[Rulebook, Any]:
    policy = documents.read_policy(raw(a_policy_document(**but)))
    return Rulebook((policy,), RULES.regimes, RULES.calendars), policy


@pytest.mark.parametrize(
    ("code", "days", "fault_days", "look_days", "ship_days"),
    [("CN", 7, 7, 365, 14), ("EU", 14, 0, 730, 14), ("UK", 14, 30, 2190, 14), ("US", 0, 0, 0, 14)],
)
def test_without_rows_of_the_policy_the_law_speaks(
    code: str, days: int, fault_days: int, look_days: int, ship_days: int
) -> None:
    """Refund of a fault: the longest window whose remedies hold a refund; any remedy: the longest of all."""
    found = summary(code)
    assert (found.window_days, found.fault_days, found.fault_look_days) == (days, fault_days, look_days)
    assert (found.ship_days, found.statutory) == (ship_days, code != "US")


def test_the_longer_of_policy_and_law_counts_with_its_clause() -> None:
    longer = summary("EU", windows=[days_for(30), days_for(800, "defect")])
    assert (longer.window_days, longer.window_clause) == (30, "shop@1 windows/change-of-mind-30")
    assert (longer.fault_days, longer.fault_clause) == (800, "shop@1 windows/defect-800")
    assert not longer.rolls_over
    shorter = summary("EU", windows=[days_for(10)])
    assert (shorter.window_days, shorter.rolls_over) == (14, True)
    assert shorter.window_clause.startswith("Directive 2011/83/EU art. 9")


@pytest.mark.parametrize(("own", "days"), [(10, 14), (14, 14), (21, 21)])
def test_the_time_for_sending_is_never_shorter_than_that_of_the_law(own: int, days: int) -> None:
    assert summary("EU", promises={"send_back": {"days": own}}).ship_days == days
    assert summary("US", promises={"send_back": {"days": own}}).ship_days == own


@pytest.mark.parametrize(("payer", "shown"), [("customer", Money(590, "EUR")), ("merchant", None)])
def test_the_freight_of_the_way_back_is_shown_when_the_customer_pays_it(payer: str, shown: Money | None) -> None:
    freight = [
        {
            "id": "f",
            "cause": "change_of_mind",
            "payer": payer,
            **({"amount": {"amount_minor": 590, "currency": "EUR"}} if payer == "customer" else {}),
        }
    ]
    assert summary("EU", freight=freight).return_freight == shown


def test_the_amount_from_which_a_person_looks_is_the_least_of_its_row() -> None:
    """A row with only an upper bound names no such amount."""
    high = {
        "id": "h",
        "when": {"total_minor": {"at_least": 50_000}},
        "says": {"en": "High value.", "zh-CN": "金额较高。"},
    }
    assert summary("EU", currency="EUR", persons=[high]).high_value == Money(50_000, "EUR")
    low = {**high, "when": {"total_minor": {"at_most": 50_000}}}
    assert summary("EU", currency="EUR", persons=[low]).high_value is None


@pytest.mark.parametrize(
    ("condition", "code", "answer"),
    [
        ("unopened", "EU", Result.YES),
        ("opened", "CN", Result.YES),
        ("damaged", "CN", Result.NO),
        ("damaged", "EU", Result.YES),
        ("unopened", "US", Result.NO),
    ],
)
def test_the_answer_for_a_condition_is_that_of_the_engine(condition: str, code: str, answer: Result) -> None:
    """On the day after the delivery. Damage by the customer reduces a refund in the EU, and refuses one in China."""
    rules, policy = rules_of()
    assert answer_for_condition(rules, policy, condition, code, DAY) is answer


def test_only_in_china_discounts_can_be_settled_anew() -> None:
    """H02: elsewhere nobody keeps a record that the customer was told, so the row would change nothing."""
    row = {"id": "p", "mode": "re_rate"}
    for code, problems in (("CN", 0), ("EU", 1), ("UK", 1), ("US", 1)):
        _, policy = rules_of(regimes=[code], promotions=[row])
        found = list(without_effect(policy, RULES.regimes))
        assert [each.place for each in found] == [("promotions", 0, "mode")] * problems
        _, kept = rules_of(regimes=[code], promotions=[{"id": "p", "mode": "keep_share"}])
        assert not list(without_effect(kept, RULES.regimes))


@pytest.mark.parametrize("part", ["none", "proportional", "full", "standard_only"])
def test_of_a_part_nothing_or_its_share_of_the_freight_goes_back(part: str) -> None:
    """A refund of a part knows two ways only."""
    row = {"id": "o", "cause": "change_of_mind", "whole": "full", "part": part}
    _, policy = rules_of(outbound=[row])
    assert bool(list(outbound_problems(policy))) is (part not in {"none", "proportional"})
