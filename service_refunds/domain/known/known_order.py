"""What this service keeps of others' facts: the order as it was imported, and what was said when a
return was approved.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from service_refunds.domain.events import OrderRecorded, RefundCounted
from service_refunds.domain.ledger.balance import Balance

PAY_WITHIN: Final[Mapping[str, timedelta]] = {
    # from goods in; to the minute, so that no weekend and no end of day ever moves it in the merchant's favour
    "CN": timedelta(days=7),   # 暂行办法 13; 消法 25
    "EU": timedelta(days=14),  # CRD 13(1), (3)
    "UK": timedelta(days=14),  # CCR 34(5)
    "US": timedelta(days=14),  # the merchant's policy
}  # fmt: skip


@dataclass(slots=True, kw_only=True)
class KnownOrder:
    """The imported snapshot, verbatim; its version moves with every refund, so that refunds of one order
    never pass.
    """

    id: str
    regime: str
    currency: str
    snapshot: Mapping[str, Any]
    refunds: int = 0
    version: int = 0
    sequence: int = 0
    events: list[object] = field(default_factory=list, repr=False, compare=False)

    def open_balances(self, balances: Iterable[Balance]) -> None:
        """Begin with what may go back at most."""
        self.events.append(OrderRecorded(tuple(balances)))

    def count(self, refunds: int) -> None:
        """Refunds were opened."""
        self.refunds += refunds
        self.events.append(RefundCounted())

    def pay_by(self, goods_in: datetime) -> datetime:
        """The last moment at which the law or the policy wants the money to have left (I06)."""
        return goods_in + PAY_WITHIN[self.regime]
