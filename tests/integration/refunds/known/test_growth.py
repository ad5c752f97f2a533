"""What accepted pieces are owed grows with a fact that comes after their refund: it is refunded by itself, once (Z07).

A refund is what the set of returned pieces gives less what was given (ADR 41), whichever of the two comes first.
"""

from typing import Any

import pytest

from service_refunds.adapters.tables import paid_twice
from shared.contracts import events
from tests.integration.refunds.known.test_later_facts import amounts, assert_nothing_waits, cancelled, elsewhere, paid
from tests.integration.refunds.running_refunds import (
    START,
    RunningRefunds,
    a_database,
    a_line,
    a_tender,
    a_unit,
    an_envelope,
    an_order,
    running_refunds,
)

FREIGHT = events.Freight(paid_minor=500, standard_minor=500)


def captured(order: events.OrderImported, minor: int, key: str = "T2") -> events.OrderPaymentCaptured:
    tender = a_tender(key, minor, "bank_transfer")
    return events.OrderPaymentCaptured(order_id=order.order_id, tender=tender, captured_at=START)


async def all_settled(house: RunningRefunds) -> None:
    async def ended() -> bool:
        return all(row["state"] in {"settled", "stopped"} for row in await house.rows())

    await house.until(ended)
    await assert_nothing_waits(house)


@pytest.mark.parametrize("deposit", [0, 1, 3_000, 9_999])
@pytest.mark.parametrize("later", [[10_000], [4_000, 6_000], [1, 333, 9_666]])
async def test_z07_what_was_not_paid_yet_is_refunded_when_it_is_captured(
    engines: Any, deposit: int, later: list[int]
) -> None:
    """A deposit, or cash on delivery, for two coats of 50.00: the same money in every order of the facts."""
    rest = [minor * (10_000 - deposit) // 10_000 for minor in later[:-1]]
    rest.append(10_000 - deposit - sum(rest))
    captures = [minor for minor in rest if minor]
    calls = "c" * len(captures)
    async with running_refunds(await a_database(engines)) as house:
        before = 0
        for steps in (f"ii{calls}", f"i{calls}i", f"{calls}ii", f"i{calls[:1]}i{calls[1:]}"):
            order = an_order(
                lines=(a_line(quantity=2),),
                tenders=(a_tender(captured=deposit),) if deposit else (),
                total_minor=10_000,
            )
            await house.tell(order, order.order_id)
            names = [f"{order.order_id}-{unit}" for unit in ("u1", "u2")]
            returned = await house.returned(order, *names)
            units, left = iter(names), iter(enumerate(captures, 2))
            for step in steps:
                if step == "i":
                    await house.accept(returned, next(units))
                else:
                    place, minor = next(left)
                    await house.tell(captured(order, minor, f"T{place}"), order.order_id)
                await all_settled(house)
            now = await paid(house)
            assert (steps, now - before) == (steps, 10_000)
            before = now
        assert await house.rows(paid_twice) == []


async def test_z07_a_capture_that_is_heard_again_refunds_once(engines: Any) -> None:
    async with running_refunds(await a_database(engines)) as house:
        order = an_order(tenders=(a_tender(captured=3_000),))
        await house.tell(order, order.order_id)
        await house.accept(await house.returned(order, "u1"), "u1")
        await all_settled(house)
        told = an_envelope(captured(order, 7_000), order.order_id, 2)
        for _ in range(3):
            await house.deliver(told)
        await all_settled(house)
        assert await amounts(house) == [("settled", 3_000), ("settled", 7_000)]
        named = max(await house.rows(), key=lambda row: row["id"])["terms"]
        assert named["units"] == {}
        assert [(part["name"], part["amount"]["minor"]) for part in named["components"]] == [("paid_later", 7_000)]


async def test_z07_a_reserved_refund_is_calculated_again_when_money_is_captured(engines: Any) -> None:
    """So a correction of the warehouse stops everything that its pieces give."""
    url = await a_database(engines)
    async with running_refunds(url, loops=()) as house:
        order = an_order(tenders=(a_tender(captured=3_000),))
        await house.tell(order, order.order_id)
        returned = await house.returned(order, "u1")
        await house.accept(returned, "u1")
        await house.tell(captured(order, 7_000), order.order_id)
        assert await amounts(house) == [("stopped", 3_000), ("reserved", 10_000)]
    async with running_refunds(url) as house:
        await all_settled(house)
        assert await paid(house) == 10_000


async def test_z07_money_captured_for_what_is_kept_is_not_refunded(engines: Any) -> None:
    """Two lines of 50.00, 60.00 paid: one comes back and gives 50.00; the 40.00 captured later are for the other."""
    async with running_refunds(await a_database(engines)) as house:
        lines = (a_line(paid=5_000), a_line("L2", 5_000))
        order = an_order(lines=lines, tenders=(a_tender(captured=6_000),))
        await house.tell(order, order.order_id)
        await house.accept(await house.returned(order, "u1"), "u1")
        await house.tell(captured(order, 4_000), order.order_id)
        await all_settled(house)
        assert await amounts(house) == [("settled", 5_000)]
        other = await house.returned(order, units=(a_unit("u2", "L2"),))
        await house.accept(other, "u2", line="L2")
        await all_settled(house)
        assert await paid(house) == 10_000


@pytest.mark.parametrize("first", ["cancelled", "accepted", "reserved"])
@pytest.mark.parametrize("again", [False, True])
async def test_z07_freight_that_becomes_due_by_a_late_cancellation_is_refunded(
    engines: Any, first: str, again: bool
) -> None:
    """EU: one of two coats comes back, the other is cancelled: the delivery of 5.00 goes back, whichever is first."""
    url = await a_database(engines)
    async with running_refunds(url, loops=() if first == "reserved" else None) as house:
        order = an_order(lines=(a_line(quantity=2),), freight=FREIGHT, tenders=(a_tender(captured=10_500),))
        await house.tell(order, order.order_id)
        returned = await house.returned(order, "u1")
        told = an_envelope(cancelled(order, ("L1", 1)), order.order_id, 2)
        if first == "cancelled":
            await house.deliver(told)
        await house.accept(returned, "u1")
        if first == "accepted":
            await all_settled(house)
        if first != "cancelled" or again:
            await house.deliver(told)
        if first != "reserved":
            await all_settled(house)
    async with running_refunds(url) as house:
        await all_settled(house)
        assert await paid(house) == 5_500
        assert await house.rows(paid_twice) == []


async def test_z07_freight_that_becomes_due_by_a_refund_elsewhere_is_refunded(engines: Any) -> None:
    """EU: one line comes back to us, the shop pays the other back: nothing is kept, the delivery goes back."""
    async with running_refunds(await a_database(engines)) as house:
        lines = (a_line(), a_line("L2", 4_000))
        order = an_order(lines=lines, freight=FREIGHT, tenders=(a_tender(captured=14_500),))
        await house.tell(order, order.order_id)
        await house.accept(await house.returned(order, "u1"), "u1")
        await all_settled(house)
        await house.tell(elsewhere(order, 4_000, quantity=1, line="L2"), order.order_id)
        await all_settled(house)
        assert await amounts(house) == [("settled", 10_000), ("settled", 500)]


async def test_z07_a_late_cancellation_that_leaves_goods_with_the_customer_gives_nothing(engines: Any) -> None:
    async with running_refunds(await a_database(engines)) as house:
        order = an_order(lines=(a_line(quantity=4),), freight=FREIGHT, tenders=(a_tender(captured=10_500),))
        await house.tell(order, order.order_id)
        await house.accept(await house.returned(order, "u1"), "u1")
        await all_settled(house)
        await house.tell(cancelled(order, ("L1", 2)), order.order_id)
        await all_settled(house)
        assert await amounts(house) == [("settled", 2_500)]
