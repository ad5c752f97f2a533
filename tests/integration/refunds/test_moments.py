"""Each step of a refund on a day of its own: what is told, shown and asked again says which day was which."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service_refunds.adapters.tables import known_orders, ledger_entries
from service_refunds.domain.settlement.provider import ProviderAnswer
from service_refunds.domain.settlement.refund import LEASE
from service_refunds.domain.settlement.state import State
from service_refunds.entrypoints.settlement.refund_jobs import STATES_TO_INQUIRE, STATES_TO_PAY
from shared.contracts import events
from shared.contracts.envelope import Event
from shared.kernel.money import Money
from tests.contract.fake_provider import FakeProvider
from tests.integration.refunds.known.test_following import by_law
from tests.integration.refunds.running_refunds import (
    START,
    RunningRefunds,
    a_database,
    a_line,
    a_tender,
    a_unit,
    an_approval,
    an_order,
    assert_books_balance,
    running_refunds,
)


def moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


async def arrive(house: RunningRefunds, returned: str, *units: str) -> None:
    """The dock has seen these units now."""
    received = events.InspectionReceived(
        return_id=returned,
        receipt_id=f"rcp_{units[0]}",
        warehouse="WH-1",
        units=tuple(events.ReceivedUnit(unit_id=unit, line_id="L1") for unit in units),
        complete=True,
        inspect_by=house.clock() + timedelta(days=1),
        received_at=house.clock(),
    )
    await house.tell(received, f"insp_{returned}")


async def told(house: RunningRefunds, count: int) -> list[Event]:
    async def enough() -> bool:
        return len(house.witness.seen) >= count

    await house.until(enough)
    kinds: dict[str, type[Event]] = {"refund.opened.v1": events.RefundOpened, "refund.settled.v1": events.RefundSettled}
    return [kinds[each.type].model_validate(each.data, strict=False) for each in house.witness.seen]


async def test_every_step_of_a_refund_has_its_own_day(engines: Any) -> None:
    """I03, I06, I14: ordered in English, asked for in Chinese; in on one day, opened, sent and paid on others."""
    provider = FakeProvider(plan=["pending"])
    async with running_refunds(await a_database(engines), loops=("relay",)) as house:
        order = an_order(language="en", regime=events.Regime.CN, currency="CNY", lines=(a_line(quantity=2),))
        await house.tell(order, order.order_id)
        returned = await house.returned(order, "u1", "u2", language="zh-CN", **by_law("CN"))
        goods_in = START + timedelta(days=1)
        house.clock.moment = goods_in
        await arrive(house, returned, "u1", "u2")
        opened = START + timedelta(days=2)
        house.clock.moment = opened
        await house.accept(returned, "u1")
        refund = (await house.rows())[0]["id"]
        cashier = house.cashier(provider)
        submitted = START + timedelta(days=3)
        house.clock.moment = submitted
        await cashier.pay(refund)
        shown = (await house.get(f"/v1/refunds/{refund}")).json()
        assert (shown["state"], moment(shown["submitted_at"]), moment(shown["settled_at"])) == (
            "pending", submitted, None
        )  # fmt: skip
        assert moment(shown["ask_again_at"]) == submitted + timedelta(seconds=1)
        provider.finish()
        settled = START + timedelta(days=4)
        house.clock.moment = settled
        await cashier.ask(refund)
        shown = (await house.get(f"/v1/refunds/{refund}")).json()
        assert [moment(shown[name]) for name in ("opened_at", "submitted_at", "settled_at", "ask_again_at")] == [
            opened, submitted, settled, None
        ]  # fmt: skip
        pay_by = datetime(2026, 12, 2, 15, 59, 59, tzinfo=UTC)  # the end of 2 December in Shanghai: seven days later
        assert moment(shown["pay_by"]) == pay_by
        first, last = await told(house, 2)
        assert isinstance(first, events.RefundOpened)
        assert isinstance(last, events.RefundSettled)
        assert (first.pay_by, last.settled_at) == (pay_by, settled)
        assert (last.language, last.customer_id, last.units, first.units) == ("zh-CN", "cus-1", ("u1",), ("u1",))
        assert {entry["posting_id"].rpartition(":")[2]: entry["at"] for entry in await house.rows(ledger_entries)} == {
            "opened": opened, "settled": settled
        }  # fmt: skip
        await assert_books_balance(house)


async def test_a_question_is_asked_less_and_less_often_from_one_process_to_the_next(engines: Any) -> None:
    """I03: how often it was asked is kept, and the pause counts from the last question."""
    provider = FakeProvider(plan=["silent"], lookups_silent=True)
    url = await a_database(engines)
    async with running_refunds(url, loops=()) as house:
        order = an_order()
        await house.tell(order, order.order_id)
        await house.accept(await house.returned(order, "u1"), "u1")
        refund = (await house.rows())[0]["id"]
        await house.cashier(provider).pay(refund)
    pauses = []
    for number in range(4):
        async with running_refunds(url, loops=()) as house:
            now = START + timedelta(minutes=10 * (number + 1))
            house.clock.moment = now
            await house.cashier(provider).ask(refund)
            pauses.append((await house.rows())[0]["due_at"] - now)
    assert pauses == [timedelta(seconds=seconds) for seconds in (2, 4, 8, 16)]


async def test_what_is_due_is_taken_the_longest_waiting_first_and_nothing_before_its_time(engines: Any) -> None:
    """I04: with more than there are slots, nobody waits behind one that came later; another job's are not taken."""
    provider = FakeProvider(plan=["silent", "silent"], lookups_silent=True)
    async with running_refunds(await a_database(engines), loops=()) as house:
        order = an_order(lines=(a_line(quantity=4),))
        await house.tell(order, order.order_id)
        returned = await house.returned(order, "u1", "u2", "u3", "u4")
        for unit in ("u1", "u2", "u3", "u4"):
            await house.accept(returned, unit)
            house.clock.pass_by(seconds=1)
        first, second, third, fourth = sorted(row["id"] for row in await house.rows())
        cashier = house.cashier(provider)
        await cashier.pay(second)
        house.clock.pass_by(seconds=1)
        await cashier.pay(first)
        now = house.clock()
        assert await house.queries.due(STATES_TO_PAY, now, 9) == [third, fourth]
        assert await house.queries.due(STATES_TO_PAY, START, 9) == []
        assert await house.queries.due(STATES_TO_INQUIRE, now + LEASE, 9) == [second, first]
        assert await house.queries.due(STATES_TO_INQUIRE, now + LEASE, 1) == [second]
        assert await house.queries.due(STATES_TO_INQUIRE, now, 9) == [second]


async def test_a_payment_that_was_accepted_is_not_sent_again_when_a_later_question_finds_nothing(engines: Any) -> None:
    """I-02, I-03: the provider has said that it pays; that its books are behind is no reason to pay once more."""
    provider = FakeProvider(plan=["pending"])
    async with running_refunds(await a_database(engines), loops=()) as house:
        order = an_order(tenders=(a_tender("T1", 4_000, "gift_card"), a_tender("T2", 6_000)))
        await house.tell(order, order.order_id)
        await house.accept(await house.returned(order, "u1"), "u1")
        refund = (await house.rows())[0]["id"]
        cashier = house.cashier(provider)
        await cashier.pay(refund)
        behind, provider.answers = provider.answers, {}
        for _ in range(3):
            house.clock.pass_by(seconds=30)
            await cashier.ask(refund)
        assert [row["state"] for row in await house.rows()] == [State.PENDING]
        assert sorted(provider.sent) == [f"{refund}-1", f"{refund}-2"]
        provider.answers = behind
        provider.finish()
        house.clock.pass_by(minutes=1)
        await cashier.ask(refund)
        assert [row["state"] for row in await house.rows()] == [State.SETTLED]
        assert provider.total() == 10_000
        await assert_books_balance(house)


async def test_a_call_without_an_answer_leaves_the_refund_unknown(
    engines: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I03: a connection that hangs is silence; its neighbour's answer is recorded."""
    monkeypatch.setattr("service_refunds.application.settlement.execution.CALL_SECONDS", 0.05)
    provider = Hanging()
    async with running_refunds(await a_database(engines), loops=()) as house:
        order = an_order(tenders=(a_tender("T1", 4_000, "gift_card"), a_tender("T2", 6_000)))
        await house.tell(order, order.order_id)
        await house.accept(await house.returned(order, "u1"), "u1")
        await house.cashier(provider).pay((await house.rows())[0]["id"])
        [row] = await house.rows()
        assert (row["state"], [payout["state"] for payout in row["payouts"]]) == ("unknown", ["unknown", "settled"])


class Hanging(FakeProvider):
    """Never answers about the first payout."""

    async def refund(self, key: str, reference: str, amount: Money) -> ProviderAnswer:
        self.seconds = 3_600.0 if key.endswith("-1") else 0.0
        return await super().refund(key, reference, amount)


async def test_odd_cents_of_units_with_different_faults_are_given_once(engines: Any) -> None:
    """3.6, H02: two refunds of one inspection are calculated one after the other; two units of 100.01."""
    async with running_refunds(await a_database(engines), loops=()) as house:
        order = an_order(
            lines=(a_line(paid=10_001, quantity=2),), tenders=(a_tender("T1", 3_334), a_tender("T2", 6_667))
        )
        await house.tell(order, order.order_id)
        faults = {"u1": events.Fault.CUSTOMER, "u2": events.Fault.CARRIER}
        approved = an_approval(order, units=tuple(a_unit(unit, fault=fault) for unit, fault in faults.items()))
        await house.tell(approved, approved.return_id)
        await house.accept(approved.return_id, *faults)
        rows = await house.rows()
        assert sorted(tuple(row["terms"]["units"]) for row in rows) == [("u1",), ("u2",)]
        assert sum(row["amount_minor"] for row in rows) == 10_001
        assert [row["refunds"] for row in await house.rows(known_orders)] == [2]
        ledger = (await house.get(f"/v1/ledger?order_id={order.order_id}")).json()
        left = {each["key"]: each["available_minor"] for each in ledger["balances"] if each["kind"] != "unit"}
        assert (left["captured"], left["L1"]) == (0, 0)
        await assert_books_balance(house)


async def test_what_is_reserved_is_not_available(engines: Any) -> None:
    """H10: as finance sees it, before anything is paid and after."""
    provider = FakeProvider()
    async with running_refunds(await a_database(engines), loops=()) as house:
        order = an_order(lines=(a_line(quantity=4),))
        await house.tell(order, order.order_id)
        returned = await house.returned(order, "u1", "u2", "u3", "u4")
        await house.accept(returned, "u1")
        await house.cashier(provider).pay((await house.rows())[0]["id"])
        await house.accept(returned, "u2", "u3")
        ledger = (await house.get(f"/v1/ledger?order_id={order.order_id}")).json()
        [captured] = [each for each in ledger["balances"] if each["key"] == "captured"]
        assert captured == {
            "kind": "order", "key": "captured", "cap_minor": 10_000, "reserved_minor": 5_000,
            "settled_minor": 2_500, "available_minor": 2_500,
        }  # fmt: skip


async def test_the_feed_says_whether_there_is_more(engines: Any) -> None:
    """I10: by pages of three, four events."""
    async with running_refunds(await a_database(engines)) as house:
        order = an_order(lines=(a_line(quantity=2),))
        await house.tell(order, order.order_id)
        returned = await house.returned(order, "u1", "u2")
        for unit in ("u1", "u2"):
            await house.accept(returned, unit)
        await told(house, 4)

        async def page(after: str) -> Any:
            return (await house.get(f"/v1/finance/events?limit=3&after={after}")).json()

        async def whole() -> bool:
            return len((await house.get("/v1/finance/events?limit=9&after=0")).json()["items"]) == 4

        await house.until(whole)
        first = await page("0")
        assert (len(first["items"]), first["more"]) == (3, True)
        last = await page(first["next"])
        assert (len(last["items"]), last["more"]) == (1, False)


async def test_the_books_of_the_simulator_go_on_where_the_page_ended(engines: Any) -> None:
    async with running_refunds(await a_database(engines)) as house:
        order = an_order(lines=(a_line(quantity=3),))
        await house.tell(order, order.order_id)
        returned = await house.returned(order, "u1", "u2", "u3")
        for unit in ("u1", "u2", "u3"):
            await house.accept(returned, unit)

        async def settled() -> bool:
            return len(await house.refunds_in("settled")) == 3

        await house.until(settled)
        first = (await house.get("/v1/payments/simulator/transfers?limit=2")).json()
        rest = (await house.get(f"/v1/payments/simulator/transfers?limit=2&cursor={first['next']}")).json()
        keys = [each["key"] for each in (*first["items"], *rest["items"])]
        assert keys == sorted((f"{row['id']}-1" for row in await house.rows()), reverse=True)
        assert rest["next"] is None
