"""What becomes of refunds that the provider did not pay: further attempts, looks, and the words of two persons (Z22).

The order is counted with each act, so that a refund that is calculated at the same time is calculated again.
"""

from collections.abc import Mapping
from datetime import datetime

from service_refunds.application.ports import UnitOfWork
from service_refunds.domain.ledger.balance import Balance, BalanceKey, RefundExceedsAvailable
from service_refunds.domain.settlement import late_answers, resolving, retrying
from service_refunds.domain.settlement.provider import ProviderAnswer
from service_refunds.domain.settlement.refund import Refund
from service_refunds.domain.settlement.resolution import Resolution, ResolutionOutcome
from service_refunds.domain.settlement.state import State


async def retry(uow: UnitOfWork, refund_id: str, *, reason: str, by: str, at: datetime) -> Refund:
    """A person has the refund tried again. `NotFound`, `ResolutionWaits`, `IllegalMove`, `RefundExceedsAvailable`."""
    refund, balances = await _with_balances(uow, refund_id)
    retrying.retry(refund, balances, at, by=by, reason=reason)
    return refund


async def inquire(uow: UnitOfWork, refund_id: str, at: datetime) -> Refund:
    """A person has the provider asked again. `NotFound`, `IllegalMove`."""
    refund = await uow.refunds.get(refund_id)
    refund.inquire(at)
    return refund


async def propose(uow: UnitOfWork, refund_id: str, resolution: Resolution) -> Refund:
    """A person says what has become of the money. Raises what `resolving.propose` raises."""
    refund, balances = await _with_balances(uow, refund_id)
    resolving.propose(refund, resolution, balances)
    return refund


async def confirm(uow: UnitOfWork, refund_id: str, *, by: str, at: datetime) -> Refund:
    """A second person confirms. `NotFound`, `NoOpenResolution`, `SecondPersonNeeded`."""
    refund, balances = await _with_balances(uow, refund_id)
    if resolving.check_second_person(refund, by).outcome is ResolutionOutcome.FOUND_PAID:
        late_answers.found_paid(refund, by, at, balances)
    else:
        resolving.confirm(refund, by, at)
    return refund


async def withdraw(uow: UnitOfWork, refund_id: str, *, by: str, at: datetime) -> Refund:
    """What waits for a second person is taken back. `NotFound`, `NoOpenResolution`."""
    refund, _ = await _with_balances(uow, refund_id)
    resolving.withdraw(refund, by, at)
    return refund


async def go_on(uow: UnitOfWork, refund_id: str, at: datetime) -> Refund:
    """The time of this refund has come: the next attempt of one that waits, or the next look at one that failed.

    When the order has no room for the amount any more, a person looks.
    """
    refund, balances = await _with_balances(uow, refund_id)
    if refund.state is State.WAITING and refund.due_at is not None and refund.due_at <= at:
        try:
            retrying.retry(refund, balances, at)
        except RefundExceedsAvailable as refusal:
            refund.give_up(at, refusal.code)
    if refund.look_at is not None and refund.look_at <= at:
        refund.looked(at)
        if refund.state is State.MANUAL_REVIEW and refund.open_payouts:
            refund.inquire(at)
    return refund


async def hear(uow: UnitOfWork, refund_id: str, answers: Mapping[str, ProviderAnswer | None], at: datetime) -> None:
    """The provider has paid what had failed. The money is counted once."""
    refund, balances = await _with_balances(uow, refund_id)
    late_answers.hear(refund, answers, at, balances)


async def postpone(uow: UnitOfWork, refund_id: str, until: datetime) -> None:
    """Do not send the next attempt before the provider has said what became of the former one."""
    refund = await uow.refunds.get(refund_id)
    if refund.state is State.RESERVED:
        refund.postpone(until)


async def _with_balances(uow: UnitOfWork, refund_id: str) -> tuple[Refund, Mapping[BalanceKey, Balance]]:
    refund = await uow.refunds.get(refund_id)
    known = await uow.orders.find(refund.terms.order_id)
    if known is not None:
        known.count(0)
    return refund, await uow.balances_of(refund.terms.order_id)
