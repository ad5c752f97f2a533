"""A session: staff who signed in, or a customer for whom a storefront vouches, known by a token for a time."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from shared.kernel.principal import Kind

STAFF_LIFE: Final = timedelta(hours=12)
CUSTOMER_LIFE: Final = timedelta(hours=1)
LONGEST_CUSTOMER_LIFE: Final = timedelta(hours=24)


def earlier(end: datetime, *others: datetime | None) -> datetime:
    """The first of some ends; None is no end."""
    return min((end, *(each for each in others if each is not None)))


@dataclass(frozen=True, slots=True)
class SessionBegun:
    """The token is valid from now on."""


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """The token is invalid from now on."""


@dataclass(slots=True, kw_only=True)
class Session:
    """`holder` is an account or a customer; `opened_by` names who opened the session."""

    id: str
    digest: str = field(repr=False)
    kind: Kind
    holder: str
    opened_by: str
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    version: int = 0
    sequence: int = 0
    events: list[object] = field(default_factory=list, repr=False, compare=False)

    def begin(self) -> None:
        """Record that the session exists."""
        self.events.append(SessionBegun())

    def end(self, at: datetime) -> None:
        """Sign out; repeating changes nothing."""
        if self.ended_at is None:
            self.ended_at = at
            self.events.append(SessionEnded())

    def good(self, at: datetime) -> bool:
        """Whether the token is still valid."""
        return self.ended_at is None and at < self.expires_at
