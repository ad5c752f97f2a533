"""An RMA number as eyes and scanners mangle it, brought back to one form."""

import unicodedata
from typing import Final

_LOOKALIKES: Final = str.maketrans("OIL", "011")


def rma_key(written: str) -> str | None:
    """The letters and digits that count: no case, no dashes, O is 0, I and L are 1. None when nothing is readable."""
    plain = unicodedata.normalize("NFKC", written).upper()
    return "".join(c for c in plain if c.isascii() and c.isalnum()).translate(_LOOKALIKES) or None
