"""Returns whose refund the provider refuses come to an end all the same, through the gateway, in both modes (Z22)."""

from collections.abc import Awaitable, Callable

import pytest

from tests.support.waiting import eventually
from tests.support.world import Json, World

BY_TRANSFER = {
    "outcome": "paid_by_other_means",
    "reason": "The card was closed",
    "means": "bank_transfer",
    "consent": {
        "given_by": "The customer", "given_at": "2026-01-05T09:00:00Z", "channel": "telephone", "evidence": "Call 7"
    },
    "proof": {"reference": "SEPA-77", "paid_on": "2026-01-05"},
}  # fmt: skip
NOT_OWED = {"outcome": "not_owed", "reason": "Dispute 88", "because": "charged_back"}


async def declined(world: World) -> tuple[Json, Json]:
    """A return of one piece whose refund the provider has refused, and that refund."""
    customer_id, customer = await world.customer()
    order = await world.order(customer_id)
    asked = await world.request(customer, order)
    behaviour = {"mode": "decline", "times": 99}
    assert (await world.admin.call("PUT", "/v1/payments/simulator/behaviour", behaviour)).status_code == 200
    await world.scan(asked["rma"], "COAT-M")
    await world.inspect(asked["rma"], "COAT-M")

    async def refused() -> Json | None:
        found = await world.refunds(asked["id"])
        return found[0] if found and found[0]["state"] == "failed" else None

    refund = await eventually(refused)
    await world.admin.call("PUT", "/v1/payments/simulator/behaviour", {"mode": "settle", "times": 0})

    async def named() -> Json | None:
        seen = await customer.get(f"/v1/returns/{asked['id']}")
        return seen if "find another way" in seen["next"]["what"]["en"] else None

    seen = await eventually(named)
    assert seen["next"]["who"] == "finance"
    return asked, refund


async def by_two(world: World, refund: Json, said: Json) -> None:
    """One person says it, another one confirms."""
    path = f"/v1/refunds/{refund['id']}/resolution"
    await world.finance.post(path, said)
    refused = await world.finance.refused(f"{path}/confirmation", status=409)
    assert refused["code"] == "second_person_needed"
    await world.admin.post(f"{path}/confirmation")


async def again(world: World, refund: Json) -> None:
    await world.finance.post(f"/v1/refunds/{refund['id']}/attempts", {"reason": "The bank says that it works"})


STORIES: dict[str, tuple[Callable[[World, Json], Awaitable[None]], str, str]] = {
    "tried again": (again, "refund_reopened", "refunded"),
    "paid in another way": (lambda world, refund: by_two(world, refund, BY_TRANSFER), "refund_settled", "refunded"),
    "not owed": (lambda world, refund: by_two(world, refund, NOT_OWED), "refund_closed", "not_owed"),
}


@pytest.mark.parametrize("story", STORIES)
async def test_z22_a_return_whose_refund_was_declined_ends(world: World, story: str) -> None:
    act, step, progress = STORIES[story]
    asked, refund = await declined(world)
    await act(world, refund)
    await world.until(asked["id"], "closed")
    [after] = await world.refunds(asked["id"])
    assert after["progress"] == progress
    told = (await world.agent.get(f"/v1/returns/{asked['id']}/timeline"))["steps"]
    assert {"refund_failed", step, "closed"} <= {each["code"] for each in told}
    ledger = await world.finance.get(f"/v1/ledger?order_id={refund['order_id']}")
    assert ledger["sum_minor"] == 0
    assert (await world.finance.get("/v1/refunds?state=failed,awaiting_confirmation&limit=200"))["items"] == []
