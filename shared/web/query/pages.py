"""Pages of a list: the order of its items, and the cursor that says after which item the next page begins.

A cursor is opaque but not signed, because a place in a list grants nothing. It belongs to one order of the list.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Self

from pydantic import BeforeValidator, Field

from shared.kernel.errors import NO_CURSOR, Malformed, Said
from shared.kernel.ids import is_id

LONGEST_CURSOR: Final = 100
LONGEST_PAGE: Final = 200
USUAL_PAGE: Final = 50
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class BadCursor(Malformed):
    """A cursor that this service has not issued, or has issued for another order of the list."""

    code = "bad_cursor"
    title = Said("This is not a cursor", "分页游标无效")
    detail = NO_CURSOR


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ends: the moment by which the list is sorted, and the id that decides between equal moments."""

    at: datetime
    id: str

    def cursor(self, order: str) -> str:
        """The cursor of this place in that order."""
        text = f"{order}:{(self.at - _EPOCH) // _MICROSECOND}:{self.id}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def of(cls, cursor: str, order: str, kind: str) -> Self:
        """The place in a cursor, for a list of things of this kind. `BadCursor`."""
        try:
            text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode("ascii")
            written_for, micros, last = text.split(":")
            place = cls(_EPOCH + int(micros) * _MICROSECOND, last)
        except (binascii.Error, ValueError, OverflowError) as error:
            raise BadCursor(pointer="/query/cursor") from error
        if written_for != order or not is_id(last, kind):
            raise BadCursor(pointer="/query/cursor")
        return place


def _apart(values: object) -> object:
    """Several values, each of which may be a list with commas."""
    if not isinstance(values, list):
        return values
    return [part.strip() for value in values for part in (value.split(",") if isinstance(value, str) else [value])]


SEVERAL: Final = BeforeValidator(_apart)
"""Marks a list parameter: `state=a,b` and `state=a&state=b` are the same."""

Cursor = Annotated[str, Field(max_length=LONGEST_CURSOR, description="`next` of the page before, in the same order.")]
Limit = Annotated[int, Field(ge=1, le=LONGEST_PAGE, strict=False, description="How many items a page has at most.")]
