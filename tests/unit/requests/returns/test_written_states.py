"""The tables of a return, its units and its parcels, line by line."""

import pytest

from service_requests.domain.returns.progress.return_states import (
    MATTER_STATES,
    PARCEL_STATES,
    RETURN_STATES,
    UNIT_STATES,
)
from service_requests.domain.returns.return_status import STATUS_OF_ENDING, STATUS_OF_REFUND, STATUS_OF_WHEREABOUTS
from service_requests.domain.returns.unit import OUTCOME_MOVES, WHEREABOUTS_MOVES
from tests.unit.state_tables import lines_of, lines_of_mapping, lines_of_moves, written_down

WRITTEN = {
    "return": lines_of(RETURN_STATES),
    "matter": lines_of(MATTER_STATES),
    "unit of a return": lines_of(UNIT_STATES),
    "parcel": lines_of(PARCEL_STATES),
    "whereabouts": lines_of_moves(WHEREABOUTS_MOVES),
    "decision about a unit": lines_of_moves(OUTCOME_MOVES),
    "ending of a return": lines_of_mapping(STATUS_OF_ENDING),
    "status by whereabouts": lines_of_mapping(STATUS_OF_WHEREABOUTS),
    "status by refund": lines_of_mapping(STATUS_OF_REFUND),
}


@pytest.mark.parametrize("thing", WRITTEN)
def test_what_may_happen_in_each_state_is_what_is_written_down(thing: str) -> None:
    """R08, Z20 to Z24: who or what acts, where it leads, and until when."""
    assert WRITTEN[thing] == written_down(thing)
