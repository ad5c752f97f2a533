"""Collects events that found no queue: the broker confirmed them, and no follower has them (Z38).

The publisher keeps each of them in its archive. So the loss is noted, and the copy at the broker is removed. What is
not ours stays in the queue, where the doctor shows it.
"""

from collections.abc import Collection
from typing import Final

import structlog
from aio_pika.abc import AbstractConnection, AbstractIncomingMessage

from shared.messaging.broker_topology import UNROUTED_ARGUMENTS, BrokerNames
from shared.messaging.bus import NoteUnrouted

log = structlog.get_logger(__name__)

MOST: Final = 1000


class UnroutedCollector:
    """Collects events of known types from the queue of unrouted messages."""

    def __init__(self, names: BrokerNames, known: Collection[str], note: NoteUnrouted) -> None:
        self._names = names
        self._known = frozenset(known)
        self._note = note
        self._strange = 0
        """How many messages in the queue are not ours, so that they are not read again and again."""

    async def collect(self, connection: AbstractConnection) -> int:
        """Note and remove what is ours; how many there were. The loss is noted before anything is removed."""
        channel = await connection.channel(publisher_confirms=False)
        try:
            queue = await channel.declare_queue(self._names.unrouted, durable=True, arguments=UNROUTED_ARGUMENTS)
            depth = queue.declaration_result.message_count or 0
            if depth <= self._strange:
                self._strange = min(self._strange, depth)
                return 0
            ours: list[AbstractIncomingMessage] = []
            strange = 0
            for _ in range(min(depth, MOST)):
                message = await queue.get(fail=False)
                if message is None:
                    break
                if message.routing_key in self._known:
                    ours.append(message)
                else:
                    strange += 1
            if ours:
                log.error("events_unrouted", events=len(ours), types=sorted({str(each.routing_key) for each in ours}))
                await self._note()
            for message in ours:
                await message.ack()
            self._strange = strange
            return len(ours)
        finally:
            await channel.close()
