"""An order changes after its import: units are cancelled, money is captured, money goes back elsewhere (A16, Z07).

A fact and a refund that opens at the same time both change the version of the order, so one of them is decided again.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from service_refunds.application.ledger.order_balances import CAPTURED, OUTBOUND_FREIGHT, opening_balances
from service_refunds.application.ports import UnitOfWork
from service_refunds.application.settlement.opening import Opening, growth_of, open_groups, open_growth, released
from service_refunds.domain.calculation.imported_order import ImportedPayment
from service_refunds.domain.events import PaidTwice
from service_refunds.domain.known.known_order import KnownOrder
from service_refunds.domain.known.known_return import KnownReturn
from service_refunds.domain.known.later_facts import CancelledUnits, LaterFacts, RefundElsewhere
from service_refunds.domain.ledger.balance import Balance, BalanceChange, BalanceKey, Kind
from service_refunds.domain.settlement.refund import Refund
from service_refunds.domain.settlement.state import State
from shared.kernel.errors import Malformed, NotYet, Refused

OUTBOUND: Final = (Kind.COMPONENT, OUTBOUND_FREIGHT)

Before = tuple[Sequence[Refund], Mapping[BalanceKey, Balance]]
"""The earlier refunds of an order, the oldest first, and its balances."""


async def correct_order(uow: UnitOfWork, corrected: KnownOrder) -> None:
    """The snapshot was wrong. Nothing rested on it, so the order and its balances begin anew."""
    known = await _order(uow, corrected.id)
    gone = (await uow.balances_of(known.id)).values()
    known.correct(corrected.imported, corrected.snapshot, gone, opening_balances(corrected.imported))


async def capture(uow: UnitOfWork, order_id: str, payment: ImportedPayment, *, at: datetime, opening: Opening) -> None:
    """Money was captured later: so much more can go back to this tender.

    What accepted pieces were owed and was not paid yet is refunded now.
    """
    known = await _order(uow, order_id)
    earlier, balances = await asyncio.gather(uow.refunds_of(order_id), uow.balances_of(order_id))
    later = replace(known.later, payments=(*known.later.payments, payment))
    more = payment.captured_minor
    changes = [BalanceChange(Kind.ORDER, CAPTURED, cap=more)]
    fresh: tuple[Balance, ...] = ()
    if (Kind.TENDER, payment.tender_id) in balances:
        changes.append(BalanceChange(Kind.TENDER, payment.tender_id, cap=more))
    else:
        fresh = (Balance(Kind.TENDER, payment.tender_id, more),)
    after = {**balances, **{(each.kind, each.key): each for each in fresh}}
    for change in changes:
        key = (change.kind, change.key)
        after[key] = replace(after[key], cap_minor=after[key].cap_minor + change.cap)
    known.later = later
    excess = await _grow(uow, known, (earlier, after), payment.tender_id, at=at, opening=opening)
    known.learn(later, changes, fresh=fresh, excess=excess)


async def cancel_units(
    uow: UnitOfWork, order_id: str, cancelled: Sequence[CancelledUnits], *, at: datetime, opening: Opening
) -> None:
    """Units were cancelled before they were sent: we never pay for them.

    If everything else is back, the whole order is back. What goes back with the whole order is refunded now.
    """
    known = await _order(uow, order_id)
    earlier, balances = await asyncio.gather(uow.refunds_of(order_id), uow.balances_of(order_id))
    later = replace(known.later, cancelled=(*known.later.cancelled, *cancelled))
    taken = _take(known, later, balances)
    known.later = later
    fact = cancelled[0].cancellation_id if cancelled else ""
    excess = await _grow(uow, known, (earlier, taken.after), fact, at=at, opening=opening)
    known.learn(later, taken.changes, excess=excess)


async def refund_elsewhere(
    uow: UnitOfWork, order_id: str, refund: RefundElsewhere, *, at: datetime, opening: Opening
) -> None:
    """Somebody else has paid money back. What we have reserved and not sent is stopped and calculated again.

    What has been sent stays. If both together are more than the customer paid, a person must look.
    """
    known = await _order(uow, order_id)
    earlier, balances = await asyncio.gather(uow.refunds_of(order_id), uow.balances_of(order_id))
    later = replace(known.later, refunds=(*known.later.refunds, refund))
    stopped = await _stop(uow, earlier, at)
    taken = _take(known, later, released(balances, stopped))
    by_tender = sum(minor for (kind, _), minor in taken.missing.items() if kind is Kind.TENDER)
    by_part = sum(minor for key, minor in taken.missing.items() if key[0] is Kind.LINE or key == OUTBOUND)
    lost = max(by_tender, by_part)
    excess = [PaidTwice(opening.new_id("twice"), refund.refund_id, "paid_twice", lost)] if lost else []
    known.later = later
    before = (_without(earlier, stopped), taken.after)
    before, unsolved = await _open_again(uow, known, stopped, before, refund.refund_id, at=at, opening=opening)
    excess += unsolved
    excess += await _grow(uow, known, before, refund.refund_id, at=at, opening=opening)
    known.learn(later, taken.changes, excess=excess)


async def _grow(
    uow: UnitOfWork, known: KnownOrder, before: Before, fact: str, *, at: datetime, opening: Opening
) -> list[PaidTwice]:
    """Refund what the pieces that are back give beyond what they gave, because of this fact (ADR 41).

    Refunds that are reserved and not sent are calculated again first, so that a correction of their units stops all
    that they give. What nobody can compute is left to a person, with its code.
    """
    growing = await _growing_return(uow, before[0])
    if growing is None:
        return []
    notes: list[PaidTwice] = []
    try:
        growth = growth_of((known, growing), before)
        if not growth.refund and not growth.remainders:
            return []
        stopped = await _stop(uow, before[0], at)
        before = (_without(before[0], stopped), released(before[1], stopped))
        before, notes = await _open_again(uow, known, stopped, before, fact, at=at, opening=opening)
        await _open_growth(uow, known, before, at=at, opening=opening)
    except (Refused, Malformed) as refusal:
        notes.append(PaidTwice(opening.new_id("twice"), fact, refusal.code, 0))
    return notes


async def _open_growth(uow: UnitOfWork, known: KnownOrder, before: Before, *, at: datetime, opening: Opening) -> None:
    growing = await _growing_return(uow, before[0])
    if growing is not None:
        open_growth(uow, (known, growing), before, at=at, opening=opening)


async def _growing_return(uow: UnitOfWork, refunds: Sequence[Refund]) -> KnownReturn | None:
    """The return of the newest refund whose pieces are back."""
    alive = [each for each in refunds if each.state is not State.STOPPED and each.terms.units]
    return await uow.returns.find(alive[-1].terms.return_id) if alive else None


async def _stop(uow: UnitOfWork, refunds: Sequence[Refund], at: datetime) -> Sequence[Refund]:
    """Stop the refunds that the provider does not know of, and return them."""
    stopped: list[Refund] = []
    for each in refunds:
        held = await uow.refunds.get(each.id) if each.can_stop else each
        if held.can_stop:
            held.stop(at)
            stopped.append(held)
    return stopped


def _without(refunds: Sequence[Refund], stopped: Sequence[Refund]) -> Sequence[Refund]:
    gone = {each.id for each in stopped}
    return [each for each in refunds if each.id not in gone]


async def _open_again(
    uow: UnitOfWork,
    known: KnownOrder,
    stopped: Sequence[Refund],
    before: Before,
    fact: str,
    *,
    at: datetime,
    opening: Opening,
) -> tuple[Before, list[PaidTwice]]:
    """Open refunds again for the units of stopped ones; those that cannot be computed are for a person."""
    (remaining, after), notes = before, list[PaidTwice]()
    for old in stopped:
        reopened, after, code = await _again(uow, known, old, (remaining, after), at=at, opening=opening)
        remaining = [*remaining, *reopened]
        if code is not None:
            notes.append(PaidTwice(opening.new_id("twice"), fact, code, old.terms.amount.minor))
    return (remaining, after), notes


async def _again(
    uow: UnitOfWork,
    known: KnownOrder,
    old: Refund,
    before: Before,
    *,
    at: datetime,
    opening: Opening,
) -> tuple[Sequence[Refund], Mapping[BalanceKey, Balance], str | None]:
    """Open the refund of these units again. A refund that cannot be computed is left to a person, with its code."""
    returned = await uow.returns.find(old.terms.return_id)
    if returned is None:
        raise NotYet(f"the approval of {old.terms.return_id}")
    returned.free_label(old.id)
    try:
        opened, after = open_groups(
            uow,
            (known, returned),
            returned.select(old.terms.units),
            before,
            agreed_at=old.terms.opened_at,
            at=at,
            opening=opening,
        )
    except (Refused, Malformed) as refusal:
        return (), before[1], refusal.code
    return opened, after, None


async def _order(uow: UnitOfWork, order_id: str) -> KnownOrder:
    known = await uow.orders.find(order_id)
    if known is None:
        raise NotYet(f"order {order_id}")
    return known


@dataclass(frozen=True, slots=True)
class _Taken:
    """What the facts take of the balances, the balances after it, and what the balances did not have."""

    changes: Sequence[BalanceChange]
    after: Mapping[BalanceKey, Balance]
    missing: Mapping[BalanceKey, int]


def _take(known: KnownOrder, later: LaterFacts, balances: Mapping[BalanceKey, Balance]) -> _Taken:
    """Settle on each balance what is new outside. A balance never gives more than it has left."""
    imported = known.current
    before, now = known.later.outside(imported), later.outside(imported)
    after, missing, changes = dict(balances), dict[BalanceKey, int](), list[BalanceChange]()
    wanted: dict[BalanceKey, int] = {
        (Kind(kind), key): minor - before.get((kind, key), 0) for (kind, key), minor in now.items()
    }
    for key, minor in wanted.items():
        balance = after.get(key)
        if balance is None or minor <= 0:
            continue
        taken = min(minor, max(0, balance.available_minor))
        after[key] = replace(balance, settled_minor=balance.settled_minor + taken)
        changes.append(BalanceChange(*key, settled=taken))
        missing[key] = minor - taken
    captured = (Kind.ORDER, CAPTURED)
    total = sum(change.settled for change in changes if change.kind is Kind.TENDER)
    if captured in after and total:
        after[captured] = replace(after[captured], settled_minor=after[captured].settled_minor + total)
        changes.append(BalanceChange(*captured, settled=total))
    return _Taken([change for change in changes if change.settled], after, missing)
