"""One attempt to give one amount back. Its key, amount and tender never change; another attempt is another payout."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from service_refunds.domain.calculation.fingerprint import fingerprint_of
from service_refunds.domain.ledger.balance import BalanceDemand, demand_portion
from service_refunds.domain.settlement.state import ENDED_PAYOUTS, PayoutState
from shared.kernel.money import Money


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
    state: PayoutState = PayoutState.RESERVED
    trace: str | None = None
    code: str | None = None
    replaces: str | None = None
    """The key of the attempt that had failed for certain before."""
    means: str | None = None
    """How a person has paid. None: the provider pays."""
    portions: tuple[BalanceDemand, ...] = ()
    """What the payout takes of each balance. Known of a payout that failed, and of every later attempt."""
    surplus: bool = False
    """Another attempt had paid the amount before: this one moves no balance."""

    @property
    def ended(self) -> bool:
        """Whether the payout was paid, refused or taken back."""
        return self.state in ENDED_PAYOUTS

    @property
    def by_provider(self) -> bool:
        """Whether the provider pays, not a person."""
        return self.means is None


def payout(key: str, tender: str, kind: str, reference: str, amount: Money) -> Payout:
    """A payout that nobody has been asked for yet."""
    body_hash = fingerprint_of((key, reference, amount))
    return Payout(key=key, tender=tender, kind=kind, reference=reference, amount=amount, body_hash=body_hash)


def next_attempt(failed: Payout, key: str, portions: Iterable[BalanceDemand], means: str | None = None) -> Payout:
    """Another attempt to give the amount of a payout that has failed for certain back to the same tender.

    With `means` a person pays, in another way or by hand.
    """
    fresh = payout(key, failed.tender, failed.kind, failed.reference, failed.amount)
    return Payout(
        key=fresh.key,
        tender=fresh.tender,
        kind=fresh.kind,
        reference=fresh.reference,
        amount=fresh.amount,
        body_hash=fresh.body_hash,
        replaces=failed.key,
        means=means,
        portions=tuple(portions),
    )


def originals(payouts: Iterable[Payout]) -> Sequence[Payout]:
    """The first attempts."""
    return [each for each in payouts if each.replaces is None]


def attempts_of(original: Payout, payouts: Sequence[Payout]) -> Sequence[Payout]:
    """All attempts to pay the amount of this first one, the oldest first."""
    found = [original]
    for each in payouts:
        if each.replaces is not None and any(each.replaces == known.key for known in found):
            found.append(each)
    return found


def decisive(attempts: Sequence[Payout]) -> Payout:
    """The attempt that says whether the amount is paid: the one that was paid, or else the latest that counts."""
    paid = sorted((each for each in attempts if each.state is PayoutState.SETTLED), key=lambda each: each.surplus)
    alive = [each for each in attempts if each.state is not PayoutState.STOPPED and not each.surplus]
    return (paid or alive or attempts)[0 if paid else -1]


def released_portions(
    failed: Payout, payouts: Sequence[Payout], demands: Iterable[BalanceDemand]
) -> tuple[BalanceDemand, ...]:
    """What this failed payout gave back of each balance. Payouts from before 0.2 did not write it down."""
    if failed.portions:
        return failed.portions
    first = originals(payouts)
    place = next(place for place, each in enumerate(first) if each.key == failed.key)
    done = sum(each.amount.minor for each in first[:place])
    return portions_of(failed, done, sum(each.amount.minor for each in first), demands)


def portions_of(payout: Payout, done: int, whole: int, demands: Iterable[BalanceDemand]) -> tuple[BalanceDemand, ...]:
    """What a first attempt moves of each balance when `done` of `whole` has ended before."""
    parts = ((each, demand_portion(each, payout.tender, done, payout.amount.minor, whole)) for each in demands)
    return tuple(BalanceDemand(each.kind, each.key, part) for each, part in parts if part)


def replaced(payouts: Iterable[Payout], *updated: Payout) -> tuple[Payout, ...]:
    """The payouts with these in place of those of the same key."""
    known: Mapping[str, Payout] = {each.key: each for each in updated}
    return tuple(known.get(each.key, each) for each in payouts)
