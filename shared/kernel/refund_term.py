"""The one rule by which the day of a refund is counted: from a statement, an arrival, a proof of sending (I06, Z11).

The law pack and the policy say how long and from what, as values; whoever knows what has happened counts here. The
merchant's own deadlines never roll over in its favour.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from shared.kernel.calendar import WorkingCalendar
from shared.kernel.period import Period


class Milestone(StrEnum):
    """What a refund clock may start from or wait for."""

    STATEMENT = "statement"
    PROOF_OF_SENDING = "proof_of_sending"
    GOODS_IN = "goods_in"
    AGREED = "agreed"


class Due(NamedTuple):
    """The day of a refund. Without a day it starts with the first of `waits_for`.

    While the refund may wait, the day stands and `may_wait_for` says for what.
    """

    day: date | None
    provisional: bool = False
    waits_for: tuple[Milestone, ...] = ()
    may_wait_for: tuple[Milestone, ...] = ()

    @property
    def lateness(self) -> tuple[bool, bool, date]:
        """The kindest first: what has a day, what need not wait, the earliest."""
        return self.day is None, bool(self.may_wait_for), self.day or date.max


@dataclass(frozen=True, slots=True)
class RefundTerm:
    """So long after the first of `starts`; the refund may wait for the first of `may_wait_for`."""

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
    """The place of the term that is kindest to the customer; of equal ones the shorter, then the first."""
    dues = [term.due(reached, calendar) for term in terms]
    places = range(len(terms))
    return min(places, key=lambda place: (*dues[place].lateness, terms[place].period.most_days), default=None)
