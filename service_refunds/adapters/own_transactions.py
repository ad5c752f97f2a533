"""See `RunInTransaction`: one use case, one transaction, and back only after its commit."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from service_refunds.adapters.unit_of_work import RefundsUnits
from service_refunds.application.ports import UnitOfWork
from shared.contracts.envelope import Origin
from shared.database.retrying import attempt
from shared.database.work import GroupCommitter

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OwnTransactions:
    """Changes that this service makes of its own accord."""

    units: RefundsUnits
    committer: GroupCommitter

    async def __call__(self, use_case: Callable[[UnitOfWork], Awaitable[T]], correlation: str | None = None) -> T:
        """See `RunInTransaction`."""
        origin = Origin("service:refunds", correlation)
        _, result = await attempt(lambda: self.units.begin(origin), use_case, self.committer)
        return result
