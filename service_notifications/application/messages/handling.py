"""What a person does about a message that does not arrive (Z20): send again, tell the customer otherwise, discard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from service_notifications.application.messages.message_renderer import MessageRenderer
from service_notifications.application.messages.return_line import advance, come_further, line_of
from service_notifications.application.ports import UnitOfWork
from service_notifications.domain.messages.message import Message, OtherChannel, Status
from shared.kernel.errors import Malformed, Said

MOST_AT_ONCE: Final = 200
"""How many messages one call sends again."""


class NotInTheFuture(Malformed):
    """Somebody was told at a moment that has not come."""

    code = "told_in_the_future"
    title = Said("That moment has not come yet", "该时间尚未到来")
    detail = Said("Say when the customer was told; it cannot be in the future.", "请填写告知客户的时间，不能晚于现在。")


@dataclass(frozen=True, slots=True)
class SentAgain:
    """How many messages are tried again, which ones, and whether more fit the filter."""

    count: int
    message_ids: Sequence[str]
    more: bool


async def send_again(uow: UnitOfWork, message_id: str, renderer: MessageRenderer, *, at: datetime) -> Message:
    """Try a message again now. `NotFound`; `IllegalMove` unless it has failed or waits for its next attempt."""
    message = await uow.messages.get(message_id)
    message.send_again(at=at)
    await advance(uow, await line_of(uow, message.return_id), renderer, at=at, may_begin=uow.may_hand_over_now())
    return message


async def send_many_again(uow: UnitOfWork, message_ids: Sequence[str], *, more: bool, at: datetime) -> SentAgain:
    """Try these messages again. What has another state by now is left out, and the job begins them in order."""
    again: list[str] = []
    for message_id in message_ids:
        message = await uow.messages.get(message_id)
        if message.status in (Status.FAILED, Status.QUEUED):
            message.send_again(at=at)
            again.append(message_id)
    if again:
        uow.wake_job()
    return SentAgain(len(again), again, more)


async def tell_otherwise(
    uow: UnitOfWork,
    message_id: str,
    renderer: MessageRenderer,
    *,
    channel: OtherChannel,
    told_at: datetime | None,
    note: str | None,
    by: str,
    at: datetime,
) -> Message:
    """A person has told the customer what the message says. `NotFound`, `IllegalMove`, `NotInTheFuture`.

    Others hear of it as of a message that was sent, with this channel, so that the return can close.
    """
    message = await uow.messages.get(message_id)
    if told_at is not None and told_at > at:
        raise NotInTheFuture(pointer="/told_at")
    message.tell_otherwise(channel, by=by, why=note, at=told_at or at)
    await come_further(uow, message, renderer, at=at)
    return message


async def discard(
    uow: UnitOfWork, message_id: str, renderer: MessageRenderer, *, reason: str, by: str, at: datetime
) -> Message:
    """Nobody needs the message any more. `NotFound`, `IllegalMove`."""
    message = await uow.messages.get(message_id)
    message.discard(by=by, why=reason, at=at)
    await come_further(uow, message, renderer, at=at)
    return message
