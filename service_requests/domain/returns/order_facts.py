"""What a return keeps of its order."""

from dataclasses import dataclass
from typing import Self

from service_requests.domain.orders.order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """The facts of the order on the day of the request; a return never changes them.

    `storefront` is empty for a return from before it was kept. `known_facts` is how many later facts of the order the
    decision knew, so that it can be made again.
    """

    id: str
    number: str
    customer_id: str
    language: str
    regime: str
    currency: str
    storefront: str = ""
    known_facts: int = 0

    @classmethod
    def of(cls, order: Order, known_facts: int = 0) -> Self:
        """The facts of this order."""
        return cls(
            id=order.id,
            number=order.number,
            customer_id=order.customer_id,
            language=order.language,
            regime=order.regime,
            currency=order.currency,
            storefront=order.storefront,
            known_facts=known_facts,
        )
