"""The queries of this service. A customer sees only the customer's own contact and messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, Self

from service_notifications.application.contacts.contact import ContactView
from service_notifications.domain.messages.content import MessageKind
from service_notifications.domain.messages.message import Channel, DeliveryAttempt, Message, Status
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


class Queries(Protocol):
    """Answers read from rows."""

    async def contact(self, customer_id: str, by: Principal) -> ContactView:
        """A customer's contact. `NotFound` if there is none, also for another customer's contact."""
        ...

    async def message(self, message_id: str, by: Principal) -> MessageView:
        """One message with its words. `NotFound` if there is none, also for another customer's message."""
        ...

    async def messages(self, by: Principal, *, return_id: str | None, cursor: str | None, limit: int) -> MessagePage:
        """Messages of one return or of all, the newest first. A customer gets only the customer's own."""
        ...
