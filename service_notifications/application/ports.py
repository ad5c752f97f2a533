"""What the use cases of this service need from the adapters."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from service_notifications.domain.contacts.contact import Contact
from service_notifications.domain.messages.known_return import KnownReturn
from service_notifications.domain.messages.message import Message
from service_notifications.domain.messages.outgoing_mail import OutgoingMail


class Contacts(Protocol):
    """Contacts by customer."""

    async def find(self, key: str) -> Contact | None: ...
    def add(self, aggregate: Contact) -> None: ...


class Messages(Protocol):
    """Messages by id."""

    async def get(self, key: str) -> Message: ...
    def add(self, aggregate: Message) -> None: ...


class UnitOfWork(Protocol):
    """What one use case loads and changes. On leaving, aggregates that have recorded events are saved."""

    @property
    def contacts(self) -> Contacts: ...
    @property
    def messages(self) -> Messages: ...

    async def messages_of_return(self, return_id: str) -> Sequence[Message]:
        """The messages about a return, as they are kept, and those that were added here. Changes of these copies are
        not saved.
        """
        ...

    async def known_return(self, return_id: str) -> KnownReturn | None:
        """The known facts of a return."""
        ...

    def keep_known_return(self, known: KnownReturn) -> None:
        """Keep these facts of a return."""
        ...

    def may_hand_over_now(self) -> bool:
        """Whether a mail that begins now is handed over right after the commit. If not, the delivery job begins the
        attempt later.
        """
        ...

    def wake_job(self) -> None:
        """After the commit, let the delivery job look for due messages at once."""
        ...

    def keep_words(self, mail: OutgoingMail, at: datetime) -> None:
        """Keep the exact words of the attempt (L04). After the commit the mail is handed over."""
        ...
