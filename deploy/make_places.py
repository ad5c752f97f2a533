"""Writes `shared/calendars/places.json`: the public holidays and time zones of the places where goods are delivered.

Run `python deploy/make_places.py` when a year has to be added or the library `holidays` has mended one; `--check` only
says whether the file is as this script would write it. Services read the file and need no library for it (ADR 33).
"""

import json
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from holidays import country_holidays


def words(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


FILE: Final = Path(__file__).parents[1] / "shared" / "calendars" / "places.json"
YEARS: Final = range(2024, 2031)
EU: Final = words("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK")
CATEGORIES: Final = {"SE": ("public", "de_facto")}
"""In Sweden the eves of Midsummer, Christmas and New Year count as Sundays (lag 1930:173)."""
OWN_CALENDAR: Final = {"CN": "CN", "GB": "UK", "US": "US"}
"""Countries whose calendar is a file of its own in `shared/calendars`."""

REGIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "DE": {code: code for code in words("BB BE BW BY HB HE HH MV NI NW RP SH SL SN ST TH")},
    "ES": {code: code for code in words("AN AR AS CB CE CL CM CN CT EX GA IB MC MD ML NC PV RI VC")},
    "FI": {"01": "01"},
    "FR": {"57": "57", "67": "6AE", "68": "6AE", "6AE": "6AE", "971": "971", "972": "972", "973": "973", "974": "974",
           "976": "976", "MF": "MF"},
    "GB": {code: code for code in ("ENG", "NIR", "SCT", "WLS")},
    "IT": {"BZ": "BZ"},
    "PT": {"20": "20", "30": "30"},
}  # fmt: skip
"""Parts of a country with public holidays of their own, and their names in the library. The patron's day of one town is
no public holiday of a member state, so Italian provinces and Portuguese districts are left out.
"""

PARTS_OF_PROVINCES: Final[Mapping[str, Mapping[str, str]]] = {
    "ES": {"GC": "CN", "TF": "CN", "B": "CT", "GI": "CT", "L": "CT", "T": "CT", "M": "MD", "V": "VC", "A": "VC",
           "CS": "VC", "SE": "AN", "MA": "AN", "GR": "AN", "CA": "AN", "CO": "AN", "H": "AN", "J": "AN", "AL": "AN",
           "BI": "PV", "SS": "PV", "VI": "PV", "PM": "IB", "Z": "AR", "HU": "AR", "TE": "AR", "C": "GA", "LU": "GA",
           "OR": "GA", "PO": "GA", "MU": "MC", "NA": "NC", "LO": "RI", "O": "AS", "S": "CB", "BA": "EX", "CC": "EX",
           "AB": "CM", "CR": "CM", "CU": "CM", "GU": "CM", "TO": "CM", "AV": "CL", "BU": "CL", "LE": "CL", "P": "CL",
           "SA": "CL", "SG": "CL", "SO": "CL", "VA": "CL", "ZA": "CL"},
}  # fmt: skip
"""Spanish provinces, by which parcels are addressed, and the autonomous community of each."""

ZONES: Final[Mapping[str, Mapping[str, str]]] = {
    "ES": {"CN": "Atlantic/Canary"},
    "FR": {"971": "America/Guadeloupe", "972": "America/Martinique", "973": "America/Cayenne",
           "974": "Indian/Reunion", "976": "Indian/Mayotte", "MF": "America/Marigot"},
    "PT": {"20": "Atlantic/Azores", "30": "Atlantic/Madeira"},
    "US": {
        **dict.fromkeys(words("CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV"), "America/New_York"),
        **dict.fromkeys(words("AL AR IA IL LA MN MO MS OK WI"), "America/Chicago"),
        **dict.fromkeys(["CO", "MT", "NM", "UT", "WY"], "America/Denver"),
        **dict.fromkeys(["CA", "NV", "WA"], "America/Los_Angeles"),
        **dict.fromkeys(["FL", "IN", "KY", "MI", "TN"], "America/New_York America/Chicago"),
        **dict.fromkeys(["KS", "ND", "NE", "SD", "TX"], "America/Chicago America/Denver"),
        "AK": "America/Anchorage America/Adak", "AZ": "America/Phoenix America/Denver", "HI": "Pacific/Honolulu",
        "ID": "America/Denver America/Los_Angeles", "OR": "America/Los_Angeles America/Denver",
        "AS": "Pacific/Pago_Pago", "GU": "Pacific/Guam", "MP": "Pacific/Saipan", "PR": "America/Puerto_Rico",
        "VI": "America/St_Thomas",
    },
}  # fmt: skip
"""Zones of parts of a country that differ from the rest; the first is where most people live."""

ALL_NAMED: Final = {"DE", "ES", "GB", "US"}
"""Countries of which every part is named above. A part of another country that is not named is like its mainland."""

ALIASES: Final = {
    "EL": "GR", "UK": "GB", "XI": "GB-NIR", "AX": "FI-01", "IC": "ES-CN", "EA": "ES-CE",
    "GP": "FR-971", "MQ": "FR-972", "GF": "FR-973", "RE": "FR-974", "YT": "FR-976", "MF": "FR-MF",
    "PR": "US-PR", "GU": "US-GU", "VI": "US-VI", "AS": "US-AS", "MP": "US-MP",
}  # fmt: skip
"""Codes by which shops name a country, or a part of one."""

REGIMES: Final = {"CN": ["CN"], "EU": EU, "UK": ["GB"], "US": ["US"]}
"""By the calendar of a legal regime: the countries where its law holds."""


def main() -> int:
    """Write the file, or say whether it is as it would be written."""
    text = written()
    if "--check" in sys.argv:
        same = FILE.read_text("utf-8") == text
        print("as it is made" if same else f"{FILE.name} differs: run python deploy/make_places.py")
        return 0 if same else 1
    FILE.write_text(text, "utf-8")
    return 0


def written() -> str:
    """The file as this script makes it."""
    zones = _zones_by_country()
    countries = {code: _country(code, zones) for code in sorted({*zones, *EU, *OWN_CALENDAR} - set(ALIASES))}
    data = {"years": list(YEARS), "regimes": REGIMES, "aliases": ALIASES, "countries": countries}
    return json.dumps(data, indent=1, sort_keys=True) + "\n"


def _country(code: str, zones: Mapping[str, list[str]]) -> dict[str, Any]:
    made: dict[str, Any] = {"zones": zones[code]}
    if code in OWN_CALENDAR:
        made["calendar"] = OWN_CALENDAR[code]
    elif code in EU:
        made["holidays"] = _holidays(code, None)
    parts = {part: _part(code, part) for part in sorted({*REGIONS.get(code, ()), *ZONES.get(code, ())})}
    parts |= {part: parts[whole] for part, whole in PARTS_OF_PROVINCES.get(code, {}).items()}
    if parts:
        made |= {"parts": parts, "all_named": code in ALL_NAMED}
    return made


def _part(country: str, part: str) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if part in ZONES.get(country, ()):
        made["zones"] = ZONES[country][part].split()
    if part in REGIONS.get(country, ()):
        made["holidays"] = _holidays(country, REGIONS[country][part])
    return made


def _holidays(country: str, part: str | None) -> dict[str, str]:
    """By year: month and day of each holiday on a Monday to Friday."""
    found = country_holidays(country, subdiv=part, years=YEARS, categories=CATEGORIES.get(country, ("public",)))
    days = sorted(day for day in found if day.weekday() < 5)
    return {str(year): " ".join(f"{day:%m-%d}" for day in days if day.year == year) for year in YEARS}


def _zones_by_country() -> dict[str, list[str]]:
    """The zones of each country whose clocks differ, in the order of the tz database."""
    found: dict[str, list[str]] = {}
    for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text().splitlines():
        if line and not line.startswith("#"):
            code, _, zone = line.split("\t")[:3]
            known = found.setdefault(code, [])
            if _clock(zone) not in map(_clock, known):
                known.append(zone)
    found["CN"] = ["Asia/Shanghai"]  # the whole country keeps the time of Beijing
    return found


def _clock(zone: str) -> tuple[timedelta | None, ...]:
    """How the zone differs from UTC in every week of the years."""
    begins = datetime(YEARS.start, 1, 1, 12, tzinfo=UTC)
    return tuple(_offsets(ZoneInfo(zone), (begins + timedelta(weeks=week) for week in range(52 * len(YEARS)))))


def _offsets(zone: ZoneInfo, moments: Iterable[datetime]) -> Iterable[timedelta | None]:
    return (moment.astimezone(zone).utcoffset() for moment in moments)


if __name__ == "__main__":
    sys.exit(main())
