"""Finance systems: somebody else's AMQP client, the stream and the HTTP feed tell the same, with the same ids."""

import asyncio
import json
from collections import Counter
from typing import Any

import pika

from tests.support.waiting import eventually
from tests.support.world import World


def bind(url: str, queue: str) -> None:
    """A queue of its own, as a finance system makes it."""
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.queue_declare(queue, durable=True)
        channel.queue_bind(queue, "retour.events", "refund.#")


def drain(url: str, queue: str, **arguments: Any) -> list[dict[str, Any]]:
    """Everything in a queue or stream right now."""
    found = []
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.basic_qos(prefetch_count=200)
        for method, _, body in channel.consume(queue, inactivity_timeout=1, arguments=arguments or None):
            if method is None or body is None or method.delivery_tag is None:
                break
            found.append(json.loads(body))
            channel.basic_ack(method.delivery_tag)
    return found


async def feed(world: World, returns: set[str]) -> list[dict[str, Any]]:
    """Every event of these returns in the HTTP feed, page by page."""
    events: list[dict[str, Any]] = []
    after = ""
    while True:
        page = await world.finance.get(f"/v1/finance/events?limit=50{after}")
        if not page["items"]:
            return [event for event in events if event["correlationid"] in returns]
        events += page["items"]
        after = f"&after={page['next']}"


async def test_every_refund_event_reaches_outside_systems_with_the_feeds_ids(world: World) -> None:
    """N08, I-11: once in the stream, at least once in the queue, exactly once in the feed."""
    if world.vhost_url is not None:
        await asyncio.to_thread(bind, world.vhost_url, "finance.refunds")
    customer_id, customer = await world.customer()
    asked = [await world.request(customer, await world.order(customer_id)) for _ in range(3)]
    for one in asked:
        await world.scan(one["rma"], "COAT-M")
        await world.inspect(one["rma"], "COAT-M")
    for one in asked:
        await world.until(one["id"], "closed")
    mine = {one["id"] for one in asked}

    async def complete() -> list[dict[str, Any]] | None:
        events = await feed(world, mine)
        return events if len(events) == 6 else None

    events = await eventually(complete)
    ids = [event["id"] for event in events]
    assert len(set(ids)) == 6
    assert Counter(event["type"] for event in events) == {"refund.opened.v1": 3, "refund.settled.v1": 3}
    for event in events:
        assert event["sequence"] == (1 if event["type"] == "refund.opened.v1" else 2)
    if world.vhost_url is None:
        return
    queued = await asyncio.to_thread(drain, world.vhost_url, "finance.refunds")
    assert set(ids) <= {event["id"] for event in queued}
    streamed = await asyncio.to_thread(drain, world.vhost_url, "retour.finance", **{"x-stream-offset": "first"})
    counted = Counter(event["id"] for event in streamed)
    assert {event_id: counted[event_id] for event_id in ids} == dict.fromkeys(ids, 1)
    by_id = {event["id"]: event for event in queued}
    for event in events:
        assert by_id[event["id"]] == {name: value for name, value in event.items() if value is not None}
