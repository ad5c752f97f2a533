"""What a shop tells of an order later is told once, in whatever order it comes; on both engines (N14, Z07)."""

from itertools import permutations
from typing import Any, Final

import pytest

from service_requests.domain.orders.shops.conversion import ShopKind, convert
from service_requests.domain.orders.shops.snapshot import ShopOptions
from tests.integration.requests.conftest import AGENT, SHOP, Json, RequestsService
from tests.integration.requests.orders.test_shop_webhooks import connect, deliver, example

PAID: Final = {"status": "processing", "date_paid_gmt": "2017-03-22T19:28:08", "date_completed_gmt": None}
STAGES: Final[dict[str, Json]] = {
    "pending": {
        **PAID,
        "status": "pending",
        "date_paid_gmt": None,
        "date_modified_gmt": "2017-03-22T19:28:02",
    },
    "processing": {**PAID, "date_modified_gmt": "2017-03-22T19:28:08"},
    "completed": {
        **PAID,
        "status": "completed",
        "date_completed_gmt": "2017-03-23T10:00:00",
        "date_modified_gmt": "2017-03-23T10:00:00",
    },
    "refunded": {
        **PAID,
        "status": "completed",
        "date_completed_gmt": "2017-03-23T10:00:00",
        "date_modified_gmt": "2017-03-24T10:00:00",
        "refunds": [{"id": 726, "reason": "", "total": "-10.00"}],
    },
}


def at_stage(stage: str, **but: Any) -> Json:
    return {**example("woocommerce"), **STAGES[stage], **but}


def told(order: Json) -> Json:
    """What is known of an order after its push, without the moments of refunds."""
    return {
        "payments": [(each["tender_id"], each["captured_minor"]) for each in order["payments"]],
        "parcels": [(each["id"], each["dispatched_at"]) for each in order["parcels"]],
        "refunds": [
            (each["refund_id"], [tender["amount_minor"] for tender in each["tenders"]])
            for each in order["refunds_elsewhere"]
        ],
    }


@pytest.mark.parametrize("stages", list(permutations(STAGES)), ids="-".join)
async def test_deliveries_in_any_order_and_again_come_to_the_same(
    requests_service: RequestsService, stages: tuple[str, ...]
) -> None:
    await connect(requests_service, "woocommerce")
    answers = []
    for stage in (*stages, *stages):
        answer = await deliver(requests_service, "woocommerce", at_stage(stage))
        answers.append(answer.json())
    assert {each["outcome"] for each in answers} == {"taken"}, answers
    [order_id] = {each["order_id"] for each in answers}
    order = await requests_service.see(f"/v1/orders/{order_id}", AGENT)
    assert told(order) == {
        "payments": [("payment-1", 2935)],
        "parcels": [("completed-727", "2017-03-23T10:00:00Z")],
        "refunds": [("726", [1000])],
    }


async def test_a_second_refund_with_the_same_later_moment_is_another_refund(requests_service: RequestsService) -> None:
    await connect(requests_service, "woocommerce")
    refunds = [{"id": 726, "total": "-10.00"}, {"id": 730, "total": "-1.00"}]
    answers = [
        await deliver(requests_service, "woocommerce", at_stage("refunded", refunds=refunds[:count]))
        for count in (1, 2, 2)
    ]
    assert {each.json()["outcome"] for each in answers} == {"taken"}
    order = await requests_service.see(f"/v1/orders/{answers[0].json()['order_id']}", AGENT)
    assert told(order)["refunds"] == [("726", [1000]), ("730", [100])]


async def test_a_refund_that_changed_its_amount_is_recorded_and_the_rest_is_taken_in(
    requests_service: RequestsService,
) -> None:
    """The fact that was told first stays; what came beside it is not lost."""
    await connect(requests_service, "woocommerce")
    await deliver(requests_service, "woocommerce", at_stage("processing", refunds=STAGES["refunded"]["refunds"]))
    changed = at_stage("refunded", refunds=[{"id": 726, "total": "-9.00"}])
    answer = (await deliver(requests_service, "woocommerce", changed)).json()
    assert [(each["code"], each["part"]) for each in answer["refused"]] == [("fact_differs", "refund 726")]
    order = await requests_service.see(f"/v1/orders/{answer['order_id']}", AGENT)
    assert told(order) == {
        "payments": [("payment-1", 2935)],
        "parcels": [("completed-727", "2017-03-23T10:00:00Z")],
        "refunds": [("726", [1000])],
    }


async def test_a_cancelled_order_has_no_piece_left_to_return(requests_service: RequestsService) -> None:
    await connect(requests_service, "woocommerce")
    cancelled = at_stage("processing", status="cancelled", date_modified_gmt="2017-03-22T20:00:00")
    answers = [await deliver(requests_service, "woocommerce", cancelled) for _ in range(2)]
    assert {each.json()["outcome"] for each in answers} == {"taken"}
    order = await requests_service.see(f"/v1/orders/{answers[0].json()['order_id']}", AGENT)
    assert [line["cancelled"] for line in order["lines"]] == [2, 1]


def shopify(**but: Any) -> Json:
    return {**example("shopify"), "refunds": [], **but}


MONEY: Final = {
    "nothing": shopify(financial_status="pending", total_outstanding="598.94"),
    "a part": shopify(financial_status="partially_paid", total_outstanding="398.94"),
    "everything": shopify(financial_status="paid"),
}


@pytest.mark.parametrize(
    ("stages", "payments"),
    [
        (("nothing", "a part", "everything"), [("payment-1", 20000), ("payment-1.2", 39894)]),
        (("a part", "nothing", "everything"), [("payment-1", 20000), ("payment-1.2", 39894)]),
        (("everything", "a part", "nothing"), [("payment-1", 59894)]),
        (("a part", "a part", "nothing"), [("payment-1", 20000)]),
    ],
)
async def test_an_order_comes_in_as_it_was_placed_and_its_money_follows(
    requests_service: RequestsService, stages: tuple[str, ...], payments: list[tuple[str, int]]
) -> None:
    """A16: 200.00 of 598.94, then the rest; a document that says less money is an older one."""
    await connect(requests_service, "shopify")
    answers = [(await deliver(requests_service, "shopify", MONEY[stage])).json() for stage in (*stages, *stages)]
    assert {each["outcome"] for each in answers} == {"taken"}, answers
    [order_id] = {each["order_id"] for each in answers}
    order = await requests_service.see(f"/v1/orders/{order_id}", AGENT)
    assert told(order)["payments"] == payments
    assert order["total_minor"] == 59894


async def test_payments_that_are_known_in_detail_are_not_told_again_as_one(requests_service: RequestsService) -> None:
    """The order was pushed with a gift card and a card; the shop's webhook says only that all of it is paid."""
    sale = {"kind": "sale", "status": "success", "currency": "USD", "processed_at": "2008-01-10T11:00:00-05:00"}
    paid = [
        {**sale, "id": 1, "gateway": "gift_card", "amount": "100.00"},
        {**sale, "id": 2, "gateway": "bogus", "amount": "498.94"},
    ]
    pushed = convert(ShopKind.SHOPIFY, shopify(transactions=paid), ShopOptions(storefront="main")).order
    order = await requests_service.post("/v1/orders", pushed, SHOP)
    assert order.status_code == 201, order.text
    await connect(requests_service, "shopify")
    answer = (await deliver(requests_service, "shopify", MONEY["everything"])).json()
    assert (answer["outcome"], answer["order_id"]) == ("taken", order.json()["id"]), answer
    found = await requests_service.see(f"/v1/orders/{answer['order_id']}", AGENT)
    assert told(found)["payments"] == []


async def test_captures_of_one_payment_add_up(requests_service: RequestsService) -> None:
    """Medusa may capture a payment in parts: 40.00, then 73.30."""
    await connect(requests_service, "medusa")
    captures = [
        {"id": "capt_1", "amount": 40, "created_at": "2025-01-10T12:00:02.000Z"},
        {"id": "capt_2", "amount": 73.3, "created_at": "2025-01-12T12:00:02.000Z"},
    ]
    answers = []
    for count in (1, 2, 2, 1):
        document = example("medusa")
        document["order"]["payment_collections"][0]["payments"][0]["captures"] = captures[:count]
        answers.append((await deliver(requests_service, "medusa", document)).json())
    assert {each["outcome"] for each in answers} == {"taken"}, answers
    order = await requests_service.see(f"/v1/orders/{answers[0]['order_id']}", AGENT)
    assert told(order)["payments"] == [("pay_1", 4000), ("pay_1.2", 7330)]
