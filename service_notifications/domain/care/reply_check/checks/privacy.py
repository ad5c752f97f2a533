"""Checks of secrets, proofs, durable notices and certificates (P1 to P3, Q1)."""

import re
from collections.abc import Iterator
from typing import Final

from service_notifications.domain.care.reply_check.analysed_reply import AnalysedReply, letters_and_digits
from service_notifications.domain.care.reply_check.finding import (
    CheckResults,
    CriticalError,
    UnknownFact,
    Violation,
)
from service_notifications.domain.care.reply_check.phrases.clarity import ASKING
from service_notifications.domain.care.reply_check.phrases.decision_notice import PROOFS, SECRET, TELL_US
from service_notifications.domain.care.reply_check.reply_case import DURABLE, Purpose
from service_notifications.domain.care.text.folded_text import folded
from shared.kernel.errors import Said

STATUTORY: Final = frozenset({Purpose.REFUSAL, Purpose.COMPLAINT_DECISION})
DECISIONS: Final = {
    Purpose.APPROVAL: "approve",
    Purpose.REFUSAL: "refuse",
    Purpose.REFUND: "refund",
    Purpose.COMPLAINT_DECISION: "decide_complaint",
}
"""The decisions of a reply, as certificates name them (Q1, K12)."""
_ID_CARD: Final = re.compile(r"(?<![0-9a-z])\d{17}[\dx](?![0-9a-z])")
_CARD: Final = re.compile(r"(?<![0-9a-z-])\d{4}(?:[ -]?\d{4}){2}[ -]?\d{1,4}(?:[ -]?\d{1,3})?(?![0-9a-z-])")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK: Final = "10x98765432"
_LUHN: Final = 10
_HIDE: Final = Said("name the last four digits at most", "最多只写后四位")


def no_secrets(reply: AnalysedReply) -> CheckResults:
    """P1: no full number of an identity document or card, and no password, neither requested nor repeated."""
    for hit in reply.counting(SECRET):
        if reply.in_same_sentence(hit, TELL_US) or _is_asked(reply, hit.start):
            yield Violation(
                says=Said("this must not be asked of a customer", "不得向客户索要该信息"),
                better=Said("ask for the order number instead", "改为核对订单号"),
                start=hit.start,
                end=hit.end,
                critical=CriticalError.COMPLIANCE,
            )
    for start, end in _numbers(reply):
        yield Violation(
            says=Said("this is a full number of a card or an identity document", "回显了完整的证件号或卡号"),
            better=_HIDE,
            start=start,
            end=end,
            critical=CriticalError.COMPLIANCE,
        )


def _is_asked(reply: AnalysedReply, place: int) -> bool:
    """Whether the sentence asks for the secret: 您的卡号是多少?"""
    part = reply.sentence(place)
    near = reply.text_around(place, place)
    return reply.plain[part.end - 1 : part.end] == "?" and ("多少" in near or "what" in near)


def _numbers(reply: AnalysedReply) -> Iterator[tuple[int, int]]:
    """The places of numbers, each once; an identity number may also look like a card number."""
    facts = reply.facts
    ours = {
        letters_and_digits(folded(each)) for each in (facts.order, facts.approval.rma, facts.approval.phone) if each
    }
    found = [match for match in _ID_CARD.finditer(reply.plain) if _is_id_card(match[0])]
    found += [match for match in _CARD.finditer(reply.plain) if _passes_luhn(letters_and_digits(match[0]))]
    yield from dict.fromkeys(match.span() for match in found if letters_and_digits(match[0]) not in ours)


def _is_id_card(text: str) -> bool:
    """Whether the check character of GB 11643 is right."""
    return _CHECK[sum(int(digit) * weight for digit, weight in zip(text[:17], _WEIGHTS, strict=True)) % 11] == text[17]


def _passes_luhn(digits: str) -> bool:
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return sum(each - 9 if each >= _LUHN else each for each in doubled) % _LUHN == 0


def least_proof(reply: AnalysedReply) -> CheckResults:
    """P2: the reply asks only for proofs that the rule asks for."""
    allowed = reply.facts.evidence_allowed
    for kind, lexicon in PROOFS.items():
        for hit in reply.counting(lexicon):
            if not (reply.in_same_sentence(hit, ASKING) or reply.in_same_sentence(hit, TELL_US)):
                continue
            if allowed is None:
                yield UnknownFact("evidence_allowed")
                return
            if kind not in allowed:
                yield Violation(
                    says=Said(f"the rule does not ask for this ({kind})", f"规则不要求提供该证据（{kind}）"),
                    better=Said("ask only for: " + ", ".join(sorted(allowed)), "只要求：" + "、".join(sorted(allowed))),
                    start=hit.start,
                    end=hit.end,
                )


def is_statutory(reply: AnalysedReply) -> bool:
    """Whether the law requires that the customer can keep this message."""
    return reply.facts.statutory_notice or reply.draft.purpose in STATUTORY


def durable_channel(reply: AnalysedReply) -> CheckResults:
    """P3: a statutory notice uses a channel whose messages the customer can keep."""
    if reply.draft.channel not in DURABLE:
        yield Violation(
            says=Said(
                f"a statutory notice by {reply.draft.channel} does not last",
                f"法定通知不能只走不可留存的渠道（{reply.draft.channel}）",
            ),
            better=Said("send it by email, letter, SMS or in the app", "通过邮件、信函、短信或应用消息发送"),
        )


def is_decision(reply: AnalysedReply) -> bool:
    """Whether the reply decides something that needs a certificate."""
    return reply.draft.purpose in DECISIONS


def certified(reply: AnalysedReply) -> CheckResults:
    """Q1: the deciding agent has a valid certificate for the decision."""
    scopes = reply.draft.sender.scopes
    needed = DECISIONS[reply.draft.purpose]
    if scopes is None:
        yield UnknownFact("sender.scopes")
    elif needed not in scopes:
        yield Violation(
            says=Said(
                f"the sender is not certified to {needed.replace('_', ' a ')}",
                f"发送人没有该决定的有效认证（{needed}）",
            ),
            better=Said("ask a certified colleague to decide", "请有认证的同事决定"),
        )
