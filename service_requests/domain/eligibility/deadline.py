"""The deadlines of a case for both sides, and the penalty lines beyond which the law sees a breach (C03, I06)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from service_requests.domain.eligibility.case import Case
from service_requests.domain.eligibility.decision import Deadline
from service_requests.domain.eligibility.ground import Ground
from service_requests.domain.eligibility.refund_clock import refund_due
from service_requests.domain.eligibility.rule import usable_windows
from service_requests.domain.eligibility.rule_input import RuleInput
from service_requests.domain.policy.law import Cited, Law
from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.sentences import fill, say_day
from service_requests.domain.policy.term import Penalty, RefundClock, SendBack, Window
from service_requests.domain.policy.vocabulary import Cause, Remedy
from service_requests.domain.policy.working_time import start
from shared.kernel.calendar import CountedDay, WorkingCalendar
from shared.kernel.errors import Said
from shared.kernel.refund_term import Milestone, RefundTerm, soonest

RETURN_UNTIL: Final = Said("You can tell us until {day}.", "您可以在{day}（含当日）前提出。")
SEND_BY: Final = Said("Please send it back by {day}.", "请在{day}（含当日）前寄出。")
DECIDE_BY: Final = Said("We decide by {day}.", "我们最迟于{day}作出决定。")
OBJECT_BY: Final = Said("You may object until {day}.", "您可以在{day}（含当日）前提出异议。")
NO_LATER: Final = Said("From the day after {day} the law sees a breach: {what}.", "{day}之后即构成违法：{what}。")
MONEY: Final = frozenset({Remedy.REFUND, Remedy.PARTIAL_REFUND})
BREACHES: Final[Mapping[str, Said]] = {
    "return_address": Said("no return address given", "未提供退货地址"),
    "handling": Said("the request not handled", "未处理退货要求"),
    "refund": Said("no refund made", "未退款"),
}


def case_deadlines(
    case: Case, policy: Policy, law: Law, at: datetime, *, days: WorkingCalendar, hours: WorkingCalendar
) -> tuple[Deadline, ...]:
    """The deadlines of the whole request: decision, objection and the penalty lines of the law."""
    clock = start(hours, case.stated_at, policy.promises.decide_hours)
    decided = hours.day_of(clock.due_at)
    unsure = not (hours.is_published(hours.day_of(case.stated_at)) and hours.is_published(decided))
    object_by = days.after(policy.promises.object_within, days.day_of(at))
    return (
        Deadline(
            name="decide_by",
            day=decided,
            ends_at=clock.due_at,
            clause=f"{policy.name} R2.1",
            says=_on(DECIDE_BY, decided),
            provisional=unsure,
            warns_at=clock.warns_at(policy.promises.warn_at),
        ),
        _ends("object_by", object_by, days, f"{policy.name} R2.5", OBJECT_BY),
        *(_alarms(case, law, days) if case.consumer else ()),
    )


def _alarms(case: Case, law: Law, days: WorkingCalendar) -> Iterator[Deadline]:
    """The penalty lines that can still be crossed; the line of the return address ends when the address is given."""
    for line in penalty_lines(law, reached(case, days), days):
        if line.name != "penalty_return_address" or not case.told.return_address_given:
            yield line


def penalty_lines(law: Law, milestones: Mapping[Milestone, date], days: WorkingCalendar) -> Iterator[Deadline]:
    """The last day without a breach, for each line whose clock has begun."""
    for each in law.cited(Penalty):
        if each.term.after in milestones:
            reckoned = days.after(each.term.period, milestones[each.term.after])
            said = fill(NO_LATER, day=say_day(reckoned.day), what=BREACHES[each.term.what])
            yield _at(f"penalty_{each.term.what}", reckoned, days, each.clause, said)


def unit_deadlines(rule_input: RuleInput, accepting: Sequence[Ground], remedy: Remedy) -> tuple[Deadline, ...]:
    """The deadlines of one unit with its remedy: for the request, for sending back, for the refund."""
    refund = _refund(rule_input) if remedy in MONEY else None
    return tuple(
        each
        for each in (_return_until(rule_input, accepting, remedy), _send_back(rule_input), refund)
        if each is not None
    )


def _return_until(rule_input: RuleInput, accepting: Sequence[Ground], remedy: Remedy) -> Deadline | None:
    ends = [
        (rule_input.last_day(each.term), each.clause)
        for ground in accepting
        for each in usable_windows(rule_input, ground)
        if remedy in each.term.remedies
    ]
    ends += [(CountedDay(ground.until), ground.clause) for ground in accepting if ground.until is not None]
    if not ends:
        return None
    reckoned, clause = max(ends, key=lambda pair: pair[0].day)
    return _ends("return_until", reckoned, rule_input.calendar, clause, RETURN_UNTIL)


def _send_back(rule_input: RuleInput) -> Deadline | None:
    own = rule_input.snapshot.promises.send_back
    law = rule_input.law
    periods = [(each.term.period, sending_rolls_over(law), each.clause) for each in law.cited(SendBack)]
    if own is not None:
        periods.append((own, False, f"{rule_input.snapshot.name} send_back"))
    ends = [
        (rule_input.calendar.after(period, rule_input.stated_on, rolls_over=rolls_over), clause)
        for period, rolls_over, clause in periods
    ]
    if not ends:
        return None
    reckoned, clause = max(ends, key=lambda pair: pair[0].day)
    # nobody loses a right after this day, so that it is told as it is, whatever holidays are still to be published
    return _ends("send_back_by", CountedDay(reckoned.day), rule_input.calendar, clause, SEND_BY)


def sending_rolls_over(law: Law) -> bool:
    """Whether a last day off for sending moves to the next working day: where the time for a withdrawal does, because
    one rule of counting covers all periods of the law (Regulation 1182/71 art. 3(4), X26).
    """
    return any(each.term.rolls_over for each in law.cited(Window) if each.term.cause is Cause.CHANGE_OF_MIND)


def _refund(rule_input: RuleInput) -> Deadline | None:
    clocks = refund_clocks(rule_input)
    milestones = reached(rule_input.case, rule_input.calendar)
    collects = rule_input.case.progress.collects
    place = soonest([clock.term.term(collects=collects) for clock in clocks], milestones, rule_input.calendar)
    return None if place is None else refund_due(clocks[place], milestones, rule_input.calendar, collects=collects)


def refund_clocks(rule_input: RuleInput) -> Sequence[Cited[RefundClock]]:
    """The clocks that bind a refund of this unit: those of the law for a consumer, then the clock of the policy."""
    return (
        *(_by_law(rule_input, rule_input.cause) if rule_input.case.consumer else ()),
        *_by_policy(rule_input, rule_input.cause),
    )


def refund_terms(rule_input: RuleInput) -> tuple[RefundTerm, ...]:
    """The terms of these clocks. The service of refunds counts the same day from the terms.

    Where neither law nor policy sets a clock, the clocks of a change of mind bind the refund, so that a customer with
    more rights is not paid later.
    """
    other = Cause.CHANGE_OF_MIND
    clocks = refund_clocks(rule_input) or (*_by_law(rule_input, other), *_by_policy(rule_input, other))
    return tuple(clock.term.term(collects=rule_input.case.progress.collects) for clock in clocks)


def _by_law(rule_input: RuleInput, cause: Cause) -> Iterator[Cited[RefundClock]]:
    return (each for each in rule_input.law.cited(RefundClock) if each.term.cause is cause)


def _by_policy(rule_input: RuleInput, cause: Cause) -> Iterator[Cited[RefundClock]]:
    """The clock of the first row whose condition holds, if there is one."""
    values = rule_input.values_for(rule_input.snapshot)
    for row in rule_input.snapshot.refunds:
        if row.clock.cause is cause and row.when.holds(values):
            yield Cited(row.clock, row.id, f"{rule_input.snapshot.name} refunds/{row.id}", row.clock.period.say())
            return


def reached(case: Case, days: WorkingCalendar) -> Mapping[Milestone, date]:
    """The milestones that have been reached, as days in the zone of the regime."""
    moments = {
        Milestone.STATEMENT: case.stated_at,
        Milestone.PROOF_OF_SENDING: case.progress.sent_at,
        Milestone.GOODS_IN: case.progress.goods_in_at,
        Milestone.AGREED: case.progress.agreed_at,
    }
    return {milestone: days.day_of(moment) for milestone, moment in moments.items() if moment is not None}


def _ends(name: str, reckoned: CountedDay, days: WorkingCalendar, clause: str, said: Said) -> Deadline:
    return _at(name, reckoned, days, clause, _on(said, reckoned.day))


def _at(name: str, reckoned: CountedDay, days: WorkingCalendar, clause: str, said: Said) -> Deadline:
    return Deadline(
        name=name,
        day=reckoned.day,
        ends_at=days.end_of(reckoned.day),
        clause=clause,
        says=said,
        provisional=reckoned.provisional,
    )


def _on(said: Said, day: date) -> Said:
    return fill(said, day=say_day(day))
