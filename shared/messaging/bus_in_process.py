"""The bus of the embedded mode: bytes, at least once, redelivery, a limit, in one process.

It confirms a message only when every consumer of it has finished or parked it, so that a crash at any moment leaves it
in the outbox and loses nothing.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

import structlog

from shared.kernel.errors import Unavailable
from shared.messaging.bus import DELIVERY_LIMIT, PREFETCH, Message, Subscription, noun_of
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
    """See `Bus`."""

    patience = 0.0
    """A confirmation waits for every consumer, so none may wait for company."""

    def __init__(self) -> None:
        self._queues: list[_Queue] = []
        self.unrouted: list[Message] = []

    def subscribe(self, subscription: Subscription) -> None:
        """See `Bus.subscribe`."""
        self._queues.append(_Queue(subscription))

    def run_in(self, loops: Loops) -> None:
        """Give every consumer a supervised loop."""
        for queue in self._queues:
            loops.add(f"consume {queue.subscription.queue}", partial(self._consume, queue))

    async def publish(self, messages: Sequence[Message]) -> int:
        """See `Bus.publish`."""
        done: list[list[asyncio.Future[None]]] = []
        loop = asyncio.get_running_loop()
        for message in messages:
            noun = noun_of(message.type)
            answers: list[asyncio.Future[None]] = []
            for queue in self._queues:
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

    async def check(self) -> None:
        """Always there."""

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
        """Offer a batch until it is dealt with; one by one when it keeps crashing, to spare the neighbours."""
        delay = FIRST_DELAY
        crashes = 0
        while True:
            heartbeat.beat()
            try:
                if crashes < DELIVERY_LIMIT:
                    await subscription.take([body for body, _ in batch])
                elif len(batch) > 1:
                    for delivery in batch:
                        await self._deliver(subscription, [delivery], heartbeat)
                else:
                    await subscription.bury(batch[0][0], "delivery limit reached: the consumer crashed each time")
                break
            except Unavailable as weather:
                delay = min(delay, LONGEST_OUTAGE_DELAY)
                log.warning("batch_waits", queue=subscription.queue, reason=str(weather), delay_s=delay)
            except Exception:
                crashes += 1
                log.exception("batch_crashed", queue=subscription.queue, crashes=crashes)
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY)
        for _, answer in batch:
            if not answer.done():
                answer.set_result(None)
