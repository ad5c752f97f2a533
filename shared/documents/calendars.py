"""Working calendars as documents: their shape, and all files of `shared/calendars`, read once."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from shared.documents.document import Limits, read_text
from shared.documents.shape import Code, Day, distinct
from shared.kernel.calendar import WorkingCalendar
from shared.kernel.places import Calendars, Country, Part, PlaceTable

FOLDER: Final = Path(__file__).parents[1] / "calendars"
LIMITS: Final = Limits(most_bytes=512 * 1024, most_levels=24, most_values=50_000, longest_text=4_000)
SHORTEST_DAY: Final = 60


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def known_zone(zone: str) -> str:
    """The zone, if the tz database has it."""
    if zone not in _zones():
        raise ValueError("names a time zone that does not exist")
    return zone


class CalendarShape(BaseModel):
    """A working calendar. Weekdays are numbered from Monday, 1, to Sunday, 7."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False, validate_default=True)

    calendar: Code
    zone: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_]+(/[A-Za-z0-9_+-]+){0,2}$", max_length=64)]
    weekdays: Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], Field(min_length=1, max_length=7)]
    opens: Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "09:00"
    closes: Annotated[str, StringConstraints(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")] = "18:00"
    published: Annotated[tuple[Annotated[int, Field(ge=2000, le=2100)], ...], Field(max_length=101)] = ()
    holidays: Annotated[tuple[Day, ...], AfterValidator(distinct), Field(max_length=5_000)] = ()
    make_up_days: Annotated[tuple[Day, ...], AfterValidator(distinct), Field(max_length=5_000)] = ()

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        known_zone(self.zone)
        if _minutes(self.closes) - _minutes(self.opens) < SHORTEST_DAY:
            raise ValueError("opens after it closes, or for less than an hour")
        if not set(self.holidays).isdisjoint(self.make_up_days):
            raise ValueError("has a day that is both off and worked")
        return self

    def build(self) -> WorkingCalendar:
        """The calendar itself."""
        return WorkingCalendar(
            id=self.calendar,
            zone=self.zone,
            weekdays=frozenset(day - 1 for day in self.weekdays),
            opens=_minutes(self.opens),
            closes=_minutes(self.closes),
            holidays=frozenset(self.holidays),
            make_up_days=frozenset(self.make_up_days),
            published=frozenset(self.published),
        )


@lru_cache(maxsize=1)
def load_calendars() -> Calendars:
    """Every calendar by name, those of places too. Every service reads the same files."""
    found = [_read(file.read_bytes()) for file in sorted(FOLDER.glob("*.yaml"))]
    return Calendars({calendar.id: calendar for calendar in found}, load_places())


@lru_cache(maxsize=1)
def load_places() -> PlaceTable:
    """Every country with its zones and holidays, as `deploy/make_places.py` wrote them."""
    data = json.loads((FOLDER / "places.json").read_bytes())
    return PlaceTable(
        countries={code: _country(each) for code, each in data["countries"].items()},
        regimes={regime: tuple(countries) for regime, countries in data["regimes"].items()},
        aliases=data["aliases"],
        years=frozenset(data["years"]),
    )


def _country(data: dict[str, Any]) -> Country:
    return Country(
        zones=tuple(data["zones"]),
        holidays=data.get("holidays"),
        calendar=data.get("calendar"),
        parts={
            code: Part(tuple(each.get("zones", ())), each.get("holidays"))
            for code, each in data.get("parts", {}).items()
        },
        all_named=data.get("all_named", False),
    )


def _read(raw: bytes) -> WorkingCalendar:
    data = read_text(raw, LIMITS).data
    return CalendarShape.model_validate_json(json.dumps(data)).build()


def _minutes(time: str) -> int:
    hour, minute = time.split(":")
    return int(hour) * 60 + int(minute)
