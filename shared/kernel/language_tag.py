"""Language tags of BCP 47: which of our two languages answers a tag, by the look-up of RFC 4647, section 3.4 (Z36).

A tag is kept as it was asked for. The look-up removes the last part of the tag until a language of ours is left. A tag
without a language of ours gets English.
"""

import re
from collections.abc import Mapping
from typing import Final

from shared.kernel.errors import Language

LONGEST_TAG: Final = 35
"""Characters that RFC 5646, section 4.4.1 asks every reader to take."""

OURS: Final[Mapping[str, Language]] = {"en": "en", "zh": "zh-CN"}
"""Chinese of every region and script gets Simplified Chinese, which its readers can read better than English."""

SCRIPT: Final = len("Hans")
REGION: Final = len("CN")
FALLBACK: Final[Language] = "en"

_TAG: Final = re.compile(r"(?:[a-z]{2,8}|x(?=-))(?:-[a-z0-9]{1,8})*", re.ASCII | re.IGNORECASE)

_HAN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_OTHER_SCRIPTS: Final = re.compile(r"[\u3040-\u30ff\u1100-\u11ff\uac00-\ud7af]")


def tag_of(text: str) -> str | None:
    """The tag in its usual case, such as `zh-Hans-CN`; None for a text that is no tag. Blanks and `_` are mended.

    Extensions, behind a single letter, stay in lower case.
    """
    text = text.strip().replace("_", "-")
    if len(text) > LONGEST_TAG or not _TAG.fullmatch(text):
        return None
    first, *rest = text.lower().split("-")
    single = next((place for place, part in enumerate(rest) if len(part) == 1), len(rest))
    return "-".join([first, *map(_usual_case, rest[:single]), *rest[single:]])


def spoken(tag: str) -> Language:
    """The language of ours that answers this tag."""
    ranges = tag.lower().split("-")
    while ranges:
        found = OURS.get("-".join(ranges))
        if found is not None:
            return found
        ranges.pop()
        if ranges and len(ranges[-1]) == 1:
            ranges.pop()
    return FALLBACK


def _usual_case(part: str) -> str:
    """Scripts begin with a capital letter, regions have capital letters (RFC 5646, section 2.1.1)."""
    if len(part) == SCRIPT and part.isalpha():
        return part.capitalize()
    return part.upper() if len(part) == REGION else part


def written_in(text: str) -> Language | None:
    """The language of ours in which a person has written, as far as the characters show it; None if they do not.

    Han characters without kana or hangul are Chinese, Latin letters alone are taken as English.
    """
    letters = [each for each in text if each.isalpha()]
    if any(_OTHER_SCRIPTS.match(each) for each in letters):
        return None
    if any(_HAN.match(each) for each in letters):
        return "zh-CN"
    return "en" if letters and all(each.isascii() for each in letters) else None
