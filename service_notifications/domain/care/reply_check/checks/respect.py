"""Checks for blame, argument, pressure, and unequal treatment (R1 to R4, N1, N3.4)."""

import re
from typing import Final

from service_notifications.domain.care.reply_check.analysed_reply import AnalysedReply
from service_notifications.domain.care.reply_check.finding import (
    CheckResults,
    FindingKind,
    UnknownFact,
    Violation,
)
from service_notifications.domain.care.reply_check.phrases.respect import (
    BLAME,
    COUNTER_OFFER,
    REBUTTAL,
    SEGMENT,
)
from service_notifications.domain.care.text.folded_text import TextView, view_of
from shared.kernel.errors import Said

MOST_COUNTER_OFFERS: Final = 1
_CONTRADICTS: Final = re.compile(
    r"(?:^|[\n。!?] ?)(?:但是?(?!愿)|可是|可(?![以能])|不过(?!期)|然而)"
    r"|(?:^|[\n.!?] ?)(?:but|however,|no,|actually,|yes, but)(?![a-z])"
)
_THEY_CHOSE: Final = Said("I have registered what you chose.", "已按您的选择登记。")


def no_blame(reply: AnalysedReply) -> CheckResults:
    """R1: no words that blame the customer."""
    for hit in reply.counting(BLAME):
        yield Violation(
            says=Said("this puts the blame on the customer", "责备客户的句式"),
            better=Said("say what is so and what you will do", "只陈述事实，并说明下一步"),
            start=hit.start,
            end=hit.end,
        )


def no_argument(reply: AnalysedReply) -> CheckResults:
    """R2: two contradicting messages of ours in a row give a hint."""
    if not reply.ours:
        return
    here = _contradictions(reply.view, [(hit.start, hit.end) for hit in reply.counting(REBUTTAL)])
    if not here:
        return
    before = [(hit.start, hit.end) for hit in reply.earlier[-1].counting(REBUTTAL)]
    if _contradictions(view_of(reply.ours[-1].text), before):
        yield Violation(
            says=Said("the second contradiction in a row", "连续两条回复在反驳客户"),
            better=Said("begin with what is right in what the customer says", "先肯定客户说得对的部分"),
            start=here[0][0],
            end=here[0][1],
        )


def _contradictions(view: TextView, hits: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found = [match.span() for match in _CONTRADICTS.finditer(view.plain) if not view.is_quoted(*match.span())]
    return sorted([*hits, *found])


def choice_stands(reply: AnalysedReply) -> CheckResults:
    """R3: after the customer's choice at most one attempt to change it."""
    chosen = reply.facts.chosen_at
    here = reply.counting(COUNTER_OFFER)
    if chosen is None or not here:
        return
    before = sum(
        bool(hits.counting(COUNTER_OFFER))
        for turn, hits in zip(reply.ours, reply.earlier, strict=True)
        if turn.at >= chosen
    )
    if before >= MOST_COUNTER_OFFERS:
        yield Violation(
            says=Said("the customer has chosen and was asked to think again already", "客户已选定方案，且已劝改过一次"),
            better=_THEY_CHOSE,
            start=here[0].start,
            end=here[0].end,
        )


def same_for_all(reply: AnalysedReply) -> CheckResults:
    """R4: the outcome does not depend on who the customer is; words that say so give a hint."""
    decided = reply.facts.decided
    if decided is not None and decided.outcome != decided.without_segment:
        yield Violation(
            says=Said(
                f"the outcome is {decided.outcome}; for everybody else it is {decided.without_segment}",
                f"结果为 {decided.outcome}，其他顾客为 {decided.without_segment}",
            ),
            better=Said("decide without the segment", "按相同标准决定"),
        )
    for hit in reply.counting(SEGMENT):
        yield Violation(
            says=Said("this makes a right depend on who the customer is", "把权利与客户身份挂钩"),
            better=Said("quote the rule that holds for everybody", "引用对所有顾客适用的规则"),
            start=hit.start,
            end=hit.end,
            kind=FindingKind.SIGNAL,
        )
    if decided is None and reply.has(SEGMENT):
        yield UnknownFact("decided")
