"""A person closes what no payment of the order could give back: paid in another way, or not owed (Z09)."""

from service_refunds.application.ports import UnitOfWork
from service_refunds.domain.settlement.refund import Refund
from service_refunds.domain.settlement.terms import RemainderClosure, RemainderOutcome
from shared.runtime.clock import Clock


async def close(
    uow: UnitOfWork, refund_id: str, outcome: RemainderOutcome, *, reason: str, by: str, clock: Clock
) -> Refund:
    """Close the remainder of this refund for good. `NoOpenRemainder` when there is none or it is closed."""
    refund = await uow.refunds.get(refund_id)
    refund.close_remainder(RemainderClosure(outcome, reason, by, clock()))
    return refund
