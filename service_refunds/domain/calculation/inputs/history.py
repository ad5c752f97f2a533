"""What earlier refunds gave back of an order, and what is left of each line (H02).

The history keeps which units of a line were refunded, and the groups in which they were returned. A refund is what all
groups together give, less what was given (Z08). Refunds from before 0.2 have no group. Their amounts stay as they were
calculated, and a re-rating of that time has restated the charge of the units that were kept then (V14).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from service_refunds.domain.calculation.inputs.charge import Charge, PriceMode
from service_refunds.domain.calculation.inputs.component import Component
from service_refunds.domain.calculation.inputs.field_check import (
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
from service_refunds.domain.calculation.inputs.returned_group import (
    ReturnedGroup,
    check_components,
    check_groups,
)
from shared.kernel.errors import Said
from shared.kernel.money import LIMIT, Money
from shared.kernel.piece_range import pieces_in


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

    @property
    def pieces(self) -> int:
        """The number of pieces that were refunded."""
        return pieces_in(self.units)


@dataclass(frozen=True, slots=True)
class TenderUse:
    """What our own refunds took from a tender: succeeded, and still reserved, sent or accepted."""

    tender: str
    refunded: Money
    pending: Money | None = None


@dataclass(frozen=True, slots=True)
class LineElsewhere:
    """Of one line: the units that were cancelled before they were sent, and what somebody else paid back.

    `units` is for how many units that was. In doubt the customer sends back first the units for which nothing was paid.
    """

    line: str
    cancelled: int = 0
    units: int = 0
    refunded: Money | None = None

    def cancelled_value(self, charge: Charge, quantity: int, mode: PriceMode) -> int:
        """What the cancelled units cost. We never pay for them."""
        return charge.take(0, self.cancelled, quantity).gross(mode)

    @property
    def refunded_minor(self) -> int:
        """What somebody else paid back, in minor units."""
        return 0 if self.refunded is None else self.refunded.minor


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What was cancelled or paid back without us. `total` is all money that somebody else paid back of the order.

    `parts` is how much of it was paid for freight and fees, which are components of the history.
    """

    lines: tuple[LineElsewhere, ...] = ()
    total: Money | None = None
    parts: Money | None = None

    @property
    def parts_minor(self) -> int:
        """What was paid for freight and fees, in minor units."""
        return 0 if self.parts is None else self.parts.minor


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundHistory:
    """Everything earlier refunds did; `components` are what was paid, `ended_coupons` those that a re-rating used up.

    `returned` are the groups of these refunds. Units of `lines` that are in no group were refunded before 0.2.
    """

    lines: tuple[LineHistory, ...] = ()
    components: tuple[Component, ...] = ()
    tenders: tuple[TenderUse, ...] = ()
    ended_coupons: frozenset[str] = field(default_factory=frozenset)
    returned: tuple[ReturnedGroup, ...] = ()
    elsewhere: Elsewhere | None = None

    def of_line(self, line: str) -> LineElsewhere:
        """What was cancelled or paid back of this line without us."""
        lines = () if self.elsewhere is None else self.elsewhere.lines
        return next((each for each in lines if each.line == line), LineElsewhere(line))


@dataclass(frozen=True, slots=True, kw_only=True)
class LineState:
    """One line as refunds from before 0.2 left it: of the charge that its `quantity` units divide, `done` are refunded.

    `bought` is the charge of the whole line at the purchase. `grouped` units more are in groups of earlier refunds.
    """

    line: OrderLine
    bought: Charge
    charge: Charge
    quantity: int
    done: int
    gone: tuple[str, ...]
    grouped: int
    elsewhere: LineElsewhere | None = None

    @property
    def pieces_gone(self) -> int:
        """The number of pieces that were refunded."""
        return pieces_in(self.gone)

    @property
    def open(self) -> int:
        """Units that no refund from before 0.2 has and that were not cancelled."""
        return self.quantity - self.done

    @property
    def kept(self) -> int:
        """Units that have not been refunded."""
        return self.quantity - self.done - self.grouped

    @property
    def cancelled(self) -> int:
        """Units that were cancelled before they were sent. They are the first of the line."""
        return 0 if self.elsewhere is None else self.elsewhere.cancelled

    @property
    def away(self) -> int:
        """Units that were paid for elsewhere, beyond those that were cancelled. They count as gone, too."""
        each = self.elsewhere
        return 0 if each is None else max(0, each.units - each.cancelled)

    def take(self, before: int, units: int) -> Charge:
        """The share of `units` units after the first `before` of the open ones."""
        return self.charge.take(self.done + before, units, self.quantity)

    def left(self, after: int = 0) -> Charge:
        """The share of all open units but the first `after`."""
        units = self.open - after
        if units == 0:
            return self.charge.nothing()
        return self.take(after, units) if self.done + after else self.charge


def line_states(order: Order, history: RefundHistory) -> list[LineState]:
    """Every line of the order with what earlier refunds left of the line."""
    past = {entry.line: entry for entry in history.lines}
    grouped = _grouped(history.returned)
    states = []
    for line in order.lines:
        entry, bought, charge, quantity = past.get(line.id), line.charge, None, line.quantity
        outside = history.of_line(line.id) if history.elsewhere is not None else None
        done = 0 if outside is None else outside.cancelled
        count = grouped.get(line.id, 0)
        if entry is not None:
            done += entry.pieces - count
            if entry.restated is not None:
                charge, quantity = entry.restated.charge, entry.restated.quantity
                done -= line.quantity - quantity
        states.append(
            LineState(
                line=line,
                bought=bought,
                charge=charge or bought,
                quantity=quantity,
                done=done,
                gone=() if entry is None else entry.units,
                grouped=count,
                elsewhere=outside,
            )
        )
    return states


def _grouped(groups: tuple[ReturnedGroup, ...]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for group in groups:
        for pieces in group.pieces:
            counts[pieces.line] = counts.get(pieces.line, 0) + pieces.count
    return counts


_MIXED_UP = Said(
    "a line's restated, returned and refunded units contradict each other", "重新计价、已退回与已退款的件数不一致"
)


def check_history(history: RefundHistory, pointer: str, order: Order) -> None:
    """Refuse a history that does not belong to this order."""
    currency = order.currency
    lines = {line.id: line for line in order.lines}
    _check_elsewhere(history, f"{pointer}/elsewhere", lines, currency)
    check_list(history.lines, f"{pointer}/lines", LineHistory)
    check_keys(
        ((f"{pointer}/lines/{place}/line", entry.line) for place, entry in enumerate(history.lines)),
        frozenset(lines),
    )
    for place, entry in enumerate(history.lines):
        cancelled = history.of_line(entry.line).cancelled if history.elsewhere is not None else 0
        _check_line(entry, f"{pointer}/lines/{place}", lines[entry.line], currency, cancelled)
    check_keys(
        (f"{pointer}/lines/{place}/units/{number}", unit)
        for place, entry in enumerate(history.lines)
        for number, unit in enumerate(entry.units)
    )
    check_components(history.components, f"{pointer}/components", currency)
    check_groups(history.returned, f"{pointer}/returned", currency, frozenset(lines))
    gone = {entry.line: entry for entry in history.lines}
    for line, count in _grouped(history.returned).items():
        entry = gone.get(line, LineHistory(line))
        restated = 0 if entry.restated is None else lines[line].quantity - entry.restated.quantity
        cancelled = history.of_line(line).cancelled
        if count > entry.pieces + cancelled - restated:
            raise InvalidField(f"{pointer}/returned", _MIXED_UP)
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


def _check_elsewhere(history: RefundHistory, pointer: str, lines: Mapping[str, OrderLine], currency: str) -> None:
    if history.elsewhere is None:
        return
    elsewhere = check_kind(history.elsewhere, pointer, Elsewhere)
    check_optional_money(elsewhere.total, f"{pointer}/total", currency)
    check_optional_money(elsewhere.parts, f"{pointer}/parts", currency)
    check_list(elsewhere.lines, f"{pointer}/lines", LineElsewhere)
    check_keys(
        ((f"{pointer}/lines/{place}/line", each.line) for place, each in enumerate(elsewhere.lines)), frozenset(lines)
    )
    for place, each in enumerate(elsewhere.lines):
        here, most = f"{pointer}/lines/{place}", lines[each.line].quantity
        check_count(each.cancelled, f"{here}/cancelled", 0, most)
        check_count(each.units, f"{here}/units", 0, most)
        check_optional_money(each.refunded, f"{here}/refunded", currency)


def _check_line(entry: LineHistory, pointer: str, line: OrderLine, currency: str, cancelled: int) -> None:
    check_list(entry.units, f"{pointer}/units", str, 1_000_000)
    if entry.pieces + cancelled > line.quantity:
        raise MoreThanBought(line=line.id, left=line.quantity - cancelled, asked=entry.pieces)
    if entry.restated is None:
        return
    restated = check_kind(entry.restated, f"{pointer}/restated", Restatement)
    check_count(restated.quantity, f"{pointer}/restated/quantity", 1, line.quantity)
    if line.quantity - restated.quantity > entry.pieces + cancelled:
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
