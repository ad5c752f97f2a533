"""The customer keeps what has not arrived (A11)."""

from datetime import datetime

from service_requests.application.ports import UnitOfWork
from service_requests.domain.returns.return_ import Return
from shared.kernel.errors import NotFound
from shared.kernel.principal import Kind, Principal


async def cancel(uow: UnitOfWork, return_id: str, *, by: Principal, at: datetime) -> Return:
    """Keep what has not arrived. `NotFound`, `IllegalMove`."""
    found = await own_return(uow, return_id, by)
    found.cancel(at=at)
    return found


async def own_return(uow: UnitOfWork, return_id: str, by: Principal) -> Return:
    """The return, if it is the caller's. `NotFound`."""
    found = await uow.returns.get(return_id)
    if by.kind is Kind.CUSTOMER and found.customer_id != by.id:
        raise NotFound("return")
    return found
