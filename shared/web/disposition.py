"""The header that tells a browser whether to save a file, and under which name (RFC 6266, RFC 8187)."""

import unicodedata
from typing import Final
from urllib.parse import quote

LONGEST: Final = 150
UNMARKED: Final = "!#$&+-.^_`|~"
"""Characters that RFC 8187 leaves unchanged, besides letters and digits."""
NOTHING: Final = "file"


def disposition(name: str | None = None, *, inline: bool = False) -> str:
    """The header: saved unless `inline`, under this name with only harmless characters."""
    kind = "inline" if inline else "attachment"
    if name is None:
        return kind
    clean = _clean(name)
    plain = "".join(each if " " <= each <= "~" and each not in '"\\%' else "_" for each in clean)
    said = f'{kind}; filename="{plain}"'
    return said if plain == clean else f"{said}; filename*=UTF-8''{quote(clean, safe=UNMARKED)}"


def _clean(name: str) -> str:
    """The name without folders, invisible characters and changes of the reading direction; the suffix is kept."""
    last = name.replace("\\", "/").rpartition("/")[2]
    seen = "".join(each for each in last if unicodedata.category(each)[0] != "C").strip(" .")
    if len(seen) > LONGEST:
        stem, dot, ending = seen.rpartition(".")
        seen = f"{stem[: LONGEST - 16]}{dot}{ending}" if dot and len(ending) < 16 else seen[:LONGEST]
    return seen or NOTHING
