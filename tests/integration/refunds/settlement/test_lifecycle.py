"""A refund from an accepted unit to the customer's money, on both engines."""

from typing import Any

import pytest

from service_refunds.adapters.tables import simulated_transfers
from service_refunds.application.settlement import refund_calculation
from tests.integration.refunds.running_refunds import (
    a_database,
    a_line,
    a_tender,
    an_envelope,
    an_inspection,
    an_order,
    assert_books_balance,
    running_refunds,
)


async def test_an_accepted_unit_is_paid_back_and_everybody_can_see_how(engines: Any) -> None:
    """H01, I03, I05, I14: one unit of two, two tenders."""
    async with running_refunds(await a_database(engines)) as house:
        order = an_order(
            lines=(a_line(paid=10_001, quantity=2),),
            tenders=(a_tender("T1", 5_000, "gift_card"), a_tender("T2", 5_001)),
        )
        await house.tell(order, order.order_id)
        returned = await house.returned(order, "u1", "u2")
        await house.accept(returned, "u1")
        await house.until(lambda: house.refunds_in("settled"))
        found = (await house.get(f"/v1/refunds?return_id={returned}")).json()["items"][0]
        assert found["state"] == "settled"
        assert found["amount"] == {"amount_minor": 5_001, "currency": "EUR"}
        assert sum(part["amount_minor"] for part in found["components"]) == 5_001
        assert sum(each["amount_minor"] for each in found["payouts"]) == 5_001
        assert all(each["trace"] for each in found["payouts"])
        assert [each["key"] for each in found["payouts"]] == [f"{found['id']}-1", f"{found['id']}-2"]
        transfers = (await house.get("/v1/payments/simulator/transfers")).json()["items"]
        assert {each["key"]: each["amount_minor"] for each in transfers} == {
            each["key"]: each["amount_minor"] for each in found["payouts"]
        }
        ledger = (await house.get(f"/v1/ledger?order_id={order.order_id}")).json()
        assert ledger["sum_minor"] == 0
        assert {each["account"]: each["balance_minor"] for each in ledger["accounts"]}["owed"] == 0
        await assert_books_balance(house)
        await house.until(lambda: _seen(house, 2))
        assert [event.type for event in house.witness.seen] == ["refund.opened.v1", "refund.settled.v1"]
        await house.accept(returned, "u2", "u1")
        await house.until(lambda: _settled(house, 2))
        assert sum(row["amount_minor"] for row in await house.rows()) == 10_001
        assert sum(row["amount_minor"] for row in await house.rows(simulated_transfers)) == 10_001
        await assert_books_balance(house)


async def test_what_is_owed_is_calculated_once(engines: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is only looked at is read as the database has it, so that nothing has to be decided once more."""
    calculations = []
    calculate = refund_calculation.calculate

    def counted(*facts: Any) -> Any:
        calculations.append(facts)
        return calculate(*facts)

    monkeypatch.setattr(refund_calculation, "calculate", counted)
    async with running_refunds(await a_database(engines)) as house:
        order = an_order(lines=(a_line(paid=10_001, quantity=2),), tenders=(a_tender("T1", 10_001),))
        await house.tell(order, order.order_id)
        returned = await house.returned(order, "u1", "u2")
        await house.accept(returned, "u1")
        await house.until(lambda: _settled(house, 1))
        assert len(calculations) == 1


async def test_a_refund_names_the_inspection_that_led_to_it_and_its_payment_nobody(engines: Any) -> None:
    """O02: the id of the very event; what the service does by itself later has no cause but belongs to the return."""
    async with running_refunds(await a_database(engines)) as house:
        order = an_order(lines=(a_line(paid=10_000, quantity=2),))
        await house.tell(order, order.order_id)
        returned = await house.returned(order, "u1", "u2")
        trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        told = an_envelope(an_inspection(returned, "u1"), f"insp_{returned}", 1)
        inspected = told.model_copy(update={"traceparent": trace})
        await house.deliver(inspected)
        await house.until(lambda: _seen(house, 2))
        opened, settled = house.witness.seen
        assert (opened.type, opened.causationid) == ("refund.opened.v1", inspected.id)
        assert (settled.type, settled.causationid) == ("refund.settled.v1", None)
        assert (opened.traceparent, settled.traceparent) == (trace, None)
        for told in (opened, settled):
            assert (told.correlationid, told.actor, told.source) == (returned, "service:refunds", "/retour/refunds")
            assert told.subject == opened.data["refund_id"]


async def _seen(house: Any, count: int) -> bool:
    return len(house.witness.seen) >= count


async def _settled(house: Any, count: int) -> bool:
    return len(await house.refunds_in("settled")) == count
