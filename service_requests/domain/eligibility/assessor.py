"""From a decision of the engine to an assessment: accept, refuse, or refer to a person (R1.4, R2.2, R2.4, R2.5).

A request is accepted or refused as a whole. A person decides when the engine accepts only a part, when proofs are
missing, or when the remedy is no refund. The person reads the reasons.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from service_requests.domain.eligibility.assessment import (
    Address,
    Assessment,
    Instructions,
    Outcome,
    RecordedAlternative,
    RecordedReason,
    Times,
)
from service_requests.domain.eligibility.case import Case
from service_requests.domain.eligibility.case_of_order import Goodwill, RequestedLine, case_of
from service_requests.domain.eligibility.deadline import sending_rolls_over
from service_requests.domain.eligibility.decision import Decision, RuleResult, UnitDecision
from service_requests.domain.eligibility.engine import decide_with, refund_terms_with
from service_requests.domain.eligibility.freight import in_currency
from service_requests.domain.eligibility.money.refund_choice import MoneyOfReturn, money_of_return
from service_requests.domain.eligibility.money.right_limit import rights_of
from service_requests.domain.orders.order import Order
from service_requests.domain.orders.policy_of_order import policy_of
from service_requests.domain.policy.condition import Fact, FactValues
from service_requests.domain.policy.policy import Policy, first_matching
from service_requests.domain.policy.rulebook import Rulebook
from service_requests.domain.policy.sentences import fill, name, sentence
from service_requests.domain.policy.term import SendBack
from service_requests.domain.policy.vocabulary import (
    Offer,
    Payer,
    Remedy,
    Result,
    Verdict,
)
from shared.kernel.calendar import WorkingCalendar
from shared.kernel.errors import Said
from shared.kernel.period import Period

SHOWN_RESULTS: Final[Mapping[Verdict, frozenset[Result]]] = {
    Verdict.ACCEPT: frozenset({Result.YES}),
    Verdict.PROOFS_MISSING: frozenset({Result.YES, Result.MISSING}),
    Verdict.LOOK: frozenset({Result.YES, Result.LOOK}),
}
"""By verdict: which results of the deciding ground become reasons. A refusal has every result against the return."""

OTHER_REMEDY: Final = Said(
    "The right that is open to you gives {remedy}; a person arranges it with you.",
    "您目前享有的权利为{remedy}，将由人工为您安排。",
)
PARTLY: Final = Said(
    "Only a part of what you ask for can come back; a person talks it through with you.",
    "您申请的商品仅部分可以退回，将由人工与您沟通。",
)
A_FORTNIGHT: Final = Period(14)
NOTHING_SAID: Final = MoneyOfReturn(None, ())


def assess_request(
    rules: Rulebook,
    order: Order,
    lines: Sequence[RequestedLine],
    *,
    stated_at: datetime,
    at: datetime,
    goodwill: Goodwill | None = None,
) -> Assessment:
    """The assessment at that moment of a request stated at `stated_at`. Raises the errors of `case_of` and `decide`."""
    policy = policy_of(rules, order)
    case = case_of(order, lines, policy, stated_at, goodwill)
    decision = decide_with(rules, case, at)
    outcome = OUTCOMES[_verdict_of(decision)]
    reasons = tuple(reason for unit in decision.units for reason in _reasons_of_unit(unit))
    if decision.verdict is Verdict.PARTLY:
        reasons += (RecordedReason(rule="partly", answer=Result.LOOK, clause="R2.2", says=PARTLY, facts={}),)
    silent = outcome is Outcome.REFUSE
    money = NOTHING_SAID if silent else money_of_return(rules, policy, order, lines, case=case, decision=decision)
    ends = {deadline.name: deadline for deadline in decision.deadlines}
    decide_by, object_by = ends["decide_by"], ends["object_by"]
    assert decide_by.ends_at is not None, "a promise to decide has its moment"  # noqa: S101
    assert object_by.day is not None, "an objection has its last day"  # noqa: S101
    regime, days = rules.regimes[order.regime], rules.legal_days(order.regime, order.ship_to).told
    instructions = _instructions(rules, policy, case, decision, _ship_by(rules, policy, case, days, at))
    return Assessment(
        outcome=outcome,
        decision=decision,
        policy=policy.name,
        reasons=reasons,
        choices=money.choices,
        told=money.reasons,
        alternatives=_alternatives(decision) if outcome is Outcome.REFUSE else (),
        instructions=instructions,
        ship_until=days.end_of(instructions.ship_by),
        decide_by=decide_by.ends_at,
        warn_at=decide_by.warns_at,
        object_by=object_by.day,
        times=Times(days.id, policy.calendar or regime.calendar, refund_terms_with(rules, case)),
        rights=() if silent else rights_of(rules, case, decision),
    )


def alternatives_to_refusal(policy: Policy) -> tuple[RecordedAlternative, ...]:
    """The alternatives when a person refuses: the other remedies of the policy, else a coded "none" (A12)."""
    says = Said("We can offer you {offer}.", "我们可以为您提供：{offer}。")
    others = [remedy for remedy in policy.remedies if remedy is not Remedy.REFUND]
    return tuple(RecordedAlternative(remedy.value, fill(says, offer=name(remedy))) for remedy in others) or (_NONE,)


_NONE: Final = RecordedAlternative(
    Offer.NONE_FEASIBLE.value, sentence(fill(Said("{what}.", "{what}。"), what=name(Offer.NONE_FEASIBLE)))
)

OUTCOMES: Final[Mapping[Verdict, Outcome]] = {
    Verdict.ACCEPT: Outcome.ACCEPT,
    Verdict.REFUSE: Outcome.REFUSE,
    Verdict.LOOK: Outcome.REFER,
    Verdict.PROOFS_MISSING: Outcome.REFER,
    Verdict.PARTLY: Outcome.REFER,
}


def _verdict_of(decision: Decision) -> Verdict:
    """The verdict of the engine; another remedy than a refund needs a person."""
    other = decision.verdict is Verdict.ACCEPT and any(_other_remedy(unit) for unit in decision.units)
    return Verdict.LOOK if other else decision.verdict


def _other_remedy(unit: UnitDecision) -> bool:
    return unit.consequences is not None and unit.consequences.remedy is not Remedy.REFUND


def _reasons_of_unit(unit: UnitDecision) -> Iterator[RecordedReason]:
    """The reasons for one line: the results that decided, then the reasons for a person to look."""
    if unit.verdict is Verdict.REFUSE:
        said: Sequence[RuleResult] = unit.reasons_against
    else:
        shown = SHOWN_RESULTS[unit.verdict]
        said = [each for each in unit.findings if each.ground == unit.ground and each.result in shown]
    for result in said:
        yield RecordedReason.of(result, unit.line_id)
    told = {result.rule for result in said}
    for look in unit.looks:
        if look.code not in told:
            yield RecordedReason(
                rule=look.code,
                answer=Result.LOOK,
                clause="R2.2",
                says=look.says,
                facts={},
                line_id=unit.line_id,
            )
    if unit.verdict is Verdict.ACCEPT and unit.consequences is not None and _other_remedy(unit):
        remedy = unit.consequences.remedy
        says = fill(OTHER_REMEDY, remedy=name(remedy))
        yield RecordedReason(
            rule="remedy",
            answer=Result.LOOK,
            clause="R4.4, B15",
            says=says,
            facts={"remedy": remedy.value},
            line_id=unit.line_id,
        )


def _alternatives(decision: Decision) -> tuple[RecordedAlternative, ...]:
    """The alternatives of all lines, each once; "none feasible" only when no line has an alternative."""
    every = {each.offer: RecordedAlternative.of(each) for unit in decision.units for each in unit.alternatives}
    some = tuple(each for offer, each in every.items() if offer is not Offer.NONE_FEASIBLE)
    return some or (_NONE,)


def _instructions(rules: Rulebook, policy: Policy, case: Case, decision: Decision, ship_by: date) -> Instructions:
    """The instructions for sending back. One parcel has one payer: the merchant, if the merchant pays for any line."""
    values = _fact_values(policy, case)
    there = [each for each in policy.addresses if each.when.may_be(Fact.REGIME, case.regime)]
    row = first_matching(there, values) or (there or policy.addresses)[0]
    payers = {unit.payer for unit in decision.units}
    freights = [unit.consequences.freight.amount for unit in decision.units if unit.consequences is not None]
    amounts = [amount for amount in freights if amount is not None] or [
        amount
        for each in policy.freight
        if each.amount is not None and each.when.may_be(Fact.REGIME, case.regime)
        if (amount := in_currency(policy, each.amount, case.currency)) is not None
    ]
    amount = amounts[0] if amounts else None
    return Instructions(
        address=Address(row.id, row.recipient, row.lines, row.contact, row.phone),
        carriers=row.carriers,
        freight_payer=Payer.MERCHANT if Payer.MERCHANT in payers or amount is None else Payer.CUSTOMER,
        freight_minor=amount.minor if amount is not None else None,
        freight_currency=amount.currency if amount is not None else rules.regimes[case.regime].currency,
        ship_by=ship_by,
    )


def _fact_values(policy: Policy, case: Case) -> FactValues:
    """The facts by which the address is chosen; they describe the whole request."""
    categories = [policy.category_and_parents(line.category) for line in case.lines]
    return {
        Fact.REGIME: frozenset({case.regime}),
        Fact.CATEGORY: frozenset.intersection(*categories),
        Fact.CHANNEL: frozenset({case.channel}),
        Fact.SEGMENT: frozenset({case.segment}),
        Fact.CURRENCY: frozenset({case.currency}),
        Fact.REASON: frozenset(unit.reason for line in case.lines for unit in line.units),
    }


def _ship_by(rules: Rulebook, policy: Policy, case: Case, days: WorkingCalendar, at: datetime) -> date:
    """The last day for sending, counted from the day of the approval: the longer time of law and policy (D06)."""
    law = rules.regimes[case.regime].on(days.day_of(case.ordered_at))
    periods = [(each.term.period, sending_rolls_over(law)) for each in law.cited(SendBack)]
    periods.append((policy.promises.send_back or A_FORTNIGHT, False))
    return max(days.after(period, days.day_of(at), rolls_over=rolls_over).day for period, rolls_over in periods)
