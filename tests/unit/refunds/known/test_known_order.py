"""What is kept of an order and of a return: when the money is due, which units were announced, what is charged once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from service_refunds.domain.calculation.imported_order import ImportedFreight, ImportedOrder
from service_refunds.domain.events import OrderRecorded, RefundCounted, ReturnRecorded
from service_refunds.domain.known.known_order import KnownOrder, KnownTerm, PayBy
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
from shared.documents.calendars import load_calendars
from shared.kernel.period import Period, PeriodUnit
from shared.kernel.refund_term import Milestone, RefundTerm

NOON = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
UNITS = (KnownUnit("u1", "L1", False), KnownUnit("u2", "L1", True), KnownUnit("u3", "L2", False))


def a_known_order() -> KnownOrder:
    imported = ImportedOrder(
        regime="CN",
        currency="CNY",
        prices_include_tax=True,
        lines=(),
        freight=ImportedFreight(0),
        tenders=(),
        total_minor=0,
    )
    return KnownOrder(id="o", imported=imported, snapshot={})


def a_known_return(**but: Any) -> KnownReturn:
    return KnownReturn(**{
        "id": "ret_1", "order_id": "o", "customer_id": "c", "language": "en", "units": UNITS,
        "statutory_withdrawal": True, "whole_order": False, **but,
    })  # fmt: skip


CALENDARS = load_calendars()
EU = RefundTerm(Period(14), (Milestone.STATEMENT,), (Milestone.GOODS_IN, Milestone.PROOF_OF_SENDING))
UK = RefundTerm(Period(14), (Milestone.GOODS_IN, Milestone.PROOF_OF_SENDING))
CN = RefundTerm(Period(7), (Milestone.GOODS_IN,))
US = RefundTerm(Period(7, PeriodUnit.WORKING_DAYS), (Milestone.AGREED,))


def told(calendar: str, *terms: RefundTerm, stated: str = "2026-11-02T10:00Z", **but: Any) -> KnownReturn:
    """A return whose approval names these terms for every line."""
    known = tuple(KnownTerm(line, "", term) for line in ("L1", "L2") for term in terms)
    return a_known_return(calendar=calendar, terms=known, stated_at=datetime.fromisoformat(stated), **but)


def due(known: KnownReturn, *units: KnownUnit, agreed: str = "2026-11-09T10:00Z") -> PayBy:
    at = datetime.fromisoformat(agreed)
    calendar = CALENDARS[known.calendar] if known.calendar is not None else None
    return known.pay_by(units or UNITS[:1], agreed_at=at, at=at, calendar=calendar)


@pytest.mark.parametrize(
    ("calendar", "term", "goods_in", "day", "last_second"),
    [
        ("EU", EU, "2026-11-09T10:00Z", "2026-11-16", "2026-11-16T23:59:59+01:00"),
        ("EU", EU, "2026-11-20T10:00Z", "2026-11-20", "2026-11-20T23:59:59+01:00"),
        ("UK", UK, "2026-11-09T10:00Z", "2026-11-23", "2026-11-23T23:59:59+00:00"),
        ("CN", CN, "2026-11-09T10:00Z", "2026-11-16", "2026-11-16T23:59:59+08:00"),
        ("CN", CN, "2026-11-09T16:30Z", "2026-11-17", "2026-11-17T23:59:59+08:00"),
        ("US", US, "2026-11-09T10:00Z", "2026-11-19", "2026-11-19T23:59:59-05:00"),
    ],
)
def test_z11_the_money_is_due_by_what_the_approval_says(
    calendar: str, term: RefundTerm, goods_in: str, day: str, last_second: str
) -> None:
    """I06, D10: to the end of the day there; Veterans Day is no business day of the seven."""
    known = told(calendar, term)
    known.receive(["u1"], datetime.fromisoformat(goods_in))
    assert due(known) == PayBy(datetime.fromisoformat(last_second), date.fromisoformat(day))


def test_z11_an_announced_parcel_starts_what_waits_for_a_proof_of_sending() -> None:
    """CRD 13(3), CCR 34(5): from the first proof, and for the units in that parcel only."""
    for term, calendar, day in ((EU, "EU", date(2026, 11, 16)), (UK, "UK", date(2026, 11, 19))):
        known = told(calendar, term)
        known.send(["u1"], datetime(2026, 11, 5, 9, tzinfo=UTC))
        known.send(["u1"], datetime(2026, 11, 7, 9, tzinfo=UTC))
        known.receive(["u1", "u3"], datetime(2026, 11, 20, 9, tzinfo=UTC))
        assert due(known).day == day
        assert due(known, UNITS[2]).day == (date(2026, 11, 20) if calendar == "EU" else date(2026, 12, 4))


def test_z11_of_several_terms_and_units_the_kindest_counts() -> None:
    known = told("CN", CN, RefundTerm(Period(5), (Milestone.GOODS_IN, Milestone.AGREED)))
    known.receive(["u1"], datetime(2026, 11, 3, 9, tzinfo=UTC))
    known.receive(["u3"], datetime(2026, 11, 7, 9, tzinfo=UTC))
    assert due(known, UNITS[2]).day == date(2026, 11, 12)
    assert due(known, UNITS[2], UNITS[0]).day == date(2026, 11, 8)


def test_z11_an_approval_from_before_names_no_terms_and_the_money_leaves_within_a_day() -> None:
    """No second copy of the law: sooner than any of them asks for."""
    for known in (a_known_return(), told("EU"), told("UK", UK)):
        assert due(known) == PayBy(datetime(2026, 11, 10, 10, tzinfo=UTC), None)


def test_z11_goods_that_were_in_before_the_units_were_kept_count_as_before() -> None:
    known = told("CN", CN, goods_in_at=datetime(2026, 11, 3, 9, tzinfo=UTC))
    assert due(known).day == date(2026, 11, 10)


def test_an_order_opens_its_balances_and_counts_its_refunds() -> None:
    """H10, I05."""
    order = a_known_order()
    assert (order.refunds, order.version, order.sequence, order.events) == (0, 0, 0, [])
    balances = [Balance(Kind.ORDER, "captured", 100), Balance(Kind.LINE, "L1", 100)]
    order.open_balances(iter(balances))
    order.count(2)
    order.count(1)
    assert order.refunds == 3
    assert order.events == [OrderRecorded(tuple(balances)), RefundCounted(), RefundCounted()]


def test_an_order_and_a_return_are_what_they_hold_and_not_what_they_have_to_tell() -> None:
    one, other = (
        a_known_order(),
        a_known_order(),
    )
    one.events.append(RefundCounted())
    assert one == other
    here, there = a_known_return(), a_known_return()
    here.keep()
    assert here == there
    assert here.events == [ReturnRecorded()]


def test_the_first_goods_of_a_return_are_known_however_late_they_are_heard_of() -> None:
    """I06."""
    known = a_known_return()
    assert a_known_return().goods_in_at is None
    known.receive(["u2"], NOON + timedelta(days=1))
    known.receive(["u1"], NOON)
    known.receive(["u3"], NOON + timedelta(days=2))
    assert known.goods_in_at == NOON
    assert known.events == [ReturnRecorded()] * 3


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
    assert payment_posting("rfd_1-1", "tender:visa", 85) == Posting(
        "rfd_1-1:settled", (LedgerEntry(OWED, 85), LedgerEntry("tender:visa", -85)), "rfd_1-1"
    )
    assert refusal_posting("rfd_1-1", 85) == Posting(
        "rfd_1-1:failed", (LedgerEntry(OWED, 85), LedgerEntry(UNPAID, -85)), "rfd_1-1"
    )
    assert (OWED, UNPAID) == ("owed", "unpaid")
    with pytest.raises(ValueError, match="posting x does not balance"):
        Posting("x", (LedgerEntry("a", 1), LedgerEntry("b", -2)))


def test_z31_a_decision_about_a_part_of_a_lot_leaves_the_deductions_of_the_others() -> None:
    """Z13, H07: of ten pieces three are worth less; one of them is decided anew, then all ten without a deduction."""
    lot = KnownUnit("u~1-10", "L1", False)
    returned = a_known_return(units=(lot,))
    returned.decide({"u~2-4": 2_000})
    returned.decide({"u~3-3": 1_000})
    assert [returned.deduction_of(f"u~{number}-{number}") for number in range(1, 6)] == [0, 2_000, 1_000, 2_000, 0]
    cut = [unit.unit_id for unit in returned.select(["u~1-10"])]
    assert [(unit, returned.deduction_of(unit)) for unit in cut] == [
        ("u~1-1", 0), ("u~2-2", 2_000), ("u~3-3", 1_000), ("u~4-4", 2_000), ("u~5-10", 0),
    ]  # fmt: skip
    assert returned.deduction_of("u~2-4") == 0
    events = len(returned.events)
    returned.decide({"u~7-7": 0})
    assert len(returned.events) == events
    returned.decide({"u~1-10": 0})
    assert returned.deductions == ()
    assert len(returned.events) == events + 1
