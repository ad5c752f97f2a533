"""What the engine decides, as the service acts on it: accept, refuse, or a person must look (R1.4, R2.2, R2.4, R2.5).

A request is accepted or refused as a whole. What the engine would answer only in part, what is not fully shown yet, and
what ends in another remedy than a refund is put before a person, who is told why.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Final

from service_requests.domain.eligibility.assessment import (
    Address,
    Assessment,
    Basis,
    Instructions,
    Outcome,
    RecordedAlternative,
    RecordedReason,
    RecordedResult,
    Times,
)
from service_requests.domain.eligibility.case import Case, CaseLine
from service_requests.domain.eligibility.case_of_order import Goodwill, RequestedLine, case_of
from service_requests.domain.eligibility.decision import Decision, RuleResult as Found, UnitDecision
from service_requests.domain.eligibility.engine import decide_with, refund_terms_with
from service_requests.domain.orders.order import Order
from service_requests.domain.orders.policy_of_order import policy_of
from service_requests.domain.policy.condition import Fact, Known
from service_requests.domain.policy.policy import Policy, Reason, first_matching
from service_requests.domain.policy.rulebook import Rulebook
from service_requests.domain.policy.sentences import fill, name, sentence
from service_requests.domain.policy.term import SendBack
from service_requests.domain.policy.vocabulary import (
    Cause,
    Fault,
    Layer,
    Offer,
    Payer,
    Remedy,
    Result,
    Verdict as Word,
)
from shared.kernel.errors import Said
from shared.kernel.period import Period

RECORDED_RESULTS: Final[Mapping[Result, RecordedResult]] = {
    Result.YES: RecordedResult.YES,
    Result.NO: RecordedResult.NO,
    Result.LOOK: RecordedResult.LOOK,
    Result.MISSING: RecordedResult.MISSING,
}
SHOWN_RESULTS: Final[Mapping[Word, frozenset[Result]]] = {
    Word.ACCEPT: frozenset({Result.YES}),
    Word.PROOFS_MISSING: frozenset({Result.YES, Result.MISSING}),
    Word.LOOK: frozenset({Result.YES, Result.LOOK}),
}
"""Of the ground that carries the answer, what is said; of a refusal, all that stood in the way."""

OTHER_REMEDY: Final = Said(
    "The right that is open to you gives {remedy}; a person arranges it with you.",
    "您目前享有的权利为{remedy}，将由人工为您安排。",
)
PARTLY: Final = Said(
    "Only a part of what you ask for can come back; a person talks it through with you.",
    "您申请的商品仅部分可以退回，将由人工与您沟通。",
)
A_FORTNIGHT: Final = Period(14)


def assess_request(
    rules: Rulebook,
    order: Order,
    wanted: Sequence[RequestedLine],
    *,
    stated_at: datetime,
    at: datetime,
    kindness: Goodwill | None = None,
) -> Assessment:
    """The answer at that moment to what was asked at `stated_at`. Raises what `case_of` and `engine.decide` raise."""
    policy = policy_of(rules, order)
    case = case_of(order, wanted, policy, stated_at, kindness)
    decision = decide_with(rules, case, at)
    outcome = OUTCOMES[_verdict_of(decision)]
    findings = tuple(finding for unit in decision.units for finding in _reasons_of_unit(unit))
    if decision.verdict is Word.PARTLY:
        findings += (RecordedReason(rule="partly", answer=RecordedResult.LOOK, clause="R2.2", says=PARTLY, facts={}),)
    ends = {deadline.name: deadline for deadline in decision.deadlines}
    decide_by, object_by = ends["decide_by"], ends["object_by"]
    assert decide_by.ends_at is not None, "a promise to decide has its moment"  # noqa: S101
    assert object_by.day is not None, "an objection has its last day"  # noqa: S101
    how = _instructions(rules, policy, case, decision, at)
    regime = rules.regimes[order.regime]
    return Assessment(
        outcome=outcome,
        policy=policy.name,
        findings=findings,
        alternatives=_alternatives(decision) if outcome is Outcome.REFUSE else (),
        missing=tuple(dict.fromkeys(proof.value for unit in decision.units for proof in unit.missing)),
        by_right=tuple(_by_right(unit) for unit in decision.units),
        payers=tuple(
            _payer(policy.reasons[line.units[0].reason], unit) for line, unit in _lines_with_decisions(case, decision)
        ),
        how=how,
        ship_until=rules.days(order.regime).end_of(how.ship_by),
        decide_by=decide_by.ends_at,
        warn_at=decide_by.warns_at,
        object_by=object_by.day,
        basis=basis_of(decision),
        times=Times(regime.calendar, policy.calendar or regime.calendar, refund_terms_with(rules, case)),
    )


def basis_of(decision: Decision) -> Basis:
    """What the decision was computed from, and the digest of its bytes."""
    return Basis(decision.policies, decision.law, decision.inputs_sha256, sha256(decision.to_bytes()).hexdigest())


def alternatives_to_refusal(policy: Policy) -> tuple[RecordedAlternative, ...]:
    """What can be done instead when a person refuses: the other remedies of the policy, else a coded "none" (A12)."""
    says = Said("We can offer you {offer}.", "我们可以为您提供：{offer}。")
    others = [remedy for remedy in policy.remedies if remedy is not Remedy.REFUND]
    return tuple(RecordedAlternative(remedy.value, fill(says, offer=name(remedy))) for remedy in others) or (_NONE,)


_NONE: Final = RecordedAlternative(
    Offer.NONE_FEASIBLE.value, sentence(fill(Said("{what}.", "{what}。"), what=name(Offer.NONE_FEASIBLE)))
)

OUTCOMES: Final[Mapping[Word, Outcome]] = {
    Word.ACCEPT: Outcome.ACCEPT,
    Word.REFUSE: Outcome.REFUSE,
    Word.LOOK: Outcome.REFER,
    Word.PROOFS_MISSING: Outcome.REFER,
    Word.PARTLY: Outcome.REFER,
}


def _verdict_of(decision: Decision) -> Word:
    """The engine's word, but a person arranges what is no refund."""
    other = decision.verdict is Word.ACCEPT and any(_other_remedy(unit) for unit in decision.units)
    return Word.LOOK if other else decision.verdict


def _other_remedy(unit: UnitDecision) -> bool:
    return unit.consequences is not None and unit.consequences.remedy is not Remedy.REFUND


def _reasons_of_unit(unit: UnitDecision) -> Iterator[RecordedReason]:
    """What is said about one line: the findings that carried the answer, then why a person looks."""
    if unit.verdict is Word.REFUSE:
        said: Sequence[Found] = unit.against
    else:
        shown = SHOWN_RESULTS[unit.verdict]
        said = [found for found in unit.findings if found.ground == unit.ground and found.result in shown]
    for found in said:
        yield RecordedReason(
            rule=found.rule,
            answer=RECORDED_RESULTS[found.result],
            clause=found.clause,
            says=found.says,
            facts=found.facts,
            line_id=unit.line_id,
        )
    told = {found.rule for found in said}
    for look in unit.looks:
        if look.code not in told:
            yield RecordedReason(
                rule=look.code,
                answer=RecordedResult.LOOK,
                clause="R2.2",
                says=look.says,
                facts={},
                line_id=unit.line_id,
            )
    if unit.verdict is Word.ACCEPT and unit.consequences is not None and _other_remedy(unit):
        remedy = unit.consequences.remedy
        says = fill(OTHER_REMEDY, remedy=name(remedy))
        yield RecordedReason(
            rule="remedy",
            answer=RecordedResult.LOOK,
            clause="R4.4, B15",
            says=says,
            facts={"remedy": remedy.value},
            line_id=unit.line_id,
        )


def _alternatives(decision: Decision) -> tuple[RecordedAlternative, ...]:
    """Of all lines, each once; "none feasible" only when there is nothing for any of them."""
    every = {
        each.offer: RecordedAlternative(each.offer.value, each.says)
        for unit in decision.units
        for each in unit.alternatives
    }
    some = tuple(each for offer, each in every.items() if offer is not Offer.NONE_FEASIBLE)
    return some or (_NONE,)


def _by_right(unit: UnitDecision) -> bool:
    """Whether this is a withdrawal that the law gives; a doubt about the date never costs the customer."""
    by_law = [found.result for found in unit.findings if found.layer is Layer.LAW]
    return unit.cause is Cause.CHANGE_OF_MIND and bool(by_law) and Result.NO not in by_law


def _lines_with_decisions(case: Case, decision: Decision) -> Iterator[tuple[CaseLine, UnitDecision]]:
    return zip(case.lines, decision.units, strict=True)


def _payer(reason: Reason, unit: UnitDecision) -> Payer:
    """Who pays the way back of this line: the customer only where it has been said how much (R2.4, D07)."""
    if unit.consequences is None:
        return Payer.CUSTOMER if reason.fault is Fault.CUSTOMER else Payer.MERCHANT
    freight = unit.consequences.freight
    return Payer.CUSTOMER if freight.payer is Payer.CUSTOMER and freight.amount is not None else Payer.MERCHANT


def _instructions(rules: Rulebook, policy: Policy, case: Case, decision: Decision, at: datetime) -> Instructions:
    """Address, contact, carriers, who pays, by when; one parcel has one payer, the kinder one."""
    known = _known(policy, case)
    there = [each for each in policy.addresses if each.when.may_be(Fact.REGIME, case.regime)]
    row = first_matching(there, known) or (there or policy.addresses)[0]
    payers = {
        _payer(policy.reasons[line.units[0].reason], unit) for line, unit in _lines_with_decisions(case, decision)
    }
    freights = [unit.consequences.freight.amount for unit in decision.units if unit.consequences is not None]
    amounts = [amount for amount in freights if amount is not None] or [
        each.amount for each in policy.freight if each.amount is not None and each.when.may_be(Fact.REGIME, case.regime)
    ]
    amount = amounts[0] if amounts else None
    return Instructions(
        address=Address(row.id, row.recipient, row.lines, row.contact, row.phone),
        carriers=row.carriers,
        freight_payer=Payer.MERCHANT if Payer.MERCHANT in payers or amount is None else Payer.CUSTOMER,
        freight_minor=amount.minor if amount is not None else None,
        freight_currency=amount.currency if amount is not None else rules.regimes[case.regime].currency,
        ship_by=_ship_by(rules, policy, case, at),
    )


def _known(policy: Policy, case: Case) -> Known:
    """What the address may depend on: the whole request, not one of its lines."""
    categories = [policy.category_and_parents(line.category) for line in case.lines]
    return {
        Fact.REGIME: frozenset({case.regime}),
        Fact.CATEGORY: frozenset.intersection(*categories),
        Fact.CHANNEL: frozenset({case.channel}),
        Fact.SEGMENT: frozenset({case.segment}),
        Fact.CURRENCY: frozenset({case.currency}),
        Fact.REASON: frozenset(unit.reason for line in case.lines for unit in line.units),
    }


def _ship_by(rules: Rulebook, policy: Policy, case: Case, at: datetime) -> date:
    """The last day for sending, counted from the day of the approval: the longest of law and policy (D06)."""
    days = rules.days(case.regime)
    law = rules.regimes[case.regime].on(days.day_of(case.ordered_at))
    periods = [each.term.period for each in law.cited(SendBack)]
    periods.append(policy.promises.send_back or A_FORTNIGHT)
    return max(days.after(period, days.day_of(at)).day for period in periods)
