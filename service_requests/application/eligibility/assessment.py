"""Whether goods may come back, without effect, and the checks that an assessment shares with a request (A01, B14)."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from service_requests.application.orders.order_reading import own_order
from service_requests.application.ports import UnitOfWork
from service_requests.domain.eligibility.assessment import Assessment
from service_requests.domain.eligibility.assessor import assess_request
from service_requests.domain.eligibility.case_of_order import RequestedLine
from service_requests.domain.orders.order import Order
from service_requests.domain.orders.wholesale import is_wholesale
from shared.kernel.errors import Refused, Said
from shared.kernel.principal import Principal


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


class UnitsWereCancelled(Refused):
    """Units that were cancelled before they were sent do not come back. The shop pays their money back (A16)."""

    code = "units_were_cancelled"
    title = Said("These items were cancelled before they were sent", "商品在发货前已取消")
    detail = Said(
        "{cancelled} of {quantity} item(s) of line {line} were cancelled before they were sent; {wanted} were asked "
        "for. The shop itself pays the money for cancelled items back.",
        "商品行 {line} 共 {quantity} 件，其中 {cancelled} 件在发货前已取消，本次申请 {wanted} 件。"
        "已取消商品的款项由店铺直接退还。",
    )


async def assess(
    uow: UnitOfWork, order_id: str, lines: Sequence[RequestedLine], *, by: Principal, at: datetime
) -> Assessment:
    """The assessment that a request would get, without effect (A01)."""
    now, held, rules = await asyncio.gather(own_order(uow, order_id, by), uow.units_held(order_id), uow.rulebook())
    assessment = assess_request(rules, now.order, lines, stated_at=at, at=at)
    free_units(now.order, lines, held, now.cancelled, await counted_pieces(uow, now.order))
    return assessment


async def counted_pieces(uow: UnitOfWork, order: Order) -> Mapping[str, int]:
    """By line of a wholesale order: the number of pieces that returns hold or that were cancelled (Z13)."""
    return await uow.pieces_held(order.id) if is_wholesale(order) else {}


def free_units(
    order: Order,
    lines: Sequence[RequestedLine],
    held: Mapping[str, frozenset[int]],
    cancelled: Mapping[str, int] | None = None,
    counted: Mapping[str, int] | None = None,
) -> Mapping[str, list[int]]:
    """By line: the numbers of the free units. `MoreThanBought`, `UnitsWereCancelled`, `UnitsAlreadyReturned` when too
    few are free. `counted` pieces of a line are not free, whatever their numbers.
    """
    gone, sums = cancelled or {}, counted or {}
    totals: Counter[str] = Counter()
    for requested in lines:
        totals[requested.line_id] += requested.quantity
    free: dict[str, list[int]] = {}
    for line in order.lines:
        if line.line_id not in totals:
            continue
        taken = held.get(line.line_id, frozenset())
        free[line.line_id] = [number for number in range(1, line.quantity + 1) if number not in taken]
        left = len(free[line.line_id]) - sums.get(line.line_id, 0)
        if totals[line.line_id] > left:
            place = next(i for i, requested in enumerate(lines) if requested.line_id == line.line_id)
            refused = _why_not(totals[line.line_id], line.quantity, gone.get(line.line_id, 0))
            raise refused(
                pointer=f"/lines/{place}/quantity",
                line=line.line_id,
                left=left,
                quantity=line.quantity,
                wanted=totals[line.line_id],
                cancelled=gone.get(line.line_id, 0),
            )
    return free


def _why_not(wanted: int, quantity: int, cancelled: int) -> type[Refused]:
    if wanted > quantity:
        return MoreThanBought
    return UnitsWereCancelled if wanted > quantity - cancelled else UnitsAlreadyReturned
