"""A system key that is bound to a storefront sees and changes only returns of that storefront's orders."""

from dataclasses import replace
from typing import Any

import pytest

from tests.integration.requests.conftest import ANNA, SHOP, RequestsService, a_wish

OTHER = replace(SHOP, id="other", scopes=SHOP.scopes | {"storefront:other"})
BOUND = replace(SHOP, id="bound", scopes=SHOP.scopes | {"storefront:shop"})
ACTS: list[tuple[str, str, dict[str, Any]]] = [
    ("put", "metadata", {"metadata": {"ticket": "7"}}),
    ("post", "shipments", {"carrier": "DHL", "tracking_number": "JD014600001"}),
    ("post", "cancellation", {}),
]


@pytest.mark.parametrize("query", [{}, {"status": "approved"}, {"external_reference": "case 7"}])
async def test_a_bound_key_lists_returns_of_its_storefront_only(
    requests_service: RequestsService, query: dict[str, str]
) -> None:
    order = await requests_service.order()
    wish = {**a_wish(order, line="L1"), "external_reference": "case 7"}
    asked = await requests_service.good("/v1/returns", wish, ANNA)
    for who, expected in ((SHOP, [asked["id"]]), (BOUND, [asked["id"]]), (OTHER, [])):
        found = await requests_service.see("/v1/returns", who, **query)
        assert [each["id"] for each in found["items"]] == expected
    assert (await requests_service.see("/v1/returns", OTHER, order_id=order["id"]))["items"] == []


@pytest.mark.parametrize("path", ["", "/timeline", "/decision"])
async def test_a_bound_key_reads_returns_of_its_storefront_only(requests_service: RequestsService, path: str) -> None:
    asked = await requests_service.request(await requests_service.order())
    for who, expected in ((SHOP, 200), (BOUND, 200), (OTHER, 404)):
        assert (await requests_service.look(f"/v1/returns/{asked['id']}{path}", who)).status_code == expected


@pytest.mark.parametrize(("verb", "path", "body"), ACTS)
async def test_a_bound_key_changes_returns_of_its_storefront_only(
    requests_service: RequestsService, verb: str, path: str, body: dict[str, Any]
) -> None:
    asked = await requests_service.request(await requests_service.order())
    act = getattr(requests_service, verb)
    url = f"/v1/returns/{asked['id']}/{path}"
    before = await requests_service.see(f"/v1/returns/{asked['id']}")
    refused = await act(url, body, OTHER)
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert await requests_service.see(f"/v1/returns/{asked['id']}") == before
    assert (await act(url, body, BOUND)).is_success
