"""Events about messages to customers, published by notifications."""

from enum import StrEnum
from typing import ClassVar

from shared.contracts.envelope import Event
from shared.contracts.events.values import Code, Id


class MessageSent(Event):
    """A message has left for a person. `kind` says which fact it tells.

    The channel is `email`, or how a person has told the customer what a message says: `telephone`, `post`, `chat` or
    `in_person`.
    """

    type: ClassVar[str] = "message.sent"
    version: ClassVar[int] = 1
    message_id: Id
    return_id: Id
    kind: Code
    channel: Code
    tells: Id
    """The refund, decision or return whose fact it tells."""


class MessageFailed(Event):
    """A message could not be delivered and needs a person."""

    type: ClassVar[str] = "message.failed"
    version: ClassVar[int] = 1
    message_id: Id
    return_id: Id
    kind: Code
    channel: Code
    code: Code


class DropCause(StrEnum):
    """Why a message will not be sent."""

    OVERTAKEN = "overtaken"
    """A later fact came before the message had left."""
    NOT_NEEDED = "not_needed"
    """A person has said that nobody needs it any more."""


class MessageDropped(Event):
    """A message will not be sent, and nobody waits for it any more. `tells` is the refund or return it was about."""

    type: ClassVar[str] = "message.dropped"
    version: ClassVar[int] = 1
    message_id: Id
    return_id: Id
    kind: Code
    channel: Code
    tells: Id
    cause: DropCause
    overtaken_by: Id | None = None
    """The message that tells the later fact."""
