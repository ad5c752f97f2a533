"""What is kept of an approval and of an order: who pays the carrier, whose fault it is, which payments there were."""

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from service_refunds.adapters.known.known_rows import OrderRows
from service_refunds.application.known import following
from service_refunds.domain.calculation.imported_order import (
    ImportedCharge,
    ImportedDiscount,
    ImportedFreight,
    ImportedLine,
    ImportedOrder,
    ImportedPayment,
    ImportedTax,
    PaymentKind,
)
from service_refunds.domain.calculation.inputs.order_part import ChargeKind
from service_refunds.domain.known.known_order import KnownOrder
from service_refunds.domain.known.known_return import KnownReturn, KnownUnit
from service_refunds.entrypoints.consumers import known_order, known_return
from service_requests.adapters.orders.order_event import NEAREST_KIND
from service_requests.domain.orders.order_part import ChargeKind as KindOfCharge, PaymentMeans
from shared.contracts import events
from shared.contracts.events import (
    Amount,
    ApprovedUnit,
    Fault,
    FreightPayer,
    ReturnAddress,
    ReturnApproved,
)
from shared.database.reader import Reader
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
    await following.record_return(house, known_return(an_approval(**but)), {})
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
    await following.record_return(house, known_return(an_approval()), {})
    await following.record_return(house, known_return(an_approval(freight_prepaid=False, language="en")), {})
    assert (house.returns.known["ret_1"].label_minor, house.returns.known["ret_1"].language) == (700, "zh-CN")


async def test_goods_and_cancellations_of_a_return_that_nobody_knows() -> None:
    """The arrival waits for the approval; there is nothing to cancel."""
    house = a_house()
    with pytest.raises(NotYet):
        await following.record_goods_in(house, "ret_1", ["u1"], NOON)
    await following.cancel_return(house, "ret_1")
    await following.record_return(house, known_return(an_approval()), {})
    await following.record_goods_in(house, "ret_1", ["u1"], NOON + timedelta(days=2))
    await following.record_goods_in(house, "ret_1", ["u1"], NOON + timedelta(days=1))
    assert house.returns.known["ret_1"].goods_in_at == NOON + timedelta(days=1)


SAMPLES = Path(__file__).parents[3] / "shared/contracts/samples"


def an_imported_order(**but: Any) -> events.OrderImported:
    """The sample of the contract."""
    document = json.loads((SAMPLES / "order.imported.v1.json").read_text(encoding="utf-8"))["data"]
    return events.OrderImported.model_validate_json(json.dumps(document | but))


def test_every_fact_of_an_imported_order_has_its_place() -> None:
    """Each figure differs from the others, so that no two can change places."""
    found = known_order(
        an_imported_order(
            regime="UK",
            currency="GBP",
            prices_include_tax=False,
            lines=[
                {
                    "line_id": "L7",
                    "sku": "S",
                    "name": "Coat",
                    "quantity": 3,
                    "unit_price_minor": 1001,
                    "discount_minor": 12,
                    "paid_minor": 2999,
                    "taxes": [{"rate": "0.2", "amount_minor": 500}],
                }
            ],
            freight={
                "paid_minor": 701,
                "standard_minor": 402,
                "taxes": [{"rate": "0.05", "amount_minor": 33}],
            },
            tenders=[{"tender_id": "T9", "kind": "bank_transfer", "captured_minor": 3700, "reference": "ch_9"}],
            total_minor=3701,
            discounts=[{"discount_id": "D3", "name": "Spring", "amount_minor": 13, "line_ids": ["L7"]}],
            charges=[{"charge_id": "C5", "kind": "wrap", "name": "Box", "paid_minor": 350, "line_id": "L7"}],
        )
    )
    assert found.imported == ImportedOrder(
        regime="UK",
        currency="GBP",
        prices_include_tax=False,
        lines=(
            ImportedLine(
                line_id="L7",
                quantity=3,
                unit_price_minor=1001,
                discount_minor=12,
                paid_minor=2999,
                taxes=(ImportedTax("0.2", 500),),
            ),
        ),
        freight=ImportedFreight(701, 402, (ImportedTax("0.05", 33),)),
        tenders=(ImportedPayment("T9", PaymentKind.BANK_TRANSFER, 3700, "ch_9"),),
        total_minor=3701,
        discounts=(ImportedDiscount("D3", 13, ("L7",)),),
        charges=(ImportedCharge(charge_id="C5", kind="wrap", paid_minor=350, name="Box", line_id="L7"),),
    )


def test_a_storefronts_means_of_payment_are_those_of_the_contract() -> None:
    """A17, Z36: every means of payment is told as one of them, every kind of charge has its rule."""
    assert {kind.value for kind in PaymentKind} == {kind.value for kind in events.TenderKind}
    assert set(NEAREST_KIND) == set(PaymentMeans)
    assert {kind.value for kind in KindOfCharge} == {kind.value for kind in ChargeKind}


async def test_an_order_is_read_from_its_row_as_it_came_with_the_event() -> None:
    """The row holds the whole event. Every field that refunds read has the same name in both."""
    event = an_imported_order()
    order = known_order(event)
    root, _ = OrderRows().save(order)
    assert root.values["snapshot"] == event.model_dump(mode="json")
    assert (root.values["regime"], root.values["currency"]) == (event.regime.value, event.currency)
    row = json.loads(json.dumps(root.values)) | {"refunds": 2, "version": 3}
    found = await OrderRows().load(cast("Reader", OneRow(row)), order.id)
    assert found is not None
    assert found.imported == order.imported
    assert (found.id, found.snapshot, found.refunds, found.version) == (order.id, order.snapshot, 2, 3)


async def test_an_order_is_recorded_once() -> None:
    house = a_house()
    first, again = known_order(an_imported_order()), known_order(an_imported_order(total_minor=1))
    await following.record_order(house, first)
    await following.record_order(house, again)
    assert house.orders.known == {first.id: first}
    assert len(first.events) == 1
    assert again.events == []


@dataclass(frozen=True)
class OneRow:
    """A database that holds one row."""

    row: dict[str, Any]

    async def load(self, *_: object) -> list[dict[str, Any]]:
        return [self.row]
