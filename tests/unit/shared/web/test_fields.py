"""Moments from outside: RFC 3339 with a time zone, of this age, and nothing else that a lenient reader would take."""

from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.web.fields import EARLIEST, LATEST, Moment

MOMENTS: TypeAdapter[datetime] = TypeAdapter(Moment)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-11-30T10:00:00Z", datetime(2026, 11, 30, 10, tzinfo=UTC)),
        ("2026-11-30T10:00:00z", datetime(2026, 11, 30, 10, tzinfo=UTC)),
        ("2026-11-30 10:00:00Z", datetime(2026, 11, 30, 10, tzinfo=UTC)),
        ("2026-11-30t10:00:00.5+08:00", datetime(2026, 11, 30, 2, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-11-30T10:00:00-05:30", datetime(2026, 11, 30, 15, 30, tzinfo=UTC)),
        ("1970-01-01T00:00:00Z", EARLIEST),
        ("2200-01-01T00:00:00Z", LATEST),
    ],
)
def test_a_moment_is_read_in_utc(written: str, read: datetime) -> None:
    found = MOMENTS.validate_python(written)
    assert (found, found.tzinfo) == (read, UTC)


@pytest.mark.parametrize(
    "written",
    [
        "1764496800", "1764496800.5", "2026-11-30", "2026-11-30T10:00Z", "2026-11-30T10:00:00", "20261130T100000Z",
        "2026-11-30T10:00:00+0800", "2026-11-30T10:00:00+08", "2026-11-30T10:00:00,5Z", "2026-11-30_10:00:00Z",
        " 2026-11-30T10:00:00Z", "2026-11-30T10:00:00Z\n", "２０２６-11-30T10:00:00Z", "2026-11-30T10:00:00.Z",
        "2026-11-30T10:00:00.1234567890Z", "2026-13-01T10:00:00Z", "2026-02-30T10:00:00Z", "2026-11-30T24:00:00Z",
        "1969-12-31T23:59:59Z", "2200-01-01T00:00:01Z", "", "now",
    ],
)  # fmt: skip
def test_another_form_or_another_age_is_refused(written: str) -> None:
    with pytest.raises(ValidationError):
        MOMENTS.validate_python(written)


@pytest.mark.parametrize("value", [1_764_496_800, 1_764_496_800.5, True, None, ["2026-11-30T10:00:00Z"], b"2026"])
def test_a_moment_is_a_text(value: object) -> None:
    with pytest.raises(ValidationError):
        MOMENTS.validate_python(value)
