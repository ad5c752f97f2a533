"""The queries of this service, for staff and scanners. Customers cannot ask this service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from service_inspection.domain.inspection.discrepancy import Discrepancy, DiscrepancyState
from service_inspection.domain.inspection.unit import Unit
from service_inspection.domain.receiving.scan import Kind, Scan, ScanState


class Waits(StrEnum):
    """What an inspection is listed under; a return with several units can be under more than one."""

    EXPECTED = "expected"
    WAITING = "waiting"
    HELD = "held"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionDetail:
    """One inspection with all its parts."""

    return_id: str
    rma: str
    order_id: str
    state: str
    warehouse: str
    units: Sequence[Unit]
    scans: Sequence[Scan]
    discrepancies: Sequence[Discrepancy]
    inspect_by: datetime | None
    overdue_at: datetime | None
    created_at: datetime
    version: int


FoundPage = Mapping[str, Any]
"""`items`, the newest first, and `next`, the cursor of the next page."""


class Queries(Protocol):
    """Answers read from rows."""

    async def receipt(self, receipt_id: str) -> Scan:
        """One post. `NotFound`."""
        ...

    async def receipts(
        self, state: ScanState | None, kind: Kind | None, cursor: str | None, limit: int
    ) -> FoundPage: ...

    async def inspection(self, return_id: str) -> InspectionDetail:
        """One inspection. `NotFound`."""
        ...

    async def inspections(
        self, *, waits: Waits | None, overdue: bool | None, rma: str | None, cursor: str | None, limit: int
    ) -> FoundPage: ...

    async def discrepancies(
        self, state: DiscrepancyState | None, return_id: str | None, cursor: str | None, limit: int
    ) -> FoundPage: ...

    async def due(self, now: datetime, limit: int) -> Sequence[str]:
        """Returns whose inspection is overdue and not noticed yet."""
        ...

    async def with_waiting_scans(self, limit: int) -> Sequence[str]:
        """Returns that are known and whose posts still wait."""
        ...
