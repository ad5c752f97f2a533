"""Goods whose inspection is overdue are noticed once for each deadline (R4.3, G06)."""

from datetime import datetime

from service_inspection.application.ports import UnitOfWork


async def notice_overdue(uow: UnitOfWork, return_id: str, at: datetime) -> bool:
    """Notice that this inspection is overdue. Whether that was not noticed before."""
    inspection = await uow.inspections.get(return_id)
    return inspection.notice_overdue(at)
