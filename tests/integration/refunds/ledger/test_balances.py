"""The four guards under rivalry, on both engines: never more than there is, and the loser is told what is left."""

import asyncio
from collections import Counter
from typing import Any
from uuid import uuid4

import pytest

from service_refunds.adapters.publishing import publish
from service_refunds.adapters.tables import balances, common
from service_refunds.adapters.unit_of_work import RefundsUnitOfWork, RefundsUnits
from service_refunds.domain.calculation.inputs.component import Component, ComponentName
from service_refunds.domain.ledger.balance import (
    BalanceDemand,
    Kind,
    RefundExceedsAvailable,
    UnitHasRefund,
    reserve as reserve_balances,
)
from service_refunds.domain.settlement.refund import Refund
from service_refunds.domain.settlement.terms import RefundTerms
from shared.contracts.envelope import Origin
from shared.database.repository import OutboxWriter
from shared.database.unit_of_work.transactions import Transactions
from shared.kernel.money import Money
from shared.runtime.clock import new_id
from tests.contract.fake_provider import FakeProvider
from tests.integration.refunds.running_refunds import (
    START,
    RunningRefunds,
    a_database,
    a_line,
    a_tender,
    an_order,
    assert_books_balance,
    running_refunds,
)


def a_refund(order: str, minor: int, unit: str | None = None) -> Refund:
    """Reserves so much of the one card; the amount is given, not calculated."""
    unit = unit or uuid4().hex
    amount = Money(minor, "EUR")
    terms = RefundTerms(
        return_id="ret_1",
        order_id=order,
        customer_id="cus-1",
        language="en",
        amount=amount,
        units={unit: "L1"},
        components=(Component(ComponentName.GOODS_NET, amount, "L1"),),
        demands=(
            BalanceDemand(Kind.UNIT, unit, minor, minor),
            BalanceDemand(Kind.LINE, "L1", minor),
            BalanceDemand(Kind.TENDER, "T1", minor),
            BalanceDemand(Kind.ORDER, "captured", minor),
            BalanceDemand(Kind.ORDER, "accepted_goods", minor, minor),
        ),
        restated=(),
        ended_coupons=(),
        calculation="0" * 64,
        pay_by=START,
        opened_at=START,
    )
    return Refund.open(new_id("rfd"), terms, [("T1", "card", "ch_1", amount)])


async def reserve(
    transactions: Transactions[RefundsUnitOfWork], order: str, minor: int, unit: str | None = None
) -> Refund:
    """One attempt; a use case may run several times, each time with a refund of its own."""

    async def use_case(uow: Any) -> Refund:
        refund = a_refund(order, minor, unit)
        reserve_balances(await uow.balances_of(order), refund.terms.demands)
        uow.refunds.add(refund)
        return refund

    return await transactions.run(use_case, Origin("service:refunds", "ret_1"))


async def spent(house: RunningRefunds, key: str = "T1") -> int:
    row = next(row for row in await house.rows(balances) if row["key"] == key)
    return int(row["reserved_minor"] + row["settled_minor"])


async def test_twenty_refunds_of_40_on_100_at_once_are_two(engines: Any, mode: str) -> None:
    """I-01, I05, finding 8: the rivals meet in the database, also from several processes."""
    url = await a_database(engines)
    async with running_refunds(url, loops=()) as house:
        order = an_order(lines=(a_line(paid=100),), tenders=(a_tender(captured=100),))
        await house.tell(order, order.order_id)
        doors = [house.transactions]
        for _ in range(3 if mode == "distributed" else 0):
            other = await engines.open(url, common)
            units = RefundsUnits(other.reader, OutboxWriter("refunds", publish, house.clock, new_id))
            doors.append(Transactions(units, other.committer))
        results = await asyncio.gather(
            *(reserve(doors[number % len(doors)], order.order_id, 40) for number in range(20)),
            return_exceptions=True,
        )
        assert Counter(type(result) for result in results) == {Refund: 2, RefundExceedsAvailable: 18}
        for refusal in (result for result in results if isinstance(result, RefundExceedsAvailable)):
            assert refusal.facts["available_minor"] == 20
            assert refusal.facts["asked_minor"] == 40
            assert refusal.facts["guard"] == Kind.LINE
        assert len(await house.rows()) == 2
        assert await spent(house) == 80
        await assert_books_balance(house)
        assert isinstance(await reserve(house.transactions, order.order_id, 20), Refund)


async def test_one_unit_at_once_from_all_sides_has_one_refund(engines: Any) -> None:
    """B14: the unit's row exists once, for ever."""
    async with running_refunds(await a_database(engines), loops=()) as house:
        order = an_order()
        await house.tell(order, order.order_id)
        results = await asyncio.gather(
            *(reserve(house.transactions, order.order_id, 100, "u1") for _ in range(20)), return_exceptions=True
        )
        assert Counter(type(result) for result in results) == {Refund: 1, UnitHasRefund: 19}


async def test_pending_counts_and_failed_does_not(engines: Any) -> None:
    """V27: captured 50.00, settled 20.00, pending 15.00, failed 10.00: 15.01 is refused, 15.00 accepted, 0.00 left."""
    provider = FakeProvider(plan=["settle", "pending", "decline"])
    async with running_refunds(await a_database(engines), loops=()) as house:
        order = an_order(lines=(a_line(paid=5_000),), tenders=(a_tender(captured=5_000),))
        await house.tell(order, order.order_id)
        cashier = house.cashier(provider)
        for minor in (2_000, 1_500, 1_000):
            await cashier.pay((await reserve(house.transactions, order.order_id, minor)).id)
        assert Counter(row["state"] for row in await house.rows()) == {"settled": 1, "pending": 1, "failed": 1}
        with pytest.raises(RefundExceedsAvailable) as refusal:
            await reserve(house.transactions, order.order_id, 1_501)
        assert refusal.value.facts["available_minor"] == 1_500
        await reserve(house.transactions, order.order_id, 1_500)
        with pytest.raises(RefundExceedsAvailable) as refusal:
            await reserve(house.transactions, order.order_id, 1)
        assert refusal.value.facts["available_minor"] == 0
        await assert_books_balance(house)


async def test_a_double_click_is_one_refund_and_another_unit_is_another(engines: Any) -> None:
    """V28: 40.00 of 100.00 twice for the same unit is one refund; a second unit makes it 80.00."""
    async with running_refunds(await a_database(engines)) as house:
        order = an_order(lines=(a_line("L1", 8_000, 2), a_line("L2", 2_000)))
        await house.tell(order, order.order_id)
        returned = await house.returned(order, "u1", "u2")
        await asyncio.gather(house.accept(returned, "u1"), house.accept(returned, "u1"))
        await house.accept(returned, "u1", "u2")
        await house.until(lambda: _settled(house, 2))
        assert [row["amount_minor"] for row in await house.rows()] == [4_000, 4_000]
        assert await spent(house) == 8_000


async def test_refunds_of_one_order_at_once_share_the_line_to_the_last_cent(engines: Any) -> None:
    """H02, I-07: ten units of 100.01, ten returns inspected at the same moment."""
    async with running_refunds(await a_database(engines)) as house:
        order = an_order(
            lines=(a_line(paid=10_001, quantity=10),), tenders=(a_tender("T1", 3_334), a_tender("T2", 6_667))
        )
        await house.tell(order, order.order_id)
        returns = [await house.returned(order, f"u{number}") for number in range(10)]
        await asyncio.gather(*(house.accept(each, f"u{number}") for number, each in enumerate(returns)))
        house.clock.pass_by(minutes=1)
        await house.until(lambda: _settled(house, 10))
        assert sum(row["amount_minor"] for row in await house.rows()) == 10_001
        assert await spent(house, "T1") + await spent(house, "T2") == 10_001
        await assert_books_balance(house)


async def _settled(house: RunningRefunds, count: int) -> bool:
    return len(await house.refunds_in("settled")) == count
