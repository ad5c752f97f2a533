"""The facts that each kind of message must contain, each with its clause and the words for its absence (L06).

`missing_facts` checks both the contents of our own messages and an agent's letters before they are sent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from shared.kernel.errors import Said

MessageFacts = Mapping[str, Any]


class NoticeKind(StrEnum):
    """The kinds of messages that the standard requires."""

    REQUEST_RECEIVED = "request_received"
    RETURN_REFERRED = "return_referred"
    RETURN_APPROVED = "return_approved"
    RETURN_REFUSED = "return_refused"
    RETURN_CANCELLED = "return_cancelled"
    RETURN_LAPSED = "return_lapsed"
    UNITS_KEPT = "units_kept"
    DEADLINE_EXTENDED = "deadline_extended"
    GOODS_RECEIVED = "goods_received"
    INSPECTION_HELD = "inspection_held"
    INSPECTION_DECIDED = "inspection_decided"
    INSPECTION_CORRECTED = "inspection_corrected"
    INSPECTION_EXTENDED = "inspection_extended"
    DISCREPANCY_CLEARED = "discrepancy_cleared"
    INSPECTION_RESULT = "inspection_result"
    OFFER_MADE = "offer_made"
    REFUND_SETTLED = "refund_settled"
    REMAINDER_CLOSED = "remainder_closed"
    DELAY = "delay"
    CLOSING = "closing"
    COMPLAINT_ACKNOWLEDGED = "complaint_acknowledged"
    COMPLAINT_DECIDED = "complaint_decided"


def always_required(_: MessageFacts) -> bool:
    """The fact is required in every case."""
    return True


@dataclass(frozen=True, slots=True)
class RequiredFact:
    """One fact of a message. `clause` requires it, `what` names it for people, `when` says in which cases."""

    name: str
    clause: str
    what: Said
    when: Callable[[MessageFacts], bool] = always_required
    because: Said | None = None
    """The cases in words; None when the fact is always required."""


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact that is missing, and the sentence for the writer."""

    slot: RequiredFact
    says: Said


def missing_facts(kind: NoticeKind, facts: MessageFacts) -> tuple[MissingFact, ...]:
    """The facts that a message of this kind lacks, in the order of the table; () when it may be sent."""
    return tuple(
        MissingFact(slot, missing_sentence(slot))
        for slot in REQUIRED_FACTS[kind]
        if slot.when(facts) and is_empty(facts.get(slot.name))
    )


def missing_sentence(slot: RequiredFact) -> Said:
    """The sentence that says that a fact is missing."""
    return Said(f"{slot.what.en} is missing ({slot.clause}).", f"缺少{slot.what.zh}（{slot.clause}）。")


def is_empty(value: Any) -> bool:
    """Whether no value was given. "no" and 0 are values."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, tuple | list | frozenset | dict) and not value)


def _customer_pays(facts: MessageFacts) -> bool:
    return facts.get("customer_pays") is True


def _needs_evidence(facts: MessageFacts) -> bool:
    return facts.get("on_record") is not True


def _has_alternative(facts: MessageFacts) -> bool:
    return facts.get("no_alternative") is not True


def _failed(facts: MessageFacts) -> bool:
    return facts.get("passed") is not True


def _gives_money(facts: MessageFacts) -> bool:
    return facts.get("gives_money") is True


def _pays(facts: MessageFacts) -> bool:
    return facts.get("nothing_to_pay") is not True


def _has_returned(facts: MessageFacts) -> bool:
    return facts.get("was_approved") is True


_RMA: Final = Said("The return number", "退货编号")
_ITEMS: Final = Said("What it is about", "涉及的商品")
_CONTACT: Final = Said("A way to reach us", "联系方式")

REQUIRED_FACTS: Final[Mapping[NoticeKind, tuple[RequiredFact, ...]]] = {
    NoticeKind.REQUEST_RECEIVED: (
        RequiredFact("number", "T1", Said("The number of the request", "申请编号")),
        RequiredFact("items", "L1", _ITEMS),
        RequiredFact("wish", "L5", Said("What the customer asks for", "客户诉求")),
        RequiredFact("answer_by", "T1", Said("The moment by which she is answered", "答复时限")),
    ),
    NoticeKind.RETURN_REFERRED: (
        RequiredFact("reasons", "R2.2", Said("The reason why a person looks", "转人工审核的原因")),
        RequiredFact("decide_by", "R2.1", Said("The moment by which it is decided", "审核时限")),
    ),
    NoticeKind.RETURN_APPROVED: (
        RequiredFact("rma", "R2.3", _RMA),
        RequiredFact("items", "R2.3", _ITEMS),
        RequiredFact("recipient", "R2.3", Said("The recipient of the parcel", "收件人")),
        RequiredFact("address", "R2.3", Said("The return address", "退货地址")),
        RequiredFact("contact", "R2.3", Said("The contact person", "联系人")),
        RequiredFact("phone", "R2.3", Said("The telephone number", "联系电话")),
        RequiredFact("carriers", "R2.3", Said("How to send it", "物流建议")),
        RequiredFact("customer_pays", "R2.4", Said("Who pays the freight", "运费承担方")),
        RequiredFact(
            "freight_amount",
            "R2.4",
            Said("The amount of the freight", "运费金额"),
            _customer_pays,
            Said("when the customer pays", "由客户承担时"),
        ),
        RequiredFact("ship_by", "R2.3", Said("The date to send it by", "寄回期限")),
    ),
    NoticeKind.RETURN_REFUSED: (
        RequiredFact("reasons", "E7", Said("The concrete reason", "具体原因")),
        RequiredFact("clauses", "E7", Said("The clause of policy or law", "政策或法律依据")),
        RequiredFact(
            "evidence",
            "E7",
            Said("The link to the evidence", "证据链接"),
            _needs_evidence,
            Said("unless dates and order alone decide", "仅凭日期和订单信息决定时除外"),
        ),
        RequiredFact(
            "alternatives",
            "E7",
            Said("An alternative", "替代方案"),
            _has_alternative,
            Said("unless the policy has none", "政策未提供替代方案时除外"),
        ),
        RequiredFact("object_by", "R2.5", Said("The date to object by", "申诉期限")),
    ),
    NoticeKind.RETURN_CANCELLED: (
        RequiredFact("rma", "R2.3", _RMA, _has_returned, Said("when it had been approved", "已批准时")),
    ),
    NoticeKind.RETURN_LAPSED: (RequiredFact("rma", "D06", _RMA),),
    NoticeKind.UNITS_KEPT: (
        RequiredFact("rma", "D06", _RMA),
        RequiredFact("items", "D06", Said("What stays with the customer", "由客户保留的商品")),
    ),
    NoticeKind.DEADLINE_EXTENDED: (
        RequiredFact("rma", "T3", _RMA, _has_returned, Said("when it had been approved", "已批准时")),
        RequiredFact("step", "T3", Said("What there is more time for", "延长的事项")),
        RequiredFact("day", "H3", Said("The new date", "新的时间")),
        RequiredFact("reason", "T3", Said("The reason", "原因")),
    ),
    NoticeKind.GOODS_RECEIVED: (
        RequiredFact("rma", "R4.3", _RMA),
        RequiredFact("items", "R4.3", Said("What has arrived", "已收到的商品")),
        RequiredFact("complete", "R4.3", Said("Whether everything has arrived", "是否收齐")),
        RequiredFact("inspect_by", "R4.3", Said("The moment by which it is inspected", "验收时限")),
    ),
    NoticeKind.INSPECTION_HELD: (
        RequiredFact("rma", "R4.5", _RMA),
        RequiredFact("items", "R4.5", Said("What did not pass", "未通过验收的商品")),
    ),
    NoticeKind.INSPECTION_DECIDED: (
        RequiredFact("rma", "R4.5", _RMA),
        RequiredFact("units", "R4.5", Said("What was decided about which item", "各商品的处理决定")),
    ),
    NoticeKind.INSPECTION_CORRECTED: (
        RequiredFact("rma", "H3", _RMA),
        RequiredFact("units", "H3", Said("What stands otherwise now", "发生变化的商品")),
    ),
    NoticeKind.INSPECTION_EXTENDED: (
        RequiredFact("rma", "T3", _RMA),
        RequiredFact("items", "T3", _ITEMS),
        RequiredFact("inspect_by", "H3", Said("The new date", "新的时间")),
        RequiredFact("reason", "T3", Said("The reason", "原因")),
    ),
    NoticeKind.DISCREPANCY_CLEARED: (
        RequiredFact("rma", "C2", _RMA),
        RequiredFact("items", "C2", _ITEMS),
        RequiredFact("outcome", "C2", Said("What became of the goods", "商品的处理结果")),
    ),
    NoticeKind.INSPECTION_RESULT: (
        RequiredFact("rma", "R4.3", _RMA),
        RequiredFact("items", "R4.3", Said("What was inspected", "验收的商品")),
        RequiredFact("passed", "R4.3", Said("The result", "验收结果")),
        RequiredFact(
            "findings", "R4.1", Said("What was found", "验收发现"), _failed, Said("when it did not pass", "未通过时")
        ),
        RequiredFact(
            "evidence",
            "R4.2",
            Said("Photographs or film", "照片或视频"),
            _failed,
            Said("when it did not pass", "未通过时"),
        ),
        RequiredFact("next_step", "C2", Said("The next step", "下一步")),
    ),
    NoticeKind.OFFER_MADE: (
        RequiredFact("rma", "R4.5", _RMA),
        RequiredFact("findings", "R4.5", Said("The reason for the offer", "方案原因")),
        RequiredFact("evidence", "R4.5", Said("Photographs or film", "照片或视频")),
        RequiredFact("options", "R4.5", Said("What the customer can choose", "可选方案")),
        RequiredFact(
            "amount", "E4", Said("The amount", "金额"), _gives_money, Said("when money is offered", "涉及款项时")
        ),
        RequiredFact("answer_by", "R4.5", Said("The date to answer by", "答复期限")),
        RequiredFact("without_answer", "C05", Said("What happens without an answer", "逾期未答复的处理")),
    ),
    NoticeKind.REFUND_SETTLED: (
        RequiredFact("rma", "R5.1", _RMA),
        RequiredFact("refund_id", "R5.1", Said("The reference of the refund", "退款参考号")),
        RequiredFact("amount", "R5.1", Said("The amount", "金额")),
        RequiredFact(
            "shares",
            "R5.1",
            Said("The means of payment", "退款方式"),
            _pays,
            Said("unless nothing is to be paid back", "应退金额为零时除外"),
        ),
        RequiredFact("settled_at", "R5.1", Said("The date of the refund", "退款日期")),
    ),
    NoticeKind.REMAINDER_CLOSED: (
        RequiredFact("rma", "R5.1", _RMA),
        RequiredFact("refund_id", "R5.1", Said("The reference of the refund", "退款参考号")),
        RequiredFact("amount", "R5.1", Said("The amount", "金额")),
        RequiredFact("outcome", "R5.1", Said("What became of it", "处理结果")),
    ),
    NoticeKind.DELAY: (
        RequiredFact("what", "T3", Said("What is late", "延误事项")),
        RequiredFact("promised", "H3", Said("The date that was promised", "原承诺时间")),
        RequiredFact("new_date", "H3", Said("The new date", "新的时间")),
        RequiredFact("remedy", "H3", Said("What makes up for it", "补救措施")),
        RequiredFact("contact", "X1", _CONTACT),
    ),
    NoticeKind.CLOSING: (
        RequiredFact("summary", "X1", Said("What came of it", "结果小结")),
        RequiredFact("way_back", "X1", Said("The way to open it again", "后续联系与重开方式")),
        RequiredFact("thanks", "N3.6", Said("Thanks", "致谢")),
    ),
    NoticeKind.COMPLAINT_ACKNOWLEDGED: (
        RequiredFact("complaint_number", "K1", Said("The number of the complaint", "投诉编号")),
        RequiredFact("received_at", "K1", Said("The moment it was received", "受理时间")),
        RequiredFact("wish", "K1", Said("The remedy she wants", "所求补救")),
        RequiredFact("handled_by", "K1", Said("Who handles it", "负责人")),
        RequiredFact("answer_by", "K1", Said("The date by which it is answered", "答复期限")),
    ),
    NoticeKind.COMPLAINT_DECIDED: (
        RequiredFact("complaint_number", "K3", Said("The number of the complaint", "投诉编号")),
        RequiredFact("decision", "K3", Said("The decision", "处理决定")),
        RequiredFact("reasons", "K3", Said("The reasons", "理由")),
        RequiredFact(
            "outside_remedies", "K3", Said("The ways outside (platform, 12315, ADR)", "外部途径（平台、12315、调解）")
        ),
        RequiredFact("object_by", "K3", Said("The date to object by", "申诉期限")),
    ),
}
"""Every kind and its facts, in the order in which a reader looks for them."""
