"""What the service makes of others' events, in whatever order the nouns arrive, on both engines."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from service_refunds.adapters.tables import balances, common
from shared.contracts import events
from shared.kernel.period import PeriodUnit
from shared.runtime.clock import new_id
from tests.integration.refunds.running_refunds import (
    START,
    RunningRefunds,
    a_database,
    a_line,
    a_tender,
    a_unit,
    an_approval,
    an_inspection,
    an_order,
    assert_books_balance,
    running_refunds,
)

Parts = dict[str, int]


async def parked(house: RunningRefunds) -> list[tuple[str, str]]:
    return [(row["state"], row["reason"]) for row in await house.rows(common.parked)]


async def components(house: RunningRefunds) -> list[Parts]:
    """Each refund's parts by name."""
    items = (await house.get("/v1/refunds")).json()["items"]
    return [{part["name"]: part["amount_minor"] for part in item["components"]} for item in reversed(items)]


async def test_an_inspection_before_the_order_and_the_approval_waits_for_them(engines: Any) -> None:
    """Nouns come in any order; what is missing is waited for."""
    async with running_refunds(await a_database(engines)) as house:
        order = an_order()
        approved = an_approval(order, "u1")
        await house.accept(approved.return_id, "u1")
        assert await parked(house) == [("waiting", "not_yet")]
        await house.tell(approved, approved.return_id)
        house.clock.pass_by(minutes=2)
        assert await house.rows() == []
        await house.tell(order, order.order_id)
        house.clock.pass_by(minutes=2)
        await house.until(lambda: house.refunds_in("settled"))
        assert await parked(house) == []


async def test_failed_units_wait_for_a_person_who_accepts_or_refuses_them(engines: Any) -> None:
    """R4.5: neither paid nor refused; then only what is accepted is paid."""
    async with running_refunds(await a_database(engines)) as house:
        order = an_order(lines=(a_line(quantity=2),))
        await house.tell(order, order.order_id)
        returned = await house.returned(order, "u1", "u2")
        await house.tell(an_inspection(returned, "u1", "u2", result="failed"), f"insp_{returned}")
        assert await house.rows() == []
        decided = events.InspectionDecided(
            return_id=returned,
            customer_id="cus-1",
            language="en",
            units=(
                events.DecidedUnit(unit_id="u1", line_id="L1", decision=events.UnitDecision.ACCEPT),
                events.DecidedUnit(unit_id="u2", line_id="L1", decision=events.UnitDecision.REFUSE),
            ),
            complete=True,
        )
        await house.tell(decided, f"insp_{returned}")
        assert [list(row["terms"]["units"]) for row in await house.rows()] == [["u1"]]


@pytest.mark.parametrize("what", ["cancelled", "unannounced"])
async def test_what_may_not_be_paid_becomes_a_dead_letter_that_a_person_sees(engines: Any, what: str) -> None:
    async with running_refunds(await a_database(engines)) as house:
        order = an_order()
        await house.tell(order, order.order_id)
        returned = await house.returned(order, "u1")
        if what == "cancelled":
            cancelled = events.ReturnCancelled(return_id=returned, customer_id="cus-1", language="en")
            await house.tell(cancelled, returned)
        await house.accept(returned, "u1" if what == "cancelled" else "u9")
        code = {"cancelled": "return_was_cancelled", "unannounced": "unit_not_announced"}[what]
        assert await parked(house) == [("dead", f"rule:{code}")]
        assert await house.rows() == []


@pytest.mark.parametrize("first", ["cancelled", "received"])
async def test_z23_goods_that_have_arrived_are_paid_whatever_the_customer_cancelled(engines: Any, first: str) -> None:
    """A person has taken goods of a cancelled return, or the cancellation crossed their arrival."""
    async with running_refunds(await a_database(engines)) as house:
        order = an_order()
        await house.tell(order, order.order_id)
        returned = await house.returned(order, "u1")

        async def cancel() -> None:
            cancelled = events.ReturnCancelled(return_id=returned, customer_id="cus-1", language="en")
            await house.tell(cancelled, returned)

        async def receive() -> None:
            await house.tell(arrived(returned, 1, of=1), f"insp_{returned}")

        for step in (cancel, receive) if first == "cancelled" else (receive, cancel):
            await step()
        await house.accept(returned, "u1")
        assert await parked(house) == []
        assert [list(row["terms"]["units"]) for row in await house.rows()] == [["u1"]]


async def test_the_way_back_is_charged_once_and_only_where_the_customer_was_told(engines: Any) -> None:
    """H06: a contract return in the US, two inspections; the label is deducted from the first refund alone."""
    async with running_refunds(await a_database(engines)) as house:
        order = an_order(regime=events.Regime.US, lines=(a_line(quantity=2),))
        await house.tell(order, order.order_id)
        label = events.Amount(amount_minor=700, currency="EUR")
        returned = await house.returned(
            order, "u1", "u2", freight_amount=label, freight_prepaid=True, statutory_withdrawal=False
        )
        await house.accept(returned, "u1")
        await house.accept(returned, "u2")
        assert await components(house) == [{"goods_net": 5_000, "return_freight": -700}, {"goods_net": 5_000}]
        await assert_books_balance(house)


async def test_units_of_different_fault_are_calculated_apart(engines: Any) -> None:
    """3.4, 3.5: the defective one bears no freight and brings its share of the outbound freight with it."""
    async with running_refunds(await a_database(engines)) as house:
        order = an_order(
            regime=events.Regime.US,
            lines=(a_line(quantity=2),),
            freight=events.Freight(paid_minor=1_000),
            tenders=(a_tender(captured=11_000),),
        )
        await house.tell(order, order.order_id)
        approved = an_approval(
            order,
            units=(a_unit("u1", fault=events.Fault.CUSTOMER), a_unit("u2", fault=events.Fault.MERCHANT)),
            freight_amount=events.Amount(amount_minor=700, currency="EUR"),
            freight_prepaid=True,
            statutory_withdrawal=False,
        )
        await house.tell(approved, approved.return_id)
        await house.accept(approved.return_id, "u1", "u2")
        assert await components(house) == [
            {"goods_net": 5_000, "outbound_freight_net": 500},
            {"goods_net": 5_000, "return_freight": -700},
        ]
        assert await parked(house) == []


async def test_a_whole_withdrawal_gives_back_what_the_standard_way_would_have_cost(engines: Any) -> None:
    """H04: she chose express for 20.00 where 8.00 was the standard."""
    async with running_refunds(await a_database(engines), loops=()) as house:
        freight = events.Freight(paid_minor=2_000, standard_minor=800)
        order = an_order(freight=freight, tenders=(a_tender(captured=12_000),))
        await house.tell(order, order.order_id)
        await house.accept(await house.returned(order, "u1", whole_order=True), "u1")
        assert await components(house) == [{"goods_net": 10_000, "outbound_freight_net": 800}]


async def test_tax_exclusive_orders_give_back_net_and_tax_as_charged(engines: Any) -> None:
    """H03: 3 pieces, net 100.00, tax 8.25, freight 10.00 net 9.24; the whole order comes back in three looks."""
    async with running_refunds(await a_database(engines)) as house:
        tax = (events.TaxCharged(rate="0.0825", amount_minor=825),)
        line = a_line(paid=10_825, quantity=4, unit_price_minor=2_500, discount_minor=0, taxes=tax)
        freight = events.Freight(
            paid_minor=1_000, standard_minor=1_000, taxes=(events.TaxCharged(rate="0.0825", amount_minor=76),)
        )
        order = an_order(prices_include_tax=False, lines=(line,), freight=freight, tenders=(a_tender(captured=11_825),))
        await house.tell(order, order.order_id)
        returned = await house.returned(order, "u1", "u2", "u3", "u4", whole_order=True)
        for unit in ("u1", "u2", "u3", "u4"):
            await house.accept(returned, unit)
        found = await components(house)
        totals = {name: sum(parts.get(name, 0) for parts in found) for name in found[-1]}
        assert totals == {
            "goods_net": 10_000, "goods_tax": 825, "outbound_freight_net": 924, "outbound_freight_tax": 76
        }  # fmt: skip
        for row in await house.rows(balances):
            if row["kind"] != "unit":
                assert row["reserved_minor"] + row["settled_minor"] == row["cap_minor"], row["key"]


M = events.RefundMilestone
LAW: dict[str, tuple[int, str, tuple[M, ...], tuple[M, ...]]] = {
    "CN": (7, "days", (M.GOODS_IN,), ()),
    "EU": (14, "days", (M.STATEMENT,), (M.GOODS_IN, M.PROOF_OF_SENDING)),
    "UK": (14, "days", (M.GOODS_IN, M.PROOF_OF_SENDING), ()),
    "US": (7, "working_days", (M.AGREED,), ()),
}


def by_law(regime: str) -> dict[str, Any]:
    """What the approval says about the day of the refund."""
    count, unit, starts, waits = LAW[regime]
    clock = events.RefundClock(
        line_id="L1",
        reason="changed_mind",
        count=count,
        unit=PeriodUnit(unit),
        starts=starts,
        may_wait_for=waits,
    )
    return {"stated_at": START, "legal_calendar": regime, "refund_clocks": (clock,)}


def arrived(
    returned: str, number: int, *, received_at: datetime | None = None, of: int = 2
) -> events.InspectionReceived:
    return events.InspectionReceived(
        return_id=returned,
        receipt_id=f"rcp_{number}",
        warehouse="WH-1",
        units=(events.ReceivedUnit(unit_id=f"u{number}", line_id="L1"),),
        complete=number == of,
        inspect_by=START + timedelta(days=3),
        received_at=received_at,
    )


async def due_days(house: RunningRefunds) -> list[str]:
    """The days by which the refunds are due, the oldest first, as everybody is told."""
    items = (await house.get("/v1/refunds")).json()["items"]

    async def told() -> bool:
        return len(opened()) == len(items)

    def opened() -> list[Any]:
        return [each.data["pay_by_day"] for each in house.witness.seen if each.type == "refund.opened.v1"]

    await house.until(told)
    shown = [item["pay_by_day"] for item in reversed(items)]
    assert opened() == shown
    return shown


@pytest.mark.parametrize(
    ("regime", "first", "second"),
    [
        ("CN", "2026-12-01", "2026-12-04"),
        ("EU", "2026-12-08", "2026-12-08"),
        ("UK", "2026-12-08", "2026-12-11"),
        ("US", "2026-12-08", "2026-12-08"),
    ],
)
async def test_z11_the_legal_clock_is_the_one_that_the_approval_names(
    engines: Any, regime: str, first: str, second: str
) -> None:
    """I06, Z11: each unit from its own arrival, from the statement, or from accepting it; START is 24 November."""
    async with running_refunds(await a_database(engines)) as house:
        order = an_order(regime=events.Regime(regime), lines=(a_line(quantity=2),))
        await house.tell(order, order.order_id)
        returned = await house.returned(order, "u1", "u2", **by_law(regime))
        for number in (1, 2):
            await house.tell(arrived(returned, number), f"insp_{returned}")
            house.clock.pass_by(days=3)
        house.clock.pass_by(days=-3)
        await house.accept(returned, "u1")
        await house.accept(returned, "u2")
        assert await due_days(house) == [first, second]


async def test_the_legal_clock_runs_from_the_receipt_however_late_it_is_heard_of(engines: Any) -> None:
    """I06, N01: from the moment in the event, or from now where it names none or one that is yet to come."""
    async with running_refunds(await a_database(engines)) as house:
        order = an_order(regime=events.Regime.CN, lines=(a_line(quantity=3),))
        await house.tell(order, order.order_id)
        returned = await house.returned(order, "u1", "u2", "u3", **by_law("CN"))
        house.clock.pass_by(days=3)
        for number, received_at in ((1, START + timedelta(days=30)), (2, START + timedelta(days=1)), (3, None)):
            await house.tell(arrived(returned, number, received_at=received_at, of=3), f"insp_{returned}")
            await house.accept(returned, f"u{number}")
        assert await due_days(house) == ["2026-12-04", "2026-12-02", "2026-12-04"]


async def test_z11_accepting_late_heard_of_and_parcels_announced_count_from_when_they_were(engines: Any) -> None:
    """Reg Z: from accepting; CCR 34(5): from the proof of sending. Neither moment can be one that is yet to come."""
    for regime, day in (("US", "2026-12-07"), ("UK", "2026-12-09")):
        async with running_refunds(await a_database(engines)) as house:
            order = an_order(regime=events.Regime(regime))
            await house.tell(order, order.order_id)
            returned = await house.returned(order, "u1", **by_law(regime))
            house.clock.pass_by(days=20)
            for at in (START + timedelta(days=1), START + timedelta(days=90), None):
                units = ("u1",) if at is not None else ()
                sent = events.ReturnShipped(
                    return_id=returned,
                    shipment_id=new_id("shp"),
                    carrier="dhl",
                    tracking_number="JD1",
                    units=units,
                    announced_at=at,
                )
                await house.tell(sent, returned)
            await house.tell(arrived(returned, 1, of=1), f"insp_{returned}")
            accepted = an_inspection(returned, "u1").model_copy(update={"inspected_at": START + timedelta(days=1)})
            await house.tell(accepted, f"insp_{returned}")
            assert await due_days(house) == [day]


async def test_z11_events_from_before_name_no_terms_and_are_paid_within_a_day(engines: Any) -> None:
    """No second copy of the law is kept for them; the day is not said."""
    async with running_refunds(await a_database(engines)) as house:
        order = an_order()
        await house.tell(order, order.order_id)
        returned = await house.returned(order, "u1")
        await house.tell(arrived(returned, 1, of=1), f"insp_{returned}")
        house.clock.pass_by(days=2)
        await house.accept(returned, "u1")
        assert await due_days(house) == [None]
        assert [row["pay_by"] for row in await house.rows()] == [START + timedelta(days=3)]


async def test_z11_an_approval_by_a_calendar_that_is_not_here_is_put_aside(engines: Any) -> None:
    """Nobody guesses: a newer calendar comes with a newer program, and then the event is replayed."""
    async with running_refunds(await a_database(engines)) as house:
        order = an_order()
        await house.tell(order, order.order_id)
        returned = await house.returned(order, "u1", **(by_law("EU") | {"legal_calendar": "EU-FR"}))
        assert await parked(house) == [("dead", "rule:unknown_calendar")]
        await house.accept(returned, "u1")
        assert await house.rows() == []


async def test_a_free_item_closes_without_a_payment_call(engines: Any) -> None:
    """H15."""
    async with running_refunds(await a_database(engines)) as house:
        order = an_order(lines=(a_line(), a_line("L2", 0, unit_price_minor=500, discount_minor=500)))
        await house.tell(order, order.order_id)
        approved = an_approval(order, units=(a_unit("u1", "L2"),))
        await house.tell(approved, approved.return_id)
        await house.accept(approved.return_id, "u1", line="L2")
        row = (await house.rows())[0]
        assert (row["state"], row["amount_minor"], row["payouts"]) == ("settled", 0, [])
        await house.until(lambda: _told(house, 2))
        assert [each.type for each in house.witness.seen] == ["refund.opened.v1", "refund.settled.v1"]


async def _told(house: RunningRefunds, count: int) -> bool:
    return len(house.witness.seen) >= count


async def test_z23_one_piece_that_two_returns_hold_is_paid_once(engines: Any) -> None:
    """B14, Y21: it was asked for again after the customer had kept it, and both returns were accepted: both end."""
    async with running_refunds(await a_database(engines)) as house:
        order = an_order(lines=(a_line(quantity=1),))
        await house.tell(order, order.order_id)
        first, second = await house.returned(order, "u1"), await house.returned(order, "u2")
        await house.accept(first, "u1")
        await house.accept(second, "u2")
        told = {
            refund["units"][0]: (refund["amount"]["amount_minor"], refund["beyond_order"])
            for refund in (await house.get("/v1/refunds")).json()["items"]
        }
        assert told == {"u1": (10_000, []), "u2": (0, ["u2"])}
        assert await parked(house) == []
