"""One physical piece and its states in the warehouse. Alike pieces in one state are one unit, a lot (Z13).

    expected ── receive ──> received ── pass ──> passed
        └── cancel ──> cancelled    └── fail ──> failed ── accept ──> accepted
                                                     └──── refuse ──> refused

A unit that passed is paid without a decision. A unit that failed is held until a person decides (R4.5).

Whatever was counted or judged can be taken back (Z01): `recall` (the piece is not here), `reinspect` (the result does
not hold), `reconsider` (a person takes a decision back), `revive` (a cancelled unit has come, and a person takes it).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from service_inspection.domain.inspection.bench_decision import BenchDecision, ReasonCode
from service_inspection.domain.receiving.scan import ChecklistFinding, Grade
from shared.kernel.errors import IllegalMove
from shared.kernel.piece_range import count_of


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
    "recall":     (frozenset({UnitState.RECEIVED, UnitState.PASSED, UnitState.FAILED}), UnitState.EXPECTED),
    "reinspect":  (frozenset({UnitState.PASSED, UnitState.FAILED}),                     UnitState.RECEIVED),
    "reconsider": (frozenset({UnitState.ACCEPTED, UnitState.REFUSED}),                  UnitState.FAILED),
    "revive":     (frozenset({UnitState.CANCELLED}),                                    UnitState.EXPECTED),
}  # fmt: skip

OPEN: Final = frozenset({UnitState.EXPECTED, UnitState.RECEIVED, UnitState.FAILED})
"""The states that are not final."""
DECIDED: Final = frozenset({UnitState.ACCEPTED, UnitState.REFUSED})
"""A person has decided. No count changes these states; the person takes the decision back first."""
GOOD: Final = frozenset({UnitState.PASSED, UnitState.ACCEPTED})
"""The unit is paid for."""

FAULTS: Final = ("merchant", "carrier", "customer")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerDecision:
    """A decision that was taken back, with both reasons. It stays on record."""

    decision: UnitState
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
    taken_back_by: str
    taken_back_at: datetime
    taken_back_for: str
    code: ReasonCode | None = None
    clause: str | None = None


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
    decision_code: ReasonCode | None = None
    decision_clause: str | None = None
    evidence: tuple[str, ...] = ()
    """Posts of the bench, and files, on which the decision rests."""
    deduction_basis_points: int | None = None
    """The part of the paid amount, in hundredths of a percent, by which the refund is reduced."""
    agreement: str | None = None
    """How the customer has agreed to the deduction."""
    worth_minor: int | None = None
    """What the customer paid for the unit; None where the approval does not say it."""
    fault: str | None = None
    promised: bool = False
    """Others were told that the unit is accepted, so that a refund may be open or paid."""
    former: tuple[FormerDecision, ...] = ()
    """Decisions that were taken back, the oldest first."""

    @property
    def quantity(self) -> int:
        """The number of pieces: more than one for a lot."""
        return count_of(self.id)

    @property
    def reducible(self) -> bool:
        """Whether a deduction is possible: the customer answers for the reason, or an old approval does not say who."""
        return self.fault in (None, "customer")

    @property
    def rank(self) -> tuple[int, int, str, str]:
        """The order of pieces that nobody can tell apart, in doubt for the customer (Z06).

        The piece for which the customer paid most comes first. Of equal value, the fault of the seller comes before
        that of the carrier, and both before a change of mind. Pieces of the lowest rank are the ones that are missing,
        that failed, or that nobody has looked at.
        """
        fault = FAULTS.index(self.fault) if self.fault in FAULTS else len(FAULTS)
        return -(self.worth_minor or 0), fault, self.reason, self.line_id

    @property
    def paid_for(self) -> bool:
        """Whether money may have been reserved for the unit."""
        return self.promised or self.state in GOOD

    def move(self, verb: str) -> None:
        """Move to the state that the table gives. `IllegalMove` from any other state."""
        sources, target = MOVES[verb]
        if self.state not in sources:
            raise IllegalMove(verb, self.state, frozenset(map(str, sources)))
        self.state = target

    def record_decision(
        self, decision: BenchDecision, deduction_basis_points: int | None, clause: str | None, *, by: str, at: datetime
    ) -> None:
        """Keep who has decided, on which finding, clause and evidence. The look that found it is evidence as well."""
        look = () if self.inspected_by is None else (self.inspected_by,)
        self.decided_by, self.decided_at = by, at
        self.decision_reason, self.decision_code, self.decision_clause = decision.reason, decision.code, clause
        self.evidence = tuple(dict.fromkeys((*look, *decision.evidence)))
        self.deduction_basis_points = deduction_basis_points
        self.agreement = None if deduction_basis_points is None else decision.agreement

    def forget_arrival(self) -> None:
        """The piece is not here, as far as this return goes."""
        self.received_by = self.received_at = self.inspect_by = None
        self.inspected_by = self.inspector = self.inspected_at = self.grade = None
        self.findings = ()

    def take_decision_back(self, reason: str, *, by: str, at: datetime) -> None:
        """Hold the unit again. The decision stays on record. `IllegalMove` where nobody has decided."""
        decision = self.state
        self.move("reconsider")
        self.former = (
            *self.former,
            FormerDecision(
                decision=decision,
                decided_by=self.decided_by,
                decided_at=self.decided_at,
                reason=self.decision_reason,
                taken_back_by=by,
                taken_back_at=at,
                taken_back_for=reason,
                code=self.decision_code,
                clause=self.decision_clause,
            ),
        )
        self.decided_by = self.decided_at = self.decision_reason = self.decision_code = self.decision_clause = None
        self.evidence, self.deduction_basis_points, self.agreement = (), None, None
