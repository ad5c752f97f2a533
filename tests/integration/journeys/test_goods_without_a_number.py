"""Whole returns whose goods came without a number, after a cancellation, or with an outcome that needs its reason."""

from collections.abc import Mapping
from typing import Any, Final

from tests.support.waiting import eventually
from tests.support.world import World

Json = dict[str, Any]
GOODS: Final[Mapping[str, Any]] = {
    "items": [{"sku": "COAT-M", "quantity": 1}],
    "scanned_at": "2026-11-20T16:00:00+08:00",
}


async def steps(world: World, return_id: str) -> dict[str, str]:
    """The timeline: for each code its sentence."""
    found = (await world.agent.get(f"/v1/returns/{return_id}/timeline"))["steps"]
    return {step["code"]: str(step["says"]) for step in found}


async def test_z21_a_parcel_without_a_number_is_found_by_its_tracking_number_and_paid(world: World) -> None:
    """F04: from the announcement to the refund, and no return number anywhere on the parcel."""
    customer_id, customer = await world.customer()
    asked = await world.request(customer, await world.order(customer_id))
    return_id, number = asked["id"], f"sf {return_number(asked)}"
    await customer.post(f"/v1/returns/{return_id}/shipments", {"carrier": "SF Express", "tracking_number": number})
    posted = await world.scanner.post(
        "/v1/receipts", {**GOODS, "client_event_id": f"p-{return_id}", "rma": "", "tracking_number": number.upper()}
    )

    async def counted() -> bool:
        return bool((await world.agent.get(f"/v1/receipts/{posted['id']}"))["return_id"] == return_id)

    await eventually(counted)
    await world.inspect(asked["rma"], "COAT-M")
    done = await world.until(return_id, "closed")
    assert done["outcome"] == "refunded"


async def test_z21_a_person_finds_the_owner_and_the_timeline_tells_it(world: World) -> None:
    customer_id, customer = await world.customer()
    asked = await world.request(customer, await world.order(customer_id))
    body = {**GOODS, "client_event_id": f"a-{asked['id']}", "rma": "no label"}
    posted = await world.scanner.post("/v1/receipts", body)
    assert posted["state"] == "unidentified"
    await world.inspection(asked["id"])
    await world.agent.post(f"/v1/receipts/{posted['id']}/assignment", {"rma": f"RMA:{asked['rma']}"})
    await world.until(asked["id"], "received")

    async def told() -> bool:
        return "parcel_found" in await steps(world, asked["id"])

    await eventually(told)
    await world.inspect(asked["rma"], "COAT-M")
    assert (await world.until(asked["id"], "closed"))["outcome"] == "refunded"


async def test_z23_goods_of_a_cancelled_return_live_again_when_a_person_takes_them(world: World) -> None:
    """The customer cancelled and sent the coat all the same: the return goes on, to the refund."""
    customer_id, customer = await world.customer()
    asked = await world.request(customer, await world.order(customer_id))
    return_id = asked["id"]
    await customer.post(f"/v1/returns/{return_id}/cancellation")
    await world.until(return_id, "cancelled")

    async def question() -> Json | None:
        found = (await world.agent.get(f"/v1/discrepancies?return_id={return_id}"))["items"]
        return found[0] if found else None

    async def cancelled() -> bool:
        return bool((await world.inspection(return_id))["state"] == "cancelled")

    await eventually(cancelled)
    await world.scan(asked["rma"], "COAT-M")
    asking = await eventually(question)
    assert (asking["kind"], asking["state"]) == ("cancelled", "open")
    assert asking["answer_by"] is not None
    answer = {"outcome": "accepted_as_return", "note": "asked on the telephone", "reason": "You sent it after all."}
    await world.agent.post(f"/v1/discrepancies/{asking['id']}/resolution", answer)
    await world.until(return_id, "received")
    await world.inspect(asked["rma"], "COAT-M")
    assert (await world.until(return_id, "closed"))["outcome"] == "refunded"
    told = await steps(world, return_id)
    assert "You sent it after all." in told["cleared"]
    assert {"cancelled", "kept_goods_arrived", "revived", "refund_settled"} <= set(told)


async def test_z31_a_refusal_needs_a_finding_of_the_law_and_its_reason_is_told(world: World) -> None:
    """An EU withdrawal: traces of use are no refusal; goods that are not ours are, and the customer reads why."""
    customer_id, customer = await world.customer()
    asked = await world.request(customer, await world.order(customer_id))
    await world.inspect(asked["rma"], "COAT-M", passed=False)
    unit = (await world.inspection(asked["id"], units="failed"))["units"][0]["id"]
    body: Json = {"units": [{"unit_id": unit, "decision": "refuse"}], "reason": "torn by use", "reason_code": "worn"}
    path = f"/v1/inspections/{asked['id']}/decision"
    problem = await world.agent.refused(path, body, status=409)
    assert (problem["code"], "deduction_basis_points" in problem["detail"]) == ("may_not_be_refused", True)
    await world.agent.post(path, {**body, "reason_code": "not_our_goods", "reason": "another maker's coat"})
    await world.until(asked["id"], "closed")
    assert "another maker's coat" in (await steps(world, asked["id"]))["decided"]


def return_number(asked: Json) -> str:
    """A tracking number of this return's own."""
    return f"{abs(hash(asked['id'])) % 10**12:012d}"
