"""Every check of the service norms that a single reply can be judged by, in the order in which they are told.

D is deterministic, S a signal for a person. A gate holds a reply back until it is mended; only rows of the norms that
say "gate", "blocks" or "cannot be sent" are gates, and never a signal. Q2, which counts samples of many replies, is not here.
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
    Check("G1", "N3.1", D, Said("The form of address on file, never a guess", "使用登记的称谓，不猜性别"), opening.address),
    Check("G2", "N3.1", D, Said("Greeting and name at once", "开头问候并自报身份"), opening.greeting, applies=is_first),
    Check("G3", "N3.1", D, Said("Polite throughout", "全程使用“您”，不用随意用语"), opening.register),
    Check("L1", "N3.2", D, Said("Restates the issue", "复述诉求"), active_listening.restates),
    Check("L2", "N3.2", D, Said("Lets the customer speak", "不打断，一次最多3问"), active_listening.lets_speak),
    Check("L3", "N3.2", D, Said("Understanding before the solution", "先共情，后方案"), active_listening.understands_first),
    Check("L4", "N3.2", D, Said("Understanding is not repeated by rote", "同一共情句最多2次"), active_listening.does_not_repeat),
    Check("L5", "R1.3", D, Said("Four facts before the review", "审核前四要素齐全"), active_listening.four_facts, applies=active_listening.is_for_review),
    Check("E1", "N3.3", D, Said("No unexplained jargon", "术语须解释"), clarity.jargon),
    Check("E2", "N3.3", D, Said("Short sentences", "句子和段落简短"), clarity.short),
    Check("E3", "N3.3", D, Said("Exact times", "时间明确"), clarity.exact_times),
    Check("E4", "N3.3", D, Said("Amounts as in the ledger", "金额与台账一致"), clarity.amounts, gate=True),
    Check("E5", "N3.3", D, Said("Numbered steps", "编号步骤"), clarity.steps),
    Check("E6", "R2.3", D, Said("Six facts of an approval", "通过信六要素"), decision_notice.approval_facts, gate=True),
    Check("E7", "R2.5", D, Said("Reason, clause, evidence, alternative, appeal", "拒绝信四要素和申诉期限"), decision_notice.refusal, gate=True, applies=decision_notice.is_refusal),
    Check("E8", "N2", D, Said("The order's own policy", "引用订单适用的政策版本"), decision_notice.own_policy),
    Check("R1", "N1", D, Said("No blame", "不责备客户"), respect.no_blame),
    Check("R2", "N1", S, Said("No argument", "不与客户争辩"), respect.no_argument),
    Check("R3", "N3.4", D, Said("The customer's choice stands", "尊重客户的决定"), respect.choice_stands),
    Check("R4", "N3.4", D, Said("The same rights for all", "不歧视"), respect.same_for_all),
    Check("H1", "N3.4", D, Said("Promises are in the ledger", "承诺须落账"), honesty.promises_are_logged, gate=True),
    Check("H2", "N3.4", D, Said("Nothing is promised lightly", "不轻易许诺"), honesty.within_reach),
    Check("H3", "N3.4", D, Said("Told before a promise breaks", "违诺先说"), honesty.told_before_broken),
    Check("H4", "N3.4", D, Said('"Refunded" only when paid', "未到账不说已退款"), honesty.refunded_only_when_paid, gate=True),
    Check("H5", "N3.4", D, Said("Apology where it fits", "抱歉适用"), honesty.apology_fits),
    Check("C1", "N3.5", D, Said("Calm first", "先安抚"), de_escalation.calm_first),
    Check("C2", "N3.5", D, Said("A next step in every reply", "每条答复有下一步"), de_escalation.has_next_step),
    Check("C3", "N3.5", S, Said("Facts, not fault-finding", "不追责"), de_escalation.no_fault_finding),
    Check("C4", "N4", D, Said("Safety first", "安全信号走专门流程"), de_escalation.safety_first),
    Check("X1", "N3.6", D, Said("Polite end", "礼貌结束"), closing.polite_end, applies=closing.is_closing),
    Check("X2", "N3.6", D, Said("Anything else, once", "确认再无需求"), closing.anything_else, applies=closing.is_closing),
    Check("X3", "N3.6", D, Said("No one-sided end", "单方不关闭"), closing.can_be_reopened, applies=closing.is_closing),
    Check("T1", "R2.1", D, Said("In time", "承诺时限"), timing.in_time),
    Check("T2", "R3.3", D, Said("Never silent", "不沉默"), timing.never_silent),
    Check("T3", "R3.3", D, Said("Delays are told before", "延误主动告知"), timing.delay_told_before),
    Check("K1", "N4", D, Said("Complaint acknowledged", "投诉受理"), complaint.acknowledged, applies=complaint.is_complaint_receipt),
    Check("K2", "N4", D, Said("Complaint assessed", "投诉初评"), complaint.assessed, applies=complaint.is_assessed_by_now),
    Check("K3", "N4", D, Said("Reasons and outside remedies", "决定与外部途径"), complaint.decided, applies=complaint.is_complaint_decision),
    Check("K4", "N4", D, Said("Complaint closed properly", "投诉关闭"), complaint.closed, applies=complaint.closes_complaint),
    Check("P1", "N3.4", D, Said("No secrets", "隐私"), privacy.no_secrets, gate=True),
    Check("P2", "R1.2", D, Said("No more proof than needed", "证据最小化"), privacy.least_proof),
    Check("P3", "R2.5", D, Said("Notices that last", "法定通知可留存"), privacy.durable_channel, applies=privacy.is_statutory),
    Check("Q1", "N2", D, Said("Certified to decide", "认证范围内决定"), privacy.certified, applies=privacy.is_decision),
    Check("Q3", "R5.2", D, Said("One survey, after the end", "结案后一次评价邀请"), closing.survey_in_its_time),
)  # fmt: skip
"""The table of service norms 6.2, row by row."""
