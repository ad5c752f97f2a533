"""Days and working days, each in its zone: when a window ends, when a promise falls due (B03, R2.1)."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

ONE_DAY: Final = timedelta(days=1)
SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """Monday to Friday from 09:00 to 18:00 in `zone`; `holidays` are off, `make_up_days` are worked (调休)."""

    zone: str
    opens: time = time(9)
    closes: time = time(18)
    holidays: frozenset[date] = field(default_factory=frozenset)
    make_up_days: frozenset[date] = field(default_factory=frozenset)

    def day_of(self, moment: datetime) -> date:
        """The date people there would write."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def works_on(self, day: date) -> bool:
        """Whether people work that day."""
        return day in self.make_up_days or (day.weekday() < SATURDAY and day not in self.holidays)

    def working_day_from(self, day: date) -> date:
        """That day, or the first working day after it."""
        while not self.works_on(day):
            day += ONE_DAY
        return day

    def end_of_next_working_day(self, moment: datetime) -> datetime:
        """Closing time of the next working day after the date of `moment`, whatever its hour (vector D13)."""
        day = self.working_day_from(self.day_of(moment) + ONE_DAY)
        return datetime.combine(day, self.closes, ZoneInfo(self.zone)).astimezone(UTC)

    def end_of(self, day: date) -> datetime:
        """The first moment that is no longer that day."""
        return datetime.combine(day + ONE_DAY, time(), ZoneInfo(self.zone)).astimezone(UTC)
