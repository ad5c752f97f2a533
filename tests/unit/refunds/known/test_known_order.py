"""What is kept of an order and of a return: when the money is due, which units were announced, what is charged once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service_refunds.domain.events import OrderRecorded, RefundCounted, ReturnRecorded
from service_refunds.domain.known.known_order import KnownOrder
from service_refunds.domain.known.known_return import KnownReturn, KnownUnit, ReturnWasCancelled, UnitNotAnnounced
from service_refunds.domain.ledger.balance import Balance, Kind
from service_refunds.domain.ledger.double_entry import (
    OWED,
    UNPAID,
    LedgerEntry,
    Posting,
    opening_posting,
    payment_posting,
    refusal_posting,
)

NOON = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
UNITS = (KnownUnit("u1", "L1", False), KnownUnit("u2", "L1", True), KnownUnit("u3", "L2", False))


def a_known_return(**but: Any) -> KnownReturn:
    return KnownReturn(**{
        "id": "ret_1", "order_id": "o", "customer_id": "c", "language": "en", "units": UNITS,
        "statutory_withdrawal": True, "whole_order": False, **but,
    })  # fmt: skip


@pytest.mark.parametrize(("regime", "days"), [("CN", 7), ("EU", 14), ("UK", 14), ("US", 14)])
def test_the_money_is_due_so_many_days_after_the_goods_are_in(regime: str, days: int) -> None:
    """I06, D10: to the minute, in the merchant's favour never."""
    order = KnownOrder(id="o", regime=regime, currency="EUR", snapshot={})
    assert order.pay_by(NOON) == NOON + timedelta(days=days)


def test_an_order_opens_its_balances_and_counts_its_refunds() -> None:
    """H10, I05."""
    order = KnownOrder(id="o", regime="CN", currency="CNY", snapshot={})
    assert (order.refunds, order.version, order.sequence, order.events) == (0, 0, 0, [])
    balances = [Balance(Kind.ORDER, "captured", 100), Balance(Kind.LINE, "L1", 100)]
    order.open_balances(iter(balances))
    order.count(2)
    order.count(1)
    assert order.refunds == 3
    assert order.events == [OrderRecorded(tuple(balances)), RefundCounted(), RefundCounted()]


def test_an_order_and_a_return_are_what_they_hold_and_not_what_they_have_to_tell() -> None:
    one, other = (
        KnownOrder(id="o", regime="CN", currency="CNY", snapshot={}),
        KnownOrder(id="o", regime="CN", currency="CNY", snapshot={}),
    )
    one.events.append(RefundCounted())
    assert one == other
    here, there = a_known_return(), a_known_return()
    here.keep()
    assert here == there
    assert here.events == [ReturnRecorded()]


def test_goods_that_come_in_start_the_clock_the_first_time_only() -> None:
    """I06."""
    known = a_known_return()
    assert a_known_return().goods_in_at is None
    known.receive(NOON)
    known.receive(NOON + timedelta(days=1))
    assert known.goods_in_at == NOON
    assert known.events == [ReturnRecorded()]


def test_sending_back_is_charged_by_one_refund() -> None:
    """H06."""
    known = a_known_return(label_minor=500)
    assert a_known_return().charged_by is None
    known.charge_label("rfd_1")
    assert known.charged_by == "rfd_1"
    assert known.events == [ReturnRecorded()]


def test_units_are_found_in_the_order_of_the_approval() -> None:
    """B14."""
    known = a_known_return()
    assert (known.version, known.sequence, known.cancelled) == (0, 0, False)
    assert known.select(["u3", "u1"]) == (UNITS[0], UNITS[2])
    assert known.select([]) == ()


def test_a_unit_that_was_not_announced_is_named() -> None:
    """B14."""
    with pytest.raises(UnitNotAnnounced, match="Unit u7 is not part of return ret_1"):
        a_known_return().select(["u9", "u1", "u7"])


def test_a_cancelled_return_refunds_nothing_that_it_announced() -> None:
    """B14."""
    known = a_known_return()
    known.cancel()
    assert known.events == [ReturnRecorded()]
    assert known.select([]) == ()
    with pytest.raises(ReturnWasCancelled, match="ret_1"):
        known.select(["u1"])
    with pytest.raises(UnitNotAnnounced, match="u9"):
        known.select(["u9"])


def test_every_posting_sums_to_nothing_and_says_what_it_records() -> None:
    """I-06: opened, paid and refused; parts of nothing leave no entry."""
    assert opening_posting("rfd_1", {"goods_net": 100, "gift": 0, "restocking_fee": -15}) == Posting(
        "rfd_1:opened",
        (LedgerEntry("component:goods_net", 100), LedgerEntry("component:restocking_fee", -15), LedgerEntry(OWED, -85)),
    )
    assert payment_posting("rfd_1-1", "visa", 85) == Posting(
        "rfd_1-1:settled", (LedgerEntry(OWED, 85), LedgerEntry("tender:visa", -85)), "rfd_1-1"
    )
    assert refusal_posting("rfd_1-1", 85) == Posting(
        "rfd_1-1:failed", (LedgerEntry(OWED, 85), LedgerEntry(UNPAID, -85)), "rfd_1-1"
    )
    assert (OWED, UNPAID) == ("owed", "unpaid")
    with pytest.raises(ValueError, match="posting x does not balance"):
        Posting("x", (LedgerEntry("a", 1), LedgerEntry("b", -2)))
