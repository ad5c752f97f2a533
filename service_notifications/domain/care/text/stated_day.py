"""Finds dates and hours that a text states exactly: which day, and whether an hour belongs to the day (E3, E5, H2, H3).

Dates are read from `TextView.plain`: 11月24日18:00, 2026-11-24, 24 November at 6 pm, Nov 24, the 25th, and today and
tomorrow in both languages. A missing year is the one that puts the day nearest to `now`. A day without a month is the
next such day after the day before it in the text (12月24日至26日), else the next one from now on. An hour belongs to
one day on the same line. Of two hours ("9-11点") the later one counts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from service_notifications.domain.care.text.folded_text import TextView
from service_notifications.domain.care.text.time_context import day_ahead
from service_notifications.domain.care.text.time_patterns import (
    DAY_ALONE,
    LATER_HALF,
    NO_DAY_BEFORE,
    NTH_BEFORE,
    NTH_BEHIND,
    PART_WORDS,
)

_MONTHS: Final = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_MONTH: Final = (
    r"(?:(?:january|february|march|april|(?<!you )(?<!we )(?<!it )may|june|july|august|september|october|november"
    r"|december)\b|(?:jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)\b\.?)"
)
_NUMBER: Final = r"(?:3[01]|[12]\d|0?[1-9])"
_DAY: Final = re.compile(
    rf"(?<!\d)(?:(?P<zy>\d{{4}})年)?(?P<zm>1[0-2]|0?[1-9])月(?P<zd>{_NUMBER})[日号]?"
    rf"|(?<!\d)(?P<iy>20\d\d)[-/.](?P<im>1[0-2]|0?[1-9])[-/.](?P<id>{_NUMBER})(?!\d)"
    rf"|(?<!\d)(?P<ed>{_NUMBER})(?:st|nd|rd|th)? (?:of )?(?P<em>{_MONTH})(?:,? (?P<ey>20\d\d))?"
    rf"|\b(?P<am>{_MONTH}) (?P<ad>{_NUMBER})(?:st|nd|rd|th)?(?!\d)(?:,? (?P<ay>20\d\d))?"
    rf"|(?<![\d.:/])(?<!\d-){NO_DAY_BEFORE}(?P<alone>{_NUMBER}){DAY_ALONE}"
    rf"|(?P<that>下个?|[本当]|这个?)月(?P<td>{_NUMBER})[日号]"
    rf"|{NTH_BEFORE}(?P<nth>{_NUMBER}){NTH_BEHIND}"
    r"|(?P<rel>今[天日晚早]|明[天日早晚]|大?后天|当[天日]|\b(?:today|tonight|(?:day after )?tomorrow)\b)"
    r"|(?P<week>(?:周|星期|礼拜)[一二三四五六日天]|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b)"
)
_OCLOCK: Final = r"(?:[01]?\d|2[0-4])"
_HOUR: Final = re.compile(
    r"(?<![\d:])(?P<eh>1[0-2]|0?[1-9])(?::(?P<em>[0-5]\d))? ?(?P<ap>a\.?m\b|p\.?m\b)"
    r"|(?<![\d:])(?:(?P<part>凌晨|清晨|早上|上午|中午|下午|午后|傍晚|晚[上间]?|夜里) ?)?"
    rf"(?:{_OCLOCK}(?:[:点时](?:[0-5]\d|半)?)?[-~至到])?"
    rf"(?P<h>{_OCLOCK})(?:[:点时](?:(?P<m>[0-5]\d)分?|(?P<half>半))?)(?![\d月日])"
    r"|(?P<noon>\bnoon\b|中午12点?|正午|\bmidnight\b)"
)
_NEAR: Final = 24
_NEAR_BEFORE: Final = len(" uhr on the ")
_ROW: Final = re.compile(r"[\d:点时分前 ~至到、,和或及与-]{1,14}")
"""The words between the days of a row: 12月24日至26日."""
_RELATIVE: Final = {"今": 0, "当": 0, "明": 1, "后": 2, "大": 3, "tod": 0, "ton": 0, "tom": 1, "day": 2}
_NOON: Final = 12
_LONGEST_MONTH: Final = timedelta(days=31)
_MIDNIGHT: Final = time(23, 59)


@dataclass(frozen=True, slots=True)
class StatedDay:
    """A day at `plain[start:end]`, with its hour. `day` is None for a weekday, which can mean several days."""

    start: int
    end: int
    day: date | None
    hour: time | None


def days_in(view: TextView, now: datetime) -> tuple[StatedDay, ...]:
    """Every stated day, in order."""
    hours = [(match.start(), match.end(), _hour(match)) for match in _HOUR.finditer(view.plain)]
    return tuple(_with_hours(view, list(_days(view, now)), hours))


def has_hour(plain: str) -> bool:
    """Whether the text states an hour anywhere."""
    return _HOUR.search(plain) is not None


def _days(view: TextView, now: datetime) -> Iterator[tuple[int, int, date | None]]:
    known: dict[str, date | None] = {}
    last: date | None = None
    end = 0
    for match in _DAY.finditer(view.plain):
        if match["rel"]:
            word = match["rel"]
            ahead = _RELATIVE[word[0] if word[0] in _RELATIVE else word[:3]]
            yield match.start(), match.end(), now.date() + timedelta(days=ahead)
        elif match["week"]:
            yield match.start(), match.end(), None
        else:
            if number := match["alone"] or match["nth"]:
                in_row = last if _ROW.fullmatch(view.plain, end, match.start()) else None
                day = day_ahead(in_row or now.date(), int(number))
            else:
                if match[0] not in known:
                    known[match[0]] = _calendar_day(match, now)
                day = known[match[0]]
            if day is not None:
                last, end = day, match.end()
                yield match.start(), end, day


def _calendar_day(match: re.Match[str], now: datetime) -> date | None:
    if match["that"]:
        first = now.date().replace(day=1)
        if match["that"].startswith("下"):
            first = (first + _LONGEST_MONTH).replace(day=1)
        return day_ahead(first, int(match["td"]))
    month_word = match["em"] or match["am"]
    month = _MONTHS.split("|").index(month_word[:3]) + 1 if month_word else int(match["zm"] or match["im"])
    day = int(match["zd"] or match["id"] or match["ed"] or match["ad"])
    year = match["zy"] or match["iy"] or match["ey"] or match["ay"]
    years = [int(year)] if year else [now.year, now.year + 1, now.year - 1]
    found = [each for each in (_date(one, month, day) for one in years) if each is not None]
    return min(found, key=lambda each: abs(each - now.date()), default=None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _hour(match: re.Match[str]) -> time:
    if match["noon"]:
        return _MIDNIGHT if match["noon"] == "midnight" else time(_NOON)
    if match["eh"]:
        hour = int(match["eh"]) % _NOON + (_NOON if match["ap"].startswith("p") else 0)
        return time(hour, int(match["em"] or 0))
    hour = int(match["h"])
    if match["part"] and hour in LATER_HALF.get(PART_WORDS[match["part"]], ()):
        hour += _NOON
    # 24:00 is the end of the day.
    return _MIDNIGHT if hour == 2 * _NOON else time(hour, 30 if match["half"] else int(match["m"] or 0))


def _with_hours(
    view: TextView, days: list[tuple[int, int, date | None]], hours: list[tuple[int, int, time]]
) -> Iterator[StatedDay]:
    """Each day with the hour after it, or directly before it ("18:00 on 24 November"). An hour belongs to
    one day only.
    """
    place = free = 0
    for number, (start, end, day) in enumerate(days):
        following = days[number + 1][0] if number + 1 < len(days) else len(view.plain)
        while place < len(hours) and hours[place][1] <= start:
            place += 1
        near = [
            each
            for each in (place - 1, place)
            if free <= each < len(hours) and _belongs(view, hours[each], start, end, following)
        ]
        chosen = next((each for each in near if "on" in view.plain[hours[each][1] : start]), near[-1] if near else None)
        free = free if chosen is None else chosen + 1
        yield StatedDay(start, end, day, None if chosen is None else hours[chosen][2])


def _belongs(view: TextView, hour: tuple[int, int, time], start: int, end: int, following: int) -> bool:
    """Whether the hour is next to the day on its line, before the next day."""
    first, last, _ = hour
    if first >= end:
        return first < following and first - end <= _NEAR and "\n" not in view.plain[end:first]
    return start - last <= _NEAR_BEFORE and "\n" not in view.plain[last:start]
