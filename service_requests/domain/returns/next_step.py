"""The next step of an open return, who takes the step, and by when (R2.1, E01)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from service_requests.domain.returns.return_ import Return
from service_requests.domain.returns.return_status import RefundState, ReturnStatus
from shared.kernel.errors import Said

Side = Literal["customer", "agent", "warehouse", "finance"]


@dataclass(frozen=True, slots=True)
class NextStep:
    """The next step; `by` is the end of the running promise, `day` the last day of a promise that is a day."""

    what: Said
    who: Side
    by: datetime | None
    day: date | None = None


CUSTOMER: Final = "customer"
AGENT: Final = "agent"
WAREHOUSE: Final = "warehouse"
FINANCE: Final = "finance"

STEPS: Final[Mapping[str, tuple[Said, Side]]] = {
    ReturnStatus.IN_REVIEW: (Said("We look at your request.", "我们正在审核您的申请。"), AGENT),
    ReturnStatus.APPROVED: (
        Said("Pack the goods, write the return number on the parcel and send it.", "请包装商品，注明退货编号并寄出。"),
        CUSTOMER,
    ),
    ReturnStatus.SHIPPED: (
        Said("The carrier brings the parcel to our warehouse.", "承运商正在将包裹送往仓库。"),
        WAREHOUSE,
    ),
    ReturnStatus.RECEIVED: (Said("The warehouse inspects the goods.", "仓库正在验货。"), WAREHOUSE),
    ReturnStatus.AWAITING_PERSON: (
        Said("Something differed at inspection; a person talks it through with you.", "验货发现异常，客服将与您沟通。"),
        AGENT,
    ),
    ReturnStatus.INSPECTED: (Said("The refund is being calculated.", "正在核算退款。"), FINANCE),
    ReturnStatus.REFUNDING: (Said("The refund is being paid.", "正在退款。"), FINANCE),
    ReturnStatus.REFUNDED: (Said("You get a confirmation of the refund.", "您将收到退款确认。"), AGENT),
    "refund_doubted": (
        Said("We ask the payment provider until we know that it has paid.", "我们正在向支付机构确认付款结果。"),
        FINANCE,
    ),
    "refund_failed": (
        Said("The payment could not be made; we find another way to pay you.", "付款未成功，我们会另行安排退款。"),
        FINANCE,
    ),
    "remainder": (
        Said(
            "A part of the refund cannot go back by the payments of this order; our finance staff settles this part.",
            "部分应退款无法经此订单的付款退回，此部分由财务人员处理。",
        ),
        FINANCE,
    ),
    "not_told": (
        Said("A message did not reach you; we try another way.", "通知未能送达，我们会换一种方式联系您。"),
        AGENT,
    ),
}
"""By status, and by urgent situations inside a status."""

URGENT: Final[Mapping[RefundState, str]] = {
    RefundState.FAILED: "refund_failed",
    RefundState.DOUBTED: "refund_doubted",
}


def next_step(of: Return) -> NextStep | None:
    """The next step of the return; None when the return has ended."""
    if of.ending is not None:
        return None
    what, who = STEPS[_situation(of)]
    deadline = of.deadline
    return NextStep(what, who, *(deadline.ends_at, of.due_day) if deadline is not None else (None, None))


def _situation(of: Return) -> str:
    status = of.status
    if status is ReturnStatus.REFUNDING:
        states = {refund.state for unit in of.units if (refund := of.refunds.of_unit(unit.id)) is not None}
        nothing_to_pay = not any(refund.amount_minor for refund in of.refunds.known if not refund.finished)
        waits = "remainder" if nothing_to_pay and _has_open_remainder(of) else status
        return next((word for state, word in URGENT.items() if state in states), waits)
    if status is ReturnStatus.REFUNDED:
        return _situation_of_refunded(of)
    return status


def _situation_of_refunded(of: Return) -> str:
    """All units are paid: is a refund without units under way, a message missing, or a remainder open?"""
    states = {refund.state for refund in of.refunds.of_no_unit}
    for state, word in (*URGENT.items(), (RefundState.OPENED, ReturnStatus.REFUNDING)):
        if state in states:
            return word
    if of.refunds.untold:
        return "not_told"
    told = all(refund.told_at is not None for refund in of.refunds.known if refund.state is RefundState.SETTLED)
    return "remainder" if told and _has_open_remainder(of) else ReturnStatus.REFUNDED


def _has_open_remainder(of: Return) -> bool:
    return any(refund.open_remainder for refund in of.refunds.known)
