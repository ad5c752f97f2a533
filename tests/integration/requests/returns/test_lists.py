"""Lists that people can work with: filters, order, search, pages, and what is shown together (N09, N13)."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from service_requests.domain.returns import rma
from tests.integration.requests.conftest import ADMIN, AGENT, ANNA, BERT, SHOP, Json, Others, RequestsService
from tests.support.waiting import eventually

OUTLET: Final = replace(SHOP, id="outlet", scopes=SHOP.scopes | {"storefront:outlet"})
PARCEL: Final = {"carrier": "dhl", "tracking_number": "JD 01-46 7788"}


async def ids(service: RequestsService, by: Any = AGENT, **query: Any) -> list[str]:
    """The ids in the answer."""
    return [item["id"] for item in (await service.see("/v1/returns", by, **query))["items"]]


async def until_step(service: RequestsService, return_id: str, code: str) -> None:
    """Until the timeline has this step."""

    async def there() -> bool:
        steps = (await service.see(f"/v1/returns/{return_id}/timeline"))["steps"]
        return code in {step["code"] for step in steps}

    await eventually(there)


async def several(service: RequestsService) -> dict[str, Json]:
    """A day apart: Anna's in review, Anna's that is sent, and Bert's that is approved in another storefront."""
    order = await service.order(ANNA, number="#1001")
    review = await service.request(order, line="L2", reason="unsafe")
    service.clock.move(days=1)
    sent = await service.request(order)
    await service.good(f"/v1/returns/{sent['id']}/shipments", PARCEL, ANNA)
    service.clock.move(hours=1)
    other = await service.order(BERT, number="4711", storefront="outlet")
    service.clock.move(days=1)
    approved = await service.request(other, BERT)
    return {"review": review, "sent": sent, "approved": approved, "order": order}


async def test_filters_find_what_fits_and_nothing_else(requests_service: RequestsService) -> None:
    """N13: each filter alone; several must all fit."""
    made = await several(requests_service)
    review, sent, approved = (made[name]["id"] for name in ("review", "sent", "approved"))
    day = datetime(2026, 11, 25, 8, tzinfo=UTC)
    for query, found in (
        ({"status": "in_review"}, [review]),
        ({"status": "in_review,shipped"}, [sent, review]),
        ({"status": ["shipped", "approved"]}, [approved, sent]),
        ({"status": "shipped, approved,in_review,closed,lapsed"}, [approved, sent, review]),
        ({"customer_id": "anna"}, [sent, review]),
        ({"customer_id": "anna", "status": "approved"}, []),
        ({"order_number": "#1001"}, [sent, review]),
        ({"order_number": "1001"}, []),
        ({"order_id": made["order"]["id"]}, [sent, review]),
        ({"storefront": "outlet"}, [approved]),
        ({"storefront": "outlet", "status": "in_review"}, []),
        ({"rma": approved_rma(made)}, [approved]),
        ({"created_since": day.isoformat()}, [approved, sent]),
        ({"created_before": day.isoformat()}, [review]),
        ({"updated_since": day.isoformat(), "updated_before": datetime(2026, 11, 26, tzinfo=UTC).isoformat()}, [sent]),
        ({}, [approved, sent, review]),
    ):
        assert await ids(requests_service, **query) == found, query


def approved_rma(made: dict[str, Json]) -> str:
    return str(made["approved"]["rma"]).lower()


@pytest.mark.parametrize("said", ["the rma", "in another form", "#1001", "1001", "jd014677 88", "anna", "ERP-7"])
async def test_a_search_finds_by_whatever_name_people_have(requests_service: RequestsService, said: str) -> None:
    """N13: return number, order number with and without its mark, tracking number, customer, reference."""
    made = await several(requests_service)
    sent = made["sent"]
    reference = {"metadata": {}, "external_reference": "ERP-7"}
    assert (await requests_service.put(f"/v1/returns/{sent['id']}/metadata", reference, AGENT)).is_success
    words = {"the rma": sent["rma"], "in another form": sent["rma"].lower().replace("-", " ")}
    found = await ids(requests_service, q=words.get(said, said))
    also = [made["review"]["id"]] if said in {"#1001", "1001", "anna"} else []
    assert found == [sent["id"], *also]
    assert await ids(requests_service, BERT, q=words.get(said, said)) == []
    assert await ids(requests_service, OUTLET, q=words.get(said, said)) == []


async def test_a_search_for_nothing_known_finds_nothing(requests_service: RequestsService) -> None:
    """N13, S-49: no part of a name, no pattern, no other customer's."""
    await several(requests_service)
    for said in ("100", "%", "_", "ann", "' OR 1=1 --", rma.draw(lambda _: 5), "#", "JD"):
        assert await ids(requests_service, q=said) == []


async def test_overdue_is_what_was_promised_and_is_late_also_after_it_was_told(
    requests_service: RequestsService,
) -> None:
    """N13, R2.1: a promise stays broken when the job has told of it; what is done is not late."""
    order = await requests_service.order(ANNA)
    review = (await requests_service.request(order, line="L2", reason="unsafe"))["id"]
    approved = (await requests_service.request(order))["id"]
    assert await ids(requests_service, overdue=True) == []
    requests_service.clock.move(days=5)
    assert await ids(requests_service, overdue=True) == [review]
    assert await ids(requests_service, overdue=False) == [approved]
    await until_step(requests_service, review, "overdue")
    assert await ids(requests_service, overdue=True) == [review]
    assert await ids(requests_service, BERT, overdue=True) == []
    await requests_service.good(f"/v1/returns/{review}/refusal", {"reason": {"en": "Not from us."}}, AGENT)
    assert await ids(requests_service, overdue=True) == []


async def test_every_order_of_the_list_goes_through_all_of_it_page_by_page(requests_service: RequestsService) -> None:
    """N09: each item once in each order, also where moments are equal; a cursor belongs to its order."""
    orders = [await requests_service.order(ANNA) for _ in range(3)]
    made = [(await requests_service.request(order, line=line))["id"] for order in orders for line in ("L1", "L2")]
    requests_service.clock.move(days=1)
    await requests_service.good(f"/v1/returns/{made[1]}/shipments", PARCEL, ANNA)
    changed = [*made[:1], *made[2:], made[1]]
    due = {each: (await requests_service.see(f"/v1/returns/{each}", AGENT))["next"]["by"] for each in made}
    assert len(set(due.values())) > 1
    for sort, expected in (
        ("created", made),
        ("-created", made[::-1]),
        ("updated", changed),
        ("-updated", changed[::-1]),
        ("due", sorted(made, key=lambda each: (due[each], each))),
    ):
        found: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = await requests_service.see("/v1/returns", AGENT, sort=sort, limit=2, **cursor)
            found += [item["id"] for item in page["items"]]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
            other = await requests_service.look("/v1/returns", AGENT, sort="-due", **cursor)
            assert (other.status_code, other.json()["code"]) == (422, "bad_cursor")
        assert found == expected, sort


async def test_a_return_is_shown_with_what_is_read_together(requests_service: RequestsService) -> None:
    """N13: the timeline, the order and the notes of colleagues in the same answer; notes for staff only."""
    made = await several(requests_service)
    path = f"/v1/returns/{made['sent']['id']}"
    await requests_service.good(f"{path}/notes", {"text": "She called."}, AGENT)
    timeline = (await requests_service.see(f"{path}/timeline", ANNA))["steps"]
    order = await requests_service.see(f"/v1/orders/{made['order']['id']}", ANNA)
    one = await requests_service.see(path, ANNA, expand="timeline,order")
    assert (one["timeline"], one["order"]) == (timeline, order)
    assert (await requests_service.see(path, ANNA))["timeline"] is None
    for asked in ("timeline,order,notes", ["timeline", "notes", "order"]):
        listed = await requests_service.see("/v1/returns", AGENT, q="jd01467788", expand=asked)
        (shown,) = listed["items"]
        assert [note["text"] for note in shown["notes"]] == ["She called."]
        assert (shown["order"], len(shown["timeline"])) == (order, len(timeline) + 1)
    for where in ("/v1/returns", path):
        assert (await requests_service.look(where, ANNA, expand="notes")).status_code == 403


async def test_a_storefronts_key_and_a_customer_see_their_own_whatever_they_ask_for(
    requests_service: RequestsService,
) -> None:
    """N13, O01: a filter only takes away."""
    made = await several(requests_service)
    approved = made["approved"]["id"]
    for query in ({}, {"storefront": "shop"}, {"customer_id": "anna"}, {"q": "anna"}, {"status": "in_review,approved"}):
        allowed = {approved} if query in ({}, {"status": "in_review,approved"}) else set()
        assert set(await ids(requests_service, OUTLET, **query)) == allowed
        assert set(await ids(requests_service, BERT, **query)) == allowed


async def test_the_storefront_of_a_return_is_kept_through_its_steps(requests_service: RequestsService) -> None:
    """N13: a return that was loaded and saved again is still found by it."""
    made = await several(requests_service)
    others = Others(requests_service, made["sent"])
    await others.receive(*(unit["id"] for unit in made["sent"]["units"]))
    await until_step(requests_service, made["sent"]["id"], "received")
    assert await ids(requests_service, storefront="shop", status="received") == [made["sent"]["id"]]
    assert (await requests_service.see(f"/v1/returns/{made['approved']['id']}"))["storefront"] == "outlet"


async def test_orders_are_found_and_listed_as_returns_are(requests_service: RequestsService) -> None:
    """N13: by number, customer and storefront, page by page; each caller sees her own."""
    made = []
    for number in ("1", "2", "3"):
        made.append((await requests_service.order(ANNA, number=number))["id"])
        requests_service.clock.move(hours=1)
    outlet = (await requests_service.order(BERT, number="1", storefront="outlet"))["id"]

    async def orders(by: Any, **query: Any) -> list[str]:
        return [each["id"] for each in (await requests_service.see("/v1/orders", by, **query))["items"]]

    assert await orders(ADMIN) == [outlet, *made[::-1]]
    assert await orders(ADMIN, number="1") == [outlet, made[0]]
    assert await orders(ADMIN, customer_id="anna", sort="created") == made
    assert await orders(ADMIN, storefront="outlet") == [outlet]
    assert (
        await orders(ADMIN, created_since=datetime(2026, 11, 24, 9, tzinfo=UTC).isoformat(), storefront="shop")
        == made[:0:-1]
    )
    assert await orders(ANNA) == made[::-1]
    assert await orders(ANNA, customer_id="bert") == []
    assert await orders(OUTLET) == [outlet]
    first = await requests_service.see("/v1/orders", ADMIN, limit=3)
    rest = await requests_service.see("/v1/orders", ADMIN, limit=3, cursor=first["next"])
    assert [each["id"] for each in (*first["items"], *rest["items"])] == [outlet, *made[::-1]]
    assert rest["next"] is None
