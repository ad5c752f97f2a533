"""What the use cases of this service need from outside, in their own words."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from service_inspection.domain.inspection.discrepancy import Discrepancy
from service_inspection.domain.inspection.return_inspection import ReturnInspection
from service_inspection.domain.receiving.scan import Scan


class ReturnInspections(Protocol):
    """Benches by the return's id."""

    async def get(self, key: str) -> ReturnInspection: ...
    async def find(self, key: str) -> ReturnInspection | None: ...
    def add(self, aggregate: ReturnInspection) -> None: ...


class Discrepancies(Protocol):
    """Discrepancies by id."""

    async def get(self, key: str) -> Discrepancy: ...
    def add(self, aggregate: Discrepancy) -> None: ...


class Scans(Protocol):
    """Everything scanners have posted."""

    async def find(self, client_key: str) -> Scan | None:
        """The post its scanner knows by this name."""
        ...

    async def unidentified(self, rma_key: str) -> Sequence[Scan]:
        """Posts with this RMA that wait for its approval, in the order in which they came."""
        ...

    def keep(self, scan: Scan) -> None:
        """A new post; a second one of the same name cannot be kept."""
        ...

    def change(self, scan: Scan) -> None:
        """A post that waited has been matched."""
        ...


class UnitOfWork(Protocol):
    """What one use case loads and changes; leaving it saves what has recorded events."""

    @property
    def benches(self) -> ReturnInspections: ...
    @property
    def discrepancies(self) -> Discrepancies: ...
    @property
    def scans(self) -> Scans: ...

    async def bench_for(self, rma_key: str | None) -> ReturnInspection | None:
        """The bench of the return with this RMA."""
        ...


PostScan = Callable[[UnitOfWork, Scan], Awaitable[Scan]]
"""Takes a scanner's post, and counts it where its return is known."""
