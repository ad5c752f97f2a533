"""How keys end, how their uses are noted, and how long a customer is believed whose storefront's key ends (O06)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.application.identity.key_uses import WRITTEN_EVERY, KeyUses
from gateway.application.identity.keys import hint_of
from gateway.application.identity.signing_in import SignIn
from gateway.application.ports import Recognised
from gateway.domain.identity.account import Account
from gateway.domain.identity.actor import actor_of
from gateway.domain.identity.key import ExpiredBefore, Key, KeyUsed, RevokedBefore, RotatedBefore
from gateway.domain.identity.session import Session
from shared.kernel.errors import RetourError
from shared.kernel.principal import Kind, MachineWithNewKey, Principal, Role

AT = datetime(2027, 1, 5, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
ADMIN = Principal(Kind.STAFF, "acc_1", frozenset({Role.ADMIN}))


def a_key(**but: Any) -> Key:
    given: dict[str, Any] = {
        "id": "key_1",
        "digest": "d",
        "kind": Kind.SYSTEM,
        "name": "Web shop",
        "scopes": frozenset({"orders:write"}),
        "warehouse": None,
        "created_by": "staff:acc_1",
        "created_at": AT,
        "storefront": "main",
    }
    return Key(**(given | but))


def successor(key: Key, at: datetime = AT) -> Key:
    return key.rotate(successor_id="key_2", digest="e", hint="rk_5yUN…", overlap=HOUR, at=at, by=ADMIN)


def test_a_successor_is_the_same_machine_with_the_same_rights() -> None:
    """What the machine repeats after the change is a repetition (Z02)."""
    old = a_key()
    new = successor(old)
    assert isinstance(new.principal, MachineWithNewKey)
    assert new.principal.sender == old.principal.sender
    assert (new.principal.roles, new.principal.scopes) == (old.principal.roles, old.principal.scopes)
    assert new.good(AT + 1000 * HOUR)
    assert successor(new).holder == "key_1"


def test_a_rotated_key_is_good_until_the_overlap_is_over_and_not_a_moment_longer() -> None:
    key = a_key()
    successor(key)
    assert key.good(AT + HOUR - timedelta(microseconds=1))
    assert not key.good(AT + HOUR)
    assert len(key.events) == 1


@pytest.mark.parametrize(
    ("but", "error"),
    [
        ({"revoked_at": AT}, RevokedBefore),
        ({"revoked_at": AT, "expires_at": AT + HOUR}, RevokedBefore),
        ({"expires_at": AT + HOUR}, RotatedBefore),
        ({"expires_at": AT}, ExpiredBefore),
    ],
)
def test_a_key_that_ends_has_no_other_successor(but: dict[str, Any], error: type[RetourError]) -> None:
    key = a_key(**but)
    assert not key.can_rotate
    with pytest.raises(error):
        successor(key)
    assert (key.events, key.expires_at) == ([], but.get("expires_at"))


def test_the_latest_use_of_a_key_stays() -> None:
    """Several processes write, each what it has seen."""
    key = a_key()
    for minutes in (2, 1, 2):
        key.use(AT + timedelta(minutes=minutes))
    assert (key.last_used_at, key.events) == (AT + timedelta(minutes=2), [KeyUsed()])


def test_a_key_is_written_at_most_once_a_minute_and_no_use_is_lost() -> None:
    uses = KeyUses()
    uses.note("key_1", AT)
    assert uses.take(AT) == {"key_1": AT}
    soon, due = AT + timedelta(seconds=5), AT + WRITTEN_EVERY
    uses.note("key_1", soon)
    uses.note("key_2", soon)
    assert uses.take(soon) == {"key_2": soon}
    assert uses.take(due - timedelta(seconds=1)) == {}
    assert uses.take(due) == {"key_1": soon}
    assert uses.take(due + HOUR) == {}


def test_what_could_not_be_written_is_written_at_the_next_try() -> None:
    """A later use that was noted meanwhile stays."""
    uses = KeyUses()
    uses.note("key_1", AT)
    uses.note("key_2", AT)
    taken = uses.take(AT)
    uses.note("key_2", AT + HOUR)
    uses.put_back(taken)
    assert uses.take(AT) == {"key_1": AT, "key_2": AT + HOUR}


def test_uses_of_the_last_minute_are_written_at_the_end() -> None:
    uses = KeyUses()
    uses.note("key_1", AT)
    uses.take(AT)
    uses.note("key_1", AT + timedelta(seconds=1))
    assert uses.take_all() == {"key_1": AT + timedelta(seconds=1)}
    assert uses.take_all() == {}


def test_a_hint_shows_four_characters_of_a_secret() -> None:
    assert hint_of("rk_5yUN3oG2_Vh8iW0cT1dXqLrKfMzPaEbS7gYvHnQw9xA") == "rk_5yUN…"


@pytest.mark.parametrize(
    ("end", "until"), [(None, AT + HOUR), (AT + 2 * HOUR, AT + HOUR), (AT + HOUR / 4, AT + HOUR / 4)]
)
async def test_a_customers_token_is_looked_up_again_when_the_key_that_asked_for_it_ends(
    end: datetime | None, until: datetime
) -> None:
    """Then it is decided whether the storefront has another good key."""
    remembered: list[datetime | None] = []

    class Memory:
        def expect(self, _secret: str) -> None: ...

        def remember(self, _secret: str, _who: object, _holders: object, expires: datetime | None) -> None:
            remembered.append(expires)

    class Secrets:
        def make(self, prefix: str) -> str:
            return prefix

        def digest(self, secret: str) -> str:
            return secret

    class Sessions:
        def add(self, _session: Session) -> None: ...

    class Unit:
        sessions = Sessions()

    class InMemory:
        async def run(self, use_case: Any, _origin: object) -> Any:
            return await use_case(Unit())

    nothing: Any = None
    transactions: Any = InMemory()
    memory: Any = Memory()
    sign_in = SignIn(
        transactions=transactions,
        passwords=nothing,
        secrets=Secrets(),
        attempts=nothing,
        memory=memory,
        clock=lambda: AT,
        new_id=lambda kind: f"{kind}_1",
    )
    await sign_in.customer("cust_1", HOUR, Recognised(a_key().principal, "key_1", end))
    assert remembered == [until]


@pytest.mark.parametrize(("name", "said"), [("Lin", "Lin"), ("", "lin.w")])
def test_an_account_without_a_name_is_named_by_its_address(name: str, said: str) -> None:
    """Never the whole address."""
    account = Account(
        id="acc_1",
        email="lin.w@retour.example",
        name=name,
        password_hash="h",
        roles=frozenset({Role.AGENT}),
        created_at=AT,
    )
    assert actor_of("staff:acc_1", account, None, AT).name == said
