"""Mails whose attempt has begun: from the commit of the attempt to the loop that hands them over."""

import asyncio
from dataclasses import dataclass, field
from typing import ClassVar

from service_notifications.domain.messages.outgoing_mail import OutgoingMail


@dataclass(frozen=True, slots=True)
class OutgoingMailQueue:
    """Mails that this process has begun. Beyond `places` the due-message loop takes over; `left` wakes it."""

    places: int
    left: asyncio.Event
    letters: asyncio.Queue[OutgoingMail] = field(default_factory=asyncio.Queue)

    @property
    def open(self) -> bool:
        """Whether one more mail is handed over without the due-message loop."""
        return self.letters.qsize() < self.places


@dataclass(slots=True)
class OutgoingMailHook:
    """The mails of one unit of work: they enter the queue after its commit, never without it."""

    copied: ClassVar[bool] = False
    unsure: ClassVar[bool] = False

    outgoing: OutgoingMailQueue
    letters: list[OutgoingMail] = field(default_factory=list)
    left: bool = False

    def may_hand_over_now(self) -> bool:
        """Whether a mail that begins now is handed over at once; if not, the due-message loop is woken."""
        self.left = self.left or not self.outgoing.open
        return self.outgoing.open

    def settle(self) -> None:
        """The attempts are committed."""
        for letter in self.letters:
            self.outgoing.letters.put_nowait(letter)
        if self.left:
            self.outgoing.left.set()

    def release(self) -> None:
        """This hook holds no resource."""
