"""What a policy gives in each regime, as figures: from its rows, the laws and the engine."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from service_requests.domain.eligibility.case import Case, CaseLine, CaseUnit
from service_requests.domain.eligibility.case_of_order import CONDITIONS
from service_requests.domain.eligibility.engine import VERDICT_OF_RESULT, decide_with
from service_requests.domain.eligibility.window import Parcel
from service_requests.domain.policy.condition import Between, Fact, FactValues
from service_requests.domain.policy.law import Cited
from service_requests.domain.policy.policy import Policy, Reason, first_matching
from service_requests.domain.policy.rates import least_in
from service_requests.domain.policy.rulebook import Rulebook
from service_requests.domain.policy.term import ReturnFreight, SendBack, Window
from service_requests.domain.policy.vocabulary import Cause, Fault, Payer, Proof, Remedy, Result
from shared.kernel.money import Money

RESULT_OF_VERDICT: Final = {verdict: result for result, verdict in VERDICT_OF_RESULT.items()}
A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeSummary:
    """The figures of one regime for an order of one day. Days are the least length of a window.

    `fault_days`: how long a fault is refunded; `fault_look_days`: how long any remedy is owed for a fault.
    """

    code: str
    time_zone: str
    window_days: int
    statutory: bool
    rolls_over: bool
    window_clause: str
    fault_days: int
    fault_look_days: int
    fault_clause: str
    ship_days: int
    return_freight: Money | None
    high_value: Money | None


def regime_summary(rules: Rulebook, policy: Policy, code: str, on: date) -> RegimeSummary:
    """The figures of one regime that the policy serves."""
    law = rules.regimes[code].on(on)
    values = _fact_values(rules, policy, code, on)
    minds = list(_windows(rules, policy, code, on, Cause.CHANGE_OF_MIND))
    faults = list(_windows(rules, policy, code, on, Cause.DEFECT))
    mind = max(minds, key=_days, default=None)
    refunded = max((each for each in faults if Remedy.REFUND in each.term.remedies), key=_days, default=None)
    periods = [each.term.period.least_days for each in law.cited(SendBack)]
    own = policy.promises.send_back
    row = first_matching([each for each in policy.freight if each.cause is Cause.CHANGE_OF_MIND], values)
    return RegimeSummary(
        code=code,
        time_zone=rules.days(code).zone,
        window_days=_days(mind) if mind is not None else 0,
        statutory=any(each.term.cause is Cause.CHANGE_OF_MIND for each in law.cited(Window)),
        rolls_over=mind is not None and mind.term.rolls_over,
        window_clause=mind.clause if mind is not None else "",
        fault_days=_days(refunded) if refunded is not None else 0,
        fault_look_days=max(map(_days, faults), default=0),
        fault_clause=refunded.clause if refunded is not None else "",
        ship_days=max([*periods, own.least_days if own is not None else 14]),
        return_freight=row.amount if row is not None and row.payer is Payer.CUSTOMER else None,
        high_value=_high_value(rules, policy, code),
    )


def payer_of_reason(rules: Rulebook, policy: Policy, reason: Reason, on: date) -> Payer:
    """Who pays for sending back for this reason, in the first regime that the policy serves."""
    code = policy.regimes[0]
    values = {**_fact_values(rules, policy, code, on), Fact.REASON: frozenset({reason.code})}
    row = first_matching([each for each in policy.freight if each.cause is reason.cause], values)
    if row is not None:
        return row.payer
    law = rules.regimes[code].on(on).cited(ReturnFreight)
    return next((each.term.payer for each in law if each.term.cause is reason.cause), Payer.MERCHANT)


def answer_for_condition(rules: Rulebook, policy: Policy, condition: str, code: str, on: date) -> Result:
    """The answer of the engine for this condition and a change of mind, on the day after delivery."""
    reasons = [each for each in policy.reasons.values() if each.fault is Fault.CUSTOMER]
    if not reasons:
        return Result.LOOK
    reason = min(reasons, key=lambda each: each.person)
    there = ZoneInfo(rules.days(code).zone)
    ordered = datetime.combine(on, time(9), there)
    unit = CaseUnit(id="1", reason=reason.code, states=CONDITIONS[condition].states, proofs=frozenset(Proof))
    currency = rules.regimes[code].currency
    case = Case(
        regime=code,
        currency=currency,
        channel=policy.channels[0],
        segment=policy.segments[0],
        ordered_at=ordered,
        stated_at=ordered + 3 * A_DAY,
        lines=(CaseLine(id="1", sku="any", category=None, unit_paid=Money(100, currency), units=(unit,)),),
        parcels=(Parcel("1", signed_for_at=ordered + 2 * A_DAY),),
        policy=policy.name,
    )
    return RESULT_OF_VERDICT[decide_with(rules, case, case.stated_at).verdict]


def _days(window: Cited[Window]) -> int:
    return window.term.period.least_days


def _windows(rules: Rulebook, policy: Policy, code: str, on: date, cause: Cause) -> Iterator[Cited[Window]]:
    law = rules.regimes[code].on(on).cited(Window)
    yield from (each for each in law if each.term.cause is cause and not each.term.after_failed_repairs)
    values = _fact_values(rules, policy, code, on)
    row = first_matching([each for each in policy.windows if each.window.cause is cause], values)
    if row is not None:
        yield Cited(row.window, row.id, f"{policy.name} windows/{row.id}", row.window.period.say())


def _fact_values(rules: Rulebook, policy: Policy, code: str, on: date) -> FactValues:
    return {
        Fact.REGIME: frozenset({code}),
        Fact.CHANNEL: frozenset({policy.channels[0]}),
        Fact.SEGMENT: frozenset({policy.segments[0]}),
        Fact.CURRENCY: frozenset({rules.regimes[code].currency}),
        Fact.ORDERED_ON: on,
    }


def _high_value(rules: Rulebook, policy: Policy, code: str) -> Money | None:
    """The amount from which a person looks."""
    currency = rules.regimes[code].currency
    for row in policy.persons:
        if row.when.may_be(Fact.REGIME, code) and row.when.may_be(Fact.CURRENCY, currency):
            for fact in (Fact.TOTAL_MINOR, Fact.VALUE_MINOR):
                test = row.when.tests.get(fact)
                if isinstance(test, Between) and test.least is not None:
                    own = currency if row.when.in_its_currency else policy.currency
                    least = least_in(policy.rates, test.least, own, currency)
                    return None if least is None else Money(least, currency)
    return None
