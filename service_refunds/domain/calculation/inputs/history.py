"""What earlier refunds gave back of an order, and what is left of each line (H02).

The history keeps which units of a line were refunded. Their amounts follow from the charge of the line. After a
re-rating their amounts follow from the restated charge of the units that were kept then (V14).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from service_refunds.domain.calculation.inputs.charge import Charge
from service_refunds.domain.calculation.inputs.component import Component, ComponentName
from service_refunds.domain.calculation.inputs.field_check import (
    check_choice,
    check_count,
    check_currency,
    check_keys,
    check_kind,
    check_list,
    check_money,
    check_optional_money,
    check_text,
)
from service_refunds.domain.calculation.inputs.order import Order
from service_refunds.domain.calculation.inputs.order_line import OrderLine
from service_refunds.domain.calculation.inputs.refusal import InvalidField, MoreThanBought
from shared.kernel.errors import Said
from shared.kernel.money import LIMIT, Money


@dataclass(frozen=True, slots=True)
class Restatement:
    """What the `quantity` units that were kept are charged since the basket was priced again."""

    quantity: int
    charge: Charge


@dataclass(frozen=True, slots=True)
class LineHistory:
    """The units of one line that were refunded, and the last restatement of the others."""

    line: str
    units: tuple[str, ...] = ()
    restated: Restatement | None = None


@dataclass(frozen=True, slots=True)
class TenderUse:
    """What our own refunds took from a tender: succeeded, and still reserved, sent or accepted."""

    tender: str
    refunded: Money
    pending: Money | None = None


@dataclass(frozen=True, slots=True)
class RefundHistory:
    """Everything earlier refunds did; `components` are theirs, `ended_coupons` those that a re-rating
    used up.
    """

    lines: tuple[LineHistory, ...] = ()
    components: tuple[Component, ...] = ()
    tenders: tuple[TenderUse, ...] = ()
    ended_coupons: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineState:
    """One line now: the charge that its `quantity` units divide, of which `done` are refunded.

    `bought` is the charge of the whole line at the purchase.
    """

    line: OrderLine
    bought: Charge
    charge: Charge
    quantity: int
    done: int
    gone: tuple[str, ...]

    @property
    def kept(self) -> int:
        """Units that have not been refunded."""
        return self.quantity - self.done

    def unit(self, offset: int) -> Charge:
        """The share of one of the next units, the first of them at offset 0."""
        return self.charge.take(self.done + offset, 1, self.quantity)

    def take(self, units: int) -> Charge:
        """The share of the next units together."""
        return self.charge.take(self.done, units, self.quantity)

    def left(self) -> Charge:
        """The share of all units that are not refunded."""
        if self.kept == 0:
            return self.charge.nothing()
        return self.take(self.kept) if self.done else self.charge


def line_states(order: Order, history: RefundHistory) -> Iterator[LineState]:
    """Every line of the order with what earlier refunds left of the line."""
    past = {entry.line: entry for entry in history.lines}
    for line in order.lines:
        entry, bought = past.get(line.id), line.charge
        if entry is None:
            yield LineState(line=line, bought=bought, charge=bought, quantity=line.quantity, done=0, gone=())
        elif entry.restated is None:
            yield LineState(
                line=line, bought=bought, charge=bought, quantity=line.quantity, done=len(entry.units), gone=entry.units
            )
        else:
            charge, quantity = entry.restated.charge, entry.restated.quantity
            done = len(entry.units) - (line.quantity - quantity)
            yield LineState(line=line, bought=bought, charge=charge, quantity=quantity, done=done, gone=entry.units)


_MIXED_UP = Said("a line's restated units and refunded units contradict each other", "重新计价的件数与已退件数不一致")


def check_history(history: RefundHistory, pointer: str, order: Order) -> None:
    """Refuse a history that does not belong to this order."""
    currency = order.currency
    lines = {line.id: line for line in order.lines}
    check_list(history.lines, f"{pointer}/lines", LineHistory)
    check_keys(
        ((f"{pointer}/lines/{place}/line", entry.line) for place, entry in enumerate(history.lines)),
        frozenset(lines),
    )
    for place, entry in enumerate(history.lines):
        _check_line(entry, f"{pointer}/lines/{place}", lines[entry.line], currency)
    check_keys(
        (f"{pointer}/lines/{place}/units/{number}", unit)
        for place, entry in enumerate(history.lines)
        for number, unit in enumerate(entry.units)
    )
    check_list(history.components, f"{pointer}/components", Component, 100_000)
    for place, part in enumerate(history.components):
        here = f"{pointer}/components/{place}"
        check_choice(part.name, f"{here}/name", ComponentName)
        check_money(part.amount, f"{here}/amount", currency, signed=True)
        check_text(part.subject, f"{here}/subject", empty=True)
        check_text(part.rate, f"{here}/rate", empty=True)
    check_list(history.tenders, f"{pointer}/tenders", TenderUse)
    tenders = frozenset(tender.id for tender in order.tenders)
    check_keys(
        ((f"{pointer}/tenders/{place}/tender", use.tender) for place, use in enumerate(history.tenders)),
        tenders,
    )
    for place, use in enumerate(history.tenders):
        check_money(use.refunded, f"{pointer}/tenders/{place}/refunded", currency)
        check_optional_money(use.pending, f"{pointer}/tenders/{place}/pending", currency)
    here = f"{pointer}/ended_coupons"
    check_keys((here, each) for each in check_kind(history.ended_coupons, here, frozenset))


def _check_line(entry: LineHistory, pointer: str, line: OrderLine, currency: str) -> None:
    check_list(entry.units, f"{pointer}/units", str, 1_000_000)
    if len(entry.units) > line.quantity:
        raise MoreThanBought(line=line.id, left=line.quantity, asked=len(entry.units))
    if entry.restated is None:
        return
    restated = check_kind(entry.restated, f"{pointer}/restated", Restatement)
    check_count(restated.quantity, f"{pointer}/restated/quantity", 1, line.quantity)
    if line.quantity - restated.quantity > len(entry.units):
        raise InvalidField(f"{pointer}/restated", _MIXED_UP)
    here = f"{pointer}/restated/charge"
    charge = check_kind(restated.charge, here, Charge)
    check_text(charge.currency, f"{here}/currency")
    check_currency(charge.currency, f"{here}/currency", currency)
    check_list(charge.rates, f"{here}/rates", str, 100)
    check_keys((f"{here}/rates/{place}", rate) for place, rate in enumerate(charge.rates))
    check_list(charge.figures, f"{here}/figures", int, 101)
    check_count(len(charge.figures), f"{here}/figures", len(charge.rates) + 1, len(charge.rates) + 1)
    for place, figure in enumerate(charge.figures):
        check_count(figure, f"{here}/figures/{place}", 0, LIMIT)
