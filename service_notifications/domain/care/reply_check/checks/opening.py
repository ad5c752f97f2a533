"""Checks of the form of address, the greeting, and the register (G1 to G3, N3.1)."""

import re
from typing import Final

from service_notifications.domain.care.reply_check.analysed_reply import AnalysedReply
from service_notifications.domain.care.reply_check.finding import CheckResults, Violation
from service_notifications.domain.care.reply_check.phrases.respect import SLANG
from service_notifications.domain.care.text.folded_text import folded
from shared.kernel.errors import Said

GREETING_WITHIN: Final = 30
_GENDERED_ZH: Final = re.compile(
    r"(?:^|[\n。!?,;:~ ])(?:好的|您好|尊敬的|亲爱的|感谢您?|谢谢您?|抱歉|不好意思|是的|对不起)?[ ,]{0,2}"
    r"(?P<name>[\u4e00-\u9fff]{0,2}?)"
    r"(?P<word>先生|女士|小姐姐|小哥哥|小姐|太太|帅哥|美女|大哥|大姐|阿姨|叔叔|亲亲|宝宝|宝贝|亲|姐|哥|宝)"
    r"(?=[,:!。~ \n?]|您|$)"
)
_GENDERED_EN: Final = re.compile(
    r"(?:\b(?:dear|hello|hi|hey|good morning|good afternoon|good evening|thank you|thanks|sorry|yes|no|certainly"
    r"|of course)"
    r"(?: about that)?,? |(?:^|[\n.!?,;]) ?)"
    r"(?P<word>sir|madam|ma'am|mister|mrs\.?|mr\.?|ms\.?|miss|lady|gentlemen|guys|hon|buddy|bro|mate|love|dear"
    r"|sweetie|darling)"
    r"(?P<name> [a-z][a-z'-]{1,20}(?: [a-z][a-z'-]{1,20})?)?(?=[ ,.!?:;\n]|$)"
)
_SPEAKING_OF: Final = re.compile(
    r"(?:联系人|收件人|经办人|主管|经理|contact|supervisor|manager|attention)[^。.!?\n]{0,12}$"
)
_GREETING: Final = re.compile(
    r"您好|早上好|上午好|中午好|下午好|晚上好|早安|新年好|节日好|欢迎|你好"
    r"|\b(?:hello|hi|good (?:morning|afternoon|evening|day)|dear|welcome|greetings)\b"
)
_SELF: Final = re.compile(
    r"我是|我叫|这里是|为您服务|为您答复|\bhere\b"
    r"|\b(?:i'm|i am|my name|this is|it's|speaking(?: with)?|as your|from (?:support|customer care|the))\b"
)
_LONGEST_SALUTATION: Final = 3
"""In words: "Hi Ms Wang" is not a sentence yet."""
_NEUTRAL: Final = Said('use "Hello" without a title', "使用“您好”，不加性别称谓")


def address(reply: AnalysedReply) -> CheckResults:
    """G1: the first message uses the stored form of address, never a guess."""
    stored = reply.facts.address_as
    if reply.is_first and stored and folded(stored) not in reply.plain:
        yield Violation(
            says=Said(f"the customer is addressed as {stored}", f"客户偏好的称呼是“{stored}”，首条消息未使用"),
            better=Said(f"Hello {stored},", f"{stored}，您好，"),
        )
    known = [folded(name) for name in (stored, *reply.facts.brand_names) if name]
    for match in (_GENDERED_ZH if reply.chinese else _GENDERED_EN).finditer(reply.plain):
        start, end = match.span("word")
        whole = reply.plain[match.start("name") if reply.chinese else start : max(end, match.end("name"))]
        if _is_known(whole, known) or reply.view.is_quoted(start, end) or _is_of_somebody(reply, match):
            continue
        yield Violation(
            says=Said(
                "a form of address that is not on file guesses who the customer is",
                "未登记的称谓，不应猜测客户的性别或使用昵称",
            ),
            better=Said(f"Hello {stored},", f"{stored}，您好，") if stored else _NEUTRAL,
            start=start,
            end=end,
        )


def _is_known(whole: str, known: list[str]) -> bool:
    return any(name in whole or whole.strip().startswith(name) or whole.strip() in name.split() for name in known)


def _is_of_somebody(reply: AnalysedReply, match: re.Match[str]) -> bool:
    """Whether the word is about a third person, or only looks like a form of address."""
    before = reply.plain[max(0, match.start("word") - 24) : match.start("word")]
    if _SPEAKING_OF.search(before):
        return True
    if match["word"] == "dear" or match["word"] == "love":
        return match["name"] is not None
    behind = reply.plain[match.end("word") : match.end("word") + 10]
    return match["word"] == "sir" and behind.startswith(" or madam")


def greeting(reply: AnalysedReply) -> CheckResults:
    """G2: the first message begins with a greeting and names the writer."""
    opening = _opening(reply)
    name = reply.draft.sender.name
    greets = _GREETING.search(opening) is not None
    says_who = _SELF.search(opening) is not None or bool(name and folded(name) in opening)
    if greets and says_who:
        return
    lacking_en = " and ".join(
        word for word, there in (("a greeting", greets), ("who is speaking", says_who)) if not there
    )
    lacking_zh = "和".join(word for word, there in (("问候语", greets), ("自报身份", says_who)) if not there)
    yield Violation(
        says=Said(f"the first message does not begin with {lacking_en}", f"首条消息开头缺少{lacking_zh}"),
        better=Said(f"Hello, this is {name or '…'} from the returns team.", f"您好，我是售后顾问{name or '……'}。"),
    )


def _opening(reply: AnalysedReply) -> str:
    """The first 30 characters in Chinese; in English the first sentence after the salutation."""
    if reply.chinese:
        return reply.plain.lstrip()[:GREETING_WITHIN]
    sentences = [reply.view.text(part) for part in reply.view.sentences[:2]]
    short = bool(sentences) and (sentences[0].endswith(",") or len(sentences[0].split()) <= _LONGEST_SALUTATION)
    return " ".join(sentences if short else sentences[:1])


def register(reply: AnalysedReply) -> CheckResults:
    """G3: 您 throughout, no slang."""
    for hit in reply.counting(SLANG):
        if hit.phrase == "你":
            yield Violation(
                says=Said('"你" beside "您"', "应全程使用“您”"), better=Said("您", "您"), start=hit.start, end=hit.end
            )
        else:
            yield Violation(
                says=Said("this is too casual for a customer", "用语过于随意"),
                better=Said("say it in plain, polite words", "改用礼貌、平实的说法"),
                start=hit.start,
                end=hit.end,
            )
