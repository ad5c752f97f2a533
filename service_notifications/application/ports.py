"""What the use cases of this service need from outside, in their own words."""

from datetime import datetime
from typing import Protocol

from service_notifications.application.messages.mail_transport import OutgoingMail
from service_notifications.domain.contacts.contact import Contact
from service_notifications.domain.messages.known_return import KnownReturn
from service_notifications.domain.messages.message import Channel, Message


class Contacts(Protocol):
    """Contacts by customer."""

    async def find(self, key: str) -> Contact | None: ...
    def add(self, aggregate: Contact) -> None: ...


class Messages(Protocol):
    """Messages by id."""

    async def get(self, key: str) -> Message: ...
    def add(self, aggregate: Message) -> None: ...


class UnitOfWork(Protocol):
    """What one use case loads and changes; leaving it saves what has recorded events."""

    @property
    def contacts(self) -> Contacts: ...
    @property
    def messages(self) -> Messages: ...

    async def told(self, fact: str, customer_id: str, channel: Channel) -> bool:
        """Whether there is a message of this fact to this person by this channel (L02)."""
        ...

    async def known_return(self, return_id: str) -> KnownReturn | None:
        """What is kept of a return."""
        ...

    def know_return(self, known: KnownReturn) -> None:
        """Keep this of a return from now on."""
        ...

    def may_leave(self) -> bool:
        """Whether a letter that begins now is carried right after the commit; if not, the round takes it up."""
        ...

    def keep_letter(self, letter: OutgoingMail, at: datetime) -> None:
        """Keep what is about to be said, word for word (L04); once that is committed the letter is carried."""
        ...
