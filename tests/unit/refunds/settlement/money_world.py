"""A refund with its balances and books in memory, a provider that errs, and two persons in finance (Z22)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from service_refunds.application.settlement.execution import RefundExecution
from service_refunds.domain.calculation.inputs.component import Component, ComponentName
from service_refunds.domain.events import DebtClosed, PaidAgain, PayoutEnded, PayoutReserved, RefundOpened
from service_refunds.domain.ledger.balance import Balance, BalanceChange, BalanceDemand, BalanceKey, Kind
from service_refunds.domain.ledger.double_entry import Posting
from service_refunds.domain.settlement.provider import Accepted, Declined, NoProviderAnswer, Paid, ProviderAnswer
from service_refunds.domain.settlement.refund import Refund
from service_refunds.domain.settlement.state import STATES_AT_PROVIDER, State
from service_refunds.domain.settlement.terms import RefundTerms
from shared.contracts.envelope import Origin
from shared.kernel.money import Money

START = datetime(2026, 11, 24, 8, tzinfo=UTC)
CAPTURED = (Kind.ORDER, "captured")


def demands_of(*shares: int) -> tuple[BalanceDemand, ...]:
    amount = sum(shares)
    tenders = (BalanceDemand(Kind.TENDER, f"T{place}", share) for place, share in enumerate(shares))
    return (
        BalanceDemand(Kind.UNIT, "u1", amount, amount),
        BalanceDemand(Kind.COMPONENT, "tax:0.19", amount // 7),
        BalanceDemand(*CAPTURED, amount),
        *tenders,
    )


def a_refund(*shares: int) -> Refund:
    """A refund of so much to each of several payments, at its opening."""
    amount = Money(sum(shares), "EUR")
    terms = RefundTerms(
        return_id="ret_1",
        order_id="order_1",
        customer_id="cus-1",
        language="en",
        amount=amount,
        units={"u1": "L1"},
        components=(Component(ComponentName.GOODS_NET, amount, "L1"),),
        demands=demands_of(*shares),
        restated=(),
        ended_coupons=(),
        calculation="0" * 64,
        pay_by=START + timedelta(days=14),
        opened_at=START,
    )
    parts = [(f"T{place}", "card", f"ch_{place}", Money(share, "EUR")) for place, share in enumerate(shares)]
    return Refund.open("rfd_1", terms, parts)


@dataclass
class Provider:
    """What it has really done (`truth`), and how it behaves next."""

    plan: list[str] = field(default_factory=list)
    away: bool = False
    truth: dict[str, ProviderAnswer] = field(default_factory=dict)
    amounts: dict[str, int] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    key_window: timedelta = timedelta(hours=24)
    same_amount: Callable[[str], list[str]] = lambda _: []

    async def refund(self, key: str, reference: str, amount: Money) -> ProviderAnswer:
        """See `PaymentProvider.refund`."""
        await asyncio.sleep(0)
        if self.away:
            raise NoProviderAnswer("away")
        for other in self.same_amount(key):
            assert isinstance(self.truth.get(other), Declined), f"{key} is sent while {other} may be paid"
        mode = self.plan.pop(0) if self.plan else "settle"
        if mode == "lost":
            raise NoProviderAnswer("never arrived")
        if key not in self.truth:
            answers: dict[str, ProviderAnswer] = {
                "decline": Declined("card_closed"), "busy": Declined("try_again_later"), "pending": Accepted()
            }  # fmt: skip
            self.truth[key] = answers.get(mode, Paid(f"trace-{key}"))
            self.amounts[key] = amount.minor
        assert self.amounts[key] == amount.minor
        self.sent[key] = self.sent.get(key, 0) + 1
        if mode == "silent":
            raise NoProviderAnswer("paid, and the answer is lost")
        if mode == "killed":
            raise asyncio.CancelledError
        return self.truth[key]

    async def lookup(self, key: str) -> ProviderAnswer | None:
        """See `PaymentProvider.lookup`."""
        await asyncio.sleep(0)
        if self.away:
            raise NoProviderAnswer("away")
        return self.truth.get(key)

    @property
    def paid(self) -> int:
        """What has really left."""
        return sum(self.amounts[key] for key, answer in self.truth.items() if isinstance(answer, Paid))


@dataclass
class World:
    """One order with one refund. It is its own unit of work, and commits a use case or nothing."""

    refund: Refund
    balances: dict[BalanceKey, Balance]
    provider: Provider = field(default_factory=Provider)
    now: datetime = START
    postings: dict[str, Posting] = field(default_factory=dict)
    listed: int = 0
    """What is on the list of money that went back twice."""
    by_hand: int = 0
    told: list[str] = field(default_factory=list)
    _loaded: Refund | None = None

    @classmethod
    def of(cls, *shares: int) -> "World":
        """An order that was paid by just these payments, and all of it is refunded."""
        refund = a_refund(*shares)
        caps = {(each.kind, each.key): each.takes for each in refund.terms.demands if each.kind is not Kind.UNIT}
        world = cls(refund, {key: Balance(*key, cap) for key, cap in caps.items()})
        world.provider.same_amount = world.other_keys
        world.save(refund)
        return world

    def other_keys(self, key: str) -> list[str]:
        """The keys that were sent for the same amount of the same payment."""
        tender = next(each.tender for each in self.refund.payouts if each.key == key)
        return [
            each.key
            for each in self.refund.payouts
            if each.tender == tender and each.key != key and each.by_provider and each.key in self.provider.sent
        ]

    @property
    def refunds(self) -> "World":
        """The repository."""
        return self

    @property
    def orders(self) -> "World":
        """The repository; the order itself does not matter here."""
        return self

    async def find(self, _: str) -> None:
        """No order."""

    async def get(self, _: str) -> Refund:
        """The refund, to be changed."""
        if self._loaded is None:
            self._loaded = deepcopy(self.refund)
        return self._loaded

    async def balances_of(self, _: str) -> Mapping[BalanceKey, Balance]:
        """The balances."""
        return dict(self.balances)

    async def run(self, use_case: Callable[[Any], Awaitable[Any]], _: Origin) -> Any:
        """One use case, one commit."""
        self._loaded = None
        result = await use_case(self)
        self.save(await self.get(""))
        return result

    def save(self, refund: Refund) -> None:
        """Write balances and books, as the rows do. A balance that is exceeded breaks a constraint."""
        for event in refund.events:
            self.told.append(type(event).__name__)
            match event:
                case RefundOpened(fresh, shifts, posting):
                    self.balances |= {(each.kind, each.key): each for each in fresh}
                    self._write(shifts, posting)
                case PayoutEnded(shifts, posting) | PayoutReserved(shifts, posting):
                    self._write(shifts, posting)
                case PaidAgain(minor, _, posting):
                    self.listed += minor
                    self._write((), posting)
                case DebtClosed(posting):
                    self._write((), posting)
        refund.events.clear()
        self.refund = refund

    def _write(self, shifts: tuple[BalanceChange, ...], posting: Posting) -> None:
        assert posting.id not in self.postings, posting.id
        self.postings[posting.id] = posting
        for shift in shifts:
            known = self.balances[shift.kind, shift.key]
            after = Balance(
                known.kind,
                known.key,
                known.cap_minor + shift.cap,
                known.reserved_minor + shift.reserved,
                known.settled_minor + shift.settled,
            )
            assert min(after.reserved_minor, after.settled_minor, after.available_minor) >= 0, (shift, known)
            self.balances[shift.kind, shift.key] = after

    def account(self, prefix: str) -> int:
        """The balance of all accounts that begin so."""
        entries = (entry for posting in self.postings.values() for entry in posting.entries)
        return sum(entry.amount_minor for entry in entries if entry.account.startswith(prefix))

    def pay_elsewhere(self, minor: int) -> None:
        """Somebody else pays back: as much as the first payment and the order have left."""
        first = (Kind.TENDER, "T0")
        taken = min(minor, self.balances[first].available_minor, self.balances[CAPTURED].available_minor)
        for key in (first, CAPTURED):
            known = self.balances[key]
            self.balances[key] = Balance(*key, known.cap_minor, known.reserved_minor, known.settled_minor + taken)

    def step(self) -> None:
        """What the jobs do now."""
        execution = RefundExecution(self.provider, self, lambda: self.now)
        refund, due = self.refund, self.refund.due_at is not None and self.refund.due_at <= self.now
        if refund.state is State.RESERVED and due:
            _to_its_end(execution.pay(refund.id))
        elif refund.state in STATES_AT_PROVIDER and due:
            _to_its_end(execution.ask(refund.id))
        elif (refund.state is State.WAITING and due) or (refund.look_at is not None and refund.look_at <= self.now):
            _to_its_end(execution.recover(refund.id))

    def act(self, use_case: Callable[[Any], Awaitable[Any]]) -> None:
        """A person acts."""
        asyncio.run(self.run(use_case, Origin("staff:acc")))


def _to_its_end(step: Awaitable[None]) -> None:
    async def run() -> None:
        try:
            await step
        except asyncio.CancelledError:
            return

    asyncio.run(run())
