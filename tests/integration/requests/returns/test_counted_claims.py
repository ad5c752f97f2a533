"""Z13, B14: pieces of a wholesale line are counted; the sum never exceeds the line, whoever is first."""

import asyncio
from typing import Any, Final

from service_requests.adapters.tables import line_claims
from tests.integration.requests.conftest import AGENT, ANNA, SHOP, RequestsService, a_wish
from tests.integration.requests.returns.test_request import claimed

LINE: Final[dict[str, Any]] = {
    "line_id": "L1",
    "sku": "BOLT",
    "name": "Bolt",
    "category": "clothing",
    "quantity": 100,
    "unit_price_minor": 5,
    "discount_minor": 0,
    "paid_minor": 500,
}
WHOLESALE: Final[dict[str, Any]] = {
    "lines": [LINE],
    "tenders": [{"tender_id": "T1", "kind": "card", "captured_minor": 500, "reference": "ch_1"}],
    "freight": {"paid_minor": 0},
    "total_minor": 500,
}


async def counted(service: RequestsService, order_id: str) -> list[tuple[int, int]]:
    rows = await service.service.database.reader.load(line_claims, "order_id", order_id)
    return [(row["claimed"], row["most"]) for row in rows]


async def test_rivals_for_a_wholesale_line_never_get_more_than_there_is(requests_service: RequestsService) -> None:
    """Eight at once want 30 of 100, as lots and as single units; three get theirs; one gives its own back."""
    order = await requests_service.order(**WHOLESALE)
    answers = await asyncio.gather(
        *(requests_service.post("/v1/returns", a_wish(order, quantity=30), ANNA) for _ in range(8))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 201, 201, *[409] * 5]
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert refused["code"] == "units_already_returned"
    assert refused["detail"].startswith("10 of 100 item(s)")
    assert await counted(requests_service, order["id"]) == [(90, 100)]
    assert await claimed(requests_service, order) == []
    made = next(answer.json() for answer in answers if answer.status_code == 201)
    await requests_service.good(f"/v1/returns/{made['id']}/cancellation", {}, ANNA)
    assert await counted(requests_service, order["id"]) == [(60, 100)]


async def test_a_lot_is_one_row_whose_parts_are_given_back(requests_service: RequestsService) -> None:
    order = await requests_service.order(**WHOLESALE)
    made = await requests_service.request(order, quantity=80)
    (unit,) = made["units"]
    assert (unit["quantity"], unit["id"].endswith("~1-80")) == (80, True)
    assert await counted(requests_service, order["id"]) == [(80, 100)]
    part = {"carrier": "dhl", "tracking_number": "JD014600", "unit_ids": [unit["id"].replace("~1-80", "~1-50")]}
    await requests_service.good(f"/v1/returns/{made['id']}/shipments", part, ANNA)
    seen = await requests_service.see(f"/v1/returns/{made['id']}", AGENT)
    assert sorted(each["quantity"] for each in seen["units"]) == [30, 50]
    verdict = await requests_service.post("/v1/eligibility", a_wish(order, quantity=21), ANNA)
    assert verdict.json()["code"] == "units_already_returned"


async def test_cancelled_pieces_of_a_wholesale_order_are_counted(requests_service: RequestsService) -> None:
    """A16: what was cancelled before it was sent does not come back; what is asked back cannot be cancelled."""
    order = await requests_service.order(**WHOLESALE)
    told = {"cancellation_id": "c1", "lines": [{"line_id": "L1", "quantity": 40}], "at": "2026-11-19T09:00:00Z"}

    for _ in range(2):
        await requests_service.good(f"/v1/orders/{order['id']}/cancellations", told, SHOP)
    assert await counted(requests_service, order["id"]) == [(40, 100)]
    refused = await requests_service.post("/v1/returns", a_wish(order, quantity=61), ANNA)
    assert refused.json()["code"] == "units_were_cancelled"
    made = await requests_service.request(order, quantity=60)
    assert made["units"][0]["quantity"] == 60
    late = {**told, "cancellation_id": "c2", "lines": [{"line_id": "L1", "quantity": 1}]}
    answer = await requests_service.post(f"/v1/orders/{order['id']}/cancellations", late, SHOP)
    assert (answer.status_code, answer.json()["code"]) == (409, "more_cancelled_than_open")
