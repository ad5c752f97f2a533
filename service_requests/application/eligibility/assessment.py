"""Whether goods may come back, without effect, and the checks that an assessment shares with a request (A01, B14)."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from service_requests.application.ports import UnitOfWork
from service_requests.domain.eligibility.assessment import Assessment
from service_requests.domain.eligibility.assessor import assess_request
from service_requests.domain.eligibility.case_of_order import RequestedLine
from service_requests.domain.orders.order import Order
from shared.kernel.errors import NotFound, Refused, Said
from shared.kernel.principal import Kind, Principal


class UnitsAlreadyReturned(Refused):
    """Too few units of the line are free, because a unit has one remedy at a time (B14)."""

    code = "units_already_returned"
    title = Said("These items are being returned already", "商品已在退货中")
    detail = Said(
        "{left} of {quantity} item(s) of line {line} can still be returned; {wanted} were asked for.",
        "商品行 {line} 共 {quantity} 件，还可退 {left} 件，本次申请 {wanted} 件。",
    )


class MoreThanBought(Refused):
    """The request has more units than the order line (B14)."""

    code = "more_than_bought"
    title = Said("More units than were bought", "退货数量超出购买数量")
    detail = Said(
        "{quantity} item(s) of line {line} were bought; {wanted} were asked for.",
        "商品行 {line} 共购买 {quantity} 件，本次申请 {wanted} 件。",
    )


async def assess(
    uow: UnitOfWork, order_id: str, lines: Sequence[RequestedLine], *, by: Principal, at: datetime
) -> Assessment:
    """The assessment that a request would get, without effect (A01)."""
    order, held, rules = await asyncio.gather(
        own_order(uow, order_id, by, None), uow.units_held(order_id), uow.rulebook()
    )
    assessment = assess_request(rules, order, lines, stated_at=at, at=at)
    free_units(order, lines, held)
    return assessment


async def own_order(uow: UnitOfWork, order_id: str, by: Principal, customer_id: str | None) -> Order:
    """The order, if the caller may use the order. `NotFound`, also for the order of another customer."""
    order = await uow.orders.get(order_id)
    own = by.kind is not Kind.CUSTOMER or order.customer_id == by.id
    if not own or customer_id not in {None, order.customer_id}:
        raise NotFound("order")
    return order


def free_units(
    order: Order, lines: Sequence[RequestedLine], held: Mapping[str, frozenset[int]]
) -> Mapping[str, list[int]]:
    """By line: the numbers of the free units. `MoreThanBought`, `UnitsAlreadyReturned` when too few are free."""
    totals: Counter[str] = Counter()
    for requested in lines:
        totals[requested.line_id] += requested.quantity
    free: dict[str, list[int]] = {}
    for line in order.lines:
        if line.line_id not in totals:
            continue
        taken = held.get(line.line_id, frozenset())
        free[line.line_id] = [number for number in range(1, line.quantity + 1) if number not in taken]
        if totals[line.line_id] > len(free[line.line_id]):
            place = next(i for i, requested in enumerate(lines) if requested.line_id == line.line_id)
            refused = MoreThanBought if totals[line.line_id] > line.quantity else UnitsAlreadyReturned
            raise refused(
                pointer=f"/lines/{place}/quantity",
                line=line.line_id,
                left=len(free[line.line_id]),
                quantity=line.quantity,
                wanted=totals[line.line_id],
            )
    return free
