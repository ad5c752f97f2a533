"""The unit of work of this service: its repositories over the shared data structure."""

from dataclasses import dataclass, field

from service_inspection.adapters import bench_rows
from service_inspection.adapters.bench_rows import BenchRows
from service_inspection.adapters.discrepancy_rows import DiscrepancyRows
from service_inspection.adapters.scan_rows import ScanRows
from service_inspection.adapters.tables import benches
from service_inspection.domain.bench import Bench
from shared.contracts.envelope import Origin
from shared.database.reader import Reader
from shared.database.repository import Press, Repository, Shelf
from shared.database.work import Work


class InspectionUnitOfWork:
    """See `ports.UnitOfWork`."""

    def __init__(self, reader: Reader, press: Press, origin: Origin, shelf: Shelf[Bench]) -> None:
        self._reader = reader
        self._press = press
        self.origin = origin
        self.work = Work()
        self.benches = Repository(reader, BenchRows(), shelf)
        self.discrepancies = Repository(reader, DiscrepancyRows())
        self.parts = (self.benches, self.discrepancies)
        self.scans = ScanRows(reader, self.work)

    async def bench_for(self, rma_key: str | None) -> Bench | None:
        """See `ports.UnitOfWork.bench_for`."""
        rows = await self._reader.load(benches, "rma_key", rma_key) if rma_key is not None else ()
        if not rows:
            return None
        bench = bench_rows.read(rows[0])
        self.benches.add(bench)
        return bench

    def collect(self) -> Work:
        """See `Unit.collect`."""
        return self._press.collect(self.work, self.origin, self.parts)


@dataclass(frozen=True, slots=True)
class InspectionUnits:
    """Opens units of work."""

    reader: Reader
    press: Press
    shelf: Shelf[Bench] = field(default_factory=Shelf)

    def begin(self, origin: Origin) -> InspectionUnitOfWork:
        """A fresh one."""
        return InspectionUnitOfWork(self.reader, self.press, origin, self.shelf)
