"""A wholesale line is one quantity: ten thousand pieces go the whole way as lots, within bounds (Z13)."""

import json
from typing import Any
from uuid import uuid4

from shared.kernel.piece_range import PieceRange, pieces_in
from tests.support.waiting import eventually
from tests.support.world import Caller, Json, World

PIECES = 10_000
POSTS = 10
BOUND = 64_000


def a_line(number: int = 1, quantity: int = PIECES, unit_price: int = 5, discount: int = 1) -> Json:
    return {
        "line_id": f"L{number}",
        "sku": f"BOLT-{number}",
        "name": f"Bolt {number}",
        "category": "clothing",
        "quantity": quantity,
        "unit_price_minor": unit_price,
        "discount_minor": discount,
        "paid_minor": quantity * unit_price - discount,
    }


def with_lines(*lines: Json) -> Json:
    """The parts of an order with these lines, one card payment and no freight."""
    total = sum(line["paid_minor"] for line in lines)
    tender = {"tender_id": "T1", "kind": "card", "captured_minor": total, "reference": f"ch_{uuid4().hex[:8]}"}
    return {"lines": list(lines), "tenders": [tender], "total_minor": total, "freight": {"paid_minor": 0}}


async def asked(world: World, *lines: Json, quantities: dict[str, int] | None = None) -> tuple[Json, Caller, Json]:
    """An order of these lines, and the return of all its pieces, or of as many as `quantities` says."""
    customer_id, customer = await world.customer()
    order = await world.order(customer_id, **with_lines(*lines))
    wishes = [
        {
            "line_id": line["line_id"],
            "quantity": (quantities or {}).get(line["line_id"], line["quantity"]),
            "reason": "changed_mind",
            "condition": "unopened",
        }
        for line in lines
    ]
    made = await customer.post("/v1/returns", {"order_id": order["id"], "lines": wishes})

    async def expected() -> bool:
        return (await world.agent.call("GET", f"/v1/inspections/{made['id']}")).status_code == 200

    await eventually(expected)
    return order, customer, made


async def looked(world: World, rma: str, sku: str, passed: int, failed: int = 0, **more: Any) -> Json:
    """The bench posts so many pieces with each result."""
    rows = [
        {
            "sku": sku,
            "quantity": count,
            "outcome": outcome,
            "grade": grade,
            "findings": [{"check": "seal", "passed": outcome == "passed"}],
        }
        for count, outcome, grade in ((passed, "passed", "A"), (failed, "failed", "C"))
        if count
    ]
    body = {"client_event_id": f"look-{uuid4().hex}", "rma": rma, "units": rows, "scanned_at": "2026-11-24T10:30:00Z"}
    posted: Json = await world.scanner.post("/v1/inspections", body | more)
    return posted


async def paid(world: World, return_id: str, amount: int, refunds: int | None = None) -> list[Json]:
    """The refunds of a return, once they are all settled and sum to this amount."""

    async def settled() -> list[Json] | None:
        found = await world.refunds(return_id)
        done = all(each["state"] == "settled" for each in found) and len(found) == (refunds or len(found))
        return found if done and sum(each["amount"]["amount_minor"] for each in found) == amount else None

    return await eventually(settled, seconds=120)


def size(document: object) -> int:
    return len(json.dumps(document, ensure_ascii=False).encode())


async def test_ten_thousand_pieces_go_the_whole_way(world: World) -> None:
    """Z13, F02: asked, approved, received in ten posts, inspected, decided, refunded to the cent; no document grows."""
    _, _, made = await asked(world, a_line())
    return_id, rma = made["id"], made["rma"]
    assert [unit["quantity"] for unit in made["units"]] == [PIECES]
    assert size(made) < BOUND
    seen: Json = {}
    for number in range(1, POSTS + 1):
        received = await world.scan(rma, "BOLT-1", PIECES // POSTS)
        assert pieces_in(received["units"]) == PIECES // POSTS
        assert received["discrepancies"] == []
        await looked(world, rma, "BOLT-1", 940, 60)
        seen = await world.agent.get(f"/v1/inspections/{return_id}")
        assert sum(unit["quantity"] for unit in seen["units"]) == PIECES
        assert len(seen["units"]) <= 3 * number + 1
        assert size(seen) < BOUND
    held = [unit["id"] for unit in seen["units"] if unit["state"] == "failed"]
    assert pieces_in(held) == 600
    first = PieceRange.of(held[0])
    refused, accepted = str(first.part(first.first, first.first + 9)), str(first.part(first.first + 10, first.last))
    verdicts = [(refused, "refuse"), (accepted, "accept"), *((unit, "accept") for unit in held[1:])]
    units = [{"unit_id": unit, "decision": verdict} for unit, verdict in verdicts]
    body = {"units": units, "reason": "checked anew", "reason_code": "not_our_goods"}
    await world.supervisor.post(f"/v1/inspections/{return_id}/decision", body)
    refunds = await paid(world, return_id, 49_949)
    assert pieces_in(unit for refund in refunds for unit in refund["units"]) == PIECES - 10
    assert all(size(refund) < BOUND for refund in refunds)
    done = await world.until(return_id, "closed")
    assert done["outcome"] == "partly_refunded"
    assert size(done) < BOUND
    assert sum(unit["quantity"] for unit in done["units"]) == PIECES


async def test_five_hundred_lines_come_back_at_once(world: World) -> None:
    """Z13: 500 lines of 20 pieces, received and inspected in posts of 200 rows, refunded to the cent."""
    lines = [a_line(number, 20, 4, number % 5) for number in range(1, 501)]
    order, _, made = await asked(world, *lines)
    assert len(made["units"]) == 500
    assert {unit["quantity"] for unit in made["units"]} == {20}
    assert size(made["units"]) < 200 * 500
    assert made["status"] == "approved"
    for first in range(0, 500, 200):
        rows = [{"sku": line["sku"], "quantity": 20} for line in lines[first : first + 200]]
        body = {"client_event_id": f"dock-{uuid4().hex}", "rma": made["rma"], "items": rows}
        received = await world.scanner.post("/v1/receipts", body | {"scanned_at": "2026-11-24T09:30:00Z"})
        assert pieces_in(received["units"]) == 20 * len(rows)
        findings = [{"check": "seal", "passed": True}]
        looks = [{**row, "outcome": "passed", "grade": "A", "findings": findings} for row in rows]
        body = {"client_event_id": f"look-{uuid4().hex}", "rma": made["rma"], "units": looks}
        await world.scanner.post("/v1/inspections", body | {"scanned_at": "2026-11-24T09:40:00Z"})
    refunds = await paid(world, made["id"], order["total_minor"])
    assert len(refunds) == 3
    done = await world.until(made["id"], "closed")
    assert done["outcome"] == "refunded"


async def test_many_returns_on_one_order(world: World) -> None:
    """Z13, B14: 60 returns of one order; what is left is a number, and a withdrawal gives pieces back."""
    customer_id, customer = await world.customer()
    order = await world.order(customer_id, **with_lines(a_line(1, 600, 5)))
    made = [await world.request(customer, order, quantity=9) for _ in range(60)]
    assert all(len(each["units"]) == 9 for each in made)
    wish = {"line_id": "L1", "quantity": 61, "reason": "changed_mind", "condition": "unopened"}
    refused = await customer.refused("/v1/returns", {"order_id": order["id"], "lines": [wish]}, status=409)
    assert refused["code"] == "units_already_returned"
    assert "60 of 600" in refused["detail"]
    await customer.post(f"/v1/returns/{made[0]['id']}/cancellation")
    lot = await world.request(customer, order, quantity=61)
    assert [unit["quantity"] for unit in lot["units"]] == [61]
    told = {
        "cancellation_id": "c1",
        "lines": [{"line_id": "L1", "quantity": 9}],
        "at": "2026-11-24T09:30:00Z",
    }
    late = await world.shop.refused(f"/v1/orders/{order['id']}/cancellations", told, status=409)
    assert late["code"] == "more_cancelled_than_open"


async def test_ten_thousand_pieces_too_many(world: World) -> None:
    """Z13, F03: 20 rows of 1,000 pieces against 10,000 announced; a person is asked, and nothing is stuck."""
    _, customer, made = await asked(world, a_line())
    body = {
        "client_event_id": f"dock-{uuid4().hex}",
        "rma": made["rma"],
        "items": [{"sku": "BOLT-1", "quantity": 1_000}] * 25,
        "scanned_at": "2026-11-24T09:30:00Z",
    }
    received = await world.scanner.post("/v1/receipts", body)
    assert pieces_in(received["units"]) == PIECES
    asked_about = (await world.agent.get(f"/v1/discrepancies?return_id={made['id']}"))["items"]
    assert sorted(each["quantity"] for each in asked_about) == [5_000, 10_000]
    for each in asked_about:
        answer = {"outcome": "returned_to_customer", "note": "sent back"}
        await world.agent.post(f"/v1/discrepancies/{each['id']}/resolution", answer)

    async def told() -> bool:
        steps = (await customer.get(f"/v1/returns/{made['id']}/timeline"))["steps"]
        return [step["code"] for step in steps].count("cleared") == 2

    await eventually(told)
    listed = await customer.get("/v1/returns")
    assert size(listed) < BOUND
    await looked(world, made["rma"], "BOLT-1", 1_000)
    await paid(world, made["id"], 5_000)


async def test_parts_of_a_lot_are_sent_kept_and_corrected(world: World) -> None:
    """Z13, Z01: a parcel names a range; the rest is withdrawn; a corrected look stops or reverses what followed."""
    _, customer, made = await asked(world, a_line(1, 400))
    base = PieceRange.of(made["units"][0]["id"])
    parcel = {"carrier": "dhl", "tracking_number": "JD014600", "unit_ids": [str(base.part(1, 300))]}
    sent = await customer.post(f"/v1/returns/{made['id']}/shipments", parcel)
    assert {unit["id"]: unit["whereabouts"] for unit in sent["units"]} == {
        str(base.part(1, 300)): "in_transit",
        str(base.part(301, 400)): "with_customer",
    }
    wrong = {**parcel, "tracking_number": "JD014601", "unit_ids": [str(base.part(390, 401))]}
    refused = await customer.refused(f"/v1/returns/{made['id']}/shipments", wrong, status=422)
    assert refused["code"] == "no_such_unit"
    await world.scan(made["rma"], "BOLT-1", 300)
    first = await looked(world, made["rma"], "BOLT-1", 300)
    await paid(world, made["id"], 1_499)
    fixed = await looked(world, made["rma"], "BOLT-1", 280, 20, corrects=first["client_event_id"])
    assert fixed["corrects"] == first["client_event_id"]

    async def asked_about() -> list[Json] | None:
        found = (await world.agent.get(f"/v1/discrepancies?return_id={made['id']}&state=open"))["items"]
        return found if [(each["kind"], each["quantity"]) for each in found] == [("money", 20)] else None

    (question,) = await eventually(asked_about)
    waived = {"outcome": "money_recovered", "note": "the buyer paid back"}
    await world.agent.post(f"/v1/discrepancies/{question['id']}/resolution", waived)
    held = await world.until(made["id"], "awaiting_person")
    failed = [unit["id"] for unit in held["units"] if unit["whereabouts"] == "in_inspection"]
    assert failed == [str(base.part(281, 300))]
    assert len(await world.refunds(made["id"])) == 1
