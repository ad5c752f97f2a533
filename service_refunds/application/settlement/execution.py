"""Moving money in steps: commit the submission, call the provider outside every transaction, commit its answers."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol, TypeVar

from service_refunds.application.ports import UnitOfWork
from service_refunds.application.settlement import recovery
from service_refunds.domain.settlement import late_answers
from service_refunds.domain.settlement.payout import Payout
from service_refunds.domain.settlement.provider import NoProviderAnswer, PaymentProvider, ProviderAnswer
from service_refunds.domain.settlement.refund import Refund
from service_refunds.domain.settlement.state import STATES_AT_PROVIDER, PayoutState, State
from shared.contracts.envelope import Origin
from shared.runtime.clock import Clock

T = TypeVar("T")

ProviderCall = Callable[[Refund, Payout], Awaitable[ProviderAnswer | None]]

ACTOR: Final = "service:refunds"
CALL_SECONDS: Final = 10.0
"""The longest wait for a provider; shorter than the lease of a submission."""
LOOK_BACK_AGAIN: Final = timedelta(seconds=30)
"""The pause before the provider is asked again about a failed attempt that is to be replaced."""


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
        """Pay a reserved refund: commit the submission, call the provider, commit the answers.

        Before an attempt that replaces a failed one, the provider is asked whether it has paid the former one.
        """
        submitted = await self._submit(refund_id)
        if submitted is not None and submitted.state is State.RESERVED:
            submitted = await self._submit(refund_id, asked=True) if await self._looked_back(submitted) else None
        if submitted is not None:
            answers = await self._each(submitted, self._send)
            await self._record(submitted, answers)

    async def _submit(self, refund_id: str, *, asked: bool = False) -> Refund | None:
        window = self.provider.key_window
        submitted: Refund | None = await self.transactions.run(
            lambda uow: submit(uow, refund_id, self.clock, window, asked=asked), Origin(ACTOR)
        )
        return submitted

    async def ask(self, refund_id: str) -> None:
        """Ask the provider about a refund whose end is unknown, by the keys of its payouts.

        A payout that the provider does not know is sent again with the same key, while keys are honoured. One that
        replaces a failed attempt is not, while the failed attempt may have been paid after all.
        """
        doubtful = await self._find_doubtful(refund_id)
        known = True
        if doubtful is not None and any(each.replaces for each in doubtful.open_payouts):
            known = await self._hear(doubtful)
            doubtful = await self._find_doubtful(refund_id)
        if doubtful is not None:
            answers = await self._each(doubtful, self._look_up if known else self._only_look_up)
            await self._record(doubtful, answers)

    async def _find_doubtful(self, refund_id: str) -> Refund | None:
        found: Refund | None = await self.transactions.run(lambda uow: find_doubtful(uow, refund_id), Origin(ACTOR))
        return found

    async def recover(self, refund_id: str) -> None:
        """What happens by itself to a refund that the provider did not pay: the next attempt, or the next look."""
        refund: Refund = await self.transactions.run(
            lambda uow: recovery.go_on(uow, refund_id, self.clock()), Origin(ACTOR)
        )
        if refund.state is State.UNKNOWN and refund.recovery.since is not None:
            await self.ask(refund_id)
        elif refund.state is not State.RESERVED:
            await self._hear(refund)

    async def _looked_back(self, refund: Refund) -> bool:
        """Whether the provider has said about every failed attempt of this refund what became of it."""
        if await self._hear(refund):
            return True
        at = self.clock() + LOOK_BACK_AGAIN
        await self.transactions.run(lambda uow: recovery.postpone(uow, refund.id, at), Origin(ACTOR))
        return False

    async def _hear(self, refund: Refund) -> bool:
        """Ask about attempts that may have been paid after all. Whether the provider has answered about each."""
        answers: dict[str, ProviderAnswer | None] = {}
        for payout in late_answers.attempts_to_watch(refund):
            try:
                async with asyncio.timeout(CALL_SECONDS):
                    answers[payout.key] = await self.provider.lookup(payout.key)
            except (NoProviderAnswer, TimeoutError):
                return False
        if late_answers.changes(refund, answers):
            origin = Origin(ACTOR, refund.terms.return_id)
            await self.transactions.run(lambda uow: recovery.hear(uow, refund.id, answers, self.clock()), origin)
        return True

    async def _record(self, refund: Refund, answers: Mapping[str, ProviderAnswer | None]) -> None:
        origin = Origin(ACTOR, refund.terms.return_id)
        await self.transactions.run(lambda uow: record(uow, refund.id, answers, self.clock), origin)

    async def _each(self, refund: Refund, call: ProviderCall) -> Mapping[str, ProviderAnswer | None]:
        payouts = refund.open_payouts
        answers = await asyncio.gather(*(_answer_or_none(call, refund, payout) for payout in payouts))
        return {payout.key: answer for payout, answer in zip(payouts, answers, strict=True)}

    async def _send(self, _: Refund, payout: Payout) -> ProviderAnswer | None:
        return await self.provider.refund(payout.key, payout.reference, payout.amount)

    async def _only_look_up(self, _: Refund, payout: Payout) -> ProviderAnswer | None:
        return await self.provider.lookup(payout.key)

    async def _look_up(self, refund: Refund, payout: Payout) -> ProviderAnswer | None:
        known = await self.provider.lookup(payout.key)
        if payout.surplus:
            return known
        if known is None and payout.state is not PayoutState.PENDING and refund.may_send(self.clock()):
            return await self._send(refund, payout)
        return known


async def submit(
    uow: UnitOfWork, refund_id: str, clock: Clock, key_window: timedelta, *, asked: bool = False
) -> Refund | None:
    """Mark the refund before the first byte is sent: from now on the provider may know its payouts.

    None when another process has submitted the refund already. A refund that is tried again stays reserved until the
    provider was `asked` about the attempts that failed.
    """
    refund = await uow.refunds.get(refund_id)
    if refund.state is not State.RESERVED:
        return None
    if asked or not late_answers.attempts_to_watch(refund):
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
