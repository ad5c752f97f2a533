"""The guards as balances (3.6): the most that may be refunded, what is reserved, and what is settled.

A refund states its demands. The transaction that reserves them adds them to the rows, and the CHECK of the table is the
lock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from shared.kernel.errors import Refused, Said
from shared.kernel.money import half_up
from shared.kernel.piece_range import covered_names


class Kind(StrEnum):
    """Unit (which exists once, with its refund), line, component, tender, order."""

    UNIT = "unit"
    LINE = "line"
    COMPONENT = "component"
    TENDER = "tender"
    ORDER = "order"


BalanceKey = tuple[Kind, str]


@dataclass(frozen=True, slots=True)
class Balance:
    """One balance of one order. Reserved and settled amounts together never exceed `cap_minor`."""

    kind: Kind
    key: str
    cap_minor: int
    reserved_minor: int = 0
    settled_minor: int = 0

    @property
    def available_minor(self) -> int:
        """What can still be reserved."""
        return self.cap_minor - self.reserved_minor - self.settled_minor


@dataclass(frozen=True, slots=True)
class BalanceDemand:
    """What a refund takes of one balance. `raises` is added to the cap first: the value of accepted goods, or what a
    new price leaves more to refund.
    """

    kind: Kind
    key: str
    takes: int
    raises: int = 0


@dataclass(frozen=True, slots=True)
class BalanceChange:
    """A change of one balance."""

    kind: Kind
    key: str
    cap: int = 0
    reserved: int = 0
    settled: int = 0


class RefundExceedsAvailable(Refused):
    """A guard has less left than this refund demands. Another refund may have been faster (I05)."""

    code = "refund_exceeds_available"
    title = Said("More than can still be refunded", "超出可退金额")
    detail = Said(
        "The {guard} guard of {key} has {available_minor} minor units left, and {asked_minor} are asked for.",
        "{guard} 限额（{key}）剩余 {available_minor} 个最小货币单位，申请了 {asked_minor} 个。",
    )

    def __init__(self, guard: str, key: str, *, available_minor: int, asked_minor: int) -> None:
        super().__init__(guard=guard, key=key, available_minor=available_minor, asked_minor=asked_minor)


class UnitHasRefund(Refused):
    """A unit is refunded once only (B14)."""

    code = "unit_has_refund"
    title = Said("This unit has a refund already", "该件商品已有退款")
    detail = Said("Unit {unit} has a refund already.", "商品件 {unit} 已有退款。")


def reserve(balances: Mapping[BalanceKey, Balance], demands: Iterable[BalanceDemand]) -> Mapping[BalanceKey, Balance]:
    """The balances after these demands. A piece of a lot is taken once, however the lots are cut (Z13).

    `RefundExceedsAvailable` or `UnitHasRefund` names the guard that refuses.
    """
    after, demands = dict(balances), list(demands)
    taken = [key for kind, key in balances if kind is Kind.UNIT]
    for name in covered_names(taken, [demand.key for demand in demands if demand.kind is Kind.UNIT]):
        raise UnitHasRefund(unit=name)
    for demand in demands:
        key = (demand.kind, demand.key)
        known = after.get(key)
        if demand.kind is Kind.UNIT:
            if known is not None:
                raise UnitHasRefund(unit=demand.key)
            known = Balance(demand.kind, demand.key, 0)
        known = known or Balance(demand.kind, demand.key, 0)
        known = replace(known, cap_minor=known.cap_minor + demand.raises)
        if demand.takes > known.available_minor:
            raise RefundExceedsAvailable(
                demand.kind, demand.key, available_minor=known.available_minor, asked_minor=demand.takes
            )
        after[key] = replace(known, reserved_minor=known.reserved_minor + demand.takes)
    return after


def demand_portion(demand: BalanceDemand, tender: str, done: int, amount: int, whole: int) -> int:
    """The part of a demand that a payout of `amount` to `tender` moves, when `done` of `whole` has ended before.

    The balance of the tender itself moves exactly. The others move in proportion, so that all payouts together move the
    whole demand (CUM).
    """
    if demand.kind is Kind.TENDER:
        return demand.takes if demand.key == tender else 0
    return half_up(demand.takes * (done + amount), whole) - half_up(demand.takes * done, whole)


def tenders_with_room(
    balances: Mapping[BalanceKey, Balance], demands: Iterable[BalanceDemand]
) -> tuple[BalanceDemand, ...]:
    """These demands, with what a payment has no room for moved to other payments of the order.

    Money that goes back in another way does not need the room of one payment, only that of the order. What no payment
    has room for stays where it was, so that its guard refuses it.
    """
    moved: list[BalanceDemand] = []
    left = {key: balance.available_minor for (kind, key), balance in balances.items() if kind is Kind.TENDER}
    for demand in demands:
        if demand.kind is not Kind.TENDER:
            moved.append(demand)
            continue
        missing = demand.takes
        for key in sorted(left, key=lambda each: each != demand.key):
            part = min(missing, max(0, left[key]))
            if part:
                moved.append(BalanceDemand(Kind.TENDER, key, part))
                left[key] -= part
                missing -= part
        if missing:
            moved.append(BalanceDemand(Kind.TENDER, demand.key, missing))
    return tuple(moved)
