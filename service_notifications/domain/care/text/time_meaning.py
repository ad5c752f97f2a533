"""The meaning of each named group of `time_patterns`, in a time context (H1)."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from service_notifications.domain.care.text.time_context import ONE_DAY, TimeContext, day_ahead, day_of
from service_notifications.domain.care.text.time_patterns import (
    CLOSE,
    DAYS_AHEAD,
    EVENING,
    FIXED,
    MONTHS,
    NEIGHBOURS,
    NUMBERS,
    NUMERALS,
    PART_WORDS,
    SAME_MONTH,
    WEEKDAYS,
    WEEKDAYS_ZH,
    WEEKEND_ZH,
)
from service_notifications.domain.care.text.time_value import (
    HOURS_A_DAY,
    MINUTES,
    NEAR,
    NOON,
    SATURDAY,
    SUNDAY,
    Day,
    HourOfDay,
    TimePeriod,
    VagueTime,
)

Found = re.Match[str]


TimeMeaning = Day | HourOfDay | TimePeriod | VagueTime | str | tuple[Day, str] | None


def _ahead(found: Found, context: TimeContext) -> Day:
    return Day(context.today + DAYS_AHEAD[found["ahead"]] * ONE_DAY)


def _tonight(_: Found, context: TimeContext) -> tuple[Day, str]:
    return Day(context.today), EVENING


def _week(found: Found, context: TimeContext) -> Day | None:
    which = found["which"] or ""
    monday = context.monday(which.count("下"))
    if found["weekday"] == WEEKEND_ZH:
        return _weekend_of(monday, context)
    if found["weekday"]:
        day = monday + WEEKDAYS_ZH[found["weekday"]] * ONE_DAY
        return Day(day) if which else _coming(day, context)
    if not which and found["whole"] is None:
        return None
    return Day(context.week_end(monday), ambiguous=True, last=True)


def _coming(day: date, context: TimeContext) -> Day:
    """A weekday without "this" or "next": today or the next one."""
    if day < context.today:
        day += 7 * ONE_DAY
    return Day(day, ambiguous=day == context.today)


def _weekday(found: Found, context: TimeContext) -> Day | None:
    which = found["which"]
    if which is None and found["weekday"] in {"sun", "sat", "wed"}:
        return None
    place = WEEKDAYS.index(found["weekday"][:3])
    day, following = context.monday() + place * ONE_DAY, context.monday(1) + place * ONE_DAY
    if which == "this":
        return Day(day)
    if which == "next":
        # Some writers mean the next such day, others the one of next week.
        first = day if day > context.today else following
        return Day(first, ambiguous=first != following)
    return _coming(day, context)


def _week_end(found: Found, context: TimeContext) -> Day:
    """The end of a week, which is ambiguous: the last working day that has not passed."""
    return Day(context.week_end(context.monday(int(found["week"] == "next"))), ambiguous=True, last=True)


def _weekend(_: Found, context: TimeContext) -> Day:
    return _weekend_of(context.monday(), context)


def _weekend_of(monday: date, context: TimeContext) -> Day:
    """Saturday, or Sunday when Saturday has passed."""
    return Day(max(monday + SATURDAY * ONE_DAY, min(context.today, monday + SUNDAY * ONE_DAY)), ambiguous=True)


def _in_week(found: Found, context: TimeContext) -> Day:
    week, day = found["week_before"] or found["week_behind"], found["day"] or found["day_before"]
    return Day(context.monday(int(week == "next")) + WEEKDAYS.index(day[:3]) * ONE_DAY)


def _month_end(found: Found, context: TimeContext) -> Day:
    return Day(context.month_end(int(found["next"] is not None)), last=True)


def _end_of_month(found: Found, context: TimeContext) -> Day:
    return Day(context.month_end(int("next" in (found["of"], found["month"]))), last=True)


def _dated(day: date | None) -> Day | None:
    return Day(day) if day else None


def _date(found: Found, context: TimeContext) -> Day | None:
    return _dated(context.day_of_year(found["year"], _count(found["month"]), _count(found["day"])))


def _day_month(found: Found, context: TimeContext) -> Day | None:
    month = MONTHS.index(found["name"][:3]) + 1
    return _dated(context.day_of_year(found["its_year"], month, int(found["dom"])))


def _month_day(found: Found, context: TimeContext) -> Day | None:
    return _dated(context.day_of_year(found["year"], MONTHS.index(found["name"][:3]) + 1, int(found["dom"])))


def _slashed(found: Found, context: TimeContext) -> Day | None:
    """3/4 is the third of April or the fourth of March: the earlier of those that have not passed."""
    first, second = int(found["first"]), int(found["second"])
    read = {context.day_of_year(found["slash_year"], *pair) for pair in ((first, second), (second, first))}
    days = sorted(day for day in read if day)
    ahead = [day for day in days if day >= context.today]
    return Day((ahead or days)[0], ambiguous=len(days) > 1) if days else None


def _day_of_month(found: Found, context: TimeContext) -> Day | None:
    """A day of the month: the next one after the day before it in a row, else the next one from now on."""
    number = _count(found["dom"])
    row = SAME_MONTH.search(found.string[max(0, found.start() - NEAR) : found.start()])
    first = context.day_of_year(row["year"], _count(row["month"]), _count(row["first"])) if row else None
    return _dated(day_ahead(first, number)) if first else _ahead_on(number, context)


def _nth(found: Found, context: TimeContext) -> Day | None:
    return _ahead_on(int(found["nth_day"]), context)


def _ahead_on(number: int, context: TimeContext) -> Day | None:
    day = day_ahead(context.today, number)
    return Day(day, ambiguous=day.month != context.today.month) if day else None


def _day_of_that(found: Found, context: TimeContext) -> Day | None:
    return _dated(day_of(*context.month(int(found["that"].startswith("下"))), _count(found["day"])))


def _han_clock(found: Found, _: TimeContext) -> HourOfDay | None:
    """An hour. Of two ("9-11点", "三四点") the later one, because nothing is late before."""
    word = found["hour"]
    hour = NUMERALS[word[1]] if word in NEIGHBOURS else _count(word)
    minute = {"半": 30, "一刻": 15, "三刻": 45}.get(found["quarter"], 0)
    minute = _count(found["minute"] or found["colon"] or str(minute))
    if found["noon"]:
        return hour_in_half(hour, minute, found["noon"])
    return hour_of_day(hour, minute, known=found["colon"] is not None and word.startswith("0"))


def _half_clock(found: Found, _: TimeContext) -> HourOfDay | None:
    return hour_in_half(int(found["hour"]), int(found["minute"] or 0), found["noon"])


def _o_clock(found: Found, _: TimeContext) -> HourOfDay | None:
    return hour_of_day(int(found["o_hour"]), 0)


def _o_clock_word(found: Found, _: TimeContext) -> HourOfDay | None:
    return hour_of_day(NUMBERS[found["hour"]], 0)


def hour_in_half(hour: int, minute: int, half: str) -> HourOfDay | None:
    """An hour of 1 to 12 in the named half of the day; None for any other hour."""
    if 0 < hour <= NOON:
        hour = hour % NOON + (NOON if half == "p" else 0)
    return hour_of_day(hour, minute, known=True)


def hour_of_day(hour: int, minute: int, *, known: bool = False) -> HourOfDay | None:
    """An hour and minute; None if no clock shows them."""
    if hour > HOURS_A_DAY or minute >= MINUTES or (hour == HOURS_A_DAY and minute):
        return None
    return HourOfDay(hour, minute, known or hour > NOON or hour == 0)


def _count(text: str) -> int:
    """A number written in digits or in Chinese numerals up to 99."""
    if text[0] in "0123456789":
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        return int("".join(str(NUMERALS[char]) for char in text))
    return NUMERALS.get(tens, 1) * 10 + NUMERALS.get(ones, 0)


_UNITS: Final[tuple[tuple[str, TimePeriod, TimePeriod | None], ...]] = (
    ("工作", TimePeriod(working=1), TimePeriod(ambiguous=True)),
    ("work", TimePeriod(working=1), TimePeriod(ambiguous=True)),
    ("business", TimePeriod(working=1), TimePeriod(ambiguous=True)),
    ("分钟", TimePeriod(minutes=1), None),
    ("刻钟", TimePeriod(minutes=15), None),
    ("min", TimePeriod(minutes=1), None),
    ("小时", TimePeriod(minutes=60), TimePeriod(minutes=30)),
    ("钟头", TimePeriod(minutes=60), TimePeriod(minutes=30)),
    ("hour", TimePeriod(minutes=60), TimePeriod(minutes=30)),
    ("hr", TimePeriod(minutes=60), TimePeriod(minutes=30)),
    ("周", TimePeriod(days=7), TimePeriod(days=3, ambiguous=True)),
    ("星期", TimePeriod(days=7), TimePeriod(days=3, ambiguous=True)),
    ("礼拜", TimePeriod(days=7), TimePeriod(days=3, ambiguous=True)),
    ("week", TimePeriod(days=7), TimePeriod(days=3, ambiguous=True)),
    ("月", TimePeriod(months=1), TimePeriod(days=15, ambiguous=True)),
    ("month", TimePeriod(months=1), TimePeriod(days=15, ambiguous=True)),
    ("年", TimePeriod(months=12), TimePeriod(months=6)),
    ("year", TimePeriod(months=12), TimePeriod(months=6)),
    ("天", TimePeriod(days=1), TimePeriod(minutes=12 * 60, ambiguous=True)),
    ("日", TimePeriod(days=1), TimePeriod(minutes=12 * 60, ambiguous=True)),
    ("day", TimePeriod(days=1), TimePeriod(minutes=12 * 60, ambiguous=True)),
)
"""The unit by a part of its name, the first that fits: one unit, and half a unit where people say so. A half is read as
the earliest: half a week is three days, half a working day ends with the day before.
"""


_TOO_SHORT: Final = frozenset("日月周年") | {"个月"}
"""Units that count only with "within" or "after": 2月 is a month, 一年 a guarantee."""


def _period(count: int, unit: str, *, half: bool = False, ambiguous: bool = False) -> TimePeriod | None:
    one, part = next((one, part) for name, one, part in _UNITS if name in unit)
    whole = one.times(count)._replace(ambiguous=ambiguous)
    return whole if not half else part and whole.plus(part)


def _han_period(found: Found, _: TimeContext) -> TimePeriod | None:
    unit, least = found["unit"], found["least"]
    if found["within"] is None and (unit in _TOO_SHORT or (unit == "天" and least == "一")):
        return None
    if least == "半":
        return _period(0, unit, half=True)
    if found["most"] is None and len(least) > 1 and least[0] in NUMERALS and "十" not in least:
        # 两三天, 三五天: one of two.
        return _period(NUMERALS[least[0]], unit, ambiguous=True)
    half = any(found[name] for name in ("point", "half", "and_half"))
    return _period(_count(least), unit, half=half, ambiguous=found["most"] is not None)


def _counted(found: Found, _: TimeContext) -> TimePeriod | None:
    half, ambiguous = found["half"] is not None, found["most"] is not None
    return _period(int(found["least"]), found["unit"], half=half, ambiguous=ambiguous)


def _words(found: Found, _: TimeContext) -> TimePeriod | None:
    half, ambiguous = found["half"] is not None, found["most"] is not None
    return _period(NUMBERS[found["number"]], found["unit"], half=half, ambiguous=ambiguous)


MEANING_OF_GROUP: Final[Mapping[str, Callable[[Found, TimeContext], TimeMeaning]]] = {
    "ahead": _ahead,
    "tonight": _tonight,
    "week": _week,
    "on_weekday": _weekday,
    "in_week": _in_week,
    "week_end": _week_end,
    "weekend": _weekend,
    "month_end": _month_end,
    "end_of_month": _end_of_month,
    "date": _date,
    "iso": _date,
    "day_month": _day_month,
    "month_day": _month_day,
    "slashed": _slashed,
    "day_of_month": _day_of_month,
    "day_of_that": _day_of_that,
    "nth": _nth,
    "clock": _han_clock,
    "half_clock": _half_clock,
    "o_clock": _o_clock,
    "o_clock_word": _o_clock_word,
    "day_end": lambda _found, _speaking: CLOSE,
    "part": lambda found, _speaking: PART_WORDS[found["part"].rpartition(" ")[2]],
    "span": _han_period,
    "count": _counted,
    "words": _words,
    "fixed": lambda found, _speaking: TimePeriod(minutes=FIXED[found["fixed"]]),
    "couple": lambda found, _speaking: _period(2, found["of_unit"], ambiguous=True),
    "one": lambda found, _speaking: _period(1, found["one_unit"], half=found["one_half"] is not None),
    "half_one": lambda found, _speaking: _period(0, found["half_unit"], half=True),
    "vague": lambda _found, _speaking: VagueTime(),
}
"""The meaning of each outermost group of the patterns, by its name."""
