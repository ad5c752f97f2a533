"""Orders come in as snapshots of what was paid (N06)."""

from dataclasses import replace

from service_requests.application.ports import UnitOfWork
from service_requests.domain.orders.order import Order, OrderImported
from service_requests.domain.orders.policy_of_order import policy_of
from service_requests.domain.policy.error import NoPolicy
from shared.kernel.errors import Refused, Said


class OrderDiffers(Refused):
    """An order with the same number and other contents exists."""

    code = "order_differs"
    title = Said("Another order has this number", "订单号已存在")
    detail = Said(
        "Order {number} was pushed before with other contents; a snapshot is never changed.",
        "订单 {number} 此前已以不同内容推送；快照不可更改。",
    )


async def import_order(uow: UnitOfWork, order: Order) -> Order:
    """Store an order with the policy of its day; the same contents again return the first order (B08).

    `UnknownCurrency`, `DuplicateId`, `UnknownParcel`, `ImpossibleTime`, `OrderDoesNotReconcile`, `OrderDiffers`.
    """
    order.hold_together()
    order.happen_in_order()
    order.reconcile()
    known = await uow.order_by_number(order.storefront, order.number)
    if known is not None:
        kept = ("id", "created_at", "policy", "version", "sequence")
        same = replace(order, **{name: getattr(known, name) for name in kept})
        if same != known:
            raise OrderDiffers(number=order.number)
        return known
    try:
        order.policy = policy_of(await uow.rulebook(), order).name
    except NoPolicy:
        order.policy = None
    order.events.append(OrderImported())
    uow.orders.add(order)
    return order
