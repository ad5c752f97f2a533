"""Ports: what the use cases of the gateway need from outside."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from gateway.domain.identity.account import Account
from gateway.domain.identity.key import Key
from gateway.domain.identity.session import Session
from shared.contracts.envelope import Origin
from shared.contracts.operations import Service
from shared.kernel.errors import Language, RetourError
from shared.kernel.principal import Principal

A = TypeVar("A")
T = TypeVar("T")


class Collection(Protocol[A]):
    """Aggregates of one kind by id."""

    async def get(self, key: str) -> A: ...
    async def find(self, key: str) -> A | None: ...
    def add(self, aggregate: A) -> None: ...


class UnitOfWork(Protocol):
    """What one use case loads and changes; at its end, aggregates with recorded events are saved."""

    @property
    def accounts(self) -> Collection[Account]: ...
    @property
    def keys(self) -> Collection[Key]: ...
    @property
    def sessions(self) -> Collection[Session]: ...

    async def account_with(self, email: str) -> Account | None:
        """The account with this address."""
        ...

    async def keys_named(self, name: str) -> Sequence[Key]:
        """The keys with this name, the newest first."""
        ...

    def revoke(self, holder: str, at: datetime) -> None:
        """Make every process look up this account, key or session again."""
        ...


class Transactions(Protocol):
    """Runs a use case in one transaction."""

    async def run(self, use_case: Callable[[UnitOfWork], Awaitable[T]], origin: Origin) -> T:
        """The use case's result after the commit."""
        ...


class Passwords(Protocol):
    """Hashing, slow on purpose: outside the event loop, only a few at a time."""

    async def hash(self, password: str) -> str: ...

    async def right(self, password: str, password_hash: str | None) -> bool:
        """Whether the password is right; takes as long when there is no hash to compare with."""
        ...


class Secrets(Protocol):
    """Makes tokens and keys, and the digests that are stored."""

    def make(self, prefix: str) -> str: ...
    def digest(self, secret: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Recognised:
    """The caller, and the key or session that was used."""

    principal: Principal
    credential: str
    expires_at: datetime | None = None
    """When the key ends by itself. None for a key that was not rotated, and for sessions."""


class Recognition(Protocol):
    """Recognises callers by token or key."""

    async def recognise(self, secret: str) -> Recognised:
        """`Unauthenticated` for anything but a good token or key."""
        ...


class RecognitionCache(Protocol):
    """Callers that `Recognition` may take from memory for a while."""

    def expect(self, secret: str) -> None:
        """The secret was given out just now: it is looked up however many unknown ones its address sent (Z37)."""
        ...

    def remember(self, secret: str, who: Recognised, holders: Sequence[str], expires: datetime | None) -> None:
        """Remember the caller until one of the holders is revoked."""
        ...


class SeenRequest(Protocol):
    """What is known of a request."""

    @property
    def address(self) -> str: ...
    @property
    def secret(self) -> str | None:
        """The token or key that was sent."""
        ...

    @property
    def fault(self) -> RetourError | None:
        """What is wrong with its headers."""
        ...


class SignInLimits(Protocol):
    """Counts tries to sign in."""

    def try_account(self, email: str, address: str) -> None:
        """`TooManyRequests` when an account or an address has been tried too often."""
        ...

    def forget(self, email: str, address: str) -> None:
        """Forget the tries from there: the owner signed in, or nobody could check the password."""
        ...


class Services(Protocol):
    """Reads from a service in a caller's name, for a page."""

    async def see(self, service: Service, path: str, principal: Principal, language: Language) -> Any:
        """The JSON document; `NoSuchPage`, `Forbidden`, `Malformed` or `Unavailable` as the service says."""
        ...
