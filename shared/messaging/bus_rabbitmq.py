"""The bus of the distributed mode: RabbitMQ with plain connections and our own supervised loops.

aio-pika declares the topology; `amqp_wire` transfers the messages. The test suite holds what was found before: a wrong
routing key looks like success unless returned messages count as failures; each attempt needs a new AMQP message id; a
publish that timed out may have arrived. Publishing and consuming use separate connections, because alarms block
publishers only.
"""

import asyncio
import itertools
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import Final
from urllib.parse import urlsplit

import aio_pika
import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage
from aio_pika.connection import make_url
from aio_pika.exceptions import AMQPException

from shared.kernel.errors import Unavailable
from shared.messaging.amqp_wire import HEARTBEAT_SECONDS, AmqpWire, connect
from shared.messaging.broker_topology import (
    BrokerNames,
    declare_dead_letters,
    declare_exchanges,
    declare_queue,
    exists,
    key_again,
)
from shared.messaging.bus import (
    LIMIT_REACHED,
    PREFETCH,
    PREFIX,
    Message,
    NoteUnrouted,
    PendingAcks,
    QueueState,
    Subscription,
)
from shared.messaging.unrouted import UnroutedCollector
from shared.runtime.loops import LONGEST_OUTAGE_DELAY, Heartbeat, Loops

log = structlog.get_logger(__name__)

WATCH_SECONDS: Final = 5.0
QUEUE_SECONDS: Final = 10.0
"""How often a service looks whether its queues are there."""
BINDING_TURNS: Final = 6
"""Every so many looks the bindings are made again, too."""
PAUSE_SECONDS: Final = 0.003
"""The pause after a batch of several messages: under load batches become larger, not more."""
PATIENCE_SECONDS: Final = 0.05
FIRST_DELAY: Final = 0.1
AWAY: Final = (AMQPException, OSError, TimeoutError, RuntimeError)
"""What aio-pika raises when the broker is not reachable or refuses; a closed channel raises `RuntimeError`."""


class RabbitBus:
    """Keeps the promises of `Bus` over RabbitMQ. `sent` is called for a batch that is sent and not confirmed yet."""

    patience = PATIENCE_SECONDS

    def __init__(self, url: str, *, name: str, prefix: str = PREFIX, sent: Callable[[], None] | None = None) -> None:
        self._url = url
        self._name = name
        self._names = BrokerNames(prefix)
        self._sent = sent
        self._publisher: AmqpWire | None = None
        self._connecting = asyncio.Lock()
        self._keeping = asyncio.Lock()
        self._subscriptions: list[Subscription] = []
        self._unrouted: UnroutedCollector | None = None

    def subscribe(self, subscription: Subscription) -> None:
        self._subscriptions.append(subscription)

    def collect_unrouted(self, known: Collection[str], note: NoteUnrouted) -> None:
        self._unrouted = UnroutedCollector(self._names, known, note)

    def run_in(self, loops: Loops) -> None:
        """Add a supervised loop for every consumer, and one for the broker's dead-letter queues."""
        for subscription in self._subscriptions:
            loops.add(
                f"consume {subscription.queue}",
                partial(self._consume, subscription),
                stale_after=60,
            )
        if self._subscriptions:
            loops.add(f"dead letters {self._name}", self._keep_dead_letters, stale_after=60)
            loops.add(f"queues {self._name}", self._keep_queues, stale_after=60)

    async def publish(self, messages: Sequence[Message]) -> int:
        """Confirms are pipelined, and only an unbroken run of acknowledgements counts."""
        return await self._publish(messages, self._names.events, self._sent)

    async def give_again(self, messages: Sequence[Message], service: str) -> int:
        """A message that the service's queue does not get is returned by the broker, and does not count."""
        again = [Message(each.id, key_again(each.type, service), each.body) for each in messages]
        return await self._publish(again, self._names.again, None)

    async def missing(self, queues: Sequence[str]) -> Sequence[str]:
        async with self._connection("look") as connection:
            with _as_outage():
                return [queue for queue in queues if not await exists(connection, self._names.queue(queue))]

    async def _publish(self, messages: Sequence[Message], exchange: str, sent: Callable[[], None] | None) -> int:
        wire = await self._publishing()
        confirmed = await wire.publish(messages, exchange=exchange, sent=sent)
        if confirmed < len(messages):
            log.warning("publish_unconfirmed", error=wire.trouble, confirmed=confirmed, offered=len(messages))
            if wire.trouble is None:
                await self._drop()
        return confirmed

    async def check(self) -> None:
        wire = await self._publishing()
        if wire.trouble is not None:
            raise Unavailable(f"broker ({wire.trouble})")

    async def declare(self) -> None:
        """Declare what the registered consumers need, so that they miss no event published before their first start.

        `Unavailable` when the broker is not reachable.
        """
        await self._declare(*self._subscriptions)

    async def close(self) -> None:
        """Close the publishing connection."""
        await self._drop()

    async def _declare(self, *subscriptions: Subscription) -> None:
        """Declare the exchanges and these consumers' queues, on a connection that is closed afterwards."""
        async with self._connection("declare") as connection:
            with _as_outage():
                channel = await connection.channel(publisher_confirms=False)
                await declare_exchanges(channel, self._names)
            for subscription in subscriptions:
                await self._keep_queue(connection, subscription)

    async def _keep_queue(self, connection: AbstractConnection, subscription: Subscription) -> None:
        """Make sure that a consumer's queue and its bindings exist. A missing queue is noted before it is made.

        One at a time: a loop that saw the queue missing would note a loss after another loop has made it.
        """
        async with self._keeping:
            with _as_outage():
                there = await exists(connection, self._names.queue(subscription.queue))
            if not there:
                await subscription.note_queue(QueueState.MISSING)
            with _as_outage():
                channel = await connection.channel(publisher_confirms=False)
                await declare_queue(channel, self._names, subscription)
                await channel.close()
            await subscription.note_queue(QueueState.READY)

    async def _keep_queues(self, heartbeat: Heartbeat) -> None:
        """Look again and again whether every queue and every binding is there. A consumer does not see a binding go."""
        async with self._connection("queues") as connection:
            queues = [self._names.queue(subscription.queue) for subscription in self._subscriptions]
            for turn in itertools.count():
                heartbeat.beat()
                with _as_outage():
                    there = await exists(connection, *queues)
                if not there or turn % BINDING_TURNS == 0:
                    for subscription in self._subscriptions:
                        await self._keep_queue(connection, subscription)
                if self._unrouted is not None:
                    with _as_outage():
                        await self._unrouted.collect(connection)
                await asyncio.sleep(QUEUE_SECONDS)

    async def _publishing(self) -> AmqpWire:
        async with self._connecting:
            if self._publisher is None or self._publisher.is_over:
                await self._drop()
                try:
                    await self._declare()
                    self._publisher = await connect(self._url, name=self._name, purpose="publish")
                    await self._publisher.confirm()
                except Unavailable:
                    await self._drop()
                    raise
            return self._publisher

    async def _drop(self) -> None:
        wire, self._publisher = self._publisher, None
        if wire is not None:
            await wire.close()

    @asynccontextmanager
    async def _connection(self, purpose: str) -> AsyncIterator[AbstractConnection]:
        """A connection of aio-pika, closed at the end; `Unavailable` when none can be made."""
        with _as_outage(ValueError):
            connection = await open_connection(self._url, name=f"retour {self._name} {purpose}")
        try:
            yield connection
        finally:
            await _close(connection)

    async def _consume(self, subscription: Subscription, heartbeat: Heartbeat) -> None:
        """Handle what has arrived in batches; one acknowledgement for a batch, once all of it is written.

        The consumer starts with one message at a time. If a message of the last batch crashed its consumer, only that
        message is redelivered and reaches the limit. The first message that is no redelivery ends this careful phase. A
        standby consumer stays careful too, because it receives the batch that crashed the active consumer.
        """
        await self._declare(subscription)
        for prefetch in (1, PREFETCH):
            wire = await connect(self._url, name=self._name, purpose=subscription.queue)
            try:
                await wire.consume(self._names.queue(subscription.queue), prefetch)
                owed = _OwedAcks(wire)
                careful = True
                while careful or prefetch == PREFETCH:
                    heartbeat.beat()
                    batch = await wire.batch(WATCH_SECONDS)
                    if batch:
                        careful = batch[-1].redelivered
                        pending = await _handle(subscription, [delivery.body for delivery in batch], heartbeat)
                        owed.owe(batch[-1].tag, pending)
                        if prefetch == 1:
                            await _until_done(pending, heartbeat)
                    if len(batch) > 1:
                        await asyncio.sleep(PAUSE_SECONDS)
            finally:
                await wire.close()
                if wire.was_cancelled:
                    await subscription.note_queue(QueueState.MISSING)

    async def _keep_dead_letters(self, heartbeat: Heartbeat) -> None:
        """Move messages from the broker's dead-letter queues to our own table."""
        async with self._connection("dead letters") as connection:
            crashed: asyncio.Queue[tuple[Subscription, AbstractIncomingMessage]] = asyncio.Queue()
            cancelled = asyncio.Event()
            with _as_outage():
                channel = await connection.channel(publisher_confirms=False)
                (await channel.get_underlay_channel()).on_consumer_cancel_callbacks.add(lambda _: cancelled.set())
                await channel.set_qos(prefetch_count=10)
                await declare_exchanges(channel, self._names)
                for subscription in self._subscriptions:
                    await self._consume_dead_letters(channel, subscription, crashed)
            while True:
                heartbeat.beat()
                try:
                    async with asyncio.timeout(WATCH_SECONDS):
                        subscription, message = await crashed.get()
                except TimeoutError:
                    if connection.is_closed or channel.is_closed or cancelled.is_set():
                        raise Unavailable("broker") from None
                    continue
                await subscription.keep_dead_letter(message.body, LIMIT_REACHED)
                with _as_outage():
                    await message.ack()

    async def _consume_dead_letters(
        self,
        channel: AbstractChannel,
        subscription: Subscription,
        crashed: asyncio.Queue[tuple[Subscription, AbstractIncomingMessage]],
    ) -> None:
        """Put the messages of one consumer's dead-letter queue into the queue `crashed`."""

        async def keep(message: AbstractIncomingMessage) -> None:
            await crashed.put((subscription, message))

        dead = await declare_dead_letters(channel, self._names, subscription)
        await dead.consume(keep)


class _OwedAcks:
    """Acknowledgements that a consumer owes, in order of delivery."""

    def __init__(self, wire: AmqpWire) -> None:
        self._wire = wire
        self._owed: deque[tuple[int, PendingAcks]] = deque()

    def owe(self, tag: int, pending: PendingAcks) -> None:
        """Acknowledge everything up to this delivery when all of `pending` is done."""
        self._owed.append((tag, pending))
        for each in pending:
            each.add_done_callback(self._acknowledge)
        self._acknowledge()

    def _acknowledge(self, _: object = None) -> None:
        tag = None
        while self._owed and all(each.done() for each in self._owed[0][1]):
            tag = self._owed.popleft()[0]
        if tag is not None and not self._wire.is_over:
            self._wire.ack(tag, multiple=True)


async def _handle(subscription: Subscription, bodies: Sequence[bytes], heartbeat: Heartbeat) -> PendingAcks:
    """Offer a batch until no outage prevents it. The batch is never put back, so no other batch overtakes it."""
    delay = FIRST_DELAY
    while True:
        heartbeat.beat()
        try:
            return await subscription.handle(bodies)
        except Unavailable as outage:
            log.warning("batch_waits", queue=subscription.queue, reason=str(outage), delay_s=delay)
        await asyncio.sleep(delay)
        delay = min(delay * 2, LONGEST_OUTAGE_DELAY)


async def _until_done(pending: PendingAcks, heartbeat: Heartbeat) -> None:
    """Wait until all of it is done, before the connection of these deliveries is closed."""
    waiting = set(pending)
    while waiting:
        heartbeat.beat()
        _, waiting = await asyncio.wait(waiting, timeout=WATCH_SECONDS)


@contextmanager
def _as_outage(*more: type[Exception]) -> Iterator[None]:
    """Errors of aio-pika become `Unavailable`; only calls of aio-pika belong into this block."""
    kinds: tuple[type[Exception], ...] = (*AWAY, *more)
    try:
        yield
    except kinds as error:
        raise Unavailable(f"broker ({type(error).__name__}: {error})") from error


async def open_connection(url: str, *, name: str, seconds: float = 10) -> AbstractConnection:
    """A connection of aio-pika, under the name that the broker shows. Raises the errors of `AWAY`, and `ValueError`.

    aio-pika's own `connect` leaves a failed connection to the garbage collector, which closes it at any later moment,
    with a warning where no event loop runs.
    """
    connection = aio_pika.Connection(
        make_url(url, heartbeat=HEARTBEAT_SECONDS), client_properties={"connection_name": name}
    )
    try:
        await connection.connect(timeout=seconds)
    except BaseException:
        await connection.close()
        raise
    return connection


async def _close(connection: AbstractConnection) -> None:
    try:
        async with asyncio.timeout(2):
            await connection.close()
    except (*AWAY, asyncio.CancelledError) as error:
        task = asyncio.current_task()
        if isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling():
            raise


def broker_address(url: str) -> str:
    """Host, port and virtual host of a broker URL, without its secret: for messages to operators."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 5672}{parts.path or '/'}"
