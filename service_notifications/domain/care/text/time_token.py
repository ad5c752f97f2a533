"""The meaning of each single word for a time: a day, an hour, a part of the day, a period (H1)."""

from collections.abc import Iterator
from dataclasses import dataclass

from service_notifications.domain.care.text.time_context import TimeContext
from service_notifications.domain.care.text.time_meaning import (
    MEANING_OF_GROUP,
    Found,
    TimeMeaning,
    hour_in_half,
    hour_of_day,
)
from service_notifications.domain.care.text.time_patterns import (
    BARE_CLOCK,
    BEFORE_CLOCK,
    BEFORE_CLOCK_ENDS,
    FIRST_WORDS,
    HAN,
    HAN_NUMBER,
    NUMBER,
    NUMERAL_FIRST,
    PAST_AFTER,
    PAST_BEFORE_EN,
    PAST_BEFORE_ZH,
    RANGES,
    STARTS,
    WORD,
)
from service_notifications.domain.care.text.time_value import NEAR, Day, HourOfDay, TimePeriod, VagueTime


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeToken:
    """A word for a time at its place in the folded text, with at most one meaning of each kind."""

    start: int
    end: int
    day: Day | None = None
    part: str | None = None
    clock: HourOfDay | None = None
    stretch: TimePeriod | None = None
    vague: bool = False


def time_tokens(plain: str, context: TimeContext) -> Iterator[TimeToken]:
    """Every word for a future time, in order."""
    done = 0
    while (start := STARTS.search(plain, done)) is not None:
        done = start.end()
        token = _token(plain, start, context)
        if token is not None:
            done = token.end
            if not _is_past(plain, token):
                yield token


def _token(plain: str, start: Found, context: TimeContext) -> TimeToken | None:
    place, word = start.start(), start[0]
    if "0" <= word[0] <= "9":
        return _number(plain, start, context)
    if "a" <= word[0] <= "z":
        return _read(WORD.match(plain, place), context) if word in FIRST_WORDS else None
    if word[0] not in NUMERAL_FIRST:
        return _read(HAN.match(plain, place), context)
    return _read(HAN_NUMBER.match(plain, place), context)


def _number(plain: str, digits: Found, context: TimeContext) -> TimeToken | None:
    place = digits.start()
    if place and plain[place - 1] in ".-/:¥$€£" and plain[max(0, place - 2) : place] not in RANGES:
        return None
    token = _read(NUMBER.match(plain, place), context) or _read(HAN_NUMBER.match(plain, place), context)
    return token or _bare(plain, place)


def _bare(plain: str, place: int) -> TimeToken | None:
    """A number that is an hour only because of the word before it: "at 3". Of "between 2 and 4" the later one."""
    if plain[place - 2 : place - 1] not in BEFORE_CLOCK_ENDS:
        return None
    if not BEFORE_CLOCK.search(plain, max(0, place - NEAR), place):
        return None
    found = BARE_CLOCK.match(plain, place)
    if found is None:
        return None
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    return _made(found, hour_in_half(hour, minute, found["noon"]) if found["noon"] else hour_of_day(hour, minute))


def _is_past(plain: str, token: TimeToken) -> bool:
    if token.stretch and PAST_AFTER.match(plain, token.end):
        return True
    before = plain[max(0, token.start - NEAR) : token.start]
    if (token.stretch or token.day) and PAST_BEFORE_ZH.search(before):
        return True
    return PAST_BEFORE_EN.search(before) is not None


def _read(found: Found | None, context: TimeContext) -> TimeToken | None:
    """The meaning of the match; None without one, such as for the 31st of June or a day after the last year."""
    if found is None:
        return None
    try:
        return _made(found, MEANING_OF_GROUP[str(found.lastgroup)](found, context))
    except (OverflowError, ValueError):
        return None


def _made(found: Found, meaning: TimeMeaning) -> TimeToken | None:
    start, end = found.span()
    match meaning:
        case Day():
            return TimeToken(start=start, end=end, day=meaning)
        case HourOfDay():
            return TimeToken(start=start, end=end, clock=meaning)
        case TimePeriod():
            return TimeToken(start=start, end=end, stretch=meaning)
        case VagueTime():
            return TimeToken(start=start, end=end, vague=True)
        case str():
            return TimeToken(start=start, end=end, part=meaning)
        case (Day() as day, str(part)):
            return TimeToken(start=start, end=end, day=day, part=part)
    return None
