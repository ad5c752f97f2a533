"""What is owed and no payment of the order can give back: its amount and the reason, for a person (Z09)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from service_refunds.domain.calculation.inputs.policy import ShortfallRule
from service_refunds.domain.calculation.inputs.refund_request import RefundRequest
from service_refunds.domain.calculation.tender_balance import TenderBalance, available_in
from shared.kernel.money import Money, total


class RemainderReason(StrEnum):
    """Why the payments of the order cannot give the amount back."""

    PAYMENTS_USED_UP = "payments_used_up"
    DISPUTE_OPEN = "dispute_open"


@dataclass(frozen=True, slots=True)
class Remainder:
    """An amount that a person has to settle."""

    reason: RemainderReason
    amount: Money


def remainders_of(
    request: RefundRequest, refund: Money, carried: Money, balances: Sequence[TenderBalance], *, last: bool
) -> tuple[Remainder, ...]:
    """The parts of the refund that the payments no longer have. Nothing when the rule refuses such a refund.

    An exchange is paid by the goods or not at all, so it leaves no remainder. `last`: the whole order is back.
    """
    rule, available = request.policy.shortfall, available_in(balances, refund.currency)
    missing = refund - available
    if missing.minor <= 0 or carried or rule is ShortfallRule.REFUSE:
        return ()
    disputes = (balance.tender.disputed for balance in balances)
    disputed = min(missing, total((each for each in disputes if each is not None), refund.currency))
    if rule is ShortfallRule.PAY_LAST and (disputed or not last):
        return ()
    parts = ((RemainderReason.DISPUTE_OPEN, disputed), (RemainderReason.PAYMENTS_USED_UP, missing - disputed))
    return tuple(Remainder(reason, amount) for reason, amount in parts if amount)
