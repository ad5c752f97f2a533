"""One refund from its reservation to its end (RELIABILITY 2.0). A missing answer means neither yes nor no.

Id, provider keys, amounts and currency are fixed when the amount is reserved, before the provider is asked. They never
change.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, assert_never

from service_refunds.domain.events import (
    PaidAgain,
    PayoutEnded,
    PayoutReserved,
    RefundAccepted,
    RefundAskedAgain,
    RefundDelayed,
    RefundDoubted,
    RefundFailed,
    RefundOpened,
    RefundReferred,
    RefundSettled,
    RefundStopped,
    RefundSubmitted,
    RemainderClosed,
)
from service_refunds.domain.ledger import double_entry
from service_refunds.domain.ledger.balance import Balance, BalanceChange, BalanceDemand, Kind
from service_refunds.domain.settlement.failure import pause_before_retry
from service_refunds.domain.settlement.payout import (
    Payout,
    attempts_of,
    decisive,
    originals,
    payout,
    portions_of,
    replaced,
)
from service_refunds.domain.settlement.provider import Accepted, Declined, Paid, ProviderAnswer
from service_refunds.domain.settlement.recovery import LATE_LOOKS, NOTHING_DONE, Recovery
from service_refunds.domain.settlement.state import MOVES, STATES_AT_PROVIDER, PayoutState, State
from service_refunds.domain.settlement.terms import NoOpenRemainder, RefundTerms, RemainderClosure
from shared.kernel.errors import IllegalMove
from shared.kernel.money import Money

LEASE: Final = timedelta(seconds=15)
"""How long a submission may take before the refund counts as unknown. Longer than any call to a provider."""
FIRST_INQUIRY_AFTER: Final = timedelta(seconds=1)
LONGEST_INQUIRY_PAUSE: Final = timedelta(minutes=10)
INQUIRE_FOR_AT_LEAST: Final = timedelta(hours=1)
"""The shortest time of inquiries before an unknown refund is referred to a person. Inquiries also last as long as the
keys are honoured.
"""
PENDING_FOR_AT_MOST: Final = timedelta(days=30)
"""How long a payout may be pending before a person looks."""


@dataclass(slots=True, kw_only=True)
class Refund:
    id: str
    terms: RefundTerms
    payouts: tuple[Payout, ...]
    state: State = State.RESERVED
    submitted_at: datetime | None = None
    key_until: datetime | None = None
    due_at: datetime | None = None
    asked: int = 0
    settled_at: datetime | None = None
    code: str | None = None
    remainder_closed: RemainderClosure | None = None
    look_at: datetime | None = None
    """When the provider is asked about attempts that have failed, or about a refund in review."""
    recovery: Recovery = NOTHING_DONE
    version: int = 0
    sequence: int = 0
    events: list[object] = field(default_factory=list, repr=False, compare=False)

    @classmethod
    def open(cls, key: str, terms: RefundTerms, shares: Iterable[tuple[str, str, str, Money]]) -> "Refund":
        """Reserve a refund. `shares` are tender, kind, the provider's reference and amount. A refund without an amount
        is settled at once, without a provider (H15).
        """
        payouts = tuple(
            payout(f"{key}-{number}", *share) for number, share in enumerate((share for share in shares if share[3]), 1)
        )
        refund = cls(id=key, terms=terms, payouts=payouts, due_at=terms.opened_at)
        gone = not payouts
        refund.events.append(
            RefundOpened(
                tuple(
                    Balance(each.kind, each.key, each.raises, 0 if gone else each.takes, each.takes if gone else 0)
                    for each in terms.demands
                    if each.kind is Kind.UNIT
                ),
                tuple(
                    BalanceChange(
                        each.kind, each.key, each.raises, 0 if gone else each.takes, each.takes if gone else 0
                    )
                    for each in terms.demands
                    if each.kind is not Kind.UNIT
                ),
                double_entry.opening_posting(key, terms.by_component()),
            )
        )
        if gone and terms.remainders:
            refund.move("withhold")
            refund.due_at = None
            refund.recovery = Recovery(since=terms.opened_at)
            refund.events.append(RefundReferred())
        elif gone:
            refund.move("close")
            refund.mark_settled(terms.opened_at)
        return refund

    @property
    def open_payouts(self) -> tuple[Payout, ...]:
        """The payouts of the provider whose end is not known."""
        return tuple(each for each in self.payouts if each.by_provider and not each.ended)

    @property
    def current(self) -> tuple[Payout, ...]:
        """For each amount the attempt that says whether the amount is paid."""
        return tuple(decisive(attempts_of(each, self.payouts)) for each in originals(self.payouts))

    @property
    def unpaid(self) -> tuple[Payout, ...]:
        """The amounts that are owed, and whose latest attempt has failed for certain."""
        return tuple(each for each in self.current if each.state is PayoutState.FAILED)

    @property
    def paid_payouts(self) -> tuple[Payout, ...]:
        """The payouts that were paid, also where others were refused."""
        return tuple(each for each in self.current if each.state is PayoutState.SETTLED)

    @property
    def can_stop(self) -> bool:
        """Whether nobody was ever asked to pay, so that everything can be undone (Z01)."""
        return self.state is State.RESERVED and not any(each.replaces for each in self.payouts)

    @property
    def open_remainder(self) -> Money | None:
        """What a person still has to settle, because no payment of the order could give it back (Z09)."""
        return self.terms.remainder if self.remainder_closed is None else None

    def close_remainder(self, closure: RemainderClosure) -> None:
        """A person has settled the remainder. A refund that had nothing else is settled with it. `NoOpenRemainder`."""
        if self.open_remainder is None:
            raise NoOpenRemainder(refund=self.id)
        self.remainder_closed = closure
        self.events.append(RemainderClosed(closure.outcome.value, closure.at))
        if not self.payouts:
            self.move("resolve")
            self.mark_settled(closure.at)

    def may_send(self, at: datetime) -> bool:
        """Whether the provider is certain to honour the keys, so that sending again cannot pay twice (I-04)."""
        return self.key_until is not None and at < self.key_until

    def stop(self, at: datetime) -> None:
        """Stop a refund that the provider does not know of; everything that it reserved is free again (Z01)."""
        if not self.can_stop:
            raise IllegalMove("stop", self.state, (State.RESERVED,))
        self.move("stop")
        self.due_at = None
        self.payouts = tuple(replace(each, state=PayoutState.STOPPED) for each in self.payouts)
        self.events.append(
            RefundStopped(
                tuple(each.key for each in self.terms.demands if each.kind is Kind.UNIT),
                tuple(
                    BalanceChange(each.kind, each.key, cap=-each.raises, reserved=-each.takes)
                    for each in self.terms.demands
                    if each.kind is not Kind.UNIT
                ),
                double_entry.stopping_posting(self.id, self.terms.by_component()),
                at,
            )
        )

    def submit(self, at: datetime, key_window: timedelta) -> None:
        """From this commit on the provider may be asked."""
        self.move("submit")
        self.submitted_at, self.key_until = at, at + key_window
        self.due_at = at + LEASE
        fresh = (each for each in self.open_payouts if each.state is PayoutState.RESERVED)
        self.payouts = replaced(self.payouts, *(replace(each, state=PayoutState.SUBMITTING) for each in fresh))
        self.events.append(RefundSubmitted())

    def record(self, answers: Mapping[str, ProviderAnswer | None], at: datetime) -> None:
        """Record the provider's answers by key. None, or no entry, means no answer or an unknown key.

        Without an answer an accepted payout stays pending, and any other payout becomes unknown. When keys are no
        longer honoured, or the time for inquiries is over, the refund is referred to a person.
        """
        if self.state not in STATES_AT_PROVIDER:
            raise IllegalMove("record", self.state, STATES_AT_PROVIDER)
        for each in self.open_payouts:
            self.record_answer(each, answers.get(each.key))
        states = {each.state for each in self.open_payouts}
        if states:
            self._wait(State.UNKNOWN if PayoutState.UNKNOWN in states else State.PENDING, at)
        elif self.unpaid:
            self._fail(at)
        else:
            self.move("settle")
            self.mark_settled(at)

    def _fail(self, at: datetime) -> None:
        """Try again by itself after a pause, where the failure passes; otherwise a person looks (Z22)."""
        unpaid = self.unpaid
        self.code = "partly_failed" if self.paid_payouts else unpaid[0].code
        pause = pause_before_retry((each.code for each in unpaid), self.recovery.tries)
        self.watch(at)
        if pause is None:
            self.move("fail")
            self.tell_failed(at)
        else:
            self.move("delay")
            self.due_at = at + pause
            self.events.append(RefundDelayed())

    def tell_failed(self, at: datetime) -> None:
        """A person must look, and all are told once."""
        self.due_at = None
        if self.recovery.failed_at is None:
            self.recovery = replace(self.recovery, failed_at=at, since=self.recovery.since or at)
            self.events.append(RefundFailed())

    def give_up(self, at: datetime, code: str | None = None) -> None:
        """No attempt is made by itself any more; a person looks."""
        self.move("give_up")
        self.code = code or self.code
        self.tell_failed(at)

    def inquire(self, at: datetime) -> None:
        """Ask the provider once more about a refund in review."""
        if not self.open_payouts:
            raise IllegalMove("inquire", self.state, STATES_AT_PROVIDER)
        self.move("inquire")
        self.due_at = at
        self.events.append(RefundAskedAgain())

    def postpone(self, until: datetime) -> None:
        """The provider cannot say whether the former attempt was paid after all, so nothing is sent before."""
        self.due_at = until
        self.events.append(RefundAskedAgain())

    def watch(self, at: datetime) -> None:
        """From now on the provider is asked whether it has paid after all."""
        self.look_at = at + LATE_LOOKS[0]
        self.recovery = replace(self.recovery, looks=0)

    def looked(self, at: datetime) -> None:
        """The provider was asked. The next look comes later; after the last one there is none."""
        looks = self.recovery.looks + 1
        self.recovery = replace(self.recovery, looks=looks)
        self.look_at = at + LATE_LOOKS[looks] if looks < len(LATE_LOOKS) else None
        self.events.append(RefundAskedAgain())

    def reserve_again(self, attempts: Iterable[Payout]) -> None:
        """Reserve the amounts of these attempts, which replace attempts that have failed."""
        for each in attempts:
            shifts = tuple(BalanceChange(part.kind, part.key, reserved=part.takes) for part in each.portions)
            posting = double_entry.another_attempt_posting(each.key, each.amount.minor)
            self.payouts = (*self.payouts, each)
            self.events.append(PayoutReserved(shifts, posting))

    def mark_settled(self, at: datetime) -> None:
        self.settled_at, self.due_at, self.code = at, None, None
        if self.recovery.since is not None:
            self.recovery = replace(self.recovery, since=None)
        self.events.append(RefundSettled())

    def _wait(self, state: State, at: datetime) -> None:
        self.asked += 1
        self.due_at = at + min(FIRST_INQUIRY_AFTER * 2 ** min(self.asked - 1, 20), LONGEST_INQUIRY_PAUSE)
        if state is self.state:
            self.events.append(RefundAskedAgain())
        elif state is State.PENDING:
            self.move("accept")
            self.events.append(RefundAccepted())
        else:
            self.move("doubt")
            self.events.append(RefundDoubted())
        if self._is_beyond_patience(at):
            self.move("refer")
            self.due_at = None
            self.recovery = replace(self.recovery, since=self.recovery.since or at)
            if self.look_at is None and self.recovery.looks == 0:
                self.look_at = at + LATE_LOOKS[0]
            self.events.append(RefundReferred())

    def _is_beyond_patience(self, at: datetime) -> bool:
        asked = self.submitted_at or at
        if self.state is State.PENDING:
            return at >= asked + PENDING_FOR_AT_MOST
        return at >= asked + INQUIRE_FOR_AT_LEAST and not self.may_send(at)

    def record_answer(self, payout: Payout, answer: ProviderAnswer | None) -> None:
        """Record what the provider, or a person who has read its books, says about one payout."""
        match answer:
            case None:
                waits = payout.state is PayoutState.PENDING
                updated = payout if waits else replace(payout, state=PayoutState.UNKNOWN)
            case Accepted():
                updated = replace(payout, state=PayoutState.PENDING)
            case Paid(trace):
                self._end(payout, self._portions(payout), settled=True)
                updated = replace(payout, state=PayoutState.SETTLED, trace=trace)
            case Declined(code):
                portions = self._portions(payout)
                self._end(payout, portions, settled=False)
                updated = replace(payout, state=PayoutState.FAILED, code=code, portions=portions)
            case _:
                assert_never(answer)
        self.payouts = replaced(self.payouts, updated)

    def _portions(self, payout: Payout) -> tuple[BalanceDemand, ...]:
        if payout.replaces is not None:
            return payout.portions
        first = originals(self.payouts)
        done = sum(each.amount.minor for each in first if each.ended)
        return portions_of(payout, done, sum(each.amount.minor for each in first), self.terms.demands)

    def _end(self, payout: Payout, portions: Iterable[BalanceDemand], *, settled: bool) -> None:
        """Move this payout's part of every demand: to settled, or back to what is available. A payout ends once.

        The reservation of a surplus payout was used by another one, so it moves no balance.
        """
        minor, account = payout.amount.minor, double_entry.account_of(payout.tender, payout.means)
        if payout.surplus:
            if settled:
                posting = double_entry.surplus_posting(payout.key, minor, account)
                self.events.append(PaidAgain(minor, "paid_twice", posting))
            return
        shifts = tuple(
            BalanceChange(each.kind, each.key, reserved=-each.takes, settled=each.takes if settled else 0)
            for each in portions
        )
        posting = (
            double_entry.payment_posting(payout.key, account, minor)
            if settled
            else double_entry.refusal_posting(payout.key, minor)
        )
        self.events.append(PayoutEnded(shifts, posting))

    def move(self, verb: str) -> None:
        sources, target = MOVES[verb]
        if self.state not in sources:
            raise IllegalMove(verb, self.state, sources)
        self.state = target
