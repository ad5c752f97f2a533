"""What is fixed of a refund before the provider is asked, and how a person closes what no payment can give back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from service_refunds.domain.calculation.inputs.component import Component
from service_refunds.domain.calculation.inputs.history import LineHistory
from service_refunds.domain.calculation.inputs.returned_group import ReturnedGroup
from service_refunds.domain.calculation.remainder import Remainder
from service_refunds.domain.ledger.balance import BalanceDemand
from shared.kernel.errors import Refused, Said
from shared.kernel.money import Money, total


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundTerms:
    """What is fixed before the provider is asked: which units, why this amount, from which balances."""

    return_id: str
    order_id: str
    customer_id: str
    language: str
    amount: Money
    units: Mapping[str, str]
    """The line of each unit."""
    components: tuple[Component, ...]
    demands: tuple[BalanceDemand, ...]
    restated: tuple[LineHistory, ...]
    ended_coupons: tuple[str, ...]
    calculation: str
    """The fingerprint of the calculation: equal requests have equal fingerprints."""
    pay_by: datetime
    opened_at: datetime
    pay_by_day: date | None = None
    """The day of `pay_by` in the zone of the law. Not known for approvals from before 0.2."""
    returned: ReturnedGroup | None = None
    """What later refunds of the order need of this one (Z08). Refunds from before 0.2 have none."""
    remainders: tuple[Remainder, ...] = ()
    """What is owed and no payment could give back, for a person (Z09)."""
    beyond_order: tuple[str, ...] = ()
    """Units of which the order has no piece left: it was cancelled or refunded otherwise. Nothing is paid for them."""
    order_number: str | None = None
    """As the shop writes it. Not known of refunds from before 0.2."""
    storefront: str | None = None
    rma: str | None = None

    @property
    def remainder(self) -> Money | None:
        """All remainders together, if there is one."""
        return total((each.amount for each in self.remainders), self.amount.currency) if self.remainders else None

    def by_component(self) -> Mapping[str, int]:
        """The signed sum of each named part."""
        sums: dict[str, int] = {}
        for part in self.components:
            sums[part.name.value] = sums.get(part.name.value, 0) + part.amount.minor
        return sums


class RemainderOutcome(StrEnum):
    """What became of a remainder: a person paid it in another way, or it is not owed."""

    PAID_OTHERWISE = "paid_otherwise"
    NOT_OWED = "not_owed"


@dataclass(frozen=True, slots=True)
class RemainderClosure:
    """Who closed the remainder of a refund, when, how and why."""

    outcome: RemainderOutcome
    reason: str
    by: str
    at: datetime


class NoOpenRemainder(Refused):
    """The refund has no remainder, or a person has closed it before."""

    code = "no_open_remainder"
    title = Said("There is no open remainder", "没有待处理的剩余款项")
    detail = Said("Refund {refund} has no open remainder.", "退款 {refund} 没有待处理的剩余款项。")
