"""A deadline of a return passes (D06, R2.1, R08), or is moved by an agent (Z24)."""

from datetime import date, datetime

from service_requests.application.ports import UnitOfWork
from service_requests.domain.returns.progress.matter import DeadlineName
from service_requests.domain.returns.return_ import Return
from shared.kernel.errors import Said


async def fall_due(uow: UnitOfWork, return_id: str, *, at: datetime) -> None:
    """Let the return act on its deadlines; without effect when another process was faster."""
    return_ = await uow.returns.get(return_id)
    return_.fall_due(at=at)
    if not return_.events and return_.lacks_deadlines:
        return_.state_deadlines(at=at)


async def extend(
    uow: UnitOfWork, return_id: str, promise: DeadlineName, day: date, *, reason: Said, at: datetime
) -> Return:
    """Give somebody longer, with the reason. `NotFound`, `NotPossibleNow`, `DeadlineNotLater`."""
    return_ = await uow.returns.get(return_id)
    return_.extend(promise, day, reason, at=at)
    return return_
