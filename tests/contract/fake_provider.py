"""A payment provider in memory, pinned by the same suite as the simulator; it can be slow, silent, and forget keys."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from service_refunds.domain.settlement.provider import (
    Accepted,
    Declined,
    KeyReused,
    NoProviderAnswer,
    Paid,
    ProviderAnswer,
)
from shared.kernel.money import Money


@dataclass
class FakeProvider:
    """`plan` says what happens to the next payments: settle, decline, busy, pending, time_out_after_success, silent (it
    never arrived), cut_before and cut_after (the caller dies).
    """

    key_window: timedelta = timedelta(hours=24)
    honours_keys: bool = True
    plan: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    calls: list[tuple[str, str, Money]] = field(default_factory=list)
    booked: list[tuple[str, Money]] = field(default_factory=list)
    answers: dict[str, ProviderAnswer] = field(default_factory=dict)
    lookups_silent: bool = False
    looked_up: list[str] = field(default_factory=list)
    seconds: float = 0.0
    at_once: int = 0
    most_at_once: int = 0

    async def refund(self, key: str, reference: str, amount: Money) -> ProviderAnswer:
        """See `Provider.refund`."""
        self.sent.append(key)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(self.seconds)
            return self._book(key, reference, amount)
        finally:
            self.at_once -= 1

    async def lookup(self, key: str) -> ProviderAnswer | None:
        """See `Provider.lookup`."""
        await asyncio.sleep(0)
        self.looked_up.append(key)
        if self.lookups_silent:
            raise NoProviderAnswer("away")
        return self.answers.get(key)

    def total(self, prefix: str = "") -> int:
        """What has really left, for keys that begin so."""
        return sum(amount.minor for key, amount in self.booked if key.startswith(prefix))

    def finish(self) -> None:
        """What was pending has been paid."""
        for key, answer in self.answers.items():
            if isinstance(answer, Accepted):
                self.answers[key] = Paid(f"trace-{key}")

    def pay_late(self, key: str) -> None:
        """What was declined was paid after all."""
        amount = next(amount for known, _, amount in self.calls if known == key)
        self.answers[key] = Paid(f"late-{key}")
        self.booked.append((key, amount))

    def _book(self, key: str, reference: str, amount: Money) -> ProviderAnswer:
        mode = self.plan.pop(0) if self.plan else "settle"
        if mode == "cut_before":
            raise asyncio.CancelledError
        if mode == "silent":
            raise NoProviderAnswer("never arrived")
        before = next((call for call in self.calls if call[0] == key), None)
        self.calls.append((key, reference, amount))
        if before is not None and self.honours_keys:
            if before != (key, reference, amount):
                raise KeyReused(key=key)
            return self.answers[key]
        answers: dict[str, ProviderAnswer] = {
            "decline": Declined("declined"),
            "busy": Declined("try_again_later"),
            "pending": Accepted(),
        }
        answer = self.answers[key] = answers.get(mode, Paid(f"trace-{key}"))
        if not isinstance(answer, Declined):
            self.booked.append((key, amount))
        if mode == "time_out_after_success":
            raise NoProviderAnswer("time-out after success")
        if mode == "cut_after":
            raise asyncio.CancelledError
        return answer
