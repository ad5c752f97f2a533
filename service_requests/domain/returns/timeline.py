"""The timeline of a return: one step for each event, with the actor and a sentence in both languages (E01).

A step has words for the customer, and words for staff where staff need more. Internal facts have no words for the
customer: notes, tags, reminders. The steps are shown in the order in which things happened, not in the order in which
we learned of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cache
from string import Formatter
from typing import Any, Final, get_args

from service_requests.domain.returns import events as return_events
from service_requests.domain.returns.timeline_words import WORDS
from shared.kernel.errors import Language, Said


@dataclass(frozen=True, slots=True)
class StepTemplate:
    """The text of one kind of event. `by` names the actor; None means the caller of the change.

    `says` is for the customer, `staff` for staff where their words differ.
    """

    code: str
    says: Said
    by: str | None = None
    staff: Said | None = None


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
            "A person has decided: {accepted} item(s) accepted, {refused} go back to you.{because}",
            "人工已决定：{accepted} 件接受，{refused} 件退回给您。{because}",
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
    return_events.KeptGoodsArrived: StepTemplate(
        "kept_goods_arrived",
        Said(
            "{quantity} × {sku} arrived although this return was cancelled; a person decides what becomes of it, and "
            "you are told.",
            "退货已取消，但仍收到 {sku} × {quantity}；将由人工决定如何处理并告知您。",
        ),
        WAREHOUSE,
    ),
    return_events.NeverArrived: StepTemplate(
        "never_arrived",
        Said(
            "No parcel with the {units} item(s) that stay with you has arrived, so nothing more is expected.",
            "由您保留的 {units} 件商品未见寄到，不再等待收货。",
        ),
        DEADLINE_JOB,
    ),
    return_events.Doubted: StepTemplate(
        "doubted",
        Said("We look at a part of these goods again.", "我们正在复核其中部分商品。"),
        WAREHOUSE,
        Said("{quantity} × {sku}: {doubt}; a person checks it.", "{sku} × {quantity}：{doubt}，正由人工核实。"),
    ),
    return_events.DoubtCleared: StepTemplate(
        "doubt_cleared",
        Said("We have looked at these goods again: {became}.{because}", "复核已完成：{became}。{because}"),
        WAREHOUSE,
        Said(
            "{quantity} × {sku}: {doubt}; this is cleared up: {became}.{because}",
            "{sku} × {quantity}：{doubt}，已核实完毕：{became}。{because}",
        ),
    ),
    return_events.Cleared: StepTemplate(
        "cleared",
        Said(
            "{quantity} × {sku}: {doubt}; this is cleared up: {became}.{because}",
            "{sku} × {quantity}：{doubt}，已核实完毕：{became}。{because}",
        ),
        WAREHOUSE,
    ),
    return_events.ParcelFound: StepTemplate(
        "parcel_found",
        Said(
            "A parcel without a readable return number belongs to this return; it arrived on {arrived_on}.",
            "一个无法识别退货编号的包裹属于本次退货，到达日期 {arrived_on}。",
        ),
    ),
    return_events.InspectionExtended: StepTemplate(
        "inspection_extended",
        Said(
            "The inspection takes longer than we said, until {until}.{because}",
            "验货时间需要延长至 {until}。{because}",
        ),
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
    return_events.RefundReopened: StepTemplate(
        "refund_reopened", Said("The refund of {amount} is tried again.", "正在重新办理退款 {amount}。"), MONEY
    ),
    return_events.RefundClosed: StepTemplate(
        "refund_closed",
        Said(
            "{amount} of the refund is not paid, because {because}. If you do not agree, write to us.",
            "退款中的 {amount} 不再支付：{because}。如有异议，请与我们联系。",
        ),
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
    return_events.MessageDropped: StepTemplate(
        "message_dropped",
        Said(
            "A message is not sent any more ({kind}): {dropped}.",
            "通知不再发送（{kind}）：{dropped}。",
        ),
        MESSAGES,
    ),
    return_events.Reminded: StepTemplate(
        "reminded",
        Said("We were reminded of a promise that falls due soon: {promise}.", "已提醒工作人员：{promise}即将到期。"),
        DEADLINE_JOB,
    ),
    return_events.Overdue: StepTemplate(
        "overdue",
        Said("This takes longer than it should: {promise}.", "未能按时完成：{promise}。"),
        DEADLINE_JOB,
        Said(
            "Overdue since {ended_at}: {promise}. Somebody has to take care of it.",
            "自 {ended_at} 起逾期：{promise}，须有人处理。",
        ),
    ),
    return_events.DeadlineExtended: StepTemplate(
        "deadline_extended",
        Said("More time until the end of {day}: {promise}.{because}", "期限延长至 {day}：{promise}。{because}"),
    ),
    return_events.DeadlinesStated: StepTemplate(
        "deadlines_stated",
        Said("The open steps have deadlines from now on.", "未结步骤现已设定期限。"),
        DEADLINE_JOB,
    ),
    return_events.Annotated: StepTemplate(
        "annotated", Said("The metadata or the reference was changed.", "元数据或外部参考号已更改。")
    ),
    return_events.Tagged: StepTemplate("tagged", Said("The tags were changed.", "标签已更改。")),
    return_events.Noted: StepTemplate("noted", Said("A note was added for colleagues.", "已添加内部备注。")),
    return_events.Closed: StepTemplate("closed", Said("Closed: {outcome}.", "已结束：{outcome}。")),
}


FOR_STAFF_ONLY: Final = frozenset({"annotated", "tagged", "noted", "reminded", "deadlines_stated", "message_dropped"})
"""Codes of steps that only staff see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the timeline."""

    number: int
    code: str
    says: Said
    by: str
    at: datetime
    staff: Said | None = None
    """The words for staff, where they differ."""


def in_order(steps: Iterable[Step]) -> Sequence[Step]:
    """The steps in the order in which things happened; of the same moment, the one that we learned of first."""
    return sorted(steps, key=lambda step: (step.at, step.number))


def step_of(event: return_events.ReturnEvent, number: int, actor: str) -> Step:
    """The step of this event."""
    template = STEP_TEMPLATES[type(event)]
    facts = {part.name: getattr(event, part.name) for part in fields(event)}
    by = POLICY if getattr(event, "by_policy", False) else template.by or actor
    staff = None if template.staff is None else _filled(template.staff, facts)
    return Step(number=number, code=template.code, says=_filled(template.says, facts), by=by, at=event.at, staff=staff)


@cache
def _names(said: Said) -> frozenset[str]:
    """The facts that the sentence names, in either language."""
    return frozenset(name for text in said for _, name, _, _ in Formatter().parse(text) if name)


def _filled(said: Said, facts: Mapping[str, Any]) -> Said:
    facts = {name: facts[name] for name in _names(said)}
    return Said(said.to("en", **_with_words(facts, "en")), said.to("zh-CN", **_with_words(facts, "zh-CN")))


BECAUSE: Final = Said(' Reason: "{reason}".', "原因：“{reason}”。")
"""What a person has written for the customer, at the end of a sentence."""


def _with_words(facts: Mapping[str, Any], language: Language) -> Mapping[str, Any]:
    """The facts with codes put into words, and the reason of a person, where there is one, as a sentence."""
    words = {
        name: WORDS[name][fact].to(language) if fact in WORDS.get(name, ()) else fact for name, fact in facts.items()
    }
    for name, fact in facts.items():
        if isinstance(fact, datetime):
            words[name] = f"{fact.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if reason := words.get("because"):
        words["because"] = BECAUSE.to(language, reason=reason)
    return words


def event_types() -> tuple[type, ...]:
    """Every kind of event; each has a template."""
    return get_args(return_events.ReturnEvent)
