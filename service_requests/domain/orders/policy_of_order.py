"""The policy of an order: the policy version frozen at the purchase (B08)."""

from service_requests.domain.orders.order import Order
from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.rulebook import Rulebook


def policy_of(rules: Rulebook, order: Order) -> Policy:
    """The policy frozen at the purchase; for an order without a frozen policy, the policy of its day (B08).

    Raises `NoPolicy`.
    """
    frozen = rules.named(order.policy) if order.policy is not None else None
    return frozen or rules.of_day(order.regime, order.ordered_at, order.ship_to)
