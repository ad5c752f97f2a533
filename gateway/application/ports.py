"""What the use cases of the gateway need from outside, in their own words."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from gateway.domain.identity.account import Account
from gateway.domain.identity.key import Key
from gateway.domain.identity.session import Session
from shared.contracts.operations import Service
from shared.kernel.errors import Language, RetourError
from shared.kernel.principal import Principal

A = TypeVar("A")
T = TypeVar("T")


class Collection(Protocol[A]):
    """Things of one kind by id."""

    async def get(self, key: str) -> A: ...
    async def find(self, key: str) -> A | None: ...
    def add(self, aggregate: A) -> None: ...


class UnitOfWork(Protocol):
    """What one use case loads and changes; leaving it saves what has recorded events."""

    @property
    def accounts(self) -> Collection[Account]: ...
    @property
    def keys(self) -> Collection[Key]: ...
    @property
    def sessions(self) -> Collection[Session]: ...

    async def account_with(self, email: str) -> Account | None:
        """The account with this address."""
        ...

    def revoke(self, holder: str, at: datetime) -> None:
        """Whatever was known about this account, key or session is looked up again, in every process."""
        ...


class Transactions(Protocol):
    """Runs a use case in one transaction."""

    async def do(self, use_case: Callable[[UnitOfWork], Awaitable[T]], actor: str, *, revokes: str | None = None) -> T:
        """The use case's result after the commit; what `revokes` names is no longer known from memory."""
        ...


class Passwords(Protocol):
    """Slow on purpose, off the event loop, only a few at a time."""

    async def hash(self, password: str) -> str: ...

    async def right(self, password: str, password_hash: str | None) -> bool:
        """Whether it is the one; as slow when there is no hash to compare with."""
        ...


class Secrets(Protocol):
    """Makes the tokens and keys we hand out, and what we keep of them."""

    def make(self, prefix: str) -> str: ...
    def digest(self, secret: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Recognised:
    """Who is asking, and by which key or session."""

    principal: Principal
    credential: str


class Recognition(Protocol):
    """Knows callers by what they show."""

    async def recognise(self, secret: str) -> Recognised:
        """`Unauthenticated` for anything but a good token or key."""
        ...


class RecognitionCache(Protocol):
    """What `Recognition` may believe for a while without asking."""

    def remember(self, secret: str, who: Recognised, holders: Sequence[str], expires: datetime | None) -> None:
        """Believe it until one of the holders is revoked."""
        ...


class SeenRequest(Protocol):
    """What a request says about itself."""

    @property
    def address(self) -> str: ...
    @property
    def secret(self) -> str | None:
        """The token or key it shows."""
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
        """The account's owner has shown up, or nobody could tell whether he had: forget his tries from there."""
        ...


class Services(Protocol):
    """Asks a service in somebody's name, for a page."""

    async def see(self, service: Service, path: str, principal: Principal, language: Language) -> Any:
        """The JSON document; `NoSuchPage`, `Forbidden`, `Malformed` or `Unavailable` as the service says."""
        ...
