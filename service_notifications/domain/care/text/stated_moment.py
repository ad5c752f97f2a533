"""Finds the moments that a folded text names, counted from when and where the text was written (H1, E3).

`stated_moments` takes the folded text (`TextView.plain`) and returns places in it. An ambiguous moment is read as the
earliest reasonable one and marked `ambiguous`. A moment in the past is kept and marked `impossible`.

Conventions: a day ends at the end of business, or a minute before midnight when business has ended already. "Before
Friday" ends with Thursday. An hour without its half of the day is between 7 and 21. An hour without a day that has
passed is tomorrow's. Of two hours ("9-11点") the later one counts. A day without its month ("25日") is the next one.

Time is linear: the text is read once, every pattern has a bounded width, and text after the first `MOST_MOMENTS`
moments is not read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Final

from service_notifications.domain.care.text.time_context import (
    MINUTES_A_DAY,
    ONE_DAY,
    ResolvedTime,
    TimeContext,
)
from service_notifications.domain.care.text.time_patterns import (
    AFTER_COUNT,
    AFTER_EVENT_EN,
    AFTER_EVENT_ZH,
    BEFORE_COUNT,
    EXCLUSIVE_EN,
    EXCLUSIVE_ZH,
    JOINT,
    LATER_HALF,
    ON_DAY_OF_EVENT,
    OVER_BY,
    WINDOW,
)
from service_notifications.domain.care.text.time_token import TimeToken, time_tokens
from service_notifications.domain.care.text.time_value import NEAR, NOON, Day, HourOfDay, TimePeriod

MOST_MOMENTS: Final = 200
"""The most moments that are read. No message promises more."""
EARLIEST_HOUR: Final = 7
LATEST_HOUR: Final = 21
"""The last hour of the day at which people are called, when the half of the day is not stated."""


class DueSource(StrEnum):
    """How a due moment is stated."""

    EXACT = "exact"
    """The text states a day and an hour."""
    RESOLVED = "resolved"
    """Computed from less: a day without an hour, a number of days, a weekday."""
    VAGUE = "vague"
    """Vague words: soon, at once, after something that has not happened."""
    NONE = "none"
    """The text states no time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedMoment:
    """A moment named in a text: `start` and `end` are places in the folded text, `due` is in UTC."""

    start: int
    end: int
    due: datetime | None
    due_source: DueSource
    ambiguous: bool = False
    impossible: bool = False
    counted: bool = False
    """Whether it is a period from now on, which a condition would move."""
    after_event: bool = False
    """Whether it counts from an event that has not happened ("within one day of receipt"). Then there is no `due`."""


def stated_moments(plain: str, context: TimeContext) -> tuple[StatedMoment, ...]:
    """The moments named in a folded text, in order, without overlap."""
    return tuple(islice(_stated_moments(plain, context), MOST_MOMENTS))


def _stated_moments(plain: str, context: TimeContext) -> Iterator[StatedMoment]:
    for held in _combined_tokens(plain, context):
        moment = _TokenReader(plain, context, held).moment()
        if moment is not None:
            yield moment


def _combined_tokens(plain: str, context: TimeContext) -> Iterator[TimeToken]:
    """The tokens, where a day, a part of the day and an hour next to each other are one token."""
    held: TimeToken | None = None
    for token in time_tokens(plain, context):
        joined = _combined(held, token, plain) if held else None
        if held and not joined:
            yield held
        held = joined or token
    if held:
        yield held


def _combined(one: TimeToken, other: TimeToken, plain: str) -> TimeToken | None:
    """Both tokens as one; None if one of them stands alone, both state the same, or something is between them."""
    if one.vague or other.vague or one.stretch or other.stretch:
        return None
    if one.clock and (other.clock or other.part) and not other.day and WINDOW.fullmatch(plain, one.end, other.start):
        # From nine in the morning to three in the afternoon: nothing is late before three.
        return TimeToken(start=one.start, end=other.end, day=one.day, part=other.part, clock=other.clock)
    if (one.day and other.day) or (one.part and other.part) or (one.clock and other.clock):
        return None
    if not JOINT.fullmatch(plain, one.end, other.start):
        return None
    return TimeToken(
        start=one.start,
        end=other.end,
        day=one.day or other.day,
        part=one.part or other.part,
        clock=one.clock or other.clock,
    )


@dataclass(frozen=True, slots=True)
class _TokenReader:
    """Turns one token of a text into a moment."""

    plain: str
    context: TimeContext
    token: TimeToken

    def moment(self) -> StatedMoment | None:
        """The moment; None for a duration ("3 days" of use) or a date that no calendar holds."""
        try:
            if self.token.vague:
                return StatedMoment(start=self.token.start, end=self.token.end, due=None, due_source=DueSource.VAGUE)
            if self.token.stretch:
                return self._after(self.token.stretch)
            if ON_DAY_OF_EVENT.search(self._before + self.plain[self.token.start : self.token.start + 2]):
                return self._after_event()
            return self._on(self.token.day)
        except (OverflowError, ValueError):
            return None

    def _made(
        self, reckoned: ResolvedTime, due_source: DueSource, *, ambiguous: bool = False, counted: bool = False
    ) -> StatedMoment:
        due = reckoned.at.astimezone(UTC)
        return StatedMoment(
            start=self.token.start,
            end=self.token.end,
            due=due,
            due_source=due_source,
            ambiguous=ambiguous or reckoned.twice,
            impossible=due < self.context.at,
            counted=counted,
        )

    def _after(self, stretch: TimePeriod) -> StatedMoment | None:
        end = self.token.end
        if self.plain[end - 1].isascii() and not (
            BEFORE_COUNT.search(self._before) or AFTER_COUNT.match(self.plain, end)
        ):
            return None
        if AFTER_EVENT_ZH.search(self._before) or AFTER_EVENT_EN.match(self.plain, end):
            return self._after_event()
        return self._made(self._reckoned(stretch), DueSource.RESOLVED, ambiguous=stretch.ambiguous, counted=True)

    def _after_event(self) -> StatedMoment:
        return StatedMoment(
            start=self.token.start,
            end=self.token.end,
            due=None,
            due_source=DueSource.VAGUE,
            counted=True,
            after_event=True,
        )

    def _reckoned(self, stretch: TimePeriod) -> ResolvedTime:
        context = self.context
        if stretch.working:
            return context.end_of(context.working_days_on(stretch.working))
        if stretch.months:
            return context.end_of(context.months_on(stretch.months) + stretch.days * ONE_DAY)
        if stretch.days or not stretch.minutes:
            return context.end_of(context.today + stretch.days * ONE_DAY)
        return ResolvedTime(context.at.astimezone(UTC) + timedelta(minutes=stretch.minutes))

    def _on(self, said: Day | None) -> StatedMoment:
        day = said or Day(self.context.today)
        if self.token.clock or self.token.part:
            due, ambiguous = self._at_hour(day.day)
            if said is None and due.at < self.context.at:
                due, ambiguous = self._at_hour(day.day + ONE_DAY)[0], True
            due_source = DueSource.EXACT if self.token.clock and said and not ambiguous else DueSource.RESOLVED
            return self._made(due, due_source, ambiguous=ambiguous or day.ambiguous)
        eve = day.day - ONE_DAY
        is_exclusive = self._is_exclusive and not day.last and eve >= self.context.today
        last = eve if is_exclusive and not self.context.is_over(eve) else day.day
        return self._made(self.context.end_of(last), DueSource.RESOLVED, ambiguous=day.ambiguous or is_exclusive)

    @property
    def _before(self) -> str:
        return self.plain[max(0, self.token.start - NEAR) : self.token.start]

    @property
    def _is_exclusive(self) -> bool:
        return bool(EXCLUSIVE_ZH.match(self.plain, self.token.end) or EXCLUSIVE_EN.search(self._before))

    def _at_hour(self, day: date) -> tuple[ResolvedTime, bool]:
        """The moment on that day, and whether the hour is ambiguous."""
        if self.token.clock is None:
            over = OVER_BY.get(str(self.token.part))
            minutes = self.context.days.closes if over is None else min(over * 60, MINUTES_A_DAY - 1)
            return self.context.moment(day, minutes), False
        hour, minute, known = self.token.clock
        if self.token.part:
            hour += NOON if hour in LATER_HALF.get(self.token.part, ()) else 0
        elif not known and hour < NOON:
            hour += NOON if self._means_later_half(day, self.token.clock) else 0
            return self.context.moment(day, hour * 60 + minute), True
        return self.context.moment(day, hour * 60 + minute), False

    def _means_later_half(self, day: date, clock: HourOfDay) -> bool:
        if clock.hour < EARLIEST_HOUR:
            return True
        has_passed = self.context.moment(day, clock.hour * 60 + clock.minute).at < self.context.at
        return has_passed and clock.hour + NOON <= LATEST_HOUR
