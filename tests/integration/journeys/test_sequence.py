"""Z33: `sequence` counts the events of one source about one subject, in code, in the documents and for consumers."""

import json
import re
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import Final

import pytest

from shared.contracts.envelope import Envelope
from shared.contracts.events import PUBLISHERS
from tests.conftest import Engines
from tests.support.dated import Dated, dated
from tests.support.servers import VirtualHost
from tests.support.waiting import eventually
from tests.support.world import Json, an_order

COUNTED: Final = re.compile(r"`sequence`|subject, sequence")
ROOT: Final = Path(__file__).parents[3]
MORNING: Final = "2026-11-09T09:00:00+01:00"
PAGES: Final = (
    "docs/how-to/consume-events.md", "docs/zh/how-to/consume-events.md", "docs/reference/events.md",
    "docs/zh/reference/events.md", "docs/explanation/glossary.md", "docs/zh/explanation/glossary.md",
    "docs/explanation/how-events-travel.md", "docs/zh/explanation/how-events-travel.md",
    "docs/adr/0004-a-consumer-follows-a-noun.md",
)  # fmt: skip


@pytest.fixture
async def day(mode: str, engines: Engines, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Dated]:
    """A Retour whose every event is heard by an outsider."""
    vhost: VirtualHost | None = request.getfixturevalue("own_vhost") if mode == "distributed" else None
    async with dated(mode, engines, vhost.url if vhost is not None else "", tmp_path, MORNING) as made:
        yield made


def taken(events: Iterable[Envelope], thing: Callable[[Envelope], object]) -> list[str]:
    """What a consumer takes that keeps the last number of each thing, and drops every number that it has passed."""
    last: dict[object, int] = {}
    found = []
    for event in events:
        if event.sequence > last.get(thing(event), 0):
            last[thing(event)] = event.sequence
            found.append(event.id)
    return found


async def a_day(day: Dated) -> list[str]:
    """Returns that end in several ways; their ids."""
    world = day.world
    ended = []
    for number in range(3):
        customer_id, customer = await world.customer()
        order = await world.shop.post(
            "/v1/orders", an_order(customer_id, ordered_at="2026-11-01T09:00:00Z", delivered_at="2026-11-03T09:00:00Z")
        )
        asked = await world.request(customer, order, quantity=2 if number == 1 else 1)
        if number == 2:
            await customer.post(f"/v1/returns/{asked['id']}/cancellation")
            ended.append(await day.world.until(asked["id"], "cancelled"))
            continue
        await customer.post(f"/v1/returns/{asked['id']}/shipments", {"carrier": "dhl", "tracking_number": "JD0146000"})
        await _arrives(day, asked)
        ended.append(await world.until(asked["id"], "closed"))
    return [one["id"] for one in ended]


async def _arrives(day: Dated, asked: Json) -> None:
    """Every piece in a parcel of its own, and looked at in its own time."""
    for place in range(sum(line["quantity"] for line in asked["lines"])):
        item = {"client_event_id": f"scan-{asked['rma']}-{place}", "rma": asked["rma"], "scanned_at": MORNING}
        await day.world.scanner.post("/v1/receipts", {**item, "items": [{"sku": "COAT-M", "quantity": 1}]})
        look = {"sku": "COAT-M", "outcome": "passed", "grade": "A", "findings": [{"check": "seal", "passed": True}]}
        await day.world.scanner.post(
            "/v1/inspections", {**item, "client_event_id": f"look-{asked['rma']}-{place}", "units": [look]}
        )


@pytest.mark.timeout(600)
async def test_a_consumer_that_keeps_the_last_number_by_source_and_subject_drops_nothing(day: Dated) -> None:
    """Z33: over a day of events of all services; by subject alone it would lose `inspection.received`."""
    returns = await a_day(day)

    async def whole() -> list[Envelope] | None:
        said = {event.type.partition(".")[0] for event in day.told}
        closed = {
            event.correlationid for event in day.told if event.type in ("return.closed.v1", "return.cancelled.v1")
        }
        return list(day.told) if set(returns) <= closed and set(PUBLISHERS) <= said else None

    events = list({event.id: event for event in await eventually(whole)}.values())
    assert taken(events, lambda event: (event.source, event.subject)) == [event.id for event in events]
    numbers: dict[tuple[str, str], list[int]] = {}
    for event in events:
        numbers.setdefault((event.source, event.subject), []).append(event.sequence)
    assert {thing: list(range(1, len(found) + 1)) for thing, found in numbers.items()} == numbers
    by_subject = set(taken(events, lambda event: event.subject))
    lost = {event.type for event in events if event.id not in by_subject}
    assert any(kind.startswith(("inspection.", "return.")) for kind in lost), "two services share a subject no more"


def test_the_documents_say_by_what_sequence_counts() -> None:
    """Z33: each page, AsyncAPI and OpenAPI; none speaks of the subject alone."""
    for page in PAGES:
        about = [
            part for part in (ROOT / page).read_text().split("\n\n") if COUNTED.search(part) and "print(" not in part
        ]
        assert about, page
        for part in about:
            lines = [line for line in part.splitlines() if COUNTED.search(line)] if part.startswith("|") else [part]
            for line in lines:
                assert any(word in line for word in ("source", "来源", "id, type, subject, sequence")), (page, line)
    asyncapi = json.loads((ROOT / "docs/asyncapi.json").read_text())
    envelopes = [schema for name, schema in asyncapi["components"]["schemas"].items() if name.endswith("Envelope")]
    assert envelopes
    openapi = json.loads((ROOT / "docs/openapi.json").read_text())["components"]["schemas"]
    shown = [schema for schema in openapi.values() if "sequence" in schema.get("properties", {})]
    for schema in (*envelopes, *shown):
        assert "one source about one subject" in schema["properties"]["sequence"]["description"]
