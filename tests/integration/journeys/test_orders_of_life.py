"""Orders as shops have them, from the push to the last cent, through the gateway, in both modes."""

from tests.support.world import World, an_order


async def test_an_order_with_wrap_fee_and_voucher_comes_back_as_a_whole(world: World) -> None:
    """A17, Z05, Z36: wrap 3.50, payment fee 2.00, postage 5.90, voucher 10.00; scanned in another case than bought."""
    customer_id, customer = await world.customer()
    push = an_order(
        customer_id,
        number="#1001 订单",
        language="zh-Hant-TW",
        lines=[
            {"line_id": "Zeile 1", "sku": "Mug Blue", "name": "Mug", "quantity": 2, "unit_price_minor": 4000,
             "paid_minor": 8000, "taxes": [{"rate": "0.19", "amount_minor": 1277}]},
            {"line_id": "Voucher", "sku": "V-10", "name": "Voucher", "quantity": 1, "paid_minor": -1000},
        ],
        charges=[
            {"charge_id": "gift wrap", "kind": "wrap", "name": "Gift wrap", "paid_minor": 350},
            {"charge_id": "fee", "kind": "payment_fee", "paid_minor": 200},
        ],
        freight={"paid_minor": 590, "standard_minor": 590},
        tenders=[{"tender_id": "T 1", "kind": "cash_on_delivery", "captured_minor": 8140, "reference": "door #7"}],
        total_minor=8140,
    )  # fmt: skip
    order = await world.shop.post("/v1/orders", push)
    found = await world.shop.get("/v1/orders?number=%231001%20%E8%AE%A2%E5%8D%95")
    assert [each["id"] for each in found["items"]] == [order["id"]]
    asked = await world.request(customer, order, line_id="Zeile 1", quantity=2)
    assert asked["status"] == "approved"
    sent = {"carrier": "SF Express", "tracking_number": "1Z 999 AA1 01 2345 6784"}
    await customer.post(f"/v1/returns/{asked['id']}/shipments", sent)
    await world.scan(asked["rma"], "MUG BLUE", 2)
    await world.inspect(asked["rma"], "mug blue", 2)
    await world.until(asked["id"], "closed")
    (refund,) = await world.refunds(asked["id"])
    assert (refund["state"], refund["amount"]["amount_minor"]) == ("settled", 8140)
    assert [payout["kind"] for payout in refund["payouts"]] == ["bank_transfer"]
    assert sorted({part["name"] for part in refund["components"]}) == [
        "goods_net", "goods_tax", "order_fee_net", "outbound_freight_net",
    ]  # fmt: skip


async def test_of_a_deposit_the_deposit_comes_back(world: World) -> None:
    """Z36: 50.00 of 250.00 was paid."""
    customer_id, customer = await world.customer()
    order = await world.order(
        customer_id,
        tenders=[{"tender_id": "T1", "kind": "card", "captured_minor": 5000, "reference": "ch_deposit"}],
    )
    asked = await world.request(customer, order, quantity=2)
    await world.scan(asked["rma"], "COAT-M", 2)
    await world.inspect(asked["rma"], "COAT-M", 2)
    await world.until(asked["id"], "closed")
    (refund,) = await world.refunds(asked["id"])
    assert (refund["state"], refund["amount"]["amount_minor"]) == ("settled", 5000)
