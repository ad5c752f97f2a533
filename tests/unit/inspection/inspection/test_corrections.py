"""Z01, F11: a look that is repeated or corrected is no new piece, and what was counted or judged can be taken back."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, strategies as st

from service_inspection.domain.inspection.bench_decision import Decision
from service_inspection.domain.inspection.correction import (
    MOST_POSTS,
    AlreadyCorrected,
    CorrectsAnotherKind,
    CorrectsItself,
    DecisionStands,
    NotYourPost,
    TooManyPosts,
)
from service_inspection.domain.inspection.discrepancy import (
    Answer,
    Discrepancy,
    DiscrepancyKind,
    DiscrepancyState,
    Resolution,
)
from service_inspection.domain.inspection.events import Cleared, Corrected, Inspected, Questioned, Received
from service_inspection.domain.inspection.return_inspection import ReturnInspection
from service_inspection.domain.inspection.unit import UnitState
from service_inspection.domain.inspection.unit_change import Cause
from service_inspection.domain.inspection.unit_names import NoSuchUnit
from service_inspection.domain.receiving.handling import ScanState
from service_inspection.domain.receiving.scan import Grade, InspectedPieces, Kind, Outcome, Scan
from shared.kernel.errors import IllegalMove
from tests.unit.inspection.builders import AT, DUE, a_decision, a_receipt, an_inspection, inspected_pieces, states, take

PASSED, FAILED = Outcome.PASSED, Outcome.FAILED
LOOKS, MONEY = DiscrepancyKind.LOOKS, DiscrepancyKind.MONEY
CAUSE = Cause(scan_id="ret_1", warehouse="WUX2", at=AT, inspect_by=DUE, new_id=lambda kind: f"{kind}_answer")


def named(unit: str, outcome: Outcome, **but: Any) -> Scan:
    """A look that names its unit."""
    look = inspected_pieces(("X", outcome), **but)
    return replace(look, looks=tuple(replace(each, unit_id=unit) for each in look.looks))


def again(*verdicts: tuple[str, Outcome]) -> Scan:
    """Second looks."""
    look = inspected_pieces(*verdicts)
    return replace(look, looks=tuple(replace(each, again=True) for each in look.looks))


def open_questions(inspection: ReturnInspection) -> Counter[tuple[DiscrepancyKind, str]]:
    """How many pieces a person is asked about."""
    found: Counter[tuple[DiscrepancyKind, str]] = Counter()
    for each in inspection.questions:
        if each.state is DiscrepancyState.OPEN:
            found[each.group, each.sku] += each.quantity
    return found


def paid(inspection: ReturnInspection) -> int:
    return sum(unit.state in {UnitState.PASSED, UnitState.ACCEPTED} for unit in inspection.units)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_second_look_at_one_piece_is_a_question_and_not_a_second_piece(order: Sequence[int]) -> None:
    """Z01: one piece came, one look failed and one passed. The unit at home is no goods, whatever post came first."""
    inspection = an_inspection("X", "X")
    posts = [a_receipt("X"), inspected_pieces(("X", FAILED)), inspected_pieces(("X", PASSED))]
    take(inspection, *(posts[place] for place in order))
    assert Counter(states(inspection)) == {UnitState.FAILED: 1, UnitState.EXPECTED: 1}
    assert open_questions(inspection)[LOOKS, "X"] == 1


def test_where_no_dock_scans_every_first_look_is_an_arrival() -> None:
    """Z01: warehouses without a scanner at the dock."""
    inspection = an_inspection("X", "X")
    assert take(inspection, inspected_pieces(("X", FAILED)), inspected_pieces(("X", PASSED))) == []
    assert Counter(states(inspection)) == {UnitState.FAILED: 1, UnitState.PASSED: 1}


def test_a_dock_that_counts_more_later_answers_the_question() -> None:
    """Z01: the second parcel's scan was late. The question ends without a person."""
    inspection = an_inspection("X", "X")
    take(inspection, a_receipt("X"), inspected_pieces(("X", PASSED), ("X", PASSED)))
    assert (paid(inspection), open_questions(inspection)[LOOKS, "X"]) == (1, 1)
    take(inspection, a_receipt("X"))
    assert (paid(inspection), +open_questions(inspection)) == (2, Counter())
    [cleared] = [event for event in inspection.events if isinstance(event, Cleared)]
    assert (cleared.kind, cleared.outcome) == (LOOKS, None)


@pytest.mark.parametrize(("first", "second"), [(FAILED, PASSED), (PASSED, FAILED)])
def test_a_correction_replaces_the_result_and_both_posts_stay(first: Outcome, second: Outcome) -> None:
    """Z01: he corrects himself."""
    inspection = an_inspection("X", "X")
    wrong = inspected_pieces(("X", first))
    right = inspected_pieces(("X", second), corrects=wrong.client_event_id)
    take(inspection, a_receipt("X"), wrong, right)
    state = {PASSED: UnitState.PASSED, FAILED: UnitState.FAILED}[second]
    assert Counter(states(inspection)) == {state: 1, UnitState.EXPECTED: 1}
    assert [post.id for post in inspection.posts][1:] == [wrong.id, right.id]
    assert inspection.corrections(right.id) == (wrong.id, None)
    [corrected] = [event for event in inspection.events if isinstance(event, Corrected)]
    assert ([unit.state for unit in corrected.units], corrected.cause) == ([state], right.id)
    assert open_questions(inspection)[MONEY, "X"] == (first is PASSED)


def test_a_correction_that_comes_before_its_post_waits_for_it() -> None:
    """Z01, F06: posts come in any order."""
    inspection = an_inspection("X", "X")
    wrong = inspected_pieces(("X", FAILED))
    right = inspected_pieces(("X", PASSED), corrects=wrong.client_event_id)
    counted, _ = inspection.count_scan(right, inspect_by=DUE, new_id=str)
    assert (counted.state, states(inspection)) == (ScanState.WAITING, [UnitState.EXPECTED] * 2)
    take(inspection, wrong)
    assert Counter(states(inspection)) == {UnitState.PASSED: 1, UnitState.EXPECTED: 1}


def test_the_dock_counted_two_and_there_was_one() -> None:
    """Z01: a receipt is corrected; the second unit is at home again, and its look is a question."""
    inspection = an_inspection("X", "X")
    two = a_receipt("X", "X")
    take(inspection, two, a_receipt("Y"), a_receipt("X", corrects=two.client_event_id))
    assert Counter(states(inspection)) == {UnitState.RECEIVED: 1, UnitState.EXPECTED: 1}
    take(inspection, inspected_pieces(("X", PASSED), ("X", PASSED)))
    assert (paid(inspection), open_questions(inspection)[LOOKS, "X"]) == (1, 1)


def test_the_wrong_article_was_scanned() -> None:
    """Z01: the unexpected article is withdrawn, and the announced one is here."""
    inspection = an_inspection("X")
    wrong = a_receipt("Y")
    take(inspection, wrong, a_receipt("X", corrects=wrong.client_event_id))
    assert (states(inspection), +open_questions(inspection)) == ([UnitState.RECEIVED], Counter())
    empty = a_receipt(corrects=inspection.posts[-1].id)
    take(inspection, empty)
    assert states(inspection) == [UnitState.EXPECTED]


def test_a_grade_is_corrected_and_told() -> None:
    """Z01."""
    inspection = an_inspection("X")
    wrong = inspected_pieces(("X", PASSED), grade=Grade.A)
    take(inspection, wrong, inspected_pieces(("X", PASSED), grade=Grade.C, corrects=wrong.id))
    assert (states(inspection), inspection.units[0].grade) == ([UnitState.PASSED], Grade.C)
    assert [event.units[0].grade for event in inspection.events if isinstance(event, Corrected)] == [Grade.C]
    assert not +open_questions(inspection)


@pytest.mark.parametrize("second", [PASSED, FAILED])
def test_a_second_station_that_says_so_brings_no_goods(second: Outcome) -> None:
    """Z01: `again`. When the looks differ, the piece is held for a person."""
    inspection = an_inspection("X", "X")
    take(inspection, a_receipt("X"), inspected_pieces(("X", PASSED)), again(("X", second)))
    held = UnitState.PASSED if second is PASSED else UnitState.FAILED
    assert Counter(states(inspection)) == {held: 1, UnitState.EXPECTED: 1}
    assert open_questions(inspection)[LOOKS, "X"] == 0


def test_a_look_names_the_piece_and_brings_no_second_one() -> None:
    """Z01: `unit_id`, at first and again."""
    inspection = an_inspection("X", "X")
    take(inspection, a_receipt("X"), named("B", PASSED))
    assert states(inspection) == [UnitState.EXPECTED, UnitState.PASSED]
    take(inspection, named("B", FAILED))
    assert states(inspection) == [UnitState.EXPECTED, UnitState.FAILED]
    assert open_questions(inspection) == {(MONEY, "X"): 1}
    with pytest.raises(NoSuchUnit):
        take(inspection, named("Q", FAILED))


def test_a_named_look_after_one_without_a_name_is_the_second_look() -> None:
    """Z01: two pieces are here; the other one still waits."""
    inspection = an_inspection("X", "X")
    take(inspection, a_receipt("X", "X"), inspected_pieces(("X", PASSED)), named("A", FAILED))
    assert states(inspection) == [UnitState.FAILED, UnitState.RECEIVED]


def test_never_are_two_refunds_paid_for_one_piece_when_a_person_accepts() -> None:
    """Z01: the held unit is accepted; the look that nobody can explain stays a question."""
    inspection = an_inspection("X", "X")
    take(inspection, a_receipt("X"), inspected_pieces(("X", FAILED)), inspected_pieces(("X", PASSED)))
    inspection.decide(a_decision([("A", Decision.ACCEPT)], "seen"), by="staff:li", at=AT)
    take(inspection, inspected_pieces(("X", PASSED)))
    assert (states(inspection), paid(inspection)) == ([UnitState.ACCEPTED, UnitState.EXPECTED], 1)


def test_what_a_person_decided_is_taken_back_on_record_and_decided_anew() -> None:
    """Z01: accept and refuse."""
    inspection = an_inspection("X", "X")
    take(inspection, inspected_pieces(("X", FAILED), ("X", FAILED)))
    inspection.decide(a_decision([("A", Decision.ACCEPT), ("B", Decision.REFUSE)], "seen"), by="staff:li", at=AT)
    inspection.reconsider(["A", "B"], reason="wrong parcel", by="staff:wu", cause=CAUSE)
    assert states(inspection) == [UnitState.FAILED, UnitState.FAILED]
    assert [unit.former[0].decision for unit in inspection.units] == [UnitState.ACCEPTED, UnitState.REFUSED]
    assert {unit.former[0].taken_back_for for unit in inspection.units} == {"wrong parcel"}
    assert open_questions(inspection) == {(MONEY, "X"): 1}
    inspection.decide(a_decision([("A", Decision.ACCEPT)], "right parcel"), by="staff:li", at=AT)
    take(inspection, a_receipt("X", "X"))
    assert not +open_questions(inspection)
    with pytest.raises(IllegalMove):
        inspection.reconsider(["B"], reason="twice", by="staff:wu", cause=CAUSE)


def test_a_correction_stops_before_a_decision_of_a_person() -> None:
    """Z01: refused loudly, for a look and for a receipt, and nothing has changed."""
    inspection = an_inspection("X", "X")
    receipt, look = a_receipt("X", "X"), inspected_pieces(("X", FAILED), ("X", FAILED))
    take(inspection, receipt, look)
    inspection.decide(a_decision([("A", Decision.REFUSE), ("B", Decision.REFUSE)], "seen"), by="staff:li", at=AT)
    for post in (inspected_pieces(("X", PASSED), corrects=look.id), a_receipt("X", corrects=receipt.id)):
        with pytest.raises(DecisionStands):
            take(inspection, post)
    assert (len(inspection.posts), states(inspection)) == (2, [UnitState.REFUSED] * 2)


def test_a_correction_names_a_post_of_its_own_kind_and_scanner_once() -> None:
    """Z01: who may correct what."""
    inspection = an_inspection("X", "X")
    look = inspected_pieces(("X", FAILED))
    take(inspection, a_receipt("X"), look)
    cases: list[tuple[type[Exception], Scan]] = [
        (CorrectsAnotherKind, a_receipt("X", corrects=look.id)),
        (NotYourPost, inspected_pieces(("X", PASSED), corrects=look.id, posted_by="device:dock2")),
        (CorrectsItself, inspected_pieces(("X", PASSED), client_event_id="e", corrects="e")),
    ]
    for error, post in cases:
        with pytest.raises(error):
            take(inspection, post)
    right = inspected_pieces(("X", PASSED), corrects=look.id, posted_by="staff:zhao")
    inspection.count_scan(right, inspect_by=DUE, new_id=str, supervisor=True)
    with pytest.raises(AlreadyCorrected) as refused:
        take(inspection, inspected_pieces(("X", FAILED), corrects=look.client_event_id))
    assert right.id in str(refused.value)
    assert states(inspection)[0] is UnitState.PASSED


def test_a_return_takes_a_bounded_number_of_posts() -> None:
    inspection = an_inspection("X")
    take(inspection, a_receipt("X"))
    inspection.posts *= MOST_POSTS
    with pytest.raises(TooManyPosts):
        take(inspection, a_receipt("X"))


def questioned(inspection: ReturnInspection, kind: DiscrepancyKind) -> Discrepancy:
    [asked] = [e for e in inspection.events if isinstance(e, Questioned) and e.kind is kind]
    return Discrepancy(
        id=asked.discrepancy_id,
        return_id="ret_1",
        scan_id="s",
        warehouse="SHA1",
        kind=kind,
        sku=asked.sku,
        quantity=asked.quantity,
        opened_at=AT,
    )


def test_a_person_says_that_the_dock_missed_a_piece_and_takes_it_back() -> None:
    """Z01: the answer counts, and can be taken back."""
    inspection = an_inspection("X", "X")
    take(inspection, a_receipt("X"), inspected_pieces(("X", PASSED), ("X", PASSED)))
    asked = questioned(inspection, LOOKS)
    asked.resolve(Answer(outcome=Resolution.ARRIVED, note="found on the shelf"), by="staff:li", at=AT)
    inspection.answer(asked, Resolution.ARRIVED, CAUSE)
    assert (paid(inspection), +open_questions(inspection)) == (2, Counter())
    former = asked.reopen("it was another return's", by="staff:wu", at=AT, answer_by=DUE)
    inspection.reopen(asked, former, CAUSE)
    assert paid(inspection) == 1
    assert +open_questions(inspection) == {(LOOKS, "X"): 1, (MONEY, "X"): 1}
    assert (asked.state, asked.former[0].outcome) == (DiscrepancyState.OPEN, Resolution.ARRIVED)


def test_a_person_says_that_the_piece_was_looked_at_again() -> None:
    """Z01: nothing arrives, and the same question is not asked twice."""
    inspection = an_inspection("X", "X")
    take(inspection, a_receipt("X"), inspected_pieces(("X", PASSED), ("X", PASSED)))
    asked = questioned(inspection, LOOKS)
    asked.resolve(Answer(outcome=Resolution.LOOKED_AGAIN, note="twice"), by="staff:li", at=AT)
    inspection.answer(asked, Resolution.LOOKED_AGAIN, CAUSE)
    take(inspection, a_receipt("Y"))
    assert (paid(inspection), open_questions(inspection)[LOOKS, "X"]) == (1, 0)


VERDICTS = st.sampled_from(Outcome)
WORTHS = (2999, 0, 2999)


def a_return(places: Sequence[int] = (0, 1, 2)) -> ReturnInspection:
    """Three pieces that nobody can tell apart; one of them was free."""
    inspection = an_inspection("X", "X", "X")
    for unit, worth in zip(inspection.units, WORTHS, strict=True):
        unit.worth_minor, unit.line_id = worth, f"line_{worth}"
    inspection.units = [inspection.units[place] for place in places]
    return inspection


@st.composite
def posts(draw: st.DrawFn) -> list[Scan]:
    """Receipts, first looks, second looks, and corrections of any of them, also of corrections."""
    made = [a_receipt(*["X"] * draw(st.integers(1, 2))) for _ in range(draw(st.integers(0, 2)))]
    for _ in range(draw(st.integers(0, 4))):
        looks = [("X", verdict) for verdict in draw(st.lists(VERDICTS, min_size=1, max_size=2))]
        made.append(again(*looks) if draw(st.booleans()) else inspected_pieces(*looks))
    left = list(made)
    for _ in range(draw(st.integers(0, 3)) if made else 0):
        old = left.pop(draw(st.integers(0, len(left) - 1))) if left else None
        if old is None:
            break
        if old.kind is Kind.RECEIPT:
            new = a_receipt(*["X"] * draw(st.integers(0, 2)), corrects=old.client_event_id)
        else:
            verdicts = [("X", verdict) for verdict in draw(st.lists(VERDICTS, max_size=2))]
            new = inspected_pieces(*verdicts, corrects=old.client_event_id)
        made.append(new)
        left.append(new)
    return made


class Money:
    """Refunds as the events say: opened for what is accepted, stopped by a correction unless the money has left."""

    def __init__(self, *, leaves: bool) -> None:
        self.leaves = leaves
        self.refunds: set[str] = set()

    def hear(self, events: Sequence[object]) -> None:
        for event in events:
            if isinstance(event, Inspected):
                self.refunds |= {unit.unit_id for unit in event.units if unit.outcome is PASSED}
            elif isinstance(event, Corrected):
                good = {unit.unit_id for unit in event.units if unit.state is UnitState.PASSED}
                if not self.leaves:
                    self.refunds -= {unit.unit_id for unit in event.units} - good
                self.refunds |= good


def run(inspection: ReturnInspection, scans: Sequence[Scan], money: Money) -> None:
    seen: set[str] = set()
    for scan in scans:
        if scan.id not in seen:
            seen.add(scan.id)
            take(inspection, scan)
            money.hear(inspection.events)
            inspection.events.clear()


def end(inspection: ReturnInspection) -> tuple[Counter[Any], Counter[Any]]:
    questions = open_questions(inspection)
    questions[MONEY, "X"] = 0
    return Counter((unit.worth_minor, unit.state) for unit in inspection.units), +questions


def docked(scans: Sequence[Scan]) -> int:
    replaced = {scan.corrects for scan in scans}
    return sum(len(scan.items) for scan in scans if scan.client_event_id not in replaced)


@given(st.data())
def test_in_any_order_the_end_is_the_same_and_no_more_is_refunded_than_the_dock_has_counted(
    data: st.DataObject,
) -> None:
    """Z01, Z06, F11: late, twice, corrected, with the units in any order; money that left early is a question."""
    scans = data.draw(posts())
    late = data.draw(st.permutations([*scans, *scans]))
    leaves = data.draw(st.booleans())
    straight, other = a_return(), a_return(data.draw(st.permutations(range(3))))
    money = Money(leaves=leaves)
    run(straight, scans, Money(leaves=leaves))
    run(other, late, money)
    assert end(other) == end(straight)
    counted = docked(scans)
    asked = open_questions(other)[MONEY, "X"]
    if counted:
        assert len(money.refunds) - (asked if leaves else 0) <= counted
    accepted = {unit.id for unit in other.units if unit.state is UnitState.PASSED}
    assert money.refunds == accepted if not leaves else len(money.refunds - accepted) == asked


@given(st.permutations(range(3)), st.lists(VERDICTS, max_size=3), st.integers(0, 3))
def test_of_pieces_that_nobody_can_tell_apart_the_most_valuable_one_came_and_passed(
    places: list[int], verdicts: list[Outcome], more: int
) -> None:
    """Z06: TEE 29.99 and TEE 0.00, one arrives: 29.99. One of two failed: the free one."""
    inspection = a_return(places)
    number = min(3, len(verdicts) + more)
    if not number:
        return
    take(inspection, a_receipt(*["X"] * number))
    if verdicts:
        take(inspection, inspected_pieces(*[("X", verdict) for verdict in verdicts]))
    ranked = sorted(inspection.units, key=lambda unit: -(unit.worth_minor or 0))
    order = [UnitState.PASSED, UnitState.RECEIVED, UnitState.FAILED, UnitState.EXPECTED]
    worths = [(unit.worth_minor, order.index(unit.state)) for unit in ranked]
    best = [place for _, place in sorted(worths, key=lambda each: (-(each[0] or 0), each[1]))]
    assert best == sorted(best)


@pytest.mark.parametrize("places", list(permutations(range(3))))
def test_of_equal_worth_the_fault_of_the_seller_comes_before_a_change_of_mind(places: Sequence[int]) -> None:
    """Z06: one is faulty, one does not fit, one was broken by the carrier; two come, one of them fails."""
    inspection = an_inspection("X", "X", "X")
    for unit, fault in zip(inspection.units, ("merchant", "customer", "carrier"), strict=True):
        unit.fault, unit.worth_minor = fault, 9500
    inspection.units = [inspection.units[place] for place in places]
    take(inspection, a_receipt("X", "X"), inspected_pieces(("X", FAILED), ("X", PASSED)))
    assert {unit.fault: unit.state for unit in inspection.units} == {
        "merchant": UnitState.PASSED,
        "carrier": UnitState.FAILED,
        "customer": UnitState.EXPECTED,
    }


def test_pieces_of_equal_rank_keep_their_places() -> None:
    """Z06: nothing is told anew where nothing changes for the customer."""
    inspection = an_inspection("X", "X")
    take(inspection, a_receipt("X"), inspected_pieces(("X", FAILED)), a_receipt("X"), inspected_pieces(("X", PASSED)))
    assert states(inspection) == [UnitState.FAILED, UnitState.PASSED]
    assert not [event for event in inspection.events if isinstance(event, Corrected)]
    assert len([event for event in inspection.events if isinstance(event, Received)]) == 2


def test_a_row_of_looks_with_a_quantity_counts_as_so_many_looks() -> None:
    """Z01: one row of two pieces where one has come."""
    inspection = an_inspection("X", "X")
    two = replace(
        inspected_pieces(("X", PASSED)), looks=(InspectedPieces(sku="X", quantity=2, outcome=PASSED, grade=Grade.A),)
    )
    take(inspection, a_receipt("X"), two)
    assert (paid(inspection), open_questions(inspection)[LOOKS, "X"]) == (1, 1)
