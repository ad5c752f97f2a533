"""What is kept of an approval: who paid the carrier, whose fault each unit is, in which language, from when on."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from service_refunds.application.known import following
from service_refunds.domain.known.known_order import KnownOrder
from service_refunds.domain.known.known_return import KnownReturn, KnownUnit
from shared.contracts.events import (
    Amount,
    ApprovedUnit,
    Fault,
    FreightPayer,
    ReturnAddress,
    ReturnApproved,
)
from shared.kernel.errors import NotYet
from tests.support.keeping import Kept
from tests.unit.refunds.known.test_known_order import NOON


@dataclass
class House:
    """Known orders and returns in dictionaries."""

    orders: Kept[KnownOrder] = field(default_factory=Kept)
    returns: Kept[KnownReturn] = field(default_factory=Kept)


def a_house() -> Any:
    return House()


def an_approval(**but: Any) -> ReturnApproved:
    """A defective unit, one that was broken on the way, and one that she does not like."""
    faults = {"u1": Fault.MERCHANT, "u2": Fault.CARRIER, "u3": Fault.CUSTOMER}
    facts: dict[str, Any] = {
        "return_id": "ret_1",
        "rma": "RMA-1",
        "order_id": "order_1",
        "customer_id": "cus-1",
        "language": "zh-CN",
        "automatic": True,
        "units": tuple(
            ApprovedUnit(unit_id=unit, line_id=f"L-{unit}", sku="S", name="Thing", reason="r", fault=fault)
            for unit, fault in faults.items()
        ),
        "address": ReturnAddress(warehouse="WH-1", recipient="R", lines=("1 Road",), contact="Desk", phone="+49 1"),
        "carriers": ("DHL",),
        "freight_payer": FreightPayer.CUSTOMER,
        "freight_prepaid": True,
        "freight_amount": Amount(amount_minor=700, currency="CNY"),
        "statutory_withdrawal": False,
        "whole_order": True,
        "ship_by": date(2026, 12, 10),
    }
    return ReturnApproved(**(facts | but))


async def kept(**but: Any) -> KnownReturn:
    house = a_house()
    await following.record_return(house, an_approval(**but), {})
    found: KnownReturn = house.returns.known["ret_1"]
    return found


@pytest.mark.parametrize(
    ("payer", "prepaid", "label"),
    [
        (FreightPayer.CUSTOMER, True, 700),
        (FreightPayer.CUSTOMER, False, None),
        (FreightPayer.MERCHANT, True, None),
        (FreightPayer.MERCHANT, False, None),
    ],
)
async def test_only_a_label_that_we_have_bought_for_her_is_charged(
    payer: FreightPayer, prepaid: bool, label: int | None
) -> None:
    """H06: whoever pays the carrier herself has paid; what the merchant bears is charged to nobody."""
    assert (await kept(freight_payer=payer, freight_prepaid=prepaid)).label_minor == label


async def test_a_label_without_an_amount_is_charged_to_nobody() -> None:
    """R2.4: she was not told what it costs."""
    assert (await kept(freight_amount=None)).label_minor is None


async def test_each_unit_keeps_its_own_fault_and_the_return_its_own_words() -> None:
    """3.4: what the merchant's carrier broke is the merchant's fault."""
    found = await kept()
    assert found.units == (
        KnownUnit("u1", "L-u1", True, "r"),
        KnownUnit("u2", "L-u2", True, "r"),
        KnownUnit("u3", "L-u3", False, "r"),
    )
    assert (found.order_id, found.customer_id, found.language) == ("order_1", "cus-1", "zh-CN")
    assert (found.statutory_withdrawal, found.whole_order) == (False, True)
    other = await kept(statutory_withdrawal=True, whole_order=False)
    assert (other.statutory_withdrawal, other.whole_order) == (True, False)


async def test_what_was_said_first_binds() -> None:
    house = a_house()
    await following.record_return(house, an_approval(), {})
    await following.record_return(house, an_approval(freight_prepaid=False, language="en"), {})
    assert (house.returns.known["ret_1"].label_minor, house.returns.known["ret_1"].language) == (700, "zh-CN")


async def test_goods_and_cancellations_of_a_return_that_nobody_knows() -> None:
    """The arrival waits for the approval; there is nothing to cancel."""
    house = a_house()
    with pytest.raises(NotYet):
        await following.record_goods_in(house, "ret_1", ["u1"], NOON)
    await following.cancel_return(house, "ret_1")
    await following.record_return(house, an_approval(), {})
    await following.record_goods_in(house, "ret_1", ["u1"], NOON + timedelta(days=2))
    await following.record_goods_in(house, "ret_1", ["u1"], NOON + timedelta(days=1))
    assert house.returns.known["ret_1"].goods_in_at == NOON + timedelta(days=1)
