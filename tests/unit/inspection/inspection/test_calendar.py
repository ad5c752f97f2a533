"""The end of the next working day, holidays and made-up days being data (R4.3)."""

from datetime import UTC, date, datetime, time

import pytest
from pydantic import ValidationError

from service_inspection.domain.inspection.calendar import WorkingCalendar
from service_inspection.settings import Settings

NATIONAL = WorkingCalendar(
    holidays=frozenset(date(2026, 10, day) for day in range(1, 8)), extra_days=frozenset({date(2026, 10, 10)})
)


@pytest.mark.parametrize(
    ("calendar", "moment", "due"),
    [
        (WorkingCalendar(), "2026-11-20T16:00+08:00", "2026-11-23T18:00+08:00"),
        (NATIONAL, "2026-10-09T15:00+08:00", "2026-10-10T18:00+08:00"),
        (NATIONAL, "2026-09-30T17:30+08:00", "2026-10-08T18:00+08:00"),
        (WorkingCalendar(), "2026-11-16T23:30+00:00", "2026-11-18T18:00+08:00"),
        (WorkingCalendar(zone="Europe/Berlin"), "2026-10-23T12:00+02:00", "2026-10-26T18:00+01:00"),
    ],
)
def test_the_result_is_due_at_the_end_of_the_next_working_day(calendar: WorkingCalendar, moment: str, due: str) -> None:
    """D13, D14; the local day counts, and the clock's change in between."""
    found = calendar.end_of_next_working_day(datetime.fromisoformat(moment))
    assert found == datetime.fromisoformat(due)
    assert found.tzinfo is UTC


def test_a_calendar_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "INSPECTION_CALENDAR",
        '{"zone": "Europe/Paris", "closes": "17:00", "rest_days": [6], "holidays": ["2026-12-25"]}',
    )
    settings = Settings(database_url="sqlite:///x.db", internal_key="k" * 32)
    assert settings.calendar == WorkingCalendar(
        "Europe/Paris", time(17), frozenset({6}), frozenset({date(2026, 12, 25)})
    )


@pytest.mark.parametrize(
    "wrong", ['{"zone": "Mars/Olympus"}', '{"rest_days": [0, 1, 2, 3, 4, 5, 6]}', '{"closes": "late"}']
)
def test_a_wrong_calendar_stops_the_start(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSPECTION_CALENDAR", wrong)
    with pytest.raises(ValidationError):
        Settings(database_url="sqlite:///x.db", internal_key="k" * 32)
