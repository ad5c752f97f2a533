"""Looks that are repeated or corrected, new keys, and pieces that nobody can tell apart, through the gateway."""

import asyncio
from itertools import product
from typing import Any
from uuid import uuid4

import pytest

from shared.kernel.money import half_up
from tests.support.waiting import eventually
from tests.support.world import Caller, Json, World, an_order

SCANNED = "2026-11-24T10:30:00+08:00"


def a_look(rma: str, *looks: tuple[str, str], **more: Any) -> Json:
    """What the bench posts: articles and outcomes."""
    units = [
        {
            "sku": sku,
            "outcome": outcome,
            "grade": "A" if outcome == "passed" else "D",
            "findings": [{"check": "undamaged", "passed": outcome == "passed"}],
        }
        for sku, outcome in looks
    ]
    return {"client_event_id": f"look-{uuid4().hex}", "rma": rma, "units": units, "scanned_at": SCANNED} | more


async def questions(world: World, return_id: str, kind: str, number: int = 1) -> list[Json]:
    """The open discrepancies of this kind, once there are so many."""

    async def found() -> tuple[list[Json]] | None:
        listed = (await world.agent.get(f"/v1/discrepancies?return_id={return_id}&state=open"))["items"]
        of_kind = [each for each in listed if each["kind"] == kind]
        return (of_kind,) if len(of_kind) == number else None

    (listed,) = await eventually(found)
    return listed


async def two_coats(world: World) -> tuple[Json, Json]:
    customer_id, customer = await world.customer()
    order = await world.order(customer_id)
    return order, await world.request(customer, order, quantity=2)


async def test_a_second_look_at_one_piece_is_a_question_and_one_refund(world: World) -> None:
    """Z01: one coat came; `failed`, then `passed`. The other coat is at home and is neither received nor paid."""
    _, asked = await two_coats(world)
    rma, return_id = asked["rma"], asked["id"]
    await world.scan(rma, "COAT-M")
    await world.scanner.post("/v1/inspections", a_look(rma, ("COAT-M", "failed")))
    await world.scanner.post("/v1/inspections", a_look(rma, ("COAT-M", "passed")))
    (question,) = await questions(world, return_id, "looks")
    seen = await world.inspection(return_id, units="failed")
    assert sorted(unit["state"] for unit in seen["units"]) == ["expected", "failed"]
    assert await world.refunds(return_id) == []
    held = next(unit["id"] for unit in seen["units"] if unit["state"] == "failed")
    body = {"units": [{"unit_id": held, "decision": "accept"}], "reason": "the seal was ours"}
    await world.supervisor.post(f"/v1/inspections/{return_id}/decision", body)
    path = f"/v1/discrepancies/{question['id']}"
    wrong = await world.agent.refused(f"{path}/resolution", {"outcome": "disposed", "note": "no goods"}, status=422)
    assert wrong["code"] == "answer_does_not_fit"
    answered = await world.agent.post(f"{path}/resolution", {"outcome": "looked_again", "note": "same coat"})
    assert answered["state"] == "resolved"

    async def paid() -> list[Json] | None:
        refunds = await world.refunds(return_id)
        return refunds if [each["state"] for each in refunds] == ["settled"] else None

    (refund,) = await eventually(paid)
    assert refund["amount"]["amount_minor"] == 9231

    async def told() -> bool:
        steps = (await world.agent.get(f"/v1/returns/{return_id}/timeline"))["steps"]
        return {"doubted", "doubt_cleared"} <= {step["code"] for step in steps}

    await eventually(told)
    reopened = await world.agent.post(f"{path}/reopening", {"reason": "not sure any more"})
    assert (reopened["state"], reopened["former"][0]["outcome"]) == ("open", "looked_again")


async def test_a_result_is_corrected_after_the_money_has_left(world: World) -> None:
    """Z01, F11: on record, with a person asked about the money and the customer told that the piece is held."""
    _, asked = await two_coats(world)
    rma, return_id = asked["rma"], asked["id"]
    await world.scan(rma, "COAT-M", 2)
    wrong = await world.scanner.post("/v1/inspections", a_look(rma, ("COAT-M", "passed")))

    async def settled() -> bool:
        return [each["state"] for each in await world.refunds(return_id)] == ["settled"]

    await eventually(settled)
    right = a_look(rma, ("COAT-M", "failed"), corrects=wrong["client_event_id"])
    other = await world.supervisor.refused("/v1/inspections", a_look(rma, ("COAT-M", "passed")), status=403)
    assert other["code"] == "forbidden"
    corrected = await world.scanner.post("/v1/inspections", right)
    assert corrected["corrects"] == wrong["client_event_id"]
    assert (await world.agent.get(f"/v1/receipts/{wrong['id']}"))["corrected_by"] == corrected["id"]
    (question,) = await questions(world, return_id, "money")
    assert (question["sku"], question["quantity"], question["scan_id"]) == ("COAT-M", 1, corrected["id"])
    await world.until(return_id, "awaiting_person")

    async def held() -> bool:
        return "inspection_held" in [each["kind"] for each in await world.messages(return_id)]

    await eventually(held)
    await world.supervisor.post("/v1/inspections", a_look(rma, ("COAT-M", "passed"), corrects=corrected["id"]))
    await questions(world, return_id, "money", 0)
    assert len(await world.refunds(return_id)) == 1


async def test_a_person_takes_a_decision_back(world: World) -> None:
    """Z01: refused, taken back, accepted; the customer hears of both decisions."""
    customer_id, customer = await world.customer()
    asked = await world.request(customer, await world.order(customer_id))
    await world.inspect(asked["rma"], "COAT-M", passed=False)
    unit = (await world.inspection(asked["id"], units="failed"))["units"][0]["id"]
    path = f"/v1/inspections/{asked['id']}"
    for decision in ("refuse", "accept"):
        body = {
            "units": [{"unit_id": unit, "decision": decision}],
            "reason": "looked at the photographs",
            "reason_code": "not_our_goods",
        }
        await world.agent.post(f"{path}/decision", body)
        if decision == "refuse":
            await world.until(asked["id"], "closed")
            back = await world.agent.post(f"{path}/reconsideration", {"unit_ids": [unit], "reason": "other parcel"})
            assert (back["state"], back["units"][0]["former"][0]["decision"]) == ("held", "refused")
            await world.until(asked["id"], "awaiting_person")
    await world.until(asked["id"], "closed")
    (refund,) = await world.refunds(asked["id"])
    assert refund["state"] == "settled"

    async def told() -> bool:
        return [each["kind"] for each in await world.messages(asked["id"])].count("inspection_decided") == 2

    await eventually(told)


async def test_a_scanner_with_a_new_key_and_a_post_written_anew_count_once(world: World) -> None:
    """Z02: same machine, other key; other clock, other order of rows. Other contents are refused."""
    name = f"dock {uuid4().hex[:6]}"

    async def scanner(**but: str) -> Caller:
        made = await world.admin.post("/v1/keys", {"kind": "device", "name": name, "warehouse": "WH-1"} | but)
        return Caller(world.http, made["key"])

    old, new, other = await scanner(), await scanner(), await scanner(name=f"{name} b")
    _, asked = await two_coats(world)
    event = f"e-{uuid4().hex}"
    rows = [{"sku": "COAT-M", "quantity": 1}, {"sku": "SCARF", "quantity": 1}]
    post = {"client_event_id": event, "rma": asked["rma"], "items": rows, "scanned_at": SCANNED}
    first = await old.post("/v1/receipts", post)
    assert (await new.post("/v1/receipts", post)) == first
    anew = {**post, "items": rows[::-1], "scanned_at": "2026-11-24T11:31:00+08:00"}
    assert (await new.post("/v1/receipts", anew)) == first
    assert (await new.refused("/v1/receipts", {**post, "items": rows[:1]}, status=422))["code"]
    look = a_look(asked["rma"], ("COAT-M", "passed"))
    assert await old.post("/v1/inspections", look) == await new.post("/v1/inspections", look)
    seen = await world.inspection(asked["id"])
    assert (len(seen["scans"]), [unit["state"] for unit in seen["units"]].count("expected")) == (2, 1)
    assert (await other.post("/v1/receipts", post))["id"] != first["id"]
    corrected = await new.post("/v1/receipts", {**post, "client_event_id": f"{event}b", "corrects": event})
    assert (await world.agent.get(f"/v1/receipts/{first['id']}"))["corrected_by"] == corrected["id"]


async def test_a_shop_with_a_new_key_repeats_and_changes_nothing(world: World) -> None:
    """Z02: the storefront's `Idempotency-Key` outlives its key: one return, one order, and the same answers."""
    name, scopes = f"shop {uuid4().hex[:6]}", ["orders:write", "returns:write", "returns:read"]

    async def shop() -> Caller:
        return Caller(
            world.http,
            (await world.admin.post("/v1/keys", {"kind": "system", "name": name, "scopes": scopes}))["key"],
        )

    old, new = await shop(), await shop()
    customer_id, _ = await world.customer()
    order, key = an_order(customer_id), uuid4().hex
    pushed = await old.post("/v1/orders", order, key=key)
    assert await new.post("/v1/orders", order, key=key) == pushed
    line = {"line_id": "L1", "quantity": 1, "reason": "changed_mind", "condition": "unopened"}
    body = {"order_id": pushed["id"], "customer_id": customer_id, "lines": [line]}
    first = await old.post("/v1/returns", body, key=key)
    assert await new.post("/v1/returns", body, key=key) == first


@pytest.mark.parametrize(("lines", "wishes"), list(product((1, -1), (1, -1))))
async def test_one_of_two_shirts_came_and_it_is_the_one_that_was_paid(world: World, lines: int, wishes: int) -> None:
    """Z06: TEE 29.99 and TEE 0.00, both asked for, one arrives: 29.99, whatever the order of lines and wishes."""
    customer_id, customer = await world.customer()
    paid = {"line_id": "L1", "sku": "TEE", "name": "Tee", "category": "clothing", "quantity": 1}
    paid |= {"unit_price_minor": 2999, "discount_minor": 0, "paid_minor": 2999}
    free = {**paid, "line_id": "L2", "discount_minor": 2999, "paid_minor": 0}
    tender = {"tender_id": "T1", "kind": "card", "captured_minor": 2999, "reference": f"ch_{uuid4().hex[:8]}"}
    order = await world.order(
        customer_id,
        lines=[paid, free][::lines],
        freight={"paid_minor": 0, "standard_minor": 0},
        tenders=[tender],
        total_minor=2999,
    )
    wish = {"quantity": 1, "reason": "changed_mind", "condition": "unopened"}
    asked = await customer.post(
        "/v1/returns",
        {"order_id": order["id"], "lines": [{**wish, "line_id": each} for each in ("L1", "L2")][::wishes]},
    )
    await asyncio.gather(world.scan(asked["rma"], "TEE"), world.inspect(asked["rma"], "TEE"))

    async def settled() -> Json | None:
        refunds = await world.refunds(asked["id"])
        return refunds[0] if [each["state"] for each in refunds] == ["settled"] else None

    assert (await eventually(settled))["amount"]["amount_minor"] == 2999


async def test_z31_the_refund_is_less_by_what_the_customer_has_agreed_to(world: World) -> None:
    """R4.5, H07: of two coats one is worn: 20 % less for it, in refund and letter; the other one is paid whole."""
    _, asked = await two_coats(world)
    return_id = asked["id"]
    await world.inspect(asked["rma"], "COAT-M", 2, passed=False)
    first, second = [unit["id"] for unit in (await world.inspection(return_id, units="failed"))["units"]]
    path = f"/v1/inspections/{return_id}"
    worn = {"unit_id": first, "decision": "accept", "deduction_basis_points": 2_000}
    body = {"units": [worn], "reason": "The cuffs are worn.", "reason_code": "worn", "agreement": "by telephone"}
    await world.supervisor.post(f"{path}/decision", body)

    async def paid() -> list[Json] | None:
        refunds = await world.refunds(return_id)
        return refunds if refunds and all(each["state"] == "settled" for each in refunds) else None

    (reduced,) = await eventually(paid)
    loss = [part for part in reduced["components"] if part["name"] == "value_loss"]
    whole = sum(part["amount_minor"] for part in reduced["components"] if part["name"] != "value_loss")
    assert [part["amount_minor"] for part in loss] == [-half_up(whole * 2_000, 10_000)]
    await world.supervisor.post(
        f"{path}/decision", {"units": [{"unit_id": second, "decision": "accept"}], "reason": "fine"}
    )
    await world.until(return_id, "closed")
    amounts = sorted(each["amount"]["amount_minor"] for each in await world.refunds(return_id))
    assert amounts == [whole + loss[0]["amount_minor"], whole]
    letters = [each for each in await world.messages(return_id) if each["kind"] == "inspection_decided"]
    told = [(await world.agent.get(f"/v1/messages/{each['id']}"))["text"] for each in letters]
    assert sum("20% less" in text for text in told) == 1
