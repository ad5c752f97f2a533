"""How much of an order is back, by the charge of the returned goods, before and after this refund."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from service_refunds.domain.calculation.inputs.charge import PriceMode
from service_refunds.domain.calculation.promotion import ReturnedLine


@dataclass(frozen=True, slots=True)
class ReturnedValue:
    """Gross minor units: of the `whole`, the amount back `before` this refund and `after` it."""

    before: int
    after: int
    whole: int


def returned_value_of(
    returns: Sequence[ReturnedLine], mode: PriceMode, counts: Callable[[str], bool] = lambda _: True
) -> ReturnedValue:
    """The progress of the lines that count, by their charge at the purchase."""
    before = after = whole = 0
    for each in returns:
        line = each.state.line
        if counts(line.id):
            gone, charge = len(each.state.gone), each.state.bought
            whole += charge.gross(mode)
            before += charge.take(0, gone, line.quantity).gross(mode)
            after += charge.take(0, gone + len(each.units), line.quantity).gross(mode)
    return ReturnedValue(before, after, whole)
