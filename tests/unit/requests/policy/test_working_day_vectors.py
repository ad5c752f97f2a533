"""Days and working days by the standard's vectors."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from shared.kernel.calendar import WorkingCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHINA = WorkingCalendar(id="CN", zone="Asia/Shanghai")
GOLDEN_WEEK = WorkingCalendar(
    id="golden-week",
    zone="Asia/Shanghai",
    holidays=frozenset(date(2026, 10, day) for day in range(1, 8)),
    make_up_days=frozenset({date(2026, 10, 10)}),
)


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ((2026, 11, 20, 16, 0), (2026, 11, 23, 18, 0)),
        ((2026, 11, 20, 19, 0), (2026, 11, 23, 18, 0)),
        ((2026, 11, 21, 10, 0), (2026, 11, 23, 18, 0)),
        ((2026, 11, 22, 23, 59), (2026, 11, 23, 18, 0)),
        ((2026, 11, 23, 0, 0), (2026, 11, 24, 18, 0)),
    ],
)
def test_a_promise_is_due_at_the_end_of_the_next_working_day(asked: tuple[int, ...], due: tuple[int, ...]) -> None:
    """D13 and the settled readings: after closing, or on a day off, it is the next working day after that date."""
    found = CHINA.end_of_next_working_day(datetime(*asked, tzinfo=SHANGHAI))  # type: ignore[arg-type, misc]
    assert found == datetime(*due, tzinfo=SHANGHAI)  # type: ignore[arg-type, misc]
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("asked", "due"),
    [((2026, 10, 9, 15, 0), (2026, 10, 10, 18, 0)), ((2026, 9, 30, 17, 30), (2026, 10, 8, 18, 0))],
)
def test_holidays_and_make_up_days_count(asked: tuple[int, ...], due: tuple[int, ...]) -> None:
    """D14: 调休 as data."""
    found = GOLDEN_WEEK.end_of_next_working_day(datetime(*asked, tzinfo=SHANGHAI))  # type: ignore[arg-type, misc]
    assert found == datetime(*due, tzinfo=SHANGHAI)  # type: ignore[arg-type, misc]


def test_the_hour_of_closing_follows_summer_time() -> None:
    berlin = WorkingCalendar(id="EU", zone="Europe/Berlin")
    assert berlin.end_of_next_working_day(datetime(2026, 7, 1, 8, tzinfo=UTC)) == datetime(2026, 7, 2, 16, tzinfo=UTC)
    assert berlin.end_of_next_working_day(datetime(2026, 12, 1, 8, tzinfo=UTC)) == datetime(2026, 12, 2, 17, tzinfo=UTC)


def test_a_day_ends_when_the_next_one_begins_there() -> None:
    assert CHINA.end_of(date(2026, 11, 9)) == datetime(2026, 11, 9, 16, tzinfo=UTC)
    assert CHINA.day_of(datetime(2026, 11, 9, 15, 59, tzinfo=UTC)) == date(2026, 11, 9)
    assert CHINA.day_of(datetime(2026, 11, 9, 16, tzinfo=UTC)) == date(2026, 11, 10)
