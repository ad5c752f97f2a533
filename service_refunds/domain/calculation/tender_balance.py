"""How a refund is divided among the payments of the order (I02): exactly, and never more than a payment has left."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from service_refunds.domain.calculation.inputs.history import RefundHistory
from service_refunds.domain.calculation.inputs.order import Order
from service_refunds.domain.calculation.inputs.policy import TenderOrder
from service_refunds.domain.calculation.inputs.refusal import DisputeOpen, OverRefund
from service_refunds.domain.calculation.inputs.tender import CREDIT_KINDS, Tender
from shared.kernel.money import Money, share_out, total


@dataclass(frozen=True, slots=True)
class TenderBalance:
    """One tender now: `cap` = captured - disputed; `used` is refunded, pending or reserved."""

    tender: Tender
    cap: Money
    used: Money

    def less(self, amount: Money) -> "TenderBalance":
        """The tender after `amount` was taken from it."""
        return TenderBalance(self.tender, self.cap, self.used + amount)

    @property
    def available(self) -> Money:
        return self.cap.like(max(0, self.cap.minor - self.used.minor))


def tender_balances(order: Order, history: RefundHistory) -> tuple[TenderBalance, ...]:
    """Every tender in the order of payment. A pending refund counts like one that has succeeded (3.6)."""
    zero = order.zero()
    ours = {use.tender: use.refunded + (use.pending or zero) for use in history.tenders}
    return tuple(
        TenderBalance(
            tender,
            tender.captured - (tender.disputed or zero),
            (tender.refunded or zero) + (tender.pending or zero) + ours.get(tender.id, zero),
        )
        for tender in order.tenders
    )


def available_in(balances: Sequence[TenderBalance], currency: str) -> Money:
    """What can still go back through all tenders together."""
    return total((balance.available for balance in balances), currency)


def require_available(amount: Money, balances: Sequence[TenderBalance]) -> None:
    """Refuse an amount that the tenders together do not have."""
    available = available_in(balances, amount.currency)
    if amount <= available:
        return
    disputes = (balance.tender.disputed for balance in balances)
    disputed = total((dispute for dispute in disputes if dispute is not None), amount.currency)
    if disputed and amount <= available + disputed:
        raise DisputeOpen(asked=amount, available=available)
    raise OverRefund(kind="order", key="captured", asked=amount, available=available)


def split_among_tenders(amount: Money, balances: Sequence[TenderBalance], order: TenderOrder) -> tuple[Money, ...]:
    """The part of `amount` that each tender gives back. `OverRefund` or `DisputeOpen` when they have too little."""
    if not amount:
        return (amount,) * len(balances)
    require_available(amount, balances)
    parts = SPLIT_RULES[order](amount.minor, balances)
    return tuple(Money(part, amount.currency) for part in parts)


def _proportional(amount: int, balances: Sequence[TenderBalance]) -> list[int]:
    return share_out(amount, [balance.available.minor for balance in balances])


def _in_turn(rank: Callable[[int, TenderBalance], int]) -> Callable[[int, Sequence[TenderBalance]], list[int]]:
    def fill(amount: int, balances: Sequence[TenderBalance]) -> list[int]:
        parts: dict[int, int] = {}
        for place in sorted(range(len(balances)), key=lambda place: rank(place, balances[place])):
            parts[place] = min(amount, balances[place].available.minor)
            amount -= parts[place]
        return [parts[place] for place in range(len(balances))]

    return fill


SPLIT_RULES: Final[Mapping[TenderOrder, Callable[[int, Sequence[TenderBalance]], list[int]]]] = {
    TenderOrder.PROPORTIONAL: _proportional,
    TenderOrder.CARD_FIRST: _in_turn(lambda _, balance: balance.tender.kind in CREDIT_KINDS),
    TenderOrder.CREDIT_FIRST: _in_turn(lambda _, balance: balance.tender.kind not in CREDIT_KINDS),
    TenderOrder.LIFO: _in_turn(lambda place, _: -place),
    TenderOrder.FIFO: _in_turn(lambda place, _: place),
}
