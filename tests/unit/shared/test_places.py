"""Z10: the file of places is as its script makes it, and every place has its calendar."""

import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from shared.documents.calendars import load_calendars, load_places
from shared.kernel import places
from shared.kernel.calendar import WorkingCalendar
from shared.kernel.places import ShipTo

TREE = Path(__file__).parents[3]


def test_the_file_of_places_is_as_the_library_of_holidays_makes_it() -> None:
    command = [sys.executable, "deploy/make_places.py", "--check"]
    done = subprocess.run(command, cwd=TREE, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("regime", ["CN", "EU", "UK", "US"])
def test_every_place_of_a_regime_has_its_calendar(regime: str) -> None:
    """A calendar found by its name is the same one, in another process too."""
    table, calendars = load_places(), load_calendars()
    for code in table.regimes[regime]:
        for part in (None, *table.countries[code].parts):
            found = calendars.legal_days(regime, ShipTo(code, None if part is None else f"{code}-{part}"))
            assert calendars[found.told.id] == found.told
            assert all(calendars[each.id] == each for each in found.others)


def test_a_name_that_is_no_place_has_no_calendar() -> None:
    calendars = load_calendars()
    for name in ("ZZ", "IE-XX", "CH", "EU-1", "", "x" * 65):
        assert calendars.get(name) is None
    assert list(calendars) == ["CN", "EU", "UK", "US"]


def test_other_codes_of_a_place_are_the_same_place() -> None:
    calendars = load_calendars()
    for one, other in (("UK", "GB"), ("EL", "GR")):
        assert calendars.legal_days("EU", ShipTo(one)) == calendars.legal_days("EU", ShipTo(other))
    assert calendars.legal_days("EU", ShipTo("RE")) == calendars.legal_days("EU", ShipTo("FR", "FR-974"))


WEST: Final = WorkingCalendar(
    id="west",
    zone="America/Los_Angeles",
    weekdays=frozenset({0, 1, 2, 3}),
    holidays=frozenset({date(2026, 7, 3)}),
    make_up_days=frozenset({date(2026, 7, 4), date(2026, 7, 5)}),
    published=frozenset({2026, 2027}),
)
EAST: Final = WorkingCalendar(
    id="east",
    zone="Asia/Tokyo",
    holidays=frozenset({date(2026, 7, 20)}),
    make_up_days=frozenset({date(2026, 7, 4)}),
    published=frozenset({2025, 2026}),
)
MIDDLE: Final = WorkingCalendar(id="middle", zone="UTC")


@pytest.mark.parametrize("order", [(WEST, EAST, MIDDLE), (EAST, MIDDLE, WEST), (MIDDLE, WEST, EAST)])
def test_where_several_places_are_possible_the_law_counts_by_the_latest_of_them(
    order: tuple[WorkingCalendar, ...],
) -> None:
    """Z10: the midnight furthest to the west; a day that is free anywhere is free, and known only where all know it."""
    latest = places._latest(order)
    assert latest == WorkingCalendar(
        id=f"latest of {order[0].id}",
        zone="America/Los_Angeles",
        weekdays=frozenset({0, 1, 2, 3}),
        holidays=frozenset({date(2026, 7, 3), date(2026, 7, 20)}),
        make_up_days=frozenset(),
        published=frozenset(),
    )
    both = places._latest((EAST, WEST))
    assert (both.make_up_days, both.published) == (frozenset({date(2026, 7, 4)}), frozenset({2026}))


def test_calendars_that_count_alike_are_one() -> None:
    """Z10: of those that are the same but for their names, the one that is most likely; each difference counts."""
    others = [
        replace(WEST, id="zone", zone="UTC"),
        replace(WEST, id="weekdays", weekdays=frozenset({0})),
        replace(WEST, id="holidays", holidays=frozenset()),
        replace(WEST, id="make_up_days", make_up_days=frozenset()),
    ]
    alike = replace(WEST, id="alike"), replace(others[0], id="alike")
    assert places._apart((WEST, *others)) == tuple(others)
    assert {each.id for each in places._apart((WEST, *others, *alike))} == {each.id for each in others}
    assert places._apart((WEST,)) == ()


def test_calendars_without_places_know_only_the_regime() -> None:
    """Z10: a service that counts nothing by places; one with places counts by them."""
    known = places.legal_days({}, MIDDLE, ShipTo("DE", "DE-BY"))
    assert (known.told, known.others, known.latest) == (MIDDLE, (), MIDDLE)
    calendars = load_calendars()
    bavaria = ShipTo("DE", "DE-BY")
    assert places.legal_days(calendars, calendars["EU"], bavaria) == calendars.legal_days("EU", bavaria)
