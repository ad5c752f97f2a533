"""Checks of approvals, refusals and quoted clauses (E6 to E8)."""

from dataclasses import replace
from typing import Any, Final

import pytest

from service_notifications.domain.care.reply_check.finding import CriticalError
from service_notifications.domain.care.reply_check.reply_case import (
    PolicyFacts,
    Purpose,
    RefusalFacts,
    ReplyCase,
    ReplyChannel,
)
from tests.norms.contexts import a_case
from tests.unit.notifications.care.reply_check.one_check import (
    EN,
    LETTER,
    SIX,
    ZH,
    approval,
    at,
    by,
    lacks,
    words,
)


def test_an_approval_with_all_six_facts_may_go() -> None:
    """E6, R2.3, L06."""
    assert by("E6", approval()).findings == ()


@pytest.mark.parametrize("fact", LETTER)
def test_an_approval_without_one_of_its_facts_is_held_back(fact: str) -> None:
    """E6, R2.3, R2.4, L06: any empty slot is a gate."""
    verdict = by("E6", approval(but=fact))
    assert not verdict.sendable
    assert [(each.words, each.critical) for each in verdict.findings] == [("", CriticalError.COMPLIANCE)]
    assert (
        words("E6", replace(approval(but=fact), draft=replace(approval(but=fact).draft, purpose=Purpose.ANSWER))) == []
    )


@pytest.mark.parametrize("fact", ["address", "contact", "phone", "rma"])
def test_an_approval_whose_case_lacks_a_fact_is_held_back(fact: str) -> None:
    """E6."""
    nothing: dict[str, Any] = {fact: None}
    assert "" in words("E6", approval(facts=replace(SIX, **nothing)))


@pytest.mark.parametrize(
    ("fact", "wrong", "pointed_at"),
    [
        ("rma", "退货编号：RMA-7Q2K-X，不是 RMA-7Q2K-Y", "RMA-7Q2K-Y"),
        ("address", "地址：上海市青浦区华腾路1288号\n地址：北京市朝阳区一号", "北京市朝阳区一号"),
        ("phone", "电话：021-5555 0101 或 021-5555 0102", "021-5555 0102"),
        ("freight", "运费由您承担", "运费由您承担"),
    ],
)
def test_a_wrong_number_or_address_is_critical(fact: str, wrong: str, pointed_at: str) -> None:
    """E6, 6.3."""
    wrongly: dict[str, Any] = {fact: wrong}
    (finding,) = by("E6", approval(**wrongly)).findings
    assert (finding.words, finding.critical) == (pointed_at, CriticalError.CUSTOMER)


def test_who_pays_is_unknown_only_when_the_case_says_so() -> None:
    """E6, R2.4."""
    assert lacks("E6", approval(facts=replace(SIX, customer_pays=None))) == ["approval.customer_pays"]
    assert words("E6", approval(facts=replace(SIX, customer_pays=True), freight="运费由您承担")) == []
    assert words("E6", approval(facts=replace(SIX, shipping=()), shipping="可以上门取件")) == []
    assert words("E6", approval(freight="您无需承担运费")) == words("E6", approval(freight="运费您不用支付")) == []


POLICY: Final = PolicyFacts("returns@2026-03", frozenset({"3.2", "5.1"}), ("消费者权益保护法第25条",))

REFUSAL: Final = RefusalFacts(("超过7天",), ("https://proof/1",), ("维修",), appeal_by=at(38))

REFUSED: Final = {
    "reason": "签收已超过7天。",
    "clause": "依据政策第3.2条。",
    "evidence": "照片：https://proof/1",
    "alternative": "我们可以为您维修。",
    "appeal": "您可以在12月8日18:00前申诉。",
}


def refused(but: str | None = None, facts: RefusalFacts = REFUSAL, **others: str) -> ReplyCase:
    text = "\n".join(part for name, part in {**REFUSED, **others}.items() if name != but)
    return a_case(text, ZH, purpose=Purpose.REFUSAL, refusal=facts, policy=POLICY, channel=ReplyChannel.EMAIL)


def test_a_refusal_with_everything_may_go() -> None:
    """E7, R2.5, R1.4, L06."""
    assert by("E7", refused()).findings == ()
    assert (
        by("E7", refused(but="alternative", facts=replace(REFUSAL, alternatives=(), none_feasible=True))).findings == ()
    )


@pytest.mark.parametrize("part", REFUSED)
def test_a_refusal_without_one_of_its_parts_is_held_back(part: str) -> None:
    """E7, R2.5, L06."""
    verdict = by("E7", refused(but=part))
    assert not verdict.sendable
    assert [(each.words, each.critical) for each in verdict.findings] == [("", CriticalError.COMPLIANCE)]


def test_the_day_of_the_appeal_is_the_cases() -> None:
    """E7."""
    assert words("E7", refused(appeal="您可以在12月9日前申诉。")) == ["12月9日"]
    assert lacks("E7", refused(facts=replace(REFUSAL, appeal_by=None))) == ["refusal.appeal_by"]
    without = replace(REFUSAL, reasons=(), evidence_links=(), alternatives=())
    assert words("E7", refused(facts=without, reason="因为超期。")) == []
    assert (
        words("E7", refused(facts=without, reason="超期。", clause="第3.2条", evidence="", alternative="")) == [""] * 3
    )


def test_a_clause_is_the_orders_own() -> None:
    """E8: quoted from the version that the order has."""
    assert words("E8", a_case("依据第3.2条。", ZH, policy=POLICY)) == []
    (finding,) = by("E8", a_case("依据第3.3条。", ZH, policy=POLICY)).findings
    assert (finding.words, finding.critical, finding.gate) == ("第3.3条", CriticalError.CUSTOMER, False)
    assert words("E8", a_case("See clause 9 and section 5.1.", EN, policy=POLICY)) == ["clause 9"]
    assert words("E8", a_case("政策版本2026-03", ZH, policy=POLICY)) == []
    assert words("E8", a_case("under version 2025-01", EN, policy=POLICY)) == ["2025-01"]
    assert words("E8", a_case("《消费者权益保护法》第25条", ZH, policy=POLICY)) == []
    assert words("E8", a_case("《消费者权益保护法》第24条", ZH, policy=POLICY)) == ["第24条"]
    assert words("E8", a_case("第24条", ZH, policy=POLICY)) == ["第24条"]
    assert lacks("E8", a_case("依据第3.2条。", ZH)) == ["policy"]
    assert lacks("E8", a_case("好的。", ZH)) == []
