"""Clocks in working time: when a promise is due, pause and resume, moments of warning (R2.1, R4.3)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from shared.kernel.calendar import ONE_DAY, WorkingCalendar
from shared.kernel.errors import IllegalMove

NO_TIME: Final = timedelta()


def after_working_time(calendar: WorkingCalendar, moment: datetime, budget: timedelta) -> datetime:
    """The moment after so much working time; a budget that ends exactly at closing is due at closing."""
    spans = _working_spans(calendar, calendar.day_of(moment))
    opens, closes = next(spans)
    while closes - max(opens, moment) < budget:
        budget -= max(closes - max(opens, moment), NO_TIME)
        opens, closes = next(spans)
    return max(opens, moment) + budget


def working_time_between(calendar: WorkingCalendar, begins: datetime, ends: datetime) -> timedelta:
    """The working time between two moments; zero when the second is before the first."""
    total = NO_TIME
    for opens, closes in _working_spans(calendar, calendar.day_of(begins)):
        if opens >= ends:
            break
        total += max(min(closes, ends) - max(opens, begins), NO_TIME)
    return total


def _working_spans(calendar: WorkingCalendar, day: date) -> Iterator[tuple[datetime, datetime]]:
    while True:
        day = calendar.working_day_from(day).day
        yield calendar.moment(day, calendar.opens), calendar.moment(day, calendar.closes)
        day += ONE_DAY


class ClockStatus(StrEnum):
    """The status of a clock."""

    RUNNING = "running"
    PAUSED = "paused"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class WorkingClock:
    """The clock of one promise. While the clock is paused, `left` is the working time after the resume (A07)."""

    calendar: WorkingCalendar
    started_at: datetime
    due_at: datetime
    left: timedelta | None = None

    def status(self, at: datetime) -> ClockStatus:
        """The status at that moment. A paused clock cannot become overdue; an overdue clock stays overdue."""
        if self.left is not None:
            return ClockStatus.PAUSED
        return ClockStatus.OVERDUE if at > self.due_at else ClockStatus.RUNNING

    def pause(self, at: datetime) -> "WorkingClock":
        """Stop the clock while the other side has the next step. Raises `IllegalMove` unless the clock is running."""
        self._expect("pause", ClockStatus.RUNNING, at)
        return replace(self, left=working_time_between(self.calendar, at, self.due_at))

    def resume(self, at: datetime) -> "WorkingClock":
        """Continue with the working time that was left. Raises `IllegalMove` unless the clock is paused."""
        self._expect("resume", ClockStatus.PAUSED, at)
        return replace(self, due_at=after_working_time(self.calendar, at, self.left or NO_TIME), left=None)

    def warns_at(self, shares: Sequence[int]) -> tuple[datetime, ...]:
        """The moments when so many hundredths of the working time have passed; none while the clock is paused (C03)."""
        if self.left is not None:
            return ()
        whole = working_time_between(self.calendar, self.started_at, self.due_at)
        return tuple(
            min(after_working_time(self.calendar, self.started_at, whole * share / 100), self.due_at)
            for share in shares
        )

    def _expect(self, verb: str, wanted: ClockStatus, at: datetime) -> None:
        if self.status(at) is not wanted:
            raise IllegalMove(verb, self.status(at), (wanted,))


def start(calendar: WorkingCalendar, at: datetime, hours: int | None = None) -> WorkingClock:
    """A new clock, due after so many working hours, or at the end of the next working day."""
    if hours is None:
        return WorkingClock(calendar, at, calendar.end_of_next_working_day(at))
    return WorkingClock(calendar, at, after_working_time(calendar, at, timedelta(hours=hours)))
