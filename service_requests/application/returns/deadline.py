"""What the passing of a deadline asks for (D06, R2.1)."""

from datetime import datetime

from service_requests.application.ports import UnitOfWork


async def fall_due(uow: UnitOfWork, return_id: str, *, at: datetime) -> None:
    """Do what the passing of a deadline asks for; nothing when somebody was faster."""
    (await uow.returns.get(return_id)).fall_due(at=at)
