"""The one rule by which the day of a refund is counted: from a statement, an arrival, a proof of sending (I06, Z11).

The law pack and the policy give the periods and their starts, as values. The service that knows the facts counts here.
The merchant's own deadlines never move to a later working day in its favour.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from shared.kernel.calendar import WorkingCalendar
from shared.kernel.period import Period


class Milestone(StrEnum):
    """A fact that a refund's period may start from or wait for."""

    STATEMENT = "statement"
    PROOF_OF_SENDING = "proof_of_sending"
    GOODS_IN = "goods_in"
    AGREED = "agreed"


class Due(NamedTuple):
    """The day of a refund. Without a day, the period starts with the first of `waits_for`.

    While the refund may wait, the day is valid and `may_wait_for` names the facts.
    """

    day: date | None
    provisional: bool = False
    waits_for: tuple[Milestone, ...] = ()
    may_wait_for: tuple[Milestone, ...] = ()

    @property
    def lateness(self) -> tuple[bool, bool, date]:
        """A sort key, best for the customer first: a day is known, nothing to wait for, the earliest day."""
        return self.day is None, bool(self.may_wait_for), self.day or date.max


@dataclass(frozen=True, slots=True)
class RefundTerm:
    """A period after the first of `starts`; the refund may wait for the first of `may_wait_for`."""

    period: Period
    starts: tuple[Milestone, ...]
    may_wait_for: tuple[Milestone, ...] = ()

    def due(self, reached: Mapping[Milestone, date], calendar: WorkingCalendar) -> Due:
        """When the refund is due, by the milestones that have been reached, as days of that calendar."""
        begins = min((reached[each] for each in self.starts if each in reached), default=None)
        if begins is None:
            return Due(None, waits_for=self.starts)
        last = calendar.after(self.period, begins)
        released = min((reached[each] for each in self.may_wait_for if each in reached), default=None)
        if released is None:
            return Due(*last, may_wait_for=self.may_wait_for)
        return Due(max(last.day, released), last.provisional)


def soonest(terms: Sequence[RefundTerm], reached: Mapping[Milestone, date], calendar: WorkingCalendar) -> int | None:
    """The index of the term that is best for the customer; of equal terms the shorter one, then the first."""
    dues = [term.due(reached, calendar) for term in terms]
    places = range(len(terms))
    return min(places, key=lambda place: (*dues[place].lateness, terms[place].period.most_days), default=None)
