"""The timeline of a return: one step for each event, with the actor and a sentence in both languages (E01)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final, get_args

from service_requests.domain.returns import events as return_events
from shared.kernel.errors import Language, Said


@dataclass(frozen=True, slots=True)
class StepTemplate:
    """The text of one kind of event. `by` names the actor; None means the caller of the change."""

    code: str
    says: Said
    by: str | None = None


WAREHOUSE: Final = "service:inspection"
MONEY: Final = "service:refunds"
MESSAGES: Final = "service:notifications"
POLICY: Final = "service:policy"
DEADLINE_JOB: Final = "service:requests"

STEP_TEMPLATES: Final[Mapping[type[return_events.ReturnEvent], StepTemplate]] = {
    return_events.Requested: StepTemplate(
        "requested", Said("Return requested: {units} item(s).", "已提交退货申请：{units} 件。")
    ),
    return_events.Referred: StepTemplate(
        "referred", Said("A person looks at the request before it is decided.", "申请已转人工审核。"), POLICY
    ),
    return_events.Approved: StepTemplate(
        "approved", Said("Approved; the return number is {rma}.", "已同意退货，退货编号 {rma}。")
    ),
    return_events.Refused: StepTemplate(
        "refused",
        Said("Refused, with the reasons and what can be done instead.", "未能同意退货，已说明原因和替代方案。"),
    ),
    return_events.Cancelled: StepTemplate(
        "cancelled", Said("Cancelled; the goods stay with you.", "已取消，商品由您保留。")
    ),
    return_events.Withdrawn: StepTemplate(
        "withdrawn", Said("{units} item(s) stay with you; the others go on.", "{units} 件由您保留，其余继续办理。")
    ),
    return_events.Lapsed: StepTemplate(
        "lapsed",
        Said(
            "The time for sending has passed; {units} item(s) stay with you.",
            "寄回期限已过，{units} 件由您保留。",
        ),
        DEADLINE_JOB,
    ),
    return_events.Shipped: StepTemplate(
        "shipped",
        Said("Parcel {tracking_number} is on its way with {carrier}.", "包裹 {tracking_number} 已由 {carrier} 寄出。"),
    ),
    return_events.Received: StepTemplate(
        "received",
        Said(
            "{units} item(s) have arrived at our warehouse; the return has {expected} in all.",
            "{units} 件已到达仓库；本次退货共 {expected} 件。",
        ),
        WAREHOUSE,
    ),
    return_events.Revived: StepTemplate(
        "revived",
        Said(
            "{units} item(s) that had been given up have arrived after all; the return goes on.",
            "此前视为保留的 {units} 件已到达，退货继续办理。",
        ),
        WAREHOUSE,
    ),
    return_events.Questioned: StepTemplate(
        "questioned",
        Said(
            "{quantity} × {sku} arrived that was not announced; it is kept apart until it is cleared up.",
            "收到未登记的 {sku} × {quantity}，已单独存放待核实。",
        ),
        WAREHOUSE,
    ),
    return_events.Inspected: StepTemplate(
        "inspected",
        Said(
            "Inspected: {accepted} item(s) accepted, {failed} held for a person.",
            "验货完成：{accepted} 件通过，{failed} 件待人工处理。",
        ),
        WAREHOUSE,
    ),
    return_events.Decided: StepTemplate(
        "decided",
        Said(
            "A person has decided: {accepted} item(s) accepted, {refused} go back to you.",
            "人工已决定：{accepted} 件接受，{refused} 件退回给您。",
        ),
        WAREHOUSE,
    ),
    return_events.Corrected: StepTemplate(
        "corrected",
        Said(
            "Corrected after a check: {accepted} item(s) accepted, {held} held for a person, {waiting} to be "
            "inspected, {expected} not here.",
            "复核更正：{accepted} 件通过，{held} 件待人工处理，{waiting} 件待验货，{expected} 件未收到。",
        ),
        WAREHOUSE,
    ),
    return_events.Doubted: StepTemplate(
        "doubted",
        Said(
            "{quantity} × {sku}: {doubt}; a person checks it.",
            "{sku} × {quantity}：{doubt}，正由人工核实。",
        ),
        WAREHOUSE,
    ),
    return_events.Cleared: StepTemplate(
        "cleared",
        Said("{quantity} × {sku}: {doubt}; this is cleared up.", "{sku} × {quantity}：{doubt}，已核实完毕。"),
        WAREHOUSE,
    ),
    return_events.RefundStopped: StepTemplate(
        "refund_stopped",
        Said(
            "The refund of {amount} was stopped before it was sent, because a fact behind it has changed.",
            "退款 {amount} 所依据的事实有变，在发出前已停止。",
        ),
        MONEY,
    ),
    return_events.RefundOpened: StepTemplate(
        "refund_opened", Said("A refund of {amount} is on its way to be paid.", "退款 {amount} 正在办理。"), MONEY
    ),
    return_events.RefundRemainder: StepTemplate(
        "refund_remainder",
        Said(
            "{amount} cannot go back by the payments of this order; our staff settles this part.",
            "{amount} 无法经此订单的付款退回，此部分由工作人员处理。",
        ),
        MONEY,
    ),
    return_events.RemainderClosed: StepTemplate(
        "remainder_closed",
        Said(
            "Our staff has settled the part of {amount} that could not go back by the payments of this order: {end}.",
            "无法经此订单的付款退回的 {amount} 已由工作人员处理：{end}。",
        ),
        MONEY,
    ),
    return_events.RefundDoubted: StepTemplate(
        "refund_doubted",
        Said("The payment provider has not answered yet; we keep asking.", "支付机构尚未答复，我们会持续查询。"),
        MONEY,
    ),
    return_events.RefundSettled: StepTemplate(
        "refund_settled", Said("{amount} has been refunded.", "已退款 {amount}。"), MONEY
    ),
    return_events.RefundFailed: StepTemplate(
        "refund_failed",
        Said("The payment provider could not pay; a person finds another way.", "支付机构未能付款，将由人工另行处理。"),
        MONEY,
    ),
    return_events.MessageSent: StepTemplate(
        "told", Said("You were told ({kind}, {channel}).", "已通知您（{kind}，{channel}）。"), MESSAGES
    ),
    return_events.MessageFailed: StepTemplate(
        "not_told",
        Said(
            "A message could not be delivered ({kind}, {channel}); a person takes care of it.",
            "通知未能送达（{kind}，{channel}），将由人工处理。",
        ),
        MESSAGES,
    ),
    return_events.Reminded: StepTemplate(
        "reminded",
        Said("We were reminded of a promise that falls due soon: {promise}.", "已提醒工作人员：{promise}即将到期。"),
        DEADLINE_JOB,
    ),
    return_events.Overdue: StepTemplate(
        "overdue", Said("We are later than we promised ({promise}).", "未能按承诺时间完成（{promise}）。"), DEADLINE_JOB
    ),
    return_events.Annotated: StepTemplate(
        "annotated", Said("The metadata or the reference was changed.", "元数据或外部参考号已更改。")
    ),
    return_events.Tagged: StepTemplate("tagged", Said("The tags were changed.", "标签已更改。")),
    return_events.Noted: StepTemplate("noted", Said("A note was added for colleagues.", "已添加内部备注。")),
    return_events.Closed: StepTemplate("closed", Said("Closed: {outcome}.", "已结束：{outcome}。")),
}


FOR_STAFF_ONLY: Final = frozenset({"annotated", "tagged", "noted"})
"""Codes of steps that only staff see."""

WORDS: Final[Mapping[str, Mapping[str, Said]]] = {
    "kind": {
        "return_referred": Said("a person looks at the request", "申请转人工审核"),
        "return_approved": Said("approval and how to send the goods back", "同意退货及寄回方式"),
        "return_refused": Said("refusal with reasons and alternatives", "未同意退货的原因及替代方案"),
        "return_cancelled": Said("cancellation", "取消"),
        "goods_received": Said("arrival of the goods", "商品已收到"),
        "inspection_held": Said("a person looks at the inspection", "验收结果转人工处理"),
        "inspection_decided": Said("decision after the inspection", "验收后的处理决定"),
        "refund_settled": Said("refund paid", "退款已付"),
    },
    "channel": {"email": Said("by e-mail", "电子邮件")},
    "outcome": {
        "refunded": Said("everything has been refunded", "已全部退款"),
        "partly_refunded": Said("a part has been refunded", "已部分退款"),
        "goods_back": Said("the goods go back to you", "商品退还给您"),
        "refused": Said("refused", "未同意退货"),
        "cancelled": Said("cancelled", "已取消"),
        "lapsed": Said("the time for sending has passed", "寄回期限已过"),
    },
    "doubt": {
        "looks": Said("more pieces were inspected than counted", "验货件数多于收货件数"),
        "money": Said("a result was corrected after it had been accepted", "验货通过后结果有更正"),
        "over": Said("more pieces arrived than announced", "收到件数多于登记件数"),
        "unexpected": Said("an article arrived that was not announced", "收到未登记的商品"),
        "cancelled": Said("an item arrived that was to stay with you", "收到原定由您保留的商品"),
    },
    "end": {
        "paid_otherwise": Said("paid in another way", "已用其他方式支付"),
        "not_owed": Said("not owed", "无需支付"),
    },
    "promise": {
        "decide": Said("the decision", "审核"),
        "ship": Said("the sending back", "寄回"),
        "inspect": Said("the inspection", "验收"),
        "pay": Said("the refund", "退款"),
    },
}
"""The words for codes inside sentences; a code without words stays as it is."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the timeline."""

    number: int
    code: str
    says: Said
    by: str
    at: datetime


def step_of(event: return_events.ReturnEvent, number: int, actor: str) -> Step:
    """The step of this event."""
    template = STEP_TEMPLATES[type(event)]
    facts = {part.name: getattr(event, part.name) for part in fields(event)}
    said = Said(
        template.says.to("en", **_with_words(facts, "en")), template.says.to("zh-CN", **_with_words(facts, "zh-CN"))
    )
    by = POLICY if getattr(event, "by_policy", False) else template.by or actor
    return Step(number, template.code, said, by, event.at)


def _with_words(facts: Mapping[str, Any], language: Language) -> Mapping[str, Any]:
    """The facts with codes put into words."""
    return {
        name: WORDS[name][fact].to(language) if fact in WORDS.get(name, ()) else fact for name, fact in facts.items()
    }


def event_types() -> tuple[type, ...]:
    """Every kind of event; each has a template."""
    return get_args(return_events.ReturnEvent)
