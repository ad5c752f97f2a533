"""Checks of plain words, lengths, times, amounts and steps (E1 to E5, N3.3)."""

from dataclasses import replace
from typing import Final

import pytest

from service_notifications.domain.care.reply_check.checks import clarity
from service_notifications.domain.care.reply_check.finding import CriticalError
from service_notifications.domain.care.reply_check.reply_case import (
    ApprovalFacts,
    DeadlineKind,
    DetectedPromise,
    QuoteFacts,
    RefusalFacts,
)
from service_notifications.domain.care.text.folded_text import Span
from shared.kernel.money import Money
from tests.norms.contexts import a_case
from tests.unit.notifications.care.reply_check.one_check import (
    EN,
    ZH,
    at,
    by,
    lacks,
    words,
)

CNY_85: Final = Money(8_500, "CNY")


def test_jargon_is_explained_in_its_sentence() -> None:
    """E1, N3.3, Q04."""
    assert words("E1", a_case("您的RMA已生成。编号（RMA）见下。", ZH)) == ["RMA"]
    assert words("E1", a_case("RMA，也就是退货编号，已生成。", ZH)) == []
    (finding,) = by("E1", a_case("Your SKU please.", EN)).findings
    assert finding.better.en == "the style code on the tag"
    approval = ApprovalFacts(rma="RMA 7Q2K")
    assert words("E1", a_case("编号 RMA 7Q2K。", ZH, approval=approval)) == []
    assert words("E1", a_case("编号 RMA 7Q2K。", ZH)) == ["RMA"]


def test_sentences_and_paragraphs_have_limits() -> None:
    """E2, Q04."""
    assert words("E2", a_case("好" * 40 + "。", ZH)) == []
    assert words("E2", a_case("好" * 41 + "。", ZH)) == ["好" * 41 + "。"]
    assert words("E2", a_case(("好" * 30 + "。") * 4, ZH)) == []
    assert len(words("E2", a_case(("好" * 31 + "。") * 4, ZH))) == 1
    assert words("E2", a_case("地址：" + "沪" * 60, ZH, approval=ApprovalFacts(address="沪" * 60))) == []
    assert words("E2", a_case("word " * 20 + ".", EN)) == []
    assert words("E2", a_case("word " * 21 + ".", EN)) == [""]
    assert words("E2", a_case("word " * 30 + ". Yes. Yes.", EN)) == []
    hard = "Notwithstanding aforementioned considerations, reimbursement necessitates verification. " * 10
    assert words("E2", a_case(hard, EN)) == [""]
    assert words("E2", a_case("", EN)) == words("E2", a_case("", ZH)) == []
    assert words("E2", a_case("We will check it now and call you. " * 9, EN)) == []


def test_a_vague_time_needs_a_day_in_its_sentence() -> None:
    """E3."""
    assert words("E3", a_case("尽快处理。11月25日见。", ZH, dates=(at(25),))) == ["尽快"]
    assert words("E3", a_case("3-5个工作日到账。", ZH)) == ["3-5个工作日"]
    assert words("E3", a_case("within 2 to 3 days", EN)) == ["2 to 3 days"]


def test_a_coming_day_is_one_of_the_cases_clocks() -> None:
    """E3: the day is the clock's."""
    dues = {DeadlineKind.REVIEW: at(25)}
    assert words("E3", a_case("11月25日18:00前答复您。", ZH, dues=dues)) == []
    assert words("E3", a_case("11月26日18:00前答复您。", ZH, dues=dues)) == ["11月26日"]
    assert words("E3", a_case("您的订单是11月2日的。", ZH, dues=dues)) == []
    assert words("E3", a_case("您说11月26日寄出。", ZH, dues=dues)) == []
    assert lacks("E3", a_case("11月26日18:00前答复您。", ZH)) == ["dues"]
    for known in (
        {"dates": (at(26),)},
        {"arrives_not_before": at(26)},
        {"refusal": RefusalFacts(appeal_by=at(26))},
        {"promises": ()},
    ):
        case = a_case("by 18:00 on 26 November", EN, **known)
        if "promises" in known:
            case = replace(case, promises=(DetectedPromise(Span(0, 5), at(26)),))
        assert words("E3", case) == []


QUOTE: Final = QuoteFacts(CNY_85, (), ("原路退回",))


def test_the_amount_is_the_ledgers() -> None:
    """E4: a mismatch holds the reply back and fails the contact."""
    good = a_case("退款85.00元，原路退回。", ZH, quote=QUOTE)
    assert by("E4", good).findings == ()
    verdict = by("E4", a_case("退款89.00元，原路退回。", ZH, quote=QUOTE))
    assert not verdict.sendable
    assert (verdict.findings[0].words, verdict.findings[0].critical) == ("89.00元", CriticalError.CUSTOMER)
    assert verdict.findings[0].better.zh == "CNY 85.00"
    assert words("E4", a_case("85美元，原路退回", ZH, quote=QUOTE)) == ["85美元"]
    assert words("E4", a_case("退款85。", ZH, quote=QUOTE)) == ["85"]
    assert words("E4", a_case("85.000元", ZH, quote=QUOTE)) == ["85.000元"]
    assert words("E4", a_case("运费12元", ZH, amounts=(Money(1_200, "CNY"),))) == []
    assert words("E4", a_case("您说要89元。", ZH, quote=QUOTE)) == []
    assert words("E4", a_case("退您85元。", ZH)) == ["85元"]


def test_a_refund_names_its_parts_and_its_way() -> None:
    """E4."""
    assert words("E4", a_case("退款85.00元。", ZH, quote=QUOTE)) == [""]
    parts = QuoteFacts(CNY_85, (Money(8_000, "CNY"), Money(500, "CNY")), ())
    assert words("E4", a_case("退款85.00元。", ZH, quote=parts)) == [""]
    assert words("E4", a_case("退款85.00元：商品80.00元，运费5.00元。", ZH, quote=parts)) == []


def test_what_the_customer_does_stands_in_steps() -> None:
    """E5."""
    assert words("E5", a_case("请您拍照并上传。", ZH)) == ["拍照并上传"]
    assert words("E5", a_case("请您上传。", ZH)) == []
    assert words("E5", a_case("1. 请在11月25日18:00前拍照\n2. 请在11月25日18:00前上传", ZH)) == []
    assert words("E5", a_case("1. 请拍照\n2. 请在11月25日18:00前上传", ZH)) == ["1. 请拍照"]
    assert words("E5", a_case("1. 请在11月25日18:00前拍照并上传", ZH)) == ["1. 请在11月25日18:00前拍照并上传"]
    assert words("E5", a_case("Please pack it and print the label.", EN)) == ["pack it and print"]
    assert words("E5", a_case("I will pack it and print the label.", EN)) == []


@pytest.mark.parametrize(
    ("word", "syllables"),
    [("time", 1), ("the", 1), ("table", 2), ("refund", 2), ("agree", 2), ("rhythm", 1), ("hmm", 1)],
)
def test_syllables_are_estimated(word: str, syllables: int) -> None:
    """E2, Q04."""
    assert clarity._syllables(word) == syllables


def test_what_the_customer_wrote_does_not_make_sentences_long() -> None:
    """E2."""
    assert words("E2", a_case("> " + "word " * 60 + "\nWe saw this.", EN)) == []


def test_today_needs_no_clock() -> None:
    """E3."""
    assert words("E3", a_case("11月24日18:00前答复您。", ZH, dues={DeadlineKind.REVIEW: at(25)})) == []
