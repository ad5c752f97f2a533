"""Words of the pages for signing in."""

from collections.abc import Mapping
from typing import Final

from shared.kernel.errors import Said

SIGN_IN_WORDS: Final[Mapping[str, Said]] = {
    "staff_only": Said("For members of staff.", "仅限员工使用。"),
}
