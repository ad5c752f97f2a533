"""Dates and hours that a text states outright: which day, and whether an hour stands with it (E3, E5, H2, H3).

Read from `View.plain`: 11月24日18:00, 2026-11-24, 24 November at 6 pm, Nov 24, and today and tomorrow in both
languages.
A year that is not said is the one that brings the day nearest to `now`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from service_notifications.domain.reply.text import View

_MONTHS: Final = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_MONTH: Final = (
    r"(?:(?:january|february|march|april|(?<!you )(?<!we )(?<!it )may|june|july|august|september|october|november"
    r"|december)\b|(?:jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)\b\.?)"
)
_DAY: Final = re.compile(
    r"(?<!\d)(?:(?P<zy>20\d\d)年)?(?P<zm>1[0-2]|0?[1-9])月(?P<zd>3[01]|[12]\d|0?[1-9])[日号]?"
    r"|(?<!\d)(?P<iy>20\d\d)[-/.](?P<im>1[0-2]|0?[1-9])[-/.](?P<id>3[01]|[12]\d|0?[1-9])(?!\d)"
    rf"|(?<!\d)(?P<ed>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)? (?:of )?(?P<em>{_MONTH})(?:,? (?P<ey>20\d\d))?"
    rf"|\b(?P<am>{_MONTH}) (?P<ad>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?!\d)(?:,? (?P<ay>20\d\d))?"
    r"|(?P<rel>今[天日晚早]|明[天日早晚]|后天|当[天日]|\b(?:today|tonight|tomorrow)\b)"
    r"|(?P<week>(?:周|星期|礼拜)[一二三四五六日天]|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b)"
)
_HOUR: Final = re.compile(
    r"(?<![\d:])(?P<eh>1[0-2]|0?[1-9])(?::(?P<em>[0-5]\d))? ?(?P<ap>a\.?m\b|p\.?m\b)"
    r"|(?<![\d:])(?:(?P<half>上午|早上|中午|下午|晚上|傍晚|晚) ?)?"
    r"(?P<h>[01]?\d|2[0-4])(?:[:点时](?P<m>[0-5]\d)?分?)(?![\d月日])"
    r"|(?P<noon>\bnoon\b|中午12点?|正午|\bmidnight\b)"
)
_NEAR: Final = 24
_RELATIVE: Final = {"今": 0, "当": 0, "明": 1, "后": 2, "tod": 0, "ton": 0, "tom": 1}
_AFTERNOON: Final = ("下午", "晚上", "傍晚", "晚")
_NOON: Final = 12


@dataclass(frozen=True, slots=True)
class StatedDay:
    """A day at `plain[start:end]`, with the hour beside it. `day` is `None` for a weekday, which names several."""

    start: int
    end: int
    day: date | None
    hour: time | None


def days_in(view: View, now: datetime) -> tuple[StatedDay, ...]:
    """Every day the text states, in order."""
    hours = [(match.start(), match.end(), _hour(match)) for match in _HOUR.finditer(view.plain)]
    return tuple(_with_hours(view, _days(view, now), hours))


def has_hour(plain: str) -> bool:
    """Whether an hour stands anywhere in the text."""
    return _HOUR.search(plain) is not None


def _days(view: View, now: datetime) -> Iterator[tuple[int, int, date | None]]:
    known: dict[str, date | None] = {}
    for match in _DAY.finditer(view.plain):
        if match["rel"]:
            word = match["rel"]
            ahead = _RELATIVE[word[0] if word[0] in _RELATIVE else word[:3]]
            yield match.start(), match.end(), now.date() + timedelta(days=ahead)
        elif match["week"]:
            yield match.start(), match.end(), None
        else:
            if match[0] not in known:
                known[match[0]] = _calendar_day(match, now)
            day = known[match[0]]
            if day is not None:
                yield match.start(), match.end(), day


def _calendar_day(match: re.Match[str], now: datetime) -> date | None:
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
        return time(0) if match["noon"] == "midnight" else time(_NOON)
    if match["eh"]:
        hour = int(match["eh"]) % _NOON + (_NOON if match["ap"].startswith("p") else 0)
        return time(hour, int(match["em"] or 0))
    hour = int(match["h"])
    if match["half"] in _AFTERNOON and hour < _NOON:
        hour += _NOON
    # 24:00 is the end of the day.
    return time(23, 59) if hour == 2 * _NOON else time(hour, int(match["m"] or 0))


def _with_hours(
    view: View, days: Iterator[tuple[int, int, date | None]], hours: list[tuple[int, int, time]]
) -> Iterator[StatedDay]:
    """Each day with the hour behind it in the same sentence, or right before it ("18:00 on 24 November")."""
    place = 0
    for start, end, day in days:
        while place < len(hours) and hours[place][1] <= start:
            place += 1
        after = hours[place] if place < len(hours) and hours[place][0] - end <= _NEAR else None
        before = hours[place - 1] if place and start - hours[place - 1][1] <= len(" uhr on the ") else None
        near = after if after and "\n" not in view.plain[end : after[0]] else before
        yield StatedDay(start, end, day, near[2] if near else None)
