"""Refunds as they were stored before there were groups, and what the next refund of the order makes of them (Z08)."""

import json
from dataclasses import replace
from typing import Any

from service_refunds.adapters.settlement.refund_rows import RefundRows, refund_of_row
from service_refunds.application.settlement.refund_calculation import history_of, with_balances
from service_refunds.domain.calculation.calculation import Calculation
from service_refunds.domain.calculation.inputs.history import LineHistory
from service_refunds.domain.ledger.balance import Balance, Kind
from service_refunds.domain.settlement.refund import Refund
from service_refunds.domain.settlement.state import PayoutState
from shared.kernel.money import Money
from tests.unit.refunds.settlement.test_refund_moves import AT, a_refund
from tests.unit.refunds.simple_request import an_order, calculation_of

RULE = {"steps": [{"from": "300", "off": "50"}]}
ORDER = an_order(["200.00", "150.00"], "CNY", discounts=[{"id": "m", "amount": "50.00", "rule": RULE}])
CN: dict[str, Any] = {"regime": "CN"}


def yuan(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "CNY"}


STORED: dict[str, Any] = {
    "id": "rfd_1", "version": 3, "sequence": 2, "state": "settled", "submitted_at": AT, "key_until": AT, "due_at": None,
    "settled_at": AT, "asked": 0, "code": None, "remainder_closed": None,
    "payouts": [
        {"key": "rfd_1-1", "tender": "card", "kind": "card", "reference": "ch_1", "amount": yuan(10_000),
         "body_hash": "0" * 64, "state": "settled", "trace": "t", "code": None},
    ],
    "terms": {
        "return_id": "ret_1", "order_id": "order_1", "customer_id": "cus-1", "language": "en", "amount": yuan(10_000),
        "units": {"L2#1": "L2"},
        "components": [
            {"name": "goods_net", "amount": yuan(12_857), "subject": "L2", "rate": ""},
            {"name": "rerated_net", "amount": yuan(-2_857), "subject": "L1", "rate": ""},
        ],
        "demands": [{"kind": "tender", "key": "card", "takes": 10_000, "raises": 0}],
        "restated": [
            {"line": "L1", "units": [], "restated": {
                "quantity": 1, "charge": {"currency": "CNY", "rates": [], "figures": [20_000]}}},
        ],
        "ended_coupons": [], "calculation": "0" * 64, "pay_by": "2026-12-08T08:00:00Z",
        "opened_at": "2026-11-24T08:00:00Z", "pay_by_day": None,
    },
}  # fmt: skip
"""V14 as it was stored: B went back for 100.00, and A stands at its price without the discount."""


def test_z08_a_refund_that_was_stored_without_a_group_counts_as_it_was_calculated() -> None:
    old = refund_of_row(STORED)
    assert (old.terms.returned, old.terms.remainders, old.remainder_closed) == (None, (), None)
    history = history_of(ORDER, [old], {})
    assert history.returned == ()
    last = calculation_of(ORDER, history, back={"L1": 1}, facts=CN)
    assert (last.refund.format(), last.available.format()) == ("200.00", "0.00")
    assert [(part.name.value, part.amount.format()) for part in last.components] == [("goods_net", "200.00")]


def stored(calculation: Calculation, key: str = "rfd_2") -> Refund:
    """The refund of a calculation, written to its row and read again."""
    terms = replace(
        a_refund().terms,
        amount=calculation.total,
        units={unit.unit: unit.line for unit in calculation.units},
        components=calculation.components,
        restated=calculation.restated,
        returned=calculation.returned,
        remainders=calculation.remainders,
        demands=(),
    )
    shares = [(each.tender, "card", "ch_1", each.sent) for each in calculation.tenders]
    refund = Refund.open(key, terms, shares)
    refund.events.clear()
    row = json.loads(json.dumps(dict(RefundRows(lambda: AT).save(refund)[0].values), default=str))
    return replace(refund_of_row({**row, "due_at": AT}), version=1)


def test_z08_a_refund_of_today_carries_what_the_next_one_needs() -> None:
    first = calculation_of(ORDER, back={"L2": 1}, facts=CN)
    history = history_of(ORDER, [stored(first)], {})
    assert history.returned == first.after().returned
    assert history.components == first.after().components
    assert calculation_of(ORDER, history, back={"L1": 1}, facts=CN).refund.format() == "200.00"


def test_z08_an_older_release_in_between_takes_over_what_was_restated() -> None:
    """During an update both releases open refunds: the older one reads the restated price, and the groups end there."""
    order = an_order(["200.00", "150.00", "10.00"], "CNY", discounts=[{"id": "m", "amount": "50.00", "rule": RULE}])
    first = calculation_of(order, back={"L2": 1}, facts=CN)
    older = stored(calculation_of(order, first.after(), back={"L3": 1}, facts=CN), "rfd_3")
    older.terms = replace(older.terms, returned=None, restated=())
    history = history_of(order, [stored(first), older], {})
    assert history.returned == ()
    assert {entry.line: entry.restated and entry.restated.charge.figures for entry in history.lines} == {
        "L1": (20_000,), "L2": None, "L3": (1_000,),
    }  # fmt: skip
    assert calculation_of(order, history, back={"L1": 1}, facts=CN).refund.format() == "200.00"


def test_z08_what_a_failed_refund_owes_is_not_paid_by_the_next_one() -> None:
    """Its units keep their amounts for the refund that a person pays."""
    order = an_order(["60.00", "40.00"], shipments=[{"id": "S", "paid": "6.00"}])
    fault: dict[str, Any] = {"facts": {"regime": "EU", "seller_at_fault": True}}
    failed = stored(calculation_of(order, back={"L1": 1}, **fault))
    failed.payouts = tuple(replace(each, state=PayoutState.FAILED) for each in failed.payouts)
    history = history_of(order, [failed], {})
    assert (history.components, history.tenders, history.returned[0].failed) == ((), (), True)
    assert calculation_of(order, history, back={"L2": 1}, **fault).refund.format() == "42.40"


def test_z09_what_a_balance_lacks_was_refunded_elsewhere_or_is_disputed() -> None:
    order = an_order(["60.00", "40.00"])
    balances = {(Kind.TENDER, "card"): Balance(Kind.TENDER, "card", 9_000, 500, 1_500)}
    capped = with_balances(order, balances)
    assert capped.tenders[0].disputed == Money(1_000, "EUR")
    history = history_of(capped, [], balances)
    assert [(use.tender, use.refunded.format()) for use in history.tenders] == [("card", "20.00")]
    assert history.lines == ()
    assert LineHistory("L1").restated is None
