"""Checks that complaints are received, assessed, decided and closed as ISO 10002 asks (K1 to K4, K09)."""

from service_notifications.domain.care.reply_check.analysed_reply import AnalysedReply
from service_notifications.domain.care.reply_check.finding import CheckResults, UnknownFact, Violation
from service_notifications.domain.care.reply_check.phrases.closing import BECAUSE, ELSEWHERE
from service_notifications.domain.care.reply_check.reply_case import ComplaintFacts, Purpose
from shared.kernel.errors import Said

ASSESSED: tuple[tuple[str, Said], ...] = (
    ("severity", Said("severity", "严重度")),
    ("safety", Said("safety", "安全")),
    ("complexity", Said("complexity", "复杂度")),
    ("impact", Said("impact", "影响")),
    ("immediate", Said("need for action at once", "是否须即办")),
)


def is_complaint_receipt(reply: AnalysedReply) -> bool:
    """Whether the reply acknowledges a complaint."""
    return reply.purpose(Purpose.COMPLAINT_RECEIPT)


def is_complaint_decision(reply: AnalysedReply) -> bool:
    """Whether the reply decides a complaint."""
    return reply.purpose(Purpose.COMPLAINT_DECISION)


def is_assessed_by_now(reply: AnalysedReply) -> bool:
    """Whether the complaint is past its receipt, so that the first assessment has happened."""
    return reply.facts.complaint is not None and not is_complaint_receipt(reply)


def closes_complaint(reply: AnalysedReply) -> bool:
    """Whether the reply closes a complaint."""
    return reply.facts.complaint is not None and reply.purpose(Purpose.CLOSING)


def _complaint(reply: AnalysedReply) -> ComplaintFacts:
    return reply.facts.complaint or ComplaintFacts()


def acknowledged(reply: AnalysedReply) -> CheckResults:
    """K1: the receipt carries the number, and the wanted remedy is on record (7.2 to 7.4)."""
    complaint = _complaint(reply)
    if complaint.number is None:
        yield UnknownFact("complaint.number")
    elif not reply.states(complaint.number):
        yield Violation(
            says=Said("the number of the complaint is missing", "缺少投诉编号"),
            better=Said(complaint.number, complaint.number),
        )
    if not complaint.remedy_wanted:
        yield Violation(
            says=Said("the remedy the customer wants is not on record", "未记录客户要求的补救"),
            better=Said("ask what would put it right", "询问客户希望如何解决"),
        )


def assessed(reply: AnalysedReply) -> CheckResults:
    """K2: every field of the first assessment is filled (7.5)."""
    assessment = _complaint(reply).assessment
    for name, what in ASSESSED:
        if getattr(assessment, name) is None:
            yield Violation(
                says=Said(f"the first assessment lacks {what.en}", f"初评缺少：{what.zh}"),
                better=Said("fill it in before answering", "先补全再答复"),
            )


def decided(reply: AnalysedReply) -> CheckResults:
    """K3: the decision gives reasons and names where else the customer can turn."""
    if not reply.hits(BECAUSE):
        yield Violation(
            says=Said("the decision does not say why", "决定缺少理由"), better=Said("… because …", "由于……，我们决定……")
        )
    if not reply.has(ELSEWHERE):
        yield Violation(
            says=Said("the decision does not say where else to turn", "决定未告知外部途径"),
            better=Said("You may also turn to the ombudsman.", "您也可以申请平台介入或拨打12315。"),
        )


def closed(reply: AnalysedReply) -> CheckResults:
    """K4: a complaint closes when the customer accepts or every step is exhausted, and the improvement is recorded."""
    complaint = _complaint(reply)
    if not (complaint.accepted or complaint.exhausted):
        yield Violation(
            says=Said("the customer has not accepted, and there are ways left", "客户未接受，且尚有途径未用尽"),
            better=Said("keep it open", "暂不关闭"),
        )
    if not complaint.improvement:
        yield Violation(
            says=Said("what is improved is not noted", "未记录改进措施"), better=Said("note it", "补充改进记录")
        )
