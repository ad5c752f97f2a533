"""RMA numbers and tracking numbers in what scanners and people give, brought to the form in which they are compared.

A code may be an RMA alone, an RMA behind a word (`RMA:RT-…`), an address with an RMA in its path or query, or a label
with the prefixes of AIM (`]C1`) and GS1. An RMA of ours has a check character, so it is recognised anywhere in a code.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from shared.kernel.check_character import check_character
from shared.kernel.ids import CROCKFORD

LONGEST_CODE: Final = 1_000
"""Characters of a code. The longest address in a QR code that phones still read is shorter."""

PREFIX: Final = "RT"
LENGTH: Final = 9
"""Characters of an RMA of ours behind the prefix, the check character included."""

SHORTEST_TRACKING: Final = 4
LONGEST_TRACKING: Final = 40

_LOOKALIKES: Final = str.maketrans("OIL", "011")
_AIM: Final = re.compile(r"^\][A-Za-z][0-9A-Za-z]")
"""The symbology identifier of ISO/IEC 15424, which many scanners send in front of a code."""
_WORD: Final = re.compile(
    r"^(?:RMA|RETURN|RETURN ?(?:NO|NUMBER|CODE)\.?|退货(?:编号|单号|号)?|售后单号)\s*(?:[:=#.]|\s|NO\.?|№)\s*",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(r"^https?://", re.IGNORECASE)
_APART: Final = re.compile(r"(?<![A-Z0-9])RT(?:[-_. ]?[A-Z0-9]){9}(?![A-Z0-9])")
"""An RMA of ours that stands apart from the letters and digits beside it."""
_LABELS: Final = (
    re.compile(r"^420\d{5}(9\d{21})$"),
    re.compile(r"^420\d{9}(9\d{21})$"),
    re.compile(r"^(JD[A-Z0-9]{8,})-\d{1,3}-\d{1,3}-?$"),
)
"""Barcodes of carriers that hold more than the tracking number: USPS with the postcode, JD with the piece."""


@lru_cache(maxsize=1024)
def rma_key(code: str) -> str | None:
    """The RMA in this code: upper case, no dashes, O as 0, I and L as 1. None when nothing is readable.

    A code with one RMA of ours is that RMA, whatever stands around it. A code with several is none: a person decides.
    Any other code is taken as a whole, without the prefix of a scanner and without a word such as `RMA:`.
    """
    plain = _plain(code)
    ours = _ours(plain)
    if ours:
        return ours[0] if len(ours) == 1 else None
    return _squeezed(_WORD.sub("", plain)).translate(_LOOKALIKES) or None


def is_ours(key: str | None) -> bool:
    """Whether this is an RMA of ours, by its check character. Of such a code no digit was misread."""
    return key is not None and len(key) == len(PREFIX) + LENGTH and key.startswith(PREFIX) and _checked(key[2:])


@lru_cache(maxsize=1024)
def tracking_key(code: str | None) -> str | None:
    """A tracking number as it is compared: upper case, letters and digits only. None when the code can be none."""
    if code is None or _ADDRESS.match(code.strip()):
        return None
    plain = _plain(code).upper()
    compact = re.sub(r"\s", "", plain)
    number = next((found[1] for label in _LABELS if (found := label.match(compact))), plain)
    key = "".join(character for character in number if character.isalnum())
    fits = SHORTEST_TRACKING <= len(key) <= LONGEST_TRACKING and any(character.isdecimal() for character in key)
    return key if fits else None


def _plain(code: str) -> str:
    """The code in normal width, without the prefix of a scanner, and with the characters of an address written out."""
    plain = unicodedata.normalize("NFKC", code[:LONGEST_CODE]).strip()
    plain = _AIM.sub("", plain).strip()
    return unquote(plain) if _ADDRESS.match(plain) else plain


def _ours(plain: str) -> tuple[str, ...]:
    """Every RMA of ours in the code, each once. In an address an RMA stands apart; on a label it may not."""
    upper = plain.upper()
    found = [_squeezed(part).translate(_LOOKALIKES) for part in _APART.findall(_hyphens(upper))]
    apart = tuple(dict.fromkeys(key for key in found if _checked(key[2:])))
    if apart or _ADDRESS.match(plain):
        return apart
    squeezed = _squeezed(upper).translate(_LOOKALIKES)
    if len(squeezed) == LENGTH and _checked(squeezed):
        return (PREFIX + squeezed,)
    places = (place for place in range(len(squeezed) - LENGTH - 1) if squeezed.startswith(PREFIX, place))
    keys = (squeezed[place : place + LENGTH + 2] for place in places)
    return tuple(dict.fromkeys(key for key in keys if _checked(key[2:])))


def _checked(body: str) -> bool:
    return all(character in CROCKFORD for character in body) and check_character(body[:-1]) == body[-1]


def _hyphens(text: str) -> str:
    """The text with every dash as a hyphen."""
    return re.sub(r"[\u2010-\u2015\u2212]", "-", text)


def _squeezed(text: str) -> str:
    """The letters and digits of the text, in upper case."""
    return "".join(character for character in text.upper() if character.isascii() and character.isalnum())
