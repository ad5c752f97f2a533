"""How much of an order some of the returned pieces are, by their charge at the purchase."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from service_refunds.domain.calculation.inputs.charge import Charge, PriceMode
from service_refunds.domain.calculation.returned_set import ReturnedLine, ReturnedSet


@dataclass(frozen=True, slots=True)
class ReturnedValue:
    """A `part` of the `whole`: gross minor units, or pieces where the whole costs nothing."""

    part: int
    whole: int

    def of(self, charge: Charge) -> Charge:
        """The same part of a charge, each figure rounded by itself."""
        return charge if self.part == self.whole else charge.fraction(self.part, self.whole)


def returned_value_of(
    returned: ReturnedSet, counts: Sequence[int], carries: Callable[[str], bool] = lambda _: True
) -> ReturnedValue:
    """The value of so many pieces of each line, of the lines that are carried."""
    chosen = [(each, count) for each, count in zip(returned.lines, counts, strict=True) if carries(each.state.line.id)]
    mode = returned.order.mode
    whole = sum([each.state.bought.gross(mode) for each, _ in chosen])
    if not whole:
        return ReturnedValue(sum([count for _, count in chosen]), sum([each.state.line.quantity for each, _ in chosen]))
    return ReturnedValue(sum([_gross(each, count, mode) for each, count in chosen if count]), whole)


def _gross(each: ReturnedLine, count: int, mode: PriceMode) -> int:
    quantity = each.state.line.quantity
    bought = each.state.bought
    return bought.gross(mode) if count == quantity else bought.take(0, count, quantity).gross(mode)
