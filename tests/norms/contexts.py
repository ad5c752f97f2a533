"""The cases in which labelled sentences are judged, by name; each gives a case for a text and a language."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from service_notifications.domain.care.reply_check.reply_case import (
    ComplaintAssessment,
    ComplaintFacts,
    DetectedFeeling,
    Evidence,
    Fault,
    Feeling,
    ItemFacts,
    Purpose,
    RefundState,
    ReplyCase,
    ReplyChannel,
    ReplyDraft,
    ReplyFacts,
    ReplySender,
    Speaker,
    SurveyFacts,
    Turn,
)
from shared.kernel.errors import Language

NOW: Final = datetime(2026, 11, 24, 10, 0, tzinfo=timezone(timedelta(hours=8)))
SAID: Final[Mapping[Language, tuple[str, str]]] = {
    "zh-CN": ("外套袖口开线了，我想退货。", "您好，我是售后顾问小林，您反馈的外套袖口开线已登记。"),
    "en": ("The seam of my jacket is open, I want to return it.", "Hello, this is Anna. The open seam is registered."),
}
"""What the customer asked and an agent answered before."""


def conversation(language: Language) -> tuple[Turn, ...]:
    """One question, one answer."""
    asked, answered = SAID[language]
    return (
        Turn(Speaker.CUSTOMER, NOW - timedelta(minutes=30), asked),
        Turn(Speaker.AGENT, NOW - timedelta(minutes=20), answered),
    )


def some_facts(language: Language, **but: Any) -> ReplyFacts:
    """What a case usually knows."""
    chinese = language == "zh-CN"
    facts = ReplyFacts(
        address_as="王女士" if chinese else "Ms Wang",
        order="4711-0815",
        items=(ItemFacts(("M号外套",) if chinese else ("blue jacket",)),),
        problem=("开线",) if chinese else ("seam",),
        remedy_wanted="refund",
        fault=Fault.CARRIER,
    )
    return replace(facts, **but)


def a_case(text: str, language: Language, **but: Any) -> ReplyCase:
    """A case in the middle of a conversation; `but` are fields of the draft, the case or the facts."""
    turns = but.pop("turns", conversation(language))
    signals = but.pop("signals", ())
    promises = but.pop("promises", ())
    draft_fields = {name: but.pop(name) for name in list(but) if name in ReplyDraft.__dataclass_fields__}
    sender = ReplySender("小林" if language == "zh-CN" else "Anna")
    draft = ReplyDraft(text=text, language=language, now=NOW, **{"sender": sender, **draft_fields})
    return ReplyCase(draft, turns, some_facts(language, **but), promises, signals)


def plain(text: str, language: Language) -> ReplyCase:
    """In the middle of a conversation."""
    return a_case(text, language)


def accepted(text: str, language: Language) -> ReplyCase:
    """The refund is with the provider, not paid."""
    return a_case(text, language, refund_state=RefundState.ACCEPTED)


def rebutted(text: str, language: Language) -> ReplyCase:
    """The agent's last message contradicted."""
    before = "但是系统显示已签收。" if language == "zh-CN" else "But the system says it was delivered."
    turns = (
        *conversation(language),
        Turn(Speaker.AGENT, NOW - timedelta(minutes=9), before),
        Turn(Speaker.CUSTOMER, NOW - timedelta(minutes=5), "……" if language == "zh-CN" else "I have not got it."),
    )
    return a_case(text, language, turns=turns)


def chosen(text: str, language: Language) -> ReplyCase:
    """The customer chose a refund and was asked once to think again."""
    before = "建议您换货。" if language == "zh-CN" else "Have you considered an exchange?"
    before = "要不您再考虑一下？" if language == "zh-CN" else before
    turns = (*conversation(language), Turn(Speaker.AGENT, NOW - timedelta(minutes=9), before))
    return a_case(text, language, turns=turns, chosen_at=NOW - timedelta(minutes=15))


def nobodys_fault(text: str, language: Language) -> ReplyCase:
    """Nobody is at fault on file."""
    return a_case(text, language, fault=Fault.NOBODY)


def our_fault(text: str, language: Language) -> ReplyCase:
    """The merchant is at fault on file."""
    return a_case(text, language, fault=Fault.MERCHANT)


def _feeling(feeling: Feeling, text: str, language: Language, before: str = "") -> ReplyCase:
    said = "太失望了，等了三天！" if language == "zh-CN" else "I am so disappointed, three days!"
    turns = (*conversation(language), Turn(Speaker.CUSTOMER, NOW - timedelta(minutes=5), said))
    return a_case(before + text, language, turns=turns, signals=(DetectedFeeling(feeling, len(turns) - 1),))


def distressed(text: str, language: Language) -> ReplyCase:
    """The customer has just said how disappointed she is."""
    after = "您可以申请换货。" if language == "zh-CN" else " You can exchange it."
    return _feeling(Feeling.DISTRESS, text + after, language)


def angry(text: str, language: Language) -> ReplyCase:
    """The customer is angry, and the message begins by meeting that."""
    before = "非常理解您的心情。" if language == "zh-CN" else "I understand how you feel. "
    return _feeling(Feeling.ANGER, text, language, before)


def evidence(text: str, language: Language) -> ReplyCase:
    """The rule wants photos and the invoice."""
    return a_case(text, language, evidence_allowed=frozenset({Evidence.PHOTO, Evidence.INVOICE}))


def open_case(text: str, language: Language) -> ReplyCase:
    """The case is still open."""
    return a_case(text, language, survey=SurveyFacts(closed=False))


def first(text: str, language: Language) -> ReplyCase:
    """No agent has written before."""
    return a_case(text, language, turns=conversation(language)[:1])


def closing(text: str, language: Language) -> ReplyCase:
    """The last message of a case."""
    return a_case(text, language, purpose=Purpose.CLOSING, channel=ReplyChannel.EMAIL)


def complaint_decision(text: str, language: Language) -> ReplyCase:
    """The decision on a complaint."""
    complaint = ComplaintFacts(
        number="C-7", remedy_wanted="refund", assessment=ComplaintAssessment("low", False, "low", "low", False)
    )
    return a_case(text, language, purpose=Purpose.COMPLAINT_DECISION, channel=ReplyChannel.EMAIL, complaint=complaint)


CONTEXTS: Final[Mapping[str, Callable[[str, Language], ReplyCase]]] = {
    "plain": plain,
    "plain_whole": plain,
    "accepted": accepted,
    "rebutted": rebutted,
    "chosen": chosen,
    "nobodys_fault": nobodys_fault,
    "our_fault": our_fault,
    "distressed": distressed,
    "angry": angry,
    "evidence": evidence,
    "open_case": open_case,
    "first": first,
    "closing": closing,
    "complaint_decision": complaint_decision,
}
