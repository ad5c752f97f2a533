"""When people work, as data: the deadline of an inspection is the end of the next working day (R4.3, G06)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

WEEKEND: Final = frozenset({5, 6})
DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Working days of one place. `rest_days` count from Monday 0; `extra_days` are worked although they were free."""

    zone: str = "Asia/Shanghai"
    closes: time = time(18)
    rest_days: frozenset[int] = WEEKEND
    holidays: frozenset[date] = frozenset()
    extra_days: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if len(self.rest_days & frozenset(range(DAYS))) == DAYS:
            raise ValueError("a week needs at least one working day")

    def is_worked(self, day: date) -> bool:
        """Whether people work on this day."""
        if day in self.extra_days:
            return True
        return day not in self.holidays and day.weekday() not in self.rest_days

    def end_of_next_working_day(self, moment: datetime) -> datetime:
        """Closing time of the first working day after the local day of `moment`, in UTC."""
        zone = ZoneInfo(self.zone)
        day = moment.astimezone(zone).date() + timedelta(days=1)
        while not self.is_worked(day):
            day += timedelta(days=1)
        return datetime.combine(day, self.closes, zone).astimezone(UTC)
