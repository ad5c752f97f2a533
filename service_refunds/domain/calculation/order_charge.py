"""What an order charged besides goods and freight, and how much of it goes back (CRD 13(1), Z05).

`CHARGE_RULES` says for each kind of charge when it goes back. A charge that names a line goes back with the pieces of
that line, any other charge with the goods, by what was paid for them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from service_refunds.domain.calculation.freight import at_most, with_others
from service_refunds.domain.calculation.inputs.charge import Charge
from service_refunds.domain.calculation.inputs.component import (
    Component,
    ComponentName,
    charge_of,
    components_of,
)
from service_refunds.domain.calculation.inputs.order_part import ChargeKind, OrderFee
from service_refunds.domain.calculation.inputs.refund_request import RefundRequest
from service_refunds.domain.calculation.inputs.returned_group import ReturnedGroup
from service_refunds.domain.calculation.returned_set import ReturnedSet
from service_refunds.domain.calculation.returned_value import ReturnedValue, returned_value_of


class ChargeShare(StrEnum):
    """How much goes back: the share of the goods that come back, or everything with the last piece of the order."""

    WITH_GOODS = "with_goods"
    WHOLE_ORDER = "whole_order"


@dataclass(frozen=True, slots=True)
class ChargeRule:
    """The rule of one kind. `promised` says whether the pieces of a group bring it back: all do by law, and when the
    seller is at fault; in any other return the policy decides.
    """

    share: ChargeShare
    promised: Callable[[ReturnedGroup], bool]


def _fees(group: ReturnedGroup) -> bool:
    return group.order_fees


def _surcharge(group: ReturnedGroup) -> bool:
    return group.surcharge


def _always(_: ReturnedGroup) -> bool:
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


def order_charges(request: RefundRequest, returned: ReturnedSet) -> list[Component]:
    """The charges that go back now: what is due for the returned set, less what was given (Z08)."""
    order, parts = returned.order, list[Component]()
    for fee in order.fees:
        due = _due(fee, returned)
        if request.history.components or returned.given.charges:
            key = ComponentName.ORDER_FEE_NET, fee.id
            gone = charge_of(*key, request.history.components, order.mode, order.currency)
            due = at_most(due.minus(returned.given.charges.get(key, due.nothing())), fee.charge.minus(gone))
        parts += components_of(ComponentName.ORDER_FEE_NET, due, order.mode, fee.id) if any(due.figures) else []
    return parts


def _due(fee: OrderFee, returned: ReturnedSet) -> Charge:
    """What the whole set brings back of this charge."""
    rule = _rule_of(fee)
    if rule.share is ChargeShare.WHOLE_ORDER and not returned.whole:
        return fee.charge.nothing()
    counts = returned.count(rule.promised)
    if list(counts) == list(returned.counts):
        counts = with_others(counts, returned, earlier=True)
    if fee.line:
        lines = [(count, each.state.line) for count, each in zip(counts, returned.lines, strict=True)]
        own = [(count, line.quantity) for count, line in lines if line.id == fee.line]
        return ReturnedValue(sum([count for count, _ in own]), sum([bought for _, bought in own])).of(fee.charge)
    return returned_value_of(returned, counts).of(fee.charge)


def _rule_of(fee: OrderFee) -> ChargeRule:
    if fee.kind is None:
        return SURCHARGE if fee.surcharge else FEE
    return CHARGE_RULES[fee.kind]
