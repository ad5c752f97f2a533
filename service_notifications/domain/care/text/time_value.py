"""What a word for a time can mean: a day, an hour of the day, a period, or a vague time."""

from datetime import date
from typing import Final, NamedTuple

NOON: Final = 12


HOURS_A_DAY: Final = 24


MINUTES: Final = 60


SATURDAY: Final = 5


SUNDAY: Final = 6


NEAR: Final = 24
"""How many characters before a word are searched."""


class Day(NamedTuple):
    """A day. `last`: the whole day is included, whatever words follow ("by the end of the month")."""

    day: date
    ambiguous: bool = False
    last: bool = False


class HourOfDay(NamedTuple):
    """An hour of the day, 0 to 24. `known`: its half of the day is certain."""

    hour: int
    minute: int
    known: bool


class TimePeriod(NamedTuple):
    """A period from now on."""

    minutes: int = 0
    days: int = 0
    working: int = 0
    months: int = 0
    ambiguous: bool = False

    def times(self, count: int) -> "TimePeriod":
        """The period that many times."""
        return TimePeriod(self.minutes * count, self.days * count, self.working * count, self.months * count)

    def plus(self, more: "TimePeriod") -> "TimePeriod":
        """Both periods one after the other. The sum is as uncertain as either of them."""
        return TimePeriod(
            self.minutes + more.minutes,
            self.days + more.days,
            self.working + more.working,
            self.months + more.months,
            self.ambiguous or more.ambiguous,
        )


class VagueTime(NamedTuple):
    """A word for time that names no time."""
