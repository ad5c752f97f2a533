"""Orders come in as snapshots of what was paid (N06)."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Final

from service_requests.application.orders.order_reading import facts_of
from service_requests.application.ports import UnitOfWork
from service_requests.domain.orders.article import as_told_before, is_silent
from service_requests.domain.orders.later_fact import DeliveryTold, ParcelTold
from service_requests.domain.orders.later_facts import OrderNow, corrected_snapshot
from service_requests.domain.orders.order import Order, OrderDoesNotReconcile, OrderImported
from service_requests.domain.orders.policy_of_order import policy_of
from service_requests.domain.orders.sharing import place_as_pushed, share_once
from service_requests.domain.policy.error import NoPolicy
from shared.kernel.errors import Refused, Said
from shared.kernel.written import same_code


class OrderDiffers(Refused):
    """An order with the same number and other contents exists."""

    code = "order_differs"
    title = Said("Another order has this number", "订单号已存在")
    detail = Said(
        "Order {number} was pushed before with another `{field}`; a snapshot is never changed. What happened later is "
        "told with {operation}.",
        "订单 {number} 此前推送的 `{field}` 不同；快照不可更改。之后发生的事请通过 {operation} 报告。",
    )


CORRECTION: Final = "PUT /v1/orders/{id}"
OPERATIONS: Final[Mapping[str, str]] = {
    "parcels": "POST /v1/orders/{id}/parcels",
    "delivered_at": "POST /v1/orders/{id}/parcels",
    "lines": "POST /v1/orders/{id}/cancellations",
    "tenders": "POST /v1/orders/{id}/payments",
    "total_minor": "POST /v1/orders/{id}/refunds",
}
"""By field of the snapshot: the operation that tells what usually changes there. Other fields need a correction."""

KEPT: Final = ("id", "created_at", "policy", "version", "sequence")
"""Fields of an order that its storefront does not send."""


async def import_order(uow: UnitOfWork, pushed: Order, unpriced: Collection[str] = (), *, at: datetime) -> OrderNow:
    """Store an order with the policy of its day; the same contents again return the first order (B08).

    The same contents with parcels or deliveries that came later tell these as later facts (Z07). `unpriced` are the
    lines without a unit price.

    `UnknownCurrency`, `DuplicateId`, `UnknownParcel`, `UnknownLine`, `ImpossibleTime`, `OrderDoesNotReconcile`,
    `OrderDiffers`.
    """
    order = judged(pushed, unpriced)
    silent = {same_code(line.sku) for line in order.lines if is_silent(line)}
    known, articles = await asyncio.gather(
        uow.order_by_number(order.storefront, order.number),
        asyncio.gather(*map(uow.articles.read, sorted(silent))),
    )
    if known is not None:
        return await _pushed_again(uow, known, as_told_before(order, known), at)
    told = {article.id: article for article in articles if article is not None}
    if told:
        order.lines = tuple(
            told[code].complete(line) if (code := same_code(line.sku)) in told else line for line in order.lines
        )
    try:
        order.policy = policy_of(await uow.rulebook(), order).name
    except NoPolicy:
        order.policy = None
    order.events.append(OrderImported())
    uow.orders.add(order)
    return OrderNow.of(order, None)


def judged(pushed: Order, unpriced: Collection[str]) -> Order:
    """The order as it is kept. What a refund would refuse is refused here, at the field that was pushed (Z03)."""
    pushed.hold_together()
    pushed.happen_in_order()
    order = share_once(pushed, unpriced)
    try:
        order.reconcile()
    except OrderDoesNotReconcile as wrong:
        wrong.pointer = place_as_pushed(pushed, wrong.pointer or "")
        raise
    return order


async def _pushed_again(uow: UnitOfWork, known: Order, order: Order, at: datetime) -> OrderNow:
    """The order as it stands, with what the new push says of parcels. `OrderDiffers`, `FactDiffers`."""
    now = OrderNow.of(known, await uow.facts.find(known.id))
    if _differing(order, known) is None:
        return now
    base = corrected_snapshot(known, now.facts)
    lines = order.lines
    if len(lines) == len(base.lines):
        lines = tuple(replace(line, parcels=old.parcels) for line, old in zip(lines, base.lines, strict=True))
    tenders = base.tenders if order.tenders == now.order.tenders else order.tenders
    rest = replace(order, lines=lines, tenders=tenders, delivered_at=base.delivered_at, parcels=base.parcels)
    differing = _differing(rest, base)
    if differing is not None:
        operation = OPERATIONS.get(differing, CORRECTION)
        raise OrderDiffers(
            pointer=f"/{differing}", number=order.number, field=differing, operation=operation.format(id=known.id)
        )
    facts, begun = now.facts, now.facts is None
    if facts is None:
        facts = facts_of(uow, now)
    if order.delivered_at is not None:
        facts.tell_delivery(now.order, DeliveryTold("order", at, order.delivered_at))
    for place, parcel in enumerate(order.parcels):
        told = ParcelTold(
            id=parcel.id,
            told_at=at,
            line_ids=tuple(line.line_id for line in order.lines if parcel.id in line.parcels),
            dispatched_at=parcel.dispatched_at,
            delivered_at=parcel.delivered_at,
            signed_for_at=parcel.signed_for_at,
        )
        facts.tell_parcel(now.order, told, f"/parcels/{place}/")
    return now if begun and not facts.facts else OrderNow.of(known, facts)


def _differing(order: Order, known: Order) -> str | None:
    """The first field in which the new push differs from what is known."""
    same = replace(order, **{name: getattr(known, name) for name in KEPT})
    compared = (each.name for each in fields(Order) if each.compare)
    return next((name for name in compared if getattr(same, name) != getattr(known, name)), None)
