"""Processes killed at named points of the protocol, each once: nothing is lost and nothing is done twice (2.3)."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from shared.runtime.failpoint import SETTING
from tests.support import servers, world as worlds
from tests.support.waiting import eventually
from tests.support.world import Caller, Json, World, an_order, good

pytestmark = [pytest.mark.xdist_group("command"), pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.distributed]

POINTS = {
    # which life of a return       point                                   what has and what has not happened
    "requests sent":               "requests sent",                        # O3: at the broker, not confirmed to us
    "requests published":          "requests published",                   # O4: confirmed, still in the outbox
    "requests delivered":          "requests delivered",                   # C1: handed over, nothing done
    "requests taken":              "requests taken",                       # C4: committed, not acknowledged
    "inspection published":        "inspection published",
    "inspection taken":            "inspection taken",
    "refund submitting":           "refunds after:refunds.state=submitting",  # E1: the provider has not been called
    "refund settled":              "refunds before:refunds.state=settled",    # E3, E4: it has paid, nobody noted it
    "refunds sent":                "refunds sent",
    "refunds published":           "refunds published",
    "message sending":             "notifications before:messages.status=sent",  # N2: out, not noted
    "notifications taken":         "notifications taken",
}  # fmt: skip


async def insist(caller: Caller, path: str, body: Any, method: str = "POST") -> Json:
    """Call until the service lives again, with the same key: a person behind a good client."""
    key = uuid4().hex

    async def call() -> tuple[Json] | None:
        answer = await caller.call(method, path, body, key=key)
        return None if answer.status_code in (502, 503, 504) else (good(answer),)

    return (await eventually(call, seconds=240, every=0.3))[0]


async def a_parcel(world: World) -> Json:
    """A return that has been asked for, scanned and looked at."""
    customer_id = f"cus-{uuid4().hex[:10]}"
    token = await insist(world.shop, "/v1/auth/customer-tokens", {"customer_id": customer_id})
    contact = {"name": "Ming Li", "email": f"{customer_id}@customers.example", "language": "en"}
    await insist(world.shop, f"/v1/contacts/{customer_id}", contact, "PUT")
    order = await insist(world.shop, "/v1/orders", an_order(customer_id))
    line = {"line_id": "L1", "quantity": 1, "reason": "changed_mind", "condition": "unopened"}
    wish = {"order_id": order["id"], "lines": [line]}
    asked = await insist(Caller(world.http, token["token"]), "/v1/returns", wish)
    scan = {"client_event_id": f"scan-{asked['id']}", "rma": asked["rma"], "scanned_at": "2026-11-24T09:30:00+08:00"}
    await insist(world.scanner, "/v1/receipts", {**scan, "items": [{"sku": "COAT-M", "quantity": 1}]})
    unit = {"sku": "COAT-M", "quantity": 1, "outcome": "passed", "grade": "A", "findings": []}
    look = {**scan, "client_event_id": f"look-{asked['id']}"}
    await insist(world.scanner, "/v1/inspections", {**look, "units": [unit]})
    return {**asked, "order_id": order["id"]}


async def test_a_kill_at_each_point_of_the_protocol_loses_and_doubles_nothing(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I-02, I-11, I-13, I-19, I-25: every wire is tripped, every return ends with one payment and one word each."""
    away = servers.missing()
    if away is not None and not servers.REQUIRED:
        pytest.skip(f"{away} cannot be reached")
    markers = {name: tmp_path / name.replace(" ", "_") for name in POINTS}
    monkeypatch.setenv(SETTING, ";".join(f"{POINTS[name]} {marker}" for name, marker in markers.items()))
    vhost = request.getfixturevalue("own_vhost").url
    async with worlds.running("distributed", tmp_path / "data", vhost, forked=True) as world:
        asked = [await a_parcel(world) for _ in range(3)]

        async def closed() -> bool:
            found = [await world.agent.call("GET", f"/v1/returns/{each['id']}") for each in asked]
            return all(answer.is_success and answer.json()["status"] == "closed" for answer in found)

        async def tripped() -> bool:
            return all(marker.exists() for marker in markers.values())

        try:
            await eventually(tripped, seconds=240, every=0.5)
            await eventually(closed, seconds=240, every=0.5)
        except AssertionError as error:
            untouched = [name for name, marker in markers.items() if not marker.exists()]
            raise AssertionError(f"not reached: {untouched}") from error

        async def told() -> bool:
            kinds = [sorted(message["kind"] for message in await world.messages(each["id"])) for each in asked]
            return kinds == [["goods_received", "refund_settled", "return_approved"]] * len(asked)

        await eventually(told, seconds=240, every=0.5)
        booked = (await world.finance.get("/v1/payments/simulator/transfers?limit=50"))["items"]
        refunds = [refund for each in asked for refund in await world.refunds(each["id"])]
        assert len(refunds) == len(asked)
        assert {refund["state"] for refund in refunds} == {"settled"}
        paid = sum(transfer["amount_minor"] for transfer in booked)
        assert paid == sum(refund["amount"]["amount_minor"] for refund in refunds)
        for each in asked:
            assert (await world.finance.get(f"/v1/ledger?order_id={each['order_id']}"))["sum_minor"] == 0
        for service in ("requests", "inspection", "refunds", "notifications"):
            assert (await world.admin.get(f"/v1/operations/{service}/dead-letters?state=dead"))["items"] == []
