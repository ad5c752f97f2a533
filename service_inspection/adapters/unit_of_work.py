"""The unit of work of this service: its repositories over the shared data structure."""

import time
from dataclasses import dataclass, field

from service_inspection.adapters.inspection import inspection_rows
from service_inspection.adapters.inspection.discrepancy_rows import DiscrepancyRows
from service_inspection.adapters.inspection.inspection_rows import InspectionRows
from service_inspection.adapters.receiving.parcel_rows import ParcelRows
from service_inspection.adapters.receiving.scan_rows import ScanRows
from service_inspection.adapters.tables import benches
from service_inspection.application.receiving.late_match import LateMatch
from service_inspection.domain.inspection.return_inspection import ReturnInspection
from shared.contracts.envelope import Origin
from shared.database.reader import Reader
from shared.database.repository import AggregateCache, OutboxWriter, Repository
from shared.database.unit_of_work.after_commit import AfterCommit
from shared.database.work import Work


class InspectionUnitOfWork:
    """The repositories and queries that the use cases of inspection share in one commit."""

    def __init__(
        self,
        reader: Reader,
        outbox_writer: OutboxWriter,
        origin: Origin,
        cache: AggregateCache[ReturnInspection],
        late_match: LateMatch,
    ) -> None:
        self._reader = reader
        self._outbox_writer = outbox_writer
        self.origin = origin
        self.work = Work()
        self.inspections = Repository(reader, InspectionRows(), cache)
        self.discrepancies = Repository(reader, DiscrepancyRows())
        self.scans = ScanRows(reader, self.work)
        self.parcels = ParcelRows(reader, self.work)
        self._repositories = (self.inspections, self.discrepancies)
        self.after_commit = AfterCommit()
        self._late_match = late_match
        self.parts = (*self._repositories, self.after_commit)

    async def inspection_for(self, rma_key: str | None) -> ReturnInspection | None:
        rows = await self._reader.load(benches, "rma_key", rma_key) if rma_key is not None else ()
        if not rows:
            return None
        inspection = inspection_rows.read(rows[0])
        self.inspections.add(inspection)
        return inspection

    def collect(self) -> Work:
        """See `FilledUnitOfWork.collect`. A scan and a new return that may have crossed wake the match job."""
        if self.scans.waits:
            self.after_commit(lambda: self._late_match.scan_found_nothing(time.monotonic()))
        elif any(inspection.version == 0 for inspection in self.inspections.seen):
            self.after_commit(lambda: self._late_match.return_is_expected(time.monotonic()))
        return self._outbox_writer.collect(self.work, self.origin, self._repositories)


@dataclass(frozen=True, slots=True)
class InspectionUnits:
    """Begins units of work."""

    reader: Reader
    outbox_writer: OutboxWriter
    late_match: LateMatch = field(default_factory=LateMatch)
    cache: AggregateCache[ReturnInspection] = field(default_factory=AggregateCache)

    def begin(self, origin: Origin) -> InspectionUnitOfWork:
        """Begin a new unit of work."""
        return InspectionUnitOfWork(self.reader, self.outbox_writer, origin, self.cache, self.late_match)
