"""The provider says later that it has paid an attempt that had failed: the money is counted once, never paid again.

What another attempt had reserved is used for the late payment. An attempt that is under way meanwhile is surplus: if it
is paid too, a person must look. A late refusal of what was paid changes nothing here.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from service_refunds.domain.events import PaidAgain, PayoutEnded
from service_refunds.domain.ledger import double_entry
from service_refunds.domain.ledger.balance import (
    Balance,
    BalanceChange,
    BalanceKey,
    Kind,
    RefundExceedsAvailable,
    reserve,
)
from service_refunds.domain.settlement.payout import Payout, attempts_of, originals, released_portions, replaced
from service_refunds.domain.settlement.provider import Declined, Paid, ProviderAnswer
from service_refunds.domain.settlement.refund import Refund
from service_refunds.domain.settlement.resolution import PAYS
from service_refunds.domain.settlement.resolving import check_second_person, confirm, leave
from service_refunds.domain.settlement.state import UNPAID, PayoutState, State

Balances = Mapping[BalanceKey, Balance]


def attempts_to_watch(refund: Refund) -> tuple[Payout, ...]:
    """The attempts about which the provider may say something new: those that have failed, and those of unknown end
    that wait for two persons.
    """
    waits = refund.open_payouts if refund.state is State.AWAITING_CONFIRMATION else ()
    failed = (each for each in refund.payouts if each.by_provider and each.state is PayoutState.FAILED)
    return (*failed, *waits)


def changes(refund: Refund, answers: Mapping[str, ProviderAnswer | None]) -> bool:
    """Whether one of these answers is news."""
    told = {each.key: isinstance(answers.get(each.key), Paid | Declined) for each in refund.open_payouts}
    waits = refund.state is State.AWAITING_CONFIRMATION and any(told.values())
    return waits or any(isinstance(answer, Paid) for answer in answers.values())


def hear(refund: Refund, answers: Mapping[str, ProviderAnswer | None], at: datetime, balances: Balances) -> None:
    """Record what the provider says now about attempts that had failed, or about those that two persons look at."""
    for key, answer in answers.items():
        payout = next(each for each in refund.payouts if each.key == key)
        if isinstance(answer, Paid) and payout.state is PayoutState.FAILED:
            balances = pay_late(refund, payout, answer.trace, balances)
        elif refund.state is State.AWAITING_CONFIRMATION and isinstance(answer, Paid | Declined) and not payout.ended:
            refund.record_answer(payout, answer)
    _settle_up(refund, at)


def pay_late(refund: Refund, payout: Payout, trace: str | None, balances: Balances) -> Balances:
    """This attempt had failed, and was paid after all. Returns the balances after it."""
    attempts = next(
        found for first in originals(refund.payouts) if payout in (found := attempts_of(first, refund.payouts))
    )
    minor, account = payout.amount.minor, double_entry.account_of(payout.tender, payout.means)
    paid = replace(payout, state=PayoutState.SETTLED, trace=trace)
    heir = next((each for each in attempts if not each.ended and not each.surplus), None)
    if any(each.state is PayoutState.SETTLED for each in attempts) or refund.state is State.CLOSED:
        code = "paid_not_owed" if refund.state is State.CLOSED else "paid_twice"
        refund.events.append(PaidAgain(minor, code, double_entry.surplus_posting(payout.key, minor, account)))
        paid = replace(paid, surplus=True)
    elif heir is not None:
        shifts = tuple(
            BalanceChange(part.kind, part.key, reserved=-part.takes, settled=part.takes) for part in heir.portions
        )
        posting = double_entry.late_posting(payout.key, double_entry.OWED, account, minor)
        refund.events.append(PayoutEnded(shifts, posting))
        unsent = heir.by_provider and heir.state is PayoutState.RESERVED
        after = replace(heir, state=PayoutState.STOPPED) if unsent else replace(heir, surplus=True)
        refund.payouts = replaced(refund.payouts, after)
    else:
        paid, balances = _pay_unreserved(refund, paid, account, balances)
    refund.payouts = replaced(refund.payouts, paid)
    return balances


def _pay_unreserved(refund: Refund, paid: Payout, account: str, balances: Balances) -> tuple[Payout, Balances]:
    """Nothing is reserved for the amount. Where the order has no room for it any more, it went back twice."""
    minor = paid.amount.minor
    portions = released_portions(paid, refund.payouts, refund.terms.demands)
    posting = double_entry.late_posting(paid.key, double_entry.UNPAID, account, minor)
    try:
        balances = reserve(balances, (part for part in portions if part.kind is not Kind.UNIT))
    except RefundExceedsAvailable:
        refund.events.append(PaidAgain(minor, "paid_twice", posting))
        return replace(paid, surplus=True), balances
    shifts = tuple(BalanceChange(part.kind, part.key, settled=part.takes) for part in portions)
    refund.events.append(PayoutEnded(shifts, posting))
    return paid, balances


def _settle_up(refund: Refund, at: datetime) -> None:
    """Move the refund where its payouts are now."""
    if refund.state in UNPAID | {State.RESERVED} and not refund.unpaid and not refund.open_payouts:
        refund.move("settle_late")
        refund.mark_settled(at)
    waits = refund.recovery.resolution
    if refund.state is State.AWAITING_CONFIRMATION and waits is not None and waits.outcome not in PAYS:
        looked_up = bool(refund.unpaid) and not refund.open_payouts and refund.recovery.failed_at is None
        if looked_up or not (refund.unpaid or refund.open_payouts):
            leave(refund, replace(waits, overtaken=True, ended_at=at), at)


def found_paid(refund: Refund, by: str, at: datetime, balances: Balances) -> None:
    """A second person confirms that the provider's books show the payment. `NoOpenResolution`, `SecondPersonNeeded`."""
    waits = check_second_person(refund, by)
    for failed in () if refund.open_payouts else [each for each in refund.unpaid if waits.is_about(each.key)]:
        balances = pay_late(refund, failed, waits.proof.reference if waits.proof else None, balances)
    confirm(refund, by, at)
