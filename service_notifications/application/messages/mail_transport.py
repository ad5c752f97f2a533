"""The port through which mails leave, and its answers."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from service_notifications.domain.messages.outgoing_mail import OutgoingMail


class DeliveryOutcome(StrEnum):
    """How a hand-over ended."""

    HANDED_OVER = "handed_over"
    """The mail server has accepted the mail."""
    POSTPONED = "postponed"
    """A transient failure or no certain answer. The same mail is sent again after a pause."""
    REFUSED = "refused"
    """The mail server has refused for good."""


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """The answer of a mail transport. `code` is stable and contains no personal data."""

    outcome: DeliveryOutcome
    code: str | None = None


HANDED_OVER: Final = DeliveryReceipt(DeliveryOutcome.HANDED_OVER)


class MailTransport(Protocol):
    """A way to send mails."""

    at_once: int
    """How many mails it accepts at the same time."""

    async def deliver(self, mail: OutgoingMail) -> DeliveryReceipt:
        """Hand a mail over. Answers within the lease of an attempt, and raises nothing for failures of mail servers."""
        ...

    async def close(self) -> None:
        """Close connections."""
        ...
