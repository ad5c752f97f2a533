"""The unit of work of this service: its repositories over the shared data structure."""

import time
from dataclasses import dataclass, field
from typing import ClassVar

from service_inspection.adapters.inspection import inspection_rows
from service_inspection.adapters.inspection.discrepancy_rows import DiscrepancyRows
from service_inspection.adapters.inspection.inspection_rows import InspectionRows
from service_inspection.adapters.receiving.scan_rows import ScanRows
from service_inspection.adapters.tables import benches
from service_inspection.application.receiving.late_match import LateMatch
from service_inspection.domain.inspection.return_inspection import ReturnInspection
from shared.contracts.envelope import Origin
from shared.database.reader import Reader
from shared.database.repository import AggregateCache, OutboxWriter, Repository
from shared.database.work import Work


@dataclass(frozen=True, slots=True)
class LateMatchTrigger:
    """Rings when a unit of work leaves a post, or a new return, that may have missed the other."""

    copied: ClassVar[bool] = False
    unsure: ClassVar[bool] = False

    scans: ScanRows
    inspections: Repository[ReturnInspection]
    crossing: LateMatch

    def settle(self) -> None:
        """What was kept can be found."""
        if self.scans.waits:
            self.crossing.post_found_nothing(time.monotonic())
        elif any(inspection.version == 1 for inspection in self.inspections.seen):
            self.crossing.return_is_expected(time.monotonic())

    def release(self) -> None:
        """Nothing is in hand."""


class InspectionUnitOfWork:
    """See `ports.UnitOfWork`."""

    def __init__(
        self,
        reader: Reader,
        press: OutboxWriter,
        origin: Origin,
        shelf: AggregateCache[ReturnInspection],
        crossing: LateMatch,
    ) -> None:
        self._reader = reader
        self._press = press
        self.origin = origin
        self.work = Work()
        self.inspections = Repository(reader, InspectionRows(), shelf)
        self.discrepancies = Repository(reader, DiscrepancyRows())
        self.scans = ScanRows(reader, self.work)
        self._repositories = (self.inspections, self.discrepancies)
        self.parts = (*self._repositories, LateMatchTrigger(self.scans, self.inspections, crossing))

    async def inspection_for(self, rma_key: str | None) -> ReturnInspection | None:
        """See `ports.UnitOfWork.bench_for`."""
        rows = await self._reader.load(benches, "rma_key", rma_key) if rma_key is not None else ()
        if not rows:
            return None
        inspection = inspection_rows.read(rows[0])
        self.inspections.add(inspection)
        return inspection

    def collect(self) -> Work:
        """See `Unit.collect`."""
        return self._press.collect(self.work, self.origin, self._repositories)


@dataclass(frozen=True, slots=True)
class InspectionUnits:
    """Opens units of work. What may have crossed rings."""

    reader: Reader
    press: OutboxWriter
    crossing: LateMatch = field(default_factory=LateMatch)
    shelf: AggregateCache[ReturnInspection] = field(default_factory=AggregateCache)

    def begin(self, origin: Origin) -> InspectionUnitOfWork:
        """A fresh one."""
        return InspectionUnitOfWork(self.reader, self.press, origin, self.shelf, self.crossing)
