"""Moving money in steps: commit the submission, call the provider outside every transaction, commit its answers."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol, TypeVar

from service_refunds.application.ports import UnitOfWork
from service_refunds.domain.settlement.provider import NoProviderAnswer, PaymentProvider, ProviderAnswer
from service_refunds.domain.settlement.refund import STATES_AT_PROVIDER, Payout, Refund, State
from shared.contracts.envelope import Origin
from shared.runtime.clock import Clock

T = TypeVar("T")

ProviderCall = Callable[[Refund, Payout], Awaitable[ProviderAnswer | None]]

ACTOR: Final = "service:refunds"
CALL_SECONDS: Final = 10.0
"""The longest wait for a provider; shorter than the lease of a submission."""


class Transactions(Protocol):
    """Runs one use case in a transaction of its own and returns after its commit."""

    async def run(self, use_case: Callable[[UnitOfWork], Awaitable[T]], origin: Origin) -> T: ...


@dataclass(frozen=True, slots=True)
class RefundExecution:
    """Executes refunds. A step may stop anywhere; the next step continues from the committed state."""

    provider: PaymentProvider
    transactions: Transactions
    clock: Clock

    async def pay(self, refund_id: str) -> None:
        """Pay a reserved refund: commit the submission, call the provider, commit the answers."""
        submitted: Refund | None = await self.transactions.run(
            lambda uow: submit(uow, refund_id, self.clock, self.provider.key_window), Origin(ACTOR)
        )
        if submitted is not None:
            answers = await self._each(submitted, self._send)
            await self._record(submitted, answers)

    async def ask(self, refund_id: str) -> None:
        """Ask the provider about a refund whose end is unknown, by the keys of its payouts.

        A payout that the provider does not know is sent again with the same key, while keys are honoured.
        """
        doubtful: Refund | None = await self.transactions.run(lambda uow: find_doubtful(uow, refund_id), Origin(ACTOR))
        if doubtful is not None:
            answers = await self._each(doubtful, self._look_up)
            await self._record(doubtful, answers)

    async def _record(self, refund: Refund, answers: Mapping[str, ProviderAnswer | None]) -> None:
        origin = Origin(ACTOR, refund.terms.return_id)
        await self.transactions.run(lambda uow: record(uow, refund.id, answers, self.clock), origin)

    async def _each(self, refund: Refund, call: ProviderCall) -> Mapping[str, ProviderAnswer | None]:
        payouts = refund.open_payouts
        answers = await asyncio.gather(*(_answer_or_none(call, refund, payout) for payout in payouts))
        return {payout.key: answer for payout, answer in zip(payouts, answers, strict=True)}

    async def _send(self, _: Refund, payout: Payout) -> ProviderAnswer | None:
        return await self.provider.refund(payout.key, payout.reference, payout.amount)

    async def _look_up(self, refund: Refund, payout: Payout) -> ProviderAnswer | None:
        known = await self.provider.lookup(payout.key)
        if known is None and payout.state is not State.PENDING and refund.may_send(self.clock()):
            return await self._send(refund, payout)
        return known


async def submit(uow: UnitOfWork, refund_id: str, clock: Clock, key_window: timedelta) -> Refund | None:
    """Mark the refund before the first byte is sent: from now on the provider may know its payouts.

    None when another process has submitted the refund already.
    """
    refund = await uow.refunds.get(refund_id)
    if refund.state is not State.RESERVED:
        return None
    refund.submit(clock(), key_window)
    return refund


async def find_doubtful(uow: UnitOfWork, refund_id: str) -> Refund | None:
    """The refund, if its end is still unknown."""
    refund = await uow.refunds.get(refund_id)
    return refund if refund.state in STATES_AT_PROVIDER else None


async def record(uow: UnitOfWork, refund_id: str, answers: Mapping[str, ProviderAnswer | None], clock: Clock) -> None:
    """Record the provider's answers, unless another process has recorded them already."""
    refund = await uow.refunds.get(refund_id)
    if refund.state in STATES_AT_PROVIDER:
        refund.record(answers, clock())


async def _answer_or_none(call: ProviderCall, refund: Refund, payout: Payout) -> ProviderAnswer | None:
    try:
        async with asyncio.timeout(CALL_SECONDS):
            return await call(refund, payout)
    except (NoProviderAnswer, TimeoutError):
        return None
