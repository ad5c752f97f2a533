"""Every check of the service norms for a single reply, in the order of the report.

D is deterministic, S is a signal for a person. A gate holds a reply back until it is corrected. Only rows of the norms
that say "gate", "blocks" or "cannot be sent" are gates, and a signal never is. Q2, which counts samples of many
replies, is not here.
"""

from typing import Final

from service_notifications.domain.care.reply_check.analysed_reply import AnalysedReply
from service_notifications.domain.care.reply_check.checks import (
    active_listening,
    clarity,
    closing,
    complaint,
    de_escalation,
    decision_notice,
    honesty,
    opening,
    privacy,
    respect,
    timing,
)
from service_notifications.domain.care.reply_check.finding import Check, FindingKind
from shared.kernel.errors import Said

D: Final = FindingKind.DETERMINISTIC
S: Final = FindingKind.SIGNAL


def is_first(reply: AnalysedReply) -> bool:
    """Whether no agent has written before."""
    return reply.is_first


CHECKS: Final[tuple[Check, ...]] = (
    Check(id="G1", clause="N3.1", kind=D, rule=Said("The form of address on file, never a guess", "使用登记的称谓，不猜性别"), judge=opening.address),
    Check(id="G2", clause="N3.1", kind=D, rule=Said("Greeting and name at once", "开头问候并自报身份"), judge=opening.greeting, applies=is_first),
    Check(id="G3", clause="N3.1", kind=D, rule=Said("Polite throughout", "全程使用“您”，不用随意用语"), judge=opening.register),
    Check(id="L1", clause="N3.2", kind=D, rule=Said("Restates the issue", "复述诉求"), judge=active_listening.restates),
    Check(id="L2", clause="N3.2", kind=D, rule=Said("Lets the customer speak", "不打断，一次最多3问"), judge=active_listening.lets_speak),
    Check(id="L3", clause="N3.2", kind=D, rule=Said("Understanding before the solution", "先共情，后方案"), judge=active_listening.understands_first),
    Check(id="L4", clause="N3.2", kind=D, rule=Said("Understanding is not repeated by rote", "同一共情句最多2次"), judge=active_listening.does_not_repeat),
    Check(id="L5", clause="R1.3", kind=D, rule=Said("Four facts before the review", "审核前四要素齐全"), judge=active_listening.four_facts, applies=active_listening.is_for_review),
    Check(id="E1", clause="N3.3", kind=D, rule=Said("No unexplained jargon", "术语须解释"), judge=clarity.jargon),
    Check(id="E2", clause="N3.3", kind=D, rule=Said("Short sentences", "句子和段落简短"), judge=clarity.short),
    Check(id="E3", clause="N3.3", kind=D, rule=Said("Exact times", "时间明确"), judge=clarity.exact_times),
    Check(id="E4", clause="N3.3", kind=D, rule=Said("Amounts as in the ledger", "金额与台账一致"), judge=clarity.amounts, gate=True),
    Check(id="E5", clause="N3.3", kind=D, rule=Said("Numbered steps", "编号步骤"), judge=clarity.steps),
    Check(id="E6", clause="R2.3", kind=D, rule=Said("Six facts of an approval", "通过信六要素"), judge=decision_notice.approval_facts, gate=True),
    Check(id="E7", clause="R2.5", kind=D, rule=Said("Reason, clause, evidence, alternative, appeal", "拒绝信四要素和申诉期限"), judge=decision_notice.refusal, gate=True, applies=decision_notice.is_refusal),
    Check(id="E8", clause="N2", kind=D, rule=Said("The order's own policy", "引用订单适用的政策版本"), judge=decision_notice.own_policy),
    Check(id="R1", clause="N1", kind=D, rule=Said("No blame", "不责备客户"), judge=respect.no_blame),
    Check(id="R2", clause="N1", kind=S, rule=Said("No argument", "不与客户争辩"), judge=respect.no_argument),
    Check(id="R3", clause="N3.4", kind=D, rule=Said("The customer's choice stands", "尊重客户的决定"), judge=respect.choice_stands),
    Check(id="R4", clause="N3.4", kind=D, rule=Said("The same rights for all", "不歧视"), judge=respect.same_for_all),
    Check(id="H1", clause="N3.4", kind=D, rule=Said("Promises are in the ledger", "承诺须落账"), judge=honesty.promises_are_logged, gate=True),
    Check(id="H2", clause="N3.4", kind=D, rule=Said("Nothing is promised lightly", "不轻易许诺"), judge=honesty.within_reach),
    Check(id="H3", clause="N3.4", kind=D, rule=Said("Told before a promise breaks", "违诺先说"), judge=honesty.told_before_broken),
    Check(id="H4", clause="N3.4", kind=D, rule=Said('"Refunded" only when paid', "未到账不说已退款"), judge=honesty.refunded_only_when_paid, gate=True),
    Check(id="H5", clause="N3.4", kind=D, rule=Said("Apology where it fits", "抱歉适用"), judge=honesty.apology_fits),
    Check(id="C1", clause="N3.5", kind=D, rule=Said("Calm first", "先安抚"), judge=de_escalation.calm_first),
    Check(id="C2", clause="N3.5", kind=D, rule=Said("A next step in every reply", "每条答复有下一步"), judge=de_escalation.has_next_step),
    Check(id="C3", clause="N3.5", kind=S, rule=Said("Facts, not fault-finding", "不追责"), judge=de_escalation.no_fault_finding),
    Check(id="C4", clause="N4", kind=D, rule=Said("Safety first", "安全信号走专门流程"), judge=de_escalation.safety_first),
    Check(id="X1", clause="N3.6", kind=D, rule=Said("Polite end", "礼貌结束"), judge=closing.polite_end, applies=closing.is_closing),
    Check(id="X2", clause="N3.6", kind=D, rule=Said("Anything else, once", "确认再无需求"), judge=closing.anything_else, applies=closing.is_closing),
    Check(id="X3", clause="N3.6", kind=D, rule=Said("No one-sided end", "单方不关闭"), judge=closing.can_be_reopened, applies=closing.is_closing),
    Check(id="T1", clause="R2.1", kind=D, rule=Said("In time", "承诺时限"), judge=timing.in_time),
    Check(id="T2", clause="R3.3", kind=D, rule=Said("Never silent", "不沉默"), judge=timing.never_silent),
    Check(id="T3", clause="R3.3", kind=D, rule=Said("Delays are told before", "延误主动告知"), judge=timing.delay_told_before),
    Check(id="K1", clause="N4", kind=D, rule=Said("Complaint acknowledged", "投诉受理"), judge=complaint.acknowledged, applies=complaint.is_complaint_receipt),
    Check(id="K2", clause="N4", kind=D, rule=Said("Complaint assessed", "投诉初评"), judge=complaint.assessed, applies=complaint.is_assessed_by_now),
    Check(id="K3", clause="N4", kind=D, rule=Said("Reasons and outside remedies", "决定与外部途径"), judge=complaint.decided, applies=complaint.is_complaint_decision),
    Check(id="K4", clause="N4", kind=D, rule=Said("Complaint closed properly", "投诉关闭"), judge=complaint.closed, applies=complaint.closes_complaint),
    Check(id="P1", clause="N3.4", kind=D, rule=Said("No secrets", "隐私"), judge=privacy.no_secrets, gate=True),
    Check(id="P2", clause="R1.2", kind=D, rule=Said("No more proof than needed", "证据最小化"), judge=privacy.least_proof),
    Check(id="P3", clause="R2.5", kind=D, rule=Said("Notices that last", "法定通知可留存"), judge=privacy.durable_channel, applies=privacy.is_statutory),
    Check(id="Q1", clause="N2", kind=D, rule=Said("Certified to decide", "认证范围内决定"), judge=privacy.certified, applies=privacy.is_decision),
    Check(id="Q3", clause="R5.2", kind=D, rule=Said("One survey, after the end", "结案后一次评价邀请"), judge=closing.survey_in_its_time),
)  # fmt: skip
"""The table of service norms 6.2, row by row."""
