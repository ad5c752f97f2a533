"""The end of the next working day of the calendar that the approval names (R4.3, Z11)."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from service_inspection.application.inspection.scan_count import CountingRules
from service_inspection.settings import Settings
from shared.documents.calendars import load_calendars
from shared.kernel.calendar import UnknownCalendar
from tests.unit.inspection.builders import an_inspection

COUNTING = CountingRules(load_calendars(), "EU", lambda kind: kind)


@pytest.mark.parametrize(
    ("calendar", "moment", "due"),
    [
        ("CN", "2026-11-20T16:00+08:00", "2026-11-23T18:00+08:00"),
        ("CN", "2026-10-09T15:00+08:00", "2026-10-10T18:00+08:00"),
        ("CN", "2026-09-30T17:30+08:00", "2026-10-08T18:00+08:00"),
        ("CN", "2026-09-19T10:00+08:00", "2026-09-20T18:00+08:00"),
        ("CN", "2026-11-16T23:30+00:00", "2026-11-18T18:00+08:00"),
        ("EU", "2026-10-23T12:00+02:00", "2026-10-26T18:00+01:00"),
        ("EU", "2026-04-02T23:30+01:00", "2026-04-07T18:00+02:00"),
        ("UK", "2026-08-28T12:00+01:00", "2026-09-01T18:00+01:00"),
        ("US", "2026-11-25T22:00-05:00", "2026-11-27T18:00-05:00"),
        (None, "2026-12-24T10:00+01:00", "2026-12-28T18:00+01:00"),
    ],
)
def test_z11_the_result_is_due_at_the_end_of_the_next_working_day(calendar: str | None, moment: str, due: str) -> None:
    """D13, D14: the day there counts, holidays, make-up days and the clock's change in between."""
    found = COUNTING.inspect_by(an_inspection("X", calendar=calendar), datetime.fromisoformat(moment))
    assert found == datetime.fromisoformat(due)
    assert found.tzinfo is UTC


def test_nobody_guesses_a_date_by_a_calendar_that_is_not_there() -> None:
    with pytest.raises(UnknownCalendar, match="Mars"):
        COUNTING.inspect_by(an_inspection("X", calendar="Mars"), datetime(2026, 11, 20, tzinfo=UTC))


def test_the_calendar_of_older_returns_is_named_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(database_url="sqlite:///x.db", internal_key="k" * 32)
    assert settings.calendar == "CN"
    monkeypatch.setenv("INSPECTION_CALENDAR", "UK")
    assert Settings(database_url="sqlite:///x.db", internal_key="k" * 32).calendar == "UK"


@pytest.mark.parametrize("wrong", ["Mars", "", '{"zone": "Europe/Paris"}'])
def test_a_calendar_that_is_not_there_stops_the_start(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSPECTION_CALENDAR", wrong)
    with pytest.raises(ValidationError, match="none of the calendars: CN, EU, UK, US"):
        Settings(database_url="sqlite:///x.db", internal_key="k" * 32)
