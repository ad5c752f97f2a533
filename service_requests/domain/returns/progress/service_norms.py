"""How long each step may take where neither the law nor the policy says it (service norms T1, T2).

Every open step of a return has a deadline. The law and the policy set the deadlines of sending, of the first decision
and of payment; the warehouse sets the deadline of the inspection. The other deadlines are these.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from shared.kernel.calendar import WorkingCalendar

OF_NOBODY: Final = WorkingCalendar(id="default", zone="UTC")
"""Monday to Friday: for returns from before approvals named a calendar."""


class Norm(StrEnum):
    """A step that these norms limit."""

    ARRIVE = "arrive"
    """An announced parcel reaches the warehouse."""
    INSPECT = "inspect"
    """A unit that has arrived is inspected, where the warehouse has told no deadline."""
    JUDGE = "judge"
    """A person decides about a unit that did not pass."""
    CALCULATE = "calculate"
    """The refund of an accepted unit is opened."""
    TELL = "tell"
    """The customer is told that the money was paid, or reached after a message could not be delivered."""
    ANSWER = "answer"
    """A person answers a question about goods or counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceNorms:
    """The norms of one installation: days for the way, and working days for every step of ours."""

    calendars: Mapping[str, WorkingCalendar] = field(default_factory=dict)
    transit_days: int = 14
    judge_days: int = 1
    calculate_days: int = 1
    tell_days: int = 1
    answer_days: int = 1
    extension_days: int = 30

    def due(self, norm: Norm, at: datetime, calendar: str | None) -> datetime:
        """The end of the time for a step that begins at that moment."""
        if norm is Norm.ARRIVE:
            days = self.calendar(calendar)
            return days.end_of(days.day_of(at) + timedelta(days=self.transit_days))
        working_days = {
            Norm.INSPECT: 1,
            Norm.JUDGE: self.judge_days,
            Norm.CALCULATE: self.calculate_days,
            Norm.TELL: self.tell_days,
            Norm.ANSWER: self.answer_days,
        }[norm]
        return self._after_working_days(working_days, at, calendar)

    def calendar(self, name: str | None) -> WorkingCalendar:
        """The calendar with this name; Monday to Friday where nobody knows it."""
        return self.calendars.get(name or "", OF_NOBODY)

    def end_of_work(self, day: date, calendar: str | None) -> datetime:
        """The moment at which work ends on that day."""
        days = self.calendar(calendar)
        return days.moment(day, days.closes)

    def _after_working_days(self, count: int, at: datetime, calendar: str | None) -> datetime:
        days = self.calendar(calendar)
        day = days.day_of(at)
        for _ in range(count):
            day = days.next_working_day(day).day
        return days.moment(day, days.closes)


DEFAULT_NORMS: Final = ServiceNorms()
