"""Whole stories of orders to which something happens after the push, through the gateway, in both modes (Z07, A16)."""

from typing import Any

from tests.support.waiting import eventually
from tests.support.world import World, an_order, days_ago, good

COAT = 9_231
"""One of two coats: half of 184.62."""


async def known_to_refunds(world: World, order_id: str, kind: str, key: str, settled: int) -> None:
    """Wait until the refunds service has heard of the fact."""

    async def look() -> bool:
        ledger = await world.finance.call("GET", f"/v1/ledger?order_id={order_id}")
        if ledger.status_code == 404:  # the order itself has not arrived yet
            return False
        balances = good(ledger)["balances"]
        return any((each["kind"], each["key"], each["settled_minor"]) == (kind, key, settled) for each in balances)

    await eventually(look)


async def test_z07_sent_delivered_one_line_cancelled_and_a_part_paid_back_by_the_shop(world: World) -> None:
    """The window begins with the delivery that was told later; what the shop has paid back is not paid again."""
    customer_id, customer = await world.customer()
    body = an_order(customer_id, delivered_at=None, ordered_at=days_ago(60))
    order = await world.shop.post("/v1/orders", body)
    url = f"/v1/orders/{order['id']}"
    sent = {"id": "P1", "line_ids": ["L1"], "dispatched_at": days_ago(50), "carrier": "DHL", "tracking_number": "JD 1"}
    await world.shop.post(f"{url}/parcels", {"parcels": [sent]})
    cancellation = {"cancellation_id": "C1", "lines": [{"line_id": "L2", "quantity": 1}], "at": days_ago(49)}
    await world.shop.post(f"{url}/cancellations", cancellation)
    refund: dict[str, Any] = {
        "refund_id": "re_1",
        "at": days_ago(48),
        "tenders": [{"tender_id": "T2", "amount_minor": 5_538 + 1_000}],
        "lines": [
            {"line_id": "L2", "quantity": 1, "amount_minor": 5_538},
            {"line_id": "L1", "quantity": 2, "amount_minor": 1_000},
        ],
    }
    told = await world.shop.post(f"{url}/refunds", refund)
    assert await world.shop.post(f"{url}/refunds", refund) == told
    many = [{"number": order["number"], "storefront": "shop", "id": "P1", "delivered_at": days_ago(3)}]
    delivered = await world.shop.post("/v1/parcels", {"parcels": many})
    assert delivered["items"][0]["parcels"][0]["carrier"] == "DHL"
    assert (await customer.get(url))["lines"][1]["cancelled"] == 1
    refused = await customer.refused(
        "/v1/returns",
        {
            "order_id": order["id"],
            "lines": [{"line_id": "L2", "quantity": 1, "reason": "changed_mind", "condition": "unopened"}],
        },
        status=409,
    )
    assert refused["code"] == "units_were_cancelled"
    asked = await world.request(customer, order, quantity=2)
    assert asked["status"] == "approved"
    await known_to_refunds(world, order["id"], "tender", "T2", 6_538)
    await world.scan(asked["rma"], "COAT-M", 2)
    await world.inspect(asked["rma"], "COAT-M", 2)
    await world.until(asked["id"], "closed")
    (paid,) = await world.refunds(asked["id"])
    # 184.62 for both coats, less 10.00 that the shop paid back for them, and the freight of the whole contract
    assert paid["amount"]["amount_minor"] == 18_462 - 1_000 + 1_000
    assert (await world.finance.get("/v1/finance/paid-twice?limit=200"))["items"] == []


async def test_z07_everything_was_paid_back_by_the_shop_and_the_return_ends_all_the_same(world: World) -> None:
    customer_id, customer = await world.customer()
    order = await world.order(customer_id)
    refund = {
        "refund_id": "re_2",
        "at": days_ago(1),
        "tenders": [{"tender_id": "T1", "amount_minor": 5_000}, {"tender_id": "T2", "amount_minor": 20_000}],
    }
    await world.shop.post(f"/v1/orders/{order['id']}/refunds", refund)
    await known_to_refunds(world, order["id"], "tender", "T2", 20_000)
    asked = await world.request(customer, order)
    await world.scan(asked["rma"], "COAT-M")
    await world.inspect(asked["rma"], "COAT-M")
    await world.until(asked["id"], "closed")
    (paid,) = await world.refunds(asked["id"])
    assert (paid["amount"]["amount_minor"], paid["state"]) == (0, "settled")
    parts = {part["name"]: part["amount_minor"] for part in paid["components"]}
    assert parts["refunded_elsewhere_net"] == -COAT


async def test_a16_a_deposit_and_the_rest_on_delivery_go_back_to_both(world: World) -> None:
    customer_id, customer = await world.customer()
    body = an_order(customer_id)
    body["tenders"] = [{"tender_id": "T1", "kind": "card", "captured_minor": 5_000, "reference": "ch_deposit"}]
    order = await world.shop.post("/v1/orders", body)
    rest = {
        "tender_id": "T2",
        "kind": "bank_transfer",
        "captured_minor": 20_000,
        "reference": "tr_1",
        "at": days_ago(9),
    }
    url = f"/v1/orders/{order['id']}/payments"
    told = await world.shop.post(url, rest)
    assert await world.shop.post(url, rest) == told
    more = await world.shop.refused(url, {**rest, "tender_id": "T3"}, status=409)
    assert more["code"] == "captured_beyond_total"

    async def known() -> bool:
        answer = await world.finance.call("GET", f"/v1/ledger?order_id={order['id']}")
        return answer.status_code == 200 and any(
            (each["kind"], each["key"], each["cap_minor"]) == ("order", "captured", 25_000)
            for each in answer.json()["balances"]
        )

    await eventually(known)
    asked = await world.request(customer, order)
    await world.scan(asked["rma"], "COAT-M")
    await world.inspect(asked["rma"], "COAT-M")
    await world.until(asked["id"], "closed")
    (paid,) = await world.refunds(asked["id"])
    assert {each["tender_id"]: each["amount_minor"] for each in paid["payouts"]} == {"T1": 1_846, "T2": 7_385}


async def test_a_key_of_one_storefront_tells_nothing_of_another(world: World) -> None:
    customer_id, _ = await world.customer()
    order = await world.order(customer_id)
    scopes = ["orders:write", "orders:read"]
    for storefront, status in (("other", 404), ("shop", 201)):
        made = await world.admin.post(
            "/v1/keys", {"kind": "system", "name": "bound", "scopes": scopes, "storefront": storefront}
        )
        caller = type(world.shop)(world.http, made["key"])
        body = {"parcels": [{"id": "P1", "tracking_number": "1Z 999"}]}
        answer = await caller.call("POST", f"/v1/orders/{order['id']}/parcels", body)
        assert answer.status_code == status, answer.text
