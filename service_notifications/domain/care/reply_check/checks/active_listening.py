"""Checks that the reply takes up the customer's issue, feelings and facts (L1 to L5, N3.2)."""

from typing import Final

from service_notifications.domain.care.reply_check.analysed_reply import AnalysedReply, letters_and_digits
from service_notifications.domain.care.reply_check.finding import (
    CheckResults,
    CriticalError,
    FindingKind,
    UnknownFact,
    Violation,
)
from service_notifications.domain.care.reply_check.phrases.empathy import EMPATHY, SOLUTION
from service_notifications.domain.care.reply_check.reply_case import Feeling
from service_notifications.domain.care.text.folded_text import folded
from shared.kernel.errors import Said

MOST_QUESTIONS: Final = 3
MOST_REPEATS: Final = 2
_SHORTEST_NAME: Final = 2
_SHORTEST_WORD: Final = 4
_DIGITS: Final = str.maketrans("123456789", "000000000")
_EMPATHY: Final = Said("I understand how disappointing this is.", "给您添麻烦了，您的心情我非常理解。")


def restates(reply: AnalysedReply) -> CheckResults:
    """L1: the reply names the order or the item, and the problem in the customer's own word."""
    facts = reply.facts
    yield from _wrong_order(reply)
    if not reply.is_first:
        return
    if not (facts.order or facts.items):
        yield UnknownFact("order")
    elif not ((facts.order and reply.states(facts.order)) or any(_names(reply, item.names) for item in facts.items)):
        yield Violation(
            says=Said("the first reply names neither the order nor the item", "首次答复未复述订单号或商品名"),
            better=Said(f"You wrote about {_thing(reply)}.", f"您反馈的{_thing(reply)}"),
        )
    if not facts.problem:
        yield UnknownFact("problem")
    elif not any(reply.states(word) for word in facts.problem):
        yield Violation(
            says=Said(
                "the first reply does not repeat the customer's word for the problem",
                "首次答复未使用客户描述问题的原词",
            ),
            better=Said(f"… {facts.problem[0]} …", f"……{facts.problem[0]}……"),
        )


def _wrong_order(reply: AnalysedReply) -> CheckResults:
    order = reply.facts.order
    if not order:
        return
    wanted = folded(order)
    shape = _shape(wanted)
    if len(wanted) <= _SHORTEST_WORD or not any(map(str.isdigit, wanted)):
        return
    for token, start, end in reply.tokens:
        if len(token) == len(wanted) and token != wanted and _shape(token) == shape:
            if reply.view.is_quoted(start, end):
                continue
            yield Violation(
                says=Said(f"this is not the order of the case, which is {order}", f"订单号与本案不符，应为 {order}"),
                better=Said(order, order),
                start=start,
                end=end,
                critical=CriticalError.CUSTOMER,
            )


def _shape(token: str) -> str:
    """Letters unchanged, every digit as 0: the common form of numbers of one kind."""
    return token.translate(_DIGITS)


def _names(reply: AnalysedReply, names: tuple[str, ...]) -> bool:
    return any(reply.states(name) or _by_its_noun(reply, folded(name)) for name in names)


def _by_its_noun(reply: AnalysedReply, name: str) -> bool:
    """Whether the text names the item by its last word: the jacket, 外套."""
    if name.isascii():
        words = [word for word in name.split() if len(word) >= _SHORTEST_WORD]
        return bool(words) and reply.states(words[-1])
    characters = letters_and_digits(name)
    return len(characters) >= _SHORTEST_NAME and characters[-_SHORTEST_NAME:] in reply.plain


def _thing(reply: AnalysedReply) -> str:
    items = reply.facts.items
    return items[0].names[0] if items and items[0].names else reply.facts.order or ""


def lets_speak(reply: AnalysedReply) -> CheckResults:
    """L2: no reply while the customer types, and at most three questions at once."""
    if reply.draft.customer_is_typing:
        yield Violation(
            says=Said("the customer is still typing", "客户正在输入"),
            better=Said("wait until the message has come", "等客户发完再发送"),
        )
    asked = reply.questions
    if len(asked) > MOST_QUESTIONS:
        part = asked[MOST_QUESTIONS]
        yield Violation(
            says=Said(
                f"{len(asked)} questions in one message; three are the most", f"一条消息提了{len(asked)}个问题，最多3个"
            ),
            better=Said("ask the three that matter now", "只问当前最需要的三个问题"),
            start=part.start,
            end=part.end,
        )


def is_distressed(reply: AnalysedReply) -> bool:
    """Whether the turns to be answered show disappointment, a complaint or anger."""
    return reply.has_feeling(Feeling.DISTRESS, Feeling.ANGER, Feeling.COMPLAINT)


def understands_first(reply: AnalysedReply) -> CheckResults:
    """L3: understanding comes before the solution. Its presence is deterministic, its wording a signal."""
    if reply.case.signals is None:
        yield UnknownFact("signals")
        return
    if not is_distressed(reply):
        return
    kind = reply.counting(EMPATHY)
    solution = [hit for hit in reply.hits(SOLUTION) if not hit.quoted]
    if not kind:
        yield Violation(
            says=Said("no sentence that shows understanding was recognised", "未识别到共情语句"),
            better=_EMPATHY,
            kind=FindingKind.SIGNAL,
        )
    elif solution and solution[0].start < kind[0].start:
        yield Violation(
            says=Said("the solution stands before the understanding", "方案或政策出现在共情之前"),
            better=_EMPATHY,
            start=solution[0].start,
            end=solution[0].end,
        )


def does_not_repeat(reply: AnalysedReply) -> CheckResults:
    """L4: the same phrase of understanding at most twice in a conversation."""
    used = [
        hit.phrase for hits in reply.earlier for hit in {hit.phrase: hit for hit in hits.counting(EMPATHY)}.values()
    ]
    for hit in {hit.phrase: hit for hit in reversed(reply.counting(EMPATHY))}.values():
        if used.count(hit.phrase) >= MOST_REPEATS:
            yield Violation(
                says=Said("this phrase was used twice already in this conversation", "同一共情句在本次会话中已用过2次"),
                better=Said("say what you understand in this case", "结合本次情况说出具体的理解"),
                start=hit.start,
                end=hit.end,
            )


FOUR_FACTS: Final = (
    ("order", Said("the order", "订单")),
    ("items", Said("the item", "商品")),
    ("problem", Said("the problem", "问题")),
    ("remedy_wanted", Said("the remedy wanted", "诉求")),
)


def is_for_review(reply: AnalysedReply) -> bool:
    """Whether the reply sends the case to review."""
    return reply.draft.for_review


def four_facts(reply: AnalysedReply) -> CheckResults:
    """L5: order, item, problem and remedy are on file before the review."""
    for name, what in FOUR_FACTS:
        if not getattr(reply.facts, name):
            yield Violation(
                says=Said(f"{what.en} is not on file", f"缺少要素：{what.zh}"),
                better=Said(f"ask for {what.en}", f"向客户确认{what.zh}"),
            )
