"""What happens at a bench, in the domain's own words; `adapters/publishing.py` decides what others are told."""

from dataclasses import dataclass
from datetime import datetime

from service_inspection.domain.inspection.discrepancy import DiscrepancyKind
from service_inspection.domain.receiving.scan import Grade, Outcome


@dataclass(frozen=True, slots=True)
class Expected:
    """A return was approved: its units may arrive."""


@dataclass(frozen=True, slots=True)
class ScanCounted:
    """A post was counted, also when it brought nothing that was not known already."""

    scan_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """These units have arrived with one post; `complete` when none is missing any more."""

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
    """A unit that was looked at."""

    unit_id: str
    line_id: str
    outcome: Outcome
    grade: Grade


@dataclass(frozen=True, slots=True)
class Inspected:
    """These units were looked at; `complete` when none is left to arrive or to be looked at."""

    units: tuple[InspectedUnit, ...]
    complete: bool
    inspected_at: datetime
    """When the post reached us, by our own clock."""


@dataclass(frozen=True, slots=True)
class DecidedUnit:
    """A unit about which a person has decided."""

    unit_id: str
    line_id: str
    accepted: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """A person has decided about units that failed; `complete` when every unit of the return has its last word."""

    units: tuple[DecidedUnit, ...]
    complete: bool
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class NoLongerExpected:
    """The customer keeps what has not arrived."""


@dataclass(frozen=True, slots=True)
class BecameOverdue:
    """Goods have waited beyond the promised time (R4.3)."""

    inspect_by: datetime


InspectionEvent = (
    Expected | ScanCounted | Received | Questioned | Inspected | Decided | NoLongerExpected | BecameOverdue
)
