"""Checks for plain words, short sentences, exact times and amounts, numbered steps (E1 to E5, N3.3, Q04)."""

import re
from typing import Final

from service_notifications.domain.care.reply_check.analysed_reply import AnalysedReply
from service_notifications.domain.care.reply_check.finding import (
    CheckResults,
    CriticalError,
    UnknownFact,
    Violation,
)
from service_notifications.domain.care.reply_check.phrases.clarity import (
    ACT,
    ASKING,
    JARGON,
    PLAIN_WORDS,
    VAGUE,
)
from service_notifications.domain.care.text.folded_text import TextPart, folded
from service_notifications.domain.care.text.phrase_search import Hit
from service_notifications.domain.care.text.stated_amount import with_amount
from shared.kernel.errors import Said

LONGEST_SENTENCE_ZH: Final = 40
LONGEST_PARAGRAPH_ZH: Final = 120
LONGEST_AVERAGE_EN: Final = 20
HIGHEST_GRADE_EN: Final = 8
ENOUGH_WORDS: Final = 60
"""With fewer words a grade level has no meaning."""
_EXPLAINS: Final = re.compile(
    r"也就是|指的是|就是说|即|意思是|\bi\.e\.|\bthat is\b|\bwhich is\b|\bmeans\b|\bthe number on\b"
)
_BEGINS_TO_EXPLAIN: Final = ("(", " (", ", the ")
_BEHIND: Final = max(map(len, _BEGINS_TO_EXPLAIN))
_LETTERS: Final = re.compile(r"[\u3400-\u9fff]|[a-z0-9][a-z0-9.:'-]{0,60}")
_WORD: Final = re.compile(r"[a-z]+(?:'[a-z]+)?")
_VOWELS: Final = re.compile(r"[aeiouy]+")
_UNIT: Final = "(?:个?工作日|天|个?小时|周|个月|business days?|working days?|days?|hours?|weeks?)"
_RANGE: Final = re.compile(rf"\d{{1,3}} ?(?:-|~|到|至|to|or) ?\d{{1,3}} ?{_UNIT}")
_STEP: Final = re.compile(
    r"^(?:\(?\d{1,2}[.)、:]|第[一二三四五六七八九十]步|[一二三四五六七八九十]、|step \d{1,2})", re.MULTILINE
)
_NEAR: Final = 40
_TOO_MANY: Final = 2
_LINK: Final = re.compile(r"https?://|www\.")


def jargon(reply: AnalysedReply) -> CheckResults:
    """E1: a technical word only with its meaning in the same sentence."""
    own = [folded(fact) for fact in (reply.facts.approval.rma, reply.facts.order) if fact]
    for hit in reply.counting(JARGON):
        if _is_part_of_a_number(reply, hit, own) or _is_explained(reply, hit):
            continue
        word = reply.plain[hit.start : hit.end]
        better = PLAIN_WORDS.get(word)
        yield Violation(
            says=Said("a customer may not know this word", "术语，客户可能不明白"),
            better=Said(*better) if better else Said("say what it means, in brackets", "用括号说明含义"),
            start=hit.start,
            end=hit.end,
        )


def _is_explained(reply: AnalysedReply, hit: Hit) -> bool:
    part = reply.sentence(hit.start)
    before = reply.plain[max(part.start, hit.start - 2) : hit.start]
    behind = reply.plain[hit.end : hit.end + _BEHIND]
    if "(" in before or ")" in behind[:2] or behind.startswith(_BEGINS_TO_EXPLAIN):
        return True
    around = max(part.start, hit.start - _NEAR), min(part.end, hit.end + _NEAR)
    return _EXPLAINS.search(reply.plain, *around) is not None


def _is_part_of_a_number(reply: AnalysedReply, hit: Hit, own: list[str]) -> bool:
    """Whether the word belongs to a number: RMA in RMA-7Q2K-X is a name, not a word."""
    if reply.plain[hit.end : hit.end + 1] == "-":
        return True
    return any(number in reply.plain[max(0, hit.start - len(number)) : hit.end + len(number)] for number in own)


def short(reply: AnalysedReply) -> CheckResults:
    """E2, Q04: limits for sentences and paragraphs; in English also the average and the grade level."""
    yield from (_short_zh if reply.chinese else _short_en)(reply)


def _short_zh(reply: AnalysedReply) -> CheckResults:
    for part in reply.view.sentences:
        length = _length(reply, part)
        if length > LONGEST_SENTENCE_ZH and not _is_address(reply, part):
            yield Violation(
                says=Said(f"a sentence of {length} characters; 40 are the most", f"句子{length}字，超过40字"),
                better=Said("make two sentences of it", "拆成两句"),
                start=part.start,
                end=part.end,
            )
    for part in reply.view.lines:
        length = _length(reply, part)
        if length > LONGEST_PARAGRAPH_ZH:
            yield Violation(
                says=Said(f"a paragraph of {length} characters; 120 are the most", f"段落{length}字，超过120字"),
                better=Said("begin a new line", "分段"),
                start=part.start,
                end=part.end,
            )


def _length(reply: AnalysedReply, part: TextPart) -> int:
    return len(_LETTERS.findall(reply.plain, part.start, part.end))


def _is_address(reply: AnalysedReply, part: TextPart) -> bool:
    """Whether the token is a mail address or a link, whose length cannot be changed."""
    address = reply.facts.approval.address
    text = reply.view.text(part)
    return _LINK.search(text) is not None or bool(address and folded(address) in text)


def _short_en(reply: AnalysedReply) -> CheckResults:
    sentences = [
        words
        for part in reply.view.sentences
        if not reply.view.is_quoted(*part) and not _is_address(reply, part)
        for words in [_WORD.findall(reply.plain, part.start, part.end)]
        if words
    ]
    words = sum(map(len, sentences))
    if not words:
        return
    average = words / len(sentences)
    if average > LONGEST_AVERAGE_EN:
        yield Violation(
            says=Said(
                f"sentences of {average:.0f} words on average; 20 are the most", f"平均每句{average:.0f}个词，超过20个"
            ),
            better=Said("make shorter sentences", "缩短句子"),
        )
    if words >= ENOUGH_WORDS:
        syllables = sum(_syllables(word) for sentence in sentences for word in sentence)
        grade = 0.39 * average + 11.8 * syllables / words - 15.59
        if grade > HIGHEST_GRADE_EN:
            yield Violation(
                says=Said(f"grade level {grade:.1f}; 8 is the highest", f"阅读难度{grade:.1f}级，超过8级"),
                better=Said("use shorter words and sentences", "使用更短的词和句子"),
            )


def _syllables(word: str) -> int:
    """An estimate of syllables: groups of vowels, without a silent e at the end."""
    count = len(_VOWELS.findall(word))
    if word.endswith("e") and not word.endswith(("le", "ee")) and count > 1:
        count -= 1
    return max(count, 1)


def exact_times(reply: AnalysedReply) -> CheckResults:
    """E3: no vague time without a date or hour in its sentence, and a stated future day is one of the
    case's deadlines.
    """
    vague = [(hit.start, hit.end) for hit in reply.counting(VAGUE)]
    vague += [
        match.span() for match in _RANGE.finditer(reply.plain) if not reply.view.is_quoted(match.start(), match.end())
    ]
    for start, end in sorted(vague):
        if not reply.days_within(reply.sentence(start)):
            yield Violation(
                says=Said("a vague time; say the day and the hour", "时间模糊，应写明日期和时刻"),
                better=Said("by 18:00 on 24 November", "11月24日18:00前"),
                start=start,
                end=end,
            )
    yield from _days_of_the_clocks(reply)


def _days_of_the_clocks(reply: AnalysedReply) -> CheckResults:
    facts = reply.facts
    known = [*facts.dues.values(), *facts.dates, *(each.due for each in facts.promises if each.due)]
    known += [each.due for each in reply.case.promises or () if each.due]
    known += [each for each in (facts.arrives_not_before, facts.refusal.appeal_by) if each]
    days = {each.date() for each in known}
    for stated in reply.days:
        if stated.day is None or stated.day <= reply.draft.now.date():
            continue
        if reply.view.is_quoted(stated.start, stated.end):
            continue
        if not days:
            yield UnknownFact("dues")
            return
        if stated.day not in days:
            yield Violation(
                says=Said("no clock of the case ends on this day", "本案没有在这一天到期的时限"),
                better=Said(", ".join(map(str, sorted(days))), "、".join(map(str, sorted(days)))),
                start=stated.start,
                end=stated.end,
            )


def amounts(reply: AnalysedReply) -> CheckResults:
    """E4: an amount has a currency and is in the ledger; a refund names its parts and its payment route."""
    facts = reply.facts
    quote = facts.quote
    known = {*facts.amounts, *((quote.total, *quote.parts) if quote else ())}
    for stated in reply.amounts:
        if stated.money is None:
            wrong = stated.wrong or Said("this is not an amount", "这不是金额")
            yield Violation(says=wrong, better=_right_amount(reply), start=stated.start, end=stated.end)
        elif stated.money not in known:
            said = (
                Said("the ledger does not hold {amount}", "台账中没有 {amount}")
                if known
                else Said("the case has no quote to compare {amount} with", "本案没有可核对 {amount} 的台账报价")
            )
            yield Violation(
                says=with_amount(said, stated.money),
                better=_right_amount(reply),
                start=stated.start,
                end=stated.end,
                critical=CriticalError.CUSTOMER,
            )
    if quote is None or not any(stated.money == quote.total for stated in reply.amounts):
        return
    said_amounts = {stated.money for stated in reply.amounts}
    if len(quote.parts) > 1 and not said_amounts.issuperset(quote.parts):
        parts = " + ".join(map(str, quote.parts))
        yield Violation(says=Said("the parts of the amount are not said", "未说明金额构成"), better=Said(parts, parts))
    if quote.routes and not any(reply.states(route) for route in quote.routes):
        yield Violation(
            says=Said("how the money goes back is not said", "未说明到账方式"),
            better=Said(quote.routes[0], quote.routes[0]),
        )


def _right_amount(reply: AnalysedReply) -> Said:
    quote = reply.facts.quote
    return Said(str(quote.total), str(quote.total)) if quote else Said("leave the amount out", "删去金额")


def steps(reply: AnalysedReply) -> CheckResults:
    """E5: the customer's tasks are numbered steps, one act in each, with a deadline."""
    acts = [hit for hit in reply.counting(ACT) if reply.any_in(ASKING, reply.sentence(hit.start))]
    numbers = [match.start() for match in _STEP.finditer(reply.plain)]
    if not numbers:
        if len({hit.phrase for hit in acts}) >= _TOO_MANY:
            yield Violation(
                says=Said("several things to do in running text", "多个动作应写成编号步骤"),
                better=Said("1. … by 24 November, 18:00\n2. …", "1. ……（11月24日18:00前）\n2. ……"),
                start=acts[0].start,
                end=acts[-1].end,
            )
        return
    begun = set(numbers)
    for part in reply.view.lines:
        if part.start not in begun:
            continue
        here = {hit.phrase for hit in reply.hits_in(ACT, part)}
        if len(here) > 1:
            yield Violation(
                says=Said("two acts in one step", "一个步骤包含多个动作"),
                better=Said("make a step of each", "每步只写一个动作"),
                start=part.start,
                end=part.end,
            )
        elif here and not reply.days_within(part):
            yield Violation(
                says=Said("this step does not say by when", "步骤缺少期限"),
                better=Said("… by 24 November, 18:00", "……（11月24日18:00前）"),
                start=part.start,
                end=part.end,
            )
