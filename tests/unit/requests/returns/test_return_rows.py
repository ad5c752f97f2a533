"""Rows that the code of the first day has written are read, and written again as they were."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from service_requests.adapters.returns.return_rows import ReturnRows, read
from service_requests.domain.eligibility.case_of_order import Goodwill
from service_requests.domain.returns.return_ import Return
from tests.unit.requests.builders import (
    IN_STATUS,
    NOON,
    RMA,
    a_parcel,
    a_referred_return,
    a_refund,
    a_return,
    an_approved_return,
    an_assessment,
)

STORED: Final[Mapping[str, Mapping[str, Any]]] = json.loads(
    (Path(__file__).parents[3] / "data" / "stored_returns.json").read_text(encoding="utf-8")
)
"""The column `state` of a return in each status, and of a few with everything that a return can have."""


def refused_by_the_policy() -> Return:
    refused = a_return()
    refused.request(an_assessment(delivered_at=NOON - timedelta(days=99)), at=NOON, rma=RMA)
    return refused


def late_with_goodwill() -> Return:
    late = a_referred_return()
    late.review.goodwill = Goodwill("staff:li", "agent", "loyal")
    late.review.missing = ("photo",)
    late.fall_due(at=NOON + timedelta(days=9))
    return late


def with_two_parcels_and_two_refunds() -> Return:
    busy = an_approved_return()
    busy.ship(a_parcel("P-1"), ["unit_1"])
    busy.ship(a_parcel("P-2"), None)
    busy.receive(["unit_1", "unit_2"], inspect_by=NOON, at=NOON)
    busy.record_inspection([("unit_1", True), ("unit_2", False)], at=NOON)
    busy.record_refund_opened(a_refund("rfd_1", "unit_1"), at=NOON)
    busy.record_refund_failed("rfd_1", at=NOON)
    busy.record_refund_opened(a_refund("rfd_2", "unit_1"), at=NOON)
    busy.message_failed("refund_opened", "email", at=NOON)
    return busy


BUILT: Final[Mapping[str, Callable[[], Return]]] = {
    **{status.value: build for status, build in IN_STATUS.items()},
    "refused by the policy": refused_by_the_policy,
    "late with goodwill": late_with_goodwill,
    "with two parcels and two refunds": with_two_parcels_and_two_refunds,
}


def state_of(aggregate: Return) -> str:
    """The text in the column `state`."""
    root, _ = ReturnRows("staff:li").save(aggregate)
    return str(root.values["state"])


def as_then(now: Any, then: Any) -> Any:
    """What is written now without the fields that rows of the first day did not have yet."""
    if isinstance(then, dict):
        return {key: as_then(value, then[key]) for key, value in now.items() if key in then}
    if isinstance(then, list):
        return [as_then(*pair) for pair in zip(now, then, strict=True)]
    return now


def written_as_then(aggregate: Return, name: str) -> str:
    return json.dumps(as_then(json.loads(state_of(aggregate)), STORED[name]))


@pytest.mark.parametrize("name", STORED)
def test_a_stored_return_is_read_and_written_again_to_the_letter(name: str) -> None:
    row = {"state": STORED[name], "version": 3, "sequence": 7}
    found = read(row)
    assert written_as_then(found, name) == json.dumps(STORED[name])
    assert (found.version, found.sequence, found.events) == (3, 7, [])


@pytest.mark.parametrize("name", BUILT)
def test_a_return_is_stored_as_on_the_first_day(name: str) -> None:
    assert written_as_then(BUILT[name](), name) == json.dumps(STORED[name])
    assert set(BUILT) == set(STORED)


@pytest.mark.parametrize("name", BUILT)
def test_a_return_that_was_stored_goes_on_as_before(name: str) -> None:
    """Status, deadline and the parts beside the return come back with the row."""
    built, found = BUILT[name](), read({"state": STORED[name], "version": 0, "sequence": 0})
    assert (found.status, found.deadline, found.due_at) == (built.status, built.deadline, built.due_at)
    assert (found.shipments, found.refunds, found.review) == (built.shipments, built.refunds, built.review)
