"""Z10: the file of places is as its script makes it, and every place has its calendar."""

import subprocess
import sys
from pathlib import Path

import pytest

from shared.documents.calendars import load_calendars, load_places
from shared.kernel.places import ShipTo

TREE = Path(__file__).parents[3]


def test_the_file_of_places_is_as_the_library_of_holidays_makes_it() -> None:
    command = [sys.executable, "deploy/make_places.py", "--check"]
    done = subprocess.run(command, cwd=TREE, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("regime", ["CN", "EU", "UK", "US"])
def test_every_place_of_a_regime_has_its_calendar(regime: str) -> None:
    """A calendar found by its name is the same one, in another process too."""
    places, calendars = load_places(), load_calendars()
    for code in places.regimes[regime]:
        for part in (None, *places.countries[code].parts):
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
