"""When and where a text was written, and the arithmetic of days and hours from there (H1).

All computation uses the clock of the conversation's zone; results are in UTC. An hour that this clock shows twice or
never (summer time) is read as the earlier moment and marked.
"""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, NamedTuple, Protocol

ONE_DAY: Final = timedelta(days=1)
DAYS_A_WEEK: Final = 7
FRIDAY: Final = 4
MINUTES_A_DAY: Final = 24 * 60
LONGEST_IDLE: Final = 60
"""A calendar with more days than this without work is not used."""
HALF_A_YEAR: Final = 183
"""A day that passed longer ago than this means the day of next year."""
MONTHS_TO_TRY: Final = 3


class WorkingDays(Protocol):
    """The working days of the place, and the end of business, in minutes after midnight."""

    @property
    def closes(self) -> int: ...

    def works_on(self, day: date) -> bool: ...


@dataclass(frozen=True, slots=True)
class Weekdays:
    """Monday to Friday until six, for a company without a calendar of holidays."""

    closes: int = 18 * 60

    def works_on(self, day: date) -> bool:
        """Whether the day is not at a weekend."""
        return day.weekday() <= FRIDAY


class ResolvedTime(NamedTuple):
    """A moment in UTC. `twice`: the clock shows it twice or never."""

    at: datetime
    twice: bool = False


@dataclass(frozen=True, slots=True)
class TimeContext:
    """When and in which zone a text was written, and the working days there. `ValueError` when `at` has no zone."""

    at: datetime
    zone: tzinfo
    days: WorkingDays = field(default_factory=Weekdays)

    def __post_init__(self) -> None:
        if self.at.utcoffset() is None:
            raise ValueError("a moment without its zone says nothing")

    @property
    def today(self) -> date:
        return self.at.astimezone(self.zone).date()

    def monday(self, weeks: int = 0) -> date:
        """The Monday of this week, or of a week that many weeks later."""
        return self.today + (weeks * DAYS_A_WEEK - self.today.weekday()) * ONE_DAY

    def moment(self, day: date, minutes: int) -> ResolvedTime:
        """The moment that many minutes after midnight by the local clock; 1440 is the next midnight."""
        extra, minutes = divmod(minutes, MINUTES_A_DAY)
        wall = datetime.combine(day + extra * ONE_DAY, time(*divmod(minutes, 60)), self.zone)
        one, other = (wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
        return ResolvedTime(min(one, other), one != other)

    def end_of(self, day: date) -> ResolvedTime:
        """The end of business on that day, or the last minute of the day when business has ended."""
        return self.moment(day, MINUTES_A_DAY - 1 if self.is_over(day) else self.days.closes)

    def is_over(self, day: date) -> bool:
        """Whether business on that day has ended."""
        return self.moment(day, self.days.closes).at < self.at

    def week_end(self, monday: date) -> date:
        """The last working day of the week that is not over, or its Sunday."""
        week = [monday + count * ONE_DAY for count in range(DAYS_A_WEEK)]
        ahead = [day for day in week if self.days.works_on(day) and not self.is_over(day)]
        return ahead[-1] if ahead else week[-1]

    def working_days_on(self, count: int) -> date:
        """The day that many working days after today. A calendar without working days counts every day."""
        day = self.today
        for _ in range(count):
            following = (day + ahead * ONE_DAY for ahead in range(1, LONGEST_IDLE))
            day = next((each for each in following if self.days.works_on(each)), day + ONE_DAY)
        return day

    def months_on(self, count: int) -> date:
        """The same day of a later month, or the last day of that month."""
        year, month = self.month(count)
        return date(year, month, min(self.today.day, monthrange(year, month)[1]))

    def month(self, count: int) -> tuple[int, int]:
        """Year and month, that many months from now."""
        months = self.today.year * 12 + self.today.month - 1 + count
        return months // 12, months % 12 + 1

    def month_end(self, count: int) -> date:
        """The last day of this month, or of a month that many months later."""
        year, month = self.month(count)
        return date(year, month, monthrange(year, month)[1])

    def day_of_year(self, year: str | None, month: int, day: int) -> date | None:
        """The day with its year. Without a year this year's day, or next year's when this year's is long past."""
        this = day_of(int(year) if year else self.today.year, month, day)
        if year or (this and (self.today - this).days <= HALF_A_YEAR):
            return this
        return day_of(self.today.year + 1, month, day)


def day_ahead(since: date, number: int) -> date | None:
    """The next day with this number, in the first month that has such a day."""
    months = (since.year * 12 + since.month - 1 + ahead for ahead in range(MONTHS_TO_TRY))
    days = (day_of(month // 12, month % 12 + 1, number) for month in months)
    return next((day for day in days if day and day >= since), None)


def day_of(year: int, month: int, day: int) -> date | None:
    """That day, or None if the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
