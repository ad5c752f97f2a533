"""The parcels of a return, and how the customer sends them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from service_requests.domain.eligibility.assessment import Instructions
from service_requests.domain.orders.carrier import same_tracking
from service_requests.domain.returns.return_error import ParcelAlreadyAnnounced, TooManyParcels
from service_requests.domain.returns.unit import ReturnUnit, UnitOutcome, Whereabouts
from shared.kernel.piece_range import PieceRange

PARCEL_LIMIT: Final = 20


class ParcelState(StrEnum):
    """Where an announced parcel is, as far as its units tell."""

    ON_THE_WAY = "on_the_way"
    NOT_EXPECTED = "not_expected"
    """The customer keeps what was announced with it; it may still come."""
    ARRIVED = "arrived"
    NEVER_ARRIVED = "never_arrived"


@dataclass(frozen=True, slots=True)
class Shipment:
    """A parcel that the customer has announced."""

    id: str
    carrier: str
    tracking_number: str
    announced_at: datetime
    units: tuple[str, ...] = ()
    """The units that were announced with it; empty for parcels from before they were kept."""


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


def parcel_state(parcel: Shipment, units: Iterable[ReturnUnit]) -> ParcelState:
    """The state of a parcel: on the way while a unit of it is, arrived as soon as none is and one has come."""
    named = [PieceRange.of(name) for name in parcel.units]
    own = [unit for unit in units if not named or any(PieceRange.of(unit.id).overlaps(each) for each in named)]
    moving = [unit for unit in own if unit.whereabouts is Whereabouts.IN_TRANSIT]
    if any(unit.decision is UnitOutcome.NONE for unit in moving):
        return ParcelState.ON_THE_WAY
    if moving:
        return ParcelState.NOT_EXPECTED
    stayed = all(unit.whereabouts is Whereabouts.WITH_CUSTOMER for unit in own)
    return ParcelState.NEVER_ARRIVED if stayed and own else ParcelState.ARRIVED
