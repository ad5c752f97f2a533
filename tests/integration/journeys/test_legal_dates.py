"""Z11: one law and one calendar. Whoever says a date says the same one: answers, events, messages and pages."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Final

from shared.documents.calendars import load_calendars
from tests.conftest import Engines
from tests.support.dated import Dated, dated
from tests.support.servers import VirtualHost
from tests.support.waiting import eventually
from tests.support.world import Caller, Json

CURRENCY: Final = {"CN": "CNY", "EU": "EUR", "UK": "GBP", "US": "USD"}


@dataclass(frozen=True, slots=True)
class Story:
    """What happens when, and what everybody has to say about it."""

    regime: str
    asked: str
    came: str
    looked: str
    pay_by: str
    """The day."""
    inspect_by: str
    sent: str | None = None
    reason: str = "changed_mind"


EXAMPLES: Final = {
    "EU: fourteen days from the statement, not from the goods": Story(
        "EU",
        asked="2026-11-02T10:00+01:00",
        came="2026-11-09T10:00+01:00",
        looked="2026-11-09T15:00+01:00",
        pay_by="2026-11-16",
        inspect_by="2026-11-10T18:00+01:00",
    ),
    "CN: nobody inspects on National Day, and the law does not wait for it": Story(
        "CN",
        asked="2026-09-28T10:00+08:00",
        came="2026-09-30T10:00+08:00",
        looked="2026-09-30T11:00+08:00",
        pay_by="2026-10-07",
        inspect_by="2026-10-08T18:00+08:00",
    ),
    "CN: a Sunday that makes up for the holiday is worked": Story(
        "CN",
        asked="2026-09-17T10:00+08:00",
        came="2026-09-19T23:30+08:00",
        looked="2026-09-19T23:40+08:00",
        pay_by="2026-09-26",
        inspect_by="2026-09-20T18:00+08:00",
    ),
    "EU: what is late in London is the next day in Brussels": Story(
        "EU",
        asked="2026-11-02T23:30+00:00",
        came="2026-11-06T10:00+01:00",
        looked="2026-11-06T15:00+01:00",
        pay_by="2026-11-17",
        inspect_by="2026-11-09T18:00+01:00",
    ),
    "EU: an announced parcel ends the waiting (CRD 13(3))": Story(
        "EU",
        asked="2026-11-01T10:00+01:00",
        sent="2026-11-05T10:00+01:00",
        came="2026-11-20T10:00+01:00",
        looked="2026-11-20T15:00+01:00",
        pay_by="2026-11-15",
        inspect_by="2026-11-23T18:00+01:00",
    ),
    "EU: without a proof of sending the refund waits for goods that come late": Story(
        "EU",
        asked="2026-11-01T10:00+01:00",
        came="2026-11-20T10:00+01:00",
        looked="2026-11-20T15:00+01:00",
        pay_by="2026-11-20",
        inspect_by="2026-11-23T18:00+01:00",
    ),
    "UK: fourteen days from the proof of sending; the bank holiday is none of them": Story(
        "UK",
        asked="2026-08-20T10:00+01:00",
        sent="2026-08-24T10:00+01:00",
        came="2026-08-28T10:00+01:00",
        looked="2026-08-28T15:00+01:00",
        pay_by="2026-09-07",
        inspect_by="2026-09-01T18:00+01:00",
    ),
    "US: seven business days from accepting the goods, late in the evening, over Veterans Day": Story(
        "US",
        asked="2026-11-03T10:00-05:00",
        came="2026-11-09T22:30-05:00",
        looked="2026-11-09T22:40-05:00",
        pay_by="2026-11-19",
        inspect_by="2026-11-10T18:00-05:00",
    ),
    "EU: who has a defect is not paid later than who has changed her mind": Story(
        "EU",
        asked="2026-11-02T10:00+01:00",
        came="2026-11-09T10:00+01:00",
        looked="2026-11-09T15:00+01:00",
        pay_by="2026-11-16",
        inspect_by="2026-11-10T18:00+01:00",
        reason="wrong_item",
    ),
}


async def unpaid(retour: Dated) -> None:
    """The provider declines from now on, so that the refund stays to be paid."""
    answer = await retour.world.admin.call("PUT", "/v1/payments/simulator/behaviour", {"mode": "decline", "times": 99})
    assert answer.is_success, answer.text


async def approved(retour: Dated, story: Story, quantity: int = 1) -> tuple[Caller, Json]:
    customer_id, customer = await retour.world.customer()
    now = datetime.fromisoformat(story.asked)
    order = await retour.world.order(
        customer_id,
        regime=story.regime,
        currency=CURRENCY[story.regime],
        ordered_at=(now - timedelta(days=5)).isoformat(),
        delivered_at=(now - timedelta(days=2)).isoformat(),
    )
    asked = await retour.world.request(customer, order, reason=story.reason, quantity=quantity, condition="opened")
    if asked["status"] == "in_review":
        asked = await retour.world.supervisor.post(f"/v1/returns/{asked['id']}/approval", {})
    assert asked["status"] == "approved", asked

    async def known() -> bool:
        found = await retour.world.agent.call("GET", f"/v1/inspections/{asked['id']}")
        return found.status_code == 200

    await eventually(known)
    return customer, asked


async def received(retour: Dated, found: Json, pieces: int = 1) -> Json:
    """The dock scans; the return once it says so."""
    await retour.world.scan(found["rma"], "COAT-M", pieces)
    return await retour.world.until(found["id"], "received")


async def refunded(retour: Dated, return_id: str, number: int = 1) -> Json:
    """The return once it knows of so many refunds that could not be paid."""

    async def look() -> Json | None:
        found: Json = await retour.world.agent.get(f"/v1/returns/{return_id}")
        failed = [refund for refund in found["refunds"] if refund["state"] == "failed"]
        return found if len(failed) == number else None

    return await eventually(look)


def in_utc(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def last_second(regime: str, day: str) -> str:
    calendar = load_calendars()[regime]
    return in_utc(calendar.last_second_of(datetime.fromisoformat(day).date()).isoformat())


def written(day: str, *, days: int = 0) -> str:
    """16 Nov 2026, or so many days later."""
    return f"{datetime.fromisoformat(day) + timedelta(days=days):%-d %b %Y}".replace("Sep", "Sept")


async def test_z11_everybody_says_the_same_day(
    mode: str, engines: Engines, own_vhost: VirtualHost, tmp_path: Path
) -> None:
    """Z11, X01: the return, the refund, the inspection, the events and the finance feed, the messages and the pages."""
    stories = sorted(EXAMPLES.items(), key=lambda example: datetime.fromisoformat(example[1].asked))
    async with dated(mode, engines, own_vhost.url, tmp_path, stories[0][1].asked) as retour:
        await unpaid(retour)
        tellings = {name: lived(retour, story, tmp_path) for name, story in stories}
        tellings["CN: each piece has its own date"] = in_two_parcels(retour)
        due = {name: await anext(telling) for name, telling in tellings.items()}
        while due:
            name = min(due, key=lambda each: datetime.fromisoformat(due[each]))
            retour.clock.set(due.pop(name))
            try:
                due[name] = await anext(tellings[name])
            except StopAsyncIteration:
                continue
            except AssertionError as error:
                error.add_note(name)
                raise


async def lived(retour: Dated, story: Story, folder: Path) -> AsyncIterator[str]:
    """The story, step by step; what is given is the moment of the next one."""
    world = retour.world
    yield story.asked
    customer, asked = await approved(retour, story)
    return_id = asked["id"]
    if story.sent is not None:
        yield story.sent
        parcel = {"carrier": "dhl", "tracking_number": "JD0146000"}
        await customer.post(f"/v1/returns/{return_id}/shipments", parcel)
        assert (await retour.event("return.shipped.v1", return_id))["units"] == [asked["units"][0]["id"]]
    yield story.came
    waiting = await received(retour, asked)
    inspect_by = in_utc(story.inspect_by)
    inspection = await world.inspection(return_id)
    assert [inspection["inspect_by"], *(unit["inspect_by"] for unit in inspection["units"])] == [inspect_by] * 2
    assert waiting["next"]["by"] == inspect_by
    assert (await retour.event("inspection.received.v1", return_id))["inspect_by"] == inspect_by
    assert await told(retour, asked, folder, day=inspect_by[:10])
    assert written(inspect_by[:10]) in await retour.page(f"/console/returns/{return_id}")
    yield story.looked
    await world.inspect(asked["rma"], "COAT-M")
    found = await refunded(retour, return_id)
    pay_by = last_second(story.regime, story.pay_by)
    refunds = [found["refund"], *await world.refunds(return_id)]
    refunds += (await customer.get(f"/v1/refunds?return_id={return_id}"))["items"]
    refunds += [await retour.event("refund.opened.v1", return_id), await fed(retour, return_id)]
    assert [(refund["pay_by_day"], refund["pay_by"]) for refund in refunds] == [(story.pay_by, pay_by)] * 5
    assert (found["next"]["day"], found["next"]["by"]) == (story.pay_by, pay_by)
    for path in (f"/console?rma={asked['rma']}", f"/console/returns/{return_id}"):
        page = await retour.page(path)
        assert f" {written(story.pay_by)}" in page, path
        assert f" {written(story.pay_by, days=1)}" not in page, path


async def in_two_parcels(retour: Dated) -> AsyncIterator[str]:
    """Seven days for each piece from its own arrival."""
    yield "2026-11-04T10:00+08:00"
    story = EXAMPLES["CN: nobody inspects on National Day, and the law does not wait for it"]
    _, asked = await approved(retour, replace(story, asked="2026-11-04T10:00+08:00"), quantity=2)
    for number, day in enumerate(("2026-11-10", "2026-11-18"), 1):
        yield f"{day}T10:00+08:00"
        await retour.world.scan(asked["rma"], "COAT-M")
        await retour.world.inspect(asked["rma"], "COAT-M")
        await refunded(retour, asked["id"], number)
    days = {refund["pay_by_day"] for refund in await retour.world.refunds(asked["id"])}
    assert days == {"2026-11-17", "2026-11-25"}


async def fed(retour: Dated, return_id: str) -> Json:
    """What the bookkeepers read about the opening of its refund."""

    async def look() -> Json | None:
        found = (await retour.world.finance.get("/v1/finance/events?limit=200"))["items"]
        opened = (event["data"] for event in found if event["type"] == "refund.opened.v1")
        return next((data for data in opened if data["return_id"] == return_id), None)

    return await eventually(look)


async def told(retour: Dated, found: Json, folder: Path, *, day: str) -> bool:
    """Whether the letter about the goods that arrived says that day as the day of the result."""
    words = f"we check the goods by {datetime.fromisoformat(day):%-d %B %Y}"

    async def look() -> bool:
        messages = await retour.world.messages(found["id"])
        return any((message["kind"], message["status"]) == ("goods_received", "sent") for message in messages)

    await eventually(look)
    letters = [
        message_from_bytes(file.read_bytes(), policy=policy.default) for file in (folder / "outbox").glob("*.eml")
    ]
    texts = [str(part.get_content()) for letter in letters if (part := letter.get_body(("plain",))) is not None]
    return any("has arrived" in text and found["rma"] in text and words in text for text in texts)
