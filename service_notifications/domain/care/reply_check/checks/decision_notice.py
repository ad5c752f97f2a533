"""Checks that approvals and refusals are complete and quote the order's own policy (E6 to E8, R2.3 to R2.5, L06)."""

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
from service_notifications.domain.care.reply_check.phrases.closing import BECAUSE
from service_notifications.domain.care.reply_check.phrases.decision_notice import (
    APPEAL,
    INSTEAD,
    SHIPPING,
    WE_PAY,
    YOU_PAY,
)
from service_notifications.domain.care.reply_check.reply_case import Purpose
from service_notifications.domain.care.text.folded_text import folded
from service_notifications.domain.care.text.phrase_search import Lexicon
from shared.kernel.errors import Said

_RMA: Final = re.compile(r"\brma[- ]?(?=[a-z0-9-]{0,24}\d)[a-z0-9-]{4,24}(?![a-z0-9])")
_PHONE: Final = re.compile(
    r"(?<![\d-])(?:\+?86[ -]?)?(?:1[3-9]\d{9}|0\d{2,3}[ -]?\d{4}[ -]?\d{3,4}|400[ -]?\d{3}[ -]?\d{4})(?![\d-])"
)
_ADDRESS: Final = re.compile(
    r"(?:地址|寄(?:回|到|至|往))[^\n。;]{0,6}?(?P<place>[\u4e00-\u9fff]{2,8}[省市区县][^\n。;]{2,60})"
)
_CITED: Final = re.compile(
    r"第? ?(?P<zh>\d{1,3}(?:\.\d{1,3}){0,3}) ?条(?!信息|消息|短信|记录|评|留言|语音|建议)"
    r"|\b(?:clause|section|article|paragraph|para)s? (?P<en>[a-z]?\d{1,3}(?:\.\d{1,3}){0,3})"
    r"|(?<![a-z0-9])(?P<code>[rn]\d\.\d{1,2})(?![\d.])"
)
_VERSION: Final = re.compile(r"(?:版本(?:号|为)?|\bversion)[ :]{0,2}(?P<version>[a-z0-9][a-z0-9._@-]{0,40}[a-z0-9])")
_LAW: Final = re.compile(
    r"(?:法|条例|办法|规定|\bact\b|directive|regulation|\bcode\b|\blaw\b)[》\"”)]{0,2}[^。.!?\n]{0,12}$"
)
_LINK: Final = re.compile(r"https?://[^\s]{3,}|www\.[^\s]{3,}")


def is_approval(reply: AnalysedReply) -> bool:
    """Whether the reply approves a return."""
    return reply.purpose(Purpose.APPROVAL)


def is_refusal(reply: AnalysedReply) -> bool:
    """Whether the reply refuses a return."""
    return reply.purpose(Purpose.REFUSAL)


def approval_facts(reply: AnalysedReply) -> CheckResults:
    """E6: address, contact, phone, how to send, return number, who pays; any reply that states one states the right
    one.
    """
    if is_approval(reply):
        yield from _slots(reply)
    yield from _wrong(reply)


def _slots(reply: AnalysedReply) -> CheckResults:
    approval = reply.facts.approval
    slots = (
        ("address", Said("the address", "退货地址"), approval.address),
        ("contact", Said("the contact", "联系人"), approval.contact),
        ("phone", Said("the telephone number", "联系电话"), approval.phone),
        ("shipping", Said("how to send it", "物流建议"), ", ".join(approval.shipping)),
        ("rma", Said("the return number", "退货编号"), approval.rma),
    )
    for name, what, fact in slots:
        if _shipping(reply) if name == "shipping" else fact is not None and reply.states(fact):
            continue
        said = Said(f"{what.en} is missing", f"缺少{what.zh}")
        if not fact:
            said = Said(f"the case does not hold {what.en} ({name})", f"案例中没有{what.zh}（{name}）")
        yield Violation(says=said, better=Said(fact or "…", fact or "……"), critical=CriticalError.COMPLIANCE)
    yield from _freight(reply)


def _shipping(reply: AnalysedReply) -> bool:
    words = reply.facts.approval.shipping
    return any(reply.states(word) for word in words) if words else bool(reply.hits(SHIPPING))


def _freight(reply: AnalysedReply) -> CheckResults:
    customer_pays = reply.facts.approval.customer_pays
    ours, customers = reply.counting(WE_PAY), reply.counting(YOU_PAY)
    if customer_pays is None:
        yield UnknownFact("approval.customer_pays")
    if not (ours or customers):
        yield Violation(
            says=Said("who pays the freight is missing", "缺少运费承担方"),
            better=Said("You pay the freight.", "运费由您承担。")
            if customer_pays
            else Said("We pay the freight.", "运费由我们承担。"),
            critical=CriticalError.COMPLIANCE,
        )
    elif customer_pays is not None and not (customers if customer_pays else ours):
        hit = (ours or customers)[0]
        yield Violation(
            says=Said("the freight is said to be paid by the wrong side", "运费承担方与案例不符"),
            better=Said("You pay the freight.", "运费由您承担。")
            if customer_pays
            else Said("We pay the freight.", "运费由我们承担。"),
            start=hit.start,
            end=hit.end,
            critical=CriticalError.CUSTOMER,
        )


def _wrong(reply: AnalysedReply) -> CheckResults:
    """A return number, telephone number or address in the text that differs from the case."""
    approval = reply.facts.approval
    for found, fact, what in (
        (_RMA.finditer(reply.plain), approval.rma, Said("return number", "退货编号")),
        (
            _PHONE.finditer(reply.plain) if is_approval(reply) else iter(()),
            approval.phone,
            Said("telephone number", "电话"),
        ),
        (_ADDRESS.finditer(reply.plain), approval.address, Said("address", "地址")),
    ):
        if not fact:
            continue
        wanted = letters_and_digits(folded(fact))
        for match in found:
            start, end = match.span("place") if "place" in match.re.groupindex else match.span()
            stated = letters_and_digits(reply.plain[start:end])
            if wanted in stated or stated in wanted or reply.view.is_quoted(start, end):
                continue
            yield Violation(
                says=Said(f"this is not the {what.en} of the case", f"{what.zh}与案例不符"),
                better=Said(fact, fact),
                start=start,
                end=end,
                critical=CriticalError.CUSTOMER,
            )


def refusal(reply: AnalysedReply) -> CheckResults:
    """E7: the concrete reason, the clause, the evidence, an alternative, and the deadline for an appeal."""
    facts = reply.facts.refusal
    reasons = any(reply.states(reason) for reason in facts.reasons) if facts.reasons else bool(reply.hits(BECAUSE))
    policy = reply.facts.policy
    alternative = facts.none_feasible or (
        any(reply.states(each) for each in facts.alternatives) if facts.alternatives else reply.has(INSTEAD)
    )
    evidence = (
        any(link in reply.draft.text for link in facts.evidence_links)
        if facts.evidence_links
        else bool(_LINK.search(reply.plain))
    )
    slots = (
        (reasons, Said("the concrete reason", "具体原因"), facts.reasons[0] if facts.reasons else None),
        (
            bool(list(_cited(reply))),
            Said("the clause it rests on", "政策或法律依据"),
            min(policy.clauses) if policy and policy.clauses else None,
        ),
        (
            evidence,
            Said("a link to the evidence", "证据链接"),
            facts.evidence_links[0] if facts.evidence_links else None,
        ),
        (alternative, Said("an alternative", "替代方案"), facts.alternatives[0] if facts.alternatives else None),
    )
    for there, what, fact in slots:
        if not there:
            yield Violation(
                says=Said(f"{what.en} is missing", f"缺少{what.zh}"),
                better=Said(fact or "…", fact or "……"),
                critical=CriticalError.COMPLIANCE,
            )
    yield from _appeal(reply)


def _appeal(reply: AnalysedReply) -> CheckResults:
    by = reply.facts.refusal.appeal_by
    better = (
        Said(f"You may appeal until {by:%Y-%m-%d}.", f"您可在{by:%Y-%m-%d}（含当日）前申诉。")
        if by
        else Said("…", "……")
    )
    days = [day for hit in _own(reply, APPEAL) for day in reply.days_within(reply.sentence(hit))]
    if not days:
        yield Violation(
            says=Said("until when to appeal is missing", "缺少申诉期限"),
            better=better,
            critical=CriticalError.COMPLIANCE,
        )
    elif by is None:
        yield UnknownFact("refusal.appeal_by")
    elif not any(day.day == by.date() for day in days):
        yield Violation(
            says=Said("this is not the day until which to appeal", "申诉期限与案例不符"),
            better=better,
            start=days[0].start,
            end=days[0].end,
            critical=CriticalError.CUSTOMER,
        )


def _own(reply: AnalysedReply, lexicon: Lexicon) -> Iterator[int]:
    return (hit.start for hit in reply.hits(lexicon) if not hit.quoted)


def own_policy(reply: AnalysedReply) -> CheckResults:
    """E8: a quoted clause or version belongs to the order's policy."""
    policy = reply.facts.policy
    cited = list(_cited(reply))
    versions = [match for match in _VERSION.finditer(reply.plain) if any(map(str.isdigit, match["version"]))]
    if not cited and not versions:
        return
    if policy is None:
        yield UnknownFact("policy")
        return
    for clause, start, end in cited:
        is_law = _LAW.search(reply.plain, max(0, start - 40), start) is not None
        if clause in {each.casefold() for each in policy.clauses} or (is_law and _may_be_cited(clause, policy.laws)):
            continue
        yield Violation(
            says=Said(f"{policy.version} has no clause {clause}", f"{policy.version} 中没有第{clause}条"),
            better=Said(", ".join(sorted(policy.clauses)), "、".join(sorted(policy.clauses))),
            start=start,
            end=end,
            critical=CriticalError.CUSTOMER,
        )
    for match in versions:
        if match["version"] not in {policy.version.casefold(), policy.version.casefold().rpartition("@")[2]}:
            yield Violation(
                says=Said(f"the order's policy is {policy.version}", f"该订单适用的政策版本是 {policy.version}"),
                better=Said(policy.version, policy.version),
                start=match.start("version"),
                end=match.end("version"),
                critical=CriticalError.CUSTOMER,
            )


def _cited(reply: AnalysedReply) -> Iterator[tuple[str, int, int]]:
    for match in _CITED.finditer(reply.plain):
        if not reply.view.is_quoted(*match.span()):
            yield (match["zh"] or match["en"] or match["code"]), *match.span()


def _may_be_cited(clause: str, laws: tuple[str, ...]) -> bool:
    """Whether the cited article of law is one of the case's articles, where the case lists any."""
    return not laws or any(clause in law for law in laws)
