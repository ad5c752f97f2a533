"""The line of messages of one return: they leave in order, and what a later fact has overtaken is dropped (Z30).

`advance` is called when a message is queued, when one is due, and when one that others wait behind has come further.
Only the first message of the line that is still tried may be on the way to the mail server. The others wait behind it.
A message knows that others wait behind it (`followed`); whoever records its result lets the next one go in the same
transaction. If that is lost, the waiting message looks again by itself, a moment after the next attempt of the first.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from service_notifications.application.messages.attempt import begin_attempt
from service_notifications.application.messages.message_renderer import MessageRenderer
from service_notifications.application.ports import UnitOfWork
from service_notifications.domain.messages.content import MessageKind
from service_notifications.domain.messages.message import Message, Status
from service_notifications.domain.messages.message_order import TRIED, in_order, overtaker_of

BEHIND: Final = timedelta(seconds=5)
"""A message that waits behind another one looks again so long after the other one's next attempt."""
BY: Final = "service:notifications"


async def line_of(uow: UnitOfWork, return_id: str) -> list[Message]:
    """The messages of a return in order. Those without an end are loaded to be changed."""
    known = in_order(await uow.messages_of_return(return_id))
    return [each if each.settled else await uow.messages.get(each.id) for each in known]


async def advance(
    uow: UnitOfWork, line: Sequence[Message], renderer: MessageRenderer, *, at: datetime, may_begin: bool = True
) -> None:
    """Drop what was overtaken, begin the first message if it is due, and let the others wait behind it."""
    drop_overtaken(line, at=at)
    if all(message.settled or message.status is Status.FAILED for message in line):
        return
    contact = await uow.contacts.find(line[0].customer_id)
    reachable = contact is not None and contact.email is not None
    first: Message | None = None
    for number, message in enumerate(line):
        if message.status not in TRIED and not (message.status is Status.WAITING_FOR_CONTACT and reachable):
            continue
        if first is not None:
            _wait_behind(first, message)
            continue
        message.let_go()
        if message.kind is MessageKind.GOODS_RECEIVED and message.collects(at) and _something_follows(line[number:]):
            message.hasten(at=at)
        if may_begin and message.due(at):
            await begin_attempt(uow, message, renderer, at=at)
        if message.status in TRIED or (message.status is Status.WAITING_FOR_CONTACT and reachable):
            first = message


async def come_further(uow: UnitOfWork, message: Message, renderer: MessageRenderer, *, at: datetime) -> None:
    """A message has come further; let those behind it go, if there are any."""
    if message.followed:
        await advance(uow, await line_of(uow, message.return_id), renderer, at=at, may_begin=uow.may_hand_over_now())


def drop_overtaken(line: Sequence[Message], *, at: datetime) -> None:
    """Drop every message that has not left and that a later fact has made untrue."""
    for message in line:
        if message.idle and (other := overtaker_of(message, line)) is not None:
            message.supersede(other.id, by=BY, at=at)


def _something_follows(rest: Sequence[Message]) -> bool:
    """Whether a later message of another kind is to leave, so that no further receipt is waited for."""
    return any(other.status in TRIED and other.kind is not MessageKind.GOODS_RECEIVED for other in rest[1:])


def _wait_behind(first: Message, message: Message) -> None:
    """An attempt that has begun already is left alone."""
    if message.status is Status.SENDING:
        return
    until = None if first.due_at is None else first.due_at + BEHIND
    first.lead()
    if until is not None and (message.due_at is None or message.due_at < until):
        message.hold(until=until)
