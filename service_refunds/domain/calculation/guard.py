"""The four guards as rows (3.6, H10): the cap, the amount used before, and the amount that this refund takes. A store
keeps one balance row for each guard row.

`this` is the increment of `used`. For a line or a tax rate whose kept goods now cost more, `this` is negative, which
leaves more to refund there. Every row holds `used + this <= cap`; a store needs no other rule under its lock.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from service_refunds.domain.calculation.fee import Fee, UnitValue
from service_refunds.domain.calculation.inputs.component import (
    TAX_COMPONENTS,
    TAX_OF,
    Component,
    ComponentName,
)
from service_refunds.domain.calculation.inputs.refund_request import RefundRequest
from service_refunds.domain.calculation.inputs.refusal import OverRefund
from service_refunds.domain.calculation.returned_set import ReturnedSet
from service_refunds.domain.calculation.tender_balance import TenderBalance
from service_refunds.domain.calculation.tender_refund import TenderRefund
from shared.kernel.money import Money, exact, total


class Guard(StrEnum):
    """Unit (with its line), component, tender, order; `OWN` is the limit of something paid outside them."""

    UNIT = "unit"
    LINE = "line"
    COMPONENT = "component"
    TENDER = "tender"
    ORDER = "order"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class GuardRow:
    """One balance: `key` names the unit, line, component, tender or total that it bounds."""

    guard: Guard
    key: str
    cap: Money
    used: Money
    this: Money

    @property
    def available(self) -> Money:
        """What is left before this refund."""
        return self.cap - self.used

    @property
    def left(self) -> Money:
        """What is left after this refund."""
        return self.cap - self.used - self.this


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardInput:
    """The figures of a calculation that the guards bound."""

    returned: ReturnedSet
    values: Sequence[UnitValue]
    fees: Sequence[Fee]
    components: Sequence[Component]
    balances: Sequence[TenderBalance]
    tenders: Sequence[TenderRefund]


GOODS: Final = frozenset(
    {ComponentName.GOODS_NET, ComponentName.GOODS_TAX, ComponentName.RERATED_NET, ComponentName.RERATED_TAX}
)
ELSEWHERE: Final = frozenset({ComponentName.ELSEWHERE_NET, ComponentName.ELSEWHERE_TAX})
OWN_LIMITS: Final[Mapping[ComponentName, str]] = {
    ComponentName.GOODWILL: "goodwill_limit",
    ComponentName.ADJUSTMENT: "adjustment_limit",
    ComponentName.FREIGHT_RECEIPT: "freight_receipt_limit",
    ComponentName.BONUS: "bonus_limit",
}


def check_guards(rows: Iterable[GuardRow]) -> None:
    """Refuse the first row that this refund would overdraw."""
    for row in rows:
        if row.this.minor > 0 and row.used.minor + row.this.minor > row.cap.minor:
            raise OverRefund(kind=row.guard, key=row.key, asked=row.this, available=row.available)


def guard_rows(request: RefundRequest, taken: GuardInput) -> tuple[GuardRow, ...]:
    """Every balance that this refund changes, in the order unit, line, component, tender, order, own."""
    return (
        *_units(request, taken),
        *_lines(request, taken),
        *_taxes(request, taken),
        *_freight_and_order_fees(request, taken),
        *_fees(taken),
        *_tenders(taken),
        *_order(request, taken),
        *_own(request, taken.components),
    )


def _units(request: RefundRequest, taken: GuardInput) -> Iterator[GuardRow]:
    losses = {fee.subject: fee.amount for fee in taken.fees if fee.name is ComponentName.VALUE_LOSS}
    zero = request.order.zero()
    for each in taken.values:
        loss = losses.get(each.unit.id)
        this = each.goods if loss is None else each.goods - loss
        this = zero if this.minor < 0 else this
        yield GuardRow(Guard.UNIT, each.unit.id, max(each.paid, each.goods), zero, this)


def _lines(request: RefundRequest, taken: GuardInput) -> Iterator[GuardRow]:
    mode = request.order.mode
    changes = _by_line(taken.components)
    given = _by_line(part for group in taken.returned.groups for part in group.given)
    for each in taken.returned.lines:
        line = each.state.line
        if line.id in changes:
            cap = each.state.bought.gross(mode)
            used = cap - each.state.left().gross(mode) + given.get(line.id, 0)
            yield _row(request, Guard.LINE, line.id, (cap, used, changes[line.id]))


def _taxes(request: RefundRequest, taken: GuardInput) -> Iterator[GuardRow]:
    now = _by_rate(taken.components)
    if not now:
        return
    charged: dict[str, int] = {}
    for tax in request.order.taxes():
        charged[tax.rate] = charged.get(tax.rate, 0) + tax.amount.minor
    gone_in_lines = dict.fromkeys(now, 0)
    for rate, gone in _by_rate(
        part for group in taken.returned.groups for part in group.given if part.name in GOODS
    ).items():
        if rate in gone_in_lines:
            gone_in_lines[rate] += gone
    for each in taken.returned.lines:
        left = each.state.left()
        if left is not each.state.bought:
            for rate, gone in each.state.bought.minus(left).taxes:
                if rate in gone_in_lines:
                    gone_in_lines[rate] += gone
    elsewhere = _by_rate(part for part in request.history.components if part.name not in GOODS)
    for rate, this in now.items():
        used = gone_in_lines[rate] + elsewhere.get(rate, 0)
        yield _row(request, Guard.COMPONENT, f"tax:{rate}", (charged.get(rate, 0), used, this))


def _freight_and_order_fees(request: RefundRequest, taken: GuardInput) -> Iterator[GuardRow]:
    for name, things in (
        (ComponentName.FREIGHT_NET, request.order.shipments),
        (ComponentName.ORDER_FEE_NET, request.order.fees),
    ):
        names = {name, TAX_OF[name]}
        for thing in things:
            this = _sum(taken.components, names, thing.id)
            if this:
                cap = thing.charge.gross(request.order.mode)
                used = _sum(request.history.components, names, thing.id)
                yield _row(request, Guard.COMPONENT, f"{name.removesuffix('_net')}:{thing.id}", (cap, used, this))


def _fees(taken: GuardInput) -> Iterator[GuardRow]:
    given = taken.returned.given.fees
    for fee in taken.fees:
        key = f"{fee.name}:{fee.subject}" if fee.subject else fee.name.value
        used = fee.base.like(given.get((fee.name, fee.subject), 0))
        yield GuardRow(Guard.COMPONENT, key, fee.base, used, fee.amount)


def _tenders(taken: GuardInput) -> Iterator[GuardRow]:
    for balance, refund in zip(taken.balances, taken.tenders, strict=True):
        this = refund.amount + refund.carried
        if this:
            yield GuardRow(Guard.TENDER, balance.tender.id, balance.cap, balance.used, this)


def _order(request: RefundRequest, taken: GuardInput) -> Iterator[GuardRow]:
    """The two parts of the order guard: captured money, and accepted goods."""
    currency = request.order.currency
    yield GuardRow(
        Guard.ORDER,
        "captured",
        total((balance.cap for balance in taken.balances), currency),
        total((balance.used for balance in taken.balances), currency),
        total((refund.amount + refund.carried for refund in taken.tenders), currency),
    )
    accepted = total((each.goods for each in taken.values), currency)
    losses = _sum(taken.components, {ComponentName.VALUE_LOSS})
    given = Money(_sum(taken.components, {*GOODS, *ELSEWHERE}) + min(0, losses), currency)
    if not taken.values:
        # no piece comes back now: what earlier pieces bring more is accepted already, and the lines bound it
        accepted = max(accepted, given)
    yield GuardRow(Guard.ORDER, "accepted_goods", accepted, request.order.zero(), given)


def _own(request: RefundRequest, components: Sequence[Component]) -> Iterator[GuardRow]:
    for name, field in OWN_LIMITS.items():
        limit: Money | None = getattr(request.policy, field)
        if limit is None:
            continue
        this = abs(_sum(components, {name}))
        if this:
            used = abs(_sum(request.history.components, {name}))
            yield _row(request, Guard.OWN, name.value, (limit.minor, used, this))


def _row(request: RefundRequest, guard: Guard, key: str, figures: tuple[int, int, int]) -> GuardRow:
    currency = request.order.currency
    cap, used, this = figures
    return GuardRow(guard, key, exact(cap, currency), exact(used, currency), exact(this, currency))


def _by_line(components: Iterable[Component]) -> dict[str, int]:
    lines: dict[str, int] = {}
    for part in components:
        if part.name in GOODS or part.name in ELSEWHERE:
            lines[part.subject] = lines.get(part.subject, 0) + part.amount.minor
    return lines


def _by_rate(components: Iterable[Component]) -> dict[str, int]:
    rates: dict[str, int] = {}
    for part in components:
        if part.name in TAX_COMPONENTS:
            rates[part.rate] = rates.get(part.rate, 0) + part.amount.minor
    return rates


def _sum(components: Iterable[Component], names: set[ComponentName], subject: str | None = None) -> int:
    return sum(part.amount.minor for part in components if part.name in names and subject in {None, part.subject})
