"""The broker loses queues while returns are under way: it is seen, and healed without anybody (Z38, R04)."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pika
import pytest

from retour.exit_status import ExitStatus
from shared.contracts.events import FOLLOWERS
from tests.e2e.test_command import Terminal, terminal, wrong
from tests.support import world as worlds
from tests.support.waiting import eventually
from tests.support.world import World

__all__ = ["terminal"]
pytestmark = [pytest.mark.xdist_group("command"), pytest.mark.slow, pytest.mark.timeout(1200)]

Json = dict[str, Any]
DISTRIBUTED = [pytest.param("distributed", marks=pytest.mark.distributed)]
QUEUES = tuple(dict.fromkeys(queue for queues in FOLLOWERS.values() for queue in queues))
RETURNS = 24
TOLD = {"goods_received": 1, "refund_settled": 1, "return_approved": 1}


@pytest.fixture
async def shop(terminal: Terminal) -> AsyncIterator[World]:
    """A running Retour and the people around it."""
    terminal.environment["GATEWAY_RATE_PER_MINUTE"] = "1000000"
    await asyncio.to_thread(terminal.up)
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{terminal.port}", timeout=60) as http:
        yield await worlds._sign_in("distributed" if terminal.distributed else "embedded", http, terminal.data)


async def lose(terminal: Terminal, *queues: str) -> None:
    """Somebody deletes queues at the broker, with everything in them."""

    def delete() -> None:
        with pika.BlockingConnection(pika.URLParameters(terminal.environment["RETOUR_BROKER_URL"])) as connection:
            for queue in queues:
                connection.channel().queue_delete(queue)

    await asyncio.to_thread(delete)


async def a_return(shop: World) -> str:
    """A return as far as hands bring it; the rest are events."""
    customer_id, customer = await shop.customer()
    asked = await shop.request(customer, await shop.order(customer_id))
    await shop.scan(asked["rma"], "COAT-M")  # unknown to the warehouse when its queue is lost; matched afterwards
    await shop.inspect(asked["rma"], "COAT-M")
    return str(asked["id"])


async def losses(shop: World) -> Counter[str]:
    """How often each queue was lost, and under `open` how many losses are not healed."""
    found: Counter[str] = Counter()
    for service in ("requests", "inspection", "refunds", "notifications"):
        for queue in (await shop.admin.get(f"/v1/operations/{service}/queues"))["items"]:
            found[queue["queue"]] += queue["losses"]
            found["open"] += queue["lost_at"] is not None
    return found


async def everything_happened_once(shop: World, returns: list[str]) -> None:
    for each in returns:
        await shop.until(each, "closed", seconds=300)
        refunds = await shop.refunds(each)
        assert [refund["state"] for refund in refunds] == ["settled"]
        assert Counter(message["kind"] for message in await shop.messages(each)) == TOLD


async def until_content(terminal: Terminal) -> list[Json]:
    """What the doctor says once it is content; `AssertionError` with what it complains about."""
    seen: list[Json] = []

    async def content() -> bool:
        status, seen[:] = await asyncio.to_thread(terminal.doctor)
        return status == ExitStatus.GOOD

    try:
        await eventually(content, seconds=120, every=2.0)
    except AssertionError as error:
        raise AssertionError([each for each in seen if each["level"] in ("wrong", "owed")]) from error
    return seen


@pytest.mark.parametrize("mode", DISTRIBUTED, indirect=True)
async def test_queues_deleted_one_by_one_under_load_and_every_return_ends_once(terminal: Terminal, shop: World) -> None:
    """Z38: thirteen of forty returns were stuck, and the doctor was content."""
    done = asyncio.Event()

    async def saboteur() -> None:
        for queue in QUEUES:
            await lose(terminal, queue)
            await asyncio.sleep(1.0)
        done.set()

    async def hand(number: int) -> list[str]:
        made: list[str] = []
        while len(made) < RETURNS // 4 or not done.is_set():
            made.append(await a_return(shop))
        return made

    breaking = asyncio.create_task(saboteur())
    returns = [each for made in await asyncio.gather(*map(hand, range(4))) for each in made]
    await breaking

    status, findings = await asyncio.to_thread(terminal.doctor)
    assert status == ExitStatus.WRONG
    assert any("was lost at" in each["what"] and "republish" in each["do"] for each in wrong(findings)), findings

    async def healed() -> bool:
        return not (await losses(shop))["open"]

    await eventually(healed, seconds=400, every=1.0)
    await everything_happened_once(shop, returns)
    known = await losses(shop)
    assert all(known[queue] >= 1 for queue in QUEUES), known

    findings = await until_content(terminal)
    assert any("is healed since" in each["what"] for each in findings)
    assert (await shop.admin.get("/v1/operations/findings?state=open"))["items"] == []


async def word(terminal: Terminal, *words: str) -> Any:
    """What `retour events …` answers, as a program reads it."""
    done = await asyncio.to_thread(terminal.run, "events", *words, "--json")
    assert done.returncode == ExitStatus.GOOD, done.stdout + done.stderr
    return json.loads(done.stdout)


async def test_events_that_are_given_again_have_no_second_effect(terminal: Terminal, shop: World) -> None:
    """Z38: republished by a person to one service, to all, of one type, of one subject; or only counted."""
    returns = [await a_return(shop) for _ in range(2)]
    await everything_happened_once(shop, returns)
    since = ("republish", "--since", "2026-01-01T00:00:00Z")

    async def counted(*words: str) -> dict[str, int]:
        return {each["service"]: each["events"] for each in await word(terminal, *since, *words)}

    # A letter that leaves meanwhile is one event more.
    before, given, of_inspection, after = [
        await counted(*words)
        for words in (("--dry-run",), (), ("--to", "refunds", "--type", "inspection"), ("--dry-run",))
    ]
    assert before.keys() == given.keys() == {"requests", "inspection", "refunds", "notifications"}
    assert all(4 <= before[name] <= given[name] <= after[name] for name in before)
    assert of_inspection.keys() == {"inspection"}
    assert given["inspection"] <= of_inspection["inspection"] <= after["inspection"]
    (one,) = await word(terminal, *since, "--type", "return.approved", "--subject", returns[0])
    assert one == {"service": "requests", "events": 1}
    assert (await word(terminal, *since, "--until", "2026-01-02", "--type", "return"))[0]["events"] == 0
    for words, said in (
        (("--type", "weather"), "--type"),
        (("--to", "bank"), "--to"),
        (("--until", "noon"), "noon"),
    ):
        refused = await asyncio.to_thread(terminal.run, "events", *since, *words)
        assert (refused.returncode, said in refused.stderr) == (ExitStatus.USAGE, True)

    again = await a_return(shop)
    await everything_happened_once(shop, [*returns, again])
    assert json.loads((await asyncio.to_thread(terminal.run, "dead-letters", "list", "--json")).stdout) == []
