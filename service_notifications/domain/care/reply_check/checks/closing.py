"""Checks for a polite end, one question about further wishes, and how to reopen the case (X1 to X3, Q3, N3.6)."""

from service_notifications.domain.care.reply_check.analysed_reply import AnalysedReply
from service_notifications.domain.care.reply_check.finding import (
    NOWHERE,
    CheckResults,
    UnknownFact,
    Violation,
)
from service_notifications.domain.care.reply_check.phrases.closing import (
    ANYTHING_ELSE,
    RESULT,
    SURVEY,
    THANKS,
    WAY_BACK,
)
from service_notifications.domain.care.reply_check.reply_case import Purpose, Speaker
from shared.kernel.errors import Said


def is_closing(reply: AnalysedReply) -> bool:
    """Whether the reply closes the case."""
    return reply.purpose(Purpose.CLOSING)


def polite_end(reply: AnalysedReply) -> CheckResults:
    """X1: the result, how to come back, and thanks, whatever the outcome."""
    for lexicon, what, better in (
        (RESULT, Said("what came of it", "结果小结"), Said("To sum up, …", "处理结果：……")),
        (
            WAY_BACK,
            Said("how to reach us", "后续联系方式"),
            Said("Just reply if you need us.", "如有问题请回复本消息。"),
        ),
        (THANKS, Said("thanks", "感谢"), Said("Thank you for your patience.", "感谢您的耐心。")),
    ):
        if not reply.has(lexicon):
            yield Violation(says=Said(f"the end lacks {what.en}", f"结束语缺少{what.zh}"), better=better)


def anything_else(reply: AnalysedReply) -> CheckResults:
    """X2: the reply asks "anything else?" once before the end."""
    here = reply.counting(ANYTHING_ELSE)
    times = sum(bool(hits.counting(ANYTHING_ELSE)) for hits in reply.earlier) + bool(here)
    if times == 0:
        yield Violation(
            says=Said("nobody asked whether there is anything else", "关闭前未询问是否还有其他需要"),
            better=Said("Is there anything else I can do for you?", "请问还有其他可以帮您的吗？"),
        )
    elif times > 1 and here:
        yield Violation(
            says=Said("it was asked before whether there is anything else", "已询问过是否还有其他需要"),
            better=Said("once is enough", "只问一次"),
            start=here[0].start,
            end=here[0].end,
        )


def can_be_reopened(reply: AnalysedReply) -> CheckResults:
    """X3: a customer who has not answered gets a reminder and time, and can open the case again."""
    closing = reply.facts.closing
    if closing.agreed or (reply.case.turns and reply.case.turns[-1].by is Speaker.CUSTOMER):
        return
    if closing.reminded_at is None:
        yield Violation(
            says=Said("the customer has not answered and was not reminded", "客户未答复，尚未提醒"),
            better=Said("remind first", "先发送提醒"),
        )
    elif closing.wait is None:
        yield UnknownFact("closing.wait")
    elif reply.draft.now < closing.reminded_at + closing.wait:
        until = closing.reminded_at + closing.wait
        yield Violation(
            says=Said(f"the time to answer runs until {until:%Y-%m-%d %H:%M}", f"答复期限到{until:%Y-%m-%d %H:%M}为止"),
            better=Said("close after that", "期满后再关闭"),
        )
    if closing.reopen_link is None or closing.reopen_link not in reply.draft.text:
        link = closing.reopen_link or "https://…"
        yield Violation(
            says=Said("there is no link to open the case again", "缺少重新开启的链接"),
            better=Said(f"You can open it again here: {link}", f"您可以在这里重新开启：{link}"),
        )


def survey_in_its_time(reply: AnalysedReply) -> CheckResults:
    """Q3: one survey invitation, after the end, never in a dispute."""
    asked = reply.counting(SURVEY)
    if not asked and not reply.purpose(Purpose.SURVEY):
        return
    start, end = (asked[0].start, asked[0].end) if asked else NOWHERE
    survey = reply.facts.survey
    if survey is None:
        yield UnknownFact("survey")
        return
    for wrong, says in (
        (not survey.closed, Said("the case is not closed", "案件尚未关闭")),
        (survey.disputed, Said("the case is in dispute", "案件存在争议")),
        (survey.invited > 0, Said("the customer was invited before", "已邀请过评价")),
    ):
        if wrong:
            yield Violation(says=says, better=Said("leave the survey out", "删去评价邀请"), start=start, end=end)
