"""What an order charged besides goods and freight, and how much of it goes back (CRD 13(1), Z05).

`CHARGE_RULES` says for each kind of charge when it goes back. A charge that names a line goes back with the pieces of
that line, any other charge with the goods, by what was paid for them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from service_refunds.domain.calculation.freight import is_whole_order
from service_refunds.domain.calculation.inputs.charge import Charge
from service_refunds.domain.calculation.inputs.component import (
    Component,
    ComponentName,
    charge_of,
    components_of,
)
from service_refunds.domain.calculation.inputs.order_part import ChargeKind, OrderFee
from service_refunds.domain.calculation.inputs.policy import RefundPolicy
from service_refunds.domain.calculation.inputs.refund_request import LegalFacts, RefundRequest
from service_refunds.domain.calculation.promotion import ReturnedLine
from service_refunds.domain.calculation.returned_value import ReturnedValue, returned_value_of


class ChargeShare(StrEnum):
    """How much goes back: the share of the goods that come back, or everything with the last piece of the order."""

    WITH_GOODS = "with_goods"
    WHOLE_ORDER = "whole_order"


@dataclass(frozen=True, slots=True)
class ChargeRule:
    """The rule of one kind. By law, and when the seller is at fault, every charge goes back; in any other return the
    policy decides through `promised`.
    """

    share: ChargeShare
    promised: Callable[[RefundPolicy], bool]


def _fees(policy: RefundPolicy) -> bool:
    return policy.refund_order_fees


def _surcharge(policy: RefundPolicy) -> bool:
    return not policy.keep_surcharge


def _always(_: RefundPolicy) -> bool:
    return True


CHARGE_RULES: Final[Mapping[ChargeKind, ChargeRule]] = {
    # kind                              share of a part return               goes back without law or fault
    ChargeKind.WRAP: ChargeRule(ChargeShare.WITH_GOODS, _fees),
    ChargeKind.PAYMENT_FEE: ChargeRule(ChargeShare.WITH_GOODS, _surcharge),
    ChargeKind.INSURANCE: ChargeRule(ChargeShare.WITH_GOODS, _fees),
    ChargeKind.DUTY: ChargeRule(ChargeShare.WITH_GOODS, _always),
    ChargeKind.TIP: ChargeRule(ChargeShare.WHOLE_ORDER, _fees),
    ChargeKind.OTHER: ChargeRule(ChargeShare.WITH_GOODS, _fees),
}
FEE: Final = ChargeRule(ChargeShare.WHOLE_ORDER, _fees)
SURCHARGE: Final = ChargeRule(ChargeShare.WHOLE_ORDER, _surcharge)
"""The rules of a fee without a kind."""


def order_charges(request: RefundRequest, returns: Sequence[ReturnedLine]) -> list[Component]:
    """The charges that go back with these units."""
    order, whole = request.order, is_whole_order(returns)
    parts: list[Component] = []
    for fee in order.fees:
        rule = _rule_of(fee)
        if not _goes_back(rule, request.facts, request.policy):
            continue
        if rule.share is ChargeShare.WITH_GOODS:
            due = _growth(fee.charge, _progress(fee, request, returns))
        elif whole:
            components = request.history.components
            gone = charge_of(ComponentName.ORDER_FEE_NET, fee.id, components, order.mode, order.currency)
            due = fee.charge.minus(gone)
        else:
            continue
        parts += components_of(ComponentName.ORDER_FEE_NET, due, order.mode, fee.id) if any(due.figures) else []
    return parts


def _rule_of(fee: OrderFee) -> ChargeRule:
    if fee.kind is None:
        return SURCHARGE if fee.surcharge else FEE
    return CHARGE_RULES[fee.kind]


def _goes_back(rule: ChargeRule, facts: LegalFacts, policy: RefundPolicy) -> bool:
    return facts.seller_at_fault or facts.european_withdrawal or rule.promised(policy)


def _progress(fee: OrderFee, request: RefundRequest, returns: Sequence[ReturnedLine]) -> ReturnedValue:
    """How much of the goods of this charge is back: by amounts, or by pieces where the goods cost nothing."""
    if not fee.line:
        value = returned_value_of(returns, request.order.mode)
        if value.whole:
            return value
    lines = [each for each in returns if fee.line in {"", each.state.line.id}]
    before = sum([len(each.state.gone) for each in lines])
    now = sum([len(each.units) for each in lines])
    return ReturnedValue(before, before + now, sum([each.state.line.quantity for each in lines]))


def _growth(charge: Charge, progress: ReturnedValue) -> Charge:
    return charge.fraction(progress.after, progress.whole).minus(charge.fraction(progress.before, progress.whole))
