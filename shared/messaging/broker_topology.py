"""What Retour declares at RabbitMQ: names, arguments, exchanges, queues and bindings.

All names follow from one prefix, so that several Retours can share a virtual host. With the usual prefix a queue has
the name of its consumer; with another one the prefix stands before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange, AbstractQueue
from aio_pika.exceptions import ChannelNotFoundEntity

from shared.messaging.bus import DELIVERY_LIMIT, PREFIX, Subscription

UNROUTED_LIMIT: Final = 100_000
STREAM_BYTES: Final = 5_000_000_000

Arguments = dict[str, Any]
UNROUTED_ARGUMENTS: Final[Arguments] = {
    "x-queue-type": "quorum",
    "x-max-length": UNROUTED_LIMIT,
    "x-overflow": "drop-head",
}
STREAM_ARGUMENTS: Final[Arguments] = {"x-queue-type": "stream", "x-max-length-bytes": STREAM_BYTES}
DEAD_ARGUMENTS: Final[Arguments] = {"x-queue-type": "quorum"}


@dataclass(frozen=True, slots=True)
class BrokerNames:
    """The names of one Retour at the broker."""

    prefix: str = PREFIX

    @property
    def events(self) -> str:
        """The exchange of all events."""
        return f"{self.prefix}.events"

    @property
    def again(self) -> str:
        """The exchange of events that are given again to one service only."""
        return f"{self.prefix}.again"

    @property
    def unrouted(self) -> str:
        """The exchange and the queue of events that no queue wants."""
        return f"{self.prefix}.unrouted"

    @property
    def dead(self) -> str:
        """The exchange of messages that crashed their consumer too often."""
        return f"{self.prefix}.dead"

    @property
    def finance(self) -> str:
        """The stream of refund events."""
        return f"{self.prefix}.finance"

    @property
    def returns(self) -> str:
        """The stream of return events."""
        return f"{self.prefix}.returns"

    @property
    def streams(self) -> Mapping[str, str]:
        """The streams for systems outside, and the noun of whose events each is."""
        return {self.finance: "refund", self.returns: "return"}

    def queue(self, consumer: str) -> str:
        """The queue of a consumer."""
        return consumer if self.prefix == PREFIX else f"{self.prefix}.{consumer}"

    def dead_letters_of(self, consumer: str) -> str:
        """The queue in which the broker keeps messages that crashed this consumer too often."""
        return f"{self.queue(consumer)}.dead"

    def exchange_arguments(self) -> Arguments:
        """The arguments of the exchange of all events."""
        return {"alternate-exchange": self.unrouted}

    def queue_arguments(self, consumer: str) -> Arguments:
        """The arguments of a consumer's queue; the broker refuses other arguments afterwards."""
        return {
            "x-queue-type": "quorum",
            "x-single-active-consumer": True,
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": self.dead,
            "x-dead-letter-routing-key": self.dead_letters_of(consumer),
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        }


def key_again(type_: str, service: str) -> str:
    """The routing key of an event that is given again to one service."""
    return f"{type_}.to.{service}"


async def exists(connection: AbstractConnection, *queues: str) -> bool:
    """Whether the broker has all of these queues. It is asked on a channel of its own, which a refusal closes."""
    channel = await connection.channel(publisher_confirms=False)
    try:
        for queue in queues:
            await channel.declare_queue(queue, passive=True)
    except ChannelNotFoundEntity:
        return False
    finally:
        await channel.close()
    return True


async def declare_exchanges(channel: AbstractChannel, names: BrokerNames) -> tuple[AbstractExchange, AbstractExchange]:
    """Declare the exchanges, the queue of unrouted messages and the streams. A lost broker can so be rebuilt.

    Returns the exchange of all events, and the one of events that are given again.
    """
    unrouted = await channel.declare_exchange(names.unrouted, aio_pika.ExchangeType.FANOUT, durable=True)
    catch_all = await channel.declare_queue(names.unrouted, durable=True, arguments=UNROUTED_ARGUMENTS)
    await catch_all.bind(unrouted)
    events = await channel.declare_exchange(
        names.events, aio_pika.ExchangeType.TOPIC, durable=True, arguments=names.exchange_arguments()
    )
    again = await channel.declare_exchange(names.again, aio_pika.ExchangeType.TOPIC, durable=True)
    for name, noun in names.streams.items():
        stream = await channel.declare_queue(name, durable=True, arguments=STREAM_ARGUMENTS)
        await stream.bind(events, f"{noun}.#")
    return events, again


async def declare_queue(channel: AbstractChannel, names: BrokerNames, subscription: Subscription) -> None:
    """Declare a consumer's queue with its bindings, and the queue of its dead letters."""
    events, again = await declare_exchanges(channel, names)
    await declare_dead_letters(channel, names, subscription)
    queue = await channel.declare_queue(
        names.queue(subscription.queue), durable=True, arguments=names.queue_arguments(subscription.queue)
    )
    service = subscription.queue.partition(".")[0]
    for noun in subscription.nouns:
        await queue.bind(events, f"{noun}.#")
        await queue.bind(again, key_again(f"{noun}.#", service))


async def declare_dead_letters(
    channel: AbstractChannel, names: BrokerNames, subscription: Subscription
) -> AbstractQueue:
    """Declare the queue of a consumer's dead letters."""
    dead = names.dead_letters_of(subscription.queue)
    exchange = await channel.declare_exchange(names.dead, aio_pika.ExchangeType.DIRECT, durable=True)
    queue = await channel.declare_queue(dead, durable=True, arguments=DEAD_ARGUMENTS)
    await queue.bind(exchange, dead)
    return queue
