"""The bus in one process: batches, pauses between crashes, burial one by one, and what it keeps of stray messages."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from shared.kernel.errors import Unavailable
from shared.messaging import bus_in_process as subject
from shared.messaging.bus import DELIVERY_LIMIT, PREFETCH, Message, PendingAcks, Subscription
from shared.messaging.bus_in_process import InProcessBus
from shared.runtime.loops import Heartbeat
from tests.support.fake_sleep import FakeSleep


def messages(count: int) -> list[Message]:
    return [Message(f"evt_{n}", "thing.made.v1", str(n).encode()) for n in range(count)]


@dataclass
class Reader:
    """Raises what is next for it; crashes on poison for ever."""

    raises: list[Exception] = field(default_factory=list)
    poison: bytes | None = None
    offered: list[list[bytes]] = field(default_factory=list)
    handled: list[bytes] = field(default_factory=list)
    dead_letters: list[bytes] = field(default_factory=list)
    no_graves: list[Exception] = field(default_factory=list)

    async def handle(self, bodies: Sequence[bytes]) -> PendingAcks:
        self.offered.append([*bodies])
        if self.raises:
            raise self.raises.pop(0)
        if self.poison in bodies:
            raise RuntimeError("a defect")
        self.handled += bodies
        return ()

    async def keep_dead_letter(self, body: bytes, reason: str) -> None:
        if self.no_graves:
            raise self.no_graves.pop(0)
        self.dead_letters.append(body)


@dataclass
class Line:
    """A bus with one consumer, which sleeps no time between two tries; how long it would have slept."""

    bus: InProcessBus
    reader: Reader
    pauses: list[float]


@pytest.fixture
async def line(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    sleep = FakeSleep()
    monkeypatch.setattr(subject, "asyncio", sleep)
    made = Line(InProcessBus(), Reader(), sleep.seconds)
    made.bus.subscribe(Subscription("test.things", ("thing",), made.reader.handle, made.reader.keep_dead_letter))
    consuming = asyncio.create_task(made.bus._consume(made.bus._queues[0], Heartbeat(name="consume", stale_after=60)))
    with capture_logs():  # a traceback in colours takes a second
        yield made
    consuming.cancel()
    await asyncio.gather(consuming, return_exceptions=True)


async def test_a_batch_holds_what_is_waiting_up_to_the_prefetch(line: Line) -> None:
    sent = messages(PREFETCH + 1)
    assert await line.bus.publish(sent) == len(sent)
    assert [len(batch) for batch in line.reader.offered] == [PREFETCH, 1]
    assert line.reader.handled == [message.body for message in sent]


async def test_a_publication_waits_until_its_messages_are_dealt_with(line: Line) -> None:
    """What is confirmed leaves the outbox: a crash before that has to find it there."""
    line.reader.raises = [Unavailable("database")] * 3
    publishing = asyncio.create_task(line.bus.publish(messages(1)))
    while len(line.reader.offered) < 2:
        assert not publishing.done()
        await asyncio.sleep(0)
    assert await publishing == 1
    assert line.reader.handled == [b"0"]


async def test_pauses_between_crashes_grow_and_weather_is_no_crash(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "LONGEST_DELAY", 0.3)
    monkeypatch.setattr(subject, "LONGEST_OUTAGE_DELAY", 0.25)
    line.reader.raises = [*[RuntimeError()] * (DELIVERY_LIMIT - 1), *[Unavailable("database")] * 20]
    await line.bus.publish(messages(2))
    assert line.reader.dead_letters == []
    assert line.reader.handled == [b"0", b"1"]
    assert line.pauses[: DELIVERY_LIMIT + 1] == [0.05, 0.1, 0.2, 0.3, 0.25, 0.25]


async def test_an_event_that_crashes_is_a_dead_letter_after_so_many_crashes_and_its_neighbours_are_handled_once(
    line: Line,
) -> None:
    """I-15: the batch is tried so often, then each of it by itself."""
    line.reader.poison = b"1"
    await line.bus.publish(messages(3))
    await line.bus.publish(messages(1))
    assert line.reader.dead_letters == [b"1"]
    assert line.reader.handled == [b"0", b"2", b"0"]
    together = [batch for batch in line.reader.offered if len(batch) == 3]
    alone = [batch for batch in line.reader.offered if batch == [b"1"]]
    assert (len(together), len(alone)) == (DELIVERY_LIMIT, DELIVERY_LIMIT)


async def test_a_grave_that_cannot_be_dug_now_is_dug_later(line: Line) -> None:
    line.reader.poison = b"0"
    line.reader.no_graves = [Unavailable("database")] * 2
    await line.bus.publish(messages(2))
    assert line.reader.dead_letters == [b"0"]
    assert line.reader.handled == [b"1"]


@pytest.mark.parametrize(("count", "kept"), [(99, 99), (100, 100), (101, 100)])
async def test_the_newest_stray_messages_are_kept_and_no_more(count: int, kept: int) -> None:
    bus = InProcessBus()
    sent = messages(count)
    assert await bus.publish(sent) == count
    assert bus.unrouted == sent[-kept:]
