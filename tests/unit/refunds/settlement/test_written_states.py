"""The tables of refunds and their payouts, line by line."""

import pytest

from service_refunds.domain.settlement.refund_states import PAYOUT_STATES, REFUND_STATES
from service_refunds.domain.settlement.state import MOVES
from tests.unit.state_tables import lines_of, lines_of_moves, written_down

WRITTEN = {
    "refund": lines_of(REFUND_STATES),
    "payout": lines_of(PAYOUT_STATES),
    "moves of a refund": lines_of_moves(MOVES),
}


@pytest.mark.parametrize("thing", WRITTEN)
def test_what_may_happen_in_each_state_is_what_is_written_down(thing: str) -> None:
    """R08, Z20 to Z24: who or what acts, where it leads, and until when."""
    assert WRITTEN[thing] == written_down(thing)
