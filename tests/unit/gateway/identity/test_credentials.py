"""Keys, accounts, sessions and settings by themselves: what they allow, and what stops a start."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from gateway.adapters.identity.recognition import SECRET
from gateway.adapters.identity.secrets_hmac import HmacSecrets
from gateway.application.identity.keys import PREFIX
from gateway.domain.identity.gateway_operation import GATEWAY_OPERATIONS
from gateway.domain.identity.key import ROLE_OF_SCOPE, Key
from gateway.domain.identity.session import Session
from gateway.settings import Settings
from shared.contracts.operations import OPERATIONS
from shared.kernel.principal import Kind, Role
from tests.support.gateway import settings

AT = datetime(2027, 1, 5, 8, tzinfo=UTC)
NOT_FOR_KEYS = {"simulator:write", "policy:write"}


def a_key(**but: Any) -> Key:
    """A system's key."""
    given: dict[str, Any] = {
        "id": "key_1",
        "digest": "d",
        "kind": Kind.SYSTEM,
        "name": "A machine",
        "scopes": frozenset({"orders:write"}),
        "warehouse": None,
        "created_by": "staff:acc_1",
        "created_at": AT,
    }
    return Key(**(given | but))


def test_scopes_together_open_no_more_than_each_by_itself_may() -> None:
    """A operation needs the role and the scope: two scopes may meet at it only where it names both their parts."""
    everything = a_key(scopes=frozenset(ROLE_OF_SCOPE)).principal
    assert not any(operation.admits(everything) for operation in OPERATIONS if operation.scope in NOT_FOR_KEYS)
    assert not any(
        gateway_operation.admits(everything)
        for gateway_operation in GATEWAY_OPERATIONS
        if gateway_operation.roles == {Role.ADMIN}
    )


def test_a_device_is_a_device_whatever_its_scopes() -> None:
    """S-35: a scanner never refunds."""
    device = a_key(kind=Kind.DEVICE, warehouse="SH-1", scopes=frozenset(ROLE_OF_SCOPE)).principal
    assert device.roles == {Role.DEVICE}
    assert {operation.service.value for operation in OPERATIONS if operation.admits(device)} == {
        "inspection",
        "requests",
    }


def test_secrets_are_random_prefixed_and_kept_as_digests() -> None:
    """256 bits; the digest needs the token key."""
    one, other = HmacSecrets("k" * 32), HmacSecrets("l" * 32)
    made = {one.make(prefix) for prefix in (*PREFIX.values(), "rs", "rc") for _ in range(50)}
    assert len(made) == 200
    assert all(SECRET.fullmatch(secret) for secret in made)
    secret = made.pop()
    assert one.digest(secret) == one.digest(secret) != other.digest(secret)


def test_a_session_counts_until_its_end_and_not_a_moment_longer() -> None:
    """The last moment is outside."""
    session = Session(
        id="ses_1",
        digest="d",
        kind=Kind.STAFF,
        holder="acc_1",
        opened_by="staff:acc_1",
        created_at=AT,
        expires_at=AT + timedelta(hours=12),
    )
    assert session.good(AT + timedelta(hours=11, minutes=59))
    assert not session.good(AT + timedelta(hours=12))
    session.end(AT)
    session.end(AT)
    assert not session.good(AT)
    assert len(session.events) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"token_key": "short"},
        {"requests_key": "short"},
        {"requests_url": "requests:8000"},
        {"public_url": "returns.example"},
        {"bootstrap_admin": "admin@retour.example"},
        {"bootstrap_admin": "admin@retour.example:short"},
        {"bootstrap_admin": "nobody:long enough password"},
        {"port": 0},
        {"rate_per_minute": 0},
        {"trusted_hops": -1},
    ],
)
def test_a_wrong_setting_stops_the_start_and_names_itself(wrong: dict[str, Any]) -> None:
    """And never shows what was set."""
    given = settings().model_dump() | wrong
    with pytest.raises(ValidationError) as raised:
        Settings(**given)
    assert [item["loc"] for item in raised.value.errors()] == [tuple(wrong)]


def test_settings_do_not_show_their_secrets() -> None:
    """S-92: neither in logs nor in a dump of the object."""
    shown = repr(settings(demo_accounts="a@x:demo password"))
    assert "thirty-two-characters" not in shown
    assert "battery" not in shown
    assert "demo password" not in shown
