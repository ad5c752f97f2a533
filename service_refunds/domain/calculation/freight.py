"""Outbound freight that goes back: by regime, fault and promise, at most once for each shipment (3.4, H04)."""

from collections.abc import Sequence
from dataclasses import dataclass

from service_refunds.domain.calculation.fee import Fee, bar_reason
from service_refunds.domain.calculation.inputs.charge import Charge
from service_refunds.domain.calculation.inputs.component import (
    Component,
    ComponentName,
    charge_of,
    components_of,
)
from service_refunds.domain.calculation.inputs.order_part import Shipment
from service_refunds.domain.calculation.inputs.policy import FreightRule, RefundPolicy
from service_refunds.domain.calculation.inputs.refund_request import LegalFacts, RefundRequest, Regime
from service_refunds.domain.calculation.promotion import ReturnedLine
from service_refunds.domain.calculation.returned_value import ReturnedValue, returned_value_of
from shared.kernel.money import Money


@dataclass(frozen=True, slots=True)
class FreightRefundRule:
    """The rule for one refund. It says when freight goes back, whether express freight counts only as standard freight,
    and whether the law gives freight back with a whole order regardless of the rule for parts.
    """

    rule: FreightRule
    standard_only: bool = False
    whole_by_law: bool = False


def freight_refund_rule(facts: LegalFacts, policy: RefundPolicy) -> FreightRefundRule:
    """The seller's fault gives all freight back, a European withdrawal the standard rate, any other return the promised
    freight.
    """
    if facts.seller_at_fault:
        return FreightRefundRule(FreightRule.PROPORTIONAL)
    if facts.european_withdrawal:
        return FreightRefundRule(policy.part_withdrawal_freight, standard_only=True, whole_by_law=True)
    return FreightRefundRule(policy.contract_freight, policy.contract_freight_standard_only)


def outbound_freight(request: RefundRequest, returns: Sequence[ReturnedLine]) -> list[Component]:
    """The outbound freight that goes back with these units, for each shipment."""
    order = request.order
    right = freight_refund_rule(request.facts, request.policy)
    at_once, complete = is_whole_at_once(returns), is_whole_order(returns)
    parts: list[Component] = []
    for shipment in order.shipments:
        if not any(shipment.charge.figures) or (right.rule is FreightRule.NONE and not right.whole_by_law):
            continue
        gone = charge_of(ComponentName.FREIGHT_NET, shipment.id, request.history.components, order.mode, order.currency)
        limit = _limit(shipment, right)
        if complete and (at_once or right.rule in {FreightRule.LAST_ITEM, FreightRule.PROPORTIONAL}):
            due = limit.minus(gone)
        elif right.rule is FreightRule.PROPORTIONAL:
            due = _share(limit, returned_value_of(returns, order.mode, shipment.carries))
        else:
            continue
        due = _at_most(due, shipment.charge.minus(gone))
        parts += components_of(ComponentName.FREIGHT_NET, due, order.mode, shipment.id) if any(due.figures) else []
    return parts


def lost_free_shipping_fees(
    request: RefundRequest, returns: Sequence[ReturnedLine], *, before: Money, kept: Money
) -> list[Fee]:
    """The published tariff for a parcel that was sent free because of goods that now come back (暂行办法 18).

    The tariff is charged on a part return when the gross basket reached `free_from` before and the kept basket no
    longer does. That happens once, because a basket only gets smaller.
    """
    wanted = request.policy.charge_lost_free_shipping
    wanted = request.facts.regime is Regime.CN if wanted is None else wanted
    if not wanted or is_whole_order(returns) or not any(each.units for each in returns):
        return []
    return [
        Fee(ComponentName.LOST_FREE_SHIPPING, shipment.tariff, shipment.tariff, shipment.id, barred_by)
        for barred_by in (bar_reason(ComponentName.LOST_FREE_SHIPPING, request.facts),)
        for shipment in request.order.shipments
        if shipment.tariff and shipment.free_from and not shipment.paid
        if kept < shipment.free_from <= before
    ]


def is_whole_order(returns: Sequence[ReturnedLine]) -> bool:
    """Whether the customer keeps nothing, not even a free line (3.9).

    Units that were cancelled before they were sent, or paid for elsewhere, are not kept.
    """
    return all(each.kept <= each.state.away for each in returns) and any(each.units for each in returns)


def is_whole_at_once(returns: Sequence[ReturnedLine]) -> bool:
    """Whether the whole order goes back in this request."""
    return is_whole_order(returns) and not any(each.state.gone or each.state.away for each in returns)


def _limit(shipment: Shipment, right: FreightRefundRule) -> Charge:
    charge, standard = shipment.charge, shipment.standard
    if not right.standard_only or standard is None or standard >= shipment.paid:
        return charge
    return charge.fraction(standard.minor, shipment.paid.minor)


def _share(limit: Charge, progress: ReturnedValue) -> Charge:
    return limit.fraction(progress.after, progress.whole).minus(limit.fraction(progress.before, progress.whole))


def _at_most(due: Charge, left: Charge) -> Charge:
    """The due charge with every figure limited to what is left of it and to zero."""
    remaining = dict(left.taxes)
    taxes = [max(0, min(tax, remaining.get(rate, 0))) for rate, tax in due.taxes]
    return Charge(due.currency, due.rates, (max(0, min(due.canonical, left.canonical)), *taxes))
