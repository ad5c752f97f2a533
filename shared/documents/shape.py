"""What the shapes of documents have in common: codes, days, lists that say nothing twice."""

from collections.abc import Hashable
from datetime import date
from typing import Annotated, Any, Final

from pydantic import Field, StringConstraints

FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2100, 12, 31)

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]


def distinct(values: tuple[Hashable, ...]) -> Any:
    """The values as a set; raises when a value occurs twice."""
    if len(set(values)) != len(values):
        raise ValueError("says something twice")
    return frozenset(values)
