"""The named, signed parts that a refund consists of; they add up to its total and keep their names for
ever (3.1).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from service_refunds.domain.charge import Charge, PriceMode
from shared.kernel.money import Money, exact


class Name(StrEnum):
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
    EXCHANGE_NET = "exchange_net"
    EXCHANGE_TAX = "exchange_tax"
    FREIGHT_RECEIPT = "freight_receipt"
    GOODWILL = "goodwill"
    BONUS = "bonus"
    BONUS_KEPT = "bonus_kept"


class Route(StrEnum):
    """How a component travels: with the tenders, as a payment of its own, or only as store credit."""

    TENDERS = "tenders"
    OWN = "own"
    CREDIT = "credit"


ROUTES: Final = {
    Name.FREIGHT_RECEIPT: Route.OWN,
    Name.GOODWILL: Route.OWN,
    Name.BONUS: Route.CREDIT,
    Name.BONUS_KEPT: Route.CREDIT,
}
TAXES: Final = frozenset({Name.GOODS_TAX, Name.RERATED_TAX, Name.FREIGHT_TAX, Name.ORDER_FEE_TAX})
TAX_OF: Final = {
    Name.GOODS_NET: Name.GOODS_TAX,
    Name.RERATED_NET: Name.RERATED_TAX,
    Name.FREIGHT_NET: Name.FREIGHT_TAX,
    Name.ORDER_FEE_NET: Name.ORDER_FEE_TAX,
    Name.EXCHANGE_NET: Name.EXCHANGE_TAX,
}


@dataclass(frozen=True, slots=True)
class Component:
    """One signed part: positive goes to the customer. `subject` is the line, unit, shipment, gift … it
    is about.
    """

    name: Name
    amount: Money
    subject: str = ""
    rate: str = ""

    @property
    def route(self) -> Route:
        return ROUTES.get(self.name, Route.TENDERS)


def components_of(name: Name, charge: Charge, mode: PriceMode, subject: str) -> list[Component]:
    """A charge as its net component and one tax component for each rate that is not zero."""
    currency = charge.currency
    parts = [Component(name, exact(charge.net(mode), currency), subject)]
    for rate, tax in charge.taxes:
        if tax:
            parts.append(Component(TAX_OF[name], exact(tax, currency), subject, rate))
    return parts


def charge_of(name: Name, subject: str, components: tuple[Component, ...], mode: PriceMode, currency: str) -> Charge:
    """The charge that earlier components of this name and subject come to: what `components_of` took
    apart.
    """
    net, taxes = 0, dict[str, int]()
    for part in components:
        if part.subject == subject and part.name is name:
            net += part.amount.minor
        elif part.subject == subject and part.name is TAX_OF[name]:
            taxes[part.rate] = taxes.get(part.rate, 0) + part.amount.minor
    canonical = net + sum(taxes.values()) if mode is PriceMode.INCLUSIVE else net
    return Charge(currency, tuple(taxes), (canonical, *taxes.values()))
