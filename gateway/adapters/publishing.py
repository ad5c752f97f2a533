"""Decides for every domain event of the gateway: published or kept. All are kept, because services need none."""

from typing import Any, assert_never

from gateway.domain.identity.account import AccountChanged, AccountOpened
from gateway.domain.identity.key import KeyMade, KeyRevoked
from gateway.domain.identity.session import SessionBegun, SessionEnded
from shared.database.repository import Published

GatewayEvent = AccountOpened | AccountChanged | KeyMade | KeyRevoked | SessionBegun | SessionEnded


def publish(_aggregate: Any, event: GatewayEvent) -> Published | None:
    """None: no event of the gateway is published."""
    match event:
        case AccountOpened() | AccountChanged() | KeyMade() | KeyRevoked() | SessionBegun() | SessionEnded():
            return None
        case _:
            assert_never(event)
