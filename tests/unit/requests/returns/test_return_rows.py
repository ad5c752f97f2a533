"""Rows that the code of the first day has written are read, and written again as they were."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from service_requests.adapters.returns.return_rows import ReturnRows, read
from service_requests.domain.eligibility.case_of_order import Goodwill
from service_requests.domain.returns.progress.next_step import next_step
from service_requests.domain.returns.return_ import Return
from service_requests.domain.returns.return_status import Ending
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
    second = a_refund("rfd_2", "unit_1")
    busy.record_refund_opened(replace(second, pay_by_day=second.pay_by.date()), at=NOON)
    busy.message_failed("refund_opened", "email", at=NOON)
    return busy


ENDED_ON_THE_FIRST_DAY: Final = (Ending.REFUSED, Ending.CANCELLED, Ending.LAPSED)
BUILT: Final[Mapping[str, Callable[[], Return]]] = {
    **{status.value: build for status, build in IN_STATUS.items()},
    **{ending.value: partial(an_approved_return, ending=ending) for ending in ENDED_ON_THE_FIRST_DAY},
    "refused by the policy": refused_by_the_policy,
    "late with goodwill": late_with_goodwill,
    "with two parcels and two refunds": with_two_parcels_and_two_refunds,
}


def state_of(aggregate: Return) -> str:
    """The text in the column `state`."""
    root, _ = ReturnRows("staff:li").save(aggregate)
    return str(root.values["state"])


def of_first_day(text: str) -> str:
    """The row without what later releases keep besides: deadlines of steps, units of parcels, open questions."""
    state = json.loads(text)
    for name in ("untold_by", "questions"):
        state.pop(name, None)
    for part, added in (("units", "by"), ("refunds", "tell_by"), ("shipments", "units")):
        for each in state[part]:
            each.pop(added, None)
    return text_of(state)


def text_of(state: Mapping[str, Any]) -> str:
    return json.dumps(state, ensure_ascii=False, separators=(",", ":"))


def stored(name: str) -> str:
    return text_of(STORED[name])


def without_times(name: str) -> Mapping[str, Any]:
    """The row as it was written before approvals had terms, and refunds a last day."""
    refunds = [{key: value for key, value in each.items() if key != "pay_by_day"} for each in STORED[name]["refunds"]]
    return {key: value for key, value in STORED[name].items() if key != "times"} | {"refunds": refunds}


@pytest.mark.parametrize("name", STORED)
def test_a_stored_return_is_read_and_written_again_to_the_letter(name: str) -> None:
    row = {"state": STORED[name], "version": 3, "sequence": 7}
    found = read(row)
    assert state_of(found) == stored(name)
    assert (found.version, found.sequence, found.events) == (3, 7, [])


@pytest.mark.parametrize("name", BUILT)
def test_a_return_is_stored_as_on_the_first_day(name: str) -> None:
    assert of_first_day(state_of(BUILT[name]())) == stored(name)
    assert set(BUILT) == set(STORED)


@pytest.mark.parametrize("name", STORED)
def test_a_row_from_before_the_terms_is_read_and_has_none(name: str) -> None:
    """Z11: refunds and inspection then count as they did; everything else in the row stays."""
    found = read({"state": without_times(name), "version": 3, "sequence": 7})
    assert found.promises.times is None
    assert all(refund.pay_by_day is None for refund in found.refunds.known)
    refunds = [each | {"pay_by_day": None} for each in STORED[name]["refunds"]]
    assert json.loads(state_of(found)) == {**STORED[name], "times": None, "refunds": refunds}


def test_the_stored_rows_have_terms_and_last_days_from_the_approval_on() -> None:
    """Z11: rows with and without terms, refunds with and without a last day."""
    assert STORED["in_review"]["times"] is None
    assert STORED["approved"]["times"]["working_calendar"] == "EU"
    assert [each["pay_by_day"] for each in STORED["with two parcels and two refunds"]["refunds"]] == [
        None, "2026-12-01"
    ]  # fmt: skip


@pytest.mark.parametrize("name", BUILT)
def test_a_return_that_was_stored_goes_on_as_before(name: str) -> None:
    """Status, deadline and the parts beside the return come back with the row."""
    built, found = BUILT[name](), read({"state": STORED[name], "version": 0, "sequence": 0})
    assert (found.status, found.deadline, found.due_at) == (built.status, built.deadline, built.due_at)
    for refund in built.refunds.known:
        refund.tell_by = None
    built.refunds.untold_by, parcels = None, [replace(each, units=()) for each in built.shipments.announced]
    assert (found.refunds, found.review, found.promises) == (built.refunds, built.review, built.promises)
    assert (found.shipments.announced, found.shipments.instructions) == (parcels, built.shipments.instructions)
    assert next_step(found) == next_step(BUILT[name]())


@pytest.mark.parametrize("name", STORED)
def test_a_row_from_before_the_rights_is_written_again_to_the_letter(name: str) -> None:
    """Z31: a return that was approved before the rights of law were kept has none, and its row stays as it was."""
    before = {key: value for key, value in STORED[name].items() if key != "rights"}
    found = read({"state": before, "version": 3, "sequence": 7})
    assert found.promises.rights == ()
    assert state_of(found) == text_of(before)


def test_the_stored_rows_have_the_right_of_law_from_the_approval_on() -> None:
    """Z31: a withdrawal in the EU, which may be reduced and not refused."""
    [right] = STORED["approved"]["rights"]
    assert (right["refuses"], [each["clause"] for each in right["reduces"]]) == (
        [],
        ["Directive 2011/83/EU art. 14(2)"],
    )
    assert "rights" not in STORED["refused by the policy"]
