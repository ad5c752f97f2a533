"""One decision from one case: every ground is judged by every rule, and the kindest ground wins.

The grounds are the law of the day of the order, the policy frozen at the purchase, the one in force when the customer
asks, promises made to her, and goodwill. A rule never adds to a refusal what another ground has already accepted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from service_requests.domain.rights.ask import Ask
from service_requests.domain.rights.calendar import WorkingCalendar
from service_requests.domain.rights.canonical import sha256_of
from service_requests.domain.rights.case import Case, Line, Unit
from service_requests.domain.rights.consequence import consequences
from service_requests.domain.rights.deadlines import case_deadlines, unit_deadlines
from service_requests.domain.rights.decision import Decision, Finding, Look, UnitDecision
from service_requests.domain.rights.goodwill import goodwill
from service_requests.domain.rights.grant import grants
from service_requests.domain.rights.law import Law, Regime
from service_requests.domain.rights.policy import Policy, in_force
from service_requests.domain.rights.refusal import NoPolicy, UnknownCalendar, UnknownPolicy, UnknownRegime
from service_requests.domain.rights.remedy import ENDS_WITH, alternatives
from service_requests.domain.rights.rules import judge, missing_proofs
from service_requests.domain.rights.soundness import check_moments, check_words
from service_requests.domain.rights.vocabulary import Layer, Result, Verdict
from shared.kernel.errors import Said

WORST_FIRST: Final = (Result.NO, Result.MISSING, Result.LOOK, Result.YES)
VERDICTS: Final = {
    Result.YES: Verdict.ACCEPT,
    Result.MISSING: Verdict.PROOFS_MISSING,
    Result.LOOK: Verdict.LOOK,
    Result.NO: Verdict.REFUSE,
}
KINDEST_FIRST: Final = (Verdict.ACCEPT, Verdict.PROOFS_MISSING, Verdict.LOOK, Verdict.REFUSE)


@dataclass(frozen=True, slots=True)
class Bench:
    """What a decision rests on besides the case."""

    law: Law
    regime: Regime
    snapshot: Policy
    later: Policy | None
    days: WorkingCalendar
    hours: WorkingCalendar


def decide(
    case: Case,
    policies: Sequence[Policy],
    regimes: Mapping[str, Regime],
    calendars: Mapping[str, WorkingCalendar],
    at: datetime,
) -> Decision:
    """The answer at that moment; the same arguments give the same bytes, for ever.

    Raises the `Malformed` errors of `refusal`, each naming the field, when the case cannot be decided about.
    """
    check_moments(case, at)
    bench = _bench(case, policies, regimes, calendars)
    check_words(case, bench.snapshot)
    total = sum(line.unit_paid.minor * unit.pieces for line in case.lines for unit in line.units)
    units = tuple(_judge(case, line, unit, bench, total) for line in case.lines for unit in line.units)
    deadlines = case_deadlines(case, bench.snapshot, bench.law, at, days=bench.days, hours=bench.hours)
    used = (bench.snapshot,) if bench.later is None else (bench.snapshot, bench.later)
    rests_on = (*used, bench.regime, bench.days, bench.hours)
    every = (*deadlines, *(each for unit in units for each in unit.deadlines))
    return Decision(
        _whole([unit.verdict for unit in units]),
        units,
        deadlines,
        any(each.provisional for each in every),
        at,
        tuple(policy.name for policy in used),
        f"{bench.regime.code}@{bench.regime.version}",
        bench.snapshot.sha256,
        sha256_of((case, tuple(each.sha256 for each in rests_on), at)),
    )


def _bench(
    case: Case,
    policies: Sequence[Policy],
    regimes: Mapping[str, Regime],
    calendars: Mapping[str, WorkingCalendar],
) -> Bench:
    regime = regimes.get(case.regime)
    if regime is None:
        raise UnknownRegime(pointer="/regime", regime=case.regime, known=", ".join(sorted(regimes)))
    days = _calendar(calendars, regime.calendar)
    ordered_on = days.day_of(case.ordered_at)
    serving = [policy for policy in policies if case.regime in policy.regimes]
    snapshot = _snapshot(case, serving, ordered_on)
    later = in_force(serving, days.day_of(case.stated_at))
    return Bench(
        regime.on(ordered_on),
        regime,
        snapshot,
        None if later is None or later.name == snapshot.name else later,
        days,
        days if snapshot.calendar is None else _calendar(calendars, snapshot.calendar),
    )


def _snapshot(case: Case, serving: Sequence[Policy], ordered_on: date) -> Policy:
    if case.policy is not None:
        named = next((policy for policy in serving if policy.name == case.policy), None)
        if named is None:
            known = ", ".join(policy.name for policy in serving) or "-"
            raise UnknownPolicy(pointer="/policy", policy=case.policy, known=known)
        return named
    found = in_force(serving, ordered_on)
    if found is None:
        raise NoPolicy(pointer="/ordered_at", regime=case.regime, day=ordered_on.isoformat())
    return found


def _calendar(calendars: Mapping[str, WorkingCalendar], name: str) -> WorkingCalendar:
    if name not in calendars:
        raise UnknownCalendar(pointer="/calendar", calendar=name)
    return calendars[name]


def _judge(case: Case, line: Line, unit: Unit, bench: Bench, total_minor: int) -> UnitDecision:
    reason = bench.snapshot.reasons[unit.reason]
    ask = Ask(case, line, unit, reason, bench.law, bench.regime.code, bench.snapshot, bench.days, total_minor)
    grounds = tuple(grants(ask, bench.later))
    said = [judge(ask, grant) for grant in grounds]
    verdicts = [_of(found) for found in said]
    kindest = min(verdicts, key=KINDEST_FIRST.index)
    winners = [grant for verdict, grant in zip(verdicts, grounds, strict=True) if verdict is kindest]
    by_right = tuple(finding for found in said for finding in found)
    given = goodwill(ask, _ended_on(by_right)) if kindest is not Verdict.ACCEPT else ()
    findings = by_right + given
    by_goodwill = bool(given) and KINDEST_FIRST.index(_of(given)) < KINDEST_FIRST.index(kindest)
    verdict = _of(given) if by_goodwill else kindest
    ground = given[0].ground if by_goodwill else winners[0].ground
    stands_on = Layer.GOODWILL if by_goodwill else winners[0].layer
    looks = _looks(ask, verdict, findings, bench.snapshot)
    final = Verdict.LOOK if looks else verdict
    accepting = () if by_goodwill else tuple(winners)
    follows = consequences(ask, accepting) if verdict is not Verdict.REFUSE else None
    return UnitDecision(
        line.id,
        unit.id,
        final,
        ask.cause,
        stands_on if verdict is not Verdict.REFUSE else None,
        ground if verdict is not Verdict.REFUSE else None,
        findings,
        missing_proofs(ask, winners[0]) if final is Verdict.PROOFS_MISSING else (),
        looks,
        alternatives(ask, grounds, findings) if verdict is Verdict.REFUSE else (),
        follows,
        unit_deadlines(ask, accepting, follows.remedy) if follows is not None else (),
    )


def _of(findings: Sequence[Finding]) -> Verdict:
    results = {finding.result for finding in findings}
    return VERDICTS[next((result for result in WORST_FIRST if result in results), Result.YES)]


def _ended_on(findings: Sequence[Finding]) -> date | None:
    ends = [
        date.fromisoformat(finding.facts["last_day"])
        for finding in findings
        if finding.rule == ENDS_WITH and "last_day" in finding.facts
    ]
    return max(ends, default=None)


def _looks(ask: Ask, verdict: Verdict, findings: Sequence[Finding], policy: Policy) -> tuple[Look, ...]:
    """Why a person looks. Signals and thresholds never touch a refusal; only the customer's own wish does (B13)."""
    if verdict is Verdict.REFUSE:
        return (Look("asked_for", ASKED),) if ask.case.wants_person else ()
    if verdict is Verdict.PROOFS_MISSING:
        return ()
    unsure = [finding for finding in findings if finding.result is Result.LOOK and verdict is Verdict.LOOK]
    looks = [Look(finding.rule, finding.says) for finding in unsure]
    known = ask.known_to(policy)
    looks += [Look(row.id, row.says) for row in policy.persons if row.when.holds(known)]
    looks += [Look(signal.code, signal.says) for signal in ask.case.signals]
    if ask.reason.person:
        looks.append(Look("reason_needs_a_person", READ_FIRST))
    if ask.unit.serial_differs:
        looks.append(Look("serial_differs", SERIAL))
    return tuple(looks)


ASKED: Final = Said(
    "You asked for a person to look at it, so nobody but a person decides.", "您要求人工处理，因此由人工作出决定。"
)
READ_FIRST: Final = Said("A person reads what you wrote first.", "将先由人工查看您的说明。")
SERIAL: Final = Said("The serial number is not the one we sold.", "序列号与售出时不一致。")


def _whole(verdicts: Sequence[Verdict]) -> Verdict:
    """One answer for all units: a person or a proof first, then all, part or none."""
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
    """Whether the decision of that day comes out the same to the byte."""
    return decide(case, policies, regimes, calendars, at).to_bytes() == recorded
