"""Who sees what of refunds, and how lists go on, on both engines."""

from typing import Any

import pytest

from shared.kernel.principal import Kind, Principal, Role
from tests.contract.fake_provider import FakeProvider
from tests.integration.refunds.running_refunds import (
    a_customer,
    a_database,
    a_line,
    a_tender,
    an_order,
    running_refunds,
)

HERS = a_customer("cus-1")
OTHER = a_customer("cus-2")
SHOP = Principal(Kind.SYSTEM, "key_1", frozenset({Role.STOREFRONT}), frozenset({"finance:read"}))
INNER = {
    "calculation",
    "actions",
    "resolution",
    "unpaid",
    "customer_id",
    "code",
    "ask_again_at",
    "version",
    "submitted_at",
}


async def test_a_customer_sees_her_own_refund_without_the_inner_works(engines: Any) -> None:
    """O01, I-27: another customer's looks like none; neither key, reference, hash nor doubt is shown to her."""
    async with running_refunds(await a_database(engines), provider=FakeProvider(plan=["silent"])) as house:
        order = an_order()
        await house.tell(order, order.order_id)
        await house.accept(await house.returned(order, "u1"), "u1")
        await house.until(lambda: house.refunds_in("unknown"))
        refund = (await house.get("/v1/refunds?state=unknown")).json()["items"][0]
        assert {"payouts", "calculation"} <= set(refund)
        seen = (await house.get(f"/v1/refunds/{refund['id']}", HERS)).json()
        assert not INNER & set(seen)
        assert seen["state"] == "in_progress"
        assert set(seen["payouts"][0]) == {"tender_id", "kind", "amount_minor", "trace"}
        assert (seen["tenders"], seen["state"]) == (seen["payouts"], seen["progress"])
        assert (await house.get(f"/v1/refunds/{refund['id']}", OTHER)).status_code == 404
        assert (await house.get("/v1/refunds/rfd_none", OTHER)).status_code == 404
        assert (await house.get("/v1/refunds", OTHER)).json()["items"] == []
        for state in ("unknown", "reserved", "in_progress"):
            listed = (await house.get(f"/v1/refunds?state={state}", HERS)).json()["items"]
            assert listed == [seen]


@pytest.mark.parametrize(
    ("path", "who", "status"),
    [
        ("/v1/ledger?order_id=x", HERS, 403),
        ("/v1/finance/events", HERS, 403),
        ("/v1/payments/simulator/transfers", HERS, 403),
        ("/v1/finance/events", SHOP, 200),
        ("/v1/refunds", SHOP, 403),
        ("/v1/ledger?order_id=nobody", None, 404),
        ("/v1/refunds?state=gone", None, 422),
        ("/v1/refunds?limit=0", None, 422),
    ],
)
async def test_doors_admit_by_role_and_bad_questions_are_refused(
    engines: Any, path: str, who: Principal | None, status: int
) -> None:
    async with running_refunds(await a_database(engines)) as house:
        answer = await house.get(path, who)
        assert answer.status_code == status, answer.text


async def test_a_list_goes_on_where_the_page_ended(engines: Any) -> None:
    """Keyset pages, the newest first: each refund once."""
    async with running_refunds(await a_database(engines)) as house:
        order = an_order(lines=(a_line(quantity=7),), tenders=(a_tender(),))
        await house.tell(order, order.order_id)
        returned = await house.returned(order, *(f"u{number}" for number in range(7)))
        for number in range(7):
            await house.accept(returned, f"u{number}")
        seen: list[str] = []
        cursor = ""
        while True:
            page = (await house.get(f"/v1/refunds?return_id={returned}&limit=3{cursor}", HERS)).json()
            seen += [item["id"] for item in page["items"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert seen == sorted((row["id"] for row in await house.rows()), reverse=True)


async def test_a_list_holds_what_was_asked_for_and_nothing_else(engines: Any) -> None:
    """Two returns of one customer, one refund refused: by return, by state, by both."""
    async with running_refunds(await a_database(engines), provider=FakeProvider(plan=["decline"])) as house:
        order = an_order(lines=(a_line(quantity=2),))
        await house.tell(order, order.order_id)
        one = await house.returned(order, "u1")
        await house.accept(one, "u1")
        await house.until(lambda: house.refunds_in("failed"))
        other = await house.returned(order, "u2")
        await house.accept(other, "u2")
        await house.until(lambda: house.refunds_in("settled"))

        async def returns(query: str, who: Principal | None = None) -> list[str]:
            return [item["return_id"] for item in (await house.get(f"/v1/refunds{query}", who)).json()["items"]]

        assert await returns("") == await returns("", HERS) == [other, one]
        for who in (None, HERS):
            assert await returns(f"?return_id={one}", who) == [one]
            assert await returns(f"?return_id={other}", who) == [other]
        assert await returns("?state=failed") == await returns("?state=needs_attention", HERS) == [one]
        assert await returns(f"?state=failed&return_id={other}") == []


async def test_the_simulator_is_told_how_to_behave_by_administrators_alone(engines: Any) -> None:
    async with running_refunds(await a_database(engines)) as house:
        body = {"mode": "decline", "times": 1}
        assert (await house.put("/v1/payments/simulator/behaviour", body, HERS)).status_code == 403
        answer = await house.put("/v1/payments/simulator/behaviour", body)
        assert (answer.status_code, answer.json()) == (200, body)
        for wrong in ({"mode": "lie"}, {"mode": "decline", "times": -1}, {"mode": "decline", "more": 1}):
            assert (await house.put("/v1/payments/simulator/behaviour", wrong)).status_code == 422
        order = an_order()
        await house.tell(order, order.order_id)
        await house.accept(await house.returned(order, "u1"), "u1")
        await house.until(lambda: house.refunds_in("failed"))
        refund = (await house.get("/v1/refunds")).json()["items"][0]
        assert refund["code"] == "declined_by_simulator"
        assert (await house.get(f"/v1/refunds/{refund['id']}", HERS)).json()["state"] == "needs_attention"
