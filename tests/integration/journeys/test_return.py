"""The main job, end to end through the gateway, in both modes: wish, approval, dock, bench, money, word, end."""

import asyncio
from uuid import uuid4

from tests.support.waiting import eventually
from tests.support.world import World, an_order, days_ago


async def test_a_return_is_approved_received_inspected_refunded_told_and_closed(world: World) -> None:
    """R1.1, R2.3, R4.1, R4.4, R5.1; A01, C04, C06, H01, I02, L03: everything crosses services as an event."""
    customer_id, customer = await world.customer()
    order = await world.order(customer_id)
    asked = await world.request(customer, order)
    assert asked["status"] == "approved"
    assert asked["decision"]["automatic"] is True
    facts = asked["instructions"]
    assert all(facts[fact] for fact in ("address", "contact", "phone", "carriers", "ship_by")), facts
    assert facts["freight"]["payer"] in ("merchant", "customer")
    rma, return_id = asked["rma"], asked["id"]
    shipped = await customer.post(
        f"/v1/returns/{return_id}/shipments", {"carrier": "dhl", "tracking_number": "JD0146000"}
    )
    assert shipped["status"] == "shipped"
    await world.scan(rma, "COAT-M")
    await world.inspect(rma, "COAT-M")
    closed = await world.until(return_id, "closed")
    # one of two coats: half of 184.62; freight is not part of a withdrawal from a part
    (refund,) = await world.refunds(return_id)
    assert refund["state"] == "settled"
    assert refund["amount"] == {"amount_minor": 9231, "currency": "EUR"}
    assert closed["refund"]["amount"] == refund["amount"]
    shares = {tender["tender_id"]: tender["amount_minor"] for tender in refund["payouts"]}
    assert shares == {"T1": 1846, "T2": 7385}
    transfers = (await world.finance.get("/v1/payments/simulator/transfers"))["items"]
    paid = [transfer for transfer in transfers if transfer["key"].startswith(refund["id"])]
    assert sum(transfer["amount_minor"] for transfer in paid) == 9231
    kinds = [message["kind"] for message in await world.messages(return_id)]
    assert sorted(kinds) == ["goods_received", "refund_settled", "return_approved"]


async def test_what_was_free_comes_back_and_is_told_and_closed_all_the_same(world: World) -> None:
    """H15, L03: a refund of nothing is settled at once, and nobody waits for ever."""
    customer_id, customer = await world.customer()
    bought = an_order(customer_id)
    gift = {**bought["lines"][1], "line_id": "L3", "sku": "POUCH", "name": "Pouch", "unit_price_minor": 0}
    lines = [*bought["lines"], {**gift, "discount_minor": 0, "paid_minor": 0}]
    order = await world.order(customer_id, lines=lines)
    asked = await world.request(customer, order, line_id="L3")
    assert asked["status"] == "approved"
    await world.scan(asked["rma"], "POUCH")
    await world.inspect(asked["rma"], "POUCH")
    await world.until(asked["id"], "closed")
    (refund,) = await world.refunds(asked["id"])
    assert (refund["state"], refund["amount"]["amount_minor"], refund["payouts"]) == ("settled", 0, [])
    kinds = [message["kind"] for message in await world.messages(asked["id"])]
    assert sorted(kinds) == ["goods_received", "refund_settled", "return_approved"]


async def test_the_timeline_says_who_did_what_when_and_what_is_next_by_when(world: World) -> None:
    """E01."""
    customer_id, customer = await world.customer()
    order = await world.order(customer_id)
    asked = await world.request(customer, order)
    before = await customer.get(f"/v1/returns/{asked['id']}/timeline")
    assert all(before["next"][fact] for fact in ("who", "by", "what"))
    await world.scan(asked["rma"], "COAT-M")
    await world.inspect(asked["rma"], "COAT-M")
    await world.until(asked["id"], "closed")
    timeline = await customer.get(f"/v1/returns/{asked['id']}/timeline")
    codes = [step["code"] for step in timeline["steps"]]
    assert (codes[0], codes[-1]) == ("requested", "closed")
    assert len(codes) >= 7, codes
    for step in timeline["steps"]:
        assert all((step["at"], step["by"], step["says"]["en"], step["says"]["zh-CN"])), step
    assert timeline["next"] is None


async def test_past_the_window_it_is_refused_with_reasons_and_alternatives(world: World) -> None:
    """R1.4, R2.5; A12, B01, B10: every failed rule with its clause, in both languages, and what is possible instead."""
    customer_id, customer = await world.customer()
    order = await world.order(customer_id, ordered_at=days_ago(300), delivered_at=days_ago(297))
    asked = await world.request(customer, order)
    assert asked["status"] == "refused"
    assert asked["rma"] is None
    reasons = asked["decision"]["reasons"]
    assert any(reason["clause"] and reason["says"]["en"] and reason["says"]["zh-CN"] for reason in reasons)
    assert asked["decision"]["alternatives"]

    async def told() -> bool:
        return [message["kind"] for message in await world.messages(asked["id"])] == ["return_refused"]

    await eventually(told)


async def test_a_failed_inspection_waits_for_a_person_who_decides(world: World) -> None:
    """R4.5: neither paid nor finally refused before somebody has looked."""
    customer_id, customer = await world.customer()
    order = await world.order(customer_id)
    asked = await world.request(customer, order)
    await world.scan(asked["rma"], "COAT-M")
    await world.inspect(asked["rma"], "COAT-M", passed=False)
    held = await world.until(asked["id"], "awaiting_person")
    assert await world.refunds(asked["id"]) == []
    assert held["next"]["who"]
    bench = await world.inspection(asked["id"])
    failed = [unit["id"] for unit in bench["units"] if unit["state"] == "failed"]
    decision = {"units": [{"unit_id": unit, "decision": "accept"} for unit in failed], "reason": "The seam came loose."}
    await world.supervisor.post(f"/v1/inspections/{asked['id']}/decision", decision)
    await world.until(asked["id"], "closed")
    (refund,) = await world.refunds(asked["id"])
    assert refund["amount"]["amount_minor"] == 9231


async def test_of_two_announced_only_the_one_that_came_is_paid(world: World) -> None:
    """V07, A04: partial quantity; the unit that has not come stays open and unpaid."""
    customer_id, customer = await world.customer()
    order = await world.order(customer_id)
    asked = await world.request(customer, order, quantity=2)
    await world.scan(asked["rma"], "COAT-M", 1)
    await world.inspect(asked["rma"], "COAT-M", 1)

    async def paid() -> bool:
        return [refund["state"] for refund in await world.refunds(asked["id"])] == ["settled"]

    await eventually(paid)
    (refund,) = await world.refunds(asked["id"])
    assert refund["amount"]["amount_minor"] == 9231
    found = await world.agent.get(f"/v1/returns/{asked['id']}")
    assert found["status"] != "closed"
    assert len({unit["whereabouts"] for unit in found["units"]}) == 2


async def test_two_parcels_for_one_return_add_up(world: World) -> None:
    """W3: two receipts, total two, everything paid to the last cent."""
    customer_id, customer = await world.customer()
    order = await world.order(customer_id)
    asked = await world.request(customer, order, quantity=2)
    for tracking in ("P1", "P2"):
        body = {"carrier": "dhl", "tracking_number": f"JD01460{tracking}"}
        await customer.post(f"/v1/returns/{asked['id']}/shipments", body)
        await world.scan(asked["rma"], "COAT-M", 1)
        await world.inspect(asked["rma"], "COAT-M", 1)
    await world.until(asked["id"], "closed")
    refunds = await world.refunds(asked["id"])
    assert sum(refund["amount"]["amount_minor"] for refund in refunds) == 18462
    bench = await world.inspection(asked["id"])
    assert [scan["kind"] for scan in bench["scans"]].count("receipt") == 2


async def test_the_same_scanner_post_three_times_counts_once(world: World) -> None:
    """W4, F06: one receipt event, the same answer each time."""
    customer_id, customer = await world.customer()
    order = await world.order(customer_id)
    asked = await world.request(customer, order, quantity=2)
    event = f"scan-{uuid4().hex}"
    answers = [await world.scan(asked["rma"], "COAT-M", 1, event=event) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]

    async def received() -> bool:
        found = await world.agent.call("GET", f"/v1/inspections/{asked['id']}")
        units = found.json()["units"] if found.is_success else []
        return [unit["state"] for unit in units].count("received") == 1

    await eventually(received)
    bench = await world.inspection(asked["id"])
    assert [scan["kind"] for scan in bench["scans"]] == ["receipt"]
    assert sum(unit["state"] == "received" for unit in bench["units"]) == 1


async def test_one_unit_has_one_remedy_whoever_asks_at_the_same_time(world: World) -> None:
    """B14: ten requests for one scarf at once; one wins, the others are told that none is left."""
    customer_id, customer = await world.customer()
    order = await world.order(customer_id)
    body = {
        "order_id": order["id"],
        "lines": [{"line_id": "L2", "quantity": 1, "reason": "changed_mind", "condition": "unopened"}],
    }
    answers = await asyncio.gather(*(customer.call("POST", "/v1/returns", body) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 9]


async def test_a_double_click_makes_one_return_and_the_answers_are_the_same(world: World) -> None:
    """A14, V28, I-20: same key, same body, same answer; same key, other body, refused; no key, refused."""
    customer_id, customer = await world.customer()
    order = await world.order(customer_id)
    line = {"line_id": "L1", "quantity": 1, "reason": "changed_mind", "condition": "unopened"}
    body = {"order_id": order["id"], "lines": [line]}
    key = uuid4().hex
    answers = await asyncio.gather(*(customer.call("POST", "/v1/returns", body, key=key) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    other = {"order_id": order["id"], "lines": [{**line, "condition": "opened"}]}
    reused = await customer.call("POST", "/v1/returns", other, key=key)
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")
    headers = {"Authorization": f"Bearer {customer.token}"}
    missing = await world.http.post("/v1/returns", json=body, headers=headers)
    assert (missing.status_code, missing.json()["code"]) == (400, "idempotency_key_missing")


async def test_a_customer_sees_only_her_own(world: World) -> None:
    """S-31: another customer's return looks exactly like none."""
    customer_id, customer = await world.customer()
    order = await world.order(customer_id)
    asked = await world.request(customer, order)
    _, stranger = await world.customer()
    for path in (f"/v1/returns/{asked['id']}", f"/v1/returns/{asked['id']}/timeline", f"/v1/orders/{order['id']}"):
        foreign = await stranger.call("GET", path)
        absent = await stranger.call("GET", path.replace(path.split("/")[3], path.split("/")[3][:-4] + "ZZZZ"))
        assert foreign.status_code == absent.status_code == 404
        assert {**foreign.json(), "instance": ""} == {**absent.json(), "instance": ""}
