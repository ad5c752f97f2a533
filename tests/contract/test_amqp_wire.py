"""The packed AMQP connection against a scripted broker, for what a real one seldom does, and against the real one."""

import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from uuid import uuid4

import aio_pika
import pytest
from pamqp.base import Frame
from pamqp.body import ContentBody
from pamqp.commands import Basic, Channel, Confirm, Connection
from pamqp.frame import FrameTypes, marshal, unmarshal
from pamqp.header import ContentHeader
from pamqp.heartbeat import Heartbeat

from shared.kernel.errors import Unavailable
from shared.messaging.amqp_address import Address, address_of
from shared.messaging.amqp_reader import Delivery
from shared.messaging.amqp_wire import AmqpWire, connect
from shared.messaging.bus import Message
from tests.support.servers import VirtualHost

FRAME_MAX = 4096
ANSWERS: dict[type, FrameTypes] = {
    Connection.StartOk: Connection.Tune(2047, FRAME_MAX, 60),
    Connection.Open: Connection.OpenOk(),
    Channel.Open: Channel.OpenOk(),
    Confirm.Select: Confirm.SelectOk(),
    Basic.Qos: Basic.QosOk(),
    Basic.Consume: Basic.ConsumeOk("a"),
    Connection.Close: Connection.CloseOk(),
}
DELIVER = Basic.Deliver("a", 1, False, "exchange", "key")


class Peer:
    """The broker's end of a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    def say(self, *frames: FrameTypes) -> None:
        for frame in frames:
            self.writer.write(marshal(frame, 0 if frame.name.startswith("Connection.") else 1))

    async def read(self) -> FrameTypes:
        """The next frame; what has one usual answer is answered."""
        start = await self._reader.readexactly(7)
        remainder = await self._reader.readexactly(struct.unpack(">BHI", start)[2] + 1)
        frame = unmarshal(start + remainder)[2]
        if type(frame) in ANSWERS:
            self.say(ANSWERS[type(frame)])
        return frame

    async def until(self, kind: type, count: int = 1) -> list[FrameTypes]:
        """Everything up to the so-manieth frame of this kind."""
        received: list[FrameTypes] = []
        while sum(isinstance(frame, kind) for frame in received) < count:
            received.append(await self.read())
        return received


Script = Callable[[Peer], Awaitable[object]]


@asynccontextmanager
async def a_broker(script: Script) -> AsyncIterator[str]:
    """The URL of a broker that shakes hands, follows the script, and answers the goodbye."""

    async def follow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Peer(reader, writer)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readexactly(8)
            peer.say(Connection.Start())
            await peer.until(Channel.Open)
            await script(peer)
            await peer.until(Connection.Close)
        writer.close()

    server = await asyncio.start_server(follow, "127.0.0.1", 0)
    async with server:
        yield f"amqp://guest:guest@127.0.0.1:{server.sockets[0].getsockname()[1]}/"


@asynccontextmanager
async def a_publisher(url: str) -> AsyncIterator[AmqpWire]:
    wire = await connect(url, name="test", purpose="publish")
    try:
        await wire.confirm()
        yield wire
    finally:
        await wire.close()


@asynccontextmanager
async def a_consumer(
    url: str, queue: str = "queue", prefetch: int = 200, heartbeat: float = 15
) -> AsyncIterator[AmqpWire]:
    wire = await connect(url, name="test", purpose="consume", heartbeat=heartbeat)
    try:
        await wire.consume(queue, prefetch)
        yield wire
    finally:
        await wire.close()


def messages(count: int, type_: str = "thing.made.v1", body: bytes = b"") -> list[Message]:
    return [Message(f"evt_{uuid4().hex}", type_, body or f"thing {n}".encode()) for n in range(count)]


def returned(received: list[FrameTypes], which: int) -> list[FrameTypes]:
    """What the broker says when this one of the messages has no queue."""
    header = [frame for frame in received if isinstance(frame, ContentHeader)][which - 1]
    return [Basic.Return(312, "NO_ROUTE", "", ""), ContentHeader(0, 3, header.properties), ContentBody(b"wat")]


@pytest.mark.parametrize(
    ("verdicts", "certain"),
    [
        ([Basic.Ack(5, True)], 5),
        ([Basic.Ack(5), Basic.Ack(3), Basic.Ack(1), Basic.Ack(4), Basic.Ack(2)], 5),
        ([Basic.Ack(2, True), Basic.Nack(3), Basic.Ack(5, True)], 2),
        ([Basic.Ack(5), Basic.Nack(4), Basic.Ack(3, True)], 3),
        ([Basic.Ack(1), Basic.Nack(5, True)], 1),
        ([Basic.Nack(1), Basic.Ack(5, True)], 0),
    ],
)
async def test_only_the_unbroken_run_of_acknowledgements_counts(verdicts: list[FrameTypes], certain: int) -> None:
    async def script(peer: Peer) -> None:
        await peer.until(ContentBody, 5)
        peer.say(*verdicts)

    async with a_broker(script) as url, a_publisher(url) as wire:
        assert await wire.publish(messages(5), deadline=5) == certain
        assert not wire.is_over


async def test_what_came_back_is_not_counted_although_it_is_acknowledged() -> None:
    async def script(peer: Peer) -> None:
        received = await peer.until(ContentBody, 4)
        peer.say(*returned(received, 3), Basic.Ack(4, True))

    async with a_broker(script) as url, a_publisher(url) as wire:
        assert await wire.publish(messages(4), deadline=5) == 2


async def test_confirms_go_on_counting_from_batch_to_batch() -> None:
    async def script(peer: Peer) -> None:
        await peer.until(ContentBody, 3)
        peer.say(Basic.Ack(3, True))
        await peer.until(ContentBody, 2)
        peer.say(Basic.Ack(2, True), Basic.Ack(4), Basic.Nack(5))

    async with a_broker(script) as url, a_publisher(url) as wire:
        assert await wire.publish([]) == 0
        assert await wire.publish(messages(3), deadline=5) == 3
        assert await wire.publish(messages(2), deadline=5) == 1


async def test_confirms_that_never_come_end_the_connection_at_the_deadline() -> None:
    async def script(peer: Peer) -> None:
        await peer.until(ContentBody, 5)
        peer.say(Basic.Ack(2, True), Basic.Ack(4))

    async with a_broker(script) as url, a_publisher(url) as wire:
        assert await wire.publish(messages(5), deadline=0.2) == 2
        with pytest.raises(Unavailable, match=r"no confirm within 0\.2 s"):
            await wire.publish(messages(1))


async def test_whoever_dies_when_a_batch_is_sent_has_given_all_of_it_to_the_broker() -> None:
    """O3: what the drills call `sent`; the batch is larger than what a socket takes at once."""
    arrived = asyncio.get_running_loop().create_future()

    async def script(peer: Peer) -> None:
        await asyncio.sleep(0.05)
        await peer.until(ContentHeader, 200)
        await peer.until(ContentBody, 13)
        arrived.set_result(None)

    async with a_broker(script) as url, a_publisher(url) as wire:

        def die() -> None:
            assert wire._transport is not None
            wire._transport.abort()

        with pytest.raises(Unavailable, match="connection was lost"):
            await wire.publish(messages(200, body=b"x" * 50_000), sent=die)
        await asyncio.wait_for(arrived, 60)


@pytest.mark.parametrize("acknowledged", [0, 2])
async def test_a_socket_killed_in_the_middle_of_a_publish(acknowledged: int) -> None:
    async def script(peer: Peer) -> None:
        await peer.until(ContentBody, 5)
        if acknowledged:
            peer.say(Basic.Ack(acknowledged, True))
            await peer.writer.drain()
        peer.writer.transport.abort()

    async with a_broker(script) as url, a_publisher(url) as wire:
        if acknowledged:
            assert await wire.publish(messages(5)) == acknowledged
        with pytest.raises(Unavailable, match="connection was lost"):
            await wire.publish(messages(5))


async def test_a_blocked_publisher_is_told_and_may_go_on_later() -> None:
    async def script(peer: Peer) -> None:
        await peer.until(ContentBody, 2)
        peer.say(Connection.Blocked("low on memory"))
        await asyncio.wait_for(told.wait(), 60)
        peer.say(Connection.Unblocked(), Basic.Ack(2, True), Connection.Blocked("again"), Connection.Unblocked())
        await peer.until(ContentBody, 2)
        peer.say(Basic.Ack(4, True))

    told = asyncio.Event()
    async with a_broker(script) as url, a_publisher(url) as wire:
        for _ in range(2):
            with pytest.raises(Unavailable, match="low on memory"):
                await wire.publish(messages(2))
        told.set()
        while wire.trouble:
            await asyncio.sleep(0.01)
        assert await wire.publish(messages(2), deadline=5) == 2


async def test_a_publication_says_what_it_is() -> None:
    sent = messages(2, body=b"x" * (2 * FRAME_MAX))
    received: list[FrameTypes] = []

    async def script(peer: Peer) -> None:
        received.extend(await peer.until(ContentBody, 6))
        peer.say(Basic.Ack(2, True))

    async with a_broker(script) as url, a_publisher(url) as wire:
        assert await wire.publish(sent, exchange="somewhere", deadline=5) == 2
    publish = next(frame for frame in received if isinstance(frame, Basic.Publish))
    assert (publish.exchange, publish.routing_key, publish.mandatory) == ("somewhere", "thing.made.v1", True)
    headers = [frame for frame in received if isinstance(frame, ContentHeader)]
    said = headers[0].properties
    assert (said.content_type, said.content_encoding) == ("application/cloudevents+json", "utf-8")
    assert (said.delivery_mode, said.message_type, said.app_id) == (2, "thing.made.v1", "retour.test")
    assert said.headers == {"ce-id": sent[0].id, "ce-type": "thing.made.v1"}
    assert said.timestamp is not None
    assert len({header.properties.message_id for header in headers}) == 2
    bodies = [frame.value for frame in received if isinstance(frame, ContentBody)]
    assert b"".join(bodies) == sent[0].body + sent[1].body
    assert max(map(len, bodies)) == FRAME_MAX - 8


def raw(kind: int, payload: bytes, end: int = 0xCE) -> bytes:
    return struct.pack(">BHI", kind, 1, len(payload)) + payload + bytes((end,))


@pytest.mark.parametrize(
    "garbage",
    [
        raw(3, b"body", end=0),
        raw(9, b"unknown kind"),
        struct.pack(">BHIB", 3, 1, FRAME_MAX, 0),
        raw(1, struct.pack(">HH", 60, 60) + b"\x01a") + 2 * Heartbeat.value,
        raw(1, struct.pack(">HH", 60, 60)),
        raw(1, struct.pack(">HH", 60, 80)),
        raw(1, struct.pack(">HHQB", 60, 80, 7, 0)),
        raw(1, struct.pack(">HH", 99, 99)),
        raw(1, b""),
        raw(1, struct.pack(">HHB", 60, 30, 200)),
        raw(1, struct.pack(">HH", 10, 31)),
        raw(2, b""),
        raw(2, struct.pack(">HHQ", 60, 0, 5)),
        raw(3, b"body without a delivery"),
        marshal(DELIVER, 1) * 2,
        marshal(DELIVER, 1) + raw(2, struct.pack(">HHQ", 60, 0, 1 << 40)),
        marshal(DELIVER, 1) + raw(2, struct.pack(">HHQ", 60, 0, 1)) + raw(3, b"too long"),
        b"AMQP\x00\x00\x09\x01",
    ],
)
async def test_a_malformed_frame_ends_the_connection_with_a_reason(garbage: bytes) -> None:
    async def script(peer: Peer) -> None:
        await peer.until(Basic.Consume)
        peer.writer.write(garbage)

    async with a_broker(script) as url, a_consumer(url) as wire:
        with pytest.raises(Unavailable, match="not understood"):
            await wire.batch(5)
        assert wire.is_over
        with pytest.raises(Unavailable):
            wire.ack(1)


async def test_more_than_was_asked_for_ends_the_connection() -> None:
    async def script(peer: Peer) -> None:
        await peer.until(Basic.Consume)
        for _ in range(3):
            peer.say(DELIVER, ContentHeader(0, 0))

    async with a_broker(script) as url, a_consumer(url, prefetch=2) as wire:
        with pytest.raises(Unavailable, match="more than 2 deliveries"):
            await wire.batch(5)


async def test_deliveries_cut_anywhere_are_put_together() -> None:
    async def script(peer: Peer) -> None:
        await peer.until(Basic.Consume)
        frames: list[FrameTypes] = [DELIVER, ContentHeader(0, 6), ContentBody(b"one"), ContentBody(b"two")]
        frames += [Basic.Deliver("a", 2, True, "exchange", "key"), ContentHeader(0, 0)]
        for byte in b"".join(marshal(frame, 1) for frame in frames):
            peer.writer.write(bytes((byte,)))
            await peer.writer.drain()
            await asyncio.sleep(0)

    async with a_broker(script) as url, a_consumer(url) as wire:
        batch: list[Delivery] = []
        while len(batch) < 2 and not wire.is_over:
            batch += await wire.batch(5)
        assert batch == [(b"onetwo", False, 1), (b"", True, 2)]


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (Basic.Cancel("a"), "consumer of queue was cancelled"),
        (Channel.Close(406, "PRECONDITION_FAILED", 0, 0), "406 PRECONDITION_FAILED"),
        (Connection.Close(320, "CONNECTION_FORCED", 0, 0), "320 CONNECTION_FORCED"),
        (Basic.GetEmpty(), "out of place"),
    ],
)
async def test_a_consumer_is_told_why_it_ends(frame: Frame, reason: str) -> None:
    async def script(peer: Peer) -> None:
        await peer.until(Basic.Consume)
        peer.say(frame)

    async with a_broker(script) as url, a_consumer(url) as wire:
        with pytest.raises(Unavailable, match=reason):
            await wire.batch(5)


async def test_a_silent_broker_is_left() -> None:
    async with a_broker(lambda peer: peer.until(Connection.Close)) as url, a_consumer(url, heartbeat=0.2) as wire:
        with pytest.raises(Unavailable, match="silent"):
            await wire.batch(5)


async def test_heartbeats_go_out_and_keep_a_quiet_connection() -> None:
    async def script(peer: Peer) -> None:
        for _ in range(6):
            await peer.until(Heartbeat)
            peer.writer.write(Heartbeat.value)

    async with a_broker(script) as url, a_consumer(url, heartbeat=0.2) as wire:
        assert await wire.batch(0.6) == []
        assert not wire.is_over


async def test_a_broker_that_does_not_answer_is_given_up() -> None:
    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(mute, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(Unavailable, match=r"no connection within 0\.2 s"):
            await connect(f"amqp://127.0.0.1:{port}/", name="test", purpose="publish", seconds=0.2)
    with pytest.raises(Unavailable, match="Connect"):
        await connect(f"amqp://127.0.0.1:{port}/", name="test", purpose="publish")


async def test_a_question_that_is_given_up_ends_the_connection() -> None:
    async def script(peer: Peer) -> None:
        asked.set()
        await asyncio.wait_for(given_up.wait(), 60)

    asked, given_up = asyncio.Event(), asyncio.Event()
    async with a_broker(script) as url:
        wire = await connect(url, name="test", purpose="publish")
        await asked.wait()
        asking = asyncio.create_task(wire.confirm())
        await asyncio.sleep(0)
        asking.cancel()
        with suppress(asyncio.CancelledError):
            await asking
        given_up.set()
        with pytest.raises(Unavailable, match=r"no answer to Confirm\.Select"):
            await wire.publish(messages(1))
        await wire.close()


def test_an_address_is_read_with_its_escapes() -> None:
    assert address_of("amqp://a%40b:p%2Fw@broker:5673/%2F") == Address(
        host="broker", port=5673, user="a@b", password="p/w", virtual_host="/", tls=None
    )
    assert address_of("amqp://broker") == Address(
        host="broker", port=5672, user="guest", password="guest", virtual_host="/", tls=None
    )
    assert address_of("amqp://broker/room%2Fone").virtual_host == "room/one"
    secure = address_of("amqps://broker/room")
    assert secure.port == 5671
    assert secure.tls is not None


real = pytest.mark.parametrize("mode", [pytest.param("distributed", marks=pytest.mark.distributed)], indirect=True)


@pytest.fixture
def host(mode: str, request: pytest.FixtureRequest) -> VirtualHost:
    found: VirtualHost = request.getfixturevalue("vhost")
    return found


@pytest.fixture
async def channel(host: VirtualHost) -> AsyncIterator[aio_pika.abc.AbstractChannel]:
    connection = await aio_pika.connect(host.url)
    async with connection:
        yield await connection.channel()


@pytest.fixture
async def exchange(channel: aio_pika.abc.AbstractChannel) -> AsyncIterator[aio_pika.abc.AbstractExchange]:
    made = await channel.declare_exchange(f"wire.{uuid4().hex}", aio_pika.ExchangeType.TOPIC)
    yield made
    await made.delete()


@pytest.fixture
async def queue(channel: aio_pika.abc.AbstractChannel, exchange: aio_pika.abc.AbstractExchange) -> AsyncIterator[str]:
    made = await channel.declare_queue(f"wire.{uuid4().hex}", durable=True, arguments={"x-queue-type": "quorum"})
    await made.bind(exchange, "thing.#")
    yield made.name
    await channel.queue_delete(made.name)


async def received(wire: AmqpWire, count: int) -> list[bytes]:
    bodies: list[bytes] = []
    while len(bodies) < count:
        batch = await wire.batch(10)
        assert batch, f"{len(bodies)} of {count}"
        bodies += [delivery.body for delivery in batch]
        wire.ack(batch[-1].tag, multiple=True)
    return bodies


@real
async def test_thousands_arrive_in_order(
    host: VirtualHost, exchange: aio_pika.abc.AbstractExchange, queue: str, channel: aio_pika.abc.AbstractChannel
) -> None:
    sent = messages(5000)
    async with a_consumer(host.url, queue) as consumer, a_publisher(host.url) as publisher:
        receiving = asyncio.create_task(received(consumer, 5000))
        for start in range(0, 5000, 200):
            assert await publisher.publish(sent[start : start + 200], exchange=exchange.name) == 200
        assert await receiving == [message.body for message in sent]
    assert (await channel.declare_queue(queue, passive=True)).declaration_result.message_count == 0


@real
async def test_a_body_larger_than_a_frame_arrives_whole(
    host: VirtualHost, exchange: aio_pika.abc.AbstractExchange, queue: str
) -> None:
    sent = [*messages(1, body=bytes(range(256)) * 4096), Message("evt_empty", "thing.made.v1", b"")]
    async with a_consumer(host.url, queue) as consumer, a_publisher(host.url) as publisher:
        assert await publisher.publish(sent, exchange=exchange.name) == 2
        assert await received(consumer, 2) == [message.body for message in sent]


@real
async def test_what_has_no_queue_does_not_count(
    host: VirtualHost, exchange: aio_pika.abc.AbstractExchange, queue: str
) -> None:
    """RELIABILITY finding 2, without the alternate exchange that would keep it."""
    sent = [*messages(2), *messages(1, "stray.made.v1"), *messages(2)]
    async with a_publisher(host.url) as publisher:
        assert await publisher.publish(sent, exchange=exchange.name) == 2
        assert await publisher.publish(messages(2), exchange=exchange.name) == 2


@real
async def test_an_unknown_exchange_is_said(host: VirtualHost) -> None:
    async with a_publisher(host.url) as publisher:
        with pytest.raises(Unavailable, match="404 NOT_FOUND"):
            await publisher.publish(messages(2), exchange="nowhere")


@real
async def test_what_was_not_acknowledged_is_delivered_again(
    host: VirtualHost, exchange: aio_pika.abc.AbstractExchange, queue: str
) -> None:
    async with a_publisher(host.url) as publisher:
        await publisher.publish(messages(2), exchange=exchange.name)
    async with a_consumer(host.url, queue, prefetch=1) as consumer:
        first = await consumer.batch(10)
        assert first == [(b"thing 0", False, 1)]
        assert await consumer.batch(0.2) == []
    async with a_consumer(host.url, queue, prefetch=1) as consumer:
        assert [(body, again) for body, again, _ in await consumer.batch(10)] == [(b"thing 0", True)]


@real
async def test_a_deleted_queue_ends_its_consumer(
    host: VirtualHost, queue: str, channel: aio_pika.abc.AbstractChannel
) -> None:
    async with a_consumer(host.url, queue) as consumer:
        waiting = asyncio.create_task(consumer.batch(10))
        await channel.queue_delete(queue)
        with pytest.raises(Unavailable, match="cancelled"):
            await waiting


@real
async def test_an_idle_connection_stays(host: VirtualHost, queue: str) -> None:
    async with a_consumer(host.url, queue, heartbeat=1) as consumer:
        assert await consumer.batch(4) == []
        assert not consumer.is_over


@real
@pytest.mark.parametrize(
    ("wrong", "reason"),
    [("amqp://guest:wrong@{}/%2F", "403 ACCESS_REFUSED"), ("amqp://guest:guest@{}/nowhere", "530 NOT_ALLOWED")],
)
async def test_a_refusal_is_said_in_the_brokers_words(host: VirtualHost, wrong: str, reason: str) -> None:
    address = address_of(host.url)
    with pytest.raises(Unavailable, match=reason):
        await connect(wrong.format(f"{address.host}:{address.port}"), name="test", purpose="publish")
