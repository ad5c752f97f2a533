"""Domain events of an inspection. `adapters/publishing.py` decides which of them are published."""

from dataclasses import dataclass
from datetime import datetime

from service_inspection.domain.inspection.bench_decision import BenchDecision, Decision, ReasonCode, UnitVerdict
from service_inspection.domain.inspection.discrepancy import DiscrepancyKind, Resolution
from service_inspection.domain.inspection.unit import Unit, UnitState
from service_inspection.domain.receiving.scan import Grade, Outcome


@dataclass(frozen=True, slots=True)
class Expected:
    """A return was approved: its units may arrive."""


@dataclass(frozen=True, slots=True)
class ScanCounted:
    """A post was counted, even if it changed nothing."""

    scan_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """These units have arrived with one post. `complete`: no unit is missing any more."""

    scan_id: str
    warehouse: str
    units: tuple[tuple[str, str], ...]
    """Unit and line."""
    complete: bool
    inspect_by: datetime
    received_at: datetime
    """When the post reached us, by our own clock."""


@dataclass(frozen=True, slots=True)
class Questioned:
    """Goods have arrived that nobody announced."""

    discrepancy_id: str
    kind: DiscrepancyKind
    sku: str
    quantity: int
    answer_by: datetime | None = None
    """By when a person answers."""


@dataclass(frozen=True, slots=True)
class InspectedUnit:
    """A unit that was inspected."""

    unit_id: str
    line_id: str
    outcome: Outcome
    grade: Grade


@dataclass(frozen=True, slots=True)
class Inspected:
    """These units were inspected. `complete`: no unit is left to arrive or to be inspected."""

    units: tuple[InspectedUnit, ...]
    complete: bool
    inspected_at: datetime
    """When the post reached us, by our own clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedUnit:
    """A unit that a person has decided about."""

    unit_id: str
    line_id: str
    accepted: bool
    clause: str | None = None
    evidence: tuple[str, ...] = ()
    deduction_basis_points: int | None = None
    agreed: bool | None = None

    @classmethod
    def of(cls, unit: Unit, decision: BenchDecision, verdict: UnitVerdict) -> "DecidedUnit":
        """The unit with its decision, as others are told."""
        agreed = None if verdict.deduction_basis_points is None else decision.agreement is not None
        return cls(
            unit_id=unit.id,
            line_id=unit.line_id,
            accepted=verdict.decision is Decision.ACCEPT,
            clause=unit.decision_clause,
            evidence=unit.evidence,
            deduction_basis_points=verdict.deduction_basis_points,
            agreed=agreed,
        )


@dataclass(frozen=True, slots=True)
class Decided:
    """A person has decided about units that failed. `complete`: every unit of the return has its final state."""

    units: tuple[DecidedUnit, ...]
    complete: bool
    decided_at: datetime
    reason: str
    code: ReasonCode | None = None


@dataclass(frozen=True, slots=True)
class CorrectedUnit:
    """A unit whose state or grade was told otherwise before. `state` holds now; `inspect_by` where the unit waits."""

    unit_id: str
    line_id: str
    state: UnitState
    grade: Grade | None
    inspect_by: datetime | None


@dataclass(frozen=True, slots=True)
class Corrected:
    """What was told about these units does not hold any more (Z01). `cause`: the post, or the unit's return."""

    units: tuple[CorrectedUnit, ...]
    complete: bool
    cause: str
    corrected_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """A question has its answer; without an outcome a later post has answered it."""

    discrepancy_id: str
    kind: DiscrepancyKind
    sku: str
    quantity: int
    outcome: Resolution | None
    cleared_at: datetime
    reason: str | None = None
    """Why, for the customer to read."""
    tracking_number: str | None = None
    """The parcel in which the goods go back."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """A person has found that a post without a readable number belongs to this return."""

    scan_id: str
    arrived_at: datetime
    assigned_at: datetime


@dataclass(frozen=True, slots=True)
class Extended:
    """The inspection of these units has a later deadline."""

    units: tuple[str, ...]
    inspect_by: datetime
    reason: str
    extended_at: datetime


@dataclass(frozen=True, slots=True)
class NoLongerExpected:
    """The customer keeps the units that have not arrived."""


@dataclass(frozen=True, slots=True)
class BecameOverdue:
    """The inspection deadline has passed (R4.3)."""

    inspect_by: datetime


InspectionEvent = (
    Expected
    | ScanCounted
    | Received
    | Questioned
    | Cleared
    | Inspected
    | Decided
    | Corrected
    | NoLongerExpected
    | BecameOverdue
    | Assigned
    | Extended
)
