"""`next` is never None while something is open, and every open matter has a deadline and a clock (R08, Z23, Z24)."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given, settings, strategies as st

from service_requests.domain.returns import events as return_events
from service_requests.domain.returns.known_refund import Refund
from service_requests.domain.returns.progress.matter import NEXT, DeadlineName, Matter
from service_requests.domain.returns.progress.next_step import next_step, open_steps
from service_requests.domain.returns.progress.return_states import UNIT_STATES
from service_requests.domain.returns.progress.unit_stage import stage_of
from service_requests.domain.returns.return_ import Return
from service_requests.domain.returns.return_error import DeadlineNotLater, NotPossibleNow, TooFewToCancel
from service_requests.domain.returns.return_status import RefundState, ReturnStatus
from service_requests.domain.returns.shipment import ParcelState, parcel_state
from service_requests.domain.returns.unit import ReturnUnit, Standing, UnitOutcome, Whereabouts
from shared.kernel.errors import NotYet, RetourError, Said
from tests.unit.requests.builders import (
    NOON,
    a_parcel,
    a_referred_return,
    a_refund,
    an_approved_return,
    an_assessment,
)

UNITS: Final = ("unit_1", "unit_2")
LONG_AFTER: Final = NOON + timedelta(days=400)
WHY: Final = Said("You are in hospital.", "您正在住院。")


def matters(of: Return) -> set[Matter]:
    return {each.matter for each in of.open_matters}


def something_is_open(of: Return) -> bool:
    """The same question, asked of the parts in another way than the product asks it."""
    reviewed = of.review.ruling is not None or of.ending is not None
    rest = bool(of.refunds.untold or of.questions) or any(map(refund_is_open, of.refunds.known))
    return rest or not reviewed or any(unit_is_open(of, unit) for unit in of.units)


def unit_is_open(of: Return, unit: ReturnUnit) -> bool:
    refund = of.refunds.of_unit(unit.id)
    paid = refund is not None and (
        refund.state is RefundState.CLOSED or (refund.state is RefundState.SETTLED and refund.told_at is not None)
    )
    match unit.decision:
        case UnitOutcome.NONE:
            return of.rma is not None
        case UnitOutcome.ACCEPTED:
            return not paid
        case _:
            return unit.decision is UnitOutcome.WITHDRAWN and unit.whereabouts is Whereabouts.IN_TRANSIT


def refund_is_open(refund: Refund) -> bool:
    match refund.state:
        case RefundState.OPENED | RefundState.DOUBTED:
            return True
        case RefundState.FAILED:
            return not refund.units
        case RefundState.SETTLED:
            return refund.told_at is None or refund.open_remainder
        case RefundState.CLOSED:
            return refund.open_remainder


def kept_goods(became: str, at: datetime = NOON) -> return_events.Cleared:
    """What a person has decided about a coat that the customer was to keep."""
    return return_events.Cleared(at=at, doubt="cancelled", sku="COAT-M", quantity=1, became=became)


FACTS: Final[Mapping[str, Callable[[Return, str, int, datetime], None]]] = {
    "approve": lambda of, _, _n, at: of.approve(an_assessment(at=at), by="staff:li", at=at, rma="RT-1", note=None),
    "cancel": lambda of, _, _n, at: of.cancel(at=at),
    "cancel one": lambda of, unit, _n, at: of.cancel(at=at, units=[unit]),
    "cancel so many": lambda of, _, n, at: of.cancel(at=at, quantity=1 + n % 2),
    "ship": lambda of, unit, n, at: of.ship(replace(a_parcel(f"P-{n}"), announced_at=at), [unit]),
    "ship all": lambda of, _, n, at: of.ship(replace(a_parcel(f"P-{n}"), announced_at=at), None),
    "receive": lambda of, unit, n, at: of.receive([unit], inspect_by=at + timedelta(days=1 + n % 3), at=at),
    "pass": lambda of, unit, _n, at: of.record_inspection([(unit, True)], at=at),
    "fail": lambda of, unit, _n, at: of.record_inspection([(unit, False)], at=at),
    "accept": lambda of, unit, _n, at: of.record_inspection_decision([(unit, True)], at=at),
    "refuse": lambda of, unit, _n, at: of.record_inspection_decision([(unit, False)], at=at),
    "correct": lambda of, unit, n, at: of.record_correction(
        [(unit, list(Standing)[n % len(Standing)])], inspect_by=at + timedelta(days=2), at=at
    ),
    "question": lambda of, _, n, at: of.record_question(
        f"dsc_{n % 2}", (("cancelled", "over", "looks", "money")[n % 4], "COAT-M", 1), None, at=at
    ),
    "answer": lambda of, _, n, at: of.record_answer(
        f"dsc_{n % 2}", kept_goods(("disposed", "returned_to_customer", "")[n % 3], at)
    ),
    "open refund": lambda of, unit, n, at: of.record_refund_opened(
        replace(a_refund(f"rfd_{n}", unit), pay_by=at + timedelta(days=7), remainder_minor=100 * (n % 2)), at=at
    ),
    "open refund of no unit": lambda of, _, n, at: of.record_refund_opened(
        replace(a_refund(f"rfd_{n}"), units=(), pay_by=at + timedelta(days=9)), at=at
    ),
    "doubt": lambda of, _, n, at: of.record_refund_doubted(_open_refund(of, n), at=at),
    "settle": lambda of, _, n, at: of.record_refund_settled(_open_refund(of, n), at=at),
    "decline": lambda of, _, n, at: of.record_refund_failed(_open_refund(of, n), at=at),
    "try again": lambda of, _, n, at: of.record_refund_moved(
        RefundState.OPENED, return_events.RefundReopened(at, _failed_refund(of, n), "1.00 EUR")
    ),
    "close": lambda of, _, n, at: of.record_refund_moved(
        RefundState.CLOSED, return_events.RefundClosed(at, _failed_refund(of, n), "1.00 EUR", "paid_elsewhere")
    ),
    "stop": lambda of, _, n, at: of.record_refund_stopped(_open_refund(of, n), at=at),
    "close remainder": lambda of, _, n, at: of.record_remainder_closed(
        of.refunds.known[n % len(of.refunds.known)].id, "1.00 EUR", "not_owed", at=at
    ),
    "tell": lambda of, _, n, at: of.message_sent(
        "refund_settled", "email", of.refunds.known[n % len(of.refunds.known)].id, at=at
    ),
    "fail to tell": lambda of, _, n, at: of.message_failed(("goods_received", "refund_settled")[n % 2], "email", at=at),
    "reach after all": lambda of, _, _n, at: of.message_sent("goods_received", "telephone", "ret_1", at=at),
    "drop": lambda of, _, _n, at: of.message_sent("goods_received", "email", "ret_1", at=at, dropped="overtaken"),
    "pass time": lambda of, _, _n, at: of.fall_due(at=at),
    "extend": lambda of, _, n, at: of.extend(
        (DeadlineName.SHIP, DeadlineName.ARRIVE, DeadlineName.JUDGE, DeadlineName.DECIDE)[n % 4],
        (at + timedelta(days=20)).date(),
        WHY,
        at=at,
    ),
}


def _open_refund(of: Return, n: int) -> str:
    """The refund's own machine lets it end once, and never before it is opened."""
    paying = [each for each in of.refunds.known if each.state in {RefundState.OPENED, RefundState.DOUBTED}]
    if not paying:
        raise NotYet("a refund")
    return paying[n % len(paying)].id


def _failed_refund(of: Return, n: int) -> str:
    failed = [each for each in of.refunds.known if each.state is RefundState.FAILED]
    if not failed:
        raise NotYet("a refund")
    return failed[n % len(failed)].id


@settings(max_examples=400, deadline=None)
@given(
    st.booleans(),
    st.lists(
        st.tuples(st.sampled_from(sorted(FACTS)), st.sampled_from(UNITS), st.integers(0, 60)), min_size=1, max_size=25
    ),
)
def test_r08_next_is_none_exactly_when_nothing_is_open(referred: bool, story: Sequence[tuple[str, str, int]]) -> None:
    """R08: for random reachable returns: who, what and by when while something is open, and nothing otherwise."""
    found = a_referred_return() if referred else an_approved_return()
    at = NOON
    for place, (fact, unit, n) in enumerate(story):
        at += timedelta(hours=n)
        after = deepcopy(found)
        try:
            FACTS[fact](after, unit, n + 100 * place, at)
        except (RetourError, ZeroDivisionError):
            continue
        found = after
        check(found)
    found.fall_due(at=at + timedelta(days=4000))
    check(found)
    assert found.due_at is None, found.open_matters
    assert all(step.overdue for step in open_steps(found))


def check(found: Return) -> None:
    steps = open_steps(found)
    assert bool(steps) == something_is_open(found), (found.status, found.units, found.refunds.known)
    assert next_step(found) == (steps[0] if steps else None)
    for step in steps:
        assert step.what.en.endswith(".") and step.what.zh.endswith("。")  # noqa: PT018
        assert step.who
        assert step.by is not None, step
    if steps and not all(step.overdue for step in steps):
        assert found.due_at is not None, steps
    assert all(stage_of(unit, found.refunds).value in UNIT_STATES for unit in found.units)
    assert all(parcel_state(parcel, found.units) for parcel in found.shipments.announced)


def test_r08_every_matter_but_the_end_has_its_sentence_in_one_table() -> None:
    assert set(NEXT) == set(Matter) - {Matter.NOTHING}


def one_at_the_bench() -> Return:
    """Unit 1 did not pass; unit 2 is still at home."""
    found = an_approved_return()
    found.receive(["unit_1"], inspect_by=NOON + timedelta(days=1), at=NOON)
    found.record_inspection([("unit_1", False)], at=NOON)
    found.events.clear()
    return found


def test_z24_a_unit_at_home_is_cancelled_while_another_is_at_the_bench() -> None:
    """Z24: it was refused with the names of states, because one unit waited for a person."""
    found = one_at_the_bench()
    found.cancel(at=NOON, units=["unit_2"])
    assert found.events == [return_events.Withdrawn(NOON, 1, ("unit_2",))]
    assert found.status is ReturnStatus.AWAITING_PERSON
    with pytest.raises(NotPossibleNow) as refused:
        found.cancel(at=NOON, units=["unit_1"])
    assert "reached us" in refused.value.say("en")


def test_z24_what_was_never_sent_lapses_while_another_unit_is_at_the_bench() -> None:
    """Z24: the clock of the unsent unit ran on nobody's watch until the bench was done."""
    found = one_at_the_bench()
    found.fall_due(at=LONG_AFTER)
    assert [unit.decision for unit in found.units] == [UnitOutcome.NONE, UnitOutcome.WITHDRAWN]
    assert any(isinstance(event, return_events.Lapsed) for event in found.events)
    assert any(isinstance(event, return_events.Overdue) and event.promise == "judge" for event in found.events)


def test_z24_a_late_inspection_is_late_while_another_unit_is_unsent() -> None:
    """Z24: the unsent unit hid the broken promise of the other one."""
    found = an_approved_return()
    due = NOON + timedelta(days=1)
    found.receive(["unit_1"], inspect_by=due, at=NOON)
    assert found.status is ReturnStatus.APPROVED
    assert found.due_at == due
    found.fall_due(at=due)
    first, second = open_steps(found)
    assert (first.matter, first.overdue, first.units, first.by) == (Matter.INSPECT, True, ("unit_1",), due)
    assert (second.matter, second.overdue, second.units) == (Matter.SHIP, False, ("unit_2",))


def test_z24_each_unit_has_the_deadline_of_its_own_arrival() -> None:
    """Z24: the second parcel does not take over the deadline of a first one that is done."""
    found = an_approved_return()
    early, late = NOON + timedelta(days=1), NOON + timedelta(days=5)
    found.receive(["unit_1"], inspect_by=early, at=NOON)
    found.receive(["unit_2"], inspect_by=late, at=NOON)
    assert {each.units: each.by for each in found.open_matters} == {("unit_1",): early, ("unit_2",): late}
    found.record_inspection([("unit_1", True)], at=NOON)
    assert [each.by for each in found.open_matters if each.matter is Matter.INSPECT] == [late]


def test_z24_the_rest_of_a_partly_sent_return_is_refunded_and_closed() -> None:
    """Z24: the unsent rest lapses by itself; the sent part is paid, told and the return closes."""
    found = an_approved_return()
    found.ship(a_parcel(), ["unit_1"])
    found.fall_due(at=NOON + timedelta(days=15))
    found.receive(["unit_1"], inspect_by=LONG_AFTER, at=NOON)
    found.record_inspection([("unit_1", True)], at=NOON)
    found.record_refund_opened(a_refund(), at=NOON)
    found.record_refund_settled("rfd_1", at=NOON)
    found.message_sent("refund_settled", "email", "rfd_1", at=NOON)
    assert (found.ending, next_step(found)) == ("partly_refunded", None)


def test_z24_so_many_pieces_are_cancelled_the_unsent_ones_first() -> None:
    found = an_approved_return(3)
    found.ship(a_parcel(), ["unit_1"])
    found.cancel(at=NOON, quantity=1)
    assert [unit.decision for unit in found.units] == ["none", "withdrawn", "none"]
    with pytest.raises(TooFewToCancel) as refused:
        found.cancel(at=NOON, quantity=3)
    assert "2 piece(s)" in refused.value.say("en")
    waiting = a_referred_return()
    with pytest.raises(NotPossibleNow) as in_review:
        waiting.cancel(at=NOON, quantity=1)
    assert "as a whole" in in_review.value.say("en")
    waiting.cancel(at=NOON, quantity=2)
    assert waiting.status is ReturnStatus.CANCELLED


def test_z23_goods_of_a_cancelled_return_are_open_until_they_have_their_end() -> None:
    """Z23: cancelled, then the goods arrive: a person decides, and `next` says so until then."""
    found = an_approved_return(1)
    found.ship(a_parcel(), None)
    found.cancel(at=NOON)
    assert (found.status, matters(found)) == (ReturnStatus.CANCELLED, {Matter.STRAY})
    found.record_question("dsc_1", ("cancelled", "COAT-M", 1), NOON + timedelta(days=1), at=NOON)
    step = next_step(found)
    assert step is not None
    assert (step.matter, step.who, step.by) == (Matter.ANSWER, "agent", NOON + timedelta(days=1))
    found.record_answer("dsc_1", kept_goods("returned_to_customer"))
    assert (next_step(found), found.units[0].whereabouts) == (None, Whereabouts.BACK_TO_CUSTOMER)


def test_z23_goods_that_a_person_accepts_bring_the_return_back_to_life() -> None:
    """Z23: also when a first answer had sent them back and was taken back."""
    found = an_approved_return(1)
    found.ship(a_parcel(), None)
    found.cancel(at=NOON)
    for outcome in ("disposed", "accepted_as_return"):
        found.record_question("dsc_1", ("cancelled", "COAT-M", 1), None, at=NOON)
        found.record_answer("dsc_1", kept_goods(outcome))
    found.receive(["unit_1"], inspect_by=LONG_AFTER, at=NOON)
    assert (found.status, matters(found)) == (ReturnStatus.RECEIVED, {Matter.INSPECT})


@pytest.mark.parametrize("arrives_first", [True, False])
def test_z23_arrival_and_cancellation_in_either_order(arrives_first: bool) -> None:
    """Z23: what has arrived cannot be cancelled; what was cancelled and arrived before we knew lives again."""
    found = an_approved_return(1)
    found.ship(a_parcel(), None)
    if arrives_first:
        found.receive(["unit_1"], inspect_by=LONG_AFTER, at=NOON)
        with pytest.raises(NotPossibleNow):
            found.cancel(at=NOON)
    else:
        found.cancel(at=NOON)
        found.receive(["unit_1"], inspect_by=LONG_AFTER, at=NOON)
    assert (found.status, matters(found)) == (ReturnStatus.RECEIVED, {Matter.INSPECT})


def test_z23_goods_of_a_lapsed_return_live_again() -> None:
    found = an_approved_return(1)
    found.fall_due(at=LONG_AFTER)
    assert (found.status, next_step(found)) == (ReturnStatus.LAPSED, None)
    found.receive(["unit_1"], inspect_by=LONG_AFTER + timedelta(days=1), at=LONG_AFTER)
    assert (found.status, matters(found)) == (ReturnStatus.RECEIVED, {Matter.INSPECT})


def test_z23_a_parcel_that_never_comes_is_given_up_by_the_clock() -> None:
    """Z23: `next` is open while a cancelled parcel may still come, and not for ever."""
    found = an_approved_return(1)
    found.ship(a_parcel(), None)
    found.cancel(at=NOON)
    assert parcel_state(found.shipments.announced[0], found.units) is ParcelState.NOT_EXPECTED
    assert found.due_at is not None
    found.fall_due(at=found.due_at)
    assert (next_step(found), found.units[0].whereabouts) == (None, Whereabouts.WITH_CUSTOMER)
    assert parcel_state(found.shipments.announced[0], found.units) is ParcelState.NEVER_ARRIVED


def test_r08_after_the_end_a_message_that_failed_and_a_further_refund_are_open() -> None:
    found = an_approved_return(1)
    found.cancel(at=NOON)
    found.message_failed("return_cancelled", "email", at=NOON)
    assert matters(found) == {Matter.NOT_TOLD}
    found.message_sent("return_cancelled", "telephone", "ret_1", at=NOON)
    assert next_step(found) is None
    found.record_refund_opened(replace(a_refund(), units=()), at=NOON)
    assert (found.status, matters(found)) == (ReturnStatus.CANCELLED, {Matter.PAY})


def test_r08_an_announced_parcel_is_overdue_when_the_usual_time_is_over() -> None:
    found = an_approved_return(1)
    found.ship(a_parcel(), None)
    (step,) = open_steps(found)
    assert step.by is not None
    found.fall_due(at=step.by)
    (late,) = open_steps(found)
    assert (late.matter, late.overdue, late.by) == (Matter.ARRIVE, True, step.by)
    assert [type(event) for event in found.events if isinstance(event, return_events.Overdue)] == [
        return_events.Overdue
    ]


EXTENDED: Final[Mapping[DeadlineName, Callable[[], Return]]] = {
    DeadlineName.DECIDE: a_referred_return,
    DeadlineName.SHIP: an_approved_return,
    DeadlineName.JUDGE: one_at_the_bench,
}


@pytest.mark.parametrize("promise", EXTENDED)
def test_z24_a_deadline_is_extended_with_a_reason(promise: DeadlineName) -> None:
    """Z24: later, within bounds, and told; an overdue step is in time again."""
    found = EXTENDED[promise]()
    day = date(2026, 12, 20)
    found.extend(promise, day, WHY, at=NOON)
    extended = found.events[-1]
    assert isinstance(extended, return_events.DeadlineExtended)
    assert (extended.promise, extended.day, extended.because) == (promise, day, WHY)
    (open_matter,) = (each for each in found.open_matters if each.matter.value == promise.value)
    assert open_matter.by == extended.until
    assert extended.until.date() in {day, day + timedelta(days=1)}
    for wrong in (day, date(2026, 12, 1), date(2027, 3, 1)):
        with pytest.raises(DeadlineNotLater):
            found.extend(promise, wrong, WHY, at=NOON)


@pytest.mark.parametrize("promise", [DeadlineName.PAY, DeadlineName.TELL, DeadlineName.ARRIVE])
def test_z24_what_does_not_wait_cannot_be_extended(promise: DeadlineName) -> None:
    with pytest.raises(NotPossibleNow):
        an_approved_return().extend(promise, date(2026, 12, 20), WHY, at=NOON)


def test_z24_the_last_day_for_sending_moves_with_the_extension() -> None:
    found = an_approved_return()
    found.extend(DeadlineName.SHIP, date(2026, 12, 20), WHY, at=NOON)
    assert found.shipments.instructions is not None
    assert found.shipments.instructions.ship_by == date(2026, 12, 20)
    found.fall_due(at=datetime(2026, 12, 15, tzinfo=NOON.tzinfo))
    before = found.status
    found.fall_due(at=datetime(2026, 12, 21, 12, tzinfo=NOON.tzinfo))
    assert (before, found.status) == (ReturnStatus.APPROVED, ReturnStatus.LAPSED)


def test_an_extension_of_the_inspection_moves_the_units_that_it_names() -> None:
    """Z24: the warehouse has its own operation; the return follows for the named units only."""
    found = an_approved_return()
    due, later = NOON + timedelta(days=1), NOON + timedelta(days=4)
    found.receive(["unit_1", "unit_2"], inspect_by=due, at=NOON)
    found.record_extension(["unit_2"], later, "The maker tests it.", at=NOON)
    assert {each.units: each.by for each in found.open_matters} == {("unit_1",): due, ("unit_2",): later}


def a_row_without_deadlines() -> Return:
    found = an_approved_return(1)
    found.ship(a_parcel(), None)
    found.units[0].by = None
    found.events.clear()
    return found


def test_a_return_from_before_deadlines_has_computed_ones_and_keeps_them() -> None:
    """R08: counted from its last change, so that they do not move while nothing happens."""
    found = a_row_without_deadlines()
    step: Any = next_step(found)
    lacking = [found.lacks_deadlines]
    assert step.by is not None
    found.state_deadlines(at=NOON)
    lacking.append(found.lacks_deadlines)
    assert lacking == [True, False]
    assert next_step(found) == step
