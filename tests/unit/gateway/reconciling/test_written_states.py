"""The table of findings, line by line."""

import pytest

from gateway.domain.reconciling.finding_states import FINDING_STATES
from tests.unit.state_tables import lines_of, written_down

WRITTEN = {
    "finding": lines_of(FINDING_STATES),
}


@pytest.mark.parametrize("thing", WRITTEN)
def test_what_may_happen_in_each_state_is_what_is_written_down(thing: str) -> None:
    """R08, Z20 to Z24: who or what acts, where it leads, and until when."""
    assert WRITTEN[thing] == written_down(thing)
