"""When the money is due: from the statement, the arrival or the proof of sending, and how long it may wait (I06).

The merchant's own deadlines never roll over in its favour.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from service_requests.domain.eligibility.decision import Deadline
from service_requests.domain.policy.calendar import WorkingCalendar
from service_requests.domain.policy.law import Cited
from service_requests.domain.policy.sentences import OR, fill, listed, name, say_day
from service_requests.domain.policy.term import RefundClock
from service_requests.domain.policy.vocabulary import Milestone
from shared.kernel.errors import Said


def refund_due(
    clock: Cited[RefundClock], reached: Mapping[Milestone, date], calendar: WorkingCalendar, *, collects: bool = False
) -> Deadline:
    """The day by which the refund is due. While it may wait, that day stands and `may_wait_for` says for what."""
    term = clock.term
    starts = (term.if_collected,) if collects and term.if_collected is not None else term.starts
    begins = min((reached[each] for each in starts if each in reached), default=None)
    if begins is None:
        said = fill(
            Said("The refund is due {period} after {event}.", "在{event}后{period}内退款。"),
            period=term.period.say(),
            event=_either(starts),
        )
        return Deadline(name="refund_by", day=None, ends_at=None, clause=clock.clause, says=said, waits_for=starts)
    due = calendar.after(term.period, begins)
    waits = () if collects else term.may_wait_for
    released = min((reached[each] for each in waits if each in reached), default=None)
    day = max(due.day, released) if released is not None else due.day
    open_waits = waits if released is None else ()
    said = Said("The refund is due by {day}.", "最迟于{day}退款。")
    if open_waits:
        said = Said("The refund is due by {day}, but may wait for {event}.", "最迟于{day}退款，但可等待{event}后再退。")
    return Deadline(
        name="refund_by",
        day=day,
        ends_at=calendar.end_of(day),
        clause=clock.clause,
        says=fill(said, day=say_day(day), event=_either(open_waits)),
        provisional=due.provisional,
        may_wait_for=open_waits,
    )


def soonest(deadlines: Sequence[Deadline]) -> Deadline | None:
    """The kindest: what has a day before what waits, what need not wait before what may, then the earliest."""
    return min(deadlines, key=_lateness, default=None)


def _lateness(deadline: Deadline) -> tuple[bool, bool, date]:
    return deadline.day is None, bool(deadline.may_wait_for), deadline.day or date.max


def _either(milestones: Sequence[Milestone]) -> Said:
    return listed([name(each) for each in milestones], last=OR)
