"""A bench counts pieces, gives verdicts, and holds what failed for a person."""

from dataclasses import replace
from datetime import timedelta

import pytest

from service_inspection.domain.inspection.bench_decision import Decision, InspectorMayNotDecide
from service_inspection.domain.inspection.bench_state import BenchState
from service_inspection.domain.inspection.discrepancy import Answer, DiscrepancyKind, Resolution
from service_inspection.domain.inspection.events import (
    BecameOverdue,
    Decided,
    Inspected,
    Questioned,
    Received,
)
from service_inspection.domain.inspection.return_inspection import ReturnInspection
from service_inspection.domain.inspection.unit import UnitState
from service_inspection.domain.inspection.unit_names import NoSuchUnit
from service_inspection.domain.receiving.scan import ChecklistFinding, Grade, InspectedPieces, Outcome
from shared.kernel.errors import IllegalMove
from tests.unit.inspection.builders import (
    AT,
    DUE,
    SCANNED,
    a_decision,
    a_receipt,
    an_inspection,
    inspected_pieces,
    states,
    take,
)

PASSED, FAILED = Outcome.PASSED, Outcome.FAILED


def test_a_third_piece_of_two_is_a_discrepancy_and_no_unit() -> None:
    """W1: two received, one over."""
    inspection = an_inspection("X", "X")
    found = take(inspection, a_receipt("X", "X", "X"))
    assert states(inspection) == [UnitState.RECEIVED] * 2
    assert [(d.kind, d.sku, d.quantity) for d in found] == [(DiscrepancyKind.OVER, "X", 1)]
    received, questioned, _ = inspection.events
    assert isinstance(received, Received)
    assert isinstance(questioned, Questioned)
    assert (received.units, received.complete) == ((("A", "line_X"), ("B", "line_X")), True)


def test_two_parcels_add_up() -> None:
    """W3: two receipts, one return."""
    inspection = an_inspection("X", "X")
    take(inspection, a_receipt("X"), a_receipt("X"))
    assert states(inspection) == [UnitState.RECEIVED] * 2
    told = [(event.units, event.complete) for event in inspection.events if isinstance(event, Received)]
    assert told == [((("A", "line_X"),), False), ((("B", "line_X"),), True)]


def test_an_article_that_is_not_part_of_the_return_is_unexpected() -> None:
    """F03."""
    inspection = an_inspection("X")
    found = take(inspection, a_receipt("Y"), inspected_pieces(("Z", PASSED)))
    assert states(inspection) == [UnitState.EXPECTED]
    assert [(d.kind, d.sku) for d in found] == [
        (DiscrepancyKind.UNEXPECTED, "Y"),
        (DiscrepancyKind.UNEXPECTED, "Z"),
    ]
    assert not any(isinstance(event, Received | Inspected) for event in inspection.events)


def test_the_intact_unit_passes_and_the_torn_one_is_held() -> None:
    """W7: A does not wait for B."""
    inspection = an_inspection("X", "X")
    take(inspection, a_receipt("X", "X"), inspected_pieces(("X", PASSED)))
    assert (states(inspection), inspection.state) == ([UnitState.PASSED, UnitState.RECEIVED], BenchState.WAITING)
    take(inspection, inspected_pieces(("X", FAILED)))
    assert (states(inspection), inspection.state) == ([UnitState.PASSED, UnitState.FAILED], BenchState.HELD)
    looks = [event for event in inspection.events if isinstance(event, Inspected)]
    assert [([unit.outcome for unit in look.units], look.complete) for look in looks] == [
        ([PASSED], False),
        ([FAILED], True),
    ]


def test_a_piece_on_the_bench_has_arrived_whether_or_not_the_dock_scanned_it() -> None:
    """F01: the post with the verdict is the receipt."""
    inspection = an_inspection("X", "X")
    take(inspection, inspected_pieces(("X", PASSED)))
    assert states(inspection) == [UnitState.PASSED, UnitState.EXPECTED]
    received, inspected, _ = inspection.events
    assert isinstance(received, Received)
    assert isinstance(inspected, Inspected)
    assert (received.complete, inspected.complete) == (False, False)


def test_a_dock_scan_after_the_verdict_is_the_same_piece() -> None:
    """I-21: late is not new."""
    inspection = an_inspection("X", "X")
    take(inspection, inspected_pieces(("X", PASSED)), a_receipt("X"))
    assert states(inspection) == [UnitState.PASSED, UnitState.EXPECTED]
    take(inspection, a_receipt("X"))
    assert states(inspection) == [UnitState.PASSED, UnitState.RECEIVED]


def test_a_verdict_about_a_piece_in_quarantine_is_no_second_surplus() -> None:
    """F03: three scanned, three looked at, two announced: one over."""
    inspection = an_inspection("X", "X")
    found = take(inspection, a_receipt("X", "X", "X"), inspected_pieces(("X", PASSED), ("X", PASSED), ("X", FAILED)))
    assert states(inspection) == [UnitState.PASSED, UnitState.PASSED]
    assert sum(d.quantity for d in found) == 1


def test_a_unit_keeps_who_looked_what_was_found_and_when_it_was_due() -> None:
    """R4.2, R4.3."""
    inspection = an_inspection("X")
    receipt, look = a_receipt("X"), inspected_pieces(("X", FAILED), grade=Grade.C)
    take(inspection, receipt, look)
    [unit] = inspection.units
    assert (unit.received_by, unit.inspected_by, unit.inspector) == (receipt.id, look.id, "device:dock1")
    assert (unit.grade, unit.findings[0].check, unit.inspect_by) == (Grade.C, "undamaged", DUE)


def test_every_moment_is_ours_and_not_the_devices() -> None:
    """F06, F08: the scanner's clock is days behind; each step has its own moment all the same."""
    inspection = an_inspection("X")
    noon, evening, morning = (AT + timedelta(hours=hours) for hours in (4, 10, 24))
    receipt, look = a_receipt("X", "Y", posted_at=noon), inspected_pieces(("X", FAILED), posted_at=evening)
    [found] = take(inspection, receipt, look)
    [unit] = inspection.units
    inspection.decide(a_decision([("A", Decision.ACCEPT)], "seen"), by="staff:li", at=morning)
    assert (unit.received_at, unit.inspected_at, unit.decided_at) == (noon, evening, morning)
    assert found.opened_at == noon
    assert [event.received_at for event in inspection.events if isinstance(event, Received)] == [noon]
    assert receipt.scanned_at == look.scanned_at == SCANNED
    found.resolve(Answer(outcome=Resolution.DISPOSED, note="unsafe"), by="staff:wu", at=morning)
    assert (found.resolved_by, found.resolved_at) == ("staff:wu", morning)


@pytest.mark.parametrize(("said", "kept"), [("SHA1", "SHA1"), (None, "WUX2")])
def test_goods_are_where_the_scanner_says_and_else_where_they_are_expected(said: str | None, kept: str) -> None:
    """F02, F03: the return was sent to another warehouse than the one it came to."""
    inspection = an_inspection("X")
    [found] = take(inspection, a_receipt("X", "Y", warehouse=said))
    assert found.warehouse == kept
    assert [event.warehouse for event in inspection.events if isinstance(event, Received)] == [kept]


def test_of_two_parcels_the_one_that_waits_longest_has_the_deadline() -> None:
    """R4.3, G06: the first deadline, then the second; each is noticed once."""
    inspection = an_inspection("X", "Y")
    second = DUE + timedelta(days=2)
    take(inspection, a_receipt("Y"), due=second)
    take(inspection, a_receipt("X"))
    assert inspection.inspect_by == DUE
    first_missed = DUE + timedelta(hours=1)
    assert inspection.notice_overdue(first_missed)
    take(inspection, inspected_pieces(("X", PASSED)))
    assert (inspection.inspect_by, inspection.overdue_at) == (second, None)
    assert not inspection.notice_overdue(second)
    assert inspection.notice_overdue(second + timedelta(hours=1))
    assert [event.inspect_by for event in inspection.events if isinstance(event, BecameOverdue)] == [DUE, second]


def test_a_verdict_about_several_pieces_is_given_to_all_of_them() -> None:
    inspection = an_inspection("X", "X", "X")
    look = replace(
        inspected_pieces(("X", PASSED)), looks=(InspectedPieces(sku="X", quantity=2, outcome=PASSED, grade=Grade.B),)
    )
    take(inspection, look)
    assert states(inspection) == [UnitState.PASSED, UnitState.PASSED, UnitState.EXPECTED]
    assert [unit.grade for unit in inspection.units] == [Grade.B, Grade.B, None]


def test_a_piece_with_another_serial_number_is_held_for_a_person() -> None:
    """W6: sold S1, sent back S9. The inspector says so in a failed check, and the machine settles nothing."""
    inspection = an_inspection("X")
    differs = ChecklistFinding("serial_mismatch", passed=False, note="sold S1, scanned S9")
    looked = replace(
        inspected_pieces(("X", FAILED)),
        looks=(InspectedPieces(sku="X", quantity=1, outcome=FAILED, grade=Grade.A, findings=(differs,)),),
    )
    assert take(inspection, a_receipt("X"), looked) == []
    assert (states(inspection), inspection.state) == ([UnitState.FAILED], BenchState.HELD)
    assert inspection.units[0].findings == (differs,)
    assert not any(isinstance(event, Decided) for event in inspection.events)
    inspection.decide(a_decision([("A", Decision.REFUSE)], "not the one we sold"), by="staff:li", at=AT)
    assert (states(inspection), inspection.state) == ([UnitState.REFUSED], BenchState.FINISHED)


def test_a_person_accepts_one_and_refuses_the_other() -> None:
    """R4.5, G07."""
    inspection = an_inspection("X", "X", "Y")
    take(inspection, inspected_pieces(("X", FAILED), ("X", FAILED)))
    inspection.decide(a_decision([("A", Decision.ACCEPT), ("B", Decision.REFUSE)], "seen"), by="staff:li", at=AT)
    assert states(inspection) == [UnitState.ACCEPTED, UnitState.REFUSED, UnitState.EXPECTED]
    decided = inspection.events[-1]
    assert isinstance(decided, Decided)
    assert ([unit.accepted for unit in decided.units], decided.complete) == ([True, False], False)
    assert inspection.state is BenchState.EXPECTED


def held() -> ReturnInspection:
    inspection = an_inspection("X")
    take(inspection, inspected_pieces(("X", FAILED), posted_by="staff:wang"))
    inspection.events.clear()
    return inspection


def test_the_inspector_does_not_decide() -> None:
    """G10."""
    inspection = held()
    with pytest.raises(InspectorMayNotDecide):
        inspection.decide(a_decision([("A", Decision.ACCEPT)], "mine"), by="staff:wang", at=AT)
    assert (states(inspection), inspection.events) == ([UnitState.FAILED], [])


def test_nobody_decides_about_a_unit_of_another_return() -> None:
    inspection = held()
    with pytest.raises(NoSuchUnit):
        inspection.decide(a_decision([("Q", Decision.ACCEPT)], "seen"), by="staff:li", at=AT)
    assert inspection.events == []


def test_a_decision_is_not_made_twice() -> None:
    inspection = held()
    with pytest.raises(IllegalMove):
        inspection.decide(a_decision([("A", Decision.ACCEPT), ("A", Decision.ACCEPT)], "seen"), by="staff:li", at=AT)
    assert inspection.events == []


def test_a_passed_unit_needs_no_decision_and_takes_none() -> None:
    inspection = an_inspection("X")
    take(inspection, inspected_pieces(("X", PASSED)))
    with pytest.raises(IllegalMove):
        inspection.decide(a_decision([("A", Decision.REFUSE)], "regret"), by="staff:li", at=AT)


def test_a_cancelled_return_keeps_what_is_here_and_questions_what_comes() -> None:
    inspection = an_inspection("X", "X")
    take(inspection, a_receipt("X"))
    inspection.stop_expecting()
    assert states(inspection) == [UnitState.RECEIVED, UnitState.CANCELLED]
    found = take(inspection, a_receipt("X"))
    assert [(d.kind, d.quantity) for d in found] == [(DiscrepancyKind.CANCELLED, 1)]
    take(inspection, inspected_pieces(("X", PASSED)))
    assert inspection.state is BenchState.FINISHED


def test_a_return_cancelled_whole_is_cancelled_and_cancelling_again_says_nothing() -> None:
    inspection = an_inspection("X", "X")
    inspection.stop_expecting()
    assert inspection.state is BenchState.CANCELLED
    inspection.events.clear()
    inspection.stop_expecting()
    assert inspection.events == []


def test_a_missed_deadline_is_noticed_once_and_forgotten_when_it_is_met() -> None:
    """R4.3, G06."""
    inspection = an_inspection("X", "X")
    take(inspection, a_receipt("X"))
    inspection.events.clear()
    assert not inspection.notice_overdue(DUE)
    later = DUE + timedelta(seconds=1)
    assert inspection.notice_overdue(later)
    assert not inspection.notice_overdue(later + timedelta(days=1))
    assert inspection.events == [BecameOverdue(DUE)]
    assert inspection.overdue_at == later
    take(inspection, inspected_pieces(("X", PASSED)))
    assert inspection.inspect_by is None
    noticed: object = inspection.overdue_at
    assert noticed is None
    assert not inspection.notice_overdue(later)
