"""A date that nobody has told never refuses by machine (Z04, B02; CRD 9(2)(b), 暂行办法 10)."""

from datetime import timedelta
from typing import Any

import pytest

from service_requests.domain.eligibility.assessment import Outcome
from service_requests.domain.eligibility.window import Parcel, counted_from
from service_requests.domain.orders.order_part import OrderParcel
from service_requests.domain.policy.vocabulary import Source, Starts
from shared.documents.calendars import load_calendars
from tests.unit.requests.builders import NOON, a_line, a_requested_line, an_assessment

CURRENCIES = {"EU": "EUR", "UK": "GBP", "CN": "CNY", "US": "USD"}
LONG_AGO = NOON - timedelta(days=400)
ARRIVED = OrderParcel("p1", delivered_at=NOON - timedelta(days=380))


def assessed(regime: str, line: str = "L2", **order: Any) -> Any:
    facts = {"regime": regime, "currency": CURRENCIES[regime], "ordered_at": LONG_AGO, "delivered_at": None, **order}
    return an_assessment(a_requested_line(line_id=line), **facts)


def lines(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[Any, ...]:
    other = a_line(line_id="L2", sku="SCARF", name="Scarf", quantity=1, paid_minor=6000, parcels=second)
    return a_line(parcels=first), other


@pytest.mark.parametrize("reason", ["changed_mind", "defective"])
@pytest.mark.parametrize("regime", CURRENCIES)
@pytest.mark.parametrize(
    "order",
    [
        {"parcels": (ARRIVED, OrderParcel("p2")), "lines": lines(("p1",), ("p2",))},
        {"parcels": (ARRIVED, OrderParcel("p2")), "lines": lines(("p1",), ("p1", "p2"))},
        {"parcels": (ARRIVED, OrderParcel("p2")), "lines": lines((), ())},
        {"parcels": (ARRIVED,), "lines": lines(("p1",), ())},
        {
            "parcels": (ARRIVED, OrderParcel("p2", dispatched_at=LONG_AGO + timedelta(days=1))),
            "lines": lines(("p1",), ("p2",)),
        },
        {"parcels": (OrderParcel("p1", dispatched_at=LONG_AGO),), "lines": lines(("p1",), ("p1",))},
        {"parcels": (OrderParcel("p1"), OrderParcel("p2"))},
        {},
    ],
    ids=["its-parcel", "one-of-its-parcels", "nobody-says-which", "in-no-parcel", "dispatched-only-of-two",
         "dispatched-only", "no-dates", "no-date-at-all"],
)  # fmt: skip
def test_z04_no_date_no_refusal_by_machine(regime: str, order: dict[str, Any], reason: str) -> None:
    """The window has not begun, or a person looks: under the law and under the policy."""
    facts = {"regime": regime, "currency": CURRENCIES[regime], "ordered_at": LONG_AGO, "delivered_at": None, **order}
    found = an_assessment(a_requested_line(line_id="L2", reason=reason), **facts)
    assert found.outcome is not Outcome.REFUSE, [each.says.en for each in found.reasons]


@pytest.mark.parametrize("regime", CURRENCIES)
def test_z04_when_every_delivery_is_known_the_last_one_counts(regime: str) -> None:
    """The rule does not open what is closed: all parcels arrived long ago."""
    known = (ARRIVED, OrderParcel("p2", delivered_at=NOON - timedelta(days=379)))
    assert assessed(regime, parcels=known, lines=lines(("p1",), ("p2",))).outcome is Outcome.REFUSE
    assert assessed(regime, parcels=known, lines=lines(("p1",), ("p1",))).outcome is Outcome.REFUSE


def test_z04_the_first_delivery_is_at_the_latest_the_first_that_was_reported() -> None:
    """For a window from the first parcel a missing report of another parcel takes nothing away."""
    arrived = NOON - timedelta(days=3)
    start = counted_from(
        Starts.FIRST_PARCEL,
        parcels=(Parcel("p1", carrier_delivered_at=arrived), Parcel("p2")),
        own=(),
        ordered_at=LONG_AGO,
        buffer_days=5,
        calendar=load_calendars()["EU"],
    )
    assert (start.day, start.source) == (arrived.date(), Source.CARRIER)
