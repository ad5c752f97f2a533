"""Mails whose attempt has begun: from the commit of the attempt to the job that hands them over."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from service_notifications.domain.messages.outgoing_mail import OutgoingMail


@dataclass(frozen=True, slots=True)
class OutgoingMailQueue:
    """Mails that this process has begun. When `places` mails wait, further messages are left to the due-message job."""

    places: int
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    """Wakes the job that hands mails over."""
    due: asyncio.Event = field(default_factory=asyncio.Event)
    """Wakes the job that begins due messages."""
    contacts_changed: asyncio.Event = field(default_factory=asyncio.Event)
    """A contact has changed, so that a message that has failed may have another address now."""
    _mails: deque[OutgoingMail] = field(default_factory=deque)

    @property
    def open(self) -> bool:
        """Whether one more mail is handed over without the due-message job."""
        return len(self._mails) < self.places

    @property
    def has_items(self) -> bool:
        """Whether a mail waits to be handed over."""
        return bool(self._mails)

    def put(self, mail: OutgoingMail) -> None:
        """Add a mail whose attempt is committed."""
        self._mails.append(mail)
        self.arrived.set()

    def take(self, count: int) -> list[OutgoingMail]:
        """At most `count` mails, the oldest first; each once."""
        return [self._mails.popleft() for _ in range(min(count, len(self._mails)))]
