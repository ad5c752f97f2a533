"""The finance feed: every published event once, under the broker's ids, and nothing ever appears behind a cursor."""

import asyncio
import json
from typing import Any

import pytest

from service_refunds.adapters.tables import common, finance_feed
from shared.database.work import ConstraintBroken, OutboxRow, Outcome, Work
from shared.kernel.errors import Unavailable
from shared.messaging.event_feed import EventFeed
from shared.messaging.relay import Relay
from tests.integration.refunds.running_refunds import (
    RunningRefunds,
    a_database,
    a_line,
    a_tender,
    an_order,
    running_refunds,
)


async def some_returns(house: RunningRefunds, count: int) -> None:
    async def one(number: int) -> None:
        order = an_order(lines=(a_line(paid=1_000, quantity=2),), tenders=(a_tender(captured=1_000),))
        await house.tell(order, order.order_id)
        returned = await house.returned(order, f"u{number}-1", f"u{number}-2")
        await house.accept(returned, f"u{number}-1")
        await house.accept(returned, f"u{number}-2")

    await asyncio.gather(*(one(number) for number in range(count)))


async def test_a_reader_that_never_waits_misses_nothing_while_everybody_commits(engines: Any) -> None:
    """I10, finding 9: the reader polls as fast as it can with small pages, by position and by id in turn."""
    async with running_refunds(await a_database(engines)) as house:
        seen: list[str] = []

        async def read() -> None:
            after = "0"
            while len(seen) < 80:
                page = (await house.get(f"/v1/finance/events?after={after}&limit=7")).json()
                seen.extend(each["id"] for each in page["items"])
                after = page["next"] if len(seen) % 2 or not seen else seen[-1]

        reading = asyncio.create_task(read())
        await some_returns(house, 20)
        async with asyncio.timeout(30):
            await reading
        assert seen == list(dict.fromkeys(seen))
        assert set(seen) == {each.id for each in house.witness.seen}
        positions = [row["position"] for row in await house.rows(finance_feed)]
        assert sorted(positions) == list(range(1, 81))


async def test_the_feed_carries_the_same_events_as_the_broker(engines: Any) -> None:
    """I10: the same documents, so that a reader needs one program for both; what an event does not say is not there."""
    async with running_refunds(await a_database(engines)) as house:
        await some_returns(house, 1)
        await house.until(lambda: _kept(house, 4))
        answer = await house.get("/v1/finance/events")
        page = answer.json()
        assert page["items"] == [json.loads(each.encode()) for each in house.witness.seen]
        assert b"[" + b",".join(each.encode().encode() for each in house.witness.seen) + b"]" in answer.content
        assert [name for each in page["items"] for name, said in each.items() if said is None] == []
        assert [each["id"] for each in page["items"]] == [each.id for each in house.witness.seen]
        assert page["items"][0]["data"] == house.witness.seen[0].data
        assert page["items"][0]["type"] == "refund.opened.v1"
        assert page["more"] is False
        rest = (await house.get(f"/v1/finance/events?after={page['next']}")).json()
        assert (rest["items"], rest["next"]) == ([], page["next"])


@pytest.mark.parametrize("after", ["5", "-1", "evt_nobody", "1e3", "%D9%A1", "99999999999999999999"])
async def test_a_cursor_that_is_none_is_refused(engines: Any, after: str) -> None:
    """Nobody is sent to the end of the feed, or to its beginning, by mistake."""
    async with running_refunds(await a_database(engines)) as house:
        answer = await house.get(f"/v1/finance/events?after={after}")
        assert answer.status_code == 422, answer.text


class Broken:
    """A committer whose riders fail while `failures` are left, after the bus has taken everything."""

    def __init__(self, committer: Any, failures: int) -> None:
        self._committer = committer
        self.failures = failures

    def piggy_back(self, work: Work) -> asyncio.Future[Outcome]:
        if self.failures:
            self.failures -= 1
            failed: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
            failed.set_exception(Unavailable("database"))
            return failed
        ridden: asyncio.Future[Outcome] = self._committer.piggy_back(work)
        return ridden


@pytest.mark.parametrize("failures", [1, 2])
async def test_an_event_published_twice_stands_in_the_feed_once_and_in_its_place(engines: Any, failures: int) -> None:
    """The database is away between the broker's confirm and the relay's commit, and events go on happening."""
    async with running_refunds(await a_database(engines), loops=()) as house:
        await some_returns(house, 1)
        whole = house.database.committer
        house.database.committer = Broken(whole, failures)  # type: ignore[assignment]
        relay = Relay(house.database, house.bus, EventFeed(house.database.reader, finance_feed))
        for _ in range(failures):
            assert await relay.publish_once() == 2
            assert await house.rows(finance_feed) == []
        later = OutboxRow("evt_later", "refund.settled.v1", "rfd_9", 1, house.witness.seen[0].encode())
        await whole.commit(Work(outbox=[later]))
        while await house.rows(common.outbox):
            await relay.publish_once()
            await asyncio.sleep(0.06)
        first, second = (each.id for each in house.witness.seen[:2])
        assert sum(each.id == first for each in house.witness.seen) == failures + 2  # `later` looks like the first
        kept = [(row["position"], row["event_id"]) for row in await house.rows(finance_feed)]
        assert sorted(kept) == [(1, first), (2, second), (3, "evt_later")]
        house.database.committer = whole


async def test_what_comes_later_is_not_kept_before_what_came_first_is(engines: Any) -> None:
    """Two batches are on their way into the feed, and the first does not get there: the second is not given to it."""
    async with running_refunds(await a_database(engines), loops=()) as house:
        await some_returns(house, 1)
        whole = house.database.committer
        house.database.committer = Broken(whole, 1)  # type: ignore[assignment]
        relay = Relay(house.database, house.bus, EventFeed(house.database.reader, finance_feed))
        await relay.publish_once()
        relay._leaving.clear()
        with pytest.raises(Unavailable):
            await relay._take_out([{"position": 99, "id": "evt_late", "body": "{}"}])
        assert await house.rows(finance_feed) == []
        house.database.committer = whole


async def test_who_leads_again_goes_on_where_the_other_one_ended(engines: Any) -> None:
    async with running_refunds(await a_database(engines), loops=()) as house:
        ours, theirs = EventFeed(house.database.reader, finance_feed), EventFeed(house.database.reader, finance_feed)
        for feed, event in ((ours, "evt_a"), (theirs, "evt_b"), (ours, "evt_c")):
            feed.forget()
            await house.database.committer.commit(Work(writes=list(await feed.keep([{"id": event, "body": "{}"}]))))
        kept = [(row["position"], row["event_id"]) for row in await house.rows(finance_feed)]
        assert sorted(kept) == [(1, "evt_a"), (2, "evt_b"), (3, "evt_c")]


async def test_two_relays_at_once_break_a_rule_and_not_the_order(engines: Any) -> None:
    """Both computed the same next position: one commit stands, the other is refused whole."""
    async with running_refunds(await a_database(engines), loops=()) as house:
        works = []
        for name in ("evt_a", "evt_b"):
            feed = EventFeed(house.database.reader, finance_feed)
            row = OutboxRow(name, "refund.opened.v1", "rfd_1", 1, "{}")
            works.append(Work(writes=list(await feed.keep([{"id": row.id, "body": row.body}]))))
        results = await asyncio.gather(
            *(house.database.committer.commit(work) for work in works), return_exceptions=True
        )
        assert sorted(type(result).__name__ for result in results) == ["ConstraintBroken", "Outcome"]
        assert any(isinstance(result, ConstraintBroken) for result in results)
        assert [row["position"] for row in await house.rows(finance_feed)] == [1]


async def _kept(house: RunningRefunds, count: int) -> bool:
    return len(await house.rows(finance_feed)) == count
