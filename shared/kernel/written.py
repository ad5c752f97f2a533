"""Texts as people write them: ids, codes, names of carriers and languages, each with its normal form (Z36).

`written` is the form in which an id is kept: NFC, no blanks at the ends, one blank between words. Two ids are the same
when their kept forms are equal. `same_code` is the form in which SKUs and barcodes are compared, `same_number` that of
tracking numbers.
"""

import re
import unicodedata
from typing import Final

from shared.kernel.errors import Said

LONGEST_ID: Final = 64
"""Characters of an id in NFC. In UTF-8 these are at most 256 bytes."""

EMPTY: Final = Said("At least one visible character is needed.", "至少需要一个可见字符。")
TOO_LONG: Final = Said("At most {most} characters.", "最多 {most} 个字符。")
INVISIBLE: Final = Said(
    "Character {place} ({code}) cannot be seen, or changes the direction of the text. Leave it out.",
    "第 {place} 个字符（{code}）不可见，或会改变文字方向。请删除该字符。",
)

_BLANKS: Final = re.compile(r"[\t\n\r\x20\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_UNSEEN: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Characters without a shape of their own: Unicode's Default_Ignorable_Code_Point, and the blank Braille pattern."""

_JOINERS: Final = frozenset("\u200c\u200d")
_EMOJI_STYLE: Final = "\ufe0f"
_OTHER: Final = frozenset({"Cc", "Cf", "Cs", "Co"})
_BETWEEN: Final = re.compile(r"[\s\-\u2010-\u2015\u2212\u00a0\u3000]+")


class NotWritten(ValueError):
    """A text that cannot be an id. The first argument is the sentence in both languages."""


def written(text: str, most: int = LONGEST_ID) -> str:
    """The text as it is kept. `NotWritten` when it is empty, too long, or has a character that nobody sees."""
    if text.isascii() and text.isprintable() and "  " not in text:
        kept = text.strip(" ")
    else:
        kept = unicodedata.normalize("NFC", _BLANKS.sub(" ", _without_line_ends(text)).strip(" "))
        _check_visible(kept)
    if not kept:
        raise NotWritten(EMPTY)
    if len(kept) > most:
        raise NotWritten(Said(TOO_LONG.en.format(most=most), TOO_LONG.zh.format(most=most)))
    return kept


def is_written(text: str, most: int = LONGEST_ID) -> bool:
    """Whether the text is an id in its kept form."""
    try:
        return written(text, most) == text
    except NotWritten:
        return False


def same_code(text: str) -> str:
    """The form in which SKUs and barcodes are compared: without case."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", text.casefold())


def same_number(text: str) -> str:
    """The form in which tracking numbers are compared: upper case, without blanks, hyphens and dots."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()


def _without_line_ends(text: str) -> str:
    """The text; a line end or tab inside it is refused, because it would begin a new line where the id is shown."""
    found = re.search(r"[\t\n\r]", text.strip())
    if found is not None:
        _refuse(text.strip(), found.start())
    return text


def _check_visible(text: str) -> None:
    for place, character in enumerate(text):
        unseen = _UNSEEN.match(character) is not None or unicodedata.category(character) in _OTHER
        if unseen and not _belongs(text, place):
            _refuse(text, place)
    if text and all(unicodedata.category(each)[0] in "MZ" for each in text):
        raise NotWritten(EMPTY)


def _belongs(text: str, place: int) -> bool:
    """Whether a joiner or the emoji style stands where a script needs it: inside an emoji, or inside a word."""
    character = text[place]
    before = text[place - 1] if place else ""
    after = text[place + 1] if place + 1 < len(text) else ""
    if character == _EMOJI_STYLE:
        return bool(before) and (unicodedata.category(before) in {"So", "Po", "Sm", "Nd"}) and before != " "
    if character in _JOINERS:
        return bool(before and after) and (_joins(before) and _joins(after))
    return False


def _joins(character: str) -> bool:
    """Whether a joiner beside this character changes how the text looks."""
    return (
        "\u0600" <= character <= "\u0dff"
        or character == _EMOJI_STYLE
        or "\U0001f000" <= character <= "\U0001faff"
        or "\u2600" <= character <= "\u27bf"
    )


def _refuse(text: str, place: int) -> None:
    code = f"U+{ord(text[place]):04X}"
    raise NotWritten(
        Said(INVISIBLE.en.format(place=place + 1, code=code), INVISIBLE.zh.format(place=place + 1, code=code))
    )
