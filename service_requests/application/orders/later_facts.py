"""What happens to an order after its push: each is told once, however often the message comes (A16, Z07)."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from service_requests.application.orders.order_import import judged
from service_requests.application.orders.order_reading import SNAPSHOT, facts_of, own_order
from service_requests.application.ports import UnitOfWork
from service_requests.domain.orders.later_fact import (
    DeliveryTold,
    MoreCancelledThanOpen,
    ParcelTold,
    PaymentCaptured,
    RefundedElsewhere,
    UnitsCancelled,
)
from service_requests.domain.orders.later_facts import LaterFacts, OrderNow
from service_requests.domain.orders.order import Order
from service_requests.domain.orders.policy_of_order import policy_of
from service_requests.domain.orders.wholesale import is_wholesale
from service_requests.domain.policy.error import NoPolicy
from shared.kernel.errors import NotFound, Refused, Said
from shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class Told:
    """The order after a fact was told; `new` when the fact was not known before."""

    now: OrderNow
    new: bool


@dataclass(frozen=True, slots=True)
class ParcelOfOrder:
    """A parcel of one of many orders. `place` is where the message says it."""

    number: str
    storefront: str
    told: ParcelTold
    place: str


class OrderIsUsed(Refused):
    """A return, a refund or a later fact rests on the snapshot, so the snapshot is not corrected."""

    code = "order_is_used"
    title = Said("The order is used already", "订单已被使用")
    detail = Said(
        "Something rests on this snapshot: {what}. Tell what happened as a later fact "
        "(`/parcels`, `/cancellations`, `/payments`, `/refunds`).",
        "此订单快照已被使用：{what}。请以后续信息报告所发生的事（`/parcels`、`/cancellations`、`/payments`、`/refunds`）。",
    )


class OtherOrder(Refused):
    """A correction keeps the number and the storefront, by which the order is known."""

    code = "order_differs"
    title = Said("Another order", "不是同一订单")
    detail = Said("A correction keeps the {field} {known}.", "更正时 {field} 须仍为 {known}。")


async def tell_parcels(uow: UnitOfWork, order_id: str, told: Sequence[ParcelTold], *, by: Principal) -> Told:
    """Parcels of one order were sent or delivered. `NotFound`, and what `tell_parcel` raises; all or none."""

    def tell(facts: LaterFacts, now: OrderNow) -> bool:
        many = [facts.tell_parcel(now.order, each, f"/parcels/{place}/") for place, each in enumerate(told)]
        return any(many)

    return await _tell(uow, order_id, tell, by=by)


async def tell_parcels_of_orders(uow: UnitOfWork, told: Sequence[ParcelOfOrder], *, by: Principal) -> Sequence[Told]:
    """Parcels of many orders, which are known by number and storefront; all or none. `NotFound` names the order."""
    answers: dict[str, Told] = {}
    for each in told:
        order = await uow.order_by_number(each.storefront, each.number)
        if order is None:
            raise NotFound("order", pointer=f"{each.place}number")
        before = answers.get(order.id)

        def tell(facts: LaterFacts, now: OrderNow, each: ParcelOfOrder = each) -> bool:
            return facts.tell_parcel(now.order, each.told, each.place)

        after = await _tell(uow, order.id, tell, by=by)
        answers[order.id] = Told(after.now, after.new or (before is not None and before.new))
    return tuple(answers.values())


async def tell_delivery(uow: UnitOfWork, order_id: str, told: DeliveryTold, *, by: Principal) -> Told:
    """The whole order was delivered. `NotFound`, `FactDiffers`, `ImpossibleTime`."""
    return await _tell(uow, order_id, lambda facts, now: facts.tell_delivery(now.order, told), by=by)


async def capture(uow: UnitOfWork, order_id: str, told: PaymentCaptured, *, by: Principal) -> Told:
    """Money was captured after the push. `NotFound`, and what `LaterFacts.capture` raises."""
    return await _tell(uow, order_id, lambda facts, now: facts.capture(now.order, told), by=by)


async def refund_elsewhere(uow: UnitOfWork, order_id: str, told: RefundedElsewhere, *, by: Principal) -> Told:
    """Somebody else has paid money back. `NotFound`, and what `LaterFacts.refund_elsewhere` raises."""
    return await _tell(uow, order_id, lambda facts, now: facts.refund_elsewhere(now.order, told), by=by)


async def cancel_units(uow: UnitOfWork, order_id: str, told: UnitsCancelled, *, by: Principal) -> Told:
    """Units were cancelled before they were sent. Their claims keep returns away from them (B14).

    `NotFound`, `MoreCancelledThanOpen`, and what `LaterFacts.cancel` raises.
    """
    held, counted = await asyncio.gather(uow.units_held(order_id), uow.pieces_held(order_id))

    def tell(facts: LaterFacts, now: OrderNow) -> bool:
        if not facts.cancel(now.order, told):
            return False
        if is_wholesale(now.order):
            _count_cancelled(uow, now.order, told, (held, counted))
            return True
        claimed: dict[str, set[int]] = {}
        for place, line in enumerate(told.lines):
            bought = now.order.line(line.line_id)
            quantity = 0 if bought is None else bought.quantity
            taken = held.get(line.line_id, frozenset()) | claimed.setdefault(line.line_id, set())
            free = [number for number in range(quantity, 0, -1) if number not in taken]
            if line.quantity > len(free):
                raise MoreCancelledThanOpen(
                    pointer=f"/lines/{place}/quantity",
                    line=line.line_id,
                    left=len(free),
                    quantity=quantity,
                    wanted=line.quantity,
                )
            uow.claim(order_id, line.line_id, free[: line.quantity], f"cancellation:{told.id}")
            claimed[line.line_id].update(free[: line.quantity])
        return True

    return await _tell(uow, order_id, tell, by=by)


def _count_cancelled(
    uow: UnitOfWork, order: Order, told: UnitsCancelled, claims: tuple[Mapping[str, frozenset[int]], Mapping[str, int]]
) -> None:
    """The pieces of a wholesale order are counted (Z13). `MoreCancelledThanOpen`."""
    held, counted = claims
    taken = dict(counted)
    for place, line in enumerate(told.lines):
        bought = order.line(line.line_id)
        quantity = 0 if bought is None else bought.quantity
        numbered = len(held.get(line.line_id, ()))
        left = quantity - numbered - taken.get(line.line_id, 0)
        if line.quantity > left:
            raise MoreCancelledThanOpen(
                pointer=f"/lines/{place}/quantity",
                line=line.line_id,
                left=left,
                quantity=quantity,
                wanted=line.quantity,
            )
        if line.line_id not in taken:
            uow.open_count(order.id, line.line_id, quantity - numbered)
        uow.count(order.id, line.line_id, line.quantity)
        taken[line.line_id] = taken.get(line.line_id, 0) + line.quantity


async def correct(
    uow: UnitOfWork, order_id: str, pushed: Order, unpriced: Collection[str] = (), *, by: Principal, at: datetime
) -> Told:
    """Replace a snapshot on which nothing rests. `NotFound`, `OtherOrder`, `OrderIsUsed`, and what a push raises."""
    corrected = judged(pushed, unpriced)
    now = await own_order(uow, order_id, by)
    for name in ("number", "storefront"):
        if getattr(corrected, name) != getattr(now.order, name):
            raise OtherOrder(pointer=f"/{name}", field=name, known=getattr(now.order, name))
    kept = {name: getattr(now.order, name) for name in ("id", "created_at", "policy", "version", "sequence")}
    for name, value in kept.items():
        setattr(corrected, name, value)
    if corrected == now.order:
        return Told(now, new=False)
    returns = await uow.returns_of(order_id)
    rests = [*returns, *(() if now.facts is None else (each.kind for each in now.facts.facts))]
    used = [each for each in rests if each != "correction"]
    if used:
        raise OrderIsUsed(what=", ".join(dict.fromkeys(used)))
    try:
        corrected.policy = (
            policy_of(await uow.rulebook(), corrected).name if _dated_anew(corrected, now) else kept["policy"]
        )
    except NoPolicy:
        corrected.policy = None
    facts = facts_of(uow, now)
    uow.claim(order_id, SNAPSHOT, [facts.corrections], f"correction:{facts.corrections}")
    facts.correct(corrected, at)
    return Told(OrderNow.of(now.snapshot, facts), new=True)


def _dated_anew(corrected: Order, now: OrderNow) -> bool:
    """Whether the policy of its day may be another one."""
    return (corrected.regime, corrected.ordered_at) != (now.order.regime, now.order.ordered_at)


async def _tell(uow: UnitOfWork, order_id: str, tell: Callable[[LaterFacts, OrderNow], bool], *, by: Principal) -> Told:
    now = await own_order(uow, order_id, by)
    facts = now.facts or LaterFacts(id=now.snapshot.id, sequence=now.snapshot.sequence)
    if not tell(facts, now):
        return Told(now, new=False)
    if now.facts is None:
        uow.facts.add(facts)
    return Told(OrderNow.of(now.snapshot, facts), new=True)
