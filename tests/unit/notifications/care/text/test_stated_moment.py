"""Moments named in both languages, reckoned in the conversation's zone and working days (H1, E3, N3.4)."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from service_notifications.domain.care.text.folded_text import view_of
from service_notifications.domain.care.text.stated_moment import DueSource, StatedMoment, stated_moments
from service_notifications.domain.care.text.time_context import TimeContext
from tests.norms.readings import reread, sections

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
BERLIN: Final = ZoneInfo("Europe/Berlin")
NEW_YORK: Final = ZoneInfo("America/New_York")


def said(year: int, month: int, day: int, hour: int, minute: int = 0, *, zone: ZoneInfo = SHANGHAI) -> TimeContext:
    return TimeContext(datetime(year, month, day, hour, minute, tzinfo=zone), zone)


TUESDAY: Final = said(2026, 11, 24, 10, 30)
"""A Tuesday morning in Shanghai."""


def found(text: str, speaking: TimeContext = TUESDAY) -> tuple[StatedMoment, ...]:
    return stated_moments(view_of(text).plain, speaking)


def local(text: str, speaking: TimeContext = TUESDAY) -> str:
    """The one moment of a text as the clock on the wall shows it."""
    (moment,) = found(text, speaking)
    assert moment.due is not None
    return moment.due.astimezone(speaking.zone).strftime("%m-%d %H:%M")


EXACT: Final = [
    ("我今天18点前给您回电", "11-24 18:00"),
    ("11月24日18:00前", "11-24 18:00"),
    ("十一月二十六日下午三点半", "11-26 15:30"),
    ("２０２６年１２月１日 ０９：００", "12-01 09:00"),
    ("明天下午三點前回覆您", "11-25 15:00"),
    ("明早9点半", "11-25 09:30"),
    ("今晚8点前", "11-24 20:00"),
    ("后天中午12点", "11-26 12:00"),
    ("周五上午十点一刻", "11-27 10:15"),
    ("by 6 pm today", "11-24 18:00"),
    ("tomorrow at 3:30 p.m.", "11-25 15:30"),
    ("on Nov 26th at 5pm", "11-26 17:00"),
    ("26 November, 14:00", "11-26 14:00"),
    ("2026-12-01 09:00", "12-01 09:00"),
    ("9am on Friday", "11-27 09:00"),
    ("明天上午9点到12点之间", "11-25 12:00"),
    ("后天14:00-16:30", "11-26 16:30"),
    ("tomorrow between 2 and 4 pm", "11-25 16:00"),
    ("on Friday from 9:00 to 13:00", "11-27 13:00"),
]
RESOLVED: Final = [
    ("明天上午", "11-25 12:00"),
    ("周五中午前", "11-27 12:00"),
    ("下周一", "11-30 18:00"),
    ("下下周二", "12-08 18:00"),
    ("3个工作日内", "11-27 18:00"),
    ("三个工作日内", "11-27 18:00"),
    ("24小时内", "11-25 10:30"),
    ("半小时后", "11-24 11:00"),
    ("两个半小时内", "11-24 13:00"),
    ("三天内", "11-27 18:00"),
    ("一周内", "12-01 18:00"),
    ("十二天之内", "12-06 18:00"),
    ("月底前", "11-30 18:00"),
    ("下月底", "12-31 18:00"),
    ("一个月内", "12-24 18:00"),
    ("今天下班前", "11-24 18:00"),
    ("晚上12点前", "11-25 00:00"),
    ("今晚", "11-24 22:00"),
    ("by Friday noon", "11-27 12:00"),
    ("by Friday", "11-27 18:00"),
    ("within two business days", "11-26 18:00"),
    ("within 3 working days", "11-27 18:00"),
    ("by end of day", "11-24 18:00"),
    ("by close of business", "11-24 18:00"),
    ("tomorrow morning", "11-25 12:00"),
    ("this afternoon", "11-24 18:00"),
    ("I'll call you back at 3pm", "11-24 15:00"),
    ("in half an hour", "11-24 11:00"),
    ("within the hour", "11-24 11:30"),
    ("in an hour and a half", "11-24 12:00"),
    ("within the next 48 hours", "11-26 10:30"),
    ("within a week", "12-01 18:00"),
    ("by the end of the month", "11-30 18:00"),
    ("by the end of next month", "12-31 18:00"),
    ("the day after tomorrow", "11-26 18:00"),
    ("tonight", "11-24 22:00"),
    ("on 24 December", "12-24 18:00"),
]
AMBIGUOUS: Final = [
    ("本周内", "11-27 18:00"),
    ("by the end of the week", "11-27 18:00"),
    ("周五前", "11-26 18:00"),
    ("before Friday", "11-26 18:00"),
    ("两三天内", "11-26 18:00"),
    ("3-5个工作日内", "11-27 18:00"),
    ("within two to three days", "11-26 18:00"),
    ("in a couple of days", "11-26 18:00"),
    ("at 3", "11-24 15:00"),
    ("5点前", "11-24 17:00"),
    ("9点前", "11-24 21:00"),
    ("on 3/12", "12-03 18:00"),
    ("31号", "12-31 18:00"),
    ("周二", "11-24 18:00"),
    ("at 9am", "11-25 09:00"),
]
"""What can be read in two ways, and the earliest reasonable reading."""
NO_TIME: Final = [
    "7天无理由退货",
    "3天前已经寄出",
    "上周五签收",
    "买了两周",
    "订单号20261124",
    "退款1.5元",
    "I bought it two weeks ago",
    "last Friday",
    "a 30 day guarantee",
    "size 12",
    "you may go",
    "版本 10.3.1",
    "2月30日",
    "25点",
    "35 June",
]


@pytest.mark.parametrize(("text", "due"), EXACT)
def test_a_day_and_an_hour_are_exact(text: str, due: str) -> None:
    (moment,) = found(text)
    assert (local(text), moment.due_source, moment.ambiguous, moment.impossible) == (due, DueSource.EXACT, False, False)


@pytest.mark.parametrize(("text", "due"), RESOLVED)
def test_less_than_that_is_reckoned(text: str, due: str) -> None:
    (moment,) = found(text)
    assert (local(text), moment.due_source, moment.ambiguous, moment.impossible) == (
        due,
        DueSource.RESOLVED,
        False,
        False,
    )


@pytest.mark.parametrize(("text", "due"), AMBIGUOUS)
def test_of_two_readings_the_earliest_is_taken_and_marked(text: str, due: str) -> None:
    (moment,) = found(text)
    assert (local(text), moment.ambiguous, moment.impossible) == (due, True, False)


@pytest.mark.parametrize(
    "text", ["尽快", "第一时间", "稍后", "as soon as possible", "shortly", "right away", "at once"]
)
def test_words_that_name_no_time_are_vague(text: str) -> None:
    """E3."""
    (moment,) = found(text)
    assert (moment.due, moment.due_source) == (None, DueSource.VAGUE)


@pytest.mark.parametrize("text", ["收到后3天内", "验收后1个工作日内", "within one business day of receipt"])
def test_what_counts_from_an_event_to_come_has_no_due_moment_yet(text: str) -> None:
    (moment,) = found(text)
    assert (moment.due, moment.due_source, moment.after_event) == (None, DueSource.VAGUE, True)


@pytest.mark.parametrize("text", NO_TIME)
def test_numbers_past_times_and_days_that_do_not_exist_are_no_moments(text: str) -> None:
    assert found(text) == ()


@pytest.mark.parametrize(
    ("text", "speaking"),
    [
        ("今天18点前", said(2026, 11, 24, 19)),
        ("今天10点前", said(2026, 11, 24, 10, 30)),
        ("今天上午", said(2026, 11, 24, 14)),
        ("本周一", TUESDAY),
        ("11月20日", TUESDAY),
        ("by 9 am today", TUESDAY),
        ("this Monday", TUESDAY),
        ("on 20 November", TUESDAY),
    ],
)
def test_what_has_passed_already_is_impossible(text: str, speaking: TimeContext) -> None:
    """H1: nobody can keep it, so nobody may say it."""
    (moment,) = found(text, speaking)
    assert moment.impossible
    assert moment.due is not None
    assert moment.due < speaking.at


def test_an_hour_without_a_day_that_has_passed_is_tomorrows() -> None:
    assert local("at 3pm", said(2026, 11, 24, 16)) == "11-25 15:00"


@pytest.mark.parametrize("hour", [19, 23])
def test_a_day_named_after_closing_ends_a_minute_before_midnight(hour: int) -> None:
    assert local("今天给您答复", said(2026, 11, 24, hour)) == "11-24 23:59"


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("tomorrow", "2027-01-01 18:00"),
        ("明天上午", "2027-01-01 12:00"),
        ("1月5日", "2027-01-05 18:00"),
        ("by 5 January", "2027-01-05 18:00"),
        ("下月底", "2027-01-31 18:00"),
        ("下周一", "2027-01-04 18:00"),
        ("in 2 hours", "2027-01-01 00:00"),
        ("两天内", "2027-01-02 18:00"),
    ],
)
def test_the_last_day_of_a_year_goes_on_in_the_next(text: str, due: str) -> None:
    speaking = said(2026, 12, 31, 22)
    (moment,) = found(text, speaking)
    assert moment.due is not None
    assert moment.due.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") == due


def test_the_29th_of_february_waits_for_a_leap_year() -> None:
    assert found("2027年2月29日") == ()
    assert local("2028年2月29日") == "02-29 18:00"


def test_a_month_after_its_31st_ends_with_the_next_month() -> None:
    assert local("一个月内", said(2026, 1, 31, 9)) == "02-28 18:00"


READINGS: Final = sections("moments")
"""By the wall clock in Shanghai at which the text is written."""


def told(text: str, speaking: TimeContext) -> str:
    """Every moment of a text: its words, when it is due, how that is known and with what doubts."""
    plain = view_of(text).plain
    return " + ".join(_told(moment, plain, speaking) for moment in stated_moments(plain, speaking))


def _told(moment: StatedMoment, plain: str, speaking: TimeContext) -> str:
    words = [plain[moment.start : moment.end]]
    words += [f"{moment.due.astimezone(speaking.zone):%Y-%m-%d %H:%M}"] if moment.due else []
    words += [moment.due_source]
    words += [each for each in ("ambiguous", "impossible", "counted", "after_event") if getattr(moment, each)]
    return ", ".join(words)


@pytest.mark.parametrize("heading", READINGS)
def test_every_way_to_name_a_time_is_read_as_it_is_meant(heading: str) -> None:
    """H1, E3: each word for a day, an hour and a stretch of time, and what only looks like one."""
    at = datetime.strptime(heading[:16], "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)
    lines = READINGS[heading]
    assert reread(lines, lambda text: told(text, TimeContext(at, SHANGHAI))) == lines


@dataclass(frozen=True)
class Calendar:
    """Chinese days off with make-up days, and another closing hour."""

    closes: int = 17 * 60
    off: frozenset[date] = field(default_factory=frozenset)
    on: frozenset[date] = field(default_factory=frozenset)

    def works_on(self, day: date) -> bool:
        return day in self.on or (day.weekday() < 5 and day not in self.off)


def test_working_days_and_the_closing_hour_are_the_calendars() -> None:
    """National Day off, a Saturday worked for it (N3.4)."""
    holidays = frozenset(date(2026, 10, day) for day in range(1, 8))
    calendar = Calendar(off=holidays, on=frozenset({date(2026, 10, 10)}))
    speaking = TimeContext(datetime(2026, 9, 30, 10, tzinfo=SHANGHAI), SHANGHAI, calendar)
    assert local("3个工作日内", speaking) == "10-10 17:00"
    assert local("within one business day", speaking) == "10-08 17:00"


def test_a_calendar_without_work_is_not_waited_for() -> None:
    @dataclass(frozen=True)
    class Never:
        closes: int = 1080

        def works_on(self, day: date) -> bool:
            return False

    speaking = TimeContext(datetime(2026, 11, 24, 10, tzinfo=SHANGHAI), SHANGHAI, Never())
    assert local("2个工作日内", speaking) == "11-26 18:00"


def test_an_hour_that_summer_time_skips_is_the_earlier_moment_and_marked() -> None:
    """In Berlin there is no 02:30 on 29 March 2026; in New York 01:30 is there twice on 1 November."""
    (skipped,) = found("tomorrow at 2:30 am", said(2026, 3, 28, 12, zone=BERLIN))
    assert skipped.due == datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert skipped.ambiguous
    (twice,) = found("tomorrow at 1:30 am", said(2026, 10, 31, 12, zone=NEW_YORK))
    assert twice.due == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert twice.ambiguous


def test_hours_are_hours_across_the_change_to_summer_time() -> None:
    assert local("within 24 hours", said(2026, 3, 28, 12, zone=BERLIN)) == "03-29 13:00"


def test_the_zone_of_the_conversation_says_which_day_it_is() -> None:
    at = datetime(2026, 11, 24, 20, tzinfo=UTC)
    assert local("tomorrow", TimeContext(at, SHANGHAI)) == "11-26 18:00"
    assert local("tomorrow", TimeContext(at, NEW_YORK)) == "11-25 18:00"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        TimeContext(datetime(2026, 11, 24, 10), SHANGHAI)  # noqa: DTZ001


def test_several_moments_stay_apart() -> None:
    text = "我今天18点前回电，明天上午退款；by Friday you have it."
    assert [text[moment.start : moment.end] for moment in found(text)] == ["今天18点", "明天上午", "Friday"]


def test_no_more_moments_are_read_than_anybody_writes() -> None:
    assert len(found("今天、" * 5000)) == 200


YEAR: Final = re.compile("[0-9０-９]{4}")
PHRASES: Final = st.one_of(
    st.sampled_from([text for text, _ in EXACT + RESOLVED + AMBIGUOUS]),
    st.builds("{}小时内".format, st.integers(1, 200)),
    st.builds("{}个工作日内".format, st.integers(1, 40)),
    st.builds("{}月{}日{}点前".format, st.integers(1, 12), st.integers(1, 31), st.integers(0, 24)),
    st.builds("within {} days".format, st.integers(1, 300)),
    st.builds("at {}:{:02} {}".format, st.integers(1, 12), st.integers(0, 59), st.sampled_from(["am", "pm"])),
    st.builds(
        "{}{}".format,
        st.sampled_from(["今天", "明天", "后天", "周日", "下周三"]),
        st.sampled_from(["", "上午", "晚上"]),
    ),
    st.builds("by {} {}".format, st.integers(1, 31), st.sampled_from(["March", "Oct", "feb"])),
)
CONTEXT: Final = st.builds(
    lambda at, zone: TimeContext(at.replace(tzinfo=UTC), ZoneInfo(zone)),
    st.datetimes(min_value=datetime(1990, 1, 2), max_value=datetime(2100, 12, 30)),  # noqa: DTZ001
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "America/St_Johns"]),
)


@given(PHRASES, CONTEXT)
def test_what_is_due_is_ahead_or_called_impossible(text: str, speaking: TimeContext) -> None:
    for moment in found(text, speaking):
        if moment.due is not None:
            assert moment.due.tzinfo is UTC
            assert moment.impossible == (moment.due < speaking.at)
            if not YEAR.search(text):
                assert moment.due - speaking.at < timedelta(days=4 * 366)


@given(st.lists(st.one_of(PHRASES, st.text(max_size=12)), max_size=6), CONTEXT)
def test_places_are_in_order_and_lead_back_to_the_words(pieces: list[str], speaking: TimeContext) -> None:
    view = view_of(" ".join(pieces))
    end = 0
    for moment in stated_moments(view.plain, speaking):
        assert end <= moment.start < moment.end <= len(view.plain)
        end = moment.end
        span = view.span(moment.start, moment.end)
        again = view_of(view.original[span.start : span.end]).plain.strip()
        assert view.plain[moment.start : moment.end].strip() in again or again in view.plain


@given(st.text(alphabet="今明后周五12点:/-年月日前内天小时工作days within at pm一二三半 ", max_size=60), CONTEXT)
def test_no_text_is_too_odd(text: str, speaking: TimeContext) -> None:
    for moment in stated_moments(view_of(text).plain, speaking):
        assert moment.due_source is not DueSource.NONE


@pytest.mark.parametrize("at", [datetime(1, 1, 1, 12, tzinfo=UTC), datetime(9999, 12, 31, 12, tzinfo=UTC)])
def test_the_ends_of_the_calendar_raise_nothing(at: datetime) -> None:
    for text, _ in EXACT + RESOLVED + AMBIGUOUS:
        found(text, TimeContext(at, ZoneInfo("UTC")))
