"""What happens to an order after its import, and what it does to refunds before, while and after they are paid."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from service_refunds.adapters.tables import balances, common, known_orders, ledger_entries, paid_twice
from shared.contracts import events
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

NOTHING: tuple[str, ...] = ()


def elsewhere(
    order: events.OrderImported, minor: int, *, key: str = "re_1", **but: Any
) -> events.OrderRefundedElsewhere:
    """So much of the first tender was paid back elsewhere; for one unit of the first line where `quantity` is given."""
    quantity, line = but.pop("quantity", None), but.pop("line", "L1")
    lines = () if quantity is None else (
        events.LineElsewhere(line_id=line, quantity=quantity, amount_minor=minor - but.get("freight_minor", 0)),
    )  # fmt: skip
    return events.OrderRefundedElsewhere(**{
        "order_id": order.order_id,
        "refund_id": key,
        "refunded_at": START,
        "tenders": (events.TenderElsewhere(tender_id="T1", amount_minor=minor),),
        "lines": lines,
        **but,
    })  # fmt: skip


def cancelled(order: events.OrderImported, *lines: tuple[str, int]) -> events.OrderUnitsCancelled:
    return events.OrderUnitsCancelled(
        order_id=order.order_id,
        cancellation_id="C1",
        lines=tuple(events.CancelledLine(line_id=line, quantity=quantity) for line, quantity in lines),
        cancelled_at=START - timedelta(days=4),
    )


async def amounts(house: RunningRefunds) -> list[tuple[str, int]]:
    """Every refund in the order of opening: its state and amount."""
    rows = sorted(await house.rows(), key=lambda row: row["id"])
    return [(row["state"], row["amount_minor"]) for row in rows]


async def paid(house: RunningRefunds) -> int:
    return sum(row["amount_minor"] for row in await house.refunds_in("settled"))


async def assert_nothing_waits(house: RunningRefunds) -> None:
    assert [(row["state"], row["reason"]) for row in await house.rows(common.parked)] == []
    for row in await house.rows(balances):
        assert row["reserved_minor"] + row["settled_minor"] <= row["cap_minor"]
    sums: dict[str, int] = {}
    for row in await house.rows(ledger_entries):
        sums[row["posting_id"]] = sums.get(row["posting_id"], 0) + row["amount_minor"]
    assert set(sums.values()) <= {0}


@pytest.mark.parametrize("quantity", [None, 1])
@pytest.mark.parametrize(("minor", "owed"), [(2_000, 8_000), (10_000, 0), (1, 9_999)])
@pytest.mark.parametrize("prices", ["inclusive", "exclusive"])
async def test_z07_money_that_went_back_elsewhere_is_not_paid_again(
    engines: Any, minor: int, owed: int, quantity: int | None, prices: str
) -> None:
    """Unit, line, tax, tender and order: told before the return, with and without the line."""
    async with running_refunds(await a_database(engines)) as house:
        line = a_line(taxes=(events.TaxCharged(rate="19", amount_minor=1_597),))
        if prices == "exclusive":
            line = line.model_copy(update={"unit_price_minor": 8_403, "discount_minor": 0})
        order = an_order(lines=(line,), prices_include_tax=prices == "inclusive")
        await house.tell(order, order.order_id)
        await house.tell(elsewhere(order, minor, quantity=quantity), order.order_id)
        returned = await house.returned(order, "u1")
        await house.accept(returned, "u1")
        await house.until(lambda: house.refunds_in("settled"))
        assert await amounts(house) == [("settled", owed)]
        await assert_nothing_waits(house)
        guards = {(row["kind"], row["key"]): row for row in await house.rows(balances)}
        assert guards["tender", "T1"]["settled_minor"] == guards["order", "captured"]["settled_minor"] == 10_000
        tax = guards["component", "tax:19"]
        assert tax["settled_minor"] + tax["reserved_minor"] <= 1_597


@pytest.mark.parametrize("first", [("u1",), ("u1", "u2")])
async def test_z07_of_two_pieces_one_was_paid_elsewhere(engines: Any, first: tuple[str, ...]) -> None:
    """In doubt the first piece that comes back is the one that was not paid; both together are paid once."""
    async with running_refunds(await a_database(engines)) as house:
        order = an_order(lines=(a_line(quantity=2),))
        await house.tell(order, order.order_id)
        await house.tell(elsewhere(order, 5_000, quantity=1), order.order_id)
        returned = await house.returned(order, "u1", "u2")
        await house.accept(returned, *first)
        await house.until(lambda: house.refunds_in("settled"))
        assert await paid(house) == 5_000
        if len(first) == 1:
            await house.accept(returned, "u2")
            assert await house.until(lambda: _settled(house, 2))
            assert await amounts(house) == [("settled", 5_000), ("settled", 0)]
        await assert_nothing_waits(house)


async def _settled(house: RunningRefunds, count: int) -> bool:
    return len(await house.refunds_in("settled")) == count


@pytest.mark.parametrize(("minor", "owed"), [(2_000, 8_000), (10_000, 0)])
@pytest.mark.parametrize("quantity", [None, 1])
async def test_z07_what_is_reserved_and_not_sent_is_stopped_and_calculated_again(
    engines: Any, minor: int, owed: int, quantity: int | None
) -> None:
    """The refund elsewhere is told while ours waits: nothing is paid twice, nobody has to do anything."""
    url = await a_database(engines)
    async with running_refunds(url, loops=()) as house:
        order = an_order()
        await house.tell(order, order.order_id)
        await house.accept(await house.returned(order, "u1"), "u1")
        assert await amounts(house) == [("reserved", 10_000)]
        told = an_envelope(elsewhere(order, minor, quantity=quantity), order.order_id, 2)
        for _ in range(3):
            await house.deliver(told)
        assert await amounts(house) == [("stopped", 10_000), ("reserved" if owed else "settled", owed)]
        assert await house.rows(paid_twice) == []
        await assert_nothing_waits(house)
    async with running_refunds(url) as house:
        await house.until(lambda: house.refunds_in("settled"))
        assert await paid(house) == owed
        assert len(await house.refunds_in("stopped")) == 1
        await assert_nothing_waits(house)


async def test_z07_what_was_sent_before_is_listed_for_a_person(engines: Any) -> None:
    """Ours is settled, then the same money goes back elsewhere: true, and too much."""
    async with running_refunds(await a_database(engines)) as house:
        order = an_order()
        await house.tell(order, order.order_id)
        await house.accept(await house.returned(order, "u1"), "u1")
        await house.until(lambda: house.refunds_in("settled"))
        await house.tell(elsewhere(order, 3_000), order.order_id)
        assert await amounts(house) == [("settled", 10_000)]
        page = (await house.get("/v1/finance/paid-twice")).json()
        assert [(each["code"], each["refund_id"], each["amount_minor"]) for each in page["items"]] == [
            ("paid_twice", "re_1", 3_000)
        ]
        await assert_nothing_waits(house)


async def test_z07_one_piece_paid_by_us_and_by_the_shop_is_listed_though_the_tender_has_more(engines: Any) -> None:
    """The line is paid twice, the order is not: the next refund is lower, and a person knows."""
    async with running_refunds(await a_database(engines)) as house:
        order = an_order(lines=(a_line(), a_line("L2", 8_000)), tenders=(a_tender(captured=18_000),))
        await house.tell(order, order.order_id)
        await house.accept(await house.returned(order, "u1"), "u1")
        await house.until(lambda: house.refunds_in("settled"))
        await house.tell(elsewhere(order, 10_000, quantity=1), order.order_id)
        assert [row["amount_minor"] for row in await house.rows(paid_twice)] == [10_000]
        other = await house.returned(order, units=(a_unit("u2", "L2"),))
        await house.accept(other, "u2", line="L2")
        await house.until(lambda: _settled(house, 2))
        assert await amounts(house) == [("settled", 10_000), ("settled", 0)]
        await assert_nothing_waits(house)


async def test_z07_facts_before_the_order_wait_for_it(engines: Any) -> None:
    async with running_refunds(await a_database(engines)) as house:
        order = an_order()
        returned = await house.returned(order, "u1")
        await house.deliver(an_envelope(elsewhere(order, 2_000), order.order_id, 2))
        await house.accept(returned, "u1")
        assert await house.rows() == []
        await house.deliver(an_envelope(order, order.order_id, 1))
        house.clock.pass_by(minutes=5)
        await house.until(lambda: house.refunds_in("settled"))
        house.clock.pass_by(minutes=5)
        known = await house.rows(known_orders)
        assert len(known) == 1
        assert await paid(house) in (8_000, 10_000)
        page = (await house.get("/v1/finance/paid-twice")).json()["items"]
        assert sum(each["amount_minor"] for each in page) == await paid(house) - 8_000


async def test_z07_cancelled_units_are_never_paid_and_do_not_keep_the_freight_back(engines: Any) -> None:
    """EU: one of two coats was cancelled, the other comes back: the whole contract is withdrawn from."""
    async with running_refunds(await a_database(engines)) as house:
        freight = events.Freight(paid_minor=500, standard_minor=500)
        order = an_order(lines=(a_line(quantity=2),), freight=freight, tenders=(a_tender(captured=10_500),))
        await house.tell(order, order.order_id)
        await house.tell(cancelled(order, ("L1", 1)), order.order_id)
        await house.tell(elsewhere(order, 5_000, quantity=1), order.order_id)
        await house.accept(await house.returned(order, "u1"), "u1")
        await house.until(lambda: house.refunds_in("settled"))
        assert await amounts(house) == [("settled", 5_500)]
        await assert_nothing_waits(house)


async def test_y21_pieces_that_come_back_beyond_the_order_are_paid_as_far_as_it_goes_and_the_return_ends(
    engines: Any,
) -> None:
    """One of two coats was cancelled, and both came back: one is paid, the other stands in the same refund."""
    async with running_refunds(await a_database(engines)) as house:
        order = an_order(lines=(a_line(quantity=2),), tenders=(a_tender(captured=10_000),))
        await house.tell(order, order.order_id)
        await house.tell(cancelled(order, ("L1", 1)), order.order_id)
        await house.tell(elsewhere(order, 5_000, quantity=1), order.order_id)
        await house.accept(await house.returned(order, "u1", "u2"), "u1", "u2")
        await house.until(lambda: house.refunds_in("settled"))
        assert await refunds_told(house) == [(5_000, ["u1", "u2"], ["u2"])]
        await assert_nothing_waits(house)


async def test_y21_a_piece_of_which_the_order_has_nothing_left_ends_with_nothing(engines: Any) -> None:
    """Paid back elsewhere as a whole; it comes back in two steps, and no step asks for more than there is."""
    async with running_refunds(await a_database(engines)) as house:
        order = an_order(lines=(a_line(quantity=2),), tenders=(a_tender(captured=10_000),))
        await house.tell(order, order.order_id)
        await house.tell(cancelled(order, ("L1", 2)), order.order_id)
        await house.tell(elsewhere(order, 10_000, quantity=2), order.order_id)
        returned = await house.returned(order, "u1", "u2")
        for number, unit in enumerate(("u1", "u2"), 1):
            await house.accept(returned, unit)
            await house.until(partial(has_settled, house, number))
            assert await refunds_told(house) == [(0, [name], [name]) for name in ("u1", "u2")[:number]]
        await assert_nothing_waits(house)


async def has_settled(house: Any, number: int) -> bool:
    return len(await house.refunds_in("settled")) == number


async def refunds_told(house: Any) -> list[tuple[int, list[str], list[str]]]:
    """Of each refund: the amount, the units, and those beyond the order."""
    found = (await house.get("/v1/refunds")).json()["items"]
    return sorted((each["amount"]["amount_minor"], each["units"], each["beyond_order"]) for each in found)


async def test_z07_freight_that_went_back_elsewhere_is_not_paid_again(engines: Any) -> None:
    async with running_refunds(await a_database(engines)) as house:
        freight = events.Freight(paid_minor=500, standard_minor=500)
        order = an_order(freight=freight, tenders=(a_tender(captured=10_500),))
        await house.tell(order, order.order_id)
        await house.tell(elsewhere(order, 300, freight_minor=300), order.order_id)
        await house.accept(await house.returned(order, "u1"), "u1")
        await house.until(lambda: house.refunds_in("settled"))
        assert await amounts(house) == [("settled", 10_200)]
        await assert_nothing_waits(house)


async def test_a16_money_that_is_captured_later_can_be_given_back(engines: Any) -> None:
    """A deposit of 30.00; the rest on delivery; before that only the deposit is given back."""
    for told in (False, True):
        async with running_refunds(await a_database(engines)) as house:
            order = an_order(tenders=(a_tender(captured=3_000),))
            await house.tell(order, order.order_id)
            if told:
                later = a_tender("T2", 7_000, "bank_transfer")
                captured = events.OrderPaymentCaptured(order_id=order.order_id, tender=later, captured_at=START)
                await house.tell(captured, order.order_id)
            await house.accept(await house.returned(order, "u1"), "u1")
            await house.until(lambda: house.refunds_in("settled"))
            (row,) = await house.rows()
            shares = {each["tender"]: each["amount"]["minor"] for each in row["payouts"]}
            assert shares == ({"T1": 3_000, "T2": 7_000} if told else {"T1": 3_000})
            await assert_nothing_waits(house)


async def test_z07_a_corrected_order_is_refunded_as_corrected(engines: Any) -> None:
    async with running_refunds(await a_database(engines)) as house:
        order = an_order()
        await house.tell(order, order.order_id)
        right = an_order(lines=(a_line(paid=4_000), a_line("L2", 1_000)), tenders=(a_tender("T9", 5_000),))
        facts = {**dict(right), "order_id": order.order_id, "number": order.number}
        await house.tell(events.OrderCorrected(**facts), order.order_id)
        await house.accept(await house.returned(order, "u1"), "u1")
        await house.until(lambda: house.refunds_in("settled"))
        assert await amounts(house) == [("settled", 4_000)]
        keys = {row["key"] for row in await house.rows(balances) if row["kind"] == "tender"}
        assert keys == {"T9"}
        await assert_nothing_waits(house)
