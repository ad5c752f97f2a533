"""What an order says has happened can have happened, in the order in which it happens."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from service_requests.domain.orders.order import CLOCK_ALLOWANCE, OUT_OF_ORDER
from service_requests.domain.orders.order_part import OrderParcel
from service_requests.domain.policy.error import ImpossibleTime
from tests.unit.requests.builders import NOON, an_order

A_MOMENT: Final = timedelta(microseconds=1)
PARCEL: Final = {"id": "P1", "dispatched_at": NOON, "delivered_at": NOON, "signed_for_at": NOON}
ORDER: Final[dict[str, Any]] = {"ordered_at": NOON, "delivered_at": NOON, "created_at": NOON}
PLACES: Final = {
    "/ordered_at": "ordered_at",
    "/delivered_at": "delivered_at",
    "/parcels/1/dispatched_at": "dispatched_at",
    "/parcels/1/delivered_at": "delivered_at",
    "/parcels/1/signed_for_at": "signed_for_at",
}
PAIRS: Final = [
    (place, earlier)
    for place, name in PLACES.items()
    for earlier in OUT_OF_ORDER[name]
    if place.startswith("/parcels") or earlier == "ordered_at"
]


def refused(place: str, moment: datetime, **but: Any) -> ImpossibleTime | None:
    """What is said of an order with this moment at this place; all its others are noon."""
    name, in_parcel = PLACES[place], place.startswith("/parcels")
    order = {} if in_parcel else {name: moment}
    parcel: dict[str, Any] = {**PARCEL, "id": "P2", **({name: moment} if in_parcel else {})}
    parcel |= {field: but.pop(field) for field in tuple(but) if field in parcel}
    made = an_order(**ORDER | order | but, parcels=(OrderParcel(**PARCEL), OrderParcel(**parcel)))  # type: ignore[arg-type]
    try:
        made.happen_in_order()
    except ImpossibleTime as error:
        return error
    return None


@pytest.mark.parametrize("place", PLACES)
def test_a_moment_may_be_a_day_ahead_of_now_and_no_more(place: str) -> None:
    """DESIGN 8, B02: clocks disagree, and some systems send local time as UTC; a delivery far ahead ends no window."""
    later = {} if place != "/ordered_at" else dict.fromkeys(("dispatched_at", "delivered_at", "signed_for_at"))
    assert refused(place, NOON + CLOCK_ALLOWANCE, **later) is None
    error = refused(place, NOON + CLOCK_ALLOWANCE + A_MOMENT, **later)
    assert error is not None
    assert (error.code, error.pointer) == ("impossible_time", place)
    assert "planned" in error.say("en")
    assert "计划" in error.say("zh-CN")


@pytest.mark.parametrize(("place", "earlier"), PAIRS)
def test_a_moment_may_be_a_day_before_what_comes_first_and_no_more(place: str, earlier: str) -> None:
    """DESIGN 8, B02: a system that knows only the day sends midnight."""
    first = {name: None for name in PARCEL if name not in ("id", earlier, PLACES[place])}
    if earlier != "ordered_at":
        first |= {"ordered_at": NOON - timedelta(days=9)}  # type: ignore[dict-item]
    assert refused(place, NOON - CLOCK_ALLOWANCE, **first) is None
    error = refused(place, NOON - CLOCK_ALLOWANCE - A_MOMENT, **first)
    assert error is not None
    assert (error.code, error.pointer) == ("impossible_time", place)
    for language in ("en", "zh-CN"):
        assert f"`{earlier}`" in error.say(language)


def test_a_carrier_may_report_a_delivery_after_the_recipient_has_signed() -> None:
    """B02: of the two the signature is the better evidence; neither contradicts the other."""
    long_ago = NOON - timedelta(days=9)
    assert refused("/parcels/1/signed_for_at", long_ago, ordered_at=long_ago, dispatched_at=long_ago) is None


def test_old_orders_come_in_and_orders_of_no_year_of_ours_do_not() -> None:
    """B10: before 2000 nothing can be reckoned; a missing date that was filled in as 1970 is one of those."""
    century = datetime(2000, 1, 1, tzinfo=UTC)
    assert refused("/ordered_at", century) is None
    error = refused("/ordered_at", century - A_MOMENT)
    assert error is not None
    assert error.pointer == "/ordered_at"


def test_an_order_that_is_under_way_says_only_what_has_happened() -> None:
    an_order(created_at=NOON, ordered_at=NOON, delivered_at=None, parcels=(OrderParcel("P1"),)).happen_in_order()
