"""Another attempt to pay what has failed for certain: the same amount to the same tender, under a new key (Z22)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from service_refunds.domain.events import RefundAskedAgain, RefundReopened
from service_refunds.domain.ledger.balance import Balance, BalanceKey, Kind, reserve
from service_refunds.domain.settlement.payout import next_attempt, released_portions
from service_refunds.domain.settlement.recovery import Retry
from service_refunds.domain.settlement.refund import Refund
from service_refunds.domain.settlement.resolving import check_nothing_waits
from service_refunds.domain.settlement.state import UNPAID, State
from shared.kernel.errors import IllegalMove


def retry(
    refund: Refund, balances: Mapping[BalanceKey, Balance], at: datetime, *, by: str | None = None, reason: str = ""
) -> None:
    """Reserve the amounts that failed once more; the executor pays them. Without `by` the time for it has come.

    An attempt whose end is unknown is never repeated under a new key, so the refund must have failed for certain.
    `ResolutionWaits`, `IllegalMove`, and `RefundExceedsAvailable` when the order has no room for the amount any more.
    """
    check_nothing_waits(refund)
    if refund.state not in UNPAID:
        raise IllegalMove("retry", refund.state, UNPAID)
    attempts = [
        next_attempt(failed, f"{refund.id}-{number}", released_portions(failed, refund.payouts, refund.terms.demands))
        for number, failed in enumerate(refund.unpaid, len(refund.payouts) + 1)
    ]
    reserve(balances, (part for each in attempts for part in each.portions if part.kind is not Kind.UNIT))
    was_told = refund.state is State.FAILED
    refund.move("retry")
    refund.due_at, refund.asked, refund.code = at, 0, None
    refund.reserve_again(attempts)
    known = refund.recovery
    if by is None:
        refund.recovery = replace(known, tries=known.tries + 1)
    else:
        refund.recovery = replace(known, tries=0, retries=(*known.retries, Retry(by, at, reason)))
    if was_told:
        refund.recovery = replace(refund.recovery, failed_at=None, since=None)
    refund.events.append(RefundReopened(at) if was_told else RefundAskedAgain())
