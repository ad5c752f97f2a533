"""Where goods are delivered, and by which calendars the law counts days there (B03, Z10; Regulation 1182/71 art. 2, 3).

The days and the zones are data in `shared/calendars`. An order may say less than is needed: no place, a country with
several zones or with holidays of its regions. Then every calendar that can be the right one is known here, so that
nobody is refused on a day that is not over everywhere.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from shared.kernel.calendar import WorkingCalendar

IN_WINTER: Final = datetime(2026, 1, 15, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ShipTo:
    """Where an order was delivered: ISO 3166-1, ISO 3166-2 and a name of the tz database."""

    country: str
    subdivision: str | None = None
    time_zone: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a country. Without `zones` and `holidays` of its own it has those of the country."""

    zones: tuple[str, ...] = ()
    holidays: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """A country: its zones, the most usual first, and its holidays or the calendar that has them.

    `all_named`: `parts` names every part. A part of another country that is not named is like most of the country.
    """

    zones: tuple[str, ...]
    holidays: Mapping[str, str] | None = None
    calendar: str | None = None
    parts: Mapping[str, Part] = field(default_factory=dict)
    all_named: bool = False


@dataclass(frozen=True, slots=True)
class PlaceTable:
    """Every country; by the calendar of a regime the countries of its law; other codes of places."""

    countries: Mapping[str, Country] = field(default_factory=dict)
    regimes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    years: frozenset[int] = frozenset()

    def of(self, country: str, subdivision: str | None) -> tuple[str, str | None] | None:
        """The country and its part as the table names them; None for a country that does not exist."""
        known, _, part = self.aliases.get(country, country).partition("-")
        if known not in self.countries:
            return None
        inside = subdivision.partition("-")[2] or subdivision if subdivision is not None else None
        return known, part or inside


class LegalDays(NamedTuple):
    """The calendar by which days are counted and told, and the others that may be the right one.

    `latest` has the holidays of all of them and the zone in which every day ends last.
    """

    told: WorkingCalendar
    others: tuple[WorkingCalendar, ...]
    latest: WorkingCalendar


class Calendars(Mapping[str, WorkingCalendar]):
    """The calendars by name. The names of places, such as `IE`, `DE-BY` or `US-CA@America/Los_Angeles`, are known too.

    A walk gives only the calendars that have a file of their own.
    """

    def __init__(self, own: Mapping[str, WorkingCalendar], places: PlaceTable) -> None:
        self._own = dict(own)
        self._places = places
        self._made: dict[str, WorkingCalendar | None] = {}
        self._legal: dict[tuple[str, ShipTo | None], LegalDays] = {}

    def __getitem__(self, name: str) -> WorkingCalendar:
        if name in self._own:
            return self._own[name]
        if name not in self._made:
            if len(name) > LONGEST_NAME:
                raise KeyError(name)
            self._made[name] = self._make(name)
        made = self._made[name]
        if made is None:
            del self._made[name]
            raise KeyError(name)
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)

    @property
    def places(self) -> PlaceTable:
        """The places of these calendars."""
        return self._places

    def replacing(self, *calendars: WorkingCalendar) -> "Calendars":
        """The same with these calendars in place of those of the same name."""
        return Calendars({**self._own, **{each.id: each for each in calendars}}, self._places)

    def legal_days(self, base: str, at: ShipTo | None) -> LegalDays:
        """By which calendars the law counts for goods that were delivered there; `base` is the regime's calendar."""
        if (base, at) not in self._legal:
            if len(self._legal) > MOST_PLACES:
                self._legal.clear()
            self._legal[base, at] = self._find(base, at)
        return self._legal[base, at]

    def _find(self, base: str, at: ShipTo | None) -> LegalDays:
        where = None if at is None else self._places.of(at.country, at.subdivision)
        under = self._places.regimes.get(base, ())
        names: Iterable[str]
        if at is None or where is None:
            names = (base, *(name for country in under for name in self._names(country, None, None)))
        elif where[0] in under:
            names = self._names(*where, at.time_zone)
        else:
            # elsewhere the clock is known but not what the law takes for a holiday
            zones = (at.time_zone,) if at.time_zone else self._zones(*where)
            known = [name for country in under for name in self._names(country, None, None)]
            names = (*(f"{base}@{zone}" for zone in zones), *known)
        found = [self[name] for name in dict.fromkeys(map(self._short, names))]
        told, others = found[0], _apart(found)
        return LegalDays(told, others, _latest((told, *others)) if others else told)

    def _short(self, name: str) -> str:
        """The name without a zone that the place has anyhow."""
        place, _, zone = name.partition("@")
        return place if zone == self[place].zone else name

    def _zones(self, country: str, part: str | None) -> tuple[str, ...]:
        known = self._places.countries[country]
        own = known.parts.get(part or "")
        return (own.zones if own is not None else ()) or known.zones

    def _names(self, country: str, part: str | None, zone: str | None) -> Iterator[str]:
        """The calendars that can be the right one there, the most likely first."""
        known = self._places.countries[country]
        own = known.parts.get(part or "")
        if own is not None:
            yield from _in(f"{country}-{part}", (zone,) if zone else own.zones or known.zones[:1])
        elif part is not None and not known.all_named:
            yield from _in(country, (zone,) if zone else known.zones[:1])
        else:
            yield from _in(country, (zone,) if zone else known.zones)
            for each in known.parts:
                yield from self._names(country, each, zone)

    def _make(self, name: str) -> WorkingCalendar | None:
        place, _, zone = name.partition("@")
        if place in self._own:
            return replace(self._own[place], id=name, zone=zone) if zone else self._own[place]
        code, _, part = place.partition("-")
        country = self._places.countries.get(code)
        if country is None or (part and part not in country.parts):
            return None
        own = country.parts[part] if part else Part()
        zone = zone or (own.zones or country.zones)[0]
        holidays = own.holidays or country.holidays
        if holidays is None:
            if country.calendar is None:
                return None
            return replace(self._own[country.calendar], id=name, zone=zone)
        days = frozenset(date.fromisoformat(f"{year}-{day}") for year, days in holidays.items() for day in days.split())
        return WorkingCalendar(id=name, zone=zone, holidays=days, published=self._places.years)


LONGEST_NAME: Final = 64
MOST_PLACES: Final = 4_000


def legal_days(calendars: Mapping[str, WorkingCalendar], base: WorkingCalendar, at: ShipTo | None) -> LegalDays:
    """By which calendars the law counts; calendars without places know only the regime's."""
    if isinstance(calendars, Calendars):
        return calendars.legal_days(base.id, at)
    return LegalDays(base, (), base)


def _in(place: str, zones: Iterable[str]) -> Iterator[str]:
    return (f"{place}@{zone}" for zone in zones)


def _apart(calendars: Sequence[WorkingCalendar]) -> tuple[WorkingCalendar, ...]:
    """Those that differ from the first and from each other."""
    found = {(each.zone, each.weekdays, each.holidays, each.make_up_days): each for each in reversed(calendars)}
    return tuple(each for each in reversed(found.values()) if each is not calendars[0])


def _latest(calendars: Sequence[WorkingCalendar]) -> WorkingCalendar:
    west = min(calendars, key=lambda each: IN_WINTER.astimezone(ZoneInfo(each.zone)).utcoffset() or timedelta())
    return replace(
        west,
        id=f"latest of {calendars[0].id}",
        weekdays=frozenset.intersection(*(each.weekdays for each in calendars)),
        holidays=frozenset.union(*(each.holidays for each in calendars)),
        make_up_days=frozenset.intersection(*(each.make_up_days for each in calendars)),
        published=frozenset.intersection(*(each.published for each in calendars)),
    )
