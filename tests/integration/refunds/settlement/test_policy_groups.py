"""Pieces for which a policy chooses otherwise get refunds of their own; no grouping changes a sum (Z08, Z12, H04)."""

from typing import Any, Final

import pytest

from shared.contracts import events
from tests.integration.refunds.running_refunds import (
    RunningRefunds,
    a_database,
    a_line,
    a_tender,
    a_unit,
    an_order,
    running_refunds,
)

LINES: Final = {"L1": 6_000, "L2": 3_000}
TENDERS: Final = (a_tender("T1", 6_000), a_tender("T2", 4_000, "gift_card"))
WAYS: Final = [[("L1", "L2")], [("L1",), ("L2",)], [("L2",), ("L1",)]]


def rule(line: str, fee: int) -> events.RefundRule:
    """All of the freight with the whole order, nothing of it before; a fee for this line."""
    return events.RefundRule(
        line_id=line,
        reason="changed_mind",
        restocking_basis_points=fee,
        outbound_whole=events.OutboundFreightBack.FULL,
        outbound_part=events.OutboundFreightBack.NONE,
    )


async def refunded(house: RunningRefunds, way: list[tuple[str, ...]]) -> list[dict[str, Any]]:
    """The refunds of an order of 90.00 and 10.00 of freight, with 10 % of the first line as a fee."""
    order = an_order(
        regime=events.Regime.US,
        lines=tuple(a_line(line, paid) for line, paid in LINES.items()),
        freight=events.Freight(paid_minor=1_000),
        tenders=TENDERS,
    )
    await house.tell(order, order.order_id)
    units = {line: a_unit(f"{order.order_id}/{line}", line) for line in LINES}
    returned = await house.returned(
        order,
        units=tuple(units.values()),
        statutory_withdrawal=False,
        refund_rules=tuple(rule(line, fee) for line, fee in (("L1", 1_000), ("L2", 0))),
        tender_order=events.TenderOrder.CREDIT_FIRST,
    )
    for parcel in way:
        if len(parcel) == len(LINES):
            await house.tell(an_inspection_of(returned, units), f"insp_{returned}")
        else:
            for line in parcel:
                await house.accept(returned, units[line].unit_id, line=line)
    found: list[dict[str, Any]] = (await house.get(f"/v1/refunds?return_id={returned}")).json()["items"]
    return found


def an_inspection_of(return_id: str, units: dict[str, events.ApprovedUnit]) -> events.InspectionCompleted:
    """Both pieces were accepted at once."""
    return events.InspectionCompleted(
        return_id=return_id,
        units=tuple(
            events.InspectedUnit(unit_id=unit.unit_id, line_id=line, result=events.UnitResult.ACCEPTED, grade="A")
            for line, unit in units.items()
        ),
        complete=True,
    )


@pytest.mark.parametrize("way", WAYS)
async def test_z08_two_groups_of_one_order_bring_its_freight_back_whatever_comes_first(
    engines: Any, way: list[tuple[str, ...]]
) -> None:
    """90.00 less 6.00, and 10.00 of freight with the last group; the gift card first, then the card (I02)."""
    async with running_refunds(await a_database(engines)) as house:
        found = await refunded(house, way)
        assert len(found) == len(LINES)
        sums: dict[str, int] = {}
        for part in (part for each in found for part in each["components"]):
            sums[part["name"]] = sums.get(part["name"], 0) + part["amount_minor"]
        assert sums == {"goods_net": 9_000, "outbound_freight_net": 1_000, "restocking_fee": -600}
        shares: dict[str, int] = {}
        for payout in (payout for each in found for payout in each["payouts"]):
            shares[payout["tender_id"]] = shares.get(payout["tender_id"], 0) + payout["amount_minor"]
        assert shares == {"T2": 4_000, "T1": 5_400}
