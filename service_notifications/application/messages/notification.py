"""Turns a fact into a message: once for each fact, person and channel (L02), in the transaction that handles the event
(L03).
"""

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from service_notifications.application.messages import delivery
from service_notifications.application.messages.message_renderer import MessageRenderer
from service_notifications.application.ports import UnitOfWork
from service_notifications.domain.messages.content import (
    Content,
    GoodsReceived,
    InspectionDecided,
    InspectionHeld,
    RefundSettled,
    RefundShare,
    ReturnCancelled,
)
from service_notifications.domain.messages.known_return import KnownReturn
from service_notifications.domain.messages.message import Channel, Message
from shared.kernel.errors import NotYet
from shared.kernel.money import Money


@dataclass(frozen=True, slots=True)
class MessageContext:
    """The id and the moment of a new message, and the renderer of its words."""

    message_id: str
    at: datetime
    renderer: MessageRenderer


async def about_return(uow: UnitOfWork, known: KnownReturn, content: Content, occasion: MessageContext) -> None:
    """Queue a message about a return, and keep the facts that later messages need."""
    uow.keep_known_return(known)
    await _queue(uow, known, content, occasion)


async def cancelled(uow: UnitOfWork, known: KnownReturn, occasion: MessageContext) -> None:
    """Tell that the customer keeps the goods. The return number is named if there is one."""
    kept = await uow.known_return(known.id) or known
    await _queue(uow, kept, ReturnCancelled(kept.rma), occasion)


async def received(
    uow: UnitOfWork,
    return_id: str,
    occasion: MessageContext,
    *,
    receipt_id: str,
    units: Iterable[str],
    complete: bool,
    inspect_by: datetime,
) -> None:
    """Tell that a parcel has arrived; each receipt is a fact. `NotYet` before the approval is known."""
    known = await _known(uow, return_id)
    content = GoodsReceived(known.number, known.items(units), complete, inspect_by)
    await _queue(uow, known, content, occasion, happened=receipt_id)


async def held(
    uow: UnitOfWork, return_id: str, occasion: MessageContext, *, units: Collection[str], because: str | None = None
) -> None:
    """Tell that units have not passed and a person is looking. `NotYet` before the approval is known.

    `because` names the correction that holds the units, so that each correction is a fact of its own (Z01).
    """
    known = await _known(uow, return_id)
    content = InspectionHeld(known.number, known.items(units))
    await _queue(uow, known, content, occasion, happened=because or min(units))


async def decided(
    uow: UnitOfWork,
    return_id: str,
    occasion: MessageContext,
    *,
    accepted: Collection[str],
    refused: Collection[str],
    decided_at: datetime | None = None,
) -> None:
    """Tell what a person decided about units that had not passed. `NotYet` before the approval is known."""
    known = await _known(uow, return_id)
    happened = min((*accepted, *refused))
    if decided_at is not None:  # a decision that was taken back is made again, and told again (Z01)
        happened = f"{happened}@{decided_at.isoformat()}"
    content = InspectionDecided(known.number, known.items(accepted), known.items(refused))
    await _queue(uow, known, content, occasion, happened=happened)


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
) -> None:
    """Queue the message unless it exists, and begin an attempt at once if the mail can be handed over now.

    `happened` names the fact where a return has several facts of this kind.
    """
    fact = f"{content.kind}:{happened or known.id}"
    # the contact is loaded together with the fact, so that the attempt finds it in memory
    told, _ = await asyncio.gather(
        uow.is_told(fact, known.customer_id, Channel.EMAIL), uow.contacts.find(known.customer_id)
    )
    if told:
        return
    message = Message.queue(
        key=occasion.message_id,
        fact=fact,
        tells=tells or known.id,
        return_id=known.id,
        to=(known.customer_id, known.language),
        content=content,
        at=occasion.at,
    )
    uow.messages.add(message)
    if uow.may_hand_over_now():
        await delivery.begin_attempt(uow, message, occasion.renderer, at=occasion.at)
