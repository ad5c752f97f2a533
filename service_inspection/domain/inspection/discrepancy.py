"""Goods that nobody announced. They stay in quarantine, without effect on money, until a person decides (F03)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from shared.kernel.errors import IllegalMove


class DiscrepancyKind(StrEnum):
    """What is wrong with the goods."""

    OVER = "over"
    """More pieces than were announced."""
    UNEXPECTED = "unexpected"
    """An article that is not part of the return."""
    CANCELLED = "cancelled"
    """The customer had said she keeps it, and sent it all the same."""


class DiscrepancyState(StrEnum):
    """Whether somebody has seen to it."""

    OPEN = "open"
    RESOLVED = "resolved"


class Resolution(StrEnum):
    """What becomes of the goods."""

    RETURNED_TO_CUSTOMER = "returned_to_customer"
    KEPT_FOR_MATCH = "kept_for_match"
    DISPOSED = "disposed"


MOVES: Final[Mapping[str, tuple[frozenset[DiscrepancyState], DiscrepancyState]]] = {
    # verb        from                                to
    "resolve":  (frozenset({DiscrepancyState.OPEN}),  DiscrepancyState.RESOLVED),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opened:
    """The discrepancy was found. Its inspection publishes it."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A person has decided what happens to the goods."""


@dataclass(slots=True, kw_only=True)
class Discrepancy:
    """Pieces of one article from one post. `scan_id` is the post they came with."""

    id: str
    return_id: str
    scan_id: str
    warehouse: str
    kind: DiscrepancyKind
    sku: str
    quantity: int
    opened_at: datetime
    state: DiscrepancyState = DiscrepancyState.OPEN
    outcome: Resolution | None = None
    note: str | None = None
    resolved_by: str | None = None
    resolved_at: datetime | None = None
    version: int = 0
    sequence: int = 0
    events: list[object] = field(default_factory=list, repr=False, compare=False)

    def resolve(self, outcome: Resolution, note: str, *, by: str, at: datetime) -> None:
        """Decide what happens to the goods, once."""
        sources, target = MOVES["resolve"]
        if self.state not in sources:
            raise IllegalMove("resolve", self.state, frozenset(map(str, sources)))
        self.state = target
        self.outcome, self.note, self.resolved_by, self.resolved_at = outcome, note, by, at
        self.events.append(Resolved())
