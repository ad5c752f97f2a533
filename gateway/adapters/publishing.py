"""Decides for every domain event of the gateway: published or kept. All are kept, because services need none."""

from typing import Any, assert_never

from gateway.domain.identity.account import AccountChanged, AccountOpened
from gateway.domain.identity.key import KeyMade, KeyRevoked, KeyRotated, KeyUsed
from gateway.domain.identity.session import SessionBegun, SessionEnded
from shared.database.repository import Published

GatewayEvent = (
    AccountOpened | AccountChanged | KeyMade | KeyRotated | KeyUsed | KeyRevoked | SessionBegun | SessionEnded
)


def publish(_aggregate: Any, event: GatewayEvent) -> Published | None:
    """None: no event of the gateway is published."""
    match event:
        case AccountOpened() | AccountChanged() | SessionBegun() | SessionEnded():
            return None
        case KeyMade() | KeyRotated() | KeyUsed() | KeyRevoked():
            return None
        case _:
            assert_never(event)
