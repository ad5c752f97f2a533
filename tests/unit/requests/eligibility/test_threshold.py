"""Z14: thresholds hold in every currency, are told in the customer's, and without a rate a person looks."""

from dataclasses import replace
from typing import Any, Final

import pytest

from service_requests.domain.eligibility.assessment import Outcome
from service_requests.domain.eligibility.assessor import assess_request
from service_requests.domain.eligibility.case_of_order import Goodwill
from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.public_page import public_page
from service_requests.domain.policy.rates import BUILT_IN, Rates, factor, least_in, most_in
from service_requests.domain.policy.rulebook import Rulebook
from shared.kernel.money import EXPONENTS, Money
from tests.unit.requests.builders import NOON, RULES, a_line, a_requested_line, an_assessment, an_order
from tests.unit.requests.policy_builders import a_policy, laws, said

HIGH_VALUE_EUR: Final = 60_000


def asked(currency: str, minor: int, *, rules: Rulebook = RULES, regime: str = "EU", **more: Any) -> Any:
    line = a_line(quantity=1, unit_price_minor=minor, paid_minor=minor)
    order = {"lines": (line,), "currency": currency, "regime": regime, **more}
    return an_assessment(a_requested_line(reason="changed_mind"), rules=rules, **order)


@pytest.mark.parametrize("currency", sorted(EXPONENTS))
def test_high_value_means_a_person_in_every_currency(currency: str) -> None:
    """The value of EUR 1,300.00 is high and that of EUR 100.00 is not; exponents 0, 2, 3 and 4."""
    by = factor(None, "EUR", currency)
    assert by is not None
    assert asked(currency, int(130_000 * by)).outcome is Outcome.REFER
    assert asked(currency, int(10_000 * by)).outcome is Outcome.ACCEPT


def test_the_example_of_z14() -> None:
    """SEK 13,500.00 is worth more than EUR 600.00."""
    found = asked("SEK", 1_350_000)
    assert found.outcome is Outcome.REFER
    assert "The value is high" in str([each.says.en for each in found.reasons])


def with_person(currency: str, least: int, **more: Any) -> tuple[Policy, Rulebook]:
    persons = [{"id": "dear", "when": {"total_minor": {"at_least": least}}, "says": said("dear")}]
    reasons = {"changed_mind": {"says": said("mind"), "fault": "customer"}}
    policy = a_policy(currency=currency, persons=persons, reasons=reasons, **more)
    return policy, Rulebook((policy,), RULES.regimes, RULES.calendars)


@pytest.mark.parametrize(
    ("of", "least", "currency", "reaches"),
    [
        ("USD", 60_000, "EUR", 55_556),
        ("USD", 60_000, "JPY", 86_112),
        ("USD", 60_000, "KWD", 183_334),
        ("JPY", 90_000, "USD", 62_710),
        ("USD", 60_000, "USD", 60_000),
    ],
)
def test_a_threshold_without_a_currency_is_of_the_policys_and_holds_in_every_other(
    of: str, least: int, currency: str, reaches: int
) -> None:
    """The amount that is told is the least that a person looks at, to the minor unit."""
    _, rules = with_person(of, least)
    assert least_in(None, least, of, currency) == reaches
    assert asked(currency, reaches, rules=rules).outcome is Outcome.REFER
    assert asked(currency, reaches - 1, rules=rules).outcome is Outcome.ACCEPT


def test_the_page_tells_a_threshold_in_the_currencies_of_its_customers() -> None:
    """An EUR customer does not read "at least USD 600.00" alone."""
    policy, _ = with_person("USD", 60_000)
    text = public_page(policy, laws(), NOON.date()).markdown("en")
    assert "at least USD 600.00 (at least CNY 4,277.78, at least EUR 555.56, at least GBP 461.12;" in text


def test_a_bound_beside_excluded_currencies_is_of_the_policys_currency() -> None:
    """`none_of: [JPY]` names no currency of the bound."""
    when = {"currency": {"none_of": ["JPY"]}, "total_minor": {"at_least": 60_000}}
    reasons = {"changed_mind": {"says": said("mind"), "fault": "customer"}}
    policy = a_policy(currency="USD", persons=[{"id": "dear", "when": when, "says": said("dear")}], reasons=reasons)
    rules = Rulebook((policy,), RULES.regimes, RULES.calendars)
    assert asked("EUR", 55_556, rules=rules).outcome is Outcome.REFER
    assert asked("EUR", 55_555, rules=rules).outcome is Outcome.ACCEPT
    assert "USD 600.00" in public_page(policy, laws(), NOON.date()).markdown("en")


def test_a_currency_without_a_rate_is_read_by_a_person() -> None:
    """A policy with a table of its own says what it knows; for the rest a person compares."""
    rates = {"on": "2026-11-01", "base": "USD", "units": {"EUR": "0.9", "SEK": "10.5"}}
    _, rules = with_person("USD", 60_000, rates=rates)
    assert asked("EUR", 54_000, rules=rules).outcome is Outcome.REFER
    assert asked("EUR", 53_999, rules=rules).outcome is Outcome.ACCEPT
    assert asked("SEK", 629_999, rules=rules).outcome is Outcome.ACCEPT
    found = asked("NOK", 100, rules=rules)
    assert (found.outcome, found.reasons[-1].rule) == (Outcome.REFER, "currency_without_rate")


def test_goodwill_has_its_limit_in_every_currency() -> None:
    """B09: an agent may give EUR 100.00 late; SEK 900.00 is within it, SEK 1,200.00 is not."""
    for minor, outcome in ((50_000, Outcome.ACCEPT), (90_000, Outcome.REFER), (500_000, Outcome.REFUSE)):
        line = a_line(quantity=1, unit_price_minor=minor, paid_minor=minor)
        late = {"delivered_at": NOON.replace(day=1), "ordered_at": NOON.replace(day=1)}
        order = an_order(lines=(line,), currency="SEK", **late)
        given = Goodwill("li", "agent", "loyal")
        found = assess_request(RULES, order, [a_requested_line()], stated_at=NOON, at=NOON, goodwill=given)
        assert found.outcome is outcome, minor


def test_the_way_back_is_told_in_the_currency_of_the_order() -> None:
    """EUR 4.95 for an order in SEK; an amount that cannot be said is not charged."""
    found = asked("SEK", 100_000).instructions
    assert (found.freight_minor, found.freight_currency) == (most_in(None, 495, "EUR", "SEK"), "SEK")
    alone = Rates(BUILT_IN.on, "EUR", {"USD": "1.1"})
    rules = Rulebook(tuple(replace(each, rates=alone) for each in RULES.policies), RULES.regimes, RULES.calendars)
    silent = asked("SEK", 1_000, rules=rules).instructions
    assert (silent.freight_minor, silent.freight_payer.value) == (None, "merchant")


def test_every_currency_has_a_rate() -> None:
    assert {*BUILT_IN.units, "EUR"} == set(EXPONENTS)
    assert all(Money(1, currency) for currency in BUILT_IN.units)
