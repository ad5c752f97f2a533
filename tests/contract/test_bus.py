"""One suite of promises for both buses: order, at least once, batches, redelivery, burial, nothing lost unread."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

import aio_pika
import pytest
from structlog.testing import capture_logs

from shared.kernel.errors import Unavailable
from shared.messaging.broker_topology import BrokerNames
from shared.messaging.bus import FINANCE_STREAM, UNROUTED, Message, PendingAcks, QueueState, Subscription
from shared.messaging.bus_in_process import InProcessBus
from shared.messaging.bus_rabbitmq import RabbitBus, open_connection
from shared.runtime.loops import Loops
from tests.support.servers import VirtualHost
from tests.support.waiting import eventually


@dataclass
class Reader:
    """A consumer that remembers, and fails on demand."""

    queue: str
    nouns: tuple[str, ...]
    batches: list[list[bytes]] = field(default_factory=list)
    dead_letters: list[bytes] = field(default_factory=list)
    outages: int = 0
    crashes_on: bytes | None = None
    dies_in: float = 0
    offered: int = 0
    notes_later: bool = False
    pending: list[asyncio.Future[None]] = field(default_factory=list)

    async def handle(self, bodies: Sequence[bytes]) -> PendingAcks:
        self.offered += 1
        if self.outages:
            self.outages -= 1
            raise Unavailable("database")
        if self.crashes_on is not None and self.crashes_on in bodies:
            await asyncio.sleep(self.dies_in)
            raise RuntimeError("a defect")
        self.batches.append(list(bodies))
        if not self.notes_later:
            return ()
        self.pending.append(asyncio.get_running_loop().create_future())
        return self.pending[-1:]

    async def keep_dead_letter(self, body: bytes, reason: str) -> None:
        self.dead_letters.append(body)

    def subscription(self) -> Subscription:
        return Subscription(self.queue, self.nouns, self.handle, self.keep_dead_letter)

    @property
    def bodies(self) -> list[bytes]:
        return [body for batch in self.batches for body in batch]


class Wire:
    """A bus of either kind with its loops."""

    def __init__(self, bus: InProcessBus | RabbitBus) -> None:
        self.bus = bus
        self.loops = Loops()

    async def listen(self, *readers: Reader) -> None:
        for reader in readers:
            self.bus.subscribe(reader.subscription())
        self.bus.run_in(self.loops)
        self.loops.start()
        if isinstance(self.bus, RabbitBus):
            await eventually(self._listening)

    async def _listening(self) -> bool:
        return all(heartbeat.rounds > 0 for heartbeat in self.loops.heartbeats.values())

    async def close(self) -> None:
        await self.loops.stop()
        if isinstance(self.bus, RabbitBus):
            await self.bus.close()


@pytest.fixture
async def wire(mode: str, request: pytest.FixtureRequest) -> AsyncIterator[Wire]:
    if mode == "embedded":
        made = Wire(InProcessBus())
    else:
        host: VirtualHost = request.getfixturevalue("vhost")
        made = Wire(RabbitBus(host.url, name="test"))
    yield made
    await made.close()


def a_reader(*nouns: str, **but: object) -> Reader:
    return Reader(f"test.{uuid4().hex[:8]}", nouns or ("thing",), **but)  # type: ignore[arg-type]


def messages(count: int, noun: str = "thing", first: int = 0) -> list[Message]:
    return [Message(f"evt_{uuid4().hex}", f"{noun}.made.v1", f"{noun} {n + first}".encode()) for n in range(count)]


async def everything(reader: Reader, count: int) -> None:
    async def arrived() -> bool:
        return len(reader.bodies) >= count

    await eventually(arrived)


async def test_messages_arrive_in_order_and_together(wire: Wire) -> None:
    reader = a_reader()
    await wire.listen(reader)
    sent = messages(300)
    assert await wire.bus.publish(sent[:150]) == 150
    assert await wire.bus.publish(sent[150:]) == 150
    await everything(reader, 300)
    assert reader.bodies == [message.body for message in sent]
    assert len(reader.batches) < 300


async def test_each_reader_gets_its_nouns_and_no_other(wire: Wire) -> None:
    things, both = a_reader("thing"), a_reader("thing", "deed")
    await wire.listen(things, both)
    await wire.bus.publish([*messages(2), *messages(3, "deed")])
    await everything(both, 5)
    await everything(things, 2)
    assert len(things.bodies) == 2


async def test_a_batch_waits_for_the_end_of_an_outage_and_nothing_overtakes_it(wire: Wire) -> None:
    reader = a_reader(outages=3)
    await wire.listen(reader)
    sent = messages(5)
    publishing = asyncio.create_task(wire.bus.publish(sent))
    await everything(reader, 5)
    assert await publishing == 5
    assert reader.bodies == [message.body for message in sent]
    assert reader.offered >= 4


async def test_the_pauses_of_a_batch_that_waits_in_an_outage_stay_short(
    mode: str, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = "shared.messaging.bus_in_process" if mode == "embedded" else "shared.messaging.bus_rabbitmq"
    monkeypatch.setattr(f"{module}.FIRST_DELAY", 0.03)
    monkeypatch.setattr(f"{module}.LONGEST_OUTAGE_DELAY", 0.05)
    reader = a_reader(outages=4)
    await wire.listen(reader)
    with capture_logs() as said:
        await wire.bus.publish(messages(1))
        await everything(reader, 1)
    assert [line["delay_s"] for line in said if line["event"] == "batch_waits"] == [0.03, 0.05, 0.05, 0.05]


@pytest.mark.parametrize(
    "address", ["amqp://127.0.0.1:1/x", "amqp://127.0.0.1:99999/x", "amqps://127.0.0.1:1/?cafile=/no"]
)
async def test_a_broker_that_cannot_be_used_is_an_outage_to_every_loop_and_every_caller(address: str) -> None:
    """Also to who buries: what the libraries raise never leaves the bus."""
    bus = RabbitBus(address, name="test")
    bus.subscribe(a_reader().subscription())
    loops = Loops()
    bus.run_in(loops)
    assert any(name.startswith("dead letters") for name in loops.heartbeats)
    for name, heartbeat in loops.heartbeats.items():
        with pytest.raises(Unavailable, match="broker"):
            await loops._work[name](heartbeat)
    for call in (bus.declare, bus.check, lambda: bus.publish(messages(1))):
        with pytest.raises(Unavailable, match="broker"):
            await call()


async def test_the_loop_of_dead_letters_reports_a_lost_connection_as_an_outage(
    mode: str, request: pytest.FixtureRequest, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between taking a dead letter over and acknowledging it."""
    if isinstance(wire.bus, InProcessBus):
        return
    host: VirtualHost = request.getfixturevalue("vhost")
    connections: list[aio_pika.abc.AbstractConnection] = []

    async def watched(*args: Any, **named: Any) -> aio_pika.abc.AbstractConnection:
        connections.append(await open_connection(*args, **named))
        return connections[-1]

    monkeypatch.setattr("shared.messaging.bus_rabbitmq.open_connection", watched)
    reader = a_reader()

    async def keep_dead_letter(body: bytes, reason: str) -> None:
        reader.dead_letters.append(body)
        await connections[-1].close()

    bus = RabbitBus(host.url, name="test")
    bus.subscribe(Subscription(reader.queue, reader.nouns, reader.handle, keep_dead_letter))
    await bus.declare()
    connection = await aio_pika.connect(host.url)
    async with connection:
        channel = await connection.channel()
        await channel.default_exchange.publish(aio_pika.Message(b"dead"), BrokerNames().dead_letters_of(reader.queue))
    loops = Loops()
    bus.run_in(loops)
    name = next(name for name in loops.heartbeats if name.startswith("dead letters"))
    with pytest.raises(Unavailable, match="broker"):
        await loops._work[name](loops.heartbeats[name])
    assert reader.dead_letters == [b"dead"]


async def test_what_crashes_its_reader_is_a_dead_letter_and_its_neighbours_are_handled(wire: Wire) -> None:
    """I-15: never executed without end, never lost."""
    sent = messages(4)
    reader = a_reader(crashes_on=sent[1].body)
    await wire.listen(reader)
    publishing = asyncio.create_task(wire.bus.publish(sent))

    async def settled() -> bool:
        return reader.dead_letters == [sent[1].body] and {sent[n].body for n in (0, 2, 3)} <= set(reader.bodies)

    await eventually(settled, seconds=240)
    await publishing
    assert reader.offered < 40


async def test_who_buries_goes_on_after_any_number_and_buries_later_what_could_not_be_kept(
    mode: str, request: pytest.FixtureRequest, wire: Wire
) -> None:
    """I-15, I-17: each dead letter is acknowledged when it is kept, and only then."""
    if isinstance(wire.bus, InProcessBus):
        return
    host: VirtualHost = request.getfixturevalue("vhost")
    one, two = a_reader(), a_reader()
    storms = 2

    async def keep_dead_letter(body: bytes, reason: str) -> None:
        nonlocal storms
        if storms:
            storms -= 1
            raise Unavailable("database")
        await one.keep_dead_letter(body, reason)

    wire.bus.subscribe(Subscription(one.queue, one.nouns, one.handle, keep_dead_letter))
    wire.bus.subscribe(two.subscription())
    await wire.bus.declare()
    connection = await aio_pika.connect(host.url)
    async with connection:
        channel = await connection.channel()
        for number in range(25):
            for reader in (one, two):
                message = aio_pika.Message(b"%d" % number, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
                await channel.default_exchange.publish(message, BrokerNames().dead_letters_of(reader.queue))
        wire.bus.run_in(wire.loops)
        wire.loops.start()

        async def all_buried() -> bool:
            return all(set(reader.dead_letters) == {b"%d" % n for n in range(25)} for reader in (one, two))

        await eventually(all_buried)

        async def all_acknowledged() -> bool:
            await wire.loops.stop()
            declared = [
                await channel.declare_queue(BrokerNames().dead_letters_of(each.queue), passive=True)
                for each in (one, two)
            ]
            return all(queue.declaration_result.message_count == 0 for queue in declared)

        await eventually(all_acknowledged)
    assert storms == 0


async def test_replicas_that_crash_one_after_the_other_make_no_neighbour_a_dead_letter(
    mode: str, request: pytest.FixtureRequest, wire: Wire
) -> None:
    """I-15: who stands by while another one dies is careful as well, however long that takes."""
    if mode == "embedded":
        return
    before, sent = messages(2), messages(8, first=2)
    one = a_reader(crashes_on=sent[1].body, dies_in=1.2)
    two = Reader(one.queue, one.nouns, crashes_on=sent[1].body, dies_in=1.2)
    other = Wire(RabbitBus(request.getfixturevalue("vhost").url, name="other"))
    try:
        await wire.listen(one)
        await other.listen(two)

        async def settled() -> bool:
            dealt_with = {*one.bodies, *two.bodies, *one.dead_letters, *two.dead_letters}
            return {message.body for message in offered} <= dealt_with

        for number in range(len(before)):  # one by one: the first fresh message ends a replica's caution
            offered = before[: number + 1]
            await wire.bus.publish(offered[-1:])
            await eventually(settled)
        offered = sent
        await wire.bus.publish(sent)

        await eventually(settled, seconds=240)
        assert {*one.dead_letters, *two.dead_letters} == {sent[1].body}
    finally:
        await other.close()


async def test_what_is_not_noted_yet_holds_nobody_up_and_comes_again(
    mode: str, request: pytest.FixtureRequest, wire: Wire
) -> None:
    """I-12: acknowledged in order, when it is noted; a process that dies before gets it once more."""
    if mode == "embedded":
        assert wire.bus.patience == 0, "who publishes waits for every reader, so no reader may wait"
        return
    reader = a_reader(notes_later=True)
    await wire.listen(reader)
    sent = messages(4)
    await wire.bus.publish(sent[:1])
    await everything(reader, 1)
    await asyncio.sleep(0.2)
    reader.pending[0].set_result(None)
    for number, message in enumerate(sent[1:], 2):
        await wire.bus.publish([message])
        await everything(reader, number)
    assert reader.bodies == [message.body for message in sent], "once each, the first one as well"
    reader.pending[2].set_result(None)
    reader.pending[1].set_result(None)
    await asyncio.sleep(0.2)
    await wire.close()

    again = Wire(RabbitBus(request.getfixturevalue("vhost").url, name="test"))
    try:
        heir = Reader(reader.queue, reader.nouns)
        await again.listen(heir)
        await everything(heir, 1)
        assert heir.bodies == [sent[3].body]
    finally:
        await again.close()


async def test_nobody_bound_is_not_lost(wire: Wire, mode: str, request: pytest.FixtureRequest) -> None:
    """RELIABILITY finding 2: a wrong routing key must not look like success; the alternate exchange keeps it."""
    sent = messages(1, f"stray{uuid4().hex[:6]}")
    assert await wire.bus.publish(sent) == 1
    if isinstance(wire.bus, InProcessBus):
        assert wire.bus.unrouted == sent
        return
    host: VirtualHost = request.getfixturevalue("vhost")
    connection = await aio_pika.connect(host.url)
    async with connection:
        queue = await (await connection.channel()).get_queue(UNROUTED)
        bodies = []
        while message := await queue.get(fail=False):
            bodies.append(message.body)
            await message.ack()
    assert sent[0].body in bodies


async def test_a_deleted_queue_is_declared_again(mode: str, request: pytest.FixtureRequest, wire: Wire) -> None:
    """A consumer that the broker cancels is noticed, also when the connection stays healthy."""
    if isinstance(wire.bus, InProcessBus):
        return
    host: VirtualHost = request.getfixturevalue("vhost")
    reader = a_reader()
    await wire.listen(reader)
    connection = await aio_pika.connect(host.url)
    async with connection:
        await (await connection.channel()).queue_delete(reader.queue)

        async def arrived() -> bool:
            await wire.bus.publish(messages(1))
            return bool(reader.bodies)

        await eventually(arrived, seconds=30, every=0.5)


async def test_a_deleted_queue_of_dead_letters_is_declared_and_read_again(
    mode: str, request: pytest.FixtureRequest, wire: Wire
) -> None:
    """I-15, I-17: who buries hears that the broker has cancelled him, or what crashes afterwards lies there unseen."""
    if isinstance(wire.bus, InProcessBus):
        return
    host: VirtualHost = request.getfixturevalue("vhost")
    sent = messages(1)
    reader = a_reader(crashes_on=sent[0].body)
    await wire.listen(reader)
    connection = await aio_pika.connect(host.url)
    async with connection:
        await (await connection.channel()).queue_delete(BrokerNames().dead_letters_of(reader.queue))
    await wire.bus.publish(sent)

    async def dead_letters() -> bool:
        return reader.dead_letters == [sent[0].body]

    await eventually(dead_letters, seconds=240)


async def test_refund_events_are_in_the_finance_stream(mode: str, request: pytest.FixtureRequest, wire: Wire) -> None:
    if isinstance(wire.bus, InProcessBus):
        return
    host: VirtualHost = request.getfixturevalue("vhost")
    await wire.bus.publish(messages(3, "refund"))
    connection = await aio_pika.connect(host.url)
    async with connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=100)
        stream = await channel.get_queue(FINANCE_STREAM, ensure=False)
        seen: list[bytes] = []

        async def see(message: aio_pika.abc.AbstractIncomingMessage) -> None:
            seen.append(message.body)
            await message.ack()

        await stream.consume(see, arguments={"x-stream-offset": "first"})

        async def three() -> bool:
            return {b"refund 0", b"refund 1", b"refund 2"} <= set(seen)

        await eventually(three)


async def test_what_is_given_again_reaches_the_queues_of_one_service_only(wire: Wire) -> None:
    """Z38: a follower that lost nothing is not troubled, nor is anybody outside."""
    word = uuid4().hex[:8]
    lost = Reader(f"one{word}.follow-thing", ("thing",))
    other = Reader(f"two{word}.follow-thing", ("thing",))
    deaf = Reader(f"one{word}.follow-deed", ("deed",))
    await wire.listen(lost, other, deaf)
    sent = messages(3)
    assert await wire.bus.give_again(sent, f"one{word}") == 3
    await everything(lost, 3)
    assert lost.bodies == [message.body for message in sent]
    last = messages(1, first=9)
    await wire.bus.publish(last)
    await everything(other, 1)
    assert other.bodies == [last[0].body]
    assert deaf.bodies == []


async def test_a_queue_that_is_not_there_is_named(wire: Wire) -> None:
    """Z38: publishers look whether the queues of their followers exist."""
    reader = a_reader()
    await wire.listen(reader)
    assert list(await wire.bus.missing([reader.queue, "test.nobody"])) == ["test.nobody"]


@pytest.mark.parametrize("mode", [pytest.param("distributed", marks=pytest.mark.distributed)], indirect=True)
async def test_a_queue_that_is_deleted_is_noted_and_made_again_with_its_bindings(
    wire: Wire, vhost: VirtualHost
) -> None:
    """Z38: noted before it is made, and never without its bindings; what is given to a missing queue does not count."""
    states: list[QueueState] = []

    async def note(state: QueueState) -> None:
        states.append(state)

    reader = a_reader()
    wire.bus.subscribe(replace(reader.subscription(), note_queue=note))
    assert isinstance(wire.bus, RabbitBus)
    wire.bus.run_in(wire.loops)
    wire.loops.start()
    await eventually(wire._listening)
    assert states[:2] == [QueueState.MISSING, QueueState.READY]
    states.clear()
    connection = await open_connection(vhost.url, name="test")
    async with connection:
        await (await connection.channel()).queue_delete(reader.queue)

        async def again() -> bool:
            return QueueState.MISSING in states and states[-1] is QueueState.READY

        await eventually(again, seconds=120)
    assert await wire.bus.give_again(messages(1), "nobody") == 0
    sent = messages(2)
    await wire.bus.publish(sent)
    await everything(reader, 2)
    assert reader.bodies == [message.body for message in sent]
