"""The bus as its users see it: publish in order, be told how much arrived; follow nouns, in batches, at least once.

Two implementations keep these promises and are held to one suite (tests/contract/test_bus.py): in process, RabbitMQ.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

EXCHANGE: Final = "retour.events"
UNROUTED: Final = "retour.unrouted"
DEAD: Final = "retour.dead"
FINANCE_STREAM: Final = "retour.finance"
PREFETCH: Final = 200
DELIVERY_LIMIT: Final = 5
"""Deliveries that crash the consumer before the bus buries the message; our own attempt counter comes long before."""


@dataclass(frozen=True, slots=True)
class Message:
    """An event as bytes, with what is needed to route it."""

    id: str
    type: str
    body: bytes


PendingAcks = Sequence[asyncio.Future[None]]
"""What is still to be noted of a batch that has had its effect: it is acknowledged when all of this is done."""

Handle = Callable[[Sequence[bytes]], Awaitable[PendingAcks]]
"""Deal with these bodies, in order: on return each has had its effect or is parked, and the next batch may come.
Raising `Unavailable` means weather: the batch is offered again later, nothing else overtakes it."""

KeepDeadLetter = Callable[[bytes, str], Awaitable[None]]
"""Keep a message that crashed its consumer too often, with the reason."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One consumer's queue: everything about these nouns, one active reader at a time."""

    queue: str
    nouns: tuple[str, ...]
    take: Handle
    bury: KeepDeadLetter


class Bus(Protocol):
    """Both buses."""

    @property
    def patience(self) -> float:
        """For how many seconds a consumer may keep what needs no effect unacknowledged, to note more at once."""
        ...

    async def publish(self, messages: Sequence[Message]) -> int:
        """Offer the messages in this order; how many of the first are certain to have arrived.

        The others may or may not have: publish them again. Raises `Unavailable` when the broker is away.
        """
        ...

    def subscribe(self, subscription: Subscription) -> None:
        """Register a consumer; before `start`."""
        ...

    async def check(self) -> None:
        """`Unavailable` when the bus cannot carry events right now."""
        ...


def noun_of(type_: str) -> str:
    """`refund` of `refund.settled.v1`."""
    return type_.partition(".")[0]
