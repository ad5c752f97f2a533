"""The named, signed parts of a refund. Parts add up to the total; their names never change (3.1)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from service_refunds.domain.calculation.inputs.charge import Charge, PriceMode
from shared.kernel.money import Money, exact


class ComponentName(StrEnum):
    GOODS_NET = "goods_net"
    GOODS_TAX = "goods_tax"
    RERATED_NET = "rerated_net"
    RERATED_TAX = "rerated_tax"
    FREIGHT_NET = "outbound_freight_net"
    FREIGHT_TAX = "outbound_freight_tax"
    ORDER_FEE_NET = "order_fee_net"
    ORDER_FEE_TAX = "order_fee_tax"
    LOST_FREE_SHIPPING = "lost_free_shipping"
    VALUE_LOSS = "value_loss"
    GIFT = "gift_not_returned"
    RESTOCKING = "restocking_fee"
    WAIVED_CARD_FEE = "waived_card_fee"
    RETURN_FREIGHT = "return_freight"
    ADJUSTMENT = "adjustment"
    ELSEWHERE_NET = "refunded_elsewhere_net"
    ELSEWHERE_TAX = "refunded_elsewhere_tax"
    UNPAID = "not_paid_yet"
    PAID_LATER = "paid_later"
    EXCHANGE_NET = "exchange_net"
    EXCHANGE_TAX = "exchange_tax"
    FREIGHT_RECEIPT = "freight_receipt"
    GOODWILL = "goodwill"
    BONUS = "bonus"
    BONUS_KEPT = "bonus_kept"
    REMAINDER = "remainder"


class ComponentRoute(StrEnum):
    """How a component is paid: through the tenders, as a payment of its own, or only as store credit."""

    TENDERS = "tenders"
    OWN = "own"
    CREDIT = "credit"


COMPONENT_ROUTES: Final = {
    ComponentName.FREIGHT_RECEIPT: ComponentRoute.OWN,
    ComponentName.GOODWILL: ComponentRoute.OWN,
    ComponentName.BONUS: ComponentRoute.CREDIT,
    ComponentName.BONUS_KEPT: ComponentRoute.CREDIT,
}
TAX_COMPONENTS: Final = frozenset(
    {
        ComponentName.GOODS_TAX,
        ComponentName.RERATED_TAX,
        ComponentName.FREIGHT_TAX,
        ComponentName.ORDER_FEE_TAX,
        ComponentName.ELSEWHERE_TAX,
    }
)
TAX_OF: Final = {
    ComponentName.GOODS_NET: ComponentName.GOODS_TAX,
    ComponentName.RERATED_NET: ComponentName.RERATED_TAX,
    ComponentName.FREIGHT_NET: ComponentName.FREIGHT_TAX,
    ComponentName.ORDER_FEE_NET: ComponentName.ORDER_FEE_TAX,
    ComponentName.EXCHANGE_NET: ComponentName.EXCHANGE_TAX,
    ComponentName.ELSEWHERE_NET: ComponentName.ELSEWHERE_TAX,
}


@dataclass(frozen=True, slots=True)
class Component:
    """One signed part; a positive part goes to the customer. `subject` names the line, unit, shipment or gift of the
    part.
    """

    name: ComponentName
    amount: Money
    subject: str = ""
    rate: str = ""

    @property
    def route(self) -> ComponentRoute:
        return COMPONENT_ROUTES.get(self.name, ComponentRoute.TENDERS)


def components_of(name: ComponentName, charge: Charge, mode: PriceMode, subject: str) -> list[Component]:
    """A charge as its net component and one tax component for each rate that is not zero."""
    currency = charge.currency
    parts = [Component(name, exact(charge.net(mode), currency), subject)]
    for rate, tax in charge.taxes:
        if tax:
            parts.append(Component(TAX_OF[name], exact(tax, currency), subject, rate))
    return parts


def charge_of(
    name: ComponentName, subject: str, components: tuple[Component, ...], mode: PriceMode, currency: str
) -> Charge:
    """The sum of earlier components of this name and subject as one charge; the reverse of `components_of`."""
    net, taxes = 0, dict[str, int]()
    for part in components:
        if part.subject == subject and part.name is name:
            net += part.amount.minor
        elif part.subject == subject and part.name is TAX_OF[name]:
            taxes[part.rate] = taxes.get(part.rate, 0) + part.amount.minor
    canonical = net + sum(taxes.values()) if mode is PriceMode.INCLUSIVE else net
    return Charge(currency, tuple(taxes), (canonical, *taxes.values()))
