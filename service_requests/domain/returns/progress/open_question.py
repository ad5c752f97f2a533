"""A question of the warehouse that has no answer yet, as far as the return knows (F03, Z01, Z23)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """A discrepancy by its id, with its kind, what it is about, and by when a person answers."""

    id: str
    kind: str
    sku: str
    quantity: int
    answer_by: datetime
