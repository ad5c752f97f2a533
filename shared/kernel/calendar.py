"""Working days, their hours and their time zone, for every law and every promise (B03, R4.3).

A date in a year without published holidays is marked as provisional. The days themselves are data in
`shared/calendars`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from shared.kernel.errors import Malformed, Said
from shared.kernel.period import Period, PeriodUnit

ONE_DAY: Final = timedelta(days=1)
ONE_SECOND: Final = timedelta(seconds=1)
MINUTES_A_DAY: Final = 24 * 60
WEEKDAYS: Final = frozenset(range(5))


class CountedDay(NamedTuple):
    """The result of counting days; `provisional` while the holidays of a year in between are not published."""

    day: date
    provisional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCalendar:
    """The working days of one place. People work on `weekdays` (Monday is 0) except on `holidays`, and on every
    day of `make_up_days` (调休). Hours are minutes after midnight; `published` are the years that the data covers.
    """

    id: str
    zone: str
    weekdays: frozenset[int] = WEEKDAYS
    opens: int = 9 * 60
    closes: int = 18 * 60
    holidays: frozenset[date] = field(default_factory=frozenset)
    make_up_days: frozenset[date] = field(default_factory=frozenset)
    published: frozenset[int] = field(default_factory=frozenset)

    def day_of(self, moment: datetime) -> date:
        """The date in the zone of the calendar."""
        return moment.astimezone(_zone(self.zone)).date()

    def moment(self, day: date, minutes: int) -> datetime:
        """The moment so many minutes after midnight, in UTC; 1440 is the end of the day."""
        if minutes >= MINUTES_A_DAY:
            day, minutes = day + ONE_DAY, 0
        return datetime.combine(day, time(*divmod(minutes, 60)), _zone(self.zone)).astimezone(UTC)

    def end_of(self, day: date) -> datetime:
        """The first moment after that day."""
        return self.moment(day, MINUTES_A_DAY)

    def last_second_of(self, day: date) -> datetime:
        """The last second of that day in the zone of the calendar, in UTC."""
        return self.end_of(day) - ONE_SECOND

    def works_on(self, day: date) -> bool:
        """Whether people work that day."""
        return day in self.make_up_days or (day.weekday() in self.weekdays and day not in self.holidays)

    def is_published(self, day: date) -> bool:
        """Whether the holidays of that year are published."""
        return day.year in self.published

    def working_day_from(self, day: date) -> CountedDay:
        """That day, or the first working day after it."""
        provisional = not self.is_published(day)
        while not self.works_on(day):
            day += ONE_DAY
            provisional |= not self.is_published(day)
        return CountedDay(day, provisional)

    def next_working_day(self, day: date) -> CountedDay:
        """The first working day after that day."""
        return self.working_day_from(day + ONE_DAY)

    def end_of_next_working_day(self, moment: datetime) -> datetime:
        """Closing time of the next working day after the date of `moment`, whatever its hour (R2.1, R4.3)."""
        return self.moment(self.next_working_day(self.day_of(moment)).day, self.closes)

    def after(self, period: Period, day: date, *, rolls_over: bool = False) -> CountedDay:
        """The last day of a period that begins with an event on that day. With `rolls_over`, a last day off moves to
        the next working day.
        """
        if period.unit is PeriodUnit.WORKING_DAYS:
            return self._working_days_after(period.count, day)
        last = period.after(day)
        return self.working_day_from(last) if rolls_over else CountedDay(last)

    def _working_days_after(self, count: int, day: date) -> CountedDay:
        reckoned = CountedDay(day)
        for _ in range(count):
            following = self.next_working_day(reckoned.day)
            reckoned = CountedDay(following.day, reckoned.provisional or following.provisional)
        return reckoned


class UnknownCalendar(Malformed):
    """There is no calendar with that name."""

    code = "unknown_calendar"
    title = Said("Unknown calendar", "未知的日历")
    detail = Said("There is no calendar {calendar}.", "没有日历 {calendar}。")


def calendar_named(calendars: Mapping[str, WorkingCalendar], name: str) -> WorkingCalendar:
    """The calendar of this name. `UnknownCalendar`."""
    found = calendars.get(name)
    if found is None:
        raise UnknownCalendar(pointer="/calendar", calendar=name)
    return found


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
