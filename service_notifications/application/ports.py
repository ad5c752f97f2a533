"""What the use cases of this service need from outside, in their own words."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from service_notifications.domain.contact import Contact
from service_notifications.domain.known_return import KnownReturn
from service_notifications.domain.message import Channel, Message
from shared.kernel.errors import Language, Malformed, Said


@dataclass(frozen=True, slots=True)
class Text:
    """A message in words, for a reader of text and for one of HTML. `template` names the wording that was used."""

    subject: str
    text: str
    html: str
    template: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to leave. Its id and its date are the same at every attempt; `began_at` is this attempt's."""

    message_id: str
    return_id: str
    kind: str
    language: Language
    to_name: str | None
    to_address: str
    written_at: datetime
    words: Text
    began_at: datetime = field(compare=False)


class CannotBeSaid(Malformed):
    """A template and its facts do not fit each other."""

    code = "cannot_be_said"
    title = Said("The message cannot be written", "无法生成消息文本")
    detail = Said("The template of {kind} does not fit its facts.", "消息 {kind} 的模板与内容不符。")


class Words(Protocol):
    """Turns facts into words."""

    def say(self, message: Message, contact: Contact | None) -> Text:
        """In the contact's language and with her form of address, else in the message's. `CannotBeSaid`."""
        ...


class Arrival(StrEnum):
    """What became of a letter."""

    TAKEN = "taken"
    """The other side has taken it over."""
    LATER = "later"
    """Weather, or a doubt: the same letter again after a pause."""
    NEVER = "never"
    """The other side said no for good."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the mail port answers; `code` is stable and names nobody."""

    arrival: Arrival
    code: str | None = None


TAKEN: Final = Receipt(Arrival.TAKEN)


class Mail(Protocol):
    """A way for letters to leave."""

    at_once: int
    """How many letters it takes at the same time."""

    async def deliver(self, letter: Letter) -> Receipt:
        """Hand a letter over; answers within the lease of an attempt and never raises for what mail servers do."""
        ...

    async def close(self) -> None:
        """Let go."""
        ...


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

    def keep_letter(self, letter: Letter, at: datetime) -> None:
        """Keep what is about to be said, word for word (L04); once that is committed the letter is carried."""
        ...
