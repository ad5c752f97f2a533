"""A person closes an entry of the list of money that may have gone back twice."""

from service_refunds.application.ports import UnitOfWork
from service_refunds.domain.finance.double_payment import DoublePayment, DoublePaymentClosure, DoublePaymentOutcome
from shared.runtime.clock import Clock


async def close(
    uow: UnitOfWork, entry_id: str, outcome: DoublePaymentOutcome, *, reason: str, by: str, clock: Clock
) -> DoublePayment:
    """Close this entry for good. `NotFound`, `DoublePaymentIsClosed`."""
    entry = await uow.double_payments.get(entry_id)
    entry.close(DoublePaymentClosure(outcome, reason, by, clock()))
    return entry
