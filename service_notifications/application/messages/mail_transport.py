"""What takes mail to a person: the port, what it is given, what it answers."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from service_notifications.application.messages.message_renderer import RenderedMessage
from shared.kernel.errors import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """A message ready to leave. Its id and its date are the same at every attempt; `began_at` is this attempt's."""

    message_id: str
    return_id: str
    kind: str
    language: Language
    to_name: str | None
    to_address: str
    written_at: datetime
    words: RenderedMessage
    began_at: datetime = field(compare=False)


class DeliveryOutcome(StrEnum):
    """How a hand-over ended."""

    TAKEN = "taken"
    """The other side has taken it over."""
    LATER = "later"
    """A transient failure, or no certain answer: the same mail again after a pause."""
    NEVER = "never"
    """The other side said no for good."""


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """What the mail port answers; `code` is stable and names nobody."""

    arrival: DeliveryOutcome
    code: str | None = None


TAKEN: Final = DeliveryReceipt(DeliveryOutcome.TAKEN)


class MailTransport(Protocol):
    """A way for letters to leave."""

    at_once: int
    """How many letters it takes at the same time."""

    async def deliver(self, letter: OutgoingMail) -> DeliveryReceipt:
        """Hand a letter over; answers within the lease of an attempt and never raises for what mail servers do."""
        ...

    async def close(self) -> None:
        """Let go."""
        ...
