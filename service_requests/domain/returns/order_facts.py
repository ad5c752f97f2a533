"""What a return keeps of its order."""

from dataclasses import dataclass
from typing import Self

from service_requests.domain.orders.order import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """The facts of the order on the day of the request; a return never changes them."""

    id: str
    number: str
    customer_id: str
    language: str
    regime: str
    currency: str

    @classmethod
    def of(cls, order: Order) -> Self:
        """The facts of this order."""
        return cls(
            id=order.id,
            number=order.number,
            customer_id=order.customer_id,
            language=order.language,
            regime=order.regime,
            currency=order.currency,
        )
