"""A customer announces a parcel (R3.1, D05)."""

from collections.abc import Sequence

from service_requests.application.ports import UnitOfWork
from service_requests.application.returns.cancellation import own_return
from service_requests.domain.returns.return_ import Return
from service_requests.domain.returns.shipment import Shipment
from shared.kernel.principal import Principal


async def announce(
    uow: UnitOfWork, return_id: str, shipment: Shipment, units: Sequence[str] | None, *, by: Principal
) -> Return:
    """Announce a parcel. `NotFound`, `IllegalMove`, `ParcelAlreadyAnnounced`, `TooManyParcels`, `NoSuchUnit`."""
    return_ = await own_return(uow, return_id, by)
    return_.ship(shipment, units)
    return return_
