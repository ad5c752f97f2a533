"""One physical piece and its states in the warehouse.

    expected ── receive ──> received ── pass ──> passed
        └── cancel ──> cancelled    └── fail ──> failed ── accept ──> accepted
                                                     └──── refuse ──> refused

A unit that passed is paid without a decision. A unit that failed is held until a person decides (R4.5).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from service_inspection.domain.receiving.scan import ChecklistFinding, Grade
from shared.kernel.errors import IllegalMove


class UnitState(StrEnum):
    """How far the warehouse is with a unit."""

    EXPECTED = "expected"
    RECEIVED = "received"
    PASSED = "passed"
    FAILED = "failed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    CANCELLED = "cancelled"


MOVES: Final[Mapping[str, tuple[frozenset[UnitState], UnitState]]] = {
    # verb        from                             to
    "receive":  (frozenset({UnitState.EXPECTED}),  UnitState.RECEIVED),
    "pass":     (frozenset({UnitState.RECEIVED}),  UnitState.PASSED),
    "fail":     (frozenset({UnitState.RECEIVED}),  UnitState.FAILED),
    "accept":   (frozenset({UnitState.FAILED}),    UnitState.ACCEPTED),
    "refuse":   (frozenset({UnitState.FAILED}),    UnitState.REFUSED),
    "cancel":   (frozenset({UnitState.EXPECTED}),  UnitState.CANCELLED),
}  # fmt: skip

OPEN: Final = frozenset({UnitState.EXPECTED, UnitState.RECEIVED, UnitState.FAILED})
"""The states that are not final."""


@dataclass(slots=True, kw_only=True)
class Unit:
    """A unit with its known facts. `inspector` and `decided_by` are actors, never names of people."""

    id: str
    line_id: str
    sku: str
    name: str
    reason: str
    state: UnitState = UnitState.EXPECTED
    received_by: str | None = None
    received_at: datetime | None = None
    inspect_by: datetime | None = None
    inspected_by: str | None = None
    inspector: str | None = None
    inspected_at: datetime | None = None
    grade: Grade | None = None
    findings: tuple[ChecklistFinding, ...] = ()
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision_reason: str | None = None

    def move(self, verb: str) -> None:
        """Move to the state that the table gives. `IllegalMove` from any other state."""
        sources, target = MOVES[verb]
        if self.state not in sources:
            raise IllegalMove(verb, self.state, frozenset(map(str, sources)))
        self.state = target
