"""One decision from one case: every rule is applied to every ground, and the best ground for the customer wins.

The grounds are the law on the day of the order, the policy frozen at the purchase, the policy in force on the day of
the request, promises to the customer, and goodwill. A ground that accepts is not cancelled by a ground that refuses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from service_requests.domain.eligibility import deadline as times
from service_requests.domain.eligibility.alternative import TIME_RULE, alternatives
from service_requests.domain.eligibility.case import Case, CaseLine, CaseUnit
from service_requests.domain.eligibility.case_checks import check_moments, check_words
from service_requests.domain.eligibility.consequence import consequences
from service_requests.domain.eligibility.decision import Decision, ReviewReason, RuleResult, UnitDecision
from service_requests.domain.eligibility.goodwill import goodwill
from service_requests.domain.eligibility.ground import grounds_of
from service_requests.domain.eligibility.money.threshold import looks_in_other_currencies
from service_requests.domain.eligibility.rule import apply_rules, missing_proofs
from service_requests.domain.eligibility.rule_input import RuleInput
from service_requests.domain.policy.canonical import sha256_of
from service_requests.domain.policy.error import NoPolicy, UnknownPolicy, UnknownRegime
from service_requests.domain.policy.law import Law, Regime
from service_requests.domain.policy.policy import Policy, policy_in_force
from service_requests.domain.policy.rulebook import Rulebook
from service_requests.domain.policy.vocabulary import Layer, Result, Verdict
from shared.kernel.calendar import WorkingCalendar, calendar_named
from shared.kernel.errors import Said
from shared.kernel.places import LegalDays, legal_days
from shared.kernel.refund_term import RefundTerm

WORST_FIRST: Final = (Result.NO, Result.MISSING, Result.LOOK, Result.YES)
VERDICT_OF_RESULT: Final = {
    Result.YES: Verdict.ACCEPT,
    Result.MISSING: Verdict.PROOFS_MISSING,
    Result.LOOK: Verdict.LOOK,
    Result.NO: Verdict.REFUSE,
}
KINDEST_FIRST: Final = (Verdict.ACCEPT, Verdict.PROOFS_MISSING, Verdict.LOOK, Verdict.REFUSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesOfCase:
    """What a decision uses besides the case."""

    law: Law
    regime: Regime
    snapshot: Policy
    later: Policy | None
    legal: LegalDays
    hours: WorkingCalendar

    @property
    def days(self) -> WorkingCalendar:
        """The calendar by which days are counted and told."""
        return self.legal.told


def decide(
    case: Case,
    policies: Sequence[Policy],
    regimes: Mapping[str, Regime],
    calendars: Mapping[str, WorkingCalendar],
    at: datetime,
) -> Decision:
    """The decision at that moment; the same arguments always give the same bytes.

    Raises the `Malformed` errors of `policy.error`, each naming the field, when the case cannot be decided.
    """
    check_moments(case, at)
    rules = _rules_of_case(case, policies, regimes, calendars)
    check_words(case, rules.snapshot)
    total = _total(case)
    units = tuple(_decide_unit(case, line, unit, rules, total) for line in case.lines for unit in line.units)
    deadlines = times.case_deadlines(case, rules.snapshot, rules.law, at, days=rules.days, hours=rules.hours)
    used = (rules.snapshot,) if rules.later is None else (rules.snapshot, rules.later)
    rests_on = (*used, rules.regime, rules.days, rules.hours)
    every = (*deadlines, *(each for unit in units for each in unit.deadlines))
    return Decision(
        verdict=_overall_verdict([unit.verdict for unit in units]),
        units=units,
        deadlines=deadlines,
        provisional=any(each.provisional for each in every),
        decided_at=at,
        policies=tuple(policy.name for policy in used),
        law=f"{rules.regime.code}@{rules.regime.version}",
        policy_sha256=rules.snapshot.sha256,
        inputs_sha256=sha256_of((case, tuple(map(_digest, rests_on)), at)),
    )


def refund_terms(
    case: Case, policies: Sequence[Policy], regimes: Mapping[str, Regime], calendars: Mapping[str, WorkingCalendar]
) -> tuple[tuple[RefundTerm, ...], ...]:
    """For the first unit of each line: the terms by which the refund falls due. Raises the errors of `decide`."""
    rules = _rules_of_case(case, policies, regimes, calendars)
    inputs = (_rule_input(case, line, line.units[0], rules, _total(case)) for line in case.lines)
    return tuple(times.refund_terms(rule_input) for rule_input in inputs)


def rule_inputs_with(rules: Rulebook, case: Case) -> tuple[RuleInput, ...]:
    """For the first unit of each line: what its rules may use. Raises the errors of `decide`."""
    found = _rules_of_case(case, rules.policies, rules.regimes, rules.calendars)
    return tuple(_rule_input(case, line, line.units[0], found, _total(case)) for line in case.lines)


def _total(case: Case) -> int:
    return sum(line.unit_paid.minor * unit.pieces for line in case.lines for unit in line.units)


@lru_cache(maxsize=1_024)
def _calendar_sha256(calendar: WorkingCalendar) -> str:
    return sha256_of(calendar)


def _digest(part: Policy | Regime | WorkingCalendar) -> str:
    return _calendar_sha256(part) if isinstance(part, WorkingCalendar) else part.sha256


def refund_terms_with(rules: Rulebook, case: Case) -> tuple[tuple[RefundTerm, ...], ...]:
    """For each line, in the order of the request: the terms of the refund. Raises the errors of `decide`."""
    return refund_terms(case, rules.policies, rules.regimes, rules.calendars)


def decide_with(rules: Rulebook, case: Case, at: datetime) -> Decision:
    """The decision by all rules of the rulebook. Raises the errors of `decide`."""
    return decide(case, rules.policies, rules.regimes, rules.calendars, at)


def _rules_of_case(
    case: Case,
    policies: Sequence[Policy],
    regimes: Mapping[str, Regime],
    calendars: Mapping[str, WorkingCalendar],
) -> RulesOfCase:
    regime = regimes.get(case.regime)
    if regime is None:
        raise UnknownRegime(pointer="/regime", regime=case.regime, known=", ".join(sorted(regimes)))
    base = calendar_named(calendars, regime.calendar)
    legal = legal_days(calendars, base, case.ship_to)
    days = legal.told
    ordered_on = days.day_of(case.ordered_at)
    serving = [policy for policy in policies if case.regime in policy.regimes]
    snapshot = _snapshot(case, serving, ordered_on)
    later = policy_in_force(serving, days.day_of(case.stated_at))
    return RulesOfCase(
        law=regime.on(ordered_on),
        regime=regime,
        snapshot=snapshot,
        later=None if later is None or later.name == snapshot.name else later,
        legal=legal,
        hours=base if snapshot.calendar is None else calendar_named(calendars, snapshot.calendar),
    )


def _snapshot(case: Case, serving: Sequence[Policy], ordered_on: date) -> Policy:
    if case.policy is not None:
        named = next((policy for policy in serving if policy.name == case.policy), None)
        if named is None:
            known = ", ".join(policy.name for policy in serving) or "-"
            raise UnknownPolicy(pointer="/policy", policy=case.policy, known=known)
        return named
    found = policy_in_force(serving, ordered_on)
    if found is None:
        raise NoPolicy(pointer="/ordered_at", regime=case.regime, day=ordered_on.isoformat())
    return found


def _decide_unit(case: Case, line: CaseLine, unit: CaseUnit, rules: RulesOfCase, total_minor: int) -> UnitDecision:
    rule_input = _rule_input(case, line, unit, rules, total_minor)
    grounds = tuple(grounds_of(rule_input, rules.later))
    results_by_ground = [apply_rules(rule_input, ground) for ground in grounds]
    verdicts = [_verdict_of(found) for found in results_by_ground]
    kindest = min(verdicts, key=KINDEST_FIRST.index)
    winners = [ground for verdict, ground in zip(verdicts, grounds, strict=True) if verdict is kindest]
    by_right = tuple(finding for found in results_by_ground for finding in found)
    given = goodwill(rule_input, _ended_on(by_right)) if kindest is not Verdict.ACCEPT else ()
    findings = by_right + given
    by_goodwill = bool(given) and KINDEST_FIRST.index(_verdict_of(given)) < KINDEST_FIRST.index(kindest)
    verdict = _verdict_of(given) if by_goodwill else kindest
    ground_name = given[0].ground if by_goodwill else winners[0].name
    stands_on = Layer.GOODWILL if by_goodwill else winners[0].layer
    review_reasons = _review_reasons(rule_input, verdict, findings, rules.snapshot)
    final = Verdict.LOOK if review_reasons else verdict
    accepting = () if by_goodwill else tuple(winners)
    follows = consequences(rule_input, accepting) if verdict is not Verdict.REFUSE else None
    return UnitDecision(
        line_id=line.id,
        unit_id=unit.id,
        verdict=final,
        cause=rule_input.cause,
        stands_on=stands_on if verdict is not Verdict.REFUSE else None,
        ground=ground_name if verdict is not Verdict.REFUSE else None,
        findings=findings,
        missing=missing_proofs(rule_input, winners[0]) if final is Verdict.PROOFS_MISSING else (),
        looks=review_reasons,
        alternatives=alternatives(rule_input, grounds, findings) if verdict is Verdict.REFUSE else (),
        consequences=follows,
        deadlines=times.unit_deadlines(rule_input, accepting, follows.remedy) if follows is not None else (),
    )


def _rule_input(case: Case, line: CaseLine, unit: CaseUnit, rules: RulesOfCase, total_minor: int) -> RuleInput:
    return RuleInput(
        case=case,
        line=line,
        unit=unit,
        reason=rules.snapshot.reasons[unit.reason],
        law=rules.law,
        regime=rules.regime.code,
        snapshot=rules.snapshot,
        legal=rules.legal,
        total_minor=total_minor,
    )


def _verdict_of(findings: Sequence[RuleResult]) -> Verdict:
    results = {finding.result for finding in findings}
    return VERDICT_OF_RESULT[next((result for result in WORST_FIRST if result in results), Result.YES)]


def _ended_on(findings: Sequence[RuleResult]) -> date | None:
    ends = [
        date.fromisoformat(finding.facts["last_day"])
        for finding in findings
        if finding.rule == TIME_RULE and "last_day" in finding.facts
    ]
    return max(ends, default=None)


def _review_reasons(
    rule_input: RuleInput, verdict: Verdict, findings: Sequence[RuleResult], policy: Policy
) -> tuple[ReviewReason, ...]:
    """Why a person looks. Only the customer's wish refers a refusal; signals and thresholds never do (B13)."""
    if verdict is Verdict.REFUSE:
        return (ReviewReason("asked_for", PERSON_ASKED_FOR),) if rule_input.case.wants_person else ()
    if verdict is Verdict.PROOFS_MISSING:
        return ()
    unsure = [finding for finding in findings if finding.result is Result.LOOK and verdict is Verdict.LOOK]
    review_reasons = [ReviewReason(finding.rule, finding.says) for finding in unsure]
    values = rule_input.values_for(policy)
    review_reasons += [ReviewReason(row.id, row.says) for row in policy.persons if row.when.holds(values)]
    review_reasons += looks_in_other_currencies(rule_input, policy)
    review_reasons += [ReviewReason(signal.code, signal.says) for signal in rule_input.case.signals]
    if rule_input.reason.person:
        review_reasons.append(ReviewReason("reason_needs_a_person", REASON_NEEDS_PERSON))
    if rule_input.unit.serial_differs:
        review_reasons.append(ReviewReason("serial_differs", SERIAL_DIFFERS))
    return tuple(review_reasons)


PERSON_ASKED_FOR: Final = Said(
    "You asked for a person to look at it, so nobody but a person decides.", "您要求人工处理，因此由人工作出决定。"
)
REASON_NEEDS_PERSON: Final = Said("A person reads what you wrote first.", "将先由人工查看您的说明。")
SERIAL_DIFFERS: Final = Said("The serial number is not the one we sold.", "序列号与售出时不一致。")


def _overall_verdict(verdicts: Sequence[Verdict]) -> Verdict:
    """One verdict for all units: a person first, then missing proofs, then all, part or none."""
    kinds = set(verdicts)
    for first in (Verdict.LOOK, Verdict.PROOFS_MISSING):
        if first in kinds:
            return first
    return Verdict.PARTLY if len(kinds) > 1 else kinds.pop()


def replay(
    recorded: bytes,
    *,
    case: Case,
    policies: Sequence[Policy],
    regimes: Mapping[str, Regime],
    calendars: Mapping[str, WorkingCalendar],
    at: datetime,
) -> bool:
    """Whether the replay gives the same bytes as the recorded decision."""
    return decide(case, policies, regimes, calendars, at).to_bytes() == recorded
