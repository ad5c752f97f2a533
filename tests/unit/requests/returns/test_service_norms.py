"""How long each step may take where neither the law nor the policy says it (T1, T2, D13)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest

from service_requests.domain.eligibility.assessment import Times
from service_requests.domain.returns import events as return_events
from service_requests.domain.returns.progress.matter import DeadlineName
from service_requests.domain.returns.progress.open_question import OpenQuestion
from service_requests.domain.returns.progress.return_promises import ReturnPromises, RunningPromise, ending_first
from service_requests.domain.returns.progress.service_norms import DEFAULT_NORMS, Norm, ServiceNorms
from service_requests.domain.returns.return_error import DeadlineNotLater
from shared.kernel.calendar import WorkingCalendar
from tests.unit.requests.builders import NOON, an_approved_return

CITY: Final = WorkingCalendar(id="city", zone="Asia/Shanghai", closes=17 * 60, holidays=frozenset({date(2026, 11, 26)}))
LAW: Final = WorkingCalendar(id="law", zone="America/New_York")
OURS: Final = ServiceNorms(
    calendars={"city": CITY, "law": LAW},
    transit_days=9,
    judge_days=2,
    calculate_days=3,
    tell_days=4,
    answer_days=5,
    extension_days=20,
)
TIMES: Final = Times(legal_calendar="law", working_calendar="city", refund_terms=())
"""NOON is a Tuesday evening in Shanghai; Thursday is a holiday there."""


def at(day: int, hour: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("norm", "in_the_city", "by_default"),
    [
        (Norm.ARRIVE, at(3, 16, 12), at(9, 0, 12)),
        (Norm.INSPECT, at(25, 9), at(25, 18)),
        (Norm.JUDGE, at(27, 9), at(25, 18)),
        (Norm.CALCULATE, at(30, 9), at(25, 18)),
        (Norm.TELL, at(1, 9, 12), at(25, 18)),
        (Norm.ANSWER, at(2, 9, 12), at(25, 18)),
    ],
)
def test_each_step_has_its_own_norm(norm: Norm, in_the_city: datetime, by_default: datetime) -> None:
    """T1, T2: the way in days to midnight, our own steps in working days to the end of work."""
    assert OURS.due(norm, NOON, "city") == in_the_city
    assert DEFAULT_NORMS.due(norm, NOON, None) == by_default
    assert OURS.due(norm, NOON, "unknown") == replace(OURS, calendars={}).due(norm, NOON, None)


def test_an_installation_that_says_nothing_has_the_norms_of_the_documents() -> None:
    """D13: a fortnight for the way, a working day for every step of ours, a month for a longer deadline."""
    assert ServiceNorms() == ServiceNorms(
        transit_days=14, judge_days=1, calculate_days=1, tell_days=1, answer_days=1, extension_days=30
    )
    assert ServiceNorms() == DEFAULT_NORMS


def test_work_ends_when_the_calendar_closes() -> None:
    assert OURS.end_of_work(date(2026, 11, 24), "city") == at(24, 9)
    assert OURS.end_of_work(date(2026, 11, 24), None) == at(24, 18)


def test_our_own_promises_are_counted_by_the_working_calendar_of_the_approval() -> None:
    """Z11: not by the calendar of the law; a return from before it was told has none."""
    assert ReturnPromises(times=TIMES).calendar == "city"
    assert ReturnPromises().calendar is None


@pytest.mark.parametrize(
    ("promise", "until"),
    [(DeadlineName.SHIP, at(1, 5, 12)), (DeadlineName.DECIDE, at(30, 9)), (DeadlineName.JUDGE, at(30, 9))],
)
def test_a_longer_deadline_ends_at_midnight_or_when_work_ends(promise: DeadlineName, until: datetime) -> None:
    """D06: the day of sending ends where the customer is, by the law's calendar; every other day by our own."""
    promises = ReturnPromises(times=TIMES, decide_by=NOON, warn_at=(NOON,), ship_until=NOON)
    assert promises.extended(promise, date(2026, 11, 30), OURS, present=NOON, at=NOON) == until
    assert promises.ship_until == (until if promise is DeadlineName.SHIP else NOON)
    decided = (until, ()) if promise is DeadlineName.DECIDE else (NOON, (NOON,))
    assert (promises.decide_by, promises.warn_at) == decided


@pytest.mark.parametrize(
    ("day", "present", "fits"),
    [
        (date(2026, 12, 14), NOON, True),  # twenty days from today
        (date(2026, 12, 15), NOON, False),
        (date(2026, 11, 30), at(30, 9), False),  # the same moment is not later
        (date(2026, 11, 30), at(30, 8), True),
        (date(2026, 11, 23), at(20, 9), False),  # over already
    ],
)
def test_a_longer_deadline_is_later_and_within_bounds(day: date, present: datetime, fits: bool) -> None:
    promises = ReturnPromises(times=TIMES)
    if fits:
        assert promises.extended(DeadlineName.JUDGE, day, OURS, present=present, at=NOON) > present
        return
    with pytest.raises(DeadlineNotLater) as refused:
        promises.extended(DeadlineName.JUDGE, day, OURS, present=present, at=NOON)
    assert refused.value.pointer == "/day"
    shown = max(present, NOON).astimezone(UTC).date().isoformat()
    assert refused.value.facts == {"present": shown, "days": 20}


def test_a_reminder_is_given_once_and_none_after_the_promise_is_broken() -> None:
    """C03: reminders are of the decision only."""
    soon, later, ends = (NOON + timedelta(hours=hours) for hours in (1, 2, 3))
    promises = ReturnPromises(warn_at=(soon, later))
    decide = RunningPromise(DeadlineName.DECIDE, ends)
    assert promises.next_look([decide]) == soon
    assert not promises.remind(RunningPromise(DeadlineName.SHIP, ends), later)
    assert not promises.remind(decide, NOON)
    assert promises.remind(decide, soon)
    assert promises.warn_at == (later,)
    assert not promises.remind(decide, soon)
    assert promises.next_look([decide, RunningPromise(DeadlineName.SHIP, soon)]) == soon
    assert not promises.remind(decide, ends)
    left: Sequence[datetime] = promises.warn_at
    assert list(left) == []
    promises.call_overdue(decide)
    assert promises.overdue == ["decide@2026-11-24T15:00:00Z"]
    assert promises.was_called_overdue(decide)
    assert promises.next_look([decide]) is None


def test_the_promise_that_ends_first_is_the_one_that_is_shown() -> None:
    first, second = RunningPromise("ship", NOON), RunningPromise("decide", NOON + timedelta(days=1))
    assert ending_first([second, first]) is first
    assert ending_first([]) is None


@pytest.mark.parametrize(
    ("kind", "recorded"),
    [
        ("looks", return_events.Doubted(NOON, "looks", "COAT-M", 2)),
        ("money", return_events.Doubted(NOON, "money", "COAT-M", 2)),
        ("cancelled", return_events.KeptGoodsArrived(NOON, "COAT-M", 2)),
        ("surplus", return_events.Questioned(NOON, "COAT-M", 2)),
    ],
)
@pytest.mark.parametrize("told", [True, False], ids=["with a deadline", "without"])
def test_a_question_has_the_deadline_that_was_told_or_the_norm(kind: str, recorded: object, told: bool) -> None:
    """F03, Z01, T2: goods that the customer keeps, counts of the warehouse's own, and all other goods."""
    deadline = NOON + timedelta(days=3)
    asked = an_approved_return(norms=replace(OURS, calendars={}))
    asked.record_question("dsc_1", (kind, "COAT-M", 2), deadline if told else None, at=NOON)
    by_norm = replace(OURS, calendars={}).due(Norm.ANSWER, NOON, None)
    assert asked.questions == [
        OpenQuestion(id="dsc_1", kind=kind, sku="COAT-M", quantity=2, answer_by=deadline if told else by_norm)
    ]
    assert recorded in asked.events
    asked.record_question("dsc_2", (kind, "COAT-M", 1), deadline, at=NOON)
    asked.record_question("dsc_1", (kind, "COAT-M", 2), deadline + timedelta(days=1), at=NOON)
    assert [(each.id, each.answer_by) for each in asked.questions] == [
        ("dsc_2", deadline),
        ("dsc_1", deadline + timedelta(days=1)),
    ]
