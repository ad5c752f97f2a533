"""Runs a use case in a transaction of its own, for jobs and for whoever has no request and no event to answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from shared.contracts.envelope import Origin
from shared.database.retrying import FilledUnitOfWork, attempt
from shared.database.work import GroupCommitter

T = TypeVar("T")
U = TypeVar("U", bound=FilledUnitOfWork)
U_co = TypeVar("U_co", bound=FilledUnitOfWork, covariant=True)


class UnitOfWorkFactory(Protocol[U_co]):
    """Begins the units of work of a service."""

    def begin(self, origin: Origin) -> U_co: ...


@dataclass(frozen=True, slots=True)
class Transactions(Generic[U]):
    """One use case, one unit of work, one commit. A stale try is repeated in a fresh unit of work."""

    units: UnitOfWorkFactory[U]
    committer: GroupCommitter

    async def run(self, use_case: Callable[[U], Awaitable[T]], origin: Origin) -> T:
        """Return the use case's result after the commit. Raises what `attempt` raises."""
        _, result = await attempt(lambda: self.units.begin(origin), use_case, self.committer)
        return result
