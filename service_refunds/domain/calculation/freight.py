"""Outbound freight that goes back: by regime, fault and promise, at most once for each shipment (3.4, H04).

Pieces that are back for the seller's fault bring their share of the freight, whatever else comes back and when. A right
to the freight of the whole order takes effect with its last piece (Z08).
"""

from collections.abc import Sequence

from service_refunds.domain.calculation.inputs.charge import Charge
from service_refunds.domain.calculation.inputs.component import (
    Component,
    ComponentName,
    charge_of,
    components_of,
)
from service_refunds.domain.calculation.inputs.order_part import Shipment
from service_refunds.domain.calculation.inputs.policy import FreightRule
from service_refunds.domain.calculation.inputs.refund_request import RefundRequest
from service_refunds.domain.calculation.inputs.returned_group import ReturnedGroup
from service_refunds.domain.calculation.returned_set import ReturnedSet
from service_refunds.domain.calculation.returned_value import returned_value_of


def outbound_freight(request: RefundRequest, returned: ReturnedSet) -> list[Component]:
    """The outbound freight that goes back now, for each shipment: what is due for the set less what was given."""
    order, parts = returned.order, list[Component]()
    for shipment in order.shipments:
        if not any(shipment.charge.figures):
            continue
        charge = shipment.charge
        if request.history.components or returned.given.charges:
            key = ComponentName.FREIGHT_NET, shipment.id
            gone = charge_of(*key, request.history.components, order.mode, order.currency)
            ours = charge_of(*key, _ours(returned), order.mode, order.currency)
            due = _due(shipment, returned, gone.minus(ours))
            due = at_most(due.minus(returned.given.charges.get(key, charge.nothing())), charge.minus(gone))
        else:
            due = _due(shipment, returned, charge.nothing())
        parts += components_of(ComponentName.FREIGHT_NET, due, order.mode, shipment.id) if any(due.figures) else []
    return parts


def _ours(returned: ReturnedSet) -> tuple[Component, ...]:
    return tuple(part for group in returned.groups if not group.failed for part in group.given)


def _due(shipment: Shipment, returned: ReturnedSet, gone: Charge) -> Charge:
    """What fault gives for its pieces, or what all other rights give for their own and the faulty pieces, if more.

    `gone` went back before there were groups, or elsewhere; it counts against the freight of the whole order.
    """
    fault = returned.count(lambda group: group.by_fault)
    due = shipment.charge.nothing()
    giving = sorted({_right(group) for group in returned.groups if _gives(group, returned)})
    if any(fault):
        faulty = with_others(fault, returned) if list(fault) == list(returned.counts) else fault
        due = returned_value_of(returned, faulty, shipment.carries).of(shipment.charge)
    if not giving:
        return due
    more, some = with_others(fault, returned, earlier=True), shipment.charge.nothing()
    for standard_only in sorted({right[1] for right in giving}):
        chosen = {right for right in giving if right[1] is standard_only}
        counts = returned.count(lambda group, of=chosen: not group.by_fault and _right(group) in of)  # type: ignore[misc]
        counts, more = [own + other for own, other in zip(counts, more, strict=True)], [0] * len(more)
        limit = _limit(shipment, standard_only=standard_only)
        some = some.minus(returned_value_of(returned, counts, shipment.carries).of(limit).negative())
    return due.at_least(some.minus(gone) if returned.whole else some)


def with_others(counts: Sequence[int], returned: ReturnedSet, *, earlier: bool = False) -> Sequence[int]:
    """With the units of a whole order that do not come back to us, or came back `earlier`, before there were groups."""
    if not returned.whole:
        return counts
    return [
        count + each.kept + (each.state.line.quantity - each.state.open if earlier else each.state.cancelled)
        for count, each in zip(counts, returned.lines, strict=True)
    ]


def _gives(group: ReturnedGroup, returned: ReturnedSet) -> bool:
    """Whether the right of this group gives freight back now, apart from fault."""
    if group.by_fault or not group.pieces:
        return False
    if group.freight is FreightRule.PROPORTIONAL:
        return True
    return returned.whole and (group.whole_by_law or group.freight is not FreightRule.NONE)


def _right(group: ReturnedGroup) -> tuple[FreightRule, bool, bool]:
    return group.freight, group.standard_only, group.whole_by_law


def _limit(shipment: Shipment, *, standard_only: bool) -> Charge:
    charge, standard = shipment.charge, shipment.standard
    if not standard_only or standard is None or standard >= shipment.paid:
        return charge
    return charge.fraction(standard.minor, shipment.paid.minor)


def at_most(due: Charge, left: Charge) -> Charge:
    """The due charge with every figure limited to what is left of the shipment. What is negative stays so."""
    remaining = dict(left.taxes)
    taxes = [min(tax, max(0, remaining.get(rate, 0))) for rate, tax in due.taxes]
    return Charge(due.currency, due.rates, (min(due.canonical, max(0, left.canonical)), *taxes))
