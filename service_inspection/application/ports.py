"""What the use cases of this service need from the adapters."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from service_inspection.domain.inspection.discrepancy import Discrepancy
from service_inspection.domain.inspection.return_inspection import ReturnInspection
from service_inspection.domain.receiving.parcel import AnnouncedParcel
from service_inspection.domain.receiving.scan import Scan
from shared.kernel.principal import Principal


class ReturnInspections(Protocol):
    """Inspections by the return's id."""

    async def get(self, key: str) -> ReturnInspection: ...
    async def find(self, key: str) -> ReturnInspection | None: ...
    def add(self, aggregate: ReturnInspection) -> None: ...


class Discrepancies(Protocol):
    """Discrepancies by id."""

    async def get(self, key: str) -> Discrepancy: ...
    def add(self, aggregate: Discrepancy) -> None: ...


class Scans(Protocol):
    """All posts of scanners."""

    async def find(self, client_key: str) -> Scan | None:
        """The post with this name of its scanner."""
        ...

    async def get(self, scan_id: str) -> Scan | None:
        """The post with this id."""
        ...

    async def unidentified(self, rma_key: str) -> Sequence[Scan]:
        """Posts with this RMA that wait for the approval, in order of arrival."""
        ...

    async def unidentified_by_parcel(self, tracking_key: str) -> Sequence[Scan]:
        """Posts with this tracking number that wait for the announcement, in order of arrival."""
        ...

    def keep(self, scan: Scan) -> None:
        """Keep a new post. A second post of the same name cannot be kept."""
        ...

    def change(self, scan: Scan) -> None:
        """Save a post that has been matched or corrected."""
        ...


class Parcels(Protocol):
    """Parcels that customers have announced."""

    async def with_number(self, tracking_key: str) -> Sequence[AnnouncedParcel]:
        """The parcels with this tracking number."""
        ...

    async def of_return(self, return_id: str) -> Sequence[AnnouncedParcel]:
        """The parcels of this return."""
        ...

    def keep(self, parcel: AnnouncedParcel) -> None:
        """Keep a parcel; the same one again changes nothing."""
        ...


class UnitOfWork(Protocol):
    """What one use case loads and changes. On leaving, aggregates that have recorded events are saved."""

    @property
    def inspections(self) -> ReturnInspections: ...
    @property
    def discrepancies(self) -> Discrepancies: ...
    @property
    def scans(self) -> Scans: ...
    @property
    def parcels(self) -> Parcels: ...

    async def inspection_for(self, rma_key: str | None) -> ReturnInspection | None:
        """The inspection of the return with this RMA."""
        ...


PostScan = Callable[[UnitOfWork, Scan, Principal], Awaitable[Scan]]
"""Keeps a scanner's post, and counts it where its return is known."""
