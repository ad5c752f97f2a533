"""One refund from its reservation to its end (RELIABILITY 2.0). A missing answer means neither yes nor no.

Id, provider keys, amounts and currency are fixed when the amount is reserved, before the provider is asked. They never
change.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, assert_never

from service_refunds.domain.calculation.fingerprint import fingerprint_of
from service_refunds.domain.calculation.inputs.component import Component
from service_refunds.domain.calculation.inputs.history import LineHistory
from service_refunds.domain.calculation.inputs.returned_group import ReturnedGroup
from service_refunds.domain.calculation.remainder import Remainder
from service_refunds.domain.events import (
    PayoutEnded,
    RefundAccepted,
    RefundAskedAgain,
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
from service_refunds.domain.ledger.balance import (
    Balance,
    BalanceChange,
    BalanceDemand,
    Kind,
    demand_portion,
)
from service_refunds.domain.settlement.provider import Accepted, Declined, Paid, ProviderAnswer
from shared.kernel.errors import IllegalMove, Refused, Said
from shared.kernel.money import Money, total


class State(StrEnum):
    """Of a refund, and of each of its payouts."""

    RESERVED = "reserved"
    SUBMITTING = "submitting"
    PENDING = "pending"
    UNKNOWN = "unknown"
    SETTLED = "settled"
    FAILED = "failed"
    MANUAL_REVIEW = "manual_review"
    STOPPED = "stopped"
    """A correction came before the provider was asked. The refund pays nothing (Z01)."""


STATES_AT_PROVIDER: Final = frozenset({State.SUBMITTING, State.PENDING, State.UNKNOWN})
"""The provider may know of the refund, and its end is not known."""
OPEN: Final = STATES_AT_PROVIDER | {State.RESERVED}

MOVES: Final[Mapping[str, tuple[frozenset[State], State]]] = {
    # verb     from                                       to
    "submit": (frozenset({State.RESERVED}),               State.SUBMITTING),
    "close":  (frozenset({State.RESERVED}),               State.SETTLED),
    "withhold": (frozenset({State.RESERVED}),             State.MANUAL_REVIEW),
    "resolve": (frozenset({State.MANUAL_REVIEW}),         State.SETTLED),
    "accept": (frozenset({State.SUBMITTING, State.UNKNOWN}), State.PENDING),
    "doubt":  (frozenset({State.SUBMITTING}),             State.UNKNOWN),
    "settle": (STATES_AT_PROVIDER,                                     State.SETTLED),
    "fail":   (STATES_AT_PROVIDER,                                     State.FAILED),
    "stop":   (frozenset({State.RESERVED}),               State.STOPPED),
    "refer":  (frozenset({State.PENDING, State.UNKNOWN}), State.MANUAL_REVIEW),
}  # fmt: skip

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Payout:
    """The part of one tender. `key` is the provider's idempotency key; `body_hash` proves what the
    request contained.
    """

    key: str
    tender: str
    kind: str
    reference: str
    amount: Money
    body_hash: str
    state: State = State.RESERVED
    trace: str | None = None
    code: str | None = None

    @property
    def ended(self) -> bool:
        """Whether the payout was paid or refused."""
        return self.state in {State.SETTLED, State.FAILED}


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundTerms:
    """What is fixed before the provider is asked: which units, why this amount, from which balances."""

    return_id: str
    order_id: str
    customer_id: str
    language: str
    amount: Money
    units: Mapping[str, str]
    """The line of each unit."""
    components: tuple[Component, ...]
    demands: tuple[BalanceDemand, ...]
    restated: tuple[LineHistory, ...]
    ended_coupons: tuple[str, ...]
    calculation: str
    """The fingerprint of the calculation: equal requests have equal fingerprints."""
    pay_by: datetime
    opened_at: datetime
    pay_by_day: date | None = None
    """The day of `pay_by` in the zone of the law. Not known for approvals from before 0.2."""
    returned: ReturnedGroup | None = None
    """What later refunds of the order need of this one (Z08). Refunds from before 0.2 have none."""
    remainders: tuple[Remainder, ...] = ()
    """What is owed and no payment could give back, for a person (Z09)."""

    @property
    def remainder(self) -> Money | None:
        """All remainders together, if there is one."""
        return total((each.amount for each in self.remainders), self.amount.currency) if self.remainders else None

    def by_component(self) -> Mapping[str, int]:
        """The signed sum of each named part."""
        sums: dict[str, int] = {}
        for part in self.components:
            sums[part.name.value] = sums.get(part.name.value, 0) + part.amount.minor
        return sums


class RemainderOutcome(StrEnum):
    """What became of a remainder: a person paid it in another way, or it is not owed."""

    PAID_OTHERWISE = "paid_otherwise"
    NOT_OWED = "not_owed"


@dataclass(frozen=True, slots=True)
class RemainderClosure:
    """Who closed the remainder of a refund, when, how and why."""

    outcome: RemainderOutcome
    reason: str
    by: str
    at: datetime


class NoOpenRemainder(Refused):
    """The refund has no remainder, or a person has closed it before."""

    code = "no_open_remainder"
    title = Said("There is no open remainder", "没有待处理的剩余款项")
    detail = Said("Refund {refund} has no open remainder.", "退款 {refund} 没有待处理的剩余款项。")


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
    version: int = 0
    sequence: int = 0
    events: list[object] = field(default_factory=list, repr=False, compare=False)

    @classmethod
    def open(cls, key: str, terms: RefundTerms, shares: Iterable[tuple[str, str, str, Money]]) -> "Refund":
        """Reserve a refund. `shares` are tender, kind, the provider's reference and amount. A refund without an amount
        is settled at once, without a provider (H15).
        """
        payouts = tuple(
            _payout(f"{key}-{number}", *share)
            for number, share in enumerate((share for share in shares if share[3]), 1)
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
            refund._move("withhold")
            refund.due_at = None
            refund.events.append(RefundReferred())
        elif gone:
            refund._move("close")
            refund._settled(terms.opened_at)
        return refund

    @property
    def open_payouts(self) -> tuple[Payout, ...]:
        """The payouts whose end is not known."""
        return tuple(payout for payout in self.payouts if not payout.ended)

    @property
    def paid_payouts(self) -> tuple[Payout, ...]:
        """The payouts that the provider has paid, also where it has refused others."""
        return tuple(payout for payout in self.payouts if payout.state is State.SETTLED)

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
            self._move("resolve")
            self._settled(closure.at)

    def may_send(self, at: datetime) -> bool:
        """Whether the provider is certain to honour the keys, so that sending again cannot pay twice (I-04)."""
        return self.key_until is not None and at < self.key_until

    def stop(self, at: datetime) -> None:
        """Stop a refund that the provider does not know of; everything that it reserved is free again (Z01)."""
        self._move("stop")
        self.due_at = None
        self.payouts = tuple(replace(payout, state=State.STOPPED) for payout in self.payouts)
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
        self._move("submit")
        self.submitted_at, self.key_until = at, at + key_window
        self.due_at = at + LEASE
        self.payouts = tuple(replace(payout, state=State.SUBMITTING) for payout in self.payouts)
        self.events.append(RefundSubmitted())

    def record(self, answers: Mapping[str, ProviderAnswer | None], at: datetime) -> None:
        """Record the provider's answers by key. None, or no entry, means no answer or an unknown key.

        Without an answer an accepted payout stays pending, and any other payout becomes unknown. When keys are no
        longer honoured, or the time for inquiries is over, the refund is referred to a person.
        """
        if self.state not in STATES_AT_PROVIDER:
            raise IllegalMove("record", self.state, STATES_AT_PROVIDER)
        for payout in self.open_payouts:
            self._record_answer(payout, answers.get(payout.key))
        states = {payout.state for payout in self.payouts}
        if states & {State.UNKNOWN, State.PENDING}:
            self._wait(State.UNKNOWN if State.UNKNOWN in states else State.PENDING, at)
        elif State.FAILED in states:
            self._move("fail")
            codes = [payout.code for payout in self.payouts if payout.code]
            self.code = codes[0] if State.SETTLED not in states else "partly_failed"
            self.due_at = None
            self.events.append(RefundFailed())
        else:
            self._move("settle")
            self._settled(at)

    def _settled(self, at: datetime) -> None:
        self.settled_at, self.due_at = at, None
        self.events.append(RefundSettled())

    def _wait(self, state: State, at: datetime) -> None:
        self.asked += 1
        self.due_at = at + min(FIRST_INQUIRY_AFTER * 2 ** min(self.asked - 1, 20), LONGEST_INQUIRY_PAUSE)
        if state is self.state:
            self.events.append(RefundAskedAgain())
        elif state is State.PENDING:
            self._move("accept")
            self.events.append(RefundAccepted())
        else:
            self._move("doubt")
            self.events.append(RefundDoubted())
        if self._is_beyond_patience(at):
            self._move("refer")
            self.due_at = None
            self.events.append(RefundReferred())

    def _is_beyond_patience(self, at: datetime) -> bool:
        asked = self.submitted_at or at
        if self.state is State.PENDING:
            return at >= asked + PENDING_FOR_AT_MOST
        return at >= asked + INQUIRE_FOR_AT_LEAST and not self.may_send(at)

    def _record_answer(self, payout: Payout, answer: ProviderAnswer | None) -> None:
        match answer:
            case None:
                waits = payout.state is State.PENDING
                updated = payout if waits else replace(payout, state=State.UNKNOWN)
            case Accepted():
                updated = replace(payout, state=State.PENDING)
            case Paid(trace):
                self._end(payout, settled=True)
                updated = replace(payout, state=State.SETTLED, trace=trace)
            case Declined(code):
                self._end(payout, settled=False)
                updated = replace(payout, state=State.FAILED, code=code)
            case _:
                assert_never(answer)
        self.payouts = tuple(updated if each.key == updated.key else each for each in self.payouts)

    def _end(self, payout: Payout, *, settled: bool) -> None:
        """Move this payout's part of every demand: to settled, or back to what is available. A payout ends once."""
        minor = payout.amount.minor
        whole = sum(each.amount.minor for each in self.payouts)
        done = sum(each.amount.minor for each in self.payouts if each.ended)
        shifts = []
        for demand in self.terms.demands:
            part = demand_portion(demand, payout.tender, done, minor, whole)
            if part:
                shifts.append(BalanceChange(demand.kind, demand.key, reserved=-part, settled=part if settled else 0))
        posting = (
            double_entry.payment_posting(payout.key, payout.tender, minor)
            if settled
            else double_entry.refusal_posting(payout.key, minor)
        )
        self.events.append(PayoutEnded(tuple(shifts), posting))

    def _move(self, verb: str) -> None:
        sources, target = MOVES[verb]
        if self.state not in sources:
            raise IllegalMove(verb, self.state, sources)
        self.state = target


def _payout(key: str, tender: str, kind: str, reference: str, amount: Money) -> Payout:
    return Payout(
        key=key,
        tender=tender,
        kind=kind,
        reference=reference,
        amount=amount,
        body_hash=fingerprint_of((key, reference, amount)),
    )
