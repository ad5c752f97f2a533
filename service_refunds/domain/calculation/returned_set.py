"""All pieces of an order that are back, now and before: the set that every amount is a function of (Z08).

A refund gives what the whole set gives, less what earlier refunds of the set gave. So neither the order nor the
grouping of partial returns changes a sum.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from service_refunds.domain.calculation.inputs.charge import Charge, PriceMode
from service_refunds.domain.calculation.inputs.component import TAX_OF, ComponentName
from service_refunds.domain.calculation.inputs.history import LineState
from service_refunds.domain.calculation.inputs.order import Order
from service_refunds.domain.calculation.inputs.refund_request import AcceptedUnit
from service_refunds.domain.calculation.inputs.returned_group import ReturnedGroup


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """The units of one line that go back now, and their places in the line as `slots`.

    Lines without returned units are listed, too.
    """

    state: LineState
    units: tuple[AcceptedUnit, ...]
    slots: tuple[Charge, ...]

    @property
    def kept(self) -> int:
        """The number of units that are not refunded after this return."""
        return self.state.kept - self.pieces

    @property
    def pieces(self) -> int:
        """The number of pieces that go back now. A lot has one slot for all its pieces (Z13)."""
        return sum([unit.quantity for unit in self.units])


@dataclass(frozen=True, slots=True)
class GivenAmounts:
    """What the refunds of earlier groups gave: charges by name and subject, fees by name and subject, and the sum."""

    charges: Mapping[tuple[ComponentName, str], Charge]
    fees: Mapping[tuple[ComponentName, str], int]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedSet:
    """The returned pieces of an order by group. `current` is the group of this refund, the last of `groups`.

    `counts` has the pieces of all groups, in the order of the order's lines.
    """

    order: Order
    lines: tuple[ReturnedLine, ...]
    groups: tuple[ReturnedGroup, ...]
    current: ReturnedGroup
    counts: tuple[int, ...]
    given: GivenAmounts

    def count(self, wanted: Callable[[ReturnedGroup], bool]) -> Sequence[int]:
        """The pieces of each line in groups that are wanted."""
        chosen = [group for group in self.groups if wanted(group)]
        if len(chosen) == len(self.groups):
            return self.counts
        by_line: dict[str, int] = {}
        for group in chosen:
            for pieces in group.pieces:
                by_line[pieces.line] = by_line.get(pieces.line, 0) + pieces.count
        return [by_line.get(each.state.line.id, 0) for each in self.lines]

    @property
    def whole(self) -> bool:
        """Whether the customer keeps nothing, not even a free line (3.9), and a piece came back to us.

        Units that were cancelled before they were sent, or paid for elsewhere, are not kept.
        """
        came_back = any(group.pieces for group in self.groups)
        return came_back and all(each.kept <= each.state.away for each in self.lines)


def returned_set(
    order: Order, lines: Sequence[ReturnedLine], earlier: Sequence[ReturnedGroup], current: ReturnedGroup
) -> ReturnedSet:
    """The set of everything that earlier groups and the current one return."""
    groups = (*earlier, current)
    counts = tuple([each.state.grouped + each.pieces for each in lines])
    return ReturnedSet(
        order=order,
        lines=tuple(lines),
        groups=groups,
        current=current,
        counts=counts,
        given=given_amounts(order, earlier),
    )


NET_OF = {tax: net for net, tax in TAX_OF.items()}
NOTHING_GIVEN = GivenAmounts({}, {}, 0)


def given_amounts(order: Order, groups: Sequence[ReturnedGroup]) -> GivenAmounts:
    """The components of earlier refunds, summed; the reverse of `components_of`."""
    if not groups:
        return NOTHING_GIVEN
    nets: dict[tuple[ComponentName, str], int] = {}
    taxes: dict[tuple[ComponentName, str], dict[str, int]] = {}
    fees: dict[tuple[ComponentName, str], int] = {}
    total = 0
    for group in groups:
        for part in group.given:
            minor = part.amount.minor
            total += minor
            if part.name in TAX_OF:
                key = (part.name, part.subject)
                nets[key] = nets.get(key, 0) + minor
            elif part.name in NET_OF:
                rates = taxes.setdefault((NET_OF[part.name], part.subject), {})
                rates[part.rate] = rates.get(part.rate, 0) + minor
            else:
                key = (part.name, part.subject)
                fees[key] = fees.get(key, 0) - minor
    charges = {}
    for key in nets.keys() | taxes.keys():
        by_rate, net = taxes.get(key, {}), nets.get(key, 0)
        canonical = net + sum(by_rate.values()) if order.mode is PriceMode.INCLUSIVE else net
        charges[key] = Charge(order.currency, tuple(by_rate), (canonical, *by_rate.values()))
    return GivenAmounts(charges, fees, total)
