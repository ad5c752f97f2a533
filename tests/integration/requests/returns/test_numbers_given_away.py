"""Goods that come back after their number was given away, and facts that overtake them (Z01, Z23, B14)."""

import pytest

from service_requests.adapters.tables import unit_claims
from tests.integration.requests.conftest import ANNA, SHOP, Others, RequestsService, a_wish
from tests.integration.requests.returns.test_counted_claims import WHOLESALE, counted
from tests.support.waiting import eventually


@pytest.mark.parametrize("taker", ["another return", "a cancellation"])
async def test_z23_goods_whose_number_was_given_away_come_all_the_same(
    requests_service: RequestsService, taker: str
) -> None:
    """Z23, B14: the customer kept both coats, their numbers were taken, and then both arrive. The return lives again,
    and a later request still gets no more than the line has.
    """
    order = await requests_service.order()
    asked = await requests_service.request(order, quantity=2)
    path = f"/v1/returns/{asked['id']}"
    await requests_service.good(f"{path}/cancellation", {}, ANNA)
    if taker == "another return":
        await requests_service.request(order, quantity=2)
    else:
        body = {"cancellation_id": "C1", "lines": [{"line_id": "L1", "quantity": 2}], "at": "2026-11-19T09:00:00Z"}
        await requests_service.good(f"/v1/orders/{order['id']}/cancellations", body, SHOP)
    others = Others(requests_service, asked)
    first, second = others.units
    await others.receive(first)
    await others.receive(second)
    assert await requests_service.parked() == []
    seen = await requests_service.see(path)
    assert (seen["status"], [unit["whereabouts"] for unit in seen["units"]]) == ("received", ["at_dock", "at_dock"])
    claims = await requests_service.service.database.reader.rows(unit_claims.select())
    numbers = sorted(row["unit_no"] for row in claims if row["line_id"] == "L1")
    assert numbers == [1, 2, 3, 4]
    refused = await requests_service.post("/v1/returns", a_wish(order), ANNA)
    assert refused.status_code == 409, refused.text


async def test_z01_a_refusal_that_is_taken_back_after_its_number_was_given_away(
    requests_service: RequestsService,
) -> None:
    """Z01, B14: the refused coat went home and is asked for again; then the bench says that the refusal was wrong."""
    order = await requests_service.order()
    asked = await requests_service.request(order, quantity=2)
    others = Others(requests_service, asked)
    first, second = others.units
    await others.receive(first, second)
    await others.inspect(first, second, passed=False)
    await others.decide(first, second, accept=False)
    await requests_service.request(order, quantity=2)
    await others.correct({first: "failed", second: "failed"})
    assert await requests_service.parked() == []
    seen = await requests_service.see(f"/v1/returns/{asked['id']}")
    assert [unit["decision"] for unit in seen["units"]] == ["none", "none"]


async def test_z23_news_of_a_refund_that_overtakes_the_goods_waits_for_them(requests_service: RequestsService) -> None:
    """Z23: the customer kept the coat and sent it; inspection and refund are told in another order."""
    asked = await requests_service.request(await requests_service.order())
    others = Others(requests_service, asked)
    (unit,) = others.units
    await requests_service.good(f"/v1/returns/{asked['id']}/cancellation", {}, ANNA)
    await others.open_refund("rfd_1", unit)
    (waits,) = await requests_service.parked()
    assert waits["state"] == "waiting"
    await others.receive(unit)
    await others.inspect(unit)
    requests_service.clock.move(minutes=2)

    async def opened() -> bool:
        refunds = (await requests_service.see(f"/v1/returns/{asked['id']}"))["refunds"]
        return [refund["id"] for refund in refunds] == ["rfd_1"]

    await eventually(opened)


async def test_z13_a_lot_that_comes_back_beyond_its_line_is_not_counted(requests_service: RequestsService) -> None:
    """Z13, Z23: 60 bolts were kept, the other 40 and these are asked for again, and then the 60 arrive."""
    order = await requests_service.order(**WHOLESALE)
    asked = await requests_service.request(order, quantity=60)
    await requests_service.good(f"/v1/returns/{asked['id']}/cancellation", {}, ANNA)
    again = await requests_service.request(order, quantity=90)
    others = Others(requests_service, asked)
    await others.receive(*others.units)
    assert await requests_service.parked() == []
    assert (await requests_service.see(f"/v1/returns/{asked['id']}"))["status"] == "received"
    assert await counted(requests_service, order["id"]) == [(90, 100)]
    await requests_service.good(f"/v1/returns/{again['id']}/cancellation", {}, ANNA)
    assert await counted(requests_service, order["id"]) == [(0, 100)]
    await others.inspect(*others.units)
    assert await requests_service.parked() == []


async def test_z13_a_part_of_a_lot_that_comes_back_beyond_its_line_leaves_the_count_of_the_rest(
    requests_service: RequestsService,
) -> None:
    """Z13, Z23: of 60 bolts 30 were kept and asked for again elsewhere; all 60 arrive and are inspected."""
    order = await requests_service.order(**WHOLESALE)
    asked = await requests_service.request(order, quantity=60)
    kept = await requests_service.good(f"/v1/returns/{asked['id']}/cancellation", {"quantity": 30}, ANNA)
    await requests_service.request(order, quantity=70)
    assert await counted(requests_service, order["id"]) == [(100, 100)]
    others = Others(requests_service, kept)
    await others.receive(*others.units)
    await others.inspect(*others.units)
    assert await requests_service.parked() == []
    assert await counted(requests_service, order["id"]) == [(100, 100)]
    seen = await requests_service.see(f"/v1/returns/{asked['id']}")
    assert sum(unit["quantity"] for unit in seen["units"] if unit["decision"] == "accepted") == 60
