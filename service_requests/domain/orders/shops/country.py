"""Which law an order is under by the country that it goes to, and its ISO 3166-2 part of the country."""

import re
from collections.abc import Mapping
from typing import Final

from shared.kernel.places import ShipTo

_EU: Final = "AT BE BG HR CY CZ DE DK EE ES FI FR GR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
REGIME_OF: Final[Mapping[str, str]] = {
    **dict.fromkeys(_EU.split(), "EU"),
    **dict.fromkeys(("US", "PR", "GU", "VI", "AS", "MP"), "US"),
    "GB": "UK",
    "CN": "CN",
}
"""A country without a law pack has no entry: then the caller says the regime."""

NOT_ISO: Final = frozenset({"AC", "TA", "XK"})
"""Codes that shops use and ISO 3166-1 does not have: such a place is left out of the snapshot."""

_COUNTRY: Final = re.compile(r"[A-Z]{2}", re.ASCII)
_PART: Final = re.compile(r"[A-Z0-9]{1,3}", re.ASCII)


def ship_to(country: str | None, part: str | None) -> ShipTo | None:
    """The place; a part of the country that is no code of ISO 3166-2 is left out."""
    code = (country or "").upper()
    if not _COUNTRY.fullmatch(code):
        return None
    short = (part or "").upper().removeprefix(f"{code}-")
    return ShipTo(code, f"{code}-{short}" if _PART.fullmatch(short) else None)
