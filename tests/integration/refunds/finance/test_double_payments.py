"""Money that may have gone back twice: a person closes each entry, and the list shows what is open (Z07)."""

from typing import Any
from uuid import uuid4

import pytest

from service_refunds.adapters.tables import paid_twice
from shared.contracts import events
from shared.kernel.principal import Kind, Principal, Role
from tests.integration.refunds.running_refunds import (
    ADMIN,
    FINANCE,
    START,
    RunningRefunds,
    _as,
    a_database,
    an_order,
    running_refunds,
)


async def close(house: RunningRefunds, entry: str, key: str = "", **but: Any) -> Any:
    who = but.pop("who", FINANCE)
    return await house.http.post(
        f"/v1/finance/paid-twice/{entry}/closure",
        json={"outcome": "recovered", "reason": "Transfer 4711", **but},
        headers={**_as(who), "Idempotency-Key": key or uuid4().hex},
    )


async def entries(house: RunningRefunds, query: str = "") -> list[Any]:
    found: list[Any] = (await house.get(f"/v1/finance/paid-twice{query}")).json()["items"]
    return found


async def paid_by_two(house: RunningRefunds, *minors: int) -> None:
    """Our refund is settled; then so much goes back elsewhere, once for each amount."""
    order = an_order()
    await house.tell(order, order.order_id)
    await house.accept(await house.returned(order, "u1"), "u1")
    await house.until(lambda: house.refunds_in("settled"))
    for place, minor in enumerate(minors):
        told = events.OrderRefundedElsewhere(
            order_id=order.order_id,
            refund_id=f"re_{place}",
            refunded_at=START,
            tenders=(events.TenderElsewhere(tender_id="T1", amount_minor=minor),),
        )
        await house.tell(told, order.order_id)


async def test_z07_an_entry_is_closed_with_outcome_and_reason_and_leaves_the_list(engines: Any) -> None:
    async with running_refunds(await a_database(engines)) as house:
        await paid_by_two(house, 3_000, 2_000)
        first, second = await entries(house)
        assert [each["closed"] for each in (first, second)] == [None, None]
        key = uuid4().hex
        for _ in range(2):
            closed = await close(house, first["id"], key)
            assert closed.status_code == 200, closed.text
            told = closed.json()["closed"]
            assert (told["outcome"], told["reason"], told["by"]) == ("recovered", "Transfer 4711", FINANCE.id)
        same = await close(house, first["id"], who=ADMIN)
        assert (same.status_code, same.json()["closed"]["by"]) == (200, FINANCE.id)
        other = await close(house, first["id"], outcome="not_twice")
        assert (other.status_code, other.json()["code"]) == (409, "double_payment_is_closed")
        assert [each["id"] for each in await entries(house)] == [second["id"]]
        assert [each["id"] for each in await entries(house, "?state=closed")] == [first["id"]]
        assert len(await entries(house, "?state=all")) == 2
        assert (await house.get("/v1/finance/paid-twice?state=other")).status_code == 422


@pytest.mark.parametrize(
    "wrong", [{"outcome": "gone"}, {"reason": ""}, {"reason": "  "}, {"reason": "x" * 501}, {"more": 1}]
)
async def test_z07_a_closure_says_outcome_and_reason(engines: Any, wrong: dict[str, Any]) -> None:
    async with running_refunds(await a_database(engines)) as house:
        await paid_by_two(house, 3_000)
        (entry,) = await entries(house)
        assert (await close(house, entry["id"], **wrong)).status_code == 422
        assert (await close(house, "twice_01M866AF2B3C4D5E6F7G8H9J0K")).status_code == 404
        assert [row["closed"] for row in await house.rows(paid_twice)] == [None]


async def test_a_bound_key_gets_the_events_of_its_storefront_only(engines: Any) -> None:
    """The feed of refund events; the cursor goes on for both."""
    async with running_refunds(await a_database(engines)) as house:
        await paid_by_two(house)

        async def feed(storefront: str) -> Any:
            scopes = frozenset({"finance:read", f"storefront:{storefront}"})
            key = Principal(Kind.SYSTEM, "key", frozenset({Role.STOREFRONT}), scopes)
            return (await house.get("/v1/finance/events", key)).json()

        async def published() -> bool:
            return len((await feed("shop"))["items"]) == 2

        await house.until(published)
        other = await feed("other")
        assert other["items"] == []
        assert other["next"] == (await feed("shop"))["next"] != "0"
