"""An order as it stands: its snapshot with the facts that came later, read at the same time."""

import asyncio
from typing import Final

from service_requests.application.ports import UnitOfWork
from service_requests.domain.orders.later_facts import LaterFacts, OrderNow
from service_requests.domain.orders.order import Order
from shared.kernel.errors import NotFound
from shared.kernel.principal import Kind, Principal

SNAPSHOT: Final = ""
"""The line of `unit_claims` that stands for the snapshot of the order."""


async def order_now(uow: UnitOfWork, order_id: str) -> OrderNow:
    """The order as it stands. `NotFound`."""
    snapshot, facts = await asyncio.gather(uow.orders.get(order_id), uow.facts.find(order_id))
    return OrderNow.of(snapshot, facts)


async def own_order(uow: UnitOfWork, order_id: str, by: Principal, customer_id: str | None = None) -> OrderNow:
    """The order, if the caller may use the order. `NotFound`, also for the order of another customer."""
    now = await order_now(uow, order_id)
    if not may_use(by, now.order) or customer_id not in {None, now.order.customer_id}:
        raise NotFound("order")
    return now


def may_use(by: Principal, order: Order) -> bool:
    """A customer uses her own orders, and a system that is bound to a storefront the orders of that storefront."""
    if by.kind is Kind.CUSTOMER:
        return order.customer_id == by.id
    return by.storefront in {None, order.storefront}


def facts_of(uow: UnitOfWork, now: OrderNow) -> LaterFacts:
    """The facts of the order, to be changed. The first fact begins a new row."""
    if now.facts is not None:
        return now.facts
    facts = LaterFacts(id=now.snapshot.id, sequence=now.snapshot.sequence)
    uow.facts.add(facts)
    return facts
