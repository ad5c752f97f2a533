"""Thresholds of a policy hold in every currency: by its rates, or a person looks (Z14, R2.2)."""

from collections.abc import Iterable, Iterator
from typing import Final

from service_requests.domain.eligibility.decision import ReviewReason
from service_requests.domain.eligibility.rule_input import RuleInput
from service_requests.domain.policy.condition import AMOUNTS, Fact, When
from service_requests.domain.policy.policy import PersonRow, Policy
from service_requests.domain.policy.rates import factor
from shared.kernel.errors import Said

NO_RATE: Final = Said(
    "There is no rate for this currency, so a person compares the amount.", "该币种没有汇率，将由人工核对金额。"
)
NOT_COMPARED: Final = ReviewReason("currency_without_rate", NO_RATE)


def looks_in_other_currencies(rule_input: RuleInput, policy: Policy) -> Iterable[ReviewReason]:
    """Why a person looks because of amounts that the policy states in other currencies than that of the order."""
    if rule_input.case.currency in policy.looked_at_in and not policy.compares_amounts:
        return ()
    return _looks(rule_input, policy)


def _looks(rule_input: RuleInput, policy: Policy) -> Iterator[ReviewReason]:
    currency = rule_input.case.currency
    if policy.compares_amounts and factor(policy.rates, currency, policy.currency) is None:
        yield NOT_COMPARED
    rows = policy.looks_by_amount
    if not rows or currency in policy.looked_at_in:
        return
    for row in rows:
        reaches = _reaches(rule_input, policy, row)
        if reaches is None:
            yield NOT_COMPARED
            return
        if reaches:
            yield ReviewReason(row.id, row.says)
            return


def _reaches(rule_input: RuleInput, policy: Policy, row: PersonRow) -> bool | None:
    """Whether the row would hold in one of its currencies; None without a rate."""
    values = rule_input.values_for(policy)
    others = When({fact: test for fact, test in row.when.tests.items() if fact not in {*AMOUNTS, Fact.CURRENCY}})
    if not others.holds(values):
        return False
    amounts = When({fact: test for fact, test in row.when.tests.items() if fact in AMOUNTS})
    known = False
    for word in row.when.words(Fact.CURRENCY):
        by = factor(policy.rates, rule_input.case.currency, word)
        if by is None:
            continue
        known = True
        minors = {Fact.VALUE_MINOR: rule_input.line.unit_paid.minor, Fact.TOTAL_MINOR: rule_input.total_minor}
        if amounts.holds({fact: minor * by for fact, minor in minors.items()}):
            return True
    return False if known else None
