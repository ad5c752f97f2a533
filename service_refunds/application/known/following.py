"""Use cases that record facts of other services: orders, approvals, parcels that were sent, goods that arrived."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from service_refunds.application.ledger.order_balances import opening_balances
from service_refunds.application.ports import UnitOfWork
from service_refunds.domain.known.known_order import KnownOrder
from service_refunds.domain.known.known_return import KnownReturn
from shared.kernel.calendar import WorkingCalendar, calendar_named
from shared.kernel.errors import NotYet


async def record_order(uow: UnitOfWork, order: KnownOrder) -> None:
    """Keep the order and open its balances, unless the order is known already."""
    if await uow.orders.find(order.id) is None:
        order.open_balances(opening_balances(order.imported))
        uow.orders.add(order)


async def record_return(uow: UnitOfWork, returned: KnownReturn, calendars: Mapping[str, WorkingCalendar]) -> None:
    """Keep what the approval told the customer, unless the return is known already. `UnknownCalendar`."""
    if returned.calendar is not None:
        calendar_named(calendars, returned.calendar)
    if await uow.returns.find(returned.id) is None:
        returned.keep()
        uow.returns.add(returned)


async def cancel_return(uow: UnitOfWork, return_id: str) -> None:
    """Record that the customer keeps the goods. A return that was never approved has nothing to pay."""
    known = await uow.returns.find(return_id)
    if known is not None:
        known.cancel()


async def note_sent(uow: UnitOfWork, return_id: str, units: Sequence[str], at: datetime) -> None:
    """Record that the customer has announced a parcel (CRD 13(3), CCR 34(5)). Before the approval nothing is due."""
    known = await uow.returns.find(return_id)
    if known is not None:
        known.send(units, at)


async def record_goods_in(uow: UnitOfWork, return_id: str, units: Sequence[str], at: datetime) -> None:
    """Record that goods are at the dock; the legal clock starts (I06). `NotYet` before the approval is known."""
    known = await uow.returns.find(return_id)
    if known is None:
        raise NotYet(f"the approval of {return_id}")
    known.receive(units, at)
