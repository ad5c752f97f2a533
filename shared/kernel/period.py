"""A legal period: days, months or years counted from the day after the event (民法典 201–203, Regulation 1182/71)."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from shared.kernel.errors import Said


class PeriodUnit(StrEnum):
    """What a period counts. Working days need a calendar."""

    DAYS = "days"
    WORKING_DAYS = "working_days"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class Period:
    """A number of days, working days, months or years."""

    count: int
    unit: PeriodUnit = PeriodUnit.DAYS

    def after(self, day: date) -> date:
        """The last day of the period; the day of the event does not count.

        Months and years end on the day with the same number, or on the last of a shorter month.
        Working days are counted by `WorkingCalendar.after`.
        """
        if self.unit is PeriodUnit.DAYS:
            return day + timedelta(days=self.count)
        months = self.count * (12 if self.unit is PeriodUnit.YEARS else 1)
        year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

    @property
    def least_days(self) -> int:
        """The least number of days that the period can have; periods of different units are compared by this number."""
        return (
            self.count
            * {PeriodUnit.DAYS: 1, PeriodUnit.WORKING_DAYS: 1, PeriodUnit.MONTHS: 28, PeriodUnit.YEARS: 365}[self.unit]
        )

    @property
    def most_days(self) -> int:
        """The greatest number of days that the period can have, holidays between working days included."""
        return (
            self.count
            * {PeriodUnit.DAYS: 1, PeriodUnit.WORKING_DAYS: 4, PeriodUnit.MONTHS: 31, PeriodUnit.YEARS: 366}[self.unit]
        )

    def is_shorter_than(self, other: "Period") -> bool:
        """Whether this period can end earlier than the other period."""
        mine, theirs = self.months, other.months
        if mine is not None and theirs is not None:
            return mine < theirs
        if self.unit is other.unit:
            return self.count < other.count
        return self.least_days < other.most_days

    @property
    def months(self) -> int | None:
        """The length in months, for a period of months or years."""
        return {PeriodUnit.MONTHS: self.count, PeriodUnit.YEARS: self.count * 12}.get(self.unit)

    def say(self) -> Said:
        """7 days · 7天."""
        unit = self.unit.value.replace("_", " ")
        chinese = {
            PeriodUnit.DAYS: "天",
            PeriodUnit.WORKING_DAYS: "个工作日",
            PeriodUnit.MONTHS: "个月",
            PeriodUnit.YEARS: "年",
        }[self.unit]
        return Said(f"{self.count} {unit if self.count != 1 else unit[:-1]}", f"{self.count}{chinese}")
