"""Cut off anywhere, the money leaves once: three commits, one key, and questions before any repetition."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from service_refunds.adapters.unit_of_work import RefundsUnitOfWork
from service_refunds.application.settlement.execution import CALL_SECONDS
from service_refunds.domain.settlement.provider import PaymentProvider
from service_refunds.domain.settlement.refund import INQUIRE_FOR_AT_LEAST, LEASE
from service_refunds.entrypoints.settlement.refund_jobs import STATES_TO_INQUIRE, STATES_TO_PAY
from shared.contracts.envelope import Origin
from shared.database.unit_of_work.transactions import Transactions
from tests.contract.fake_provider import FakeProvider
from tests.integration.refunds.running_refunds import (
    RunningRefunds,
    a_database,
    a_line,
    a_tender,
    an_order,
    assert_books_balance,
    running_refunds,
)


class Cut(BaseException):
    """The process dies here."""


@dataclass
class CutCommit:
    """Dies before, or just after, the commit with this number."""

    transactions: Transactions[RefundsUnitOfWork]
    number: int
    before: bool
    count: int = 0

    async def run(self, use_case: Any, origin: Origin) -> Any:
        self.count += 1
        if self.count == self.number and self.before:
            raise Cut
        result = await self.transactions.run(use_case, origin)
        if self.count == self.number:
            raise Cut
        return result


async def a_reserved_refund(house: RunningRefunds, units: int = 1) -> str:
    """One of 25.00 by two tenders; its order's id."""
    order = an_order(
        lines=(a_line(paid=2_500 * units, quantity=units),),
        tenders=(a_tender("T1", 1_000 * units, "gift_card"), a_tender("T2", 1_500 * units)),
    )
    await house.tell(order, order.order_id)
    names = [f"u{number}" for number in range(units)]
    returned = await house.returned(order, *names)
    for name in names:
        await house.accept(returned, name)
    return order.order_id


async def heal(house: RunningRefunds, provider: PaymentProvider) -> None:
    """Start again and go on until nothing is open, the clock moving on between."""
    cashier = house.cashier(provider)
    for _ in range(60):
        now = house.clock()
        for refund in await house.queries.due(STATES_TO_PAY, now, 100):
            await cashier.pay(refund)
        for refund in await house.queries.due(STATES_TO_INQUIRE, now, 100):
            await cashier.ask(refund)
        if not await house.refunds_in("reserved", "submitting", "pending", "unknown"):
            return
        house.clock.moment += LEASE
    raise AssertionError("still open")


async def paid_once(house: RunningRefunds, provider: FakeProvider, minor: int) -> None:
    """O-prov, O-cap, O-ledger: one row a refund, one payment a key, the right sum, and everybody told the same."""
    rows = await house.rows()
    assert {row["state"] for row in rows} == {"settled"}
    assert sum(row["amount_minor"] for row in rows) == minor == provider.total()
    keys = [key for key, _ in provider.booked]
    assert sorted(keys) == sorted(payout["key"] for row in rows for payout in row["payouts"])
    assert len({(key, reference, amount) for key, reference, amount in provider.calls}) == len(keys)
    await assert_books_balance(house)


CUTS = [(number, before) for number in (1, 2) for before in (True, False)]


@pytest.mark.parametrize(("number", "before"), CUTS)
async def test_a_payment_cut_off_at_a_commit_is_made_once(engines: Any, number: int, before: bool) -> None:
    """I-02, I-03, E1 to E4: before and after submit, before and after record."""
    provider = FakeProvider()
    async with running_refunds(await a_database(engines), loops=()) as house:
        await a_reserved_refund(house)
        refund = (await house.rows())[0]["id"]
        cut = replace(house.cashier(provider), transactions=CutCommit(house.transactions, number, before))
        with pytest.raises(Cut):
            await cut.pay(refund)
        await heal(house, provider)
        await paid_once(house, provider, 2_500)


@pytest.mark.parametrize("plan", ["cut_before", "cut_after", "silent", "time_out_after_success", "pending"])
async def test_a_payment_cut_off_in_the_call_is_made_once(engines: Any, plan: str) -> None:
    """I-03, V30: the answer of one payout is lost, with or without the money having left."""
    provider = FakeProvider(plan=[plan])
    async with running_refunds(await a_database(engines), loops=()) as house:
        await a_reserved_refund(house)
        task = asyncio.create_task(house.cashier(provider).pay((await house.rows())[0]["id"]))
        await asyncio.gather(task, return_exceptions=True)
        provider.finish()
        await heal(house, provider)
        await paid_once(house, provider, 2_500)


@pytest.mark.parametrize(("number", "before"), CUTS)
async def test_a_question_cut_off_at_a_commit_is_asked_again(engines: Any, number: int, before: bool) -> None:
    """C3: the janitor dies between its commits."""
    provider = FakeProvider(plan=["time_out_after_success", "silent"])
    async with running_refunds(await a_database(engines), loops=()) as house:
        await a_reserved_refund(house)
        refund = (await house.rows())[0]["id"]
        await house.cashier(provider).pay(refund)
        assert (await house.rows())[0]["state"] == "unknown"
        cut = replace(house.cashier(provider), transactions=CutCommit(house.transactions, number, before))
        with pytest.raises(Cut):
            await cut.ask(refund)
        await heal(house, provider)
        await paid_once(house, provider, 2_500)


async def test_a_payment_cancelled_at_any_moment_is_made_once(engines: Any) -> None:
    """I-02: 24 refunds, each cancelled a little later than the one before, some by two cashiers at once."""
    provider = FakeProvider(seconds=0.001)
    async with running_refunds(await a_database(engines), loops=()) as house:
        await a_reserved_refund(house, 24)
        for number, row in enumerate(await house.rows()):
            rivals = [house.cashier(provider).pay(row["id"]) for _ in range(1 + number % 2)]
            tasks = [asyncio.create_task(rival) for rival in rivals]
            await asyncio.sleep(0.0006 * number)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await heal(house, provider)
        await paid_once(house, provider, 24 * 2_500)


async def test_the_simulator_times_out_after_success_and_the_refund_is_settled_once(engines: Any) -> None:
    """V30: the provider has 25.00 once, one row, and the state comes from asking."""
    async with running_refunds(await a_database(engines)) as house:
        answer = await house.put("/v1/payments/simulator/behaviour", {"mode": "time_out_after_success", "times": 2})
        assert answer.status_code == 200, answer.text
        await a_reserved_refund(house)
        await house.until(lambda: house.refunds_in("unknown"))
        house.clock.moment += LEASE
        await house.until(lambda: house.refunds_in("settled"))
        assert len(await house.rows()) == 1
        transfers = (await house.get("/v1/payments/simulator/transfers")).json()["items"]
        assert sum(each["amount_minor"] for each in transfers) == 2_500
        assert [each["calls"] for each in transfers] == [1, 1]
        await house.until(lambda: _told(house, 3))
        assert [each.type for each in house.witness.seen] == [
            "refund.opened.v1", "refund.doubted.v1", "refund.settled.v1"
        ]  # fmt: skip


async def test_a_provider_that_honours_no_keys_is_never_sent_anything_twice(engines: Any) -> None:
    """I-02: people decide; a second call never does."""
    provider = FakeProvider(
        key_window=timedelta(0), honours_keys=False, plan=["time_out_after_success", "silent"], lookups_silent=True
    )
    async with running_refunds(await a_database(engines), loops=()) as house:
        await a_reserved_refund(house)
        await house.cashier(provider).pay((await house.rows())[0]["id"])
        house.clock.moment += INQUIRE_FOR_AT_LEAST
        await house.cashier(provider).ask((await house.rows())[0]["id"])
        assert [row["state"] for row in await house.rows()] == ["manual_review"]
        assert len(provider.sent) == len(set(provider.sent)) == 2
        assert not await house.queries.due(STATES_TO_INQUIRE, house.clock() + timedelta(days=99), 10)
        await assert_books_balance(house)


async def test_nothing_is_sent_after_the_key_window(engines: Any) -> None:
    """I-04: a window of 20 s, the provider away for 40."""
    provider = FakeProvider(key_window=timedelta(seconds=20), plan=["silent", "silent"])
    async with running_refunds(await a_database(engines), loops=()) as house:
        await a_reserved_refund(house)
        refund = (await house.rows())[0]["id"]
        await house.cashier(provider).pay(refund)
        house.clock.pass_by(seconds=40)
        await house.cashier(provider).ask(refund)
        assert len(provider.sent) == 2
        assert provider.booked == []
        assert [row["state"] for row in await house.rows()] == ["unknown"]


async def test_a_refusal_releases_the_reservation_once_and_is_told(engines: Any) -> None:
    """I-09: however often it is recorded."""
    provider = FakeProvider(plan=["decline", "decline"])
    async with running_refunds(await a_database(engines), loops=("relay",)) as house:
        order = await a_reserved_refund(house)
        refund = (await house.rows())[0]["id"]
        await asyncio.gather(*(house.cashier(provider).pay(refund) for _ in range(4)))
        await house.cashier(provider).ask(refund)
        assert [row["state"] for row in await house.rows()] == ["failed"]
        ledger = (await house.get(f"/v1/ledger?order_id={order}")).json()
        assert all(each["reserved_minor"] == each["settled_minor"] == 0 for each in ledger["balances"])
        assert {each["account"]: each["balance_minor"] for each in ledger["accounts"]} == {
            "component:goods_net": 2_500, "owed": 0, "unpaid": -2_500
        }  # fmt: skip
        await house.until(lambda: _told(house, 2))
        assert house.witness.seen[-1].type == "refund.failed.v1"


@pytest.mark.parametrize(("plan", "paid"), [(["settle", "decline"], 1), (["decline", "decline"], 0)])
async def test_the_feed_tells_every_cent_that_was_paid(engines: Any, plan: list[str], paid: int) -> None:
    """N07, I14: one tender paid and the other refused for good is neither nothing nor all of it."""
    provider = FakeProvider(plan=list(plan))
    async with running_refunds(await a_database(engines), loops=("relay",)) as house:
        await a_reserved_refund(house)
        await house.cashier(provider).pay((await house.rows())[0]["id"])
        feed: list[dict[str, Any]] = []

        async def ended() -> bool:
            feed[:] = (await house.get("/v1/finance/events")).json()["items"]
            return len(feed) > 1

        await house.until(ended)
        failed = feed[-1]
        assert failed["type"] == "refund.failed.v1"
        assert failed["data"]["amount_paid"] == {"amount_minor": provider.total(), "currency": "EUR"}
        assert sum(share["amount_minor"] for share in failed["data"]["paid"]) == provider.total()
        assert (len(failed["data"]["paid"]), provider.total() > 0) == (paid, paid > 0)
        assert failed["data"]["code"] == ("partly_failed" if paid else "declined")
        assert all(share["trace"] for share in failed["data"]["paid"])


async def test_what_waited_is_paid_at_once_but_no_more_than_the_provider_is_given(engines: Any) -> None:
    """A restart finds 40 reserved refunds of two payouts each; 16 refunds are at the provider at a time."""
    provider = FakeProvider(seconds=0.05)
    url = await a_database(engines)
    async with running_refunds(url, loops=()) as house:
        order = await a_reserved_refund(house, 40)
    async with running_refunds(url, provider=provider) as house:
        await house.until(lambda: _settled(house, 40))
        assert 16 < provider.most_at_once <= 32
        assert provider.total() == 100_000
        assert (await house.get(f"/v1/ledger?order_id={order}")).json()["sum_minor"] == 0
        await assert_books_balance(house)


async def test_a_refund_that_this_process_has_reserved_needs_no_query_and_wakes_the_executor(engines: Any) -> None:
    """A refund that was submitted, or only looked at, wakes nobody."""
    async with running_refunds(await a_database(engines), loops=()) as house:
        reserved = house.service.api.state.units.reserved
        await a_reserved_refund(house)
        [row] = await house.rows()
        assert reserved.arrived.is_set()
        assert reserved.take(9) == [row["id"]]
        reserved.arrived.clear()
        transactions = Transactions(house.service.api.state.units, house.database.committer)
        await replace(house.cashier(FakeProvider(plan=["silent"])), transactions=transactions).pay(row["id"])
        assert [each["state"] for each in await house.rows()] == ["unknown"]
        assert (reserved.arrived.is_set(), reserved.has_items) == (False, False)


async def _settled(house: RunningRefunds, count: int) -> bool:
    return len(await house.refunds_in("settled")) == count


async def _told(house: RunningRefunds, count: int) -> bool:
    return len(house.witness.seen) >= count


def test_a_lease_is_longer_than_any_call() -> None:
    """What somebody else may take over is no longer on its way."""
    assert timedelta(seconds=CALL_SECONDS) < LEASE
