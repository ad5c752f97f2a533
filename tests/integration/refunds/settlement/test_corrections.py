"""Z01: a correction of the warehouse stops a refund that was not sent, and leaves alone what the provider may know."""

from typing import Any

import pytest

from service_refunds.adapters.tables import balances
from shared.contracts import events
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


def corrected(return_id: str, **standings: str) -> events.InspectionCorrected:
    """The warehouse takes back what it told about these units."""
    return events.InspectionCorrected(
        return_id=return_id,
        cause="ins_2",
        customer_id="c1",
        language="en",
        units=tuple(
            events.CorrectedUnit(unit_id=unit, line_id="L1", standing=events.UnitStanding(standing))
            for unit, standing in standings.items()
        ),
        complete=True,
        corrected_at=START,
    )


def decided(return_id: str, **agreed: int) -> events.InspectionDecided:
    """A person accepts these units, each with a deduction in hundredths of a percent; 0 is none."""
    return events.InspectionDecided(
        return_id=return_id,
        customer_id="c1",
        language="en",
        units=tuple(
            events.DecidedUnit(
                unit_id=unit,
                line_id="L1",
                decision=events.UnitDecision.ACCEPT,
                deduction_basis_points=points or None,
                deduction_agreed=True if points else None,
            )
            for unit, points in agreed.items()
        ),
        complete=True,
    )


async def two_reserved(house: RunningRefunds) -> str:
    """Two units in one refund of 50.00, which nobody has sent."""
    order = an_order(lines=(a_line(paid=5_000, quantity=2),), tenders=(a_tender("T1", 5_000),))
    await house.tell(order, order.order_id)
    returned = await house.returned(order, "u1", "u2")
    await house.accept(returned, "u1", "u2")
    return returned


@pytest.mark.parametrize("times", [1, 3])
async def test_a_refund_that_was_not_sent_is_stopped_and_the_others_are_refunded_anew(engines: Any, times: int) -> None:
    """Z01: one of two units failed after all. Its part is never paid, however often the event comes."""
    async with running_refunds(await a_database(engines), loops=()) as house:
        returned = await two_reserved(house)
        for time in range(times):
            await house.tell(corrected(returned, u1="failed"), f"insp_{returned}", again=time > 0)
        rows = {row["state"]: row for row in await house.rows()}
        assert {state: row["amount_minor"] for state, row in rows.items()} == {"stopped": 5_000, "reserved": 2_500}
        assert [*rows["reserved"]["terms"]["units"]] == ["u2"]
        await assert_books_balance(house)
        cashier = house.cashier(FakeProvider())
        for row in await house.rows():
            await cashier.pay(row["id"])
        assert sorted(row["state"] for row in await house.rows()) == ["settled", "stopped"]
        await assert_books_balance(house)
        await house.tell(corrected(returned, u1="accepted"), f"insp_{returned}")
        for row in await house.refunds_in("reserved"):
            await cashier.pay(row["id"])
        paid = [row["amount_minor"] for row in await house.refunds_in("settled")]
        assert sorted(paid) == [2_500, 2_500]
        await assert_books_balance(house)


async def test_a_refund_that_the_provider_may_know_stays(engines: Any) -> None:
    """Z01: the money is gone; a person is asked by the inspection. The unit is never refunded again."""
    async with running_refunds(await a_database(engines), loops=()) as house:
        returned = await two_reserved(house)
        [row] = await house.rows()
        await house.cashier(FakeProvider()).pay(row["id"])
        await house.tell(corrected(returned, u1="expected"), f"insp_{returned}")
        await house.tell(corrected(returned, u1="accepted"), f"insp_{returned}")
        assert [(each["state"], each["amount_minor"]) for each in await house.rows()] == [("settled", 5_000)]
        await assert_books_balance(house)


async def test_a_stopped_refund_is_told_and_sent_by_nobody(engines: Any) -> None:
    """Z01: others hear `refund.stopped`; the order has all its money again."""
    async with running_refunds(await a_database(engines), loops=("relay",)) as house:
        returned = await two_reserved(house)
        [row] = await house.rows()
        await house.tell(corrected(returned, u1="failed", u2="expected"), f"insp_{returned}")

        async def heard() -> bool:
            return any(each.type == "refund.stopped.v1" for each in house.witness.seen)

        await house.until(heard)
        provider = FakeProvider()
        await house.cashier(provider).pay(row["id"])
        assert [each["state"] for each in await house.rows()] == ["stopped"]
        free = [each for each in await house.rows(balances) if each["kind"] in ("order", "tender")]
        assert all(each["reserved_minor"] == each["settled_minor"] == 0 for each in free)
        assert not [each for each in await house.rows(balances) if each["kind"] == "unit"]
        await assert_books_balance(house)


async def test_z31_a_decision_that_is_taken_back_and_made_anew_takes_its_deduction_along(engines: Any) -> None:
    """R4.5, H07: 20 % were agreed, then 10 %, then the look itself was wrong: the refund that was not sent is replaced
    each time, and no part of an old deduction stays.
    """
    async with running_refunds(await a_database(engines), loops=()) as house:
        order = an_order(lines=(a_line(paid=5_000, quantity=2),), tenders=(a_tender("T1", 5_000),))
        await house.tell(order, order.order_id)
        returned = await house.returned(order, "u1", "u2")
        subject = f"insp_{returned}"
        amounts: list[dict[str, int]] = []
        for event in (
            decided(returned, u1=2_000, u2=0),
            corrected(returned, u1="failed"),
            decided(returned, u1=1_000),
            corrected(returned, u1="expected"),
            corrected(returned, u1="accepted"),
        ):
            await house.tell(event, subject)
            refunds = await house.refunds_in("reserved")
            amounts.append({"+".join(row["terms"]["units"]): row["amount_minor"] for row in refunds})
            await assert_books_balance(house)
        assert amounts == [
            {"u1+u2": 4_500},
            {"u2": 2_500},
            {"u2": 2_500, "u1": 2_250},
            {"u2": 2_500},
            {"u2": 2_500, "u1": 2_500},
        ]
        cashier = house.cashier(FakeProvider())
        for row in await house.refunds_in("reserved"):
            await cashier.pay(row["id"])
        assert sum(row["amount_minor"] for row in await house.refunds_in("settled")) == 5_000


async def test_z31_a_deduction_that_the_customer_has_not_agreed_to_is_not_charged(engines: Any) -> None:
    """R4.5: an old release told deductions that nobody had agreed to."""
    async with running_refunds(await a_database(engines), loops=()) as house:
        order = an_order(lines=(a_line(paid=5_000, quantity=2),), tenders=(a_tender("T1", 5_000),))
        await house.tell(order, order.order_id)
        returned = await house.returned(order, "u1", "u2")
        (unit, other) = decided(returned, u1=2_000, u2=0).units
        silent = unit.model_copy(update={"deduction_agreed": None})
        event = decided(returned).model_copy(update={"units": (silent, other)})
        await house.tell(event, f"insp_{returned}")
        assert [row["amount_minor"] for row in await house.rows()] == [5_000]
