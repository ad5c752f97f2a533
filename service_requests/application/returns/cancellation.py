"""Cancellation: the customer keeps what has not arrived (A11)."""

from collections.abc import Sequence
from datetime import datetime

from service_requests.application.orders.order_reading import may_use
from service_requests.application.ports import UnitOfWork
from service_requests.domain.returns.return_ import Return
from shared.kernel.errors import NotFound
from shared.kernel.principal import Kind, Principal


async def cancel(
    uow: UnitOfWork,
    return_id: str,
    units: Sequence[str] | None,
    quantity: int | None,
    *,
    by: Principal,
    at: datetime,
) -> Return:
    """The customer keeps these units, or so many pieces, or all that have not arrived.

    `NotFound`, `NotPossibleNow`, `NoSuchUnit`, `TooFewToCancel`.
    """
    return_ = await own_return(uow, return_id, by)
    return_.cancel(at=at, units=units, quantity=quantity)
    return return_


async def own_return(uow: UnitOfWork, return_id: str, by: Principal) -> Return:
    """The return, if the caller may change the return. `NotFound`, also for a return of another storefront's order."""
    return_ = await uow.returns.get(return_id)
    if by.kind is Kind.CUSTOMER and return_.order.customer_id != by.id:
        raise NotFound("return")
    if by.storefront is not None and not may_use(by, await uow.orders.get(return_.order.id)):
        raise NotFound("return")
    return return_
