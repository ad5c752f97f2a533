"""Turns a fact into a message: once for each fact, person and channel (L02), in the transaction that handles the event
(L03).
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from service_notifications.application.messages.message_renderer import MessageRenderer
from service_notifications.application.messages.return_line import advance, line_of
from service_notifications.application.ports import UnitOfWork
from service_notifications.domain.messages.content import (
    Content,
    DeadlineExtended,
    DiscrepancyCleared,
    DiscrepancyEnd,
    GoodsReceived,
    InspectionCorrected,
    InspectionDecided,
    InspectionExtended,
    InspectionHeld,
    MessageItem,
    MessageKind,
    ReducedItem,
    RefundSettled,
    RefundShare,
    RemainderClosed,
    RemainderOutcome,
    ReturnCancelled,
    ReturnLapsed,
    UnitsKept,
    WrittenText,
)
from service_notifications.domain.messages.known_return import KnownReturn
from service_notifications.domain.messages.message import Message, Status
from service_notifications.domain.messages.message_order import overtakes
from shared.kernel.errors import NotYet
from shared.kernel.money import Money

LONGEST_COLLECTION: Final = 5
"""A message about receipts waits for further ones at most so many times the pause, counted from the first one."""


@dataclass(frozen=True, slots=True)
class MessageContext:
    """The id and the moment of a new message, the renderer of its words, and how long receipts are collected."""

    message_id: str
    at: datetime
    renderer: MessageRenderer
    collecting: timedelta = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionGrounds:
    """Why a person has decided so about goods: reason, clause and evidence.

    `reductions`: by unit, how much less is refunded as agreed, in hundredths of a percent.
    """

    reason: WrittenText | None = None
    clause: str | None = None
    evidence: tuple[str, ...] = ()
    reductions: Mapping[str, int] = field(default_factory=dict)


async def about_return(uow: UnitOfWork, known: KnownReturn, content: Content, occasion: MessageContext) -> None:
    """Queue a message about a return, and keep the facts that later messages need."""
    uow.keep_known_return(known)
    await _queue(uow, known, content, occasion)


async def cancelled(uow: UnitOfWork, known: KnownReturn, occasion: MessageContext) -> None:
    """Tell that the customer keeps the goods. The return number is named if there is one."""
    kept = await uow.known_return(known.id) or known
    await _queue(uow, kept, ReturnCancelled(kept.rma), occasion)


async def lapsed(uow: UnitOfWork, return_id: str, occasion: MessageContext) -> None:
    """Tell that the time for sending is over. `NotYet` before the approval is known."""
    known = await _known(uow, return_id)
    await _queue(uow, known, ReturnLapsed(known.number), occasion)


async def kept(
    uow: UnitOfWork, return_id: str, occasion: MessageContext, *, units: Collection[str], lapsed: bool, at: datetime
) -> None:
    """Tell which goods stay with the customer while the return goes on. `NotYet` before the approval is known."""
    known = await _known(uow, return_id)
    content = UnitsKept(known.number, known.items(units), lapsed)
    await _queue(uow, known, content, occasion, happened=at.isoformat(), units=units)


async def more_time(
    uow: UnitOfWork, known: KnownReturn, said: Callable[[str | None], DeadlineExtended], occasion: MessageContext
) -> None:
    """Tell until which day there is more time, and why. The return number is named if there is one."""
    found = await uow.known_return(known.id) or known
    content = said(found.rma)
    await _queue(uow, found, content, occasion, happened=f"{content.step}:{content.day}")


async def received(
    uow: UnitOfWork,
    return_id: str,
    occasion: MessageContext,
    *,
    receipt_id: str,
    units: Collection[str],
    complete: bool,
    inspect_by: datetime,
) -> None:
    """Tell that a parcel has arrived; each receipt is a fact. `NotYet` before the approval is known.

    While goods are missing, the message waits a short time, and further receipts are told by the same message.
    """
    known = await _known(uow, return_id)
    content = GoodsReceived(known.number, known.items(units), complete, inspect_by)
    await _queue(uow, known, content, occasion, happened=receipt_id, units=units)


async def held(
    uow: UnitOfWork, return_id: str, occasion: MessageContext, *, units: Collection[str], because: str | None = None
) -> None:
    """Tell that units have not passed and a person is looking. `NotYet` before the approval is known.

    `because` names the correction that holds the units, so that each correction is a fact of its own (Z01).
    """
    known = await _known(uow, return_id)
    content = InspectionHeld(known.number, known.items(units))
    await _queue(uow, known, content, occasion, happened=because or min(units), units=units)


async def decided(
    uow: UnitOfWork,
    return_id: str,
    occasion: MessageContext,
    *,
    accepted: Collection[str],
    refused: Collection[str],
    decided_at: datetime | None = None,
    grounds: DecisionGrounds | None = None,
) -> None:
    """Tell what a person decided about units that had not passed, and why. `NotYet` before the approval is known."""
    known = await _known(uow, return_id)
    happened = min((*accepted, *refused))
    if decided_at is not None:  # a decision that was taken back is made again, and told again (Z01)
        happened = f"{happened}@{decided_at.isoformat()}"
    why = grounds or DecisionGrounds()
    content = InspectionDecided(
        rma=known.number,
        accepted=known.items(accepted),
        refused=known.items(refused),
        reason=why.reason,
        clause=why.clause,
        evidence=why.evidence,
        reduced=tuple(_reduced(known, why.reductions)),
    )
    await _queue(uow, known, content, occasion, happened=happened, units=(*accepted, *refused))


def _reduced(known: KnownReturn, reductions: Mapping[str, int]) -> Iterator[ReducedItem]:
    """The goods of each reduction, the greatest first."""
    by_points: dict[int, list[str]] = {}
    for unit, points in reductions.items():
        by_points.setdefault(points, []).append(unit)
    for points, units in sorted(by_points.items(), reverse=True):
        for item in known.items(units):
            yield ReducedItem(item.name, item.quantity, points)


async def corrected(
    uow: UnitOfWork,
    return_id: str,
    occasion: MessageContext,
    *,
    not_here: Collection[str],
    checked_again: Collection[str],
    because: str,
) -> None:
    """Tell that goods are not here, or are checked again, after something else was told (Z01)."""
    known = await _known(uow, return_id)
    content = InspectionCorrected(known.number, known.items(not_here), known.items(checked_again))
    units = (*not_here, *checked_again)
    await _queue(uow, known, content, occasion, happened=because, units=units)


async def extended(
    uow: UnitOfWork,
    return_id: str,
    occasion: MessageContext,
    *,
    units: Collection[str],
    inspect_by: datetime,
    reason: WrittenText,
) -> None:
    """Tell that the check takes longer, until when and why (T3). `NotYet` before the approval is known."""
    known = await _known(uow, return_id)
    content = InspectionExtended(known.number, known.items(units), inspect_by, reason)
    await _queue(uow, known, content, occasion, happened=inspect_by.isoformat(), units=units)


async def discrepancy_cleared(
    uow: UnitOfWork,
    return_id: str,
    occasion: MessageContext,
    *,
    discrepancy_id: str,
    sku: str,
    quantity: int,
    outcome: DiscrepancyEnd,
    reason: WrittenText | None,
    tracking_number: str | None,
) -> None:
    """Tell what became of goods that nobody had announced (Z32). `NotYet` before the approval is known."""
    known = await _known(uow, return_id)
    content = DiscrepancyCleared(
        rma=known.number,
        items=(MessageItem(sku, quantity),),
        outcome=outcome,
        reason=reason,
        tracking_number=tracking_number,
    )
    await _queue(uow, known, content, occasion, tells=discrepancy_id, happened=discrepancy_id)


async def settled(
    uow: UnitOfWork,
    return_id: str,
    occasion: MessageContext,
    *,
    refund_id: str,
    amount: Money,
    shares: tuple[RefundShare, ...],
    settled_at: datetime,
    remainder: Money | None = None,
) -> None:
    """Tell that the provider has paid (R5.1), and what a person still looks at (Z09).

    `NotYet` before the approval is known.
    """
    known = await _known(uow, return_id)
    content = RefundSettled(
        rma=known.number,
        refund_id=refund_id,
        amount=amount,
        shares=shares,
        settled_at=settled_at,
        remainder=remainder,
    )
    await _queue(uow, known, content, occasion, tells=refund_id, happened=refund_id)


async def remainder_closed(
    uow: UnitOfWork,
    return_id: str,
    occasion: MessageContext,
    *,
    refund_id: str,
    amount: Money,
    outcome: RemainderOutcome,
    closed_at: datetime,
) -> None:
    """Tell what became of the part that a person still looked at (Z09, Z32). `NotYet` before the approval is known."""
    known = await _known(uow, return_id)
    content = RemainderClosed(
        rma=known.number, refund_id=refund_id, amount=amount, outcome=outcome, closed_at=closed_at
    )
    await _queue(uow, known, content, occasion, tells=refund_id, happened=refund_id)


async def _known(uow: UnitOfWork, return_id: str) -> KnownReturn:
    known = await uow.known_return(return_id)
    if known is None:
        raise NotYet(f"return {return_id}")
    return known


async def _queue(
    uow: UnitOfWork,
    known: KnownReturn,
    content: Content,
    occasion: MessageContext,
    *,
    tells: str | None = None,
    happened: str | None = None,
    units: Iterable[str] = (),
) -> None:
    """Queue the message unless it exists, behind the messages of the return that have not left.

    `happened` names the fact where a return has several facts of this kind.
    """
    fact = f"{content.kind}:{happened or known.id}"
    # the contact is loaded together with the other messages, so that the attempt finds it in memory
    line, _ = await asyncio.gather(line_of(uow, known.id), uow.contacts.find(known.customer_id))
    if any(each.tells_fact(fact) for each in line):
        return
    message = Message.queue(
        key=occasion.message_id,
        fact=fact,
        tells=tells or known.id,
        return_id=known.id,
        to=(known.customer_id, known.language),
        content=content,
        at=occasion.at,
        place=len(line) + 1,
        units=tuple(units),
        due_at=occasion.at + _pause(content, occasion),
    )
    if isinstance(content, GoodsReceived) and (open_one := _collecting(line, occasion.at)) is not None:
        _collect(open_one, known, message, occasion)
        await advance(uow, line, occasion.renderer, at=occasion.at, may_begin=uow.may_hand_over_now())
        return
    if content.kind == MessageKind.INSPECTION_CORRECTED and not _was_told(message, line):
        return
    uow.messages.add(message)
    line.append(message)
    await advance(uow, line, occasion.renderer, at=occasion.at, may_begin=uow.may_hand_over_now())


def _pause(content: Content, occasion: MessageContext) -> timedelta:
    """How long a message waits for further facts of its kind: receipts, until all goods are here."""
    return occasion.collecting if isinstance(content, GoodsReceived) and not content.complete else timedelta()


def _collecting(line: Iterable[Message], at: datetime) -> Message | None:
    """The message of the return that still waits for further receipts."""
    return next((each for each in line if isinstance(each.content, GoodsReceived) and each.collects(at)), None)


def _collect(message: Message, known: KnownReturn, receipt: Message, on: MessageContext) -> None:
    """Tell this receipt by the message that waits; each receipt begins the pause anew, and all goods end it."""
    before, content = message.content, receipt.content
    if not isinstance(before, GoodsReceived) or not isinstance(content, GoodsReceived):
        raise TypeError(message.kind)
    more = tuple(unit for unit in receipt.units if unit not in message.units)
    both = GoodsReceived(
        before.rma,
        known.items((*message.units, *more)),
        before.complete or content.complete,
        max(before.inspect_by, content.inspect_by),
    )
    latest = message.created_at + LONGEST_COLLECTION * on.collecting
    message.collect(receipt.fact, both, units=more, due_at=min(on.at + _pause(both, on), max(latest, on.at)))


def _was_told(correction: Message, line: Iterable[Message]) -> bool:
    """Whether the customer was told something about these goods that holds no more, or will be."""
    return any(
        overtakes(correction, each) or set(each.units) & set(correction.units)
        for each in line
        if each.status is not Status.SUPERSEDED and each.status is not Status.DISCARDED
    )
