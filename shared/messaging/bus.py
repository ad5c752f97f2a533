"""The interface of the bus: publish in order and learn how much arrived; consume nouns in batches, at least once.

Two implementations, in process and RabbitMQ, pass one test suite (tests/contract/test_bus.py).
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

PREFIX: Final = "retour"
"""What the names of exchanges begin with, unless a setting says otherwise."""
EXCHANGE: Final = f"{PREFIX}.events"
UNROUTED: Final = f"{PREFIX}.unrouted"
FINANCE_STREAM: Final = f"{PREFIX}.finance"
RETURNS_STREAM: Final = f"{PREFIX}.returns"
PREFETCH: Final = 200
DELIVERY_LIMIT: Final = 5
"""Deliveries that crash the consumer before the message is a dead letter. Our own attempt counter ends much earlier."""
LIMIT_REACHED: Final = "delivery limit reached: the consumer crashed each time"
"""The reason that such a message is kept with."""


@dataclass(frozen=True, slots=True)
class Message:
    """An event as bytes, with its id and its routing key."""

    id: str
    type: str
    body: bytes


PendingAcks = Sequence[asyncio.Future[None]]
"""Progress of a handled batch that is not written yet. The batch is acknowledged when all of these are done."""

Handle = Callable[[Sequence[bytes]], Awaitable[PendingAcks]]
"""Handle these bodies in order. On return each has had its effect or is parked, and the next batch may come.
`Unavailable` means an outage: the batch is offered again later, and no other batch overtakes it."""

KeepDeadLetter = Callable[[bytes, str], Awaitable[None]]
"""Keep a message that crashed its consumer too often, with the reason."""


class QueueState(StrEnum):
    """What a bus tells about a consumer's queue."""

    MISSING = "missing"
    """It does not exist. The bus makes it as soon as this is noted."""
    READY = "ready"
    """It exists, with all its bindings."""


NoteQueue = Callable[[QueueState], Awaitable[None]]
"""Note the state of the consumer's queue. What waited in a queue that is missing is lost."""


NoteUnrouted = Callable[[], Awaitable[None]]
"""Note that events found no queue, so that their followers lack them."""


async def note_nothing(_: QueueState) -> None:
    """For a consumer to whom a lost queue does not matter."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One consumer's queue: all events of these nouns, one active reader at a time."""

    queue: str
    nouns: tuple[str, ...]
    handle: Handle
    keep_dead_letter: KeepDeadLetter
    note_queue: NoteQueue = note_nothing


class Bus(Protocol):
    """What both buses can do."""

    @property
    def patience(self) -> float:
        """For how many seconds a consumer may leave events without effect unacknowledged, to write more at once."""
        ...

    async def publish(self, messages: Sequence[Message]) -> int:
        """Offer the messages in this order; how many of the first are certain to have arrived.

        The others may have arrived or not: publish them again. `Unavailable` when the broker is not reachable.
        """
        ...

    async def give_again(self, messages: Sequence[Message], service: str) -> int:
        """As `publish`, but only the consumers of this service get the messages; others do not see them."""
        ...

    async def missing(self, queues: Sequence[str]) -> Sequence[str]:
        """Which of these consumers' queues do not exist. `Unavailable` when the broker is not reachable."""
        ...

    def collect_unrouted(self, known: Collection[str], note: NoteUnrouted) -> None:
        """Call `note` when events of these types found no queue, and remove them: the archives have them too."""
        ...

    def subscribe(self, subscription: Subscription) -> None:
        """Register a consumer; before the loops start."""
        ...

    async def check(self) -> None:
        """`Unavailable` when the bus cannot deliver events now."""
        ...


def noun_of(type_: str) -> str:
    """`refund` of `refund.settled.v1`."""
    return type_.partition(".")[0]
