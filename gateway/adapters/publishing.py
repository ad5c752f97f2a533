"""For every domain event: published, or kept. Who may come in is the gateway's own affair, so each is kept."""

from typing import Any, assert_never

from gateway.domain.identity.account import AccountChanged, AccountOpened
from gateway.domain.identity.key import KeyMade, KeyRevoked
from gateway.domain.identity.session import SessionBegun, SessionEnded
from shared.database.repository import Published

GatewayEvent = AccountOpened | AccountChanged | KeyMade | KeyRevoked | SessionBegun | SessionEnded


def publish(_aggregate: Any, event: GatewayEvent) -> Published | None:
    """What other services are told: nothing, so far."""
    match event:
        case AccountOpened() | AccountChanged() | KeyMade() | KeyRevoked() | SessionBegun() | SessionEnded():
            return None
        case _:
            assert_never(event)
