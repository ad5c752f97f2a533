"""The queries of this service, for staff and scanners. Customers cannot ask this service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from service_inspection.domain.inspection.bench_decision import ALWAYS_REFUSES, LineRight
from service_inspection.domain.inspection.discrepancy import Discrepancy, DiscrepancyState
from service_inspection.domain.inspection.unit import Unit
from service_inspection.domain.receiving.handling import ScanState
from service_inspection.domain.receiving.scan import Kind, Scan


class Waits(StrEnum):
    """What an inspection is listed under; a return with several units can be under more than one."""

    EXPECTED = "expected"
    WAITING = "waiting"
    HELD = "held"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class PossibleReturn:
    """A return that goods without a number may belong to."""

    return_id: str
    rma: str


@dataclass(frozen=True, slots=True)
class ReceiptDetail:
    """One post, and the returns that it may belong to while nobody knows."""

    scan: Scan
    possible: Sequence[PossibleReturn]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFilter:
    """What a list of receipts is narrowed by. `overdue_at`: those that somebody has to answer before this moment."""

    state: ScanState | None = None
    kind: Kind | None = None
    warehouse: str | None = None
    tracking_number: str | None = None
    rma: str | None = None
    posted_since: datetime | None = None
    posted_before: datetime | None = None
    overdue_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRight:
    """The law's right of a line: the findings that refuse it, and those that only reduce the refund."""

    line_id: str
    reason: str
    clause: str
    refuses: Sequence[str]
    reduces: Sequence[str]


def shown_right(right: LineRight) -> ShownRight:
    """The right as it is shown."""
    return ShownRight(
        line_id=right.line_id,
        reason=right.reason,
        clause=right.clause,
        refuses=sorted({*right.refuses, *ALWAYS_REFUSES}),
        reduces=sorted(right.reduces),
    )


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
    rights: Sequence[ShownRight] = ()


FoundPage = Mapping[str, Any]
"""`items`, the newest first, and `next`, the cursor of the next page."""


class Queries(Protocol):
    """Answers read from rows."""

    async def receipt(self, receipt_id: str) -> ReceiptDetail:
        """One post. `NotFound`."""
        ...

    async def receipts(self, wanted: ReceiptFilter, cursor: str | None, limit: int) -> FoundPage: ...

    async def inspection(self, return_id: str) -> InspectionDetail:
        """One inspection. `NotFound`."""
        ...

    async def inspections(
        self, *, waits: Waits | None, overdue: bool | None, rma: str | None, cursor: str | None, limit: int
    ) -> FoundPage: ...

    async def discrepancies(
        self,
        state: DiscrepancyState | None,
        return_id: str | None,
        overdue_at: datetime | None,
        cursor: str | None,
        limit: int,
    ) -> FoundPage: ...

    async def due(self, now: datetime, limit: int) -> Sequence[str]:
        """Returns whose inspection is overdue and not noticed yet."""
        ...

    async def with_waiting_scans(self, limit: int) -> Sequence[str]:
        """Returns that are known and whose posts still wait."""
        ...
