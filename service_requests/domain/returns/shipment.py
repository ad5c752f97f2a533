"""The parcels of a return, and how the customer sends them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from service_requests.domain.eligibility.assessment import Instructions
from service_requests.domain.orders.carrier import same_tracking
from service_requests.domain.returns.return_error import ParcelAlreadyAnnounced, TooManyParcels

PARCEL_LIMIT: Final = 20


@dataclass(frozen=True, slots=True)
class Shipment:
    """A parcel that the customer has announced."""

    id: str
    carrier: str
    tracking_number: str
    announced_at: datetime


@dataclass(slots=True, kw_only=True)
class Shipments:
    """The instructions of the approval, and the parcels that the customer has announced."""

    instructions: Instructions | None = None
    announced: list[Shipment] = field(default_factory=list)

    def check(self, shipment: Shipment) -> None:
        """Whether this parcel may be announced. `TooManyParcels`, `ParcelAlreadyAnnounced`."""
        if len(self.announced) >= PARCEL_LIMIT:
            raise TooManyParcels(limit=PARCEL_LIMIT)
        if any(same_tracking(known.tracking_number, shipment.tracking_number) for known in self.announced):
            raise ParcelAlreadyAnnounced(carrier=shipment.carrier, tracking_number=shipment.tracking_number)

    def announce(self, shipment: Shipment) -> None:
        """Add the parcel."""
        self.announced.append(shipment)
