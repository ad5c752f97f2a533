"""Dead letters in a running Retour: real poison from outside, seen, mended, tried again, given up; all on record."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Any
from uuid import uuid4

import asyncpg
import httpx2
import pika
import pytest

from retour.exit_status import ExitStatus
from tests.e2e.test_command import Terminal, terminal
from tests.support import world as worlds
from tests.support.waiting import eventually
from tests.support.world import World

__all__ = ["terminal"]
pytestmark = [pytest.mark.xdist_group("command"), pytest.mark.slow, pytest.mark.timeout(900)]

Json = dict[str, Any]
ADMIN = "admin@retour.example"


@pytest.fixture
async def shop(terminal: Terminal) -> AsyncIterator[World]:
    """A running Retour and the people around it."""
    await asyncio.to_thread(terminal.up)
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{terminal.port}", timeout=30) as http:
        yield await worlds._sign_in("distributed" if terminal.distributed else "embedded", http, terminal.data)


def smuggle(terminal: Terminal, routing_key: str, body: str) -> None:
    """Bring bytes onto the bus past every service: by somebody else's AMQP client, or as a row in an outbox."""
    if terminal.distributed:
        connection = pika.BlockingConnection(pika.URLParameters(terminal.environment["RETOUR_BROKER_URL"]))
        connection.channel().basic_publish("retour.events", routing_key, body.encode())
        connection.close()
        return
    with closing(sqlite3.connect(terminal.data / "inspection.db", timeout=10)) as database, database:
        database.execute(
            "INSERT INTO outbox (id, type, subject, sequence, body) VALUES (?, ?, 'forged', 1, ?)",
            (uuid4().hex, routing_key, body),
        )


def a_forgery(event_id: str, **but: Any) -> str:
    """An envelope as it ought to be, about nothing that there is, its data not by the contract."""
    fields: Json = {
        "specversion": "1.0",
        "id": event_id,
        "type": "inspection.received.v1",
        "source": "/somebody/else",
        "subject": f"ret_{uuid4().hex}",
        "time": "2026-11-24T09:00:00Z",
        "datacontenttype": "application/json",
        "sequence": 1,
        "correlationid": "nothing",
        "actor": "system:outside",
        "data": {"return_id": "ret_none", "units": "all of them"},
    }
    return json.dumps({**fields, **but})


async def word(terminal: Terminal, *words: str) -> Any:
    """What `retour dead-letters …` answers, as a program reads it."""
    done = await asyncio.to_thread(terminal.run, "dead-letters", *words)
    assert done.returncode == ExitStatus.GOOD, done.stdout + done.stderr
    return json.loads(done.stdout)


async def parked(terminal: Terminal, count: int, *more: str) -> list[Json]:
    """The list, once it is this long."""

    async def look() -> tuple[list[Json]] | None:
        found: list[Json] = await word(terminal, "list", "--json", *more)
        return (found,) if len(found) == count else None

    return (await eventually(look, seconds=240, every=0.3))[0]


async def test_poison_from_outside_is_seen_and_given_up_on_record(terminal: Terminal, shop: World) -> None:
    """N04, I-15, I-16, O-04: parked with its reason, given up by somebody for a reason, and never forgotten."""
    event_id = f"evt_{uuid4().hex}"
    smuggle(terminal, "inspection.received.v1", a_forgery(event_id))
    found = await parked(terminal, 3)
    assert {letter["consumer"] for letter in found} == {
        "requests.follow-inspection",
        "refunds.follow-inspection",
        "notifications.follow-inspection",
    }
    for letter in found:
        assert (letter["id"], letter["state"], letter["reason"]) == (event_id, "dead", "not_by_contract")
        assert letter["attempts"] == 1
        assert "units" in letter["detail"]

    which = await asyncio.to_thread(terminal.run, "dead-letters", "show", event_id)
    assert which.returncode == ExitStatus.USAGE
    assert "refunds.follow-inspection" in which.stderr

    mine = ("--consumer", "refunds.follow-inspection")
    shown = await word(terminal, "show", event_id, *mine)
    assert (shown["service"], shown["parked"]["state"], shown["acts"]) == ("refunds", "dead", [])
    assert shown["body"]["data"]["units"] == "all of them"

    again = await word(terminal, "replay", event_id, *mine, "--json")
    assert [letter["state"] for letter in again] == ["waiting"]
    (back,) = await parked(terminal, 1, "--service", "refunds", "--state", "dead")
    assert (back["reason"], back["attempts"]) == ("not_by_contract", 1)

    short = await asyncio.to_thread(terminal.run, "dead-letters", "discard", event_id, *mine, "--reason", "no")
    assert short.returncode == ExitStatus.WRONG
    assert "/reason" in short.stderr
    given = await asyncio.to_thread(
        terminal.run, "dead-letters", "discard", event_id, *mine, "--reason", "forged, ticket 17"
    )
    assert given.returncode == ExitStatus.GOOD, given.stderr
    assert event_id in given.stdout.replace("\n", "")
    await parked(terminal, 0, "--service", "refunds")

    kept = await word(terminal, "show", event_id, *mine)
    assert (kept["parked"], kept["body"]) == (None, None)
    replayed, discarded = kept["acts"]
    assert (replayed["act"], replayed["why"]) == ("replay", None)
    assert (discarded["act"], discarded["why"], discarded["reason"]) == (
        "discard", "forged, ticket 17", "not_by_contract",
    )  # fmt: skip
    assert discarded["body"]["data"]["units"] == "all of them"
    assert replayed["by"] == discarded["by"]
    assert discarded["by"].startswith("staff:")
    assert [act["act"] for act in await word(terminal, "acts", "--json")] == ["discard", "replay"]

    route = f"/v1/operations/refunds/dead-letters/{event_id}/discard"
    body = {"consumer": "refunds.follow-inspection", "reason": "asked twice"}
    repeated = await shop.admin.post(route, body)
    assert (repeated["id"], repeated["state"]) == (event_id, "dead")
    assert len((await shop.admin.get("/v1/operations/refunds/dead-letter-acts"))["items"]) == 2


async def test_bytes_nobody_can_read_are_parked_and_the_neighbours_are_not_kept_waiting(
    terminal: Terminal, shop: World
) -> None:
    """I-15: whatever comes over the bus, a return beside it goes its way; the list is paged."""
    for number, body in enumerate(("{", "[]", a_forgery("evt_\0"), a_forgery("a/b"), a_forgery("evt_9", sequence=0))):
        smuggle(terminal, "inspection.received.v1", body + " " * number)
    customer_id, customer = await shop.customer()
    asked = await shop.request(customer, await shop.order(customer_id))
    await shop.scan(asked["rma"], "COAT-M")
    await shop.inspect(asked["rma"], "COAT-M")
    await shop.until(asked["id"], "closed")
    found = await parked(terminal, 5, "--service", "requests")
    assert {letter["reason"] for letter in found} == {"not_json", "not_an_event"}
    assert {letter["state"] for letter in found} == {"dead"}

    seen: list[Json] = []
    page = await shop.admin.get("/v1/operations/requests/dead-letters?limit=2")
    while True:
        assert len(page["items"]) <= 2
        seen += page["items"]
        if page["next"] is None:
            break
        page = await shop.admin.get(f"/v1/operations/requests/dead-letters?limit=2&cursor={page['next']}")
    assert [letter["id"] for letter in seen] == [letter["id"] for letter in found]

    chinese = worlds.Caller(shop.http, shop.admin.token, "zh-CN")
    for path, status, said in (
        ("/v1/operations/requests/dead-letters?cursor=%21", 422, "cursor"),
        ("/v1/operations/requests/dead-letters?limit=0", 422, "limit"),
        ("/v1/operations/requests/dead-letters?state=lost", 422, "state"),
        ("/v1/operations/requests/dead-letters/evt_none?consumer=requests.follow-inspection", 404, "没有找到"),
        ("/v1/operations/requests/dead-letters/evt_none", 422, "consumer"),
    ):
        answer = await chinese.call("GET", path)
        assert answer.status_code == status, answer.text
        assert said in answer.text
    assert (await shop.agent.call("GET", "/v1/operations/requests/dead-letters")).status_code == 403

    again = await word(terminal, "replay", "--all", "--service", "requests", "--reason", "new program", "--json")
    assert {(letter["state"], letter["attempts"]) for letter in again} == {("dead", 2)}


async def test_a_mended_cause_and_a_replay_have_the_effect_exactly_once(terminal: Terminal, shop: World) -> None:
    """N04, I-16: what somebody broke in a database by hand parks an event; mended and replayed it has its effect."""
    await by_hand(terminal, broken=True)
    customer_id, customer = await shop.customer()
    asked = await shop.request(customer, await shop.order(customer_id))
    await shop.scan(asked["rma"], "COAT-M")
    await shop.inspect(asked["rma"], "COAT-M")
    (letter,) = await parked(terminal, 1, "--state", "dead")
    assert (letter["consumer"], letter["type"]) == ("notifications.follow-return", "return.approved.v1")
    assert letter["reason"] == "rule:constraint_broken"
    assert "by_hand" in letter["detail"]
    assert [each["kind"] for each in await shop.messages(asked["id"])] == []

    await by_hand(terminal, broken=False)
    for _ in range(2):
        await asyncio.to_thread(
            terminal.run, "dead-letters", "replay", letter["id"], "--reason", "the constraint is gone"
        )
    await parked(terminal, 0)

    async def told() -> list[str] | None:
        kinds = sorted(each["kind"] for each in await shop.messages(asked["id"]))
        return kinds if "refund_settled" in kinds else None

    kinds = await eventually(told, seconds=240)
    assert kinds == ["goods_received", "refund_settled", "return_approved"]
    await shop.until(asked["id"], "closed")
    kept = await word(terminal, "show", letter["id"])
    assert kept["parked"] is None
    assert {(act["act"], act["why"]) for act in kept["acts"]} == {("replay", "the constraint is gone")}


async def by_hand(terminal: Terminal, *, broken: bool) -> None:
    """Somebody forbids approvals in the messages of the notifications' database, and allows them again."""
    if terminal.distributed:
        name = f"{terminal.environment['RETOUR_DATABASE_PREFIX']}_notifications"
        connection = await asyncpg.connect(terminal.environment["RETOUR_POSTGRES_URL"], database=name)
        change = "ADD CONSTRAINT by_hand CHECK (kind <> 'return_approved')" if broken else "DROP CONSTRAINT by_hand"
        await connection.execute(f"ALTER TABLE messages {change}")
        await connection.close()
        return
    with closing(sqlite3.connect(terminal.data / "notifications.db", timeout=10)) as database:
        database.execute(
            "CREATE TRIGGER by_hand BEFORE INSERT ON messages WHEN NEW.kind = 'return_approved'"
            " BEGIN SELECT RAISE(ABORT, 'by_hand'); END"
            if broken
            else "DROP TRIGGER by_hand"
        )
