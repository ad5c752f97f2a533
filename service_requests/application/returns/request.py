"""A return is requested and decided by the policy in one step (R1, R2)."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from service_requests.application.eligibility.assessment import counted_pieces, free_units
from service_requests.application.orders.order_reading import SNAPSHOT, own_order
from service_requests.application.ports import UnitOfWork
from service_requests.domain.eligibility.assessment import Assessment
from service_requests.domain.eligibility.assessor import assess_request
from service_requests.domain.eligibility.case_of_order import Goodwill, RequestedLine
from service_requests.domain.orders.later_facts import OrderNow
from service_requests.domain.orders.order import Order
from service_requests.domain.orders.policy_of_order import policy_of
from service_requests.domain.orders.wholesale import comes_as_lot, is_wholesale
from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.vocabulary import Role as Giver
from service_requests.domain.returns.annotations import Annotations
from service_requests.domain.returns.order_facts import OrderFacts
from service_requests.domain.returns.return_ import Return
from service_requests.domain.returns.return_line import ReturnLine
from service_requests.domain.returns.return_review import ReturnReview
from service_requests.domain.returns.return_units import pieces_of
from service_requests.domain.returns.unit import ReturnUnit
from shared.kernel.errors import Forbidden
from shared.kernel.piece_range import PieceRange
from shared.kernel.principal import Kind, Principal, Role

CHANNELS: Final[Mapping[Kind, str]] = {
    Kind.CUSTOMER: "web",
    Kind.STAFF: "agent",
    Kind.SYSTEM: "storefront",
    Kind.DEVICE: "device",
}
"""The channel of a request without a channel (A01, A02)."""


GOODWILL_ROLES: Final = (
    (Role.ADMIN, Giver.MERCHANT_ADMIN),
    (Role.SUPERVISOR, Giver.SUPERVISOR),
    (Role.AGENT, Giver.AGENT),
)
"""In which role a member of staff gives goodwill, the highest first."""


@dataclass(frozen=True, slots=True)
class CommentedLine:
    """One line of a request with the comment of the customer."""

    line: RequestedLine
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRequest:
    """A request, its caller and its channel; `goodwill` is the reason of a colleague who gives goodwill."""

    order_id: str
    lines: tuple[CommentedLine, ...]
    by: Principal
    channel: str | None = None
    customer_id: str | None = None
    goodwill: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    external_reference: str | None = None


async def request_return(
    uow: UnitOfWork,
    asked: ReturnRequest,
    *,
    return_id: str,
    new_id: Callable[[str], str],
    new_rma: Callable[[], str],
    at: datetime,
) -> Return:
    """Open a return; the policy decides, or refers the return to a person.

    `NotFound`, `MoreThanBought`, `UnitsAlreadyReturned`, `Forbidden` for goodwill by a caller who may not give
    goodwill, and the errors of `assess_request`.

    A refused return holds no unit. Another return holds its units until it is refused, cancelled or lapsed (B14).
    """
    goodwill = _goodwill(asked)
    now, held, rules = await asyncio.gather(
        own_order(uow, asked.order_id, asked.by, asked.customer_id), uow.units_held(asked.order_id), uow.rulebook()
    )
    order = now.order
    lines = [each.line for each in asked.lines]
    assessment = assess_request(rules, order, lines, stated_at=at, at=at, goodwill=goodwill)
    counted = await counted_pieces(uow, order)
    units = _units(now, asked.lines, (held, counted), return_id, new_id)
    new = Return(
        id=return_id,
        order=OrderFacts.of(order, now.known_facts),
        channel=asked.channel or CHANNELS[asked.by.kind],
        policy=assessment.policy,
        lines=_lines(order, policy_of(rules, order), asked.lines, assessment),
        units=units,
        whole_order=pieces_of(units) == sum(line.quantity for line in order.lines) - sum(now.cancelled.values()),
        review=ReturnReview(goodwill=goodwill),
        annotations=Annotations(metadata=dict(asked.metadata), external_reference=asked.external_reference),
        created_at=at,
        updated_at=at,
        norms=uow.norms,
    )
    new.request(assessment, at=at, rma=new_rma())
    uow.returns.add(new)
    for line_id in dict.fromkeys(unit.line_id for unit in units if not unit.unit_no):
        if line_id not in counted and (line := order.line(line_id)) is not None:
            # claims of an order from before pieces were counted keep their numbers
            uow.open_count(order.id, line_id, line.quantity - len(held.get(line_id, ())))
    if now.corrections not in held.get(SNAPSHOT, ()):
        # from now on a return rests on this snapshot: a correction that comes at the same time fails, or this request
        uow.claim(order.id, SNAPSHOT, [now.corrections], return_id)
    return new


def _goodwill(asked: ReturnRequest) -> Goodwill | None:
    """The goodwill of a colleague in his highest role (B09). `Forbidden`."""
    if asked.goodwill is None:
        return None
    role = next((given for has, given in GOODWILL_ROLES if asked.by.is_any(has)), None)
    if asked.by.kind is not Kind.STAFF or role is None:
        raise Forbidden(pointer="/goodwill")
    return Goodwill(asked.by.actor, role.value, asked.goodwill)


def _units(
    now: OrderNow,
    lines: Sequence[CommentedLine],
    claims: tuple[Mapping[str, frozenset[int]], Mapping[str, int]],
    return_id: str,
    new_id: Callable[[str], str],
) -> list[ReturnUnit]:
    """A unit for each piece, with a free number. The first number depends on the id of the return, so that concurrent
    requests rarely claim the same number; the key of the table of claims decides when they do.

    Pieces of a wholesale order have no number, and many pieces of one line are one lot (Z13).
    """
    held, counted = claims
    free = free_units(now.order, [each.line for each in lines], held, now.cancelled, counted)
    if is_wholesale(now.order):
        return list(_counted_units([each.line for each in lines], new_id))
    start = sum(map(ord, return_id))
    units: list[ReturnUnit] = []
    for place, commented in enumerate(lines):
        line_id = commented.line.line_id
        for _ in range(commented.line.quantity):
            numbers = free[line_id]
            number = numbers.pop(start % len(numbers))
            units.append(ReturnUnit(id=new_id("unit"), line_id=line_id, place=place, unit_no=number))
    return units


def _counted_units(lines: Sequence[RequestedLine], new_id: Callable[[str], str]) -> Iterator[ReturnUnit]:
    quantities = [line.quantity for line in lines]
    for place, line in enumerate(lines):
        if comes_as_lot(line.quantity, quantities):
            lot = str(PieceRange(new_id("unit"), 1, line.quantity))
            yield ReturnUnit(id=lot, line_id=line.line_id, place=place, unit_no=0)
        else:
            for _ in range(line.quantity):
                yield ReturnUnit(id=new_id("unit"), line_id=line.line_id, place=place, unit_no=0)


def _lines(
    order: Order, policy: Policy, lines: Sequence[CommentedLine], assessment: Assessment
) -> tuple[ReturnLine, ...]:
    return_lines: list[ReturnLine] = []
    payers, by_right = assessment.payers, assessment.by_right
    for place, commented in enumerate(lines):
        requested = commented.line
        bought = order.line(requested.line_id)
        assert bought is not None, "the assessment has checked every line"  # noqa: S101
        return_lines.append(
            ReturnLine(
                line_id=requested.line_id,
                sku=bought.sku,
                name=bought.name,
                quantity=requested.quantity,
                reason=requested.reason,
                condition=requested.condition,
                comment=commented.comment,
                fault=policy.reasons[requested.reason].fault,
                payer=payers[place],
                by_right=by_right[place],
                states=requested.states,
                proofs=requested.proofs,
                worth_minor=bought.paid_minor // bought.quantity,
            )
        )
    return tuple(return_lines)
