"""What can be open in a return, with the one sentence for the customer, who acts, and by when (R08, E01).

`next` of a return, and its list `open`, are made from this table. A matter that is open always has a deadline, and a
clock does something when the deadline passes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from service_requests.domain.returns.progress.service_norms import Norm
from shared.kernel.errors import Said

Side = Literal["customer", "agent", "warehouse", "finance"]


class Matter(StrEnum):
    """One thing that somebody still has to do, the most urgent kinds first."""

    DECIDE = "decide"
    JUDGE = "judge"
    SHIP = "ship"
    ARRIVE = "arrive"
    INSPECT = "inspect"
    CALCULATE = "calculate"
    REFUND_FAILED = "refund_failed"
    REFUND_DOUBTED = "refund_doubted"
    PAY = "pay"
    NOT_TOLD = "not_told"
    TELL = "tell"
    REMAINDER = "remainder"
    ANSWER = "answer"
    STRAY = "stray"
    NOTHING = "nothing"
    """The matter has its end."""


class DeadlineName(StrEnum):
    """The name under which a broken deadline is recorded."""

    DECIDE = "decide"
    SHIP = "ship"
    ARRIVE = "arrive"
    INSPECT = "inspect"
    JUDGE = "judge"
    CALCULATE = "calculate"
    PAY = "pay"
    TELL = "tell"
    ANSWER = "answer"
    STRAY = "stray"


@dataclass(frozen=True, slots=True, kw_only=True)
class NextAct:
    """What is next in a matter: the sentence for the customer, who acts, and where the deadline comes from.

    `norm` is the service norm that sets the deadline; None where the law, the policy or the warehouse sets it.
    """

    what: Said
    who: Side
    promise: DeadlineName
    until: Said
    norm: Norm | None = None


LAW_OF_REFUNDS: Final = Said("the day of the law or of the policy (`pay_by`)", "法律或政策规定的日期（`pay_by`）")

NEXT: Final[Mapping[Matter, NextAct]] = {
    Matter.DECIDE: NextAct(
        what=Said("We look at your request.", "我们正在审核您的申请。"),
        who="agent",
        promise=DeadlineName.DECIDE,
        until=Said("the promised working time of the policy", "政策承诺的工作时间"),
    ),
    Matter.JUDGE: NextAct(
        what=Said(
            "Something differed at inspection; a person talks it through with you.", "验货发现异常，客服将与您沟通。"
        ),
        who="agent",
        promise=DeadlineName.JUDGE,
        until=Said("`REQUESTS_JUDGE_DAYS` working days after the inspection", "验货后 `REQUESTS_JUDGE_DAYS` 个工作日"),
        norm=Norm.JUDGE,
    ),
    Matter.SHIP: NextAct(
        what=Said(
            "Pack the goods, write the return number on the parcel and send it.", "请包装商品，注明退货编号并寄出。"
        ),
        who="customer",
        promise=DeadlineName.SHIP,
        until=Said("the last day for sending (`ship_by`)", "最晚寄出日（`ship_by`）"),
    ),
    Matter.ARRIVE: NextAct(
        what=Said("The carrier brings the parcel to our warehouse.", "承运商正在将包裹送往仓库。"),
        who="warehouse",
        promise=DeadlineName.ARRIVE,
        until=Said("`REQUESTS_TRANSIT_DAYS` days after the parcel was announced", "登记后 `REQUESTS_TRANSIT_DAYS` 天"),
        norm=Norm.ARRIVE,
    ),
    Matter.INSPECT: NextAct(
        what=Said("The warehouse inspects the goods.", "仓库正在验货。"),
        who="warehouse",
        promise=DeadlineName.INSPECT,
        until=Said("the promise of the warehouse for this unit (`inspect_by`)", "仓库对该件的承诺（`inspect_by`）"),
        norm=Norm.INSPECT,
    ),
    Matter.CALCULATE: NextAct(
        what=Said("The refund is being calculated.", "正在核算退款。"),
        who="finance",
        promise=DeadlineName.CALCULATE,
        until=Said(
            "`REQUESTS_CALCULATE_DAYS` working days after acceptance", "接受后 `REQUESTS_CALCULATE_DAYS` 个工作日"
        ),
        norm=Norm.CALCULATE,
    ),
    Matter.REFUND_FAILED: NextAct(
        what=Said("The payment could not be made; we find another way to pay you.", "付款未成功，我们会另行安排退款。"),
        who="finance",
        promise=DeadlineName.PAY,
        until=LAW_OF_REFUNDS,
    ),
    Matter.REFUND_DOUBTED: NextAct(
        what=Said("We ask the payment provider until we know that it has paid.", "我们正在向支付机构确认付款结果。"),
        who="finance",
        promise=DeadlineName.PAY,
        until=LAW_OF_REFUNDS,
    ),
    Matter.PAY: NextAct(
        what=Said("The refund is being paid.", "正在退款。"),
        who="finance",
        promise=DeadlineName.PAY,
        until=LAW_OF_REFUNDS,
    ),
    Matter.NOT_TOLD: NextAct(
        what=Said("A message did not reach you; we try another way.", "通知未能送达，我们会换一种方式联系您。"),
        who="agent",
        promise=DeadlineName.TELL,
        until=Said("`REQUESTS_TELL_DAYS` working days after the failure", "发送失败后 `REQUESTS_TELL_DAYS` 个工作日"),
        norm=Norm.TELL,
    ),
    Matter.TELL: NextAct(
        what=Said("You get a confirmation of the refund.", "您将收到退款确认。"),
        who="agent",
        promise=DeadlineName.TELL,
        until=Said("`REQUESTS_TELL_DAYS` working days after the payment", "付款后 `REQUESTS_TELL_DAYS` 个工作日"),
        norm=Norm.TELL,
    ),
    Matter.REMAINDER: NextAct(
        what=Said(
            "A part of the refund cannot go back by the payments of this order; our finance staff settles this part.",
            "部分应退款无法经此订单的付款退回，此部分由财务人员处理。",
        ),
        who="finance",
        promise=DeadlineName.PAY,
        until=LAW_OF_REFUNDS,
    ),
    Matter.ANSWER: NextAct(
        what=Said(
            "We clear up a question about the goods that arrived, and tell you what becomes of them.",
            "我们正在核实到货商品的疑问，并会告知您处理结果。",
        ),
        who="agent",
        promise=DeadlineName.ANSWER,
        until=Said("the deadline of the discrepancy (`answer_by`)", "差异的答复期限（`answer_by`）"),
        norm=Norm.ANSWER,
    ),
    Matter.STRAY: NextAct(
        what=Said(
            "A parcel with goods that you keep may still arrive; then we ask you what is to become of them.",
            "您决定保留的商品可能仍会寄到；届时我们会询问您如何处理。",
        ),
        who="warehouse",
        promise=DeadlineName.STRAY,
        until=Said("`REQUESTS_TRANSIT_DAYS` days after the cancellation", "取消后 `REQUESTS_TRANSIT_DAYS` 天"),
        norm=Norm.ARRIVE,
    ),
}
"""For each open matter what is next. There is no other place for these sentences."""

URGENCY: Final[Mapping[Matter, int]] = {matter: place for place, matter in enumerate(Matter)}
