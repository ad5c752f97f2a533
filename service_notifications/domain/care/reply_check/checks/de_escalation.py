"""Checks that the reply answers feelings before the problem and blames nobody (C1 to C4, N3.5, K06)."""

from service_notifications.domain.care.reply_check.analysed_reply import AnalysedReply
from service_notifications.domain.care.reply_check.finding import (
    NOWHERE,
    CheckResults,
    UnknownFact,
    Violation,
)
from service_notifications.domain.care.reply_check.phrases.closing import NEXT_STEP, SURVEY
from service_notifications.domain.care.reply_check.phrases.empathy import EMPATHY, SOLUTION, SPEAK_TO
from service_notifications.domain.care.reply_check.phrases.respect import FAULT_FINDING
from service_notifications.domain.care.reply_check.reply_case import Feeling, Purpose
from shared.kernel.errors import Said


def calm_first(reply: AnalysedReply) -> CheckResults:
    """C1: after anger a calming sentence and the offer of a supervisor or a call, then the solution."""
    if reply.case.signals is None:
        yield UnknownFact("signals")
        return
    if not reply.has_feeling(Feeling.ANGER):
        return
    calm = reply.counting(EMPATHY)
    solution = [hit for hit in reply.hits(SOLUTION) if not hit.quoted]
    if solution and calm and solution[0].start < calm[0].start:
        yield Violation(
            says=Said("the solution stands before the calming sentence", "方案出现在安抚之前"),
            better=Said("I hear how angry this makes you.", "我理解您很生气。"),
            start=solution[0].start,
            end=solution[0].end,
        )
    if not reply.has(SPEAK_TO):
        yield Violation(
            says=Said("the customer is angry and is offered nobody to speak to", "客户愤怒，未提供主管或回电"),
            better=Said("If you like, my supervisor can call you.", "需要的话，我可以请主管给您回电。"),
        )


def has_next_step(reply: AnalysedReply) -> CheckResults:
    """C2: every reply contains a next step or an option."""
    if reply.purpose(Purpose.CLOSING, Purpose.SURVEY) or reply.has(NEXT_STEP):
        return
    if not reply.questions:
        yield Violation(
            says=Said("no next step and no option", "没有下一步或选项"),
            better=Said("I will … by …; you can …", "我会在……前……；您可以……"),
        )


def no_fault_finding(reply: AnalysedReply) -> CheckResults:
    """C3: facts only; no colleague, department or partner is blamed."""
    for hit in reply.counting(FAULT_FINDING):
        yield Violation(
            says=Said("this looks for somebody to blame", "在追究他人责任"),
            better=Said("say what happened and what you will do", "只陈述事实和处理办法"),
            start=hit.start,
            end=hit.end,
        )


def safety_first(reply: AnalysedReply) -> CheckResults:
    """C4: threat, self-harm or danger open the safety flow; templates and surveys stop."""
    if reply.case.signals is None:
        yield UnknownFact("signals")
        return
    if not reply.ever_has_feeling(Feeling.SAFETY):
        return
    if not reply.facts.safety_flow_open:
        yield Violation(
            says=Said("safety words were heard, and the safety flow is not open", "出现安全信号，尚未启动专门流程"),
            better=Said("open the safety flow and tell a supervisor", "启动安全流程并通知主管"),
        )
    if reply.draft.from_template:
        yield Violation(
            says=Said("no templates after safety words", "出现安全信号后不得使用模板"),
            better=Said("write it yourself, with a supervisor", "与主管一起亲自撰写"),
        )
    survey = reply.counting(SURVEY)
    if survey or reply.purpose(Purpose.SURVEY):
        start, end = (survey[0].start, survey[0].end) if survey else NOWHERE
        yield Violation(
            says=Said("no survey after safety words", "出现安全信号后不得发送调查"),
            better=Said("leave it out", "删去"),
            start=start,
            end=end,
        )
