"""What happened to an order after the push: kept once, never changed, possible, and bounded (A16, Z07)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from service_requests.application.orders.shop_delivery import as_known, newly_captured
from service_requests.domain.orders.later_fact import (
    AmountElsewhere,
    BeyondTotal,
    CancelledLine,
    DeliveryTold,
    Fact,
    FactDiffers,
    LineElsewhere,
    OtherReference,
    ParcelTold,
    PartsDiffer,
    PaymentCaptured,
    RefundedElsewhere,
    TooManyFacts,
    UnitsCancelled,
    UnknownPart,
)
from service_requests.domain.orders.later_facts import FactAdded, LaterFacts
from service_requests.domain.orders.order_part import OrderParcel, Tender
from service_requests.domain.orders.shops.placed_order import ONLY_PAYMENT
from service_requests.domain.policy.error import ImpossibleTime
from tests.unit.requests.builders import NOON, a_line, an_order

DAY: Final = timedelta(days=1)
ORDERED: Final = NOON - 6 * DAY
ORDER: Final = an_order(
    delivered_at=None,
    tenders=(Tender("T1", "card", 20000, "ch_1"), Tender("T2", "cash", 0, "open")),
    lines=(a_line(parcels=("P1",)), a_line(line_id="L2", parcels=("P1",))),
    parcels=(OrderParcel("P1", dispatched_at=NOON - DAY),),
)
"""Ordered six days before noon for 270.00, of which 200.00 are paid; one parcel is on its way."""


def a_payment(**but: Any) -> PaymentCaptured:
    facts: dict[str, Any] = {
        "id": "T2",
        "told_at": NOON,
        "tender_kind": "cash",
        "captured_minor": 7000,
        "reference": "r",
        "at": NOON,
    }
    return PaymentCaptured(**facts | but)


def a_cancellation(**but: Any) -> UnitsCancelled:
    facts: dict[str, Any] = {"id": "C1", "told_at": NOON, "lines": (CancelledLine("L1", 1),), "at": NOON}
    return UnitsCancelled(**facts | but)


def a_refund_elsewhere(**but: Any) -> RefundedElsewhere:
    facts: dict[str, Any] = {
        "id": "R1",
        "told_at": NOON,
        "at": NOON,
        "tenders": (AmountElsewhere("T1", 700), AmountElsewhere("T2", 300)),
        "lines": (LineElsewhere("L1", 1, 600),),
        "freight_minor": 250,
        "charges": (AmountElsewhere("wrap", 150),),
    }
    return RefundedElsewhere(**facts | but)


def a_delivery(**but: Any) -> DeliveryTold:
    facts: dict[str, Any] = {"id": "order", "told_at": NOON, "delivered_at": NOON}
    return DeliveryTold(**facts | but)


def a_parcel(**but: Any) -> ParcelTold:
    facts: dict[str, Any] = {"id": "P2", "told_at": NOON, "line_ids": ("L2",), "delivered_at": NOON}
    return ParcelTold(**facts | but)


Tell = Callable[[LaterFacts, Any], bool]
TELL: Final[dict[str, tuple[Callable[..., Fact], Tell]]] = {
    "payment": (a_payment, lambda facts, told: facts.capture(ORDER, told)),
    "cancellation": (a_cancellation, lambda facts, told: facts.cancel(ORDER, told)),
    "refund": (a_refund_elsewhere, lambda facts, told: facts.refund_elsewhere(ORDER, told)),
    "parcel": (a_parcel, lambda facts, told: facts.tell_parcel(ORDER, told)),
    "delivery": (a_delivery, lambda facts, told: facts.tell_delivery(ORDER, told)),
}
"""Each kind of fact, and how it is told."""
KINDS: Final = pytest.mark.parametrize("kind", TELL)
MOMENT: Final = {"parcel": "delivered_at", "delivery": "delivered_at"}


@KINDS
def test_a_fact_is_added_once_and_told_to_others(kind: str) -> None:
    """Z07. A fact that is repeated changes nothing; a delivery is known by the order, all others by the fact itself."""
    make, tell = TELL[kind]
    facts = LaterFacts(id="order_1")
    assert tell(facts, make()) is True
    assert facts.facts == (make(),)
    assert facts.events == [FactAdded(make())]
    if kind != "delivery":
        assert tell(facts, make(told_at=NOON + DAY)) is False
        assert len(facts.facts) == len(facts.events) == 1


@KINDS
def test_an_order_has_so_many_facts_and_no_more(kind: str) -> None:
    """S-60: each change of an order reads them all."""
    make, tell = TELL[kind]
    before = tuple(a_cancellation(id=f"before {number}") for number in range(1_999))
    facts = LaterFacts(id="order_1", facts=before)
    assert tell(facts, make())
    full = LaterFacts(id="order_1", facts=(*before, a_cancellation(id="last")))
    with pytest.raises(TooManyFacts) as refused:
        tell(full, make())
    assert refused.value.facts == {"most": 2_000}
    assert len(full.facts) == 2_000


@KINDS
@pytest.mark.parametrize(
    ("moment", "fits"),
    [
        (ORDERED - DAY, True),
        (ORDERED - DAY - timedelta(microseconds=1), False),
        (NOON + DAY, True),
        (NOON + DAY + timedelta(microseconds=1), False),
        (NOON.replace(year=1899), False),
    ],
)
def test_a_fact_can_have_happened(kind: str, moment: datetime, fits: bool) -> None:
    """B02: clocks may disagree by a day, before the order and after now."""
    make, tell = TELL[kind]
    name = MOMENT.get(kind, "at")
    told, facts = make(**{name: moment}), LaterFacts(id="order_1")
    if fits:
        assert tell(facts, told)
        return
    with pytest.raises(ImpossibleTime) as refused:
        tell(facts, told)
    assert refused.value.pointer == f"/{name}"
    assert not facts.facts


@pytest.mark.parametrize(
    ("kind", "but", "field"),
    [
        ("payment", {"captured_minor": 1}, "captured_minor"),
        ("payment", {"reference": "other"}, "reference"),
        ("payment", {"tender_kind": "card"}, "kind"),
        ("payment", {"at": NOON - DAY}, "at"),
        ("cancellation", {"lines": (CancelledLine("L1", 2),)}, "lines"),
        ("cancellation", {"reason": "sold out"}, "reason"),
        ("refund", {"freight_minor": 1}, "freight_minor"),
        ("refund", {"charges": ()}, "charges"),
        ("parcel", {"delivered_at": NOON - DAY}, "delivered_at"),
    ],
)
def test_a_fact_is_never_changed(kind: str, but: dict[str, Any], field: str) -> None:
    """Z07: the same id with other contents is refused with the field, by the name that callers know."""
    make, tell = TELL[kind]
    facts = LaterFacts(id="order_1")
    tell(facts, make())
    with pytest.raises(FactDiffers) as refused:
        tell(facts, make(**but))
    assert refused.value.pointer == f"/{field}"
    assert (refused.value.facts["field"], refused.value.facts["id"]) == (field, make().id)
    assert refused.value.facts["what"] == kind


@pytest.mark.parametrize(
    ("kind", "but", "pointer"),
    [
        ("cancellation", {"lines": (CancelledLine("L1", 1), CancelledLine("L9", 1))}, "/lines/1/line_id"),
        ("refund", {"lines": (LineElsewhere("L1", 1, 1), LineElsewhere("L9", 1, 1))}, "/lines/1/line_id"),
        (
            "refund",
            {"tenders": (AmountElsewhere("T1", 1000), AmountElsewhere("T9", 1))},
            "/tenders/1/tender_id",
        ),
        ("parcel", {"line_ids": ("L1", "L9")}, "/line_ids/1"),
    ],
)
def test_a_fact_names_parts_of_the_order(kind: str, but: dict[str, Any], pointer: str) -> None:
    make, tell = TELL[kind]
    with pytest.raises(UnknownPart) as refused:
        tell(LaterFacts(id="order_1"), make(**but))
    assert refused.value.pointer == pointer
    assert refused.value.facts["id"] in {"L9", "T9"}


@pytest.mark.parametrize(
    ("but", "error", "pointer"),
    [
        ({"captured_minor": 7001}, BeyondTotal, "/captured_minor"),
        ({"tender_kind": "card"}, OtherReference, "/kind"),
        ({"id": "T1", "tender_kind": "card"}, OtherReference, "/reference"),
    ],
)
def test_money_is_captured_up_to_the_total_and_under_its_reference(
    but: dict[str, Any], error: type[Any], pointer: str
) -> None:
    """A tender that nothing was captured of may still get its reference."""
    with pytest.raises(error) as refused:
        LaterFacts(id="order_1").capture(ORDER, a_payment(**but))
    assert refused.value.pointer == pointer
    assert LaterFacts(id="order_1").capture(ORDER, a_payment(id="T1", tender_kind="card", reference="ch_1"))
    assert LaterFacts(id="order_1").capture(ORDER, a_payment(id="T3", captured_minor=6999))


@pytest.mark.parametrize(("freight", "fits"), [(250, True), (251, False), (0, True)])
def test_the_parts_of_a_refund_elsewhere_are_at_most_what_was_paid(freight: int, fits: bool) -> None:
    told, facts = a_refund_elsewhere(freight_minor=freight), LaterFacts(id="order_1")
    if fits:
        assert facts.refund_elsewhere(ORDER, told)
        return
    with pytest.raises(PartsDiffer) as refused:
        facts.refund_elsewhere(ORDER, told)
    assert (refused.value.pointer, refused.value.facts) == ("/tenders", {"tenders": 1000, "parts": 1001})


def test_messages_of_a_parcel_fill_what_earlier_ones_left_open() -> None:
    """B02: the snapshot counts as the first message; what was known stays."""
    facts = LaterFacts(id="order_1")
    assert not facts.tell_parcel(ORDER, ParcelTold(id="P1", told_at=NOON))
    assert facts.tell_parcel(ORDER, ParcelTold(id="P1", told_at=NOON, carrier="dhl"))
    signed = ParcelTold(id="P1", told_at=NOON + DAY, signed_for_at=NOON, tracking_number="JD1", line_ids=("L2",))
    assert facts.tell_parcel(ORDER, signed)
    whole = ParcelTold(
        id="P1",
        told_at=NOON + DAY,
        line_ids=("L1", "L2"),
        dispatched_at=NOON - DAY,
        signed_for_at=NOON,
        carrier="dhl",
        tracking_number="JD1",
    )
    assert replace(whole, line_ids=("L2",), dispatched_at=None) == facts.parcels["P1"]
    assert [each.fact.carrier for each in facts.events if isinstance(each, FactAdded)] == ["dhl", "dhl"]  # type: ignore[union-attr]
    with pytest.raises(FactDiffers) as refused:
        facts.tell_parcel(ORDER, ParcelTold(id="P1", told_at=NOON, carrier="ups"), "/parcels/3/")
    assert refused.value.pointer == "/parcels/3/carrier"


def test_an_order_is_delivered_once() -> None:
    facts = LaterFacts(id="order_1")
    delivered = an_order(delivered_at=NOON)
    assert not facts.tell_delivery(delivered, a_delivery())
    with pytest.raises(FactDiffers) as refused:
        facts.tell_delivery(delivered, a_delivery(delivered_at=NOON - DAY))
    assert refused.value.facts == {"field": "delivered_at", "what": "order", "id": "N-1"}


def test_what_is_known_of_an_order_is_counted_by_kind_and_line() -> None:
    """As of a number of facts: what was known when a decision was made."""
    facts = LaterFacts(id="order_1")
    facts.cancel(ORDER, a_cancellation())
    facts.cancel(ORDER, a_cancellation(id="C2", lines=(CancelledLine("L1", 2), CancelledLine("L2", 1))))
    facts.capture(ORDER, a_payment())
    facts.correct(ORDER, NOON)
    facts.correct(ORDER, NOON)
    assert facts.cancelled == {"L1": 3, "L2": 1}
    assert facts.corrections == 2
    assert [each.id for each in facts.facts] == ["C1", "C2", "T2", "1", "2"]
    assert facts.as_of(1).cancelled == {"L1": 1}
    assert facts.as_of(1).events == []


@pytest.mark.parametrize(
    ("tenders", "told", "new"),
    [
        ({}, ("P", 500), ("P", 500)),
        ({}, ("P", 0), None),
        ({"P": 500}, ("P", 500), None),
        ({"P": 500}, ("P", 400), None),
        ({"P": 500}, ("P", 800), ("P.2", 300)),
        ({"P": 500, "P.2": 300}, ("P", 900), ("P.3", 100)),
        ({"P": 500, "P.2": 300}, ("P", 800), None),
        ({"P2": 500}, ("P", 500), ("P", 500)),
        ({"P": 500, "Q": 300}, (ONLY_PAYMENT, 900), (f"{ONLY_PAYMENT}.3", 100)),
        ({"P": 500, "Q": 300}, (ONLY_PAYMENT, 800), None),
        ({}, (ONLY_PAYMENT, 800), (ONLY_PAYMENT, 800)),
    ],
)
def test_what_is_new_about_a_payment_whose_amount_is_told_as_a_whole(
    tenders: dict[str, int], told: tuple[str, int], new: tuple[str, int] | None
) -> None:
    """N14: the first capture, or the money since then; a document that says less is an older one."""
    known = [Tender(name, "card", amount, "r") for name, amount in tenders.items()]
    found = newly_captured(known, a_payment(id=told[0], captured_minor=told[1]))
    assert found == (None if new is None else a_payment(id=new[0], captured_minor=new[1]))


@pytest.mark.parametrize("make", [a_payment, a_cancellation, a_refund_elsewhere])
def test_a_moment_that_a_shop_says_otherwise_later_stays_as_it_was_told_first(make: Callable[..., Any]) -> None:
    """N14: some shops say only when the order last changed."""
    facts = LaterFacts(id="order_1", facts=(make(id="other", at=NOON - 2 * DAY), make(at=NOON - DAY)))
    assert as_known(make(), facts) == make(at=NOON - DAY)
    assert as_known(make(), None) == make()
    assert as_known(make(id="new"), facts) == make(id="new")


def test_the_moments_of_a_parcel_that_were_told_first_stay() -> None:
    """N14: one by one; what was not told yet is taken, and the other contents are those of now."""
    first = ParcelTold(id="P1", told_at=NOON - DAY, dispatched_at=NOON - DAY)
    second = ParcelTold(id="P2", told_at=NOON - DAY, delivered_at=NOON - DAY)
    facts = LaterFacts(id="order_1", facts=(first, second))
    told = tuple(
        ParcelTold(id=name, told_at=NOON, dispatched_at=NOON, delivered_at=NOON, carrier="dhl")
        for name in ("P1", "P2", "P3")
    )
    assert as_known(told, facts) == (
        replace(told[0], dispatched_at=NOON - DAY),
        replace(told[1], delivered_at=NOON - DAY),
        told[2],
    )
    assert as_known(told, None) == told
