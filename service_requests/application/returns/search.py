"""What a search for returns looks for: the forms in which each of its finds is kept (N13)."""

from dataclasses import dataclass
from typing import Final, Self

from service_requests.domain.returns import rma
from shared.kernel.errors import Malformed
from shared.kernel.written import same_number

HASH: Final = "#"
"""Many shops begin an order number with this mark, and many people leave it out."""


@dataclass(frozen=True, slots=True)
class Search:
    """One text as each kind of name. `number` and `other_number` are the order number with the mark and without it."""

    text: str
    rma: str | None
    number: str
    other_number: str
    tracking_number: str

    @classmethod
    def of(cls, text: str) -> Self:
        """What this text may be."""
        try:
            return_number = rma.read(text)
        except Malformed:
            return_number = None
        other = text.removeprefix(HASH) if text.startswith(HASH) else HASH + text
        return cls(text, return_number, text, other, same_number(text))
