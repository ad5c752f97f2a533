"""A deadline of a return passes (D06, R2.1)."""

from datetime import datetime

from service_requests.application.ports import UnitOfWork


async def fall_due(uow: UnitOfWork, return_id: str, *, at: datetime) -> None:
    """Let the return act on its deadline; without effect when another process was faster."""
    (await uow.returns.get(return_id)).fall_due(at=at)
