"""What a message costs in Python through aio-pika and through our own wire: CPU µs a message, one JSON line.

`python benchmarks/amqp.py [--url amqp://guest:guest@127.0.0.1:5672/%2F] [--messages 4000] [--rounds 5]`. Rounds are
interleaved, batches are 200, the queue is a quorum queue of our own. Compare the ratio: the machine is shared.
"""

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final
from uuid import uuid4

import aio_pika
import uvloop
from uuid_utils import uuid7

from shared.messaging.amqp_wire import connect
from shared.messaging.bus import PREFETCH, Message

TYPE: Final = "refund.settled.v1"
BODY: Final = json.dumps({"id": "evt_01KD0M4Z5Q8T3V7X2Y9B6C1D0E", "type": TYPE, "data": {"note": "x" * 700}}).encode()
Means = Callable[[str, str, Sequence[Message]], Awaitable[None]]


def batches(messages: Sequence[Message]) -> list[Sequence[Message]]:
    """Two hundred at a time, as the relay has them."""
    return [messages[start : start + PREFETCH] for start in range(0, len(messages), PREFETCH)]


async def publish_by_aio_pika(url: str, name: str, messages: Sequence[Message]) -> None:
    """One confirm awaited for each, the batch gathered."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        exchange = await channel.get_exchange(name, ensure=False)

        async def send(message: Message) -> None:
            await exchange.publish(
                aio_pika.Message(
                    message.body,
                    content_type="application/cloudevents+json",
                    content_encoding="utf-8",
                    delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
                    message_id=uuid7().hex,
                    type=message.type,
                    app_id="retour.benchmark",
                    timestamp=int(time.time()),
                    headers={"ce-id": message.id, "ce-type": message.type},
                ),
                routing_key=message.type,
                mandatory=True,
                timeout=10,
            )

        for batch in batches(messages):
            await asyncio.gather(*map(send, batch))


async def publish_by_wire(url: str, name: str, messages: Sequence[Message]) -> None:
    """A batch a write."""
    wire = await connect(url, name="benchmark", purpose="publish")
    await wire.confirm()
    for batch in batches(messages):
        if await wire.publish(batch, exchange=name) != len(batch):
            raise RuntimeError("not everything was confirmed")
    await wire.close()


async def consume_by_aio_pika(url: str, name: str, messages: Sequence[Message]) -> None:
    """One acknowledgement for what has arrived."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(publisher_confirms=False)
        await channel.set_qos(prefetch_count=PREFETCH)
        queue = await channel.get_queue(name, ensure=False)
        arrived: asyncio.Queue[aio_pika.abc.AbstractIncomingMessage] = asyncio.Queue()
        await queue.consume(arrived.put)
        seen = 0
        while seen < len(messages):
            batch = [await arrived.get()]
            while not arrived.empty():
                batch.append(arrived.get_nowait())
            await batch[-1].ack(multiple=True)
            seen += len(batch)


async def consume_by_wire(url: str, name: str, messages: Sequence[Message]) -> None:
    """One acknowledgement for what has arrived."""
    wire = await connect(url, name="benchmark", purpose="consume")
    await wire.consume(name, PREFETCH)
    seen = 0
    while seen < len(messages):
        batch = await wire.batch(10)
        wire.ack(batch[-1].tag, multiple=True)
        seen += len(batch)
    await wire.close()


async def measured(means: Means, url: str, name: str, messages: Sequence[Message]) -> tuple[float, float]:
    """CPU µs a message of this process, and messages a second."""
    cpu, clock = time.process_time(), time.perf_counter()
    await means(url, name, messages)
    return (
        (time.process_time() - cpu) / len(messages) * 1e6,
        len(messages) / (time.perf_counter() - clock),
    )


async def main(url: str, count: int, rounds: int) -> dict[str, object]:
    """Both ways, in turn, through the same queue."""
    name = f"benchmark.{uuid4().hex[:8]}"
    messages = [Message(f"evt_{uuid4().hex}", TYPE, BODY) for _ in range(count)]
    ways: dict[str, tuple[Means, Means]] = {
        "aio_pika": (publish_by_aio_pika, consume_by_aio_pika),
        "wire": (publish_by_wire, consume_by_wire),
    }
    results: dict[str, list[tuple[float, float]]] = {}
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        exchange = await channel.declare_exchange(name, aio_pika.ExchangeType.TOPIC)
        queue = await channel.declare_queue(name, durable=True, arguments={"x-queue-type": "quorum"})
        await queue.bind(exchange, "#")
        try:
            for _ in range(rounds):
                for way, (publish, consume) in ways.items():
                    for verb, means in (("publish", publish), ("consume", consume)):
                        result = await measured(means, url, name, messages)
                        results.setdefault(f"{verb}_{way}", []).append(result)
        finally:
            await channel.queue_delete(name)
            await channel.exchange_delete(name)
    cpu = {what: statistics.median(cost for cost, _ in rounds_) for what, rounds_ in results.items()}
    rate = {what: statistics.median(rate for _, rate in rounds_) for what, rounds_ in results.items()}
    return {
        "cpu_us": {what: round(value, 1) for what, value in cpu.items()},
        "per_second": {what: round(value) for what, value in rate.items()},
        "ratio": {verb: round(cpu[f"{verb}_aio_pika"] / cpu[f"{verb}_wire"], 1) for verb in ("publish", "consume")},
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="amqp://guest:guest@127.0.0.1:5672/%2F")
    parser.add_argument("--messages", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    print(json.dumps(uvloop.run(main(given.url, given.messages, given.rounds))))
