"""The tables of moves, allowed and forbidden, of units and of discrepancies."""

import pytest

from service_inspection.domain.inspection.discrepancy import (
    MOVES as DISCREPANCY_MOVES,
    Answer,
    Discrepancy,
    DiscrepancyKind,
    DiscrepancyState,
    Resolution,
)
from service_inspection.domain.inspection.unit import MOVES, Unit, UnitState
from shared.kernel.errors import IllegalMove
from tests.unit.inspection.builders import AT


@pytest.mark.parametrize("verb", MOVES)
@pytest.mark.parametrize("state", UnitState)
def test_a_unit_moves_from_its_sources_and_from_nowhere_else(verb: str, state: UnitState) -> None:
    unit = Unit(id="A", line_id="line", sku="X", name="X", reason="broken", state=state)
    sources, target = MOVES[verb]
    if state in sources:
        unit.move(verb)
        assert unit.state is target
    else:
        with pytest.raises(IllegalMove):
            unit.move(verb)
        assert unit.state is state


def test_the_table_of_moves_is_this_one() -> None:
    """R4.1, R4.5: read aloud, so that a change of the table is a change of this test."""
    assert {verb: (sorted(map(str, sources)), str(target)) for verb, (sources, target) in MOVES.items()} == {
        "receive": (["expected"], "received"),
        "pass": (["received"], "passed"),
        "fail": (["received"], "failed"),
        "accept": (["failed"], "accepted"),
        "refuse": (["failed"], "refused"),
        "cancel": (["expected"], "cancelled"),
        "recall": (["failed", "passed", "received"], "expected"),
        "reinspect": (["failed", "passed"], "received"),
        "reconsider": (["accepted", "refused"], "failed"),
        "revive": (["cancelled"], "expected"),
    }


@pytest.mark.parametrize("state", DiscrepancyState)
def test_a_discrepancy_is_resolved_once(state: DiscrepancyState) -> None:
    """F03."""
    found = Discrepancy(
        id="d",
        return_id="ret_1",
        scan_id="s",
        warehouse="SHA1",
        kind=DiscrepancyKind.OVER,
        sku="X",
        quantity=1,
        opened_at=AT,
        state=state,
    )
    if state in DISCREPANCY_MOVES["resolve"][0]:
        found.resolve(Answer(outcome=Resolution.DISPOSED, note="unsafe"), by="staff:li", at=AT)
        assert (found.state, found.outcome, len(found.events)) == (
            DiscrepancyState.RESOLVED,
            Resolution.DISPOSED,
            1,
        )
    else:
        with pytest.raises(IllegalMove):
            found.resolve(Answer(outcome=Resolution.DISPOSED, note="unsafe"), by="staff:li", at=AT)
        assert (found.state, found.events) == (state, [])
