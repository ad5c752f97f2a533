"""Orders that cannot be are refused when they are pushed; on both engines."""

from typing import Any

import pytest

from tests.integration.requests.conftest import ANNA, BOUGHT, SHOP, RequestsService
from tests.support.world import an_order


@pytest.mark.parametrize(
    ("moments", "pointer"),
    [
        ({"ordered_at": "2036-11-18T09:00:00Z", "delivered_at": None}, "/ordered_at"),
        ({"delivered_at": "2036-11-20T09:00:00Z"}, "/delivered_at"),
        ({"delivered_at": "2026-11-10T09:00:00Z"}, "/delivered_at"),
        (
            {
                "parcels": [
                    {"id": "P1", "dispatched_at": "2026-11-21T09:00:00Z", "signed_for_at": "2026-11-19T09:00:00Z"}
                ]
            },
            "/parcels/0/signed_for_at",
        ),
    ],
)
async def test_an_order_with_times_that_cannot_be_is_refused_when_it_is_pushed(
    requests_service: RequestsService, moments: dict[str, Any], pointer: str
) -> None:
    """N06, B02, DESIGN 8: kept, it would give rights for ever or none; the field is named in both languages."""
    order = an_order(ANNA.id, **{**BOUGHT, **moments})
    for language in ("en", "zh-CN"):
        answer = await requests_service.post("/v1/orders", order, SHOP, **{"Accept-Language": language})
        assert answer.status_code == 422, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        [part] = problem["errors"]
        assert (problem["code"], part["pointer"]) == ("impossible_time", pointer)
        assert problem["detail"].isascii() == part["detail"].isascii() == (language == "en")
    assert await requests_service.parked() == []


async def test_an_order_from_a_shop_whose_clock_is_ahead_and_one_of_long_ago_are_kept(
    requests_service: RequestsService,
) -> None:
    """N06: some minutes, a wrong zone; a delivery on the day of the order of which only the day is known."""
    for moments in (
        {"ordered_at": "2026-11-24T08:03:00Z", "delivered_at": None},
        {"ordered_at": "2026-11-24T16:00:00Z", "delivered_at": "2026-11-24T16:00:00Z"},
        {"ordered_at": "2009-03-01T18:00:00Z", "delivered_at": "2009-03-01T00:00:00Z"},
    ):
        await requests_service.order(**moments)
