"""What the other services have done to the goods, the money and the words, told to the return."""

from collections.abc import Callable
from datetime import datetime

from service_requests.application.ports import UnitOfWork
from service_requests.domain.returns.return_ import Return

ApplyFact = Callable[[Return, datetime], None]


async def follow(uow: UnitOfWork, return_id: str, tell: ApplyFact, *, at: datetime) -> None:
    """Tell one fact to one return. `NotFound`, `NotYet`, `IllegalMove` when the fact cannot be."""
    tell(await uow.returns.get(return_id), at)
