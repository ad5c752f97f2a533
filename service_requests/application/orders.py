"""Orders come in as snapshots of what was paid (N06)."""

from dataclasses import replace

from service_requests.application.ports import UnitOfWork
from service_requests.domain.order import Order, OrderImported
from shared.kernel.errors import Refused, Said


class OrderDiffers(Refused):
    """The number is taken by an order with other contents."""

    code = "order_differs"
    title = Said("Another order has this number", "订单号已存在")
    detail = Said(
        "Order {number} was pushed before with other contents; a snapshot is never changed.",
        "订单 {number} 此前已以不同内容推送；快照不可更改。",
    )


async def push(uow: UnitOfWork, order: Order) -> Order:
    """Keep an order; the same contents again give the first one back. `OrderDoesNotReconcile`, `OrderDiffers`."""
    order.reconcile()
    known = await uow.order_named(order.storefront, order.number)
    if known is not None:
        same = replace(order, id=known.id, created_at=known.created_at, version=known.version, sequence=known.sequence)
        if same != known:
            raise OrderDiffers(number=order.number)
        return known
    order.events.append(OrderImported())
    uow.orders.add(order)
    return order
