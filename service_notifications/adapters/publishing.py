"""Which domain events are published, and as which contract. The type check fails for a domain event
without a decision.
"""

from typing import assert_never

from service_notifications.domain.contacts.contact import Contact, ContactChanged
from service_notifications.domain.messages.message import (
    Message,
    MessageChanged,
    MessageDropped,
    MessageFailed,
    MessageSent,
    MessageToldOtherwise,
    Status,
)
from shared.contracts import events as contracts
from shared.database.repository import Published

NotificationEvent = (
    ContactChanged | MessageChanged | MessageSent | MessageFailed | MessageToldOtherwise | MessageDropped
)


def publish(aggregate: Contact | Message, event: NotificationEvent) -> Published | None:
    """The event for other services: ids only, never a recipient or a text. None for an event that stays inside."""
    match event:
        case ContactChanged() | MessageChanged():
            return None
        case MessageSent() | MessageToldOtherwise():
            return _sent(_message(aggregate))
        case MessageDropped():
            return _dropped(_message(aggregate))
        case MessageFailed():
            return _failed(_message(aggregate), event)
        case _:
            assert_never(event)


def _sent(message: Message) -> Published:
    """A person who tells the customer does what the message would have done; the channel says how."""
    told = message.ending.channel if message.ending else None
    event = contracts.MessageSent(
        message_id=message.id,
        return_id=message.return_id,
        kind=message.kind.value,
        channel=message.channel.value if told is None else told.value,
        tells=message.tells,
    )
    return Published(event, message.return_id)


def _dropped(message: Message) -> Published:
    overtaken = message.status is Status.SUPERSEDED
    event = contracts.MessageDropped(
        message_id=message.id,
        return_id=message.return_id,
        kind=message.kind.value,
        channel=message.channel.value,
        tells=message.tells,
        cause=contracts.DropCause.OVERTAKEN if overtaken else contracts.DropCause.NOT_NEEDED,
        overtaken_by=message.ending.overtaken_by if message.ending else None,
    )
    return Published(event, message.return_id)


def _failed(message: Message, event: MessageFailed) -> Published:
    failed = contracts.MessageFailed(
        message_id=message.id,
        return_id=message.return_id,
        kind=message.kind.value,
        channel=message.channel.value,
        code=event.code,
    )
    return Published(failed, message.return_id)


def _message(aggregate: Contact | Message) -> Message:
    if not isinstance(aggregate, Message):
        raise TypeError("only a message is sent or fails")
    return aggregate
