"""For every domain event: published, or kept. Who may come in is the gateway's own affair, so each is kept."""

from typing import Any, assert_never

from gateway.domain.account import AccountChanged, AccountOpened
from gateway.domain.key import KeyMade, KeyRevoked
from gateway.domain.session import SessionBegun, SessionEnded
from shared.database.repository import Published

Happened = AccountOpened | AccountChanged | KeyMade | KeyRevoked | SessionBegun | SessionEnded


def publish(_aggregate: Any, event: Happened) -> Published | None:
    """What other services are told: nothing, so far."""
    match event:
        case AccountOpened() | AccountChanged() | KeyMade() | KeyRevoked() | SessionBegun() | SessionEnded():
            return None
        case _:
            assert_never(event)
