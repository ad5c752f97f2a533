"""Public ids: `ret_01JD…` is a kind, then a time-ordered number that sorts by age.

The number is a UUIDv7 written in Crockford's base32. The kind prevents that a refund's id is used for a return.
"""

from typing import Final

CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 26
_PAIRS: Final = tuple(first + second for first in CROCKFORD for second in CROCKFORD)
_DIGITS: Final = {character: value for value, character in enumerate(CROCKFORD)}


def write_id(kind: str, number: int) -> str:
    """`kind` and a 128-bit number as one public id."""
    return kind + "_" + "".join([_PAIRS[(number >> shift) & 1023] for shift in range(120, -1, -10)])


def is_id(text: str, kind: str) -> bool:
    """Whether `text` has the form of an id of this kind; the thing may not exist."""
    prefix, _, rest = text.partition("_")
    return prefix == kind and len(rest) == LENGTH and all(character in _DIGITS for character in rest)
