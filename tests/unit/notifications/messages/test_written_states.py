"""The tables of messages and contacts, line by line."""

import pytest

from service_notifications.domain.contacts.contact_states import CONTACT_STATES
from service_notifications.domain.messages.message import MOVES
from service_notifications.domain.messages.message_states import MESSAGE_STATES
from tests.unit.state_tables import lines_of, lines_of_moves, written_down

WRITTEN = {
    "message": lines_of(MESSAGE_STATES),
    "moves of a message": lines_of_moves(MOVES),
    "contact": lines_of(CONTACT_STATES),
}


@pytest.mark.parametrize("thing", WRITTEN)
def test_what_may_happen_in_each_state_is_what_is_written_down(thing: str) -> None:
    """R08, Z20 to Z24: who or what acts, where it leads, and until when."""
    assert WRITTEN[thing] == written_down(thing)
