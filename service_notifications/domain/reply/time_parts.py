"""What each word for a time means by itself: a day, an hour, a part of the day, a stretch of time (H1)."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from service_notifications.domain.reply.speaking import ONE_DAY, Speaking, day_ahead, day_of
from service_notifications.domain.reply.time_words import (
    BARE_CLOCK,
    BEFORE_CLOCK,
    BEFORE_CLOCK_ENDS,
    CLOSE,
    DAYS_AHEAD,
    EVENING,
    FIRST_WORDS,
    FIXED,
    HAN,
    HAN_NUMBER,
    MONTHS,
    NEIGHBOURS,
    NUMBER,
    NUMBERS,
    NUMERAL_FIRST,
    NUMERALS,
    PART_WORDS,
    PAST_AFTER,
    PAST_BEFORE_EN,
    PAST_BEFORE_ZH,
    RANGES,
    SAME_MONTH,
    STARTS,
    WEEKDAYS,
    WEEKDAYS_ZH,
    WEEKEND_ZH,
    WORD,
)

NOON: Final = 12
HOURS_A_DAY: Final = 24
MINUTES: Final = 60
SATURDAY: Final = 5
SUNDAY: Final = 6
NEAR: Final = 24
"""So many characters before a word are looked at."""


class Day(NamedTuple):
    """A day; `last` when it is included whatever stands behind it ("by the end of the month")."""

    day: date
    ambiguous: bool = False
    last: bool = False


class Clock(NamedTuple):
    """An hour of the day, 0 to 24; `known` when there is no doubt about its half of the day."""

    hour: int
    minute: int
    known: bool


class Stretch(NamedTuple):
    """So much time from now on."""

    minutes: int = 0
    days: int = 0
    working: int = 0
    months: int = 0
    ambiguous: bool = False

    def times(self, count: int) -> "Stretch":
        """So many of them."""
        return Stretch(self.minutes * count, self.days * count, self.working * count, self.months * count)

    def plus(self, more: "Stretch") -> "Stretch":
        """Both one after the other; a doubt about one is a doubt about both."""
        return Stretch(
            self.minutes + more.minutes,
            self.days + more.days,
            self.working + more.working,
            self.months + more.months,
            self.ambiguous or more.ambiguous,
        )


class Vague(NamedTuple):
    """A word for time that names none."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word for a time at its place in the folded text: what it gives, of each kind at most one."""

    start: int
    end: int
    day: Day | None = None
    part: str | None = None
    clock: Clock | None = None
    stretch: Stretch | None = None
    vague: bool = False


_Found = re.Match[str]
_Meaning = Day | Clock | Stretch | Vague | str | tuple[Day, str] | None


def tokens(plain: str, speaking: Speaking) -> Iterator[Token]:
    """Every word for a time to come, in order."""
    done = 0
    while (start := STARTS.search(plain, done)) is not None:
        done = start.end()
        token = _token(plain, start, speaking)
        if token is not None:
            done = token.end
            if not _is_past(plain, token):
                yield token


def _token(plain: str, start: _Found, speaking: Speaking) -> Token | None:
    place, word = start.start(), start[0]
    if "0" <= word[0] <= "9":
        return _number(plain, start, speaking)
    if "a" <= word[0] <= "z":
        return _read(WORD.match(plain, place), speaking) if word in FIRST_WORDS else None
    if word[0] not in NUMERAL_FIRST:
        return _read(HAN.match(plain, place), speaking)
    return _read(HAN_NUMBER.match(plain, place), speaking)


def _number(plain: str, digits: _Found, speaking: Speaking) -> Token | None:
    place = digits.start()
    if place and plain[place - 1] in ".-/:¥$€£" and plain[max(0, place - 2) : place] not in RANGES:
        return None
    token = _read(NUMBER.match(plain, place), speaking) or _read(HAN_NUMBER.match(plain, place), speaking)
    return token or _bare(plain, place)


def _bare(plain: str, place: int) -> Token | None:
    """A number that is an hour only because of what stands before it: "at 3"; of "between 2 and 4" the later one."""
    if plain[place - 2 : place - 1] not in BEFORE_CLOCK_ENDS:
        return None
    if not BEFORE_CLOCK.search(plain, max(0, place - NEAR), place):
        return None
    found = BARE_CLOCK.match(plain, place)
    if found is None:
        return None
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    return _made(found, _with_half(hour, minute, found["noon"]) if found["noon"] else _clock(hour, minute))


def _is_past(plain: str, token: Token) -> bool:
    if token.stretch and PAST_AFTER.match(plain, token.end):
        return True
    before = plain[max(0, token.start - NEAR) : token.start]
    if (token.stretch or token.day) and PAST_BEFORE_ZH.search(before):
        return True
    return PAST_BEFORE_EN.search(before) is not None


def _read(found: _Found | None, speaking: Speaking) -> Token | None:
    """The meaning of what matched; none when it has none, such as the 31st of June or a day after the last year."""
    if found is None:
        return None
    try:
        return _made(found, _MEANINGS[str(found.lastgroup)](found, speaking))
    except (OverflowError, ValueError):
        return None


def _made(found: _Found, meaning: _Meaning) -> Token | None:
    start, end = found.span()
    match meaning:
        case Day():
            return Token(start, end, day=meaning)
        case Clock():
            return Token(start, end, clock=meaning)
        case Stretch():
            return Token(start, end, stretch=meaning)
        case Vague():
            return Token(start, end, vague=True)
        case str():
            return Token(start, end, part=meaning)
        case (Day() as day, str(part)):
            return Token(start, end, day=day, part=part)
    return None


def _ahead(found: _Found, speaking: Speaking) -> Day:
    return Day(speaking.today + DAYS_AHEAD[found["ahead"]] * ONE_DAY)


def _tonight(_: _Found, speaking: Speaking) -> tuple[Day, str]:
    return Day(speaking.today), EVENING


def _week(found: _Found, speaking: Speaking) -> Day | None:
    which = found["which"] or ""
    monday = speaking.monday(which.count("下"))
    if found["weekday"] == WEEKEND_ZH:
        return _weekend_of(monday, speaking)
    if found["weekday"]:
        day = monday + WEEKDAYS_ZH[found["weekday"]] * ONE_DAY
        return Day(day) if which else _coming(day, speaking)
    if not which and found["whole"] is None:
        return None
    return Day(speaking.week_end(monday), ambiguous=True, last=True)


def _coming(day: date, speaking: Speaking) -> Day:
    """A weekday without "this" or "next": today or the first one that comes."""
    if day < speaking.today:
        day += 7 * ONE_DAY
    return Day(day, ambiguous=day == speaking.today)


def _weekday(found: _Found, speaking: Speaking) -> Day | None:
    which = found["which"]
    if which is None and found["weekday"] in {"sun", "sat", "wed"}:
        return None
    place = WEEKDAYS.index(found["weekday"][:3])
    day, following = speaking.monday() + place * ONE_DAY, speaking.monday(1) + place * ONE_DAY
    if which == "this":
        return Day(day)
    if which == "next":
        # Some mean the first that comes, some the one of next week.
        first = day if day > speaking.today else following
        return Day(first, ambiguous=first != following)
    return _coming(day, speaking)


def _week_end(found: _Found, speaking: Speaking) -> Day:
    """People differ about where a week ends: the last working day that is still ahead."""
    return Day(speaking.week_end(speaking.monday(int(found["week"] == "next"))), ambiguous=True, last=True)


def _weekend(_: _Found, speaking: Speaking) -> Day:
    return _weekend_of(speaking.monday(), speaking)


def _weekend_of(monday: date, speaking: Speaking) -> Day:
    """Saturday, or Sunday when that has come."""
    return Day(max(monday + SATURDAY * ONE_DAY, min(speaking.today, monday + SUNDAY * ONE_DAY)), ambiguous=True)


def _in_week(found: _Found, speaking: Speaking) -> Day:
    week, day = found["week_before"] or found["week_behind"], found["day"] or found["day_before"]
    return Day(speaking.monday(int(week == "next")) + WEEKDAYS.index(day[:3]) * ONE_DAY)


def _month_end(found: _Found, speaking: Speaking) -> Day:
    return Day(speaking.month_end(int(found["next"] is not None)), last=True)


def _end_of_month(found: _Found, speaking: Speaking) -> Day:
    return Day(speaking.month_end(int("next" in (found["of"], found["month"]))), last=True)


def _dated(day: date | None) -> Day | None:
    return Day(day) if day else None


def _date(found: _Found, speaking: Speaking) -> Day | None:
    return _dated(speaking.day_of_year(found["year"], _count(found["month"]), _count(found["day"])))


def _day_month(found: _Found, speaking: Speaking) -> Day | None:
    month = MONTHS.index(found["name"][:3]) + 1
    return _dated(speaking.day_of_year(found["its_year"], month, int(found["dom"])))


def _month_day(found: _Found, speaking: Speaking) -> Day | None:
    return _dated(speaking.day_of_year(found["year"], MONTHS.index(found["name"][:3]) + 1, int(found["dom"])))


def _slashed(found: _Found, speaking: Speaking) -> Day | None:
    """3/4 is the third of April or the fourth of March: the earlier of those that are still ahead."""
    first, second = int(found["first"]), int(found["second"])
    read = {speaking.day_of_year(found["slash_year"], *pair) for pair in ((first, second), (second, first))}
    days = sorted(day for day in read if day)
    ahead = [day for day in days if day >= speaking.today]
    return Day((ahead or days)[0], ambiguous=len(days) > 1) if days else None


def _day_of_month(found: _Found, speaking: Speaking) -> Day | None:
    """The 31st: the first one behind the day that stands before it in a row, else the first one ahead."""
    number = _count(found["dom"])
    row = SAME_MONTH.search(found.string[max(0, found.start() - NEAR) : found.start()])
    first = speaking.day_of_year(row["year"], _count(row["month"]), _count(row["first"])) if row else None
    return _dated(day_ahead(first, number)) if first else _ahead_on(number, speaking)


def _nth(found: _Found, speaking: Speaking) -> Day | None:
    return _ahead_on(int(found["nth_day"]), speaking)


def _ahead_on(number: int, speaking: Speaking) -> Day | None:
    day = day_ahead(speaking.today, number)
    return Day(day, ambiguous=day.month != speaking.today.month) if day else None


def _day_of_that(found: _Found, speaking: Speaking) -> Day | None:
    return _dated(day_of(*speaking.month(int(found["that"].startswith("下"))), _count(found["day"])))


def _han_clock(found: _Found, _: Speaking) -> Clock | None:
    """An hour; of two ("9-11点", "三四点") the later one: nothing is late before."""
    word = found["hour"]
    hour = NUMERALS[word[1]] if word in NEIGHBOURS else _count(word)
    minute = {"半": 30, "一刻": 15, "三刻": 45}.get(found["quarter"], 0)
    minute = _count(found["minute"] or found["colon"] or str(minute))
    if found["noon"]:
        return _with_half(hour, minute, found["noon"])
    return _clock(hour, minute, known=found["colon"] is not None and word.startswith("0"))


def _half_clock(found: _Found, _: Speaking) -> Clock | None:
    return _with_half(int(found["hour"]), int(found["minute"] or 0), found["noon"])


def _o_clock(found: _Found, _: Speaking) -> Clock | None:
    return _clock(int(found["o_hour"]), 0)


def _o_clock_word(found: _Found, _: Speaking) -> Clock | None:
    return _clock(NUMBERS[found["hour"]], 0)


def _with_half(hour: int, minute: int, half: str) -> Clock | None:
    if 0 < hour <= NOON:
        hour = hour % NOON + (NOON if half == "p" else 0)
    return _clock(hour, minute, known=True)


def _clock(hour: int, minute: int, *, known: bool = False) -> Clock | None:
    if hour > HOURS_A_DAY or minute >= MINUTES or (hour == HOURS_A_DAY and minute):
        return None
    return Clock(hour, minute, known or hour > NOON or hour == 0)


def _count(text: str) -> int:
    """A number written in digits or in Chinese numerals up to 99."""
    if text[0] in "0123456789":
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        return int("".join(str(NUMERALS[char]) for char in text))
    return NUMERALS.get(tens, 1) * 10 + NUMERALS.get(ones, 0)


_UNITS: Final[tuple[tuple[str, Stretch, Stretch | None], ...]] = (
    ("工作", Stretch(working=1), Stretch(ambiguous=True)),
    ("work", Stretch(working=1), Stretch(ambiguous=True)),
    ("business", Stretch(working=1), Stretch(ambiguous=True)),
    ("分钟", Stretch(minutes=1), None),
    ("刻钟", Stretch(minutes=15), None),
    ("min", Stretch(minutes=1), None),
    ("小时", Stretch(minutes=60), Stretch(minutes=30)),
    ("钟头", Stretch(minutes=60), Stretch(minutes=30)),
    ("hour", Stretch(minutes=60), Stretch(minutes=30)),
    ("hr", Stretch(minutes=60), Stretch(minutes=30)),
    ("周", Stretch(days=7), Stretch(days=3, ambiguous=True)),
    ("星期", Stretch(days=7), Stretch(days=3, ambiguous=True)),
    ("礼拜", Stretch(days=7), Stretch(days=3, ambiguous=True)),
    ("week", Stretch(days=7), Stretch(days=3, ambiguous=True)),
    ("月", Stretch(months=1), Stretch(days=15, ambiguous=True)),
    ("month", Stretch(months=1), Stretch(days=15, ambiguous=True)),
    ("年", Stretch(months=12), Stretch(months=6)),
    ("year", Stretch(months=12), Stretch(months=6)),
    ("天", Stretch(days=1), Stretch(minutes=12 * 60, ambiguous=True)),
    ("日", Stretch(days=1), Stretch(minutes=12 * 60, ambiguous=True)),
    ("day", Stretch(days=1), Stretch(minutes=12 * 60, ambiguous=True)),
)
"""A unit by what its name contains, the first that fits: one of it, and half of it where people say so.

A half is read as the earliest: half a week is three days, half a working day ends with the day before it.
"""
_TOO_SHORT: Final = frozenset("日月周年") | {"个月"}
"""Units that count only with "within" or "after": 2月 is a month, 一年 a guarantee."""


def _stretch(count: int, unit: str, *, half: bool = False, ambiguous: bool = False) -> Stretch | None:
    one, part = next((one, part) for name, one, part in _UNITS if name in unit)
    whole = one.times(count)._replace(ambiguous=ambiguous)
    return whole if not half else part and whole.plus(part)


def _han_stretch(found: _Found, _: Speaking) -> Stretch | None:
    unit, least = found["unit"], found["least"]
    if found["within"] is None and (unit in _TOO_SHORT or (unit == "天" and least == "一")):
        return None
    if least == "半":
        return _stretch(0, unit, half=True)
    if found["most"] is None and len(least) > 1 and least[0] in NUMERALS and "十" not in least:
        # 两三天, 三五天: one of two.
        return _stretch(NUMERALS[least[0]], unit, ambiguous=True)
    half = any(found[name] for name in ("point", "half", "and_half"))
    return _stretch(_count(least), unit, half=half, ambiguous=found["most"] is not None)


def _counted(found: _Found, _: Speaking) -> Stretch | None:
    half, ambiguous = found["half"] is not None, found["most"] is not None
    return _stretch(int(found["least"]), found["unit"], half=half, ambiguous=ambiguous)


def _words(found: _Found, _: Speaking) -> Stretch | None:
    half, ambiguous = found["half"] is not None, found["most"] is not None
    return _stretch(NUMBERS[found["number"]], found["unit"], half=half, ambiguous=ambiguous)


_MEANINGS: Final[Mapping[str, Callable[[_Found, Speaking], _Meaning]]] = {
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
    "span": _han_stretch,
    "count": _counted,
    "words": _words,
    "fixed": lambda found, _speaking: Stretch(minutes=FIXED[found["fixed"]]),
    "couple": lambda found, _speaking: _stretch(2, found["of_unit"], ambiguous=True),
    "one": lambda found, _speaking: _stretch(1, found["one_unit"], half=found["one_half"] is not None),
    "half_one": lambda found, _speaking: _stretch(0, found["half_unit"], half=True),
    "vague": lambda _found, _speaking: Vague(),
}
"""What each outermost group of the patterns means, by its name."""
