"""Refunds that this process has just left to be paid: its own executor need not ask the database for them."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Final

MOST_REMEMBERED: Final = 1_000
"""Above this number the oldest are dropped; the leading job finds them in the database."""


@dataclass(frozen=True, slots=True)
class ReservedRefunds:
    """See the module. `rings` wakes the job that pays."""

    rings: asyncio.Event = field(default_factory=asyncio.Event)
    _refunds: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_REMEMBERED))

    @property
    def waits(self) -> bool:
        """Whether a refund waits here."""
        return bool(self._refunds)

    def put(self, refund: str) -> None:
        """This one is reserved, and committed."""
        self._refunds.append(refund)
        self.rings.set()

    def take(self, count: int) -> list[str]:
        """At most so many, the oldest first; each once."""
        return [self._refunds.popleft() for _ in range(min(count, len(self._refunds)))]

    def clear(self) -> None:
        """Forget them: the database is asked."""
        self._refunds.clear()
