"""What this service owes, and the facts that the reconciler compares: one row for each kind (R04, R08)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from service_requests.adapters.tables import return_steps, returns
from service_requests.domain.returns.return_status import ReturnStatus
from shared.kernel.errors import Said
from shared.web.operators.owed import Fact, Owed, one_of

_OURS: Final = (
    ReturnStatus.IN_REVIEW,
    ReturnStatus.RECEIVED,
    ReturnStatus.AWAITING_PERSON,
    ReturnStatus.INSPECTED,
    ReturnStatus.REFUNDING,
    ReturnStatus.REFUNDED,
)
"""Statuses in which the merchant must act."""
_CUSTOMERS: Final = (ReturnStatus.APPROVED, ReturnStatus.SHIPPED)
"""Statuses in which the customer or a carrier must act."""

OWED: Final[Sequence[Owed]] = (
    Owed(
        kind="return_overdue",
        says=Said("{n} return(s) are later than promised", "{n} 个退货申请已超过承诺时间"),
        do=Said("List them: GET /v1/returns; `next` says who acts.", "查看 GET /v1/returns；`next` 说明由谁处理。"),
        id=returns.c.id,
        since=returns.c.due_at,
        where=one_of(returns.c.status, _OURS),
        overdue=returns.c.due_at,
    ),
    Owed(
        kind="return_without_clock",
        says=Said("{n} return(s) have stood still for days, without a date", "{n} 个退货申请停滞多日且没有期限"),
        do=Said("Open each: GET /v1/returns/ID, and its timeline.", "逐一查看 GET /v1/returns/ID 及其时间线。"),
        id=returns.c.id,
        since=returns.c.updated_at,
        where=returns.c.due_at.is_(None) & one_of(returns.c.status, _OURS),
        overdue=returns.c.updated_at,
        patience=timedelta(days=3),
    ),
    Owed(
        kind="parcel_without_clock",
        says=Said(
            "{n} return(s) have waited a month for a parcel, without a date", "{n} 个退货等待包裹已满一个月且没有期限"
        ),
        do=Said("Ask the carrier or the customer, or cancel.", "请询问承运商或客户，或取消退货。"),
        id=returns.c.id,
        since=returns.c.updated_at,
        where=returns.c.due_at.is_(None) & one_of(returns.c.status, _CUSTOMERS),
        overdue=returns.c.updated_at,
        patience=timedelta(days=30),
    ),
)
"""What waits for a person."""


def _step(kind: str, *codes: str) -> Fact:
    return Fact(
        kind=kind,
        table=return_steps,
        id=return_steps.c.return_id,
        at=return_steps.c.at,
        where=one_of(return_steps.c.code, codes),
    )


FACTS: Final[Sequence[Fact]] = (
    _step("approved", "approved"),
    _step("arrived", "received", "questioned", "kept_goods_arrived", "doubted", "corrected"),
    _step("refund_opened", "refund_opened"),
    _step("refund_settled", "refund_settled"),
    _step("told", "told", "not_told"),
    Fact(
        kind="accepted",
        table=returns,
        id=returns.c.id,
        at=returns.c.updated_at,
        where=returns.c.status == ReturnStatus.INSPECTED.value,
    ),
)
"""Returns by what has happened to them."""
