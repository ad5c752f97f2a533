"""A return follows the facts of other services about its goods, refunds and messages."""

from collections.abc import Callable
from datetime import datetime

from service_requests.application.ports import UnitOfWork
from service_requests.domain.returns.return_ import Return

ApplyFact = Callable[[Return, datetime], None]


async def follow(uow: UnitOfWork, return_id: str, tell: ApplyFact, *, at: datetime) -> None:
    """Apply one fact to one return. `NotFound`, `NotYet`; `IllegalMove` when the fact is impossible."""
    tell(await uow.returns.get(return_id), at)
