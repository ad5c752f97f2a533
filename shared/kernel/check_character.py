"""The check character of a code of upper-case letters and digits: ISO 7064 MOD 37-2.

37 is prime and 2 is a primitive root of it, so every single wrong character and every exchange of two characters is
detected.
"""

from typing import Final

_VALUES: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"


def check_character(body: str) -> str:
    """The check character of this body; one of 37 characters, `*` the last."""
    total = 0
    for character in body:
        total = (total + _VALUES.index(character)) * 2 % 37
    return _VALUES[(1 - total) % 37]
