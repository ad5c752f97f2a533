"""Domain events of an inspection. `adapters/publishing.py` decides which of them are published."""

from dataclasses import dataclass
from datetime import datetime

from service_inspection.domain.inspection.discrepancy import DiscrepancyKind, Resolution
from service_inspection.domain.inspection.unit import UnitState
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


@dataclass(frozen=True, slots=True)
class DecidedUnit:
    """A unit that a person has decided about."""

    unit_id: str
    line_id: str
    accepted: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """A person has decided about units that failed. `complete`: every unit of the return has its final state."""

    units: tuple[DecidedUnit, ...]
    complete: bool
    decided_at: datetime


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
)
