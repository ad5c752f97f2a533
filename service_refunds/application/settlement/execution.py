"""Moving money in three commits: submit, then the call outside every transaction, then record what was said."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol, TypeVar

from service_refunds.application.ports import UnitOfWork
from service_refunds.domain.settlement.provider import NoProviderAnswer, PaymentProvider, ProviderAnswer
from service_refunds.domain.settlement.refund import STATES_AT_PROVIDER, Payout, Refund, State
from shared.runtime.clock import Clock

T = TypeVar("T")

ProviderCall = Callable[[Refund, Payout], Awaitable[ProviderAnswer | None]]

CALL_SECONDS: Final = 10.0
"""The longest wait for a provider; shorter than the lease of a submission."""


class RunInTransaction(Protocol):
    """Runs one use case in a transaction of its own and returns after its commit."""

    async def __call__(self, use_case: Callable[[UnitOfWork], Awaitable[T]], correlation: str | None) -> T: ...


@dataclass(frozen=True, slots=True)
class RefundExecution:
    """Executes refunds. A step may stop anywhere: the next step continues from the committed state."""

    provider: PaymentProvider
    commit: RunInTransaction
    clock: Clock

    async def pay(self, refund_id: str) -> None:
        """A reserved refund: write that we ask, ask, write what was said."""
        submitted: Refund | None = await self.commit(
            lambda uow: submit(uow, refund_id, self.clock, self.provider.key_window), None
        )
        if submitted is not None:
            answers = await self._each(submitted, self._send)
            await self._record(submitted, answers)

    async def ask(self, refund_id: str) -> None:
        """A refund whose end we do not know: ask by its own keys.

        A payout that the provider does not know is sent again with the same key, while keys are honoured.
        """
        doubtful: Refund | None = await self.commit(lambda uow: find_doubtful(uow, refund_id), None)
        if doubtful is not None:
            answers = await self._each(doubtful, self._look_up)
            await self._record(doubtful, answers)

    async def _record(self, refund: Refund, answers: Mapping[str, ProviderAnswer | None]) -> None:
        await self.commit(lambda uow: record(uow, refund.id, answers, self.clock), refund.terms.return_id)

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
    """Before the first byte: from now on the provider may know of it. None when somebody else was faster."""
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
    """After the call: what the provider said, unless it has been recorded already."""
    refund = await uow.refunds.get(refund_id)
    if refund.state in STATES_AT_PROVIDER:
        refund.record(answers, clock())


async def _answer_or_none(call: ProviderCall, refund: Refund, payout: Payout) -> ProviderAnswer | None:
    try:
        async with asyncio.timeout(CALL_SECONDS):
            return await call(refund, payout)
    except (NoProviderAnswer, TimeoutError):
        return None
