"""The table of parked events, line by line."""

import pytest

from shared.messaging.dead_letters import PARKED_EVENT_STATES
from tests.unit.state_tables import lines_of, written_down

WRITTEN = {
    "parked event": lines_of(PARKED_EVENT_STATES),
}


@pytest.mark.parametrize("thing", WRITTEN)
def test_what_may_happen_in_each_state_is_what_is_written_down(thing: str) -> None:
    """R08, Z20 to Z24: who or what acts, where it leads, and until when."""
    assert WRITTEN[thing] == written_down(thing)
