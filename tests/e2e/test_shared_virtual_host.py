"""Two Retours with different prefixes use one virtual host, and neither gets an event of the other (Z38)."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

import pika
import pytest

from shared.contracts.events import FOLLOWERS
from tests.support.servers import VirtualHost
from tests.support.world import World, running

pytestmark = [pytest.mark.distributed, pytest.mark.slow, pytest.mark.timeout(1200), pytest.mark.xdist_group("command")]


async def a_return(world: World) -> str:
    customer_id, customer = await world.customer()
    asked = await world.request(customer, await world.order(customer_id))
    await world.scan(asked["rma"], "COAT-M")
    await world.inspect(asked["rma"], "COAT-M")
    await world.until(asked["id"], "closed", seconds=300)
    return str(asked["id"])


@pytest.mark.parametrize("mode", ["distributed"], indirect=True)
async def test_two_retours_with_different_prefixes_do_not_take_each_other_s_events(
    mode: str, tmp_path: Path, own_vhost: VirtualHost
) -> None:
    async with AsyncExitStack() as stack:
        worlds = [
            await stack.enter_async_context(
                running(mode, tmp_path / name, own_vhost.url, forked=True, broker_prefix=prefix)
            )
            for name, prefix in (("first", None), ("second", "second"), ("third", "retour"))
        ]
        made = await asyncio.gather(*(a_return(world) for world in worlds for _ in range(3)))
        assert len(set(made)) == 9
        for world in worlds:
            for service in ("requests", "inspection", "refunds", "notifications"):
                assert (await world.admin.get(f"/v1/operations/{service}/dead-letters"))["items"] == []
            mine = [each["id"] for each in (await world.agent.get("/v1/returns?limit=50"))["items"]]
            assert len(mine) == 3
            events = (await world.finance.get("/v1/finance/events"))["items"]
            assert Counter(event["type"] for event in events)["refund.settled.v1"] == 3
            assert {event["correlationid"] for event in events} == set(mine)

        def there() -> None:
            with pika.BlockingConnection(pika.URLParameters(own_vhost.url)) as connection:
                for queue in {queue for queues in FOLLOWERS.values() for queue in queues}:
                    for name in (queue, f"second.{queue}", f"second.{queue}.dead"):
                        connection.channel().queue_declare(name, passive=True)
                for exchange in ("second.events", "second.again", "second.unrouted", "second.dead", "retour.events"):
                    connection.channel().exchange_declare(exchange, passive=True)

        await asyncio.to_thread(there)
