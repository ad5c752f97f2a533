"""Asking to send goods back, and the policy's answer in the same breath (R1, R2)."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from service_requests.application.ports import UnitOfWork
from service_requests.domain.eligibility.assessment import Assessment
from service_requests.domain.eligibility.assessor import assess_request
from service_requests.domain.eligibility.case_of_order import Goodwill, RequestedLine
from service_requests.domain.orders.order import Order
from service_requests.domain.orders.policy_of_order import policy_of
from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.vocabulary import Role as Giver
from service_requests.domain.returns.return_ import Return, ReturnLine
from service_requests.domain.returns.unit import ReturnUnit
from shared.kernel.errors import Forbidden, NotFound, Refused, Said
from shared.kernel.principal import Kind, Principal, Role

CHANNELS: Final[Mapping[Kind, str]] = {
    Kind.CUSTOMER: "web",
    Kind.STAFF: "agent",
    Kind.SYSTEM: "storefront",
    Kind.DEVICE: "device",
}
"""The channel of a request that names none (A01, A02)."""


GOODWILL_ROLES: Final = (
    (Role.ADMIN, Giver.MERCHANT_ADMIN),
    (Role.SUPERVISOR, Giver.SUPERVISOR),
    (Role.AGENT, Giver.AGENT),
)
"""In which role a member of staff gives goodwill, the highest first."""


class UnitsAlreadyReturned(Refused):
    """One unit, one remedy: not so many units of the line are free (B14)."""

    code = "units_already_returned"
    title = Said("These items are being returned already", "商品已在退货中")
    detail = Said(
        "{left} of {quantity} item(s) of line {line} can still be returned; {wanted} were asked for.",
        "商品行 {line} 共 {quantity} 件，还可退 {left} 件，本次申请 {wanted} 件。",
    )


class MoreThanBought(Refused):
    """The line never had so many units, free or not (B14)."""

    code = "more_than_bought"
    title = Said("More units than were bought", "退货数量超出购买数量")
    detail = Said(
        "{quantity} item(s) of line {line} were bought; {wanted} were asked for.",
        "商品行 {line} 共购买 {quantity} 件，本次申请 {wanted} 件。",
    )


@dataclass(frozen=True, slots=True)
class CommentedLine:
    """One line of a request, with what the customer wrote about it."""

    wanted: RequestedLine
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRequest:
    """What is asked, by whom, how it came in; `goodwill` is the reason why a colleague gives more than is owed."""

    order_id: str
    wishes: tuple[CommentedLine, ...]
    by: Principal
    channel: str | None = None
    customer_id: str | None = None
    goodwill: str | None = None


async def request_return(
    uow: UnitOfWork,
    asked: ReturnRequest,
    *,
    return_id: str,
    new_id: Callable[[str], str],
    new_rma: Callable[[], str],
    at: datetime,
) -> Return:
    """Open a return and decide it where the policy can.

    `NotFound`, `MoreThanBought`, `UnitsAlreadyReturned`, `Forbidden` for goodwill by somebody who may give none, what
    `assess_request` raises.

    A refused request claims no unit; every other one holds its units until it is refused, cancelled or lapsed (B14).
    """
    kindness = _goodwill(asked)
    order, held, rules = await asyncio.gather(
        _own_order(uow, asked.order_id, asked.by, asked.customer_id), uow.units_held(asked.order_id), uow.rulebook()
    )
    wanted = [wish.wanted for wish in asked.wishes]
    assessment = assess_request(rules, order, wanted, stated_at=at, at=at, kindness=kindness)
    units = _units(order, asked.wishes, held, return_id, new_id)
    new = Return(
        id=return_id,
        order_id=order.id,
        order_number=order.number,
        customer_id=order.customer_id,
        language=order.language,
        regime=order.regime,
        currency=order.currency,
        channel=asked.channel or CHANNELS[asked.by.kind],
        policy=assessment.policy,
        lines=_lines(order, policy_of(rules, order), asked.wishes, assessment),
        units=units,
        whole_order=len(units) == sum(line.quantity for line in order.lines),
        kindness=kindness,
        created_at=at,
        updated_at=at,
    )
    new.request(assessment, at=at, rma=new_rma())
    uow.returns.add(new)
    return new


def _goodwill(asked: ReturnRequest) -> Goodwill | None:
    """What a colleague gives, in the highest role he has (B09). `Forbidden`."""
    if asked.goodwill is None:
        return None
    role = next((given for has, given in GOODWILL_ROLES if asked.by.is_any(has)), None)
    if asked.by.kind is not Kind.STAFF or role is None:
        raise Forbidden(pointer="/goodwill")
    return Goodwill(asked.by.actor, role.value, asked.goodwill)


async def assess(
    uow: UnitOfWork, order_id: str, wanted: Sequence[RequestedLine], *, by: Principal, at: datetime
) -> Assessment:
    """The same answer as a request would get, without any effect (A01)."""
    order, held, rules = await asyncio.gather(
        _own_order(uow, order_id, by, None), uow.units_held(order_id), uow.rulebook()
    )
    assessment = assess_request(rules, order, wanted, stated_at=at, at=at)
    _free_units(order, wanted, held)
    return assessment


async def _own_order(uow: UnitOfWork, order_id: str, by: Principal, customer_id: str | None) -> Order:
    """The order, if it is there and hers: another customer's looks like none."""
    order = await uow.orders.get(order_id)
    own = by.kind is not Kind.CUSTOMER or order.customer_id == by.id
    if not own or customer_id not in {None, order.customer_id}:
        raise NotFound("order")
    return order


def _free_units(
    order: Order, wanted: Sequence[RequestedLine], held: Mapping[str, frozenset[int]]
) -> Mapping[str, list[int]]:
    """By line: the numbers of the units that are free. `MoreThanBought`, `UnitsAlreadyReturned` when too few."""
    totals: Counter[str] = Counter()
    for requested in wanted:
        totals[requested.line_id] += requested.quantity
    free: dict[str, list[int]] = {}
    for line in order.lines:
        if line.line_id not in totals:
            continue
        taken = held.get(line.line_id, frozenset())
        free[line.line_id] = [number for number in range(1, line.quantity + 1) if number not in taken]
        if totals[line.line_id] > len(free[line.line_id]):
            place = next(i for i, requested in enumerate(wanted) if requested.line_id == line.line_id)
            refused = MoreThanBought if totals[line.line_id] > line.quantity else UnitsAlreadyReturned
            raise refused(
                pointer=f"/lines/{place}/quantity",
                line=line.line_id,
                left=len(free[line.line_id]),
                quantity=line.quantity,
                wanted=totals[line.line_id],
            )
    return free


def _units(
    order: Order,
    wishes: Sequence[CommentedLine],
    held: Mapping[str, frozenset[int]],
    return_id: str,
    new_id: Callable[[str], str],
) -> list[ReturnUnit]:
    """A unit for each piece, on numbers that are free. Where to begin depends on the return, so that rivals for the
    same line rarely meet on the same number; the ledger's key decides when they do.
    """
    free = _free_units(order, [wish.wanted for wish in wishes], held)
    start = sum(map(ord, return_id))
    units: list[ReturnUnit] = []
    for place, wish in enumerate(wishes):
        line_id = wish.wanted.line_id
        for _ in range(wish.wanted.quantity):
            numbers = free[line_id]
            number = numbers.pop(start % len(numbers))
            units.append(ReturnUnit(id=new_id("unit"), line_id=line_id, place=place, unit_no=number))
    return units


def _lines(
    order: Order, policy: Policy, wishes: Sequence[CommentedLine], assessment: Assessment
) -> tuple[ReturnLine, ...]:
    lines: list[ReturnLine] = []
    for place, wish in enumerate(wishes):
        requested = wish.wanted
        bought = order.line(requested.line_id)
        assert bought is not None, "judge has seen every line"  # noqa: S101
        lines.append(
            ReturnLine(
                line_id=requested.line_id,
                sku=bought.sku,
                name=bought.name,
                quantity=requested.quantity,
                reason=requested.reason,
                condition=requested.condition,
                comment=wish.comment,
                fault=policy.reasons[requested.reason].fault,
                payer=assessment.payers[place],
                by_right=assessment.by_right[place],
                states=requested.states,
                proofs=requested.proofs,
            )
        )
    return tuple(lines)
