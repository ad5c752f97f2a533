"""Where each verb may start and where it leads, from the tables themselves; the header is read off the units."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest

from service_requests.domain.eligibility.assessment import Outcome, RecordedReason
from service_requests.domain.policy.vocabulary import Payer, Result
from service_requests.domain.returns import events as return_events
from service_requests.domain.returns.progress.next_step import next_step
from service_requests.domain.returns.progress.return_promises import RunningPromise
from service_requests.domain.returns.return_ import Return
from service_requests.domain.returns.return_error import NoSuchUnit, ParcelAlreadyAnnounced, TooManyParcels
from service_requests.domain.returns.return_status import MOVES, RefundState, ReturnStatus
from service_requests.domain.returns.timeline import FOR_STAFF_ONLY, step_of
from service_requests.domain.returns.unit import (
    OUTCOME_MOVES,
    WHEREABOUTS_MOVES,
    ReturnUnit,
    UnitOutcome,
    UnitRemedy,
    Whereabouts,
)
from shared.kernel.errors import IllegalMove, NotYet, Said
from tests.unit.requests.builders import (
    IN_STATUS,
    NOON,
    RMA,
    a_parcel,
    a_referred_return,
    a_refund,
    a_requested_line,
    a_return,
    an_approved_return,
    an_assessment,
)

GROUNDS: Final = RecordedReason(rule="person", answer=Result.NO, clause="R2.5", says=Said("No.", "不。"), facts={})
LATE: Final = NOON + timedelta(days=40)


def withdrawn(of: Return) -> Return:
    """The fact that ended units, for verbs that start after an end: all were given up."""
    if of.ending is not None:
        for unit in of.units:
            unit.decision, unit.whereabouts = UnitOutcome.WITHDRAWN, Whereabouts.WITH_CUSTOMER
    return of


def says_no_names_of_states(refused: IllegalMove) -> bool:
    """Z24: a refusal says what can be done instead, in both languages."""
    texts = (refused.say("en"), refused.say("zh-CN"))
    return all(texts) and not any(status.value in text for status in ReturnStatus for text in texts if "_" in status)


def header(of: Return) -> ReturnStatus:
    """Read anew each time: a type checker would take the first answer for the last."""
    return of.status


def arriving(of: Return) -> str:
    return next(
        (u.id for u in of.units if u.whereabouts in {Whereabouts.WITH_CUSTOMER, Whereabouts.IN_TRANSIT}), "unit_new"
    )


def receive(of: Return) -> None:
    if arriving(of) == "unit_new":
        of.units.append(ReturnUnit(id="unit_new", line_id="L1", place=0, unit_no=9))
    withdrawn(of).receive([arriving(of)], inspect_by=NOON, at=NOON)


ASK: Final[Mapping[str, Callable[[Return], None]]] = {
    "approve": lambda of: of.approve(an_assessment(), by="staff:li", at=NOON, rma=RMA, note=None),
    "refuse": lambda of: of.refuse(an_assessment(), GROUNDS, (), at=NOON, note=None),
    "receive": receive,
}

ASK_OF_UNITS: Final[Mapping[str, Callable[[Return], None]]] = {
    "cancel": lambda of: of.cancel(at=NOON),
    "ship": lambda of: of.ship(a_parcel("P-9"), None),
    "lapse": lambda of: of.lapse(at=LATE),
}


@pytest.mark.parametrize("status", ReturnStatus)
def test_a_return_can_be_in_every_status(status: ReturnStatus) -> None:
    assert IN_STATUS[status]().status is status


@pytest.mark.parametrize("verb", MOVES)
@pytest.mark.parametrize("status", ReturnStatus)
def test_a_verb_works_from_its_sources_and_nowhere_else(verb: str, status: ReturnStatus) -> None:
    """A refusal of ours says what can be done instead (Z24)."""
    subject = IN_STATUS[status]()
    if status in MOVES[verb]:
        ASK[verb](subject)
        assert subject.events
    else:
        with pytest.raises(IllegalMove) as refused:
            ASK[verb](subject)
        assert (subject.status, subject.events) == (status, [])
        assert says_no_names_of_states(refused.value)


@pytest.mark.parametrize("status", ReturnStatus)
@pytest.mark.parametrize("verb", ASK_OF_UNITS)
def test_z24_a_verb_of_units_works_while_one_unit_fits_whatever_the_others_do(verb: str, status: ReturnStatus) -> None:
    """Z24: cancelling, sending and lapsing look at units, never at the status of the whole return."""
    subject = IN_STATUS[status]()
    unsent, at_home = any(u.is_unsent for u in subject.units), any(u.can_stay for u in subject.units)
    decided = subject.review.ruling is not None
    fits = {"cancel": at_home, "ship": at_home and decided, "lapse": unsent and decided}[verb]
    if fits:
        ASK_OF_UNITS[verb](subject)
        assert subject.events
    else:
        with pytest.raises(IllegalMove) as refused:
            ASK_OF_UNITS[verb](subject)
        assert (subject.status, subject.events) == (status, [])
        assert says_no_names_of_states(refused.value)


@pytest.mark.parametrize("verb", WHEREABOUTS_MOVES)
@pytest.mark.parametrize("whereabouts", Whereabouts)
def test_a_unit_goes_only_where_the_table_says(verb: str, whereabouts: Whereabouts) -> None:
    unit = ReturnUnit(id="u", line_id="L1", place=0, unit_no=1, whereabouts=whereabouts)
    sources, target = WHEREABOUTS_MOVES[verb]
    if whereabouts in sources:
        unit.move(verb)
        assert unit.whereabouts is target
    else:
        with pytest.raises(IllegalMove):
            unit.move(verb)
        assert unit.whereabouts is whereabouts


@pytest.mark.parametrize("verb", OUTCOME_MOVES)
@pytest.mark.parametrize("decision", UnitOutcome)
def test_a_unit_is_decided_only_as_the_table_says(verb: str, decision: UnitOutcome) -> None:
    unit = ReturnUnit(id="u", line_id="L1", place=0, unit_no=1, decision=decision)
    sources, target = OUTCOME_MOVES[verb]
    if decision in sources:
        unit.decide(verb)
        assert unit.decision is target
    else:
        with pytest.raises(IllegalMove):
            unit.decide(verb)
        assert unit.decision is decision


def test_a_unit_is_held_while_its_remedy_lives() -> None:
    """B14."""
    live = {
        decision
        for decision in UnitOutcome
        if ReturnUnit(id="u", line_id="L1", place=0, unit_no=1, decision=decision).holds_unit
    }
    assert live == {UnitOutcome.NONE, UnitOutcome.ACCEPTED}
    paid = {
        d
        for d in UnitOutcome
        if ReturnUnit(id="u", line_id="L1", place=0, unit_no=1, decision=d).remedy is UnitRemedy.REFUND
    }
    assert paid == {UnitOutcome.ACCEPTED}


def test_an_approval_carries_the_six_facts() -> None:
    """R2.3, R2.4, C06: address, contact, phone, carriers, return number, who pays; and by when to send."""
    approved = an_approved_return()
    instructions = approved.shipments.instructions
    assert instructions is not None
    assert approved.rma == RMA
    assert instructions.address.lines
    assert instructions.address.contact
    assert instructions.address.phone
    assert instructions.carriers
    assert (instructions.freight_payer, instructions.freight_minor, instructions.freight_currency) == (
        Payer.CUSTOMER,
        495,
        "EUR",
    )
    assert (instructions.ship_by - NOON.date()).days == 14
    assert approved.promises.ship_until == datetime(2026, 12, 8, 23, tzinfo=UTC)


def test_the_policy_decides_at_once_and_says_so() -> None:
    """C04, R2.5: requested and decided in one go; what is refused holds nothing."""
    for line, kinds, outcome in (
        (a_requested_line(), [return_events.Requested, return_events.Approved], Outcome.ACCEPT),
        (a_requested_line(reason="unsafe"), [return_events.Requested, return_events.Referred], None),
    ):
        asked = a_return()
        asked.request(an_assessment(line), at=NOON, rma=RMA)
        assert [type(event) for event in asked.events] == kinds
        assert (asked.review.ruling.outcome if asked.review.ruling else None) is outcome
        assert all(unit.holds_unit for unit in asked.units)
    asked = a_return()
    asked.request(an_assessment(delivered_at=NOON - timedelta(days=99)), at=NOON, rma=RMA)
    assert [type(event) for event in asked.events] == [return_events.Requested, return_events.Refused]
    assert asked.review.ruling is not None
    assert asked.review.ruling.by_policy
    assert asked.review.ruling.alternatives
    assert asked.review.ruling.object_by == NOON.date() + timedelta(days=14)
    assert asked.rma is None
    assert not any(unit.holds_unit for unit in asked.units)


def test_a_review_has_its_promise_and_being_late_is_said_once() -> None:
    """R2.1, C03: until the end of the next working day in the regime's zone."""
    waiting = a_referred_return()
    due = datetime(2026, 11, 25, 17, tzinfo=UTC)
    assert waiting.promises.decide_by == due
    waiting.fall_due(at=due)
    waiting.fall_due(at=due + timedelta(days=1))
    assert [type(event) for event in waiting.events] == [return_events.Overdue]
    assert waiting.due_at is None
    assert header(waiting) is ReturnStatus.IN_REVIEW


def test_before_a_promise_is_broken_we_are_reminded_of_it_once_for_each_point() -> None:
    """C03, R2.1: at 50 and 80 hundredths of the working time: five hours today and nine tomorrow, there."""
    waiting = a_referred_return()
    half, most = datetime(2026, 11, 25, 10, tzinfo=UTC), datetime(2026, 11, 25, 14, 12, tzinfo=UTC)
    assert waiting.promises.warn_at == (half, most)
    for moment in (half, most):
        assert waiting.due_at == moment
        waiting.fall_due(at=moment - timedelta(seconds=1))
        waiting.fall_due(at=moment)
        waiting.fall_due(at=moment)
    assert waiting.events == [return_events.Reminded(half, "decide"), return_events.Reminded(most, "decide")]
    assert waiting.due_at == waiting.promises.decide_by
    asleep = a_referred_return()
    asleep.fall_due(at=most)
    assert asleep.events == [return_events.Reminded(most, "decide")]


def test_before_a_deadline_nothing_falls_due() -> None:
    for waiting in (a_referred_return(), an_approved_return(), IN_STATUS[ReturnStatus.CLOSED]()):
        waiting.fall_due(at=NOON)
        assert waiting.events == []


def test_what_was_never_sent_lapses_and_its_units_are_free() -> None:
    """D06: with nothing else open the return is over."""
    late = an_approved_return()
    late.fall_due(at=LATE)
    assert header(late) is ReturnStatus.LAPSED
    assert [type(event) for event in late.events] == [return_events.Lapsed, return_events.Closed]
    assert not any(unit.holds_unit for unit in late.units)


def test_a_lapse_leaves_what_has_been_sent() -> None:
    """D06: only what is still with the customer stays there; the other unit goes on and closes the return."""
    partly = an_approved_return()
    partly.ship(a_parcel(), ["unit_1"])
    partly.fall_due(at=LATE)
    assert header(partly) is ReturnStatus.SHIPPED
    assert [unit.decision for unit in partly.units] == [UnitOutcome.NONE, UnitOutcome.WITHDRAWN]
    finish(partly, "unit_1")
    assert header(partly) is ReturnStatus.CLOSED
    assert partly.ending == "partly_refunded"


def finish(of: Return, *units: str, refund: str = "rfd_1") -> None:
    """Received, accepted, paid, told."""
    of.receive(units, inspect_by=NOON, at=NOON)
    of.record_inspection([(unit, True) for unit in units], at=NOON)
    of.record_refund_opened(a_refund(refund, *units), at=NOON)
    of.record_refund_settled(refund, at=NOON)
    of.message_sent("refund_settled", "email", refund, at=NOON)


def test_two_parcels_add_up_and_the_return_waits_for_the_second() -> None:
    """W3, D05, F02."""
    found = an_approved_return()
    found.ship(a_parcel("P1-1"), ["unit_1"])
    found.ship(a_parcel("P2-2"), None)
    finish(found, "unit_1", refund="rfd_1")
    assert header(found) is ReturnStatus.SHIPPED
    finish(found, "unit_2", refund="rfd_2")
    assert header(found) is ReturnStatus.CLOSED
    assert found.ending == "refunded"
    assert [event.units for event in found.events if isinstance(event, return_events.Received)] == [1, 1]


def test_one_unit_is_paid_while_the_other_waits_for_a_person() -> None:
    """W7, R4.5: neither waits for the other; refused goods go back and the return ends."""
    found = an_approved_return()
    found.receive(["unit_1", "unit_2"], inspect_by=NOON, at=NOON)
    found.record_inspection([("unit_1", True), ("unit_2", False)], at=NOON)
    assert header(found) is ReturnStatus.AWAITING_PERSON
    found.record_refund_opened(a_refund("rfd_1", "unit_1"), at=NOON)
    found.record_refund_settled("rfd_1", at=NOON)
    found.message_sent("refund_settled", "email", "rfd_1", at=NOON)
    assert header(found) is ReturnStatus.AWAITING_PERSON
    found.record_inspection_decision([("unit_2", False)], at=NOON)
    assert header(found) is ReturnStatus.CLOSED
    assert found.ending == "partly_refunded"
    assert found.units[1].whereabouts is Whereabouts.BACK_TO_CUSTOMER


def test_z09_what_no_payment_can_give_back_stands_in_the_timeline() -> None:
    """What is paid, and what a person settles; without such a part nothing is said."""
    found = an_approved_return()
    found.receive(["unit_1", "unit_2"], inspect_by=NOON, at=NOON)
    found.record_inspection([("unit_1", True), ("unit_2", True)], at=NOON)
    found.record_refund_opened(a_refund("rfd_1", "unit_1"), at=NOON, remainder="EUR 20.00")
    found.record_refund_opened(a_refund("rfd_2", "unit_2"), at=NOON)
    told = [event for event in found.events if isinstance(event, return_events.RefundRemainder)]
    assert told == [return_events.RefundRemainder(NOON, "rfd_1", "EUR 20.00")]


def test_goods_that_all_go_back_end_the_return() -> None:
    found = an_approved_return(1)
    found.receive(["unit_1"], inspect_by=NOON, at=NOON)
    found.record_inspection([("unit_1", False)], at=NOON)
    found.record_inspection_decision([("unit_1", False)], at=NOON)
    assert found.ending == "goods_back"
    assert not found.units[0].holds_unit


def test_a_failed_refund_waits_for_another_one() -> None:
    """I02: failed is not paid; the unit stays accepted and the next refund pays for it."""
    found = IN_STATUS[ReturnStatus.REFUNDING]()
    found.record_refund_failed("rfd_1", at=NOON)
    step = next_step(found)
    assert header(found) is ReturnStatus.REFUNDING
    assert step is not None
    assert "another way" in step.what.en
    found.record_refund_opened(a_refund("rfd_2"), at=NOON)
    found.record_refund_settled("rfd_2", at=NOON)
    found.message_sent("refund_settled", "email", "rfd_2", at=NOON)
    assert header(found) is ReturnStatus.CLOSED
    assert [refund.state for refund in found.refunds.known] == [RefundState.FAILED, RefundState.SETTLED]


def test_facts_that_come_before_what_they_rest_on_wait() -> None:
    """Nouns travel apart: a refund may be reported before the inspection, the message before the refund."""
    found = an_approved_return(1)
    found.receive(["unit_1"], inspect_by=NOON, at=NOON)
    found.events.clear()
    early_facts: tuple[Callable[[], None], ...] = (
        lambda: found.record_refund_opened(a_refund(), at=NOON),
        lambda: found.record_refund_settled("rfd_1", at=NOON),
        lambda: found.record_refund_failed("rfd_1", at=NOON),
        lambda: found.message_sent("refund_settled", "email", "rfd_1", at=NOON),
    )
    for early in early_facts:
        with pytest.raises(NotYet):
            early()
    found.record_inspection([("unit_1", True)], at=NOON)
    found.record_refund_opened(a_refund(), at=NOON)
    with pytest.raises(NotYet):
        found.message_sent("refund_settled", "email", "rfd_1", at=NOON)
    assert header(found) is ReturnStatus.REFUNDING


def test_z23_money_for_a_refused_unit_waits_for_the_end_of_the_refusal() -> None:
    found = an_approved_return(1)
    found.receive(["unit_1"], inspect_by=NOON, at=NOON)
    found.record_inspection([("unit_1", False)], at=NOON)
    found.record_inspection_decision([("unit_1", False)], at=NOON)
    with pytest.raises(NotYet):
        found.record_refund_opened(a_refund(), at=NOON)


def test_only_a_message_about_paid_money_ends_the_return() -> None:
    """L03: other words are written down and nothing more."""
    found = IN_STATUS[ReturnStatus.REFUNDED]()
    found.message_sent("goods_received", "email", "ret_1", at=NOON)
    found.message_sent("refund_opened", "email", "rfd_1", at=NOON)
    assert header(found) is ReturnStatus.REFUNDED
    found.message_failed("refund_settled", "email", at=NOON)
    step = next_step(found)
    assert step is not None
    assert step.who == "agent"
    assert "did not reach" in step.what.en
    found.message_sent("refund_settled", "sms", "rfd_1", at=NOON)
    assert header(found) is ReturnStatus.CLOSED
    assert found.refunds.untold == []


def test_z20_a_message_that_nobody_needs_keeps_no_return_open() -> None:
    """It failed, and a person has dropped it on record; customers do not read of it, staff does."""
    found = IN_STATUS[ReturnStatus.REFUNDED]()
    found.message_failed("refund_settled", "email", at=NOON)
    found.message_sent("refund_settled", "email", "rfd_1", at=NOON, dropped="not_needed")
    assert header(found) is ReturnStatus.CLOSED
    assert found.refunds.untold == []
    step = step_of(return_events.MessageDropped(NOON, "refund_settled", "not_needed"), 1, "service:notifications")
    assert step.code in FOR_STAFF_ONLY
    assert step.says.en == "A message is not sent any more (refund paid): nobody needs it any more."


def test_z30_a_message_that_was_overtaken_is_missed_by_nobody() -> None:
    """It had failed; the later one tells how things are."""
    found = IN_STATUS[ReturnStatus.REFUNDED]()
    found.message_failed("return_approved", "email", at=NOON)
    found.message_sent("return_approved", "email", "ret_1", at=NOON, dropped="overtaken")
    assert (found.refunds.untold, header(found)) == ([], ReturnStatus.REFUNDED)


def test_goods_that_arrive_after_all_bring_the_return_back_to_life() -> None:
    """A lapse or a cancellation was a guess about goods that were already on their way."""
    found = an_approved_return(1)
    found.ship(a_parcel(), None)
    found.cancel(at=NOON)
    assert header(found) is ReturnStatus.CANCELLED
    assert not found.units[0].holds_unit
    finish(found, "unit_1")
    assert header(found) is ReturnStatus.CLOSED
    assert found.units[0].holds_unit


def test_cancelling_keeps_what_has_not_arrived_and_lets_the_rest_go_on() -> None:
    """A11."""
    found = an_approved_return()
    finish(found, "unit_1")
    found.events.clear()
    found.cancel(at=NOON)
    assert [type(event) for event in found.events] == [return_events.Withdrawn, return_events.Closed]
    assert found.ending == "partly_refunded"


def test_the_first_promise_of_inspection_is_kept_when_a_second_parcel_comes() -> None:
    """R4.3."""
    found = an_approved_return()
    found.receive(["unit_1"], inspect_by=NOON, at=NOON)
    found.receive(["unit_2"], inspect_by=LATE, at=NOON)
    assert found.promises.inspect_by == NOON


def accepted(*units: str) -> Return:
    """Received and accepted, nothing paid yet."""
    found = an_approved_return(len(units))
    found.receive(units, inspect_by=NOON, at=NOON)
    found.record_inspection([(unit, True) for unit in units], at=NOON)
    found.events.clear()
    return found


@pytest.mark.parametrize(("first", "second"), [(9, 7), (7, 9)])
def test_of_two_refunds_the_one_that_is_due_first_has_the_deadline(first: int, second: int) -> None:
    """I06, Z24: until it is paid; then the other one's. Each has its own clock and is called overdue once."""
    found = accepted("unit_1", "unit_2")
    found.record_refund_opened(a_refund("rfd_1", "unit_1", pay_in=first), at=NOON)
    found.record_refund_opened(a_refund("rfd_2", "unit_2", pay_in=second), at=NOON)
    sooner, later = NOON + timedelta(days=7), NOON + timedelta(days=9)
    assert found.deadline == RunningPromise("pay", sooner)
    step = next_step(found)
    assert step is not None
    assert step.by == sooner
    found.fall_due(at=sooner)
    assert found.due_at == later
    paid = "rfd_1" if first == 7 else "rfd_2"
    found.record_refund_settled(paid, at=sooner)
    found.message_sent("refund_settled", "email", paid, at=sooner)
    assert found.deadline == RunningPromise("pay", later)
    found.fall_due(at=later)
    found.fall_due(at=later + timedelta(days=1))
    assert [event for event in found.events if isinstance(event, return_events.Overdue)] == [
        return_events.Overdue(sooner, "pay", sooner), return_events.Overdue(later, "pay", later)
    ]  # fmt: skip


def test_the_day_of_the_next_step_is_that_of_the_promise_that_runs() -> None:
    """Z11: the last day for sending, then none for an inspection by an hour, then that of the refund due first."""
    found = an_approved_return()
    days = [next_step(found)]
    found.receive(["unit_1", "unit_2"], inspect_by=NOON, at=NOON)
    days.append(next_step(found))
    found.record_inspection([("unit_1", True), ("unit_2", True)], at=NOON)
    for refund_id, unit, pay_in in (("rfd_1", "unit_1", 9), ("rfd_2", "unit_2", 7)):
        refund = a_refund(refund_id, unit, pay_in=pay_in)
        found.record_refund_opened(replace(refund, pay_by_day=refund.pay_by.date()), at=NOON)
    days.append(next_step(found))
    found.record_refund_settled("rfd_2", at=NOON)
    days.append(next_step(found))
    assert [step and step.day for step in days] == [
        date(2026, 12, 8), None, date(2026, 12, 1), date(2026, 12, 3)
    ]  # fmt: skip


def test_a_parcel_says_which_units_are_in_it_and_when_it_was_announced() -> None:
    """Z11: named units, then all that are still with the customer."""
    found = an_approved_return(3)
    found.ship(a_parcel("P-1"), ["unit_2"])
    found.ship(replace(a_parcel("P-2"), announced_at=LATE), None)
    assert found.events == [
        return_events.Shipped(NOON, "shp_P-1", "dhl", "P-1", ("unit_2",)),
        return_events.Shipped(LATE, "shp_P-2", "dhl", "P-2", ("unit_1", "unit_3")),
    ]


def test_a_refund_that_failed_is_still_to_be_paid_in_its_own_time() -> None:
    """I06: the law's clock does not begin again with another try."""
    found = accepted("unit_1")
    found.record_refund_opened(a_refund("rfd_1", pay_in=7), at=NOON)
    found.record_refund_failed("rfd_1", at=NOON + timedelta(days=1))
    assert found.deadline == RunningPromise("pay", NOON + timedelta(days=7))
    found.record_refund_opened(a_refund("rfd_2", pay_in=20), at=NOON + timedelta(days=2))
    assert found.deadline == RunningPromise("pay", NOON + timedelta(days=7))


def test_the_promise_of_inspection_is_that_of_the_parcel_that_waits_longest() -> None:
    """R4.3: in whatever order the parcels are heard of; what was looked at waits no more."""
    found = an_approved_return(3)
    first, second, third = (NOON + timedelta(days=days) for days in (2, 1, 6))
    found.receive(["unit_1"], inspect_by=first, at=NOON)
    found.receive(["unit_2"], inspect_by=second, at=NOON)
    assert found.promises.inspect_by == second
    found.record_inspection([("unit_1", True), ("unit_2", True)], at=NOON)
    found.receive(["unit_3"], inspect_by=third, at=NOON)
    assert found.promises.inspect_by == third


def test_a_failure_is_more_urgent_than_a_doubt() -> None:
    """E01: with one refund refused and another one unknown, somebody looks for another way."""
    found = accepted("unit_1", "unit_2")
    found.record_refund_opened(a_refund("rfd_1", "unit_1"), at=NOON)
    found.record_refund_opened(a_refund("rfd_2", "unit_2"), at=NOON)
    found.record_refund_doubted("rfd_1", at=NOON)
    found.record_refund_failed("rfd_2", at=NOON)
    step = next_step(found)
    assert step is not None
    assert "another way" in step.what.en


def test_each_fact_has_its_own_moment() -> None:
    """E01: nothing of the story is dated by something else; a word that comes twice is told at its first time."""
    found = an_approved_return(1)
    moments = [NOON + timedelta(days=days) for days in range(1, 10)]
    found.ship(replace(a_parcel(), announced_at=moments[0]), None)
    found.receive(["unit_1"], inspect_by=LATE, at=moments[1])
    found.record_inspection([("unit_1", False)], at=moments[2])
    found.record_inspection_decision([("unit_1", True)], at=moments[3])
    found.record_refund_opened(a_refund(), at=moments[4])
    found.record_refund_doubted("rfd_1", at=moments[5])
    found.record_refund_settled("rfd_1", at=moments[6])
    found.message_sent("refund_settled", "email", "rfd_1", at=moments[7])
    found.message_sent("refund_settled", "sms", "rfd_1", at=moments[8])
    said = [event.at for event in found.events if not isinstance(event, return_events.Closed)]  # type: ignore[attr-defined]
    assert said == moments
    assert (found.refunds.known[0].told_at, found.updated_at) == (moments[7], moments[8])
    assert [event.at for event in found.events if isinstance(event, return_events.Closed)] == [moments[7]]


def test_a_parcel_is_announced_once_and_not_without_end() -> None:
    found = an_approved_return()
    found.ship(a_parcel(), None)
    with pytest.raises(ParcelAlreadyAnnounced):
        found.ship(a_parcel(), None)
    with pytest.raises(NoSuchUnit):
        found.ship(a_parcel("P-2222"), ["unit_9"])
    for number in range(19):
        found.ship(a_parcel(f"P-{number:04}"), None)
    with pytest.raises(TooManyParcels):
        found.ship(a_parcel("P-9999"), None)


@pytest.mark.parametrize("status", ReturnStatus)
def test_an_open_return_always_says_what_is_next(status: ReturnStatus) -> None:
    """E01, R08: what, who, and by when; silence only when nothing is open."""
    found = IN_STATUS[status]()
    step = next_step(found)
    assert (step is None) == (found.ending is not None)
    if step is not None:
        assert step.by is not None
        assert step.what.en.endswith(".")
        assert step.what.zh.endswith("。")
        assert step.who


def test_a_doubted_refund_is_neither_paid_nor_failed() -> None:
    found = IN_STATUS[ReturnStatus.REFUNDING]()
    found.record_refund_doubted("rfd_1", at=NOON)
    step = next_step(found)
    assert header(found) is ReturnStatus.REFUNDING
    assert step is not None
    assert "until we know" in step.what.en
