"""The feed of return events: every published event once, in order, and nothing ever appears behind a cursor."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from service_requests.adapters.tables import common, return_feed
from service_requests.entrypoints.returns.feed_routes import NAMES
from shared.contracts.envelope import Envelope
from shared.contracts.events import CATALOGUE
from shared.database.work import Add, OutboxRow, Outcome, Work
from shared.kernel.errors import Unavailable
from shared.kernel.principal import Kind, Principal, Role
from shared.messaging import event_feed as subject
from shared.messaging.event_feed import EventFeed, FeedCleaning
from shared.messaging.relay import Relay
from tests.integration.requests.conftest import ANNA, SHOP, TUESDAY, Json, RequestsService
from tests.support.waiting import eventually

PATH = "/v1/return-events"
OTHER = replace(SHOP, id="other", scopes=SHOP.scopes | {"storefront:other"})
BOUND = replace(SHOP, id="bound", scopes=SHOP.scopes | {"storefront:shop"})
KEEPS_DAYS = 14


async def rows(service: RequestsService) -> Sequence[Any]:
    found = await service.service.database.reader.rows(return_feed.select())
    return sorted(found, key=lambda row: row["position"])


async def kept(service: RequestsService, number: int) -> Sequence[Any]:
    """The rows of the feed, once there are at least so many."""

    async def enough() -> Sequence[Any] | None:
        found = await rows(service)
        return found if len(found) >= number else None

    return await eventually(enough)


async def everything(service: RequestsService, by: Principal = SHOP, **query: Any) -> list[Json]:
    """Every event, page by page, until there are no more."""
    events: list[Json] = []
    after: str | None = None
    while True:
        page = await service.see(PATH, by, **query, **({} if after is None else {"after": after}))
        events += page["items"]
        after = page["next"]
        if not page["more"]:
            return events


def a_body(name: str) -> str:
    """An event as the broker carries it."""
    return Envelope(
        id=name,
        type="return.closed.v1",
        source="/retour/requests",
        subject="ret_nobody",
        time=TUESDAY,
        sequence=1,
        correlationid="ret_nobody",
        actor="service:requests",
        data={"return_id": "ret_nobody", "outcome": "completed"},
    ).encode()


def cleaning(service: RequestsService) -> FeedCleaning:
    database = service.service.database
    return FeedCleaning(database.reader, database.committer, return_feed, service.clock, KEEPS_DAYS)


async def fill(service: RequestsService, count: int, *, first: int = 1) -> None:
    """Rows of the feed as the relay writes them."""
    numbers = range(first, first + count)
    values = [
        {
            "position": number,
            "event_id": f"evt_{number}",
            "type": "return.closed.v1",
            "subject": "ret_nobody",
            "body": a_body(f"evt_{number}"),
            "kept_at": service.clock(),
        }
        for number in numbers
    ]
    await service.service.database.committer.commit(Work(writes=[Add(return_feed, each) for each in values]))


async def test_the_feed_carries_the_events_of_returns_as_the_broker_does(requests_service: RequestsService) -> None:
    """N08: the same bytes, in the order of publication; events about orders are not in it."""
    first, second = await requests_service.order(), await requests_service.order()
    made = [await requests_service.request(order) for order in (first, second)]
    await requests_service.good(f"/v1/returns/{made[0]['id']}/cancellation", {}, ANNA)
    await kept(requests_service, 5)
    told = [each for each in requests_service.told if each.type.startswith("return.")]
    assert len(told) == 5 < len(requests_service.told)
    answer = await requests_service.look(PATH, SHOP)
    assert b"[" + b",".join(each.encode().encode() for each in told) + b"]" in answer.content
    page = answer.json()
    assert page == {"items": [json.loads(each.encode()) for each in told], "next": "5", "more": False}
    for one in made:
        numbers = [event["sequence"] for event in page["items"] if event["subject"] == one["id"]]
        assert numbers == list(range(1, len(numbers) + 1)) != []
    again = await requests_service.see(PATH, SHOP, after=page["next"])
    assert again == {"items": [], "next": "5", "more": False}
    by_id = await requests_service.see(PATH, SHOP, after=page["items"][1]["id"], limit=2)
    assert [each["id"] for each in by_id["items"]] == [each.id for each in told[2:4]]
    assert (by_id["next"], by_id["more"]) == ("4", True)


async def test_a_reader_that_never_waits_misses_nothing_while_everybody_commits(
    requests_service: RequestsService,
) -> None:
    """N08, finding 9: the reader polls as fast as it can, by position and by id in turn, with and without a filter."""
    count = 20
    seen: list[str] = []
    filtered: list[str] = []

    async def read() -> None:
        after, place = "0", "0"
        while len(seen) < 2 * count or len(filtered) < count:
            page = await requests_service.see(PATH, SHOP, after=after, limit=3)
            seen.extend(each["id"] for each in page["items"])
            after = page["next"] if len(seen) % 2 or not seen else seen[-1]
            page = await requests_service.see(PATH, BOUND, after=place, limit=3, event_type="return.approved")
            filtered.extend(each["id"] for each in page["items"])
            place = page["next"]

    async def one() -> None:
        await requests_service.request(await requests_service.order())

    reading = asyncio.create_task(read())
    await asyncio.gather(*(one() for _ in range(count)))
    async with asyncio.timeout(60):
        await reading
    told = [each for each in requests_service.told if each.type.startswith("return.")]
    assert seen == [each.id for each in told]
    assert filtered == [each.id for each in told if each.type == "return.approved.v1"]
    assert [row["position"] for row in await rows(requests_service)] == list(range(1, 2 * count + 1))


async def test_an_event_with_a_lower_place_in_the_outbox_that_commits_later_comes_after_the_cursor(
    requests_service: RequestsService,
) -> None:
    """N08, finding 9: the outbox draws its places before the commit; the feed counts what has arrived."""
    database = requests_service.service.database
    await fill(requests_service, 1)
    before = await requests_service.see(PATH, SHOP)
    feed = EventFeed(database.reader, return_feed, nouns=("return",), clock=requests_service.clock)
    for place, name in ((8, "evt_early_commit"), (7, "evt_late_commit")):
        row = {
            "position": place,
            "id": name,
            "type": "return.closed.v1",
            "subject": "ret_1",
            "body": a_body(name),
        }
        await database.committer.commit(Work(writes=list(await feed.keep([row]))))
    found = await requests_service.see(PATH, SHOP, after=before["next"])
    assert [each["id"] for each in found["items"]] == ["evt_early_commit", "evt_late_commit"]


class Broken:
    """A committer whose piggy-backed work fails while `failures` are left, after the bus has taken everything."""

    def __init__(self, committer: Any, failures: int) -> None:
        self._committer = committer
        self.failures = failures

    def piggy_back(self, work: Work) -> asyncio.Future[Outcome]:
        if self.failures:
            self.failures -= 1
            failed: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
            failed.set_exception(Unavailable("database"))
            return failed
        written: asyncio.Future[Outcome] = self._committer.piggy_back(work)
        return written


@pytest.mark.parametrize("failures", [1, 2])
async def test_a_stop_between_publishing_and_the_feed_loses_nothing_and_doubles_nothing(
    requests_service: RequestsService, failures: int
) -> None:
    """N08, Z33: the broker has the event and the commit fails; the event is published again and kept once, in place."""
    database = requests_service.service.database
    await requests_service.service.loops.stop()
    requests_service.service.loops.keep_only("commit")
    requests_service.service.loops.start()
    written = [OutboxRow(f"evt_{n}", "return.closed.v1", f"ret_{n}", 1, a_body(f"evt_{n}")) for n in (1, 2)]
    await database.committer.commit(Work(outbox=written))
    whole = database.committer
    broken = Broken(whole, failures)
    database.committer = broken  # type: ignore[assignment]
    published: list[str] = []

    class Taking:
        async def publish(self, messages: Sequence[Any]) -> int:
            published.extend(each.id for each in messages)
            return len(messages)

    feed = EventFeed(database.reader, return_feed, nouns=("return",), clock=requests_service.clock)
    relay = Relay(database, Taking(), feed)  # type: ignore[arg-type]
    for _ in range(failures):
        assert await relay.publish_once() == 2
        assert await rows(requests_service) == []
    late = OutboxRow("evt_3", "return.closed.v1", "ret_3", 1, a_body("evt_3"))
    order = OutboxRow("evt_order", "order.imported.v1", "order_1", 1, "{}")
    await whole.commit(Work(outbox=[order, late]))
    while await database.reader.rows(common.outbox.select()):
        await relay.publish_once()
        await asyncio.gather(*relay._leaving.values())
    assert published.count("evt_1") == failures + 1
    assert published.count("evt_3") == 1
    found = [(row["position"], row["event_id"]) for row in await rows(requests_service)]
    assert found == [(1, "evt_1"), (2, "evt_2"), (3, "evt_3")]
    database.committer = whole


async def test_filters_narrow_the_feed_and_the_cursor_goes_on(requests_service: RequestsService) -> None:
    """N13: by type, several with commas, and by storefront."""
    made = await requests_service.request(await requests_service.order())
    await requests_service.good(f"/v1/returns/{made['id']}/cancellation", {}, ANNA)
    await kept(requests_service, 3)
    for query, expected in (
        ({}, ["return.requested.v1", "return.approved.v1", "return.cancelled.v1"]),
        ({"event_type": "return.approved"}, ["return.approved.v1"]),
        ({"event_type": "return.cancelled,return.requested"}, ["return.requested.v1", "return.cancelled.v1"]),
        ({"event_type": "return.closed"}, []),
        ({"storefront": "shop", "event_type": "return.approved"}, ["return.approved.v1"]),
        ({"storefront": "elsewhere"}, []),
    ):
        page = await requests_service.see(PATH, SHOP, **query)
        assert ([each["type"] for each in page["items"]], page["next"], page["more"]) == (expected, "3", False)
    first = await requests_service.see(PATH, SHOP, event_type="return.requested,return.cancelled", limit=1)
    assert ([each["type"] for each in first["items"]], first["next"], first["more"]) == (
        ["return.requested.v1"],
        "1",
        True,
    )


async def test_a_page_looks_at_a_bounded_part_of_the_feed(
    requests_service: RequestsService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A storefront with few events does not make one answer read the whole feed; its reader still gets to the end."""
    monkeypatch.setattr(subject, "SCAN", 4)
    await fill(requests_service, 10)
    page = await requests_service.see(PATH, OTHER)
    assert page == {"items": [], "next": "4", "more": True}
    assert await everything(requests_service, OTHER) == []
    assert len(await everything(requests_service, limit=3)) == len(await everything(requests_service)) == 10


async def test_a_bound_key_gets_the_events_of_its_storefront_only(requests_service: RequestsService) -> None:
    """The cursor goes on for both; naming another storefront opens nothing."""
    await requests_service.request(await requests_service.order())
    await kept(requests_service, 2)
    mine = await requests_service.see(PATH, BOUND)
    assert len(mine["items"]) == 2
    for query in ({}, {"storefront": "shop"}, {"storefront": "other"}):
        assert await requests_service.see(PATH, OTHER, **query) == {"items": [], "next": mine["next"], "more": False}


@pytest.mark.parametrize(
    ("by", "status"),
    [
        (ANNA, 403),
        (Principal(Kind.DEVICE, "dock", frozenset({Role.DEVICE})), 403),
        (replace(SHOP, scopes=frozenset({"orders:read"})), 403),
        (SHOP, 200),
        *((Principal(Kind.STAFF, "li", frozenset({role})), 200) for role in (Role.AGENT, Role.WAREHOUSE, Role.AUDITOR)),
    ],
)
async def test_who_may_read_the_feed(requests_service: RequestsService, by: Principal, status: int) -> None:
    assert (await requests_service.look(PATH, by)).status_code == status


@pytest.mark.parametrize("after", ["5", "-1", "evt_nobody", "1e3", "١", "99999999999999999999"])
async def test_a_cursor_that_is_none_is_refused(requests_service: RequestsService, after: str) -> None:
    """Nobody is sent to the end of the feed, or to its beginning, by mistake."""
    answer = await requests_service.look(PATH, SHOP, after=after)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


@pytest.mark.parametrize(
    "query",
    [{"cursor": "1"}, {"type": "return.closed"}, {"event_type": "refund.settled"}, {"limit": 0}, {"limit": 1001}],
)
async def test_what_the_feed_does_not_know_is_refused(requests_service: RequestsService, query: Json) -> None:
    """N13: a filter that was mistyped does not give everything."""
    assert (await requests_service.look(PATH, SHOP, **query)).status_code == 422


def test_the_filter_knows_every_event_about_returns() -> None:
    assert set(NAMES) == {event.type for event in CATALOGUE if event.type.startswith("return.")}


async def test_old_events_go_and_a_reader_that_lacks_them_is_told(requests_service: RequestsService) -> None:
    """A reader never skips removed events unknowingly; one that had them all goes on."""
    await fill(requests_service, 3)
    requests_service.clock.move(days=KEEPS_DAYS, seconds=1)
    await fill(requests_service, 2, first=4)
    assert await cleaning(requests_service).clean_once() == 3
    assert [row["position"] for row in await rows(requests_service)] == [4, 5]
    for after in ("0", "2"):
        answer = await requests_service.look(PATH, SHOP, after=after, event_type="return.closed")
        assert (answer.status_code, answer.json()["code"]) == (422, "feed_expired")
    for query in ({}, {"after": "3"}):
        page = await requests_service.see(PATH, SHOP, **query)
        assert [each["id"] for each in page["items"]] == ["evt_4", "evt_5"]


async def test_the_newest_event_stays_so_that_no_position_comes_twice(requests_service: RequestsService) -> None:
    """A quiet month empties nothing: a cursor of before it still means the same place."""
    await fill(requests_service, 3)
    requests_service.clock.move(days=10 * KEEPS_DAYS)
    assert await cleaning(requests_service).clean_once() == 2
    assert await cleaning(requests_service).clean_once() == 0
    await requests_service.request(await requests_service.order())
    found = await kept(requests_service, 3)
    assert [row["position"] for row in found] == [3, 4, 5]
    page = await requests_service.see(PATH, SHOP, after="3")
    assert [each["id"] for each in page["items"]] == [row["event_id"] for row in found[1:]]


async def test_events_removed_while_a_page_is_read_are_noticed(
    requests_service: RequestsService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cleaning comes between the look at the cursor and the page: the answer is no page with a hole."""
    await fill(requests_service, 3)
    requests_service.clock.move(days=KEEPS_DAYS, seconds=1)
    reader = requests_service.service.database.reader
    position = subject.FeedReader._position

    async def and_cleaned(self: Any, after: str | None, ends: Any) -> int:
        found = await position(self, after, ends)
        await cleaning(requests_service).clean_once()
        return found

    monkeypatch.setattr(subject.FeedReader, "_position", and_cleaned)
    answer = await requests_service.look(PATH, SHOP, after="0")
    assert (answer.status_code, answer.json()["code"]) == (422, "feed_expired")
    assert len(await reader.rows(return_feed.select())) == 1
