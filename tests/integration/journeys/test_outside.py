"""Systems outside: somebody else's AMQP client, the stream and the HTTP feed tell the same, with the same ids."""

import asyncio
import json
import runpy
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pika
from pika.exceptions import ChannelClosedByBroker

from tests.support.servers import VirtualHost, broker_user
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


def rights_of(user: str) -> tuple[dict[str, str], list[dict[str, str]]]:
    """What the definitions of the installation allow this user."""
    script = runpy.run_path(str(Path(__file__).parents[3] / "deploy/rabbitmq/definitions.py"))
    written = script["definitions"](defaultdict(lambda: "secret"))
    (names,) = (each for each in written["permissions"] if each["user"] == user)
    return names, [each for each in written["topic_permissions"] if each["user"] == user]


def refused(url: str, act: Callable[[Any], object]) -> bool:
    """Whether the broker refuses this for want of a right."""
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        try:
            act(channel)
        except ChannelClosedByBroker as error:
            return bool(error.reply_code == 403)
    return False


REFUSED: dict[str, Callable[[Any], object]] = {
    "the other stream": lambda channel: next(channel.consume("retour.finance")),
    "the queue of a service": lambda channel: channel.queue_declare("refunds.follow-return", durable=True),
    "what nobody wanted": lambda channel: channel.basic_get("retour.unrouted"),
    "other events": lambda channel: channel.queue_bind("returns.mine", "retour.events", "refund.#"),
    "all events": lambda channel: channel.queue_bind("returns.mine", "retour.events", "#"),
    "another exchange": lambda channel: channel.queue_bind("returns.mine", "retour.again", "return.#"),
    "publishing": lambda channel: channel.basic_publish("retour.events", "return.closed.v1", b"{}"),
    "publishing into the stream": lambda channel: channel.basic_publish("", "retour.returns", b"{}"),
    "removing the stream": lambda channel: channel.queue_delete("retour.returns"),
    "removing the exchange": lambda channel: channel.exchange_delete("retour.events"),
}


async def test_the_user_of_return_events_reads_them_and_nothing_else(world: World) -> None:
    """N08, I-11: a queue of its own and the stream have what the feed has; everything else is refused."""
    customer_id, customer = await world.customer()
    before = world.vhost_url

    def inside(url: str) -> str:
        with pika.BlockingConnection(pika.URLParameters(url)) as connection:
            channel = connection.channel()
            channel.queue_declare("returns.mine", durable=True)
            channel.queue_bind("returns.mine", "retour.events", "return.#")
        return url

    async def events() -> list[dict[str, Any]] | None:
        page = await world.agent.get("/v1/return-events?limit=1000")
        found = [event for event in page["items"] if event["subject"] == asked["id"]]
        return found if len(found) >= 2 else None

    if before is None:
        asked = await world.request(customer, await world.order(customer_id))
        assert [event["sequence"] for event in await eventually(events)] == [1, 2]
        return
    names, topics = rights_of("returns")
    host = VirtualHost(before.rpartition("/")[2], before)
    with broker_user(host, names, topics) as url:
        await asyncio.to_thread(inside, url)
        asked = await world.request(customer, await world.order(customer_id))
        told = await eventually(events)
        for queue, arguments in (("returns.mine", {}), ("retour.returns", {"x-stream-offset": "first"})):
            found = await asyncio.to_thread(drain, url, queue, **arguments)
            assert {event["type"].partition(".")[0] for event in found} == {"return"}
            assert [event for event in found if event["subject"] == asked["id"]] == told
        for what, act in REFUSED.items():
            assert await asyncio.to_thread(refused, url, act), what
        assert not await asyncio.to_thread(refused, url, lambda channel: channel.basic_get("returns.mine"))
