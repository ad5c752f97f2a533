"""Names for things: `ret_01JD…` is a kind, then a time-ordered number that sorts by age.

The number is a UUIDv7 written in Crockford's base32; the kind keeps a refund's id out of a return's place.
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
    """Whether `text` is an id of this kind: cheap, and no promise that the thing exists."""
    prefix, _, rest = text.partition("_")
    return prefix == kind and len(rest) == LENGTH and all(character in _DIGITS for character in rest)
