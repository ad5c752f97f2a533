"""The bus of the embedded mode: bytes, delivery at least once, redelivery and a delivery limit, in one process.

A message is confirmed when every consumer has handled or parked it. A crash before that leaves the message in the
outbox, and nothing is lost.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import structlog

from shared.kernel.errors import Unavailable
from shared.messaging.bus import DELIVERY_LIMIT, LIMIT_REACHED, PREFETCH, Message, NoteUnrouted, Subscription, noun_of
from shared.runtime.loops import LONGEST_OUTAGE_DELAY, Heartbeat, Loops

log = structlog.get_logger(__name__)

Delivery = tuple[bytes, asyncio.Future[None]]

FIRST_DELAY: Final = 0.05
LONGEST_DELAY: Final = 5.0


@dataclass(slots=True)
class _Queue:
    subscription: Subscription
    waiting: asyncio.Queue[Delivery] = field(default_factory=asyncio.Queue)


class InProcessBus:
    """Keeps the promises of `Bus` inside one process."""

    patience = 0.0
    """A confirm waits for every consumer, so no consumer may wait to write more at once."""

    def __init__(self) -> None:
        self._queues: list[_Queue] = []
        self.unrouted: list[Message] = []

    def subscribe(self, subscription: Subscription) -> None:
        self._queues.append(_Queue(subscription))

    def run_in(self, loops: Loops) -> None:
        """Add a supervised loop for every consumer."""
        for queue in self._queues:
            loops.add(f"consume {queue.subscription.queue}", partial(self._consume, queue))

    async def publish(self, messages: Sequence[Message]) -> int:
        return await self._deliver_to(self._queues, messages)

    async def _deliver_to(self, queues: Sequence[_Queue], messages: Sequence[Message]) -> int:
        done: list[list[asyncio.Future[None]]] = []
        loop = asyncio.get_running_loop()
        for message in messages:
            noun = noun_of(message.type)
            answers: list[asyncio.Future[None]] = []
            for queue in queues:
                if noun in queue.subscription.nouns:
                    answer: asyncio.Future[None] = loop.create_future()
                    queue.waiting.put_nowait((message.body, answer))
                    answers.append(answer)
            if not answers:
                self.unrouted = [*self.unrouted[-99:], message]
            done.append(answers)
        for answers in done:
            for answer in answers:
                await answer
        return len(messages)

    async def give_again(self, messages: Sequence[Message], service: str) -> int:
        return await self._deliver_to([q for q in self._queues if _service_of(q) == service], messages)

    async def missing(self, queues: Sequence[str]) -> Sequence[str]:
        """A queue of this bus is part of the process: it exists when its consumer does."""
        there = {queue.subscription.queue for queue in self._queues}
        return [queue for queue in queues if queue not in there]

    def collect_unrouted(self, known: Collection[str], note: NoteUnrouted) -> None:
        """Nothing is collected: every consumer of this process is there before an event is published."""

    async def check(self) -> None:
        """Never fails."""

    async def _consume(self, queue: _Queue, heartbeat: Heartbeat) -> None:
        while True:
            heartbeat.beat()
            try:
                async with asyncio.timeout(1):
                    batch = [await queue.waiting.get()]
            except TimeoutError:
                continue
            while len(batch) < PREFETCH and not queue.waiting.empty():
                batch.append(queue.waiting.get_nowait())
            await self._deliver(queue.subscription, batch, heartbeat)

    async def _deliver(self, subscription: Subscription, batch: Sequence[Delivery], heartbeat: Heartbeat) -> None:
        """Offer a batch until it is handled. A batch that keeps crashing is offered message by message."""
        delay = FIRST_DELAY
        crashes = 0
        while True:
            heartbeat.beat()
            try:
                if crashes < DELIVERY_LIMIT:
                    await subscription.handle([body for body, _ in batch])
                elif len(batch) > 1:
                    for delivery in batch:
                        await self._deliver(subscription, [delivery], heartbeat)
                else:
                    await subscription.keep_dead_letter(batch[0][0], LIMIT_REACHED)
                break
            except Unavailable as outage:
                delay = min(delay, LONGEST_OUTAGE_DELAY)
                log.warning("batch_waits", queue=subscription.queue, reason=str(outage), delay_s=delay)
            except Exception:
                crashes += 1
                log.exception("batch_crashed", queue=subscription.queue, crashes=crashes)
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY)
        for _, answer in batch:
            if not answer.done():
                answer.set_result(None)


def _service_of(queue: _Queue) -> str:
    return queue.subscription.queue.partition(".")[0]
