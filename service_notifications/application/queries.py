"""The queries of this service. A customer sees only the customer's own contact and messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, Self

from service_notifications.application.contacts.contact import ContactView
from service_notifications.application.messages.message_filter import MessageFilter
from service_notifications.domain.messages.content import MessageKind
from service_notifications.domain.messages.message import Channel, DeliveryAttempt, Message, MessageEnding, Status
from service_notifications.domain.messages.outgoing_mail import RenderedMessage
from shared.kernel.errors import Language
from shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """A message with its words, as sent or as it would be sent now. An attempt sets `to_address` and `said_at`."""

    id: str
    return_id: str
    customer_id: str
    kind: MessageKind
    tells: str
    channel: Channel
    language: Language
    status: Status
    code: str | None
    created_at: datetime
    due_at: datetime | None
    sent_at: datetime | None
    attempts: Sequence[DeliveryAttempt]
    ending: MessageEnding | None
    version: int
    subject: str
    text: str
    html: str
    template: str
    to_address: str | None
    said_at: datetime | None

    @classmethod
    def of(cls, message: Message, words: RenderedMessage, *, to_address: str | None, said_at: datetime | None) -> Self:
        """The view of a message and its words."""
        return cls(
            id=message.id,
            return_id=message.return_id,
            customer_id=message.customer_id,
            kind=message.kind,
            tells=message.tells,
            channel=message.channel,
            language=message.language,
            status=message.status,
            code=message.code,
            created_at=message.created_at,
            due_at=message.due_at,
            sent_at=message.sent_at,
            attempts=message.attempts,
            ending=message.ending,
            version=message.version + bool(message.events),
            subject=words.subject,
            text=words.text,
            html=words.html,
            template=words.template,
            to_address=to_address,
            said_at=said_at,
        )


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Messages, the newest first."""

    items: Sequence[Message]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCount:
    """How many messages of a kind are in a status, and when the oldest was made."""

    status: Status
    kind: MessageKind
    count: int
    since: datetime


class Queries(Protocol):
    """Answers read from rows."""

    async def contact(self, customer_id: str, by: Principal) -> ContactView:
        """A customer's contact. `NotFound` if there is none, also for another customer's contact."""
        ...

    async def message(self, message_id: str, by: Principal) -> MessageView:
        """One message with its words. `NotFound` if there is none, also for another customer's message."""
        ...

    async def messages(self, by: Principal, wanted: MessageFilter, *, cursor: str | None, limit: int) -> MessagePage:
        """Messages that fit the filter, the newest first. A customer gets only the customer's own."""
        ...

    async def message_ids(self, wanted: MessageFilter, *, count: int) -> Sequence[str]:
        """The ids of the oldest messages that fit the filter."""
        ...

    async def message_counts(self) -> Sequence[MessageCount]:
        """How many messages were not sent, by status and kind (Z20)."""
        ...
