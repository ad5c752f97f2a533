"""Goods that have waited longer than was promised are noticed, once a deadline (R4.3, G06)."""

from datetime import datetime

from service_inspection.application.ports import UnitOfWork


async def notice_overdue(uow: UnitOfWork, return_id: str, at: datetime) -> bool:
    """Whether this inspection is overdue and nobody had noticed."""
    inspection = await uow.benches.get(return_id)
    return inspection.notice_overdue(at)
