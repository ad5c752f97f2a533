"""What the reconciler needs from outside."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from gateway.domain.reconciling.finding import Finding, FindingState


def no_beat() -> None:
    """For a comparison that nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """A consumer's queue, its service, and the service that publishes the noun it follows."""

    queue: str
    service: str
    publisher: str
    noun: str


class ServiceOperations(Protocol):
    """The operators' operations of the services, called by the reconciler."""

    async def get(self, service: str, path: str, **query: str) -> Any:
        """The answer of `GET /v1/operations/{service}/{path}`; `Unavailable` for any refusal."""
        ...

    async def post(self, service: str, path: str, body: Mapping[str, Any]) -> Any:
        """The answer of `POST /v1/operations/{service}/{path}`; `Unavailable` for any refusal."""
        ...


class Findings(Protocol):
    """The reconciler's own rows."""

    async def agreed_until(self, name: str) -> datetime | None:
        """Up to which moment this comparison was made, and agreed or was written down."""
        ...

    async def agree_until(self, name: str, at: datetime) -> None:
        """Remember that the comparison was made up to this moment."""
        ...

    async def late(self, names: Collection[str], before: datetime) -> Sequence[str]:
        """Which of these comparisons were not made up to this moment, or never."""
        ...

    async def open(self, name: str | None = None) -> Sequence[Finding]:
        """The open findings of one comparison, or all, the oldest first."""
        ...

    async def page(self, state: FindingState | None, after: str, limit: int) -> Sequence[Finding]:
        """Findings in the order of their ids."""
        ...

    async def dismiss(self, key: str, *, by: str, reason: str, at: datetime) -> Finding:
        """A person says why the finding may stay. A repeated call has the same result. Raises `NotFound`."""
        ...

    async def find(self, name: str, about: Sequence[str], at: datetime) -> Sequence[str]:
        """Write findings down, or that they were seen again; which of them are new."""
        ...

    async def end(self, findings: Sequence[Finding], at: datetime) -> None:
        """The services agree again about these."""
        ...
