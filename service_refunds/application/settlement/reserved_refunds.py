"""Refunds that this process has just reserved: its own executor pays them without a query."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Final

MOST_REMEMBERED: Final = 1_000
"""Above this number the oldest are dropped; the leading executor finds them in the database."""


@dataclass(frozen=True, slots=True)
class ReservedRefunds:
    """Ids of reserved refunds in the order of their commits. `arrived` wakes the executor."""

    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _refunds: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_REMEMBERED))

    @property
    def has_items(self) -> bool:
        """Whether a refund waits to be paid."""
        return bool(self._refunds)

    def put(self, refund_id: str) -> None:
        """Add a refund whose reservation is committed."""
        self._refunds.append(refund_id)
        self.arrived.set()

    def take(self, count: int) -> list[str]:
        """At most `count` refunds, the oldest first; each once."""
        return [self._refunds.popleft() for _ in range(min(count, len(self._refunds)))]

    def clear(self) -> None:
        """Forget all refunds, because the database is about to be asked for them."""
        self._refunds.clear()
