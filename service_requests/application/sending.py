"""The customer's side of the way back: a parcel is announced, or the goods are kept after all (R3.1, A11, D05, D06)."""

from collections.abc import Sequence
from datetime import datetime

from service_requests.application.ports import UnitOfWork
from service_requests.domain.return_ import Return, Shipment
from shared.kernel.errors import NotFound
from shared.kernel.principal import Kind, Principal


async def announce(
    uow: UnitOfWork, return_id: str, shipment: Shipment, units: Sequence[str] | None, *, by: Principal
) -> Return:
    """Announce a parcel. `NotFound`, `IllegalMove`, `ParcelKnown`, `NoSuchUnit`."""
    found = await _own(uow, return_id, by)
    found.ship(shipment, units)
    return found


async def cancel(uow: UnitOfWork, return_id: str, *, by: Principal, at: datetime) -> Return:
    """Keep what has not arrived. `NotFound`, `IllegalMove`."""
    found = await _own(uow, return_id, by)
    found.cancel(at=at)
    return found


async def fall_due(uow: UnitOfWork, return_id: str, *, at: datetime) -> None:
    """Do what the passing of a deadline asks for; nothing when somebody was faster."""
    (await uow.returns.get(return_id)).fall_due(at=at)


async def _own(uow: UnitOfWork, return_id: str, by: Principal) -> Return:
    found = await uow.returns.get(return_id)
    if by.kind is Kind.CUSTOMER and found.customer_id != by.id:
        raise NotFound("return")
    return found
