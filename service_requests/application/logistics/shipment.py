"""The customer's side of the way back: a parcel is announced, or the goods are kept after all (R3.1, A11, D05, D06)."""

from collections.abc import Sequence

from service_requests.application.ports import UnitOfWork
from service_requests.application.returns.cancellation import own_return
from service_requests.domain.returns.return_ import Return, Shipment
from shared.kernel.principal import Principal


async def announce(
    uow: UnitOfWork, return_id: str, shipment: Shipment, units: Sequence[str] | None, *, by: Principal
) -> Return:
    """Announce a parcel. `NotFound`, `IllegalMove`, `ParcelKnown`, `NoSuchUnit`."""
    found = await own_return(uow, return_id, by)
    found.ship(shipment, units)
    return found
