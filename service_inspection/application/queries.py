"""What can be looked up: staff and scanners see what lies on the benches; customers have no door here."""

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
    """One inspection, whole."""

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
"""`items`, newest first, and `next`: where the next page starts."""


class Queries(Protocol):
    """Answered from rows."""

    async def receipt(self, receipt_id: str) -> Scan:
        """One post; `NotFound`."""
        ...

    async def receipts(
        self, state: ScanState | None, kind: Kind | None, cursor: str | None, limit: int
    ) -> FoundPage: ...

    async def inspection(self, return_id: str) -> InspectionDetail:
        """One inspection; `NotFound`."""
        ...

    async def inspections(
        self, *, waits: Waits | None, overdue: bool | None, rma: str | None, cursor: str | None, limit: int
    ) -> FoundPage: ...

    async def discrepancies(
        self, state: DiscrepancyState | None, return_id: str | None, cursor: str | None, limit: int
    ) -> FoundPage: ...

    async def due(self, now: datetime, limit: int) -> Sequence[str]:
        """Returns whose inspection is overdue and not yet noticed."""
        ...

    async def matchable(self, limit: int) -> Sequence[str]:
        """Returns for which posts still wait although the return is known."""
        ...
