"""Who it was: events, records and keys name the caller, the request and the event that led to them; on both engines."""

from dataclasses import replace
from typing import Any, Final

import pytest

from shared.contracts.envelope import Envelope
from shared.kernel.principal import Kind, Principal, Role
from shared.messaging.bus import Message
from shared.runtime.clock import new_id
from tests.integration.requests.conftest import (
    ADMIN,
    AGENT,
    ANNA,
    BERT,
    SHOP,
    Others,
    RequestsService,
    a_wish,
)
from tests.support.waiting import eventually

TRACE: Final = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
OPERATOR: Final = Principal(Kind.STAFF, "zhao", frozenset({Role.OPERATOR}))
PARCEL: Final = {"carrier": "dhl", "tracking_number": "JD0146000"}
LATE: Final[dict[str, Any]] = {"ordered_at": "2026-10-28T09:00:00Z", "delivered_at": "2026-11-02T09:00:00Z"}


async def test_one_key_of_two_callers_makes_two_returns(requests_service: RequestsService) -> None:
    """I-20, A14: the same body, too; each has her own answer, which is the one that she gets again."""
    order = await requests_service.order(ANNA)
    wish = a_wish(order)
    anna = await requests_service.good("/v1/returns", wish, ANNA, key="k-1")
    agent = await requests_service.good("/v1/returns", wish, AGENT, key="k-1")
    assert anna["id"] != agent["id"]
    assert anna["channel"] != agent["channel"]
    assert {each["id"] for each in (await requests_service.see("/v1/returns", ANNA))["items"]} == {
        anna["id"],
        agent["id"],
    }
    for by, mine in ((ANNA, anna), (AGENT, agent)):
        again = await requests_service.post("/v1/returns", wish, by, key="k-1")
        assert (again.status_code, again.json()["id"]) == (201, mine["id"])
        assert again.headers["idempotency-replayed"] == "true"
    foreign = await requests_service.post("/v1/returns", wish, BERT, key="k-1")
    assert foreign.status_code == 404
    assert anna["id"] not in foreign.text


async def test_one_key_for_two_returns_and_two_deeds_does_each_of_them(requests_service: RequestsService) -> None:
    """I-20: a storefront that counts its keys for each return by itself gives up both, and ships and gives up."""
    order = await requests_service.order(ANNA)
    one, two = [await requests_service.request(order) for _ in range(2)]
    for asked in (one, two):
        shipped = await requests_service.good(f"/v1/returns/{asked['id']}/shipments", PARCEL, ANNA, key="k-1")
        assert (shipped["id"], shipped["status"]) == (asked["id"], "shipped")
    assert [(await requests_service.see(f"/v1/returns/{each['id']}"))["status"] for each in (one, two)] == [
        "shipped",
        "shipped",
    ]
    three = await requests_service.request(order, line="L2")
    body: dict[str, Any] = {}
    given_up = await requests_service.good(f"/v1/returns/{three['id']}/cancellation", body, ANNA, key="k-1")
    assert (given_up["id"], given_up["status"]) == (three["id"], "cancelled")


async def test_the_shops_key_for_one_order_is_not_another_shops(requests_service: RequestsService) -> None:
    """I-20: two storefronts number their calls alike."""
    other = replace(SHOP, id="market")
    orders = [await requests_service.order(), await requests_service.order(BERT)]
    body = a_wish(orders[0])
    asked = await requests_service.good("/v1/eligibility", body, SHOP, key="1")
    assert "id" not in asked
    made = await requests_service.good("/v1/returns", body, SHOP, key="1")
    assert made["order_id"] == orders[0]["id"]
    theirs = await requests_service.good("/v1/returns", a_wish(orders[1]), other, key="1")
    assert theirs["order_id"] == orders[1]["id"]


async def test_an_event_names_who_did_it_the_request_and_the_trace(requests_service: RequestsService) -> None:
    """O02: a request's events have the request as their cause; each belongs to its return."""
    order = await requests_service.order()
    answer = await requests_service.post(
        "/v1/returns", a_wish(order), ANNA, **{"X-Request-Id": "request-of-anna", "Traceparent": TRACE}
    )
    asked = answer.json()
    for envelope in await requests_service.events(asked["id"], 2):
        assert (envelope.actor, envelope.causationid) == ("customer:anna", "req_request-of-anna")
        assert (envelope.correlationid, envelope.traceparent) == (asked["id"], TRACE)
        assert envelope.source == "/retour/requests"
    shipping = await requests_service.post(f"/v1/returns/{asked['id']}/shipments", PARCEL, AGENT)
    shipped = (await requests_service.events(asked["id"], 3))[-1]
    assert (shipped.actor, shipped.traceparent) == ("staff:li", None)
    assert shipped.causationid == f"req_{shipping.headers['x-request-id']}"
    (imported,) = await requests_service.events(order["id"], 1)
    assert (imported.actor, imported.correlationid) == ("system:shop", order["id"])


async def test_an_event_that_another_led_to_names_it(requests_service: RequestsService) -> None:
    """O02: the id of the very event, not of the request or of the return; the service acts in its own name."""
    others = Others(requests_service, await requests_service.request(await requests_service.order()))
    (unit,) = others.units
    heard: list[Envelope] = []
    happen = requests_service.happen

    async def noted(*args: Any, **more: Any) -> Envelope:
        heard.append(await happen(*args, **more))
        return heard[-1]

    requests_service.happen = noted  # type: ignore[method-assign]
    await others.receive(unit)
    await others.inspect(unit)
    await others.pay("rfd_1", unit)
    closed = (await requests_service.events(others.id, 3))[-1]
    assert (closed.type, closed.actor) == ("return.closed.v1", "service:requests")
    assert closed.causationid == heard[-1].id
    assert closed.causationid not in {None, *(each.id for each in heard[:-1])}
    assert closed.correlationid == others.id


async def test_what_time_alone_brings_about_has_no_cause_and_no_person(requests_service: RequestsService) -> None:
    """D06: nobody sent the parcel."""
    asked = await requests_service.request(await requests_service.order())
    requests_service.clock.move(days=90)
    lapsed = (await requests_service.events(asked["id"], 3))[-1]
    assert (lapsed.type, lapsed.data["outcome"]) == ("return.closed.v1", "lapsed")
    assert (lapsed.actor, lapsed.causationid, lapsed.correlationid) == ("service:requests", None, asked["id"])


async def test_the_story_names_each_colleague(requests_service: RequestsService) -> None:
    """O02: who asked, who decided, who gave up; a customer is told of sides only."""
    asked = await requests_service.request(await requests_service.order(), reason="unsafe")
    path = f"/v1/returns/{asked['id']}"
    await requests_service.good(f"{path}/approval", {}, ADMIN)
    await requests_service.good(f"{path}/cancellation", {}, AGENT)
    steps = (await requests_service.see(f"{path}/timeline", AGENT))["steps"]
    assert {step["code"]: step["by"] for step in steps} == {
        "requested": "customer:anna",
        "referred": "service:policy",
        "approved": "staff:wang",
        "cancelled": "staff:li",
    }
    told = (await requests_service.see(f"{path}/timeline", ANNA))["steps"]
    assert [step["by"] for step in told if step["by"].startswith("staff")] == ["staff", "staff"]


async def test_what_operators_do_about_dead_letters_names_each_of_them(requests_service: RequestsService) -> None:
    """O-04, N04: two people, one after the other, by HTTP; the one who only looks leaves nothing."""
    poison = Envelope(
        id=new_id("evt"),
        type="inspection.received.v1",
        source="/somebody",
        subject="ret_nowhere",
        time=requests_service.clock(),
        sequence=1,
        correlationid="ret_nowhere",
        actor="system:outside",
        data={"units": "all of them"},
    )
    await requests_service.bus.publish([Message(poison.id, poison.type, poison.encode().encode())])
    base = "/v1/operations/requests"
    letter = f"{base}/dead-letters/{poison.id}"
    consumer = "requests.follow-inspection"
    assert (await requests_service.see(f"{letter}", ADMIN, consumer=consumer))["acts"] == []
    assert (
        await requests_service.post(f"{letter}/discard", {"consumer": consumer, "reason": "a forgery"}, AGENT)
    ).status_code == 403
    await requests_service.good(f"{letter}/replay", {"consumer": consumer, "reason": "once more"}, OPERATOR)

    async def back() -> bool:
        return [row["state"] for row in await requests_service.parked()] == ["dead"]

    requests_service.clock.move(minutes=1)
    await eventually(back)
    await requests_service.good(f"{letter}/discard", {"consumer": consumer, "reason": "a forgery"}, ADMIN)
    acts = (await requests_service.see(f"{base}/dead-letter-acts", OPERATOR))["items"]
    assert [(act["act"], act["by"], act["why"]) for act in acts] == [
        ("discard", "staff:wang", "a forgery"),
        ("replay", "staff:zhao", "once more"),
    ]
    assert (
        await requests_service.post(f"{letter}/discard", {"consumer": consumer, "reason": "again"}, OPERATOR)
    ).status_code == 200
    assert len((await requests_service.see(f"{base}/dead-letter-acts", OPERATOR))["items"]) == 2


@pytest.mark.parametrize(
    "roles",
    [{Role.AGENT, Role.SUPERVISOR}, {Role.SUPERVISOR}, {Role.ADMIN}, {Role.ADMIN, Role.SUPERVISOR, Role.AGENT}],
    ids=lambda roles: "+".join(sorted(roles)),
)
async def test_nobody_is_the_second_person_of_his_own_goodwill_in_whatever_role(
    requests_service: RequestsService, roles: set[Role]
) -> None:
    """B09: who was made supervisor in between, or had both roles all along."""
    order = await requests_service.order(**LATE)
    body = {**a_wish(order, line="L2"), "goodwill": {"reason": "bereavement"}}
    asked = await requests_service.good("/v1/returns", body, AGENT)
    assert asked["status"] == "in_review"
    path = f"/v1/returns/{asked['id']}"
    own = await requests_service.post(f"{path}/approval", {}, replace(AGENT, roles=frozenset(roles)))
    assert (own.status_code, own.json()["code"]) == (409, "second_person_needed")
    assert (await requests_service.see(path))["status"] == "in_review"
    colleague = replace(AGENT, id="zhou")
    assert (await requests_service.good(f"{path}/approval", {}, colleague))["status"] == "approved"


async def test_goodwill_is_given_in_the_higher_of_two_roles(requests_service: RequestsService) -> None:
    """B09: what an agent may give with a second person only, a supervisor gives alone; who is both is a supervisor."""
    both = replace(AGENT, roles=frozenset({Role.AGENT, Role.SUPERVISOR}))
    higher = replace(AGENT, roles=frozenset({Role.SUPERVISOR}))
    for by, status in ((AGENT, "in_review"), (both, "approved"), (higher, "approved")):
        order = await requests_service.order(**LATE)
        body = {**a_wish(order, line="L2"), "goodwill": {"reason": "bereavement"}}
        assert (await requests_service.good("/v1/returns", body, by))["status"] == status
