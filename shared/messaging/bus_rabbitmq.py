"""The bus of the distributed mode: RabbitMQ by plain connections and our own supervised loops.

aio-pika declares the topology, `amqp_wire` carries the messages. What was found before (and is held by the suite): a
wrong routing key looks like success unless returns count as failures; the AMQP message id must be new for each attempt;
a publish that timed out may have arrived. One connection publishes and another consumes, because alarms block
publishers only.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

import aio_pika
import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange, AbstractIncomingMessage
from aio_pika.connection import make_url
from aio_pika.exceptions import AMQPException

from shared.kernel.errors import Unavailable
from shared.messaging.amqp_wire import HEARTBEAT_SECONDS, AmqpWire, connect
from shared.messaging.bus import (
    DEAD,
    DELIVERY_LIMIT,
    EXCHANGE,
    FINANCE_STREAM,
    PREFETCH,
    UNROUTED,
    Message,
    PendingAcks,
    Subscription,
)
from shared.runtime.loops import LONGEST_OUTAGE_DELAY, Heartbeat, Loops

log = structlog.get_logger(__name__)

WATCH_SECONDS: Final = 5.0
BREATH_SECONDS: Final = 0.003
"""A pause after a batch that was a crowd: under load batches grow instead of multiply."""
PATIENCE_SECONDS: Final = 0.05
UNROUTED_LIMIT: Final = 100_000
STREAM_BYTES: Final = 5_000_000_000
FIRST_DELAY: Final = 0.1
AWAY: Final = (AMQPException, OSError, TimeoutError, RuntimeError)
"""What aio-pika raises when the broker is away or says no; its channels are closed by `RuntimeError`s."""
Arguments = dict[str, Any]
EXCHANGE_ARGUMENTS: Final[Arguments] = {"alternate-exchange": UNROUTED}
UNROUTED_ARGUMENTS: Final[Arguments] = {
    "x-queue-type": "quorum",
    "x-max-length": UNROUTED_LIMIT,
    "x-overflow": "drop-head",
}
STREAM_ARGUMENTS: Final[Arguments] = {"x-queue-type": "stream", "x-max-length-bytes": STREAM_BYTES}
DEAD_ARGUMENTS: Final[Arguments] = {"x-queue-type": "quorum"}


class RabbitBus:
    """See `Bus`. `sent` hears of every batch that has left and is not confirmed yet (drills die there)."""

    patience = PATIENCE_SECONDS

    def __init__(self, url: str, *, name: str, sent: Callable[[], None] | None = None) -> None:
        self._url = url
        self._name = name
        self._sent = sent
        self._publisher: AmqpWire | None = None
        self._connecting = asyncio.Lock()
        self._subscriptions: list[Subscription] = []

    def subscribe(self, subscription: Subscription) -> None:
        """See `Bus.subscribe`."""
        self._subscriptions.append(subscription)

    def run_in(self, loops: Loops) -> None:
        """Give every consumer, and the burier of what crashed consumers, a supervised loop."""
        for subscription in self._subscriptions:
            loops.add(
                f"consume {subscription.queue}",
                partial(self._consume, subscription),
                stale_after=60,
            )
        if self._subscriptions:
            loops.add(f"bury {self._name}", self._bury, stale_after=60)

    async def publish(self, messages: Sequence[Message]) -> int:
        """See `Bus.publish`; confirms are pipelined, and only an unbroken run of acknowledgements counts."""
        wire = await self._publishing()
        confirmed = await wire.publish(messages, sent=self._sent)
        if confirmed < len(messages):
            log.warning("publish_unconfirmed", error=wire.trouble, confirmed=confirmed, offered=len(messages))
            if wire.trouble is None:
                await self._drop()
        return confirmed

    async def check(self) -> None:
        """See `Bus.check`."""
        wire = await self._publishing()
        if wire.trouble is not None:
            raise Unavailable(f"broker ({wire.trouble})")

    async def declare(self) -> None:
        """Make what the registered consumers need, so that nothing published before their first start passes them by.

        `Unavailable` when the broker is away.
        """
        await self._declare(*self._subscriptions)

    async def close(self) -> None:
        """Let go of the publishing connection."""
        await self._drop()

    async def _declare(self, *subscriptions: Subscription) -> None:
        """On a short-lived connection: the exchanges, and what these consumers need."""
        async with self._connection("declare") as connection:
            with _as_outage():
                channel = await connection.channel(publisher_confirms=False)
                await _declare_exchanges(channel)
                for subscription in subscriptions:
                    await _declare_queue(channel, subscription)

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
        """One of aio-pika's, closed at the end; `Unavailable` when there is none to be had."""
        with _as_outage(ValueError):
            connection = await open_connection(self._url, name=f"retour {self._name} {purpose}")
        try:
            yield connection
        finally:
            await _close(connection)

    async def _consume(self, subscription: Subscription, heartbeat: Heartbeat) -> None:
        """Take what has arrived, up to a batch, one acknowledgement for all of it once all of it is noted.

        It begins carefully, one message at a time: if one of the last batch has crashed its consumer, only that one is
        delivered in vain again and reaches the limit. The first message that is no redelivery ends the caution, and
        nothing else does: who stands by gets the batch that another one dies of.
        """
        await self._declare(subscription)
        for prefetch in (1, PREFETCH):
            wire = await connect(self._url, name=self._name, purpose=subscription.queue)
            try:
                await wire.consume(subscription.queue, prefetch)
                receipts = _Receipts(wire)
                careful = True
                while careful or prefetch == PREFETCH:
                    heartbeat.beat()
                    batch = await wire.batch(WATCH_SECONDS)
                    if batch:
                        careful = batch[-1].redelivered
                        rest = await _take(subscription, [delivery.body for delivery in batch], heartbeat)
                        receipts.owe(batch[-1].tag, rest)
                        if prefetch == 1:
                            await _noted(rest, heartbeat)
                    if len(batch) > 1:
                        await asyncio.sleep(BREATH_SECONDS)
            finally:
                await wire.close()

    async def _bury(self, heartbeat: Heartbeat) -> None:
        """Move what crashed its consumer too often from the broker's dead-letter queues to ours."""
        async with self._connection("bury") as connection:
            buried: asyncio.Queue[tuple[Subscription, AbstractIncomingMessage]] = asyncio.Queue()
            cancelled = asyncio.Event()
            with _as_outage():
                channel = await connection.channel(publisher_confirms=False)
                (await channel.get_underlay_channel()).on_consumer_cancel_callbacks.add(lambda _: cancelled.set())
                await channel.set_qos(prefetch_count=10)
                await _declare_exchanges(channel)
                for subscription in self._subscriptions:
                    await self._dig(channel, subscription, buried)
            while True:
                heartbeat.beat()
                try:
                    async with asyncio.timeout(WATCH_SECONDS):
                        subscription, message = await buried.get()
                except TimeoutError:
                    if connection.is_closed or channel.is_closed or cancelled.is_set():
                        raise Unavailable("broker") from None
                    continue
                await subscription.bury(message.body, "delivery limit reached: the consumer crashed each time")
                with _as_outage():
                    await message.ack()

    async def _dig(
        self,
        channel: AbstractChannel,
        subscription: Subscription,
        buried: asyncio.Queue[tuple[Subscription, AbstractIncomingMessage]],
    ) -> None:
        """Have what lies in a consumer's dead-letter queue put among what is to be buried."""

        async def keep(message: AbstractIncomingMessage) -> None:
            await buried.put((subscription, message))

        await _declare_queue(channel, subscription)
        dead = await channel.declare_queue(dead_letters_of(subscription.queue), durable=True, arguments=DEAD_ARGUMENTS)
        await dead.consume(keep)


class _Receipts:
    """The acknowledgements that a consumer owes, in order of delivery."""

    def __init__(self, wire: AmqpWire) -> None:
        self._wire = wire
        self._owed: deque[tuple[int, PendingAcks]] = deque()

    def owe(self, tag: int, rest: PendingAcks) -> None:
        """Everything up to this delivery is to be acknowledged when the rest of it is done."""
        self._owed.append((tag, rest))
        for each in rest:
            each.add_done_callback(self._give)
        self._give()

    def _give(self, _: object = None) -> None:
        tag = None
        while self._owed and all(each.done() for each in self._owed[0][1]):
            tag = self._owed.popleft()[0]
        if tag is not None and not self._wire.is_over:
            self._wire.ack(tag, multiple=True)


async def _take(subscription: Subscription, bodies: Sequence[bytes], heartbeat: Heartbeat) -> PendingAcks:
    """Offer a batch until the weather allows it; it is never put back, so nothing overtakes it."""
    delay = FIRST_DELAY
    while True:
        heartbeat.beat()
        try:
            return await subscription.take(bodies)
        except Unavailable as weather:
            log.warning("batch_waits", queue=subscription.queue, reason=str(weather), delay_s=delay)
        await asyncio.sleep(delay)
        delay = min(delay * 2, LONGEST_OUTAGE_DELAY)


async def _noted(rest: PendingAcks, heartbeat: Heartbeat) -> None:
    """Until all of it is done: before a connection goes whose deliveries nobody can acknowledge afterwards."""
    waiting = set(rest)
    while waiting:
        heartbeat.beat()
        _, waiting = await asyncio.wait(waiting, timeout=WATCH_SECONDS)


@contextmanager
def _as_outage(*more: type[Exception]) -> Iterator[None]:
    """What aio-pika raises in here is said as `Unavailable`, with its own words; no work of ours belongs in here."""
    weather: tuple[type[Exception], ...] = (*AWAY, *more)
    try:
        yield
    except weather as error:
        raise Unavailable(f"broker ({type(error).__name__}: {error})") from error


async def open_connection(url: str, *, name: str, seconds: float = 10) -> AbstractConnection:
    """One of aio-pika's, under the name that the broker shows. Raises what `AWAY` lists, and `ValueError` for no URL.

    aio-pika's own `connect` leaves a connection that came to nothing to the garbage collector, which closes it whenever
    it comes by: in a loop that has other things to do, or in none and with a warning.
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


async def _declare_exchanges(channel: AbstractChannel) -> AbstractExchange:
    """The exchanges, the catch-all behind them and the finance stream: from code, so a lost broker can be rebuilt."""
    unrouted = await channel.declare_exchange(UNROUTED, aio_pika.ExchangeType.FANOUT, durable=True)
    catch_all = await channel.declare_queue(UNROUTED, durable=True, arguments=UNROUTED_ARGUMENTS)
    await catch_all.bind(unrouted)
    exchange = await channel.declare_exchange(
        EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True, arguments=EXCHANGE_ARGUMENTS
    )
    stream = await channel.declare_queue(FINANCE_STREAM, durable=True, arguments=STREAM_ARGUMENTS)
    await stream.bind(exchange, "refund.#")
    return exchange


async def _declare_queue(channel: AbstractChannel, subscription: Subscription) -> aio_pika.abc.AbstractQueue:
    exchange = await _declare_exchanges(channel)
    dead = dead_letters_of(subscription.queue)
    burial = await channel.declare_exchange(DEAD, aio_pika.ExchangeType.DIRECT, durable=True)
    grave = await channel.declare_queue(dead, durable=True, arguments=DEAD_ARGUMENTS)
    await grave.bind(burial, dead)
    arguments = queue_arguments(subscription.queue)
    queue = await channel.declare_queue(subscription.queue, durable=True, arguments=arguments)
    for noun in subscription.nouns:
        await queue.bind(exchange, f"{noun}.#")
    return queue


def dead_letters_of(queue: str) -> str:
    """The queue in which the broker buries what crashed this queue's consumer too often."""
    return f"{queue}.dead"


def queue_arguments(queue: str) -> Arguments:
    """What a consumer's queue is declared with; the broker refuses to have it otherwise afterwards."""
    return {
        "x-queue-type": "quorum",
        "x-single-active-consumer": True,
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": DEAD,
        "x-dead-letter-routing-key": dead_letters_of(queue),
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }


def broker_address(url: str) -> str:
    """Host, port and virtual host of a broker URL, without its secret: for messages to operators."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 5672}{parts.path or '/'}"
