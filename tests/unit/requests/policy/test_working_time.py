"""Clocks in working time agree with somebody who counts minutes, pause and resume, and warn in time (R2.1, C03)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings, strategies as st

from service_requests.domain.policy.working_time import (
    ClockStatus,
    WorkingClock,
    after_working_time,
    start,
    working_time_between,
)
from shared.kernel.calendar import WorkingCalendar
from shared.kernel.errors import IllegalMove
from shared.kernel.period import Period

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkingCalendar(
    id="fixture", zone="Asia/Shanghai", holidays=frozenset({date(2026, 11, 25)}), published=frozenset({2026})
)
MINUTE = timedelta(minutes=1)
moments = st.integers(0, 14 * 24 * 60).map(lambda n: datetime(2026, 11, 16, tzinfo=SHANGHAI) + n * MINUTE)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def is_working(moment: datetime) -> bool:
    there = moment.astimezone(SHANGHAI)
    return there.weekday() < 5 and there.date() != date(2026, 11, 25) and 9 <= there.hour < 18


@settings(max_examples=40)
@given(moments, st.integers(1, 30 * 60))
def test_working_time_is_counted_minute_by_minute(asked: datetime, minutes: int) -> None:
    """R2.1."""
    now, left = asked.astimezone(UTC), minutes
    while left:
        left -= is_working(now)
        now += MINUTE
    assert after_working_time(CALENDAR, asked, minutes * MINUTE) == now
    assert working_time_between(CALENDAR, asked, now) == minutes * MINUTE


@pytest.mark.parametrize(
    ("asked", "hours", "due"),
    [
        ("2026-11-20T16:00", 2, "2026-11-20T18:00"),
        ("2026-11-20T16:00", 3, "2026-11-23T10:00"),
        ("2026-11-21T11:00", 9, "2026-11-23T18:00"),
        ("2026-11-20T19:30", 1, "2026-11-23T10:00"),
        ("2026-11-24T17:00", 2, "2026-11-26T10:00"),
    ],
)
def test_a_budget_that_ends_at_closing_is_due_at_closing(asked: str, hours: int, due: str) -> None:
    """R2.1."""
    assert start(CALENDAR, local(asked), hours).due_at == local(due)


def test_a_promise_without_hours_is_due_at_the_end_of_the_next_working_day() -> None:
    """R2.1: Tuesday's promise passes over Wednesday's holiday."""
    assert start(CALENDAR, local("2026-11-24T10:00")).due_at == local("2026-11-26T18:00")


def test_the_time_that_was_left_runs_on_after_the_resume() -> None:
    """A07: paused with three hours to go; resumed, three hours later is due."""
    clock = start(CALENDAR, local("2026-11-16T10:00"))
    paused = clock.pause(local("2026-11-17T15:00"))
    assert paused.left == timedelta(hours=3)
    assert paused.status(local("2027-01-01T00:00")) is ClockStatus.PAUSED
    assert paused.warns_at((50, 80)) == ()
    resumed = paused.resume(local("2026-11-20T17:00"))
    assert resumed.due_at == local("2026-11-23T11:00")
    assert resumed.status(local("2026-11-23T11:00")) is ClockStatus.RUNNING
    assert resumed.status(local("2026-11-23T11:00:01")) is ClockStatus.OVERDUE


@given(st.lists(moments, min_size=3, max_size=3, unique=True))
def test_pausing_never_takes_or_gives_working_time(three: list[datetime]) -> None:
    """A07: what passed before the pause and after the resume is the whole budget."""
    asked, paused_at, resumed_at = sorted(three)
    clock = start(CALENDAR, asked, 20)
    assume(paused_at < clock.due_at)
    resumed = clock.pause(paused_at).resume(resumed_at)
    before = working_time_between(CALENDAR, asked, paused_at)
    after = working_time_between(CALENDAR, resumed_at, resumed.due_at)
    assert before + after == timedelta(hours=20)


def test_it_warns_at_shares_of_the_working_time() -> None:
    """C03: half and four fifths of ten hours."""
    clock = start(CALENDAR, local("2026-11-16T09:00"), 10)
    assert clock.warns_at((50, 80)) == (local("2026-11-16T14:00"), local("2026-11-16T17:00"))


@pytest.mark.parametrize("verb", ["pause", "resume"])
@pytest.mark.parametrize("status", ClockStatus)
def test_a_verb_works_from_its_state_and_nowhere_else(verb: str, status: ClockStatus) -> None:
    """A07."""
    running = start(CALENDAR, local("2026-11-16T09:00"), 10)
    at = local("2026-11-16T12:00")
    subject, when = {
        ClockStatus.RUNNING: (running, at),
        ClockStatus.PAUSED: (running.pause(at), at),
        ClockStatus.OVERDUE: (running, local("2026-11-18T12:00")),
    }[status]
    allowed = {"pause": ClockStatus.RUNNING, "resume": ClockStatus.PAUSED}[verb]
    if status is allowed:
        assert isinstance(getattr(subject, verb)(when), WorkingClock)
    else:
        with pytest.raises(IllegalMove) as refused:
            getattr(subject, verb)(when)
        assert refused.value.say("en").startswith(f"{verb} is not possible while the state is {status}; it")
        assert refused.value.say("en").endswith(f"from: {allowed}.")


def test_a_shop_that_closes_at_midnight_is_open_until_the_day_ends() -> None:
    """B03."""
    late = WorkingCalendar(id="late", zone="Asia/Shanghai", opens=12 * 60, closes=24 * 60, published=frozenset({2026}))
    assert start(late, local("2026-11-16T20:00")).due_at == local("2026-11-18T00:00")
    assert start(late, local("2026-11-16T20:00"), 5).due_at == local("2026-11-17T13:00")


def test_a_calendar_that_says_little_is_an_office_from_monday_to_friday() -> None:
    """B03: nine to six, no holidays, and no year is known yet."""
    office = WorkingCalendar(id="office", zone="Asia/Shanghai")
    assert (office.opens, office.closes) == (9 * 60, 18 * 60)
    week = [date(2026, 11, day) for day in range(16, 23)]
    assert [office.works_on(day) for day in week] == [True] * 5 + [False] * 2
    assert not any(office.is_published(day) for day in week)
    assert office.after(Period(5), week[0]) == (week[5], False)


def test_a_day_that_was_reckoned_through_an_unknown_year_is_provisional() -> None:
    """B03: New Year's Eve is off, and whether more was off nobody has said; the year it ends in is known."""
    eve = date(2026, 12, 31)
    calendar = WorkingCalendar(id="half", zone="Asia/Shanghai", holidays=frozenset({eve}), published=frozenset({2027}))
    assert calendar.working_day_from(eve) == (date(2027, 1, 1), True)
    assert calendar.working_day_from(date(2027, 1, 2)) == (date(2027, 1, 4), False)


def test_what_was_paused_in_its_last_moment_is_due_with_the_first_working_moment() -> None:
    """A07: nothing is left of it."""
    clock = start(CALENDAR, local("2026-11-16T10:00"), 8)
    paused = clock.pause(clock.due_at)
    assert paused.left == timedelta()
    assert paused.resume(local("2026-11-17T12:00")).due_at == local("2026-11-17T12:00")
    assert paused.resume(local("2026-11-21T12:00")).due_at == local("2026-11-23T09:00")


def test_no_working_time_lies_between_moments_that_are_the_wrong_way_round() -> None:
    """R2.1."""
    assert working_time_between(CALENDAR, local("2026-11-17T12:00"), local("2026-11-16T12:00")) == timedelta()
    assert working_time_between(CALENDAR, local("2026-11-16T17:00"), local("2026-11-17T10:00")) == timedelta(hours=2)


def test_summer_time_does_not_change_a_working_day() -> None:
    """B03: the night in which the clocks change lies between two working days."""
    berlin = ZoneInfo("Europe/Berlin")
    calendar = WorkingCalendar(id="de", zone="Europe/Berlin", published=frozenset({2026}))
    asked = datetime(2026, 3, 27, 17, tzinfo=berlin)
    assert after_working_time(calendar, asked, timedelta(hours=2)) == datetime(2026, 3, 30, 10, tzinfo=berlin)
