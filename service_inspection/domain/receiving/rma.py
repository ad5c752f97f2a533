"""RMA numbers as people and scanners misread them, brought to one form."""

import unicodedata
from typing import Final

_LOOKALIKES: Final = str.maketrans("OIL", "011")


def rma_key(written: str) -> str | None:
    """The significant letters and digits: upper case, no dashes, O as 0, I and L as 1. None when nothing
    is readable.
    """
    plain = unicodedata.normalize("NFKC", written).upper()
    return "".join(c for c in plain if c.isascii() and c.isalnum()).translate(_LOOKALIKES) or None
