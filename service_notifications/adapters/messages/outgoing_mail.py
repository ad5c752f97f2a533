"""Letters that have begun and are not handed over yet: from the commit that began them to the loop that carries."""

import asyncio
from dataclasses import dataclass, field
from typing import ClassVar

from service_notifications.application.messages.mail_transport import OutgoingMail


@dataclass(frozen=True, slots=True)
class OutgoingMailQueue:
    """What this process has begun. When `places` wait, more is left to the round, which `left` wakes."""

    places: int
    left: asyncio.Event
    letters: asyncio.Queue[OutgoingMail] = field(default_factory=asyncio.Queue)

    @property
    def open(self) -> bool:
        """Whether one more is carried at once."""
        return self.letters.qsize() < self.places


@dataclass(slots=True)
class OutgoingMailHook:
    """The letters of one unit of work: they go out with its commit, and with nothing else."""

    copied: ClassVar[bool] = False
    unsure: ClassVar[bool] = False

    outgoing: OutgoingMailQueue
    letters: list[OutgoingMail] = field(default_factory=list)
    left: bool = False

    def may_leave(self) -> bool:
        """Whether a letter that begins now is carried at once; if not, the round is told."""
        self.left = self.left or not self.outgoing.open
        return self.outgoing.open

    def settle(self) -> None:
        """The attempts are committed."""
        for letter in self.letters:
            self.outgoing.letters.put_nowait(letter)
        if self.left:
            self.outgoing.left.set()

    def release(self) -> None:
        """Nothing is in hand."""
