"""What is not paid because somebody else has paid it back, or because the customer has not paid it yet (A16, Z07).

Money that was paid elsewhere for a line lowers the refund of the units that come back last. So the refunds of all units
in any order add up to the same, and no piece is paid twice.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from service_refunds.domain.calculation.inputs.charge import Charge, PriceMode
from service_refunds.domain.calculation.inputs.component import (
    Component,
    ComponentName,
    charge_of,
    components_of,
)
from service_refunds.domain.calculation.inputs.refund_request import RefundRequest
from service_refunds.domain.calculation.returned_set import ReturnedLine, ReturnedSet
from shared.kernel.money import Money, share_out, total

PAID_FOR_LINES: Final = frozenset(
    {
        ComponentName.GOODS_NET,
        ComponentName.GOODS_TAX,
        ComponentName.RERATED_NET,
        ComponentName.RERATED_TAX,
        ComponentName.ELSEWHERE_NET,
        ComponentName.ELSEWHERE_TAX,
    }
)
"""The components of a line. Their sum is what a refund gives for the line."""

NOT_PAID_YET: Final = frozenset({ComponentName.UNPAID, ComponentName.PAID_LATER})
"""What refunds kept back because the customer had not paid it yet, and what of it they gave back later."""


def elsewhere_of_lines(
    request: RefundRequest, returned: ReturnedSet, components: Sequence[Component]
) -> list[Component]:
    """For each line: the part of the money from elsewhere that the units that stay with the customer cannot cover.

    It is a part of the whole returned set, less what earlier refunds took off. It takes no more off than this refund
    gives; the rest waits for the next goods of the order (Z08).
    """
    mode, found = request.order.mode, list[Component]()
    left = max(0, sum([part.amount.minor for part in components]))
    for each in returned.lines:
        outside, line = each.state.elsewhere, each.state.line
        if outside is None or not outside.refunded_minor:
            continue
        bought = each.state.bought
        before = charge_of(
            ComponentName.ELSEWHERE_NET, line.id, _earlier(request, returned), mode, bought.currency
        ).negative()
        now = min(left, _uncovered(each, mode) - before.gross(mode))
        if now > 0:
            left -= now
            charge = _part(bought, before.gross(mode) + now, mode).minus(before)
            found += components_of(ComponentName.ELSEWHERE_NET, charge.negative(), mode, line.id)
    return found


def _uncovered(each: ReturnedLine, mode: PriceMode) -> int:
    outside, bought = each.state.elsewhere, each.state.bought
    if outside is None:
        return 0
    covered = outside.refunded_minor - outside.cancelled_value(bought, each.state.line.quantity, mode)
    kept = each.state.left(each.state.open - each.kept).gross(mode)
    return min(bought.gross(mode), max(0, covered - kept))


def _earlier(request: RefundRequest, returned: ReturnedSet) -> tuple[Component, ...]:
    """What earlier refunds gave, with those that failed: their amounts stay with them."""
    failed = (part for group in returned.groups if group.failed for part in group.given)
    return (*request.history.components, *failed)


def _of_line(components: Sequence[Component], line: str) -> int:
    return sum([part.amount.minor for part in components if part.subject == line and part.name in PAID_FOR_LINES])


def not_owed(request: RefundRequest, components: Sequence[Component], available: Money) -> Iterator[Component]:
    """What the tenders no longer have because money went back elsewhere, or do not have yet.

    What earlier refunds kept back because it was not paid yet is asked for again: what was captured since is given
    back (Z07). Whatever else is missing, such as money under dispute, is owed (Z09).
    """
    order, history = request.order, request.history
    kept_back = -sum([part.amount.minor for part in history.components if part.name in NOT_PAID_YET])
    missing = sum([part.amount.minor for part in components]) + kept_back - available.minor
    back = min(max(0, missing), max(0, _without_goods(request, components)))
    if back:
        yield Component(ComponentName.ELSEWHERE_NET, Money(-back, order.currency))
    due = sum(charge.gross(order.mode) for charge in order.charges())
    unpaid = due - total((tender.captured for tender in order.tenders), order.currency).minor
    change = kept_back - min(max(0, missing - back), max(0, unpaid))
    if change:
        name = ComponentName.PAID_LATER if change > 0 else ComponentName.UNPAID
        yield Component(name, Money(change, order.currency))


def _without_goods(request: RefundRequest, components: Sequence[Component]) -> int:
    """The money from elsewhere that no line, freight or fee has taken up and no refund has taken off."""
    order, history = request.order, request.history
    elsewhere = history.elsewhere
    if elsewhere is None or elsewhere.total is None:
        return 0
    left = elsewhere.total.minor - elsewhere.parts_minor
    gone = (*history.components, *components)
    left += sum([part.amount.minor for part in gone if part.name is ComponentName.ELSEWHERE_NET and not part.subject])
    charges = {line.id: line.charge for line in order.lines}
    for each in elsewhere.lines:
        room = charges[each.line].gross(order.mode) - _of_line(gone, each.line)
        left -= min(each.refunded_minor, max(0, room))
    return left


def _part(charge: Charge, minor: int, mode: PriceMode) -> Charge:
    """The part of a charge whose gross amount is exactly `minor`, at most all of it."""
    whole = charge.gross(mode)
    minor = min(minor, whole)
    if mode is PriceMode.INCLUSIVE or not whole:
        return charge.fraction(minor, whole)
    return Charge(charge.currency, charge.rates, tuple(share_out(minor, charge.figures)))
