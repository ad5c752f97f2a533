"""Checks that promises are kept and statements are true (H1 to H5, N3.4, K04)."""

from bisect import bisect_left, bisect_right
from typing import Final

from service_notifications.domain.care.reply_check.analysed_reply import NEAR, AnalysedReply
from service_notifications.domain.care.reply_check.finding import (
    NOWHERE,
    CheckResults,
    CriticalError,
    FindingKind,
    UnknownFact,
    Violation,
)
from service_notifications.domain.care.reply_check.phrases.empathy import ADMISSION, APOLOGY
from service_notifications.domain.care.reply_check.phrases.honesty import (
    ABSOLUTE,
    COMPENSATION,
    CONDITION,
    REFUNDED,
)
from service_notifications.domain.care.reply_check.reply_case import (
    DetectedPromise,
    Fault,
    LoggedPromise,
    Purpose,
    RefundState,
)
from service_notifications.domain.care.text.folded_text import TextPart
from service_notifications.domain.care.text.phrase_search import Hit
from shared.kernel.errors import Said

_LOG_IT: Final = Said("log the promise, or say what is certain", "登记承诺，或改为只说确定的内容")
_MONEY: Final = ("款", "钱", "元", "余额")
_OTHER_THINGS: Final = ("积分", "券", "货", "商品", "包裹", "快递")
_CLAUSE_ENDS: Final = ",。!?;:\n"
_ASKS: Final = ("has ", "have ", "is ", "was ", "did ", "are ")
_LATER: Final = ("后", "之后", "时,", "以后", "前")
_FIRST_REPLIES: Final = frozenset({Purpose.ANSWER, Purpose.RECEIPT, Purpose.COMPLAINT_RECEIPT})


def promises_are_logged(reply: AnalysedReply) -> CheckResults:
    """H1: a promise in the text has a row in the ledger, with owner, due time and proof."""
    if reply.case.promises is None:
        yield UnknownFact("promises")
        return
    for promise in reply.case.promises:
        says = _unlogged(promise, reply.facts.promises)
        if says is not None:
            broken = promise.due is not None and promise.due < reply.draft.now
            start, end = _in_plain(reply, promise)
            yield Violation(
                says=says, better=_LOG_IT, start=start, end=end, critical=CriticalError.CUSTOMER if broken else None
            )


def _unlogged(promise: DetectedPromise, ledger: tuple[LoggedPromise, ...]) -> Said | None:
    if promise.due is None:
        return Said("a promise without a day and an hour", "承诺没有期限")
    rows = [row for row in ledger if row.due == promise.due and (not promise.what or row.what in {None, promise.what})]
    if not rows:
        return Said("this promise is not in the ledger", "承诺未登记")
    for name, what in (("owner", Said("an owner", "负责人")), ("proof", Said("a proof", "证明"))):
        if all(getattr(row, name) is None for row in rows):
            return Said(f"the logged promise has no {what.en.split()[-1]}", f"已登记的承诺缺少{what.zh}")
    return None


def _in_plain(reply: AnalysedReply, promise: DetectedPromise) -> tuple[int, int]:
    """The place of a span of the original in the folded text."""
    view = reply.view
    start, end = bisect_right(view.ends, promise.span.start), bisect_left(view.starts, promise.span.end)
    return (start, end) if start < end else NOWHERE


def within_reach(reply: AnalysedReply) -> CheckResults:
    """H2: no absolute words, nothing beyond the sender's limit, no arrival before the provider can pay."""
    for hit in reply.counting(ABSOLUTE):
        yield Violation(
            says=Said("nobody can promise this absolutely", "绝对化的承诺"),
            better=Said("say what is decided, and by when you will know", "只说已确定的内容和答复时间"),
            start=hit.start,
            end=hit.end,
        )
    yield from _beyond_limit(reply)
    yield from _too_early(reply)
    if reply.purpose(Purpose.REFUND) and reply.facts.accepted_units == 0:
        yield Violation(
            says=Said("no unit has been accepted for this refund", "没有已验收通过的商品，不能退款"),
            better=Said("wait for the inspection", "等待验收结果"),
            critical=CriticalError.BUSINESS,
        )


def _beyond_limit(reply: AnalysedReply) -> CheckResults:
    limit = reply.facts.limits.amount
    if not reply.has(COMPENSATION):
        return
    for stated in reply.amounts:
        if stated.money is None or not reply.any_in(COMPENSATION, reply.sentence(stated.start)):
            continue
        if limit is None:
            yield UnknownFact("limits.amount")
            return
        if stated.money.currency != limit.currency or stated.money > limit:
            yield Violation(
                says=Said(f"more than the sender may give, which is {limit}", f"超出权限，上限为 {limit}"),
                better=Said("ask a supervisor first", "先请主管批准"),
                start=stated.start,
                end=stated.end,
                critical=CriticalError.BUSINESS,
            )


def _too_early(reply: AnalysedReply) -> CheckResults:
    earliest = reply.facts.arrives_not_before
    for day in reply.days:
        text = reply.text_around(day.start, day.end)
        if day.day is None or day.day < reply.draft.now.date() or reply.view.is_quoted(day.start, day.end):
            continue
        if not (any(word in text for word in ("到账", "入账")) or _arrives_en(text)):
            continue
        if earliest is None:
            yield UnknownFact("arrives_not_before")
            return
        if day.day < earliest.date():
            yield Violation(
                says=Said(
                    f"the money cannot be there before {earliest:%Y-%m-%d}", f"款项在{earliest:%Y-%m-%d}之前不可能到账"
                ),
                better=Said(f"by {earliest:%Y-%m-%d %H:%M}", f"{earliest:%Y-%m-%d %H:%M}前"),
                start=day.start,
                end=day.end,
            )


def _arrives_en(text: str) -> bool:
    return ("refund" in text or "money" in text) and ("arrive" in text or "account" in text or "on your card" in text)


def told_before_broken(reply: AnalysedReply) -> CheckResults:
    """H3: a promise that will not be kept is announced before, with a new day and an action."""
    for promise in reply.facts.promises:
        if not promise.at_risk or promise.due is None:
            continue
        if reply.draft.now > promise.due:
            yield Violation(
                says=Said(f"promise {promise.id} was due already", f"承诺 {promise.id} 已过期，未提前告知"),
                better=Said("apologise, and name the new day", "道歉并说明新的期限"),
            )
        later = [day for day in reply.days if day.day is not None and day.day >= promise.due.date()]
        if not later:
            yield Violation(
                says=Said(
                    f"promise {promise.id} is at risk, and no new day is named",
                    f"承诺 {promise.id} 可能违约，未说明新期限",
                ),
                better=Said("by 18:00 on 25 November instead", "改为11月25日18:00前"),
            )
        if not (reply.has(APOLOGY) or reply.has(COMPENSATION)):
            yield Violation(
                says=Said(
                    f"promise {promise.id} is at risk, and nothing is offered for it",
                    f"承诺 {promise.id} 可能违约，未说明补救",
                ),
                better=Said("say what you do about it", "说明补救措施"),
            )


def refunded_only_when_paid(reply: AnalysedReply) -> CheckResults:
    """H4: "refunded" only for a refund that has succeeded."""
    state = reply.facts.refund_state
    if state is RefundState.SUCCEEDED:
        return
    for hit in reply.counting(REFUNDED):
        if _is_condition(reply, hit) or not _is_about_money(reply, hit):
            continue
        yield Violation(
            says=Said(
                f"the refund is not paid; its state is {state or 'unknown'}",
                f"退款尚未成功，当前状态：{state or '未知'}",
            ),
            better=Said("Your refund has been accepted and is on its way.", "您的退款已受理，正在处理。"),
            start=hit.start,
            end=hit.end,
            critical=CriticalError.CUSTOMER,
        )


def _is_condition(reply: AnalysedReply, hit: Hit) -> bool:
    """Whether the refund is only a condition: "once the refund has been paid", 是否已到账, 退款完成后."""
    part = reply.sentence(hit.start)
    first = max(part.start, hit.start - NEAR)
    begin = max(reply.plain.rfind(mark, first, hit.start) for mark in _CLAUSE_ENDS) + 1
    if reply.any_in(CONDITION, TextPart(max(begin, first), hit.start)):
        return True
    if reply.plain[part.end - 1 : part.end] == "?" and reply.plain.startswith(_ASKS, part.start):
        return True
    behind = reply.plain[hit.end : hit.end + 3]
    return behind.startswith(_LATER) or "吗" in reply.plain[max(hit.end, part.end - 2) : part.end]


def _is_about_money(reply: AnalysedReply, hit: Hit) -> bool:
    if not reply.chinese:
        return True
    text = reply.text_around(hit.start, hit.end)
    return any(word in text for word in _MONEY) or not any(word in text for word in _OTHER_THINGS)


def apology_fits(reply: AnalysedReply) -> CheckResults:
    """H5: an apology where we are at fault or the customer had trouble; otherwise understanding only."""
    facts = reply.facts
    if facts.fault in {Fault.NOBODY, Fault.CUSTOMER}:
        for hit in reply.counting(ADMISSION):
            if not _is_condition(reply, hit):
                yield Violation(
                    says=Said("this admits a fault that is not on file", "认责，但档案中没有商家过错"),
                    better=Said("I understand how you feel.", "我理解您的心情。"),
                    start=hit.start,
                    end=hit.end,
                )
    if facts.fault is not Fault.MERCHANT and not facts.inconvenience:
        if facts.fault is None:
            yield UnknownFact("fault")
        return
    if reply.has(APOLOGY) or any(hits.counting(APOLOGY) for hits in reply.earlier):
        return
    yield Violation(
        says=Said("we are at fault or caused trouble, and nobody has apologised", "商家责任或给客户带来不便，尚未致歉"),
        better=Said("I am sorry for the trouble.", "非常抱歉给您添麻烦了。"),
        kind=FindingKind.DETERMINISTIC,
    )
