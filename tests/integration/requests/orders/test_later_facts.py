"""What happens to an order after its push: told once, kept beside the snapshot, seen by returns (A16)."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from service_requests.adapters.tables import orders
from shared.kernel.principal import Kind, Principal, Role
from tests.integration.requests.conftest import ADMIN, AGENT, ANNA, BERT, BOUGHT, SHOP, RequestsService, a_wish
from tests.support.world import an_order

FINANCE = Principal(Kind.STAFF, "cao", frozenset({Role.FINANCE}))
OTHER_SHOP = replace(SHOP, id="other", scopes=SHOP.scopes | {"storefront:other"})

A_PARCEL = {"id": "P1", "line_ids": ["L1"], "dispatched_at": "2026-11-19T09:00:00Z"}
A_CANCELLATION = {
    "cancellation_id": "C1",
    "lines": [{"line_id": "L1", "quantity": 1}],
    "at": "2026-11-19T09:00:00Z",
}
A_REFUND = {
    "refund_id": "re_1",
    "at": "2026-11-20T09:00:00Z",
    "tenders": [{"tender_id": "T2", "amount_minor": 2000}],
    "lines": [{"line_id": "L1", "quantity": 1, "amount_minor": 2000}],
}
FACTS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "cancellations": (A_CANCELLATION, {"lines": [{"line_id": "L2", "quantity": 1}]}, "/lines"),
    "refunds": (A_REFUND, {"tenders": [{"tender_id": "T1", "amount_minor": 2000}]}, "/tenders"),
}


@pytest.mark.parametrize("path", FACTS)
async def test_z07_a_fact_is_told_once_however_often_it_comes(requests_service: RequestsService, path: str) -> None:
    """A16: 201, then 200 with the same answer; the same id with other contents names the field."""
    order = await requests_service.order()
    fact, other, pointer = FACTS[path]
    url = f"/v1/orders/{order['id']}/{path}"
    first = await requests_service.post(url, fact, SHOP)
    again = await requests_service.post(url, fact, SHOP)
    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert first.json() == again.json() == await requests_service.see(f"/v1/orders/{order['id']}", SHOP)
    assert first.headers["ETag"] == again.headers["ETag"] == '"2"'
    differs = await requests_service.post(url, {**fact, **other}, SHOP)
    assert (differs.status_code, differs.json()["code"]) == (409, "fact_differs")
    assert [error["pointer"] for error in differs.json()["errors"]] == [pointer]
    assert len(await requests_service.events(order["id"], 2)) == 2


async def test_z07_parcels_are_told_several_times_and_later_ones_fill_what_is_missing(
    requests_service: RequestsService,
) -> None:
    order = await requests_service.order(delivered_at=None)
    url = f"/v1/orders/{order['id']}/parcels"
    await requests_service.good(url, {"parcels": [A_PARCEL]}, SHOP)
    delivered = {"id": "P1", "delivered_at": "2026-11-20T09:00:00Z", "tracking_number": "1Z 999 AA1"}
    told = await requests_service.good(url, {"parcels": [delivered, {"id": "P2", "line_ids": ["L2"]}]}, AGENT)
    one, two = told["parcels"]
    assert (one["line_ids"], one["dispatched_at"], one["delivered_at"]) == (
        ["L1"], "2026-11-19T09:00:00Z", "2026-11-20T09:00:00Z",
    )  # fmt: skip
    assert (two["id"], two["delivered_at"]) == ("P2", None)
    assert (await requests_service.post(url, {"parcels": [delivered]}, SHOP)).status_code == 200
    moved = await requests_service.post(url, {"parcels": [{**delivered, "delivered_at": "2026-11-21T09:00:00Z"}]}, SHOP)
    assert (moved.status_code, moved.json()["errors"][0]["pointer"]) == (409, "/parcels/0/delivered_at")
    types = [each.type for each in await requests_service.events(order["id"], 4)]
    assert types == ["order.imported.v1", *["order.parcel_told.v1"] * 3]
    rows = await requests_service.service.database.reader.rows(orders.select())
    assert [row["version"] for row in rows] == [1]


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("parcels", {"parcels": [{"id": "P1", "line_ids": ["L9"]}]}, "/parcels/0/line_ids/0"),
        ("parcels", {"parcels": [{"id": "P1", "delivered_at": "2036-01-01T00:00:00Z"}]}, "/parcels/0/delivered_at"),
        ("parcels", {"parcels": [{"id": "P1", "delivered_at": "2026-11-01T00:00:00Z"}]}, "/parcels/0/delivered_at"),
        ("cancellations", {**A_CANCELLATION, "lines": [{"line_id": "L9", "quantity": 1}]}, "/lines/0/line_id"),
        ("cancellations", {**A_CANCELLATION, "at": "2026-11-01T00:00:00Z"}, "/at"),
        ("refunds", {**A_REFUND, "tenders": [{"tender_id": "T9", "amount_minor": 2000}]}, "/tenders/0/tender_id"),
        ("refunds", {**A_REFUND, "freight_minor": 1}, "/tenders"),
        ("refunds", {**A_REFUND, "at": "2036-01-01T00:00:00Z"}, "/at"),
        ("payments", {"tender_id": "T3", "kind": "card", "captured_minor": 0, "reference": "c",
                      "at": "2026-11-20T09:00:00Z"}, "/captured_minor"),
    ],
)  # fmt: skip
async def test_z07_what_cannot_be_is_refused_with_its_place(
    requests_service: RequestsService, path: str, body: dict[str, Any], pointer: str
) -> None:
    order = await requests_service.order()
    answer = await requests_service.post(f"/v1/orders/{order['id']}/{path}", body, SHOP)
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert (await requests_service.see(f"/v1/orders/{order['id']}"))["version"] == 1


async def test_z07_parcels_of_many_orders_are_told_at_once_or_not_at_all(requests_service: RequestsService) -> None:
    pushed = [await requests_service.order(delivered_at=None) for _ in range(3)]
    parcels = [
        {"number": each["number"], "storefront": "shop", "id": "P1", "delivered_at": "2026-11-20T09:00:00Z"}
        for each in pushed
    ]
    more = {**parcels[0], "id": "P2"}
    lost = {**parcels[0], "number": "nobody"}
    assert (await requests_service.post("/v1/parcels", {"parcels": [*parcels, lost]}, SHOP)).status_code == 404
    assert (await requests_service.see(f"/v1/orders/{pushed[0]['id']}"))["parcels"] == []
    told = await requests_service.good("/v1/parcels", {"parcels": [*parcels, more]}, SHOP)
    assert [[parcel["id"] for parcel in each["parcels"]] for each in told["items"]] == [["P1", "P2"], ["P1"], ["P1"]]
    again = await requests_service.good("/v1/parcels", {"parcels": [*parcels, more]}, SHOP)
    assert again == told


async def test_z07_the_same_push_with_what_came_later_is_taken_in(requests_service: RequestsService) -> None:
    """Not a 409 for everything: a delivery and parcels are facts; another field is named with its operation."""
    body = an_order(ANNA.id, **{**BOUGHT, "delivered_at": None})
    first = await requests_service.good("/v1/orders", body, SHOP)
    later = {**body, "delivered_at": BOUGHT["delivered_at"]}
    told = await requests_service.post("/v1/orders", later, SHOP)
    assert (told.status_code, told.json()["delivered_at"]) == (200, "2026-11-20T09:00:00Z"), told.text
    assert (await requests_service.post("/v1/orders", later, SHOP)).json() == told.json()
    assert (await requests_service.post("/v1/orders", body, SHOP)).json() == told.json()
    parcels = {**later, "parcels": [{"id": "P1", "dispatched_at": "2026-11-19T09:00:00Z"}]}
    parcels["lines"] = [{**line, "parcels": ["P1"]} for line in body["lines"]]
    sent = await requests_service.good("/v1/orders", parcels, SHOP)
    assert sent["parcels"][0]["line_ids"] == ["L1", "L2"]
    other = await requests_service.post("/v1/orders", {**later, "delivered_at": "2026-11-21T09:00:00Z"}, SHOP)
    assert (other.status_code, other.json()["errors"][0]["pointer"]) == (409, "/delivered_at")
    await requests_service.good(f"/v1/orders/{first['id']}/refunds", A_REFUND, SHOP)
    assert (await requests_service.post("/v1/orders", later, SHOP)).status_code == 200
    renamed = await requests_service.post("/v1/orders", {**body, "language": "zh-CN"}, SHOP)
    assert (renamed.status_code, renamed.json()["errors"][0]["pointer"]) == (409, "/language")
    assert f"PUT /v1/orders/{first['id']}" in renamed.json()["detail"]
    assert (await requests_service.see(f"/v1/orders/{first['id']}"))["language"] == "en"


async def test_z07_a_delivery_told_later_decides_a_return_asked_later_and_replays_an_earlier_one(
    requests_service: RequestsService,
) -> None:
    """B02, B10: the open return is not decided twice, and its decision comes out the same."""
    order = await requests_service.order(ordered_at="2026-09-01T09:00:00Z", delivered_at=None)
    early = await requests_service.request(order)
    assert early["status"] == "in_review"
    url = f"/v1/orders/{order['id']}/parcels"
    await requests_service.good(url, {"parcels": [{"id": "P1", "delivered_at": "2026-09-04T09:00:00Z"}]}, SHOP)
    late = await requests_service.request(order, line="L2")
    assert late["status"] == "refused"
    assert (await requests_service.see(f"/v1/returns/{early['id']}"))["status"] == "in_review"
    for asked in (early, late):
        trace = await requests_service.see(f"/v1/returns/{asked['id']}/decision")
        assert trace["same"] is True


async def test_z04_a_line_in_a_parcel_without_dates_is_not_refused(requests_service: RequestsService) -> None:
    order = await requests_service.order(ordered_at="2026-09-25T09:00:00Z", delivered_at=None)
    parcels = [
        {"id": "p1", "line_ids": ["L1"], "delivered_at": "2026-10-10T09:00:00Z"},
        {"id": "p2", "line_ids": ["L2"]},
    ]
    await requests_service.good(f"/v1/orders/{order['id']}/parcels", {"parcels": parcels}, SHOP)
    assert (await requests_service.request(order, line="L2"))["status"] == "in_review"
    arrived = {"parcels": [{"id": "p2", "delivered_at": "2026-11-22T09:00:00Z"}]}
    await requests_service.good(f"/v1/orders/{order['id']}/parcels", arrived, SHOP)
    assert (await requests_service.request(order, line="L1"))["status"] == "approved"


async def test_z07_cancelled_units_do_not_come_back_and_are_not_waited_for(requests_service: RequestsService) -> None:
    order = await requests_service.order()
    url = f"/v1/orders/{order['id']}/cancellations"
    told = await requests_service.good(url, A_CANCELLATION, SHOP)
    assert [line["cancelled"] for line in told["lines"]] == [1, 0]
    for path in ("/v1/returns", "/v1/eligibility"):
        wish = a_wish(order, quantity=2)
        answer = await requests_service.post(path, wish, ANNA)
        assert (answer.status_code, answer.json()["code"]) == (409, "units_were_cancelled"), answer.text
    both = {"order_id": order["id"], "lines": [a_wish(order)["lines"][0], a_wish(order, line="L2")["lines"][0]]}
    asked = await requests_service.good("/v1/returns", both, ANNA)
    events = await requests_service.events(asked["id"], 2)
    approved = next(each for each in events if each.type == "return.approved.v1")
    assert approved.data["whole_order"] is True
    more = {**A_CANCELLATION, "cancellation_id": "C2"}
    refused = await requests_service.post(url, more, SHOP)
    assert (refused.status_code, refused.json()["code"]) == (409, "more_cancelled_than_open")


async def test_z07_a_cancellation_and_a_return_at_the_same_time_never_have_the_same_unit(
    requests_service: RequestsService,
) -> None:
    """B14: the claim of the unit decides; of one unit only one of the two has it."""
    for _ in range(5):
        order = await requests_service.order()
        cancelled = {**A_CANCELLATION, "lines": [{"line_id": "L2", "quantity": 1}]}
        answers = await asyncio.gather(
            requests_service.post("/v1/returns", a_wish(order, line="L2"), ANNA),
            requests_service.post(f"/v1/orders/{order['id']}/cancellations", cancelled, SHOP),
        )
        assert sorted(each.status_code for each in answers) == [201, 409], [each.text for each in answers]


async def test_z07_a_snapshot_on_which_nothing_rests_is_corrected_and_another_is_not(
    requests_service: RequestsService,
) -> None:
    body = an_order(ANNA.id, **BOUGHT)
    order = await requests_service.good("/v1/orders", body, SHOP)
    url = f"/v1/orders/{order['id']}"
    right = {**body, "regime": "UK", "currency": "GBP"}
    corrected = await requests_service.put(url, right, SHOP)
    assert (corrected.status_code, corrected.json()["regime"]) == (200, "UK"), corrected.text
    assert (await requests_service.put(url, right, SHOP)).json() == corrected.json()
    assert (await requests_service.see(url))["currency"] == "GBP"
    told = await requests_service.events(order["id"], 2)
    assert [(each.type, each.data["currency"]) for each in told] == [
        ("order.imported.v1", "EUR"), ("order.corrected.v1", "GBP"),
    ]  # fmt: skip
    other = await requests_service.put(url, {**right, "number": "another"}, SHOP)
    assert (other.status_code, other.json()["errors"][0]["pointer"]) == (409, "/number")
    wrong = await requests_service.put(url, {**right, "total_minor": 1}, SHOP)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "order_does_not_reconcile")
    asked = await requests_service.request(order)
    used = await requests_service.put(url, body, SHOP)
    assert (used.status_code, used.json()["code"]) == (409, "order_is_used")
    assert asked["id"] in used.json()["detail"]
    trace = await requests_service.see(f"/v1/returns/{asked['id']}/decision")
    assert (trace["law"].startswith("UK"), trace["same"]) == (True, True)


async def test_z07_a_correction_and_a_return_at_the_same_time_never_both_succeed_on_the_old_snapshot(
    requests_service: RequestsService,
) -> None:
    for _ in range(5):
        body = an_order(ANNA.id, **BOUGHT)
        order = await requests_service.good("/v1/orders", body, SHOP)
        right = {**body, "regime": "UK", "currency": "GBP"}
        asked, corrected = await asyncio.gather(
            requests_service.post("/v1/returns", a_wish(order), ANNA),
            requests_service.put(f"/v1/orders/{order['id']}", right, SHOP),
        )
        assert asked.status_code == 201, asked.text
        trace = await requests_service.see(f"/v1/returns/{asked.json()['id']}/decision")
        law = "UK" if corrected.status_code == 200 else "EU"
        assert (trace["law"][:2], trace["same"]) == (law, True)


async def test_a_fact_first_and_no_correction_after_it(requests_service: RequestsService) -> None:
    body = an_order(ANNA.id, **BOUGHT)
    order = await requests_service.good("/v1/orders", body, SHOP)
    await requests_service.good(f"/v1/orders/{order['id']}/refunds", A_REFUND, FINANCE)
    used = await requests_service.put(f"/v1/orders/{order['id']}", {**body, "language": "zh-CN"}, ADMIN)
    assert (used.status_code, used.json()["code"]) == (409, "order_is_used")
    assert "refund" in used.json()["detail"]


async def test_a_storefront_tells_facts_of_its_own_orders_only(requests_service: RequestsService) -> None:
    """A key that is bound to a storefront does not see the orders of another; customers tell nothing."""
    order = await requests_service.order()
    for path, (fact, _, _) in FACTS.items():
        url = f"/v1/orders/{order['id']}/{path}"
        assert (await requests_service.post(url, fact, OTHER_SHOP)).status_code == 404
        assert (await requests_service.post(url, fact, BERT)).status_code == 403
    many = {"parcels": [{"number": order["number"], "storefront": "shop", "id": "P1"}]}
    assert (await requests_service.post("/v1/parcels", many, OTHER_SHOP)).status_code == 404
    assert (await requests_service.look(f"/v1/orders/{order['id']}", OTHER_SHOP)).status_code == 404
    pushed = await requests_service.post("/v1/orders", an_order(ANNA.id, **BOUGHT), OTHER_SHOP)
    assert (pushed.status_code, pushed.json()["code"]) == (403, "forbidden")


async def test_a16_a_push_that_repeats_a_payment_told_later_is_the_same_order(
    requests_service: RequestsService,
) -> None:
    body = an_order(ANNA.id, **BOUGHT)
    deposit, rest = body["tenders"]
    first = {**body, "tenders": [deposit]}
    order = await requests_service.good("/v1/orders", first, SHOP)
    payment = {**rest, "at": "2026-11-20T09:00:00Z"}
    url = f"/v1/orders/{order['id']}/payments"
    told = await requests_service.good(url, payment, SHOP)
    assert [each["captured_minor"] for each in told["payments"]] == [rest["captured_minor"]]
    for push in (first, body):
        assert (await requests_service.good("/v1/orders", push, SHOP))["version"] == 2
    for other, pointer, code in (
        ({"captured_minor": 1}, "/captured_minor", "fact_differs"),
        ({"reference": "another"}, "/reference", "fact_differs"),
        ({"tender_id": "T1"}, "/kind", "tender_differs"),
        ({"tender_id": "T9"}, "/captured_minor", "captured_beyond_total"),
    ):
        answer = await requests_service.post(url, {**payment, **other}, SHOP)
        assert (answer.status_code, answer.json()["code"]) == (409, code), answer.text
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert [each.type for each in await requests_service.events(order["id"], 2)][-1] == "order.payment_captured.v1"
