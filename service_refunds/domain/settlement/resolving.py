"""A person says what has become of money that is not paid; a second person confirms it (I07, Z22, Z25).

The amount is reserved again while a payment by a person waits, under the same guards as every refund. So nothing else
can use it, and the guards count what a person has paid.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from service_refunds.domain.events import DebtClosed, PayoutEnded, RefundClosed, ResolutionChanged
from service_refunds.domain.ledger import double_entry
from service_refunds.domain.ledger.balance import (
    Balance,
    BalanceChange,
    BalanceDemand,
    BalanceKey,
    Kind,
    reserve,
    tenders_with_room,
)
from service_refunds.domain.settlement.payout import Payout, next_attempt, released_portions, replaced
from service_refunds.domain.settlement.provider import Declined, Paid
from service_refunds.domain.settlement.refund import Refund
from service_refunds.domain.settlement.resolution import (
    PAYS,
    POSSIBLE_IN,
    NoOpenResolution,
    Resolution,
    ResolutionOutcome,
    ResolutionWaits,
    SecondPersonNeeded,
    check_complete,
)
from service_refunds.domain.settlement.state import PayoutState, State
from shared.kernel.errors import IllegalMove
from shared.kernel.money import Money, total

Balances = Mapping[BalanceKey, Balance]


def unpaid_amount(refund: Refund) -> Money:
    """What is owed and not paid."""
    owed = (each.amount for each in refund.current if each.state is not PayoutState.SETTLED)
    return total(owed, refund.terms.amount.currency)


def check_nothing_waits(refund: Refund) -> None:
    """`ResolutionWaits` names the person who was first, and what is left to do."""
    waits = refund.recovery.resolution
    if waits is not None:
        raise ResolutionWaits(
            first=waits.by, outcome=waits.outcome.value, at=waits.at.isoformat(), amount=str(unpaid_amount(refund))
        )


def propose(refund: Refund, resolution: Resolution, balances: Balances) -> None:
    """A person says what has become of all that is not paid. `ResolutionWaits`, `IllegalMove`,
    `ResolutionIncomplete`, and `RefundExceedsAvailable` when the order has no room for the payment.
    """
    check_nothing_waits(refund)
    allowed = POSSIBLE_IN[resolution.outcome]
    if refund.state not in allowed or not refund.payouts:
        raise IllegalMove(resolution.outcome, refund.state, allowed)
    check_complete(resolution, [each.key for each in refund.open_payouts or refund.unpaid])
    attempts = list(_payments(refund, resolution, balances))
    reserve(balances, (part for each in attempts for part in each.portions if part.kind is not Kind.UNIT))
    if refund.state is State.WAITING:
        refund.give_up(resolution.at)
    refund.reserve_again(attempts)
    refund.move("propose")
    refund.recovery = replace(refund.recovery, resolution=resolution)
    refund.events.append(ResolutionChanged())


def withdraw(refund: Refund, by: str, at: datetime) -> None:
    """Take back what waits for a second person; whoever has the right may do so. `NoOpenResolution`."""
    waits = _open_resolution(refund)
    for each in _by_person(refund):
        if not each.surplus:
            shifts = tuple(BalanceChange(part.kind, part.key, reserved=-part.takes) for part in each.portions)
            refund.events.append(PayoutEnded(shifts, double_entry.withdrawal_posting(each.key, each.amount.minor)))
        refund.payouts = replaced(refund.payouts, replace(each, state=PayoutState.STOPPED))
    leave(refund, replace(waits, withdrawn_by=by, ended_at=at), at)


def confirm(refund: Refund, by: str, at: datetime) -> None:
    """A second person confirms. `NoOpenResolution`, `SecondPersonNeeded` names the first.

    Payments that were found in the provider's books are recorded by the caller before: see `found_paid`.
    """
    waits = check_second_person(refund, by)
    done = replace(waits, confirmed_by=by, ended_at=at)
    match waits.outcome:
        case ResolutionOutcome.PAID_BY_OTHER_MEANS | ResolutionOutcome.PAID_BY_HAND:
            for each in _by_person(refund):
                refund.record_answer(each, Paid(waits.proof.reference if waits.proof else ""))
            leave(refund, done, at)
        case ResolutionOutcome.FOUND_PAID:
            for each in _found(refund, waits):
                refund.record_answer(each, Paid(waits.proof.reference if waits.proof else ""))
            leave(refund, done, at)
        case ResolutionOutcome.FOUND_UNPAID:
            for each in _found(refund, waits):
                refund.record_answer(each, Declined(ResolutionOutcome.FOUND_UNPAID.value))
            refund.code = "partly_failed" if refund.paid_payouts else ResolutionOutcome.FOUND_UNPAID.value
            refund.watch(at)
            leave(refund, done, at)
        case ResolutionOutcome.NOT_OWED:
            _close(refund, done, at)


def check_second_person(refund: Refund, by: str) -> Resolution:
    """What waits for this second person. `NoOpenResolution`, `SecondPersonNeeded`."""
    waits = _open_resolution(refund)
    if waits.by == by:
        raise SecondPersonNeeded(first=waits.by, outcome=waits.outcome.value, amount=str(unpaid_amount(refund)))
    return waits


def leave(refund: Refund, ended: Resolution, at: datetime) -> None:
    """Keep what has ended, and move the refund where its payouts are."""
    _end(refund, ended)
    if refund.open_payouts:
        refund.move("review_again")
    elif refund.unpaid:
        refund.move("fall_back")
        refund.tell_failed(at)
    else:
        refund.move("confirm_payment")
        refund.mark_settled(at)


def _close(refund: Refund, done: Resolution, at: datetime) -> None:
    amount = unpaid_amount(refund)
    for each in refund.unpaid:
        refund.events.append(DebtClosed(double_entry.closing_posting(each.key, each.amount.minor)))
    _end(refund, done)
    refund.move("confirm_closure")
    refund.due_at = None
    refund.recovery = replace(refund.recovery, since=None)
    refund.events.append(RefundClosed(amount.minor, done.because or "", at))


def _end(refund: Refund, ended: Resolution) -> None:
    known = refund.recovery
    refund.recovery = replace(known, resolution=None, ended=(*known.ended, ended))
    refund.events.append(ResolutionChanged())


def _open_resolution(refund: Refund) -> Resolution:
    waits = refund.recovery.resolution
    if waits is None:
        raise NoOpenResolution(refund=refund.id, state=refund.state.value)
    return waits


def _found(refund: Refund, waits: Resolution) -> tuple[Payout, ...]:
    """The payouts of unknown end that the resolution is about."""
    return tuple(each for each in refund.open_payouts if waits.is_about(each.key))


def _by_person(refund: Refund) -> tuple[Payout, ...]:
    """The payments by a person that wait for the second person."""
    return tuple(each for each in refund.payouts if not each.by_provider and not each.ended)


def _payments(refund: Refund, resolution: Resolution, balances: Balances) -> Iterable[Payout]:
    """The payments by a person that are to be reserved. Another method may use what is left of any payment."""
    if resolution.outcome not in PAYS:
        return
    for number, failed in enumerate(refund.unpaid, len(refund.payouts) + 1):
        portions: Iterable[BalanceDemand] = released_portions(failed, refund.payouts, refund.terms.demands)
        means = double_entry.BY_HAND
        if resolution.means is not None:
            means = resolution.means.value
            portions = tenders_with_room(balances, portions)
            balances = reserve(balances, (part for part in portions if part.kind is not Kind.UNIT))
        yield next_attempt(failed, f"{refund.id}-{number}", portions, means)
