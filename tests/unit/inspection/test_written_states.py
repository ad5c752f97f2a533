"""The tables of receipts, discrepancies and inspections, line by line."""

import pytest

from service_inspection.domain.inspection import discrepancy, unit
from service_inspection.domain.inspection.inspection_states import DISCREPANCY_STATES, INSPECTION_STATES, UNIT_STATES
from service_inspection.domain.receiving import handling
from service_inspection.domain.receiving.receipt_states import RECEIPT_STATES
from tests.unit.state_tables import lines_of, lines_of_moves, written_down

WRITTEN = {
    "receipt": lines_of(RECEIPT_STATES),
    "moves of a receipt": lines_of_moves(handling.MOVES),
    "discrepancy": lines_of(DISCREPANCY_STATES),
    "moves of a discrepancy": lines_of_moves(discrepancy.MOVES),
    "inspection": lines_of(INSPECTION_STATES),
    "unit in inspection": lines_of(UNIT_STATES),
    "moves of a unit in inspection": lines_of_moves(unit.MOVES),
}


@pytest.mark.parametrize("thing", WRITTEN)
def test_what_may_happen_in_each_state_is_what_is_written_down(thing: str) -> None:
    """R08, Z20 to Z24: who or what acts, where it leads, and until when."""
    assert WRITTEN[thing] == written_down(thing)
