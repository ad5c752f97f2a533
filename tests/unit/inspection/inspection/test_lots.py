"""Z13: a lot and the same pieces as units of their own give the same counts, states, questions and events."""

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final, cast

import pytest
from hypothesis import given, settings, strategies as st

from service_inspection.adapters.inspection.inspection_rows import InspectionRows
from service_inspection.adapters.publishing import publish
from service_inspection.domain.inspection.bench_decision import Decision
from service_inspection.domain.inspection.correction import DecisionStands
from service_inspection.domain.inspection.discrepancy import (
    ANSWERS,
    Answer,
    Discrepancy,
    DiscrepancyKind,
    DiscrepancyState,
)
from service_inspection.domain.inspection.events import Corrected, Decided, Inspected, InspectionEvent, Received
from service_inspection.domain.inspection.return_inspection import ReturnInspection
from service_inspection.domain.inspection.unit import Unit, UnitState
from service_inspection.domain.inspection.unit_change import Cause
from service_inspection.domain.inspection.unit_names import NoSuchUnit
from service_inspection.domain.receiving.scan import (
    ChecklistFinding,
    Grade,
    InspectedPieces,
    Kind,
    Outcome,
    ReceivedPieces,
    Scan,
)
from shared.kernel.errors import RetourError
from shared.kernel.piece_range import PieceRange, pieces_in
from tests.unit.inspection.builders import AT, DUE, a_decision, an_inspection

LOTS: Final = {"a": ("BOLT", 7, 500, "merchant"), "b": ("BOLT", 5, 300, "customer"), "c": ("NUT", 4, 100, "customer")}
"""Article, pieces, worth and fault of each lot."""
Piece = tuple[str, int]


def single(base: str, number: int) -> str:
    return f"{base}.{number:02}"


def piece_of(name: str) -> list[Piece]:
    """The pieces of a unit, whether it is a lot or a single one."""
    unit = PieceRange.of(name)
    if unit.is_lot:
        return [(unit.base, number) for number in range(unit.first, unit.last + 1)]
    base, _, number = name.partition(".")
    return [(base, int(number))]


@dataclass
class Twin:
    """One inspection with its discrepancies; `lots` says how its units are named."""

    lots: bool
    inspection: ReturnInspection
    questions: dict[str, Discrepancy] = field(default_factory=dict)
    numbers: Any = field(default_factory=count)

    def names(self, base: str, first: int, last: int) -> list[str]:
        if self.lots:
            return [str(PieceRange(base, first, last))]
        return [single(base, number) for number in range(first, last + 1)]

    def cause(self) -> Cause:
        return Cause(scan_id="ret_1", warehouse="WUX2", at=AT, inspect_by=DUE, new_id=self.new_id)

    def new_id(self, kind: str) -> str:
        return f"{kind}_{next(self.numbers)}"

    def note(self, recount: Any) -> None:
        for each in recount.opened:
            self.questions[each.id] = each
        for key in recount.withdrawn:
            self.questions[key].withdraw(at=AT)

    def in_state(self, state: UnitState) -> list[Piece]:
        return sorted(piece for unit in self.inspection.units if unit.state is state for piece in piece_of(unit.id))

    def known(self) -> dict[Piece, Any]:
        """What is known of each piece."""
        found = {}
        for unit in self.inspection.units:
            facts = {name: getattr(unit, name) for name in Unit.__dataclass_fields__ if name != "id"}
            for piece in piece_of(unit.id):
                assert piece not in found
                found[piece] = facts
        return found

    def told(self) -> list[Any]:
        """The events with every piece by itself."""
        told: list[Any] = []
        for event in self.inspection.events:
            match event:
                case Received():
                    pieces = [piece for unit, _ in event.units for piece in piece_of(unit)]
                    told.append(("received", event.complete, sorted(pieces)))
                case Inspected() | Decided() | Corrected():
                    results = [
                        (piece, str({n: getattr(unit, n) for n in unit.__dataclass_fields__ if n != "unit_id"}))
                        for unit in event.units
                        for piece in piece_of(unit.unit_id)
                    ]
                    told.append((type(event).__name__, event.complete, sorted(results)))
                case _:
                    told.append(event)
        return told

    def asked(self) -> Counter[Any]:
        found: Counter[Any] = Counter()
        for each in self.inspection.questions:
            found[each.group, each.sku, each.state, each.outcome] += each.quantity
        return found


def twins() -> tuple[Twin, Twin]:
    made = []
    for lots in (True, False):
        units = [
            Unit(id=name, line_id=f"line_{base}", sku=sku, name=sku, reason="r", worth_minor=worth, fault=fault)
            for base, (sku, quantity, worth, fault) in LOTS.items()
            for name in (
                [str(PieceRange(base, 1, quantity))] if lots else [single(base, n) for n in range(1, quantity + 1)]
            )
        ]
        made.append(Twin(lots, an_inspection(units=units)))
    return made[0], made[1]


def a_post(number: int, kind: Kind, **but: Any) -> Scan:
    facts: dict[str, Any] = {
        "id": f"scan_{number}", "kind": kind, "posted_by": "device:d", "client_event_id": f"e{number:03}",
        "fingerprint": str(number), "rma": "R7KX-2M4Q", "warehouse": "W", "tracking_number": None,
        "items": (), "looks": (), "scanned_at": AT, "posted_at": AT,
    }  # fmt: skip
    return Scan(**(facts | but))


def a_look(sku: str, quantity: int, outcome: Outcome, **but: Any) -> InspectedPieces:
    grade = Grade.A if outcome is Outcome.PASSED else Grade.C
    finding = ChecklistFinding("seal", outcome is Outcome.PASSED)
    return InspectedPieces(sku=sku, quantity=quantity, outcome=outcome, grade=grade, findings=(finding,), **but)


SKUS = st.sampled_from(["BOLT", "BOLT", "NUT", "WASHER"])
OUTCOMES = st.sampled_from(list(Outcome))
NUMBERS = st.integers(1, 6)
DOCK = st.tuples(st.just("dock"), SKUS, NUMBERS)
LOOK = st.tuples(st.just("look"), SKUS, st.integers(0, 5), st.integers(0, 3), st.booleans())
NAMED = st.tuples(st.just("named"), st.sampled_from("abc"), NUMBERS, NUMBERS, OUTCOMES)
DECIDE = st.tuples(st.just("decide"), NUMBERS, st.booleans())
RECONSIDER = st.tuples(st.just("reconsider"), NUMBERS)
ANSWER = st.tuples(st.just("answer"), st.integers(0, 5), st.integers(0, 5))
KEEP = st.tuples(st.just("keep"))
FIX = st.tuples(st.just("fix"), st.integers(0, 9), st.one_of(DOCK, LOOK, NAMED))
ACTIONS = st.lists(st.one_of(DOCK, LOOK, LOOK, NAMED, NAMED, DECIDE, RECONSIDER, ANSWER, FIX, KEEP), max_size=12)


def contents(twin: Twin, action: tuple[Any, ...]) -> tuple[Kind, dict[str, Any]]:
    """What a post of this action holds."""
    match action:
        case "dock", sku, number:
            return Kind.RECEIPT, {"items": (ReceivedPieces(sku, number),)}
        case "look", sku, passed, failed, again:
            looks = ((passed, Outcome.PASSED), (failed, Outcome.FAILED))
            return Kind.INSPECTION, {"looks": tuple(a_look(sku, n, what, again=again) for n, what in looks if n)}
        case "named", base, first, more, outcome:
            sku, quantity = LOTS[base][:2]
            first = min(first, quantity)
            names = twin.names(base, first, min(quantity, first + more - 1))
            return Kind.INSPECTION, {
                "looks": tuple(a_look(sku, pieces_in([name]), outcome, unit_id=name) for name in names)
            }
    raise AssertionError(action)


def act(twin: Twin, action: tuple[Any, ...], number: int) -> None:
    inspection = twin.inspection
    match action:
        case "fix", which, other:
            kind, held = contents(twin, other)
            old = [post for post in inspection.posts if post.kind is kind]
            if old:
                post(twin, a_post(number, kind, corrects=old[which % len(old)].id, **held))
        case "decide", wanted, accept:
            failed = twin.in_state(UnitState.FAILED)[:wanted]
            verdict = Decision.ACCEPT if accept else Decision.REFUSE
            verdicts = [(name, verdict) for base, n in failed for name in twin.names(base, n, n)]
            inspection.decide(a_decision(verdicts, "so it is"), by="staff:s", at=AT)
        case "reconsider", wanted:
            decided = (twin.in_state(UnitState.ACCEPTED) + twin.in_state(UnitState.REFUSED))[:wanted]
            names = [name for base, n in decided for name in twin.names(base, n, n)]
            twin.note(inspection.reconsider(names, reason="again", by="staff:s", cause=twin.cause()))
        case "answer", which, how:
            questions = sorted(
                (each for each in twin.questions.values() if each.state is DiscrepancyState.OPEN),
                key=lambda each: (each.kind, each.sku, each.quantity),
            )
            if questions:
                question = questions[which % len(questions)]
                outcomes = sorted(ANSWERS[question.kind])
                outcome = outcomes[how % len(outcomes)]
                question.resolve(Answer(outcome=outcome, note="seen"), by="staff:s", at=AT)
                twin.note(inspection.answer(question, outcome, twin.cause()))
        case ("keep",):
            inspection.stop_expecting()
        case _:
            kind, held = contents(twin, action)
            if any(held.values()):
                post(twin, a_post(number, kind, **held))


def post(twin: Twin, scan: Scan) -> None:
    _, recount = twin.inspection.count_scan(scan, inspect_by=DUE, new_id=twin.new_id, supervisor=True)
    twin.note(recount)


def outcome_of(twin: Twin, action: tuple[Any, ...], number: int) -> tuple[Twin, str | None]:
    """The twin after the action. A refusal changes nothing."""
    before = deepcopy(twin)
    try:
        act(twin, action, number)
    except RetourError as refusal:
        return before, refusal.code
    return twin, None


@settings(max_examples=400, deadline=None)
@given(ACTIONS)
def test_a_lot_is_the_same_as_its_pieces(actions: list[tuple[Any, ...]]) -> None:
    """Z13, Z01, Z06: whatever is posted, named, corrected, decided, answered, and in whatever order."""
    lots, singles = twins()
    for number, action in enumerate(actions):
        (lots, one), (singles, other) = outcome_of(lots, action, number), outcome_of(singles, action, number)
        assert one == other
        assert lots.known() == singles.known()
        assert lots.asked() == singles.asked()
        assert lots.inspection.tallies == singles.inspection.tallies
        assert lots.told() == singles.told()
        assert (lots.inspection.state, lots.inspection.inspect_by) == (
            singles.inspection.state,
            singles.inspection.inspect_by,
        )
        assert lots.inspection.count(*UnitState) == singles.inspection.count(*UnitState) == 16


def a_wholesale_inspection(pieces: int = 10_000) -> ReturnInspection:
    name = str(PieceRange("unit_01KAG7Z3M0F8R2W6T4Y1Q5N9BF", 1, pieces))
    return an_inspection(units=[Unit(id=name, line_id="L1", sku="BOLT", name="Bolt", reason="r", worth_minor=5)])


def largest(inspection: ReturnInspection) -> tuple[int, int]:
    """The bytes of the largest event, and of the stored documents."""
    events = [publish(inspection, cast("InspectionEvent", event)) for event in inspection.events]
    sizes = [len(found.event.model_dump_json()) for found in events if found is not None]
    values = InspectionRows().save(inspection)[0].values
    return max(sizes), sum(len(str(values[name])) for name in ("units", "counts", "tallies"))


@pytest.mark.parametrize("posts", [1, 10, 100])
def test_documents_grow_with_posts_and_not_with_pieces(posts: int) -> None:
    """Z13: the same posts about one hundredth of the pieces need as much room; ten posts stay below 64 kB."""
    sizes = []
    for pieces in (100, 10_000):
        inspection, share = a_wholesale_inspection(pieces), pieces // posts
        failed = share // 20
        for number in range(posts):
            kinds = [("dock", "BOLT", share), ("look", "BOLT", share - failed, failed, False)]
            for step, action in enumerate(kinds):
                act(Twin(True, inspection), action, 2 * number + step)
        assert inspection.count(UnitState.PASSED, UnitState.FAILED) == pieces
        assert len(inspection.units) <= 2 * posts
        sizes.append(largest(inspection))
    assert max(sizes[1]) < 64_000 or posts > 10
    assert sizes[1][0] <= 2_000
    assert sizes[1][1] <= sizes[0][1] * 2 + 500 or posts == 100  # small lots have no failed pieces in a hundred posts


def test_a_surplus_is_asked_about_in_questions_that_fit() -> None:
    """Z13: 200 rows of 1,000 pieces that nobody announced; an event names at most 10,000."""
    inspection = a_wholesale_inspection(100)
    twin = Twin(True, inspection)
    rows = tuple(ReceivedPieces("BOLT" if n % 2 else "NUT", 1_000) for n in range(200))
    post(twin, a_post(1, Kind.RECEIPT, items=rows))
    asked = Counter[str]()
    for each in twin.questions.values():
        assert each.quantity <= 10_000
        asked[each.sku] += each.quantity
    assert asked == {"BOLT": 99_900, "NUT": 100_000}
    assert max(largest(inspection)) < 64_000
    assert {each.kind for each in twin.questions.values()} == {DiscrepancyKind.OVER, DiscrepancyKind.UNEXPECTED}


@pytest.mark.parametrize("name", ["b~1-5", "a~5-8", "a~1-8", "a", "a~0-3", "a.01"])
def test_a_range_that_is_not_of_the_return_is_named(name: str) -> None:
    lots, _ = twins()
    look = a_look("BOLT" if name != "b~1-5" else "NUT", pieces_in([name]), Outcome.PASSED, unit_id=name)
    with pytest.raises(NoSuchUnit):
        post(lots, a_post(1, Kind.INSPECTION, looks=(look,)))
    with pytest.raises(NoSuchUnit):
        lots.inspection.decide(a_decision([(f"{name}~", Decision.ACCEPT)], "r"), by="s", at=AT)


def test_a_decision_about_a_part_stands_against_a_correction() -> None:
    lots, _ = twins()
    act(lots, ("look", "NUT", 1, 3, False), 1)
    (failed,) = [unit.id for unit in lots.inspection.units if unit.state is UnitState.FAILED]
    assert failed == "c~2-4"
    lots.inspection.decide(a_decision([("c~3-3", Decision.REFUSE)], "torn"), by="staff:s", at=AT)
    with pytest.raises(DecisionStands) as refused:
        post(lots, a_post(2, Kind.INSPECTION, corrects="scan_1", looks=(a_look("NUT", 4, Outcome.PASSED),)))
    assert refused.value.facts["units"] == "c~3-3"
