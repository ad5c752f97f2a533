"""What a merchant writes on a return for its own use: metadata, a reference, tags, notes. Events tell none of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from shared.kernel.errors import Refused, Said

MOST_NOTES: Final = 500
"""How many notes of staff one return may have."""


class TooManyNotes(Refused):
    """The return has as many notes as it may have."""

    code = "too_many_notes"
    title = Said("Too many notes", "备注过多")
    detail = Said("A return has at most {most} notes.", "一张退货单最多有 {most} 条备注。")


@dataclass(slots=True, kw_only=True)
class Annotations:
    """`metadata` and `external_reference` may be seen by the customer; tags and notes are for staff only."""

    metadata: Mapping[str, str] = field(default_factory=dict)
    external_reference: str | None = None
    tags: tuple[str, ...] = ()
    note_count: int = 0


@dataclass(frozen=True, slots=True)
class StaffNote:
    """A note of a colleague. Notes are only added; the customer never sees them."""

    number: int
    text: str
    by: str
    at: datetime
