"""When a refund is due, in words: the day that `shared.kernel.refund_term` counts, with its clause (I06)."""

from collections.abc import Mapping, Sequence
from datetime import date

from service_requests.domain.eligibility.decision import Deadline
from service_requests.domain.policy.law import Cited
from service_requests.domain.policy.sentences import OR, fill, listed, name, say_day
from service_requests.domain.policy.term import RefundClock
from shared.kernel.calendar import WorkingCalendar
from shared.kernel.errors import Said
from shared.kernel.refund_term import Milestone


def refund_due(
    clock: Cited[RefundClock], reached: Mapping[Milestone, date], calendar: WorkingCalendar, *, collects: bool = False
) -> Deadline:
    """The day by which the refund is due; `may_wait_for` names the milestones for which the refund may wait."""
    term = clock.term.term(collects=collects)
    due = term.due(reached, calendar)
    if due.day is None:
        said = fill(
            Said("The refund is due {period} after {event}.", "在{event}后{period}内退款。"),
            period=term.period.say(),
            event=_either(due.waits_for),
        )
        return Deadline(
            name="refund_by", day=None, ends_at=None, clause=clock.clause, says=said, waits_for=due.waits_for
        )
    said = Said("The refund is due by {day}.", "最迟于{day}退款。")
    if due.may_wait_for:
        said = Said("The refund is due by {day}, but may wait for {event}.", "最迟于{day}退款，但可等待{event}后再退。")
    return Deadline(
        name="refund_by",
        day=due.day,
        ends_at=calendar.end_of(due.day),
        clause=clock.clause,
        says=fill(said, day=say_day(due.day), event=_either(due.may_wait_for)),
        provisional=due.provisional,
        may_wait_for=due.may_wait_for,
    )


def _either(milestones: Sequence[Milestone]) -> Said:
    return listed([name(each) for each in milestones], last=OR)
