"""What is not paid because somebody else has paid it back, or because the customer has not paid it yet (A16, Z07).

Money that was paid elsewhere for a line lowers the refund of the units that come back last. So the refunds of all units
in any order add up to the same, and no piece is paid twice.
"""

from collections.abc import Iterator, Sequence

from service_refunds.domain.calculation.inputs.charge import Charge, PriceMode
from service_refunds.domain.calculation.inputs.component import Component, ComponentName, components_of
from service_refunds.domain.calculation.inputs.refund_request import RefundRequest
from service_refunds.domain.calculation.promotion import ReturnedLine
from shared.kernel.money import Money, share_out, total


def elsewhere_of_lines(request: RefundRequest, returns: Sequence[ReturnedLine]) -> Iterator[Component]:
    """For each line: the part of the money from elsewhere that the units that stay with the customer cannot cover."""
    mode = request.order.mode
    for each in returns:
        outside = each.state.elsewhere
        if outside is None or not outside.refunded_minor or not each.units:
            continue
        bought, quantity = each.state.bought, each.state.line.quantity
        covered = outside.refunded_minor - outside.cancelled_value(bought, quantity, mode)
        before = max(0, covered - each.left.gross(mode))
        after = max(0, covered - each.rest().gross(mode))
        if after > before:
            charge = _part(bought, after, mode).minus(_part(bought, before, mode))
            yield from components_of(ComponentName.ELSEWHERE_NET, charge.negative(), mode, each.state.line.id)


def not_owed(request: RefundRequest, value: Money, available: Money) -> Iterator[Component]:
    """What the tenders no longer have because money went back elsewhere, or do not have yet.

    Whatever else is missing is left to the guards.
    """
    missing = value - available
    if missing.minor <= 0:
        return
    elsewhere, order = request.history.elsewhere, request.order
    back = min(missing.minor, 0 if elsewhere is None or elsewhere.total is None else elsewhere.total.minor)
    if back:
        yield Component(ComponentName.ELSEWHERE_NET, Money(-back, order.currency))
    due = sum(charge.gross(order.mode) for charge in order.charges())
    unpaid = due - total((tender.captured for tender in order.tenders), order.currency).minor
    rest = min(missing.minor - back, max(0, unpaid))
    if rest:
        yield Component(ComponentName.UNPAID, Money(-rest, order.currency))


def _part(charge: Charge, minor: int, mode: PriceMode) -> Charge:
    """The part of a charge whose gross amount is exactly `minor`, at most all of it."""
    whole = charge.gross(mode)
    minor = min(minor, whole)
    if mode is PriceMode.INCLUSIVE or not whole:
        return charge.fraction(minor, whole)
    return Charge(charge.currency, charge.rates, tuple(share_out(minor, charge.figures)))
