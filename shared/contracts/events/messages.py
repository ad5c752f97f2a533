"""Events about messages to customers, published by notifications."""

from typing import ClassVar

from shared.contracts.envelope import Event
from shared.contracts.events.values import Code, Id


class MessageSent(Event):
    """A message has left for a person. `kind` says which fact it tells."""

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
