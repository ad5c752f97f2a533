"""From an order and a request to the case that the engine decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from service_requests.domain.eligibility.case import Case, CaseGoodwill, CaseLine, CaseUnit, Confirmation
from service_requests.domain.eligibility.window import Parcel
from service_requests.domain.orders.order import Order, UnknownLine
from service_requests.domain.orders.order_part import OrderLine as Bought
from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.vocabulary import Goods, Proof, Role, State
from shared.kernel.errors import Malformed, Said
from shared.kernel.money import Money


@dataclass(frozen=True, slots=True)
class GoodsCondition:
    """A condition that the customer can choose, and the states that the condition means."""

    code: str
    says: Said
    states: frozenset[State]


CONDITIONS: Final[Mapping[str, GoodsCondition]] = {
    code: GoodsCondition(code, says, frozenset(states))
    for code, says, states in (
        ("unopened", Said("Unopened", "未拆封"), ()),
        ("opened", Said("Opened or tried on", "已拆封或试用"), (State.OPENED, State.TRIED)),
        ("used", Said("Used", "已使用"), (State.WORN,)),
        ("damaged", Said("Damaged", "已损坏"), (State.DAMAGED,)),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedLine:
    """The request for one order line; `states` and `proofs` are given besides the condition."""

    line_id: str
    quantity: int
    reason: str
    condition: str
    states: tuple[str, ...] = ()
    proofs: tuple[str, ...] = ()
    described: bool = False


class UnknownReason(Malformed):
    """A reason that the policy does not list."""

    code = "unknown_reason"
    title = Said("Unknown reason", "未知的退货原因")
    detail = Said("Choose one of: {allowed}.", "请选择：{allowed}。")


class UnknownCondition(Malformed):
    """A condition that is not in `CONDITIONS`."""

    code = "unknown_condition"
    title = Said("Unknown condition", "未知的商品状况")
    detail = Said("Choose one of: {allowed}.", "请选择：{allowed}。")


@dataclass(frozen=True, slots=True)
class Goodwill:
    """Goodwill beyond every right: the person who gives it (B09), the role, and the reason as a code."""

    by: str
    role: str
    reason: str


@dataclass(frozen=True, slots=True)
class PastRequest:
    """A request of the past. `name` is the id of its return."""

    name: str
    order: Order
    lines: Sequence[RequestedLine]
    asked_at: datetime
    goodwill: Goodwill | None


def case_of(
    order: Order, lines: Sequence[RequestedLine], policy: Policy, stated_at: datetime, goodwill: Goodwill | None = None
) -> Case:
    """The case of this request, under the policy of the order.

    Raises `UnknownLine`, `UnknownReason`, `UnknownCondition`, each naming the field. A category, channel or segment
    that the policy does not know is replaced by a default, so that the customer loses nothing.
    """
    # a storefront's clock may be ahead of ours, and a statement before the order is impossible
    ordered_at = min(order.ordered_at, stated_at)
    return Case(
        regime=order.regime,
        currency=order.currency,
        channel=order.storefront if order.storefront in policy.channels else policy.channels[0],
        segment=order.segment if order.segment in policy.segments else policy.segments[0],
        ordered_at=ordered_at,
        stated_at=stated_at,
        lines=tuple(_line(order, requested, place, policy, ordered_at) for place, requested in enumerate(lines)),
        parcels=_parcels(order),
        policy=policy.name,
        consumer=order.consumer,
        goodwill=None if goodwill is None else CaseGoodwill(Role(goodwill.role), goodwill.reason),
        ship_to=order.ship_to,
    )


def case_under(case: Case, policy: Policy) -> Case:
    """The same case under another policy; words that the policy does not know are replaced by defaults."""
    lines = tuple(
        replace(line, category=line.category if line.category in policy.categories else None) for line in case.lines
    )
    return replace(
        case,
        policy=policy.name,
        lines=lines,
        channel=case.channel if case.channel in policy.channels else policy.channels[0],
        segment=case.segment if case.segment in policy.segments else policy.segments[0],
    )


def _line(order: Order, requested: RequestedLine, place: int, policy: Policy, ordered_at: datetime) -> CaseLine:
    bought = order.line(requested.line_id)
    if bought is None:
        raise UnknownLine(pointer=f"/lines/{place}/line_id", line=requested.line_id)
    if requested.reason not in policy.reasons:
        raise UnknownReason(pointer=f"/lines/{place}/reason", allowed=", ".join(policy.reasons))
    condition = CONDITIONS.get(requested.condition)
    if condition is None:
        raise UnknownCondition(pointer=f"/lines/{place}/condition", allowed=", ".join(CONDITIONS))
    unit = CaseUnit(
        id=str(place),
        reason=requested.reason,
        states=condition.states | frozenset(map(State, requested.states)),
        proofs=_proofs(requested),
        pieces=requested.quantity,
    )
    return CaseLine(
        id=requested.line_id,
        sku=bought.sku,
        category=bought.category if bought.category in policy.categories else None,
        unit_paid=Money(bought.paid_minor // bought.quantity, order.currency),
        units=(unit,),
        goods=_goods(bought),
        confirmations=_confirmations(bought, ordered_at),
        parcels=frozenset(bought.parcels) or _unknown_parcel(order),
    )


def _proofs(requested: RequestedLine) -> frozenset[Proof]:
    """The proofs of the request. The order number is known; a comment counts as a description."""
    described = {Proof.DESCRIPTION} if requested.described else set()
    return frozenset({Proof.ORDER_NUMBER, *described, *map(Proof, requested.proofs)})


def _goods(bought: Bought) -> frozenset[Goods]:
    final = {Goods.FINAL_SALE} if bought.final_sale_confirmed else set()
    return frozenset({*final, *map(Goods, bought.goods)})


def _confirmations(bought: Bought, at: datetime) -> tuple[Confirmation, ...]:
    """The confirmations that the buyer gave at this purchase (暂行办法 7, 20)."""
    final = (Goods.FINAL_SALE,) if bought.final_sale_confirmed else ()
    return tuple(Confirmation(goods, at) for goods in dict.fromkeys((*final, *map(Goods, bought.confirmed))))


UNKNOWN_PARCEL: Final = ""
"""The parcel of a line that no parcel names, in an order whose parcels all name other lines (Z04)."""


def _unknown_parcel(order: Order) -> frozenset[str]:
    """The parcel of a line without parcels: any parcel that names no line, else one that we do not know."""
    named = {parcel for line in order.lines for parcel in line.parcels}
    return (
        frozenset({UNKNOWN_PARCEL}) if order.parcels and named.issuperset(p.id for p in order.parcels) else frozenset()
    )


def _parcels(order: Order) -> tuple[Parcel, ...]:
    """The reported parcels. Without parcels, the storefront's day of delivery counts as the carrier's report (B02).

    A line that is in none of them came in a parcel that nobody has told us of, so the last delivery is not known.
    """
    if order.parcels:
        told = tuple(Parcel(p.id, p.dispatched_at, p.delivered_at, p.signed_for_at) for p in order.parcels)
        missing = any(not line.parcels for line in order.lines) and _unknown_parcel(order)
        return (*told, Parcel(UNKNOWN_PARCEL)) if missing else told
    return (Parcel("order", carrier_delivered_at=order.delivered_at),) if order.delivered_at is not None else ()
