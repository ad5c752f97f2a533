"""Every check is judged by the facts of the case: what passes, what fails, what nobody can tell (N1, N3.1 to N3.6).

Facts beat words: the amount is the ledger's, the day the clock's, the clause the order's policy's (E3, E4, E8, H2, H4).
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from service_notifications.domain.care.reply_check.check_table import CHECKS
from service_notifications.domain.care.reply_check.checks import clarity
from service_notifications.domain.care.reply_check.finding import CriticalError, FindingKind
from service_notifications.domain.care.reply_check.reply_case import (
    ApprovalFacts,
    ClosingFacts,
    ComplaintAssessment,
    ComplaintFacts,
    DeadlineKind,
    DecisionFacts,
    DetectedFeeling,
    DetectedPromise,
    Fault,
    Feeling,
    ItemFacts,
    LoggedPromise,
    PolicyFacts,
    Purpose,
    QuoteFacts,
    RefundState,
    RefusalFacts,
    ReplyCase,
    ReplyChannel,
    ReplyFacts,
    ReplySender,
    SenderLimits,
    Speaker,
    SurveyFacts,
    Turn,
)
from service_notifications.domain.care.reply_check.reply_report import ReplyReport, check_reply
from service_notifications.domain.care.text.folded_text import Span
from shared.kernel.errors import Language
from shared.kernel.money import Money
from tests.norms.contexts import NOW, a_case, conversation

ZH: Final[Language] = "zh-CN"
EN: Final[Language] = "en"
BY_ID: Final = {check.id: check for check in CHECKS}
CNY_85: Final = Money(8_500, "CNY")


def by(check: str, case: ReplyCase) -> ReplyReport:
    return check_reply(case, (BY_ID[check],))


def words(check: str, case: ReplyCase) -> list[str]:
    """What the check points at; "" for what is absent."""
    return [finding.words for finding in by(check, case).findings]


def lacks(check: str, case: ReplyCase) -> list[str]:
    return [each.fact for each in by(check, case).unjudged]


def at(day: int, hour: int = 18) -> datetime:
    """A moment of this November; 31 is the first of December."""
    return NOW.replace(day=1, hour=hour) + timedelta(days=day - 1)


def first(text: str, language: Language, **but: Any) -> ReplyCase:
    return a_case(text, language, turns=conversation(language)[:1], **but)


def test_the_stored_address_is_in_the_first_message() -> None:
    """G1, N3.1, K10."""
    assert words("G1", first("您好，我是小林。", ZH)) == [""]
    assert words("G1", first("王女士，您好，我是小林。", ZH)) == []
    assert words("G1", first("王女士，您好。", ZH, address_as=None)) == ["女士"]
    assert words("G1", first("您好。", ZH, address_as=None)) == []
    assert words("G1", a_case("亲，收到", ZH, brand_names=("亲",))) == []
    assert words("G1", first("Hello, this is Anna.", EN)) == [""]
    assert words("G1", first("Dear Ms Wang, this is Anna.", EN)) == []
    assert words("G1", first("Dear Mr Wang, this is Anna.", EN)) == ["", "Mr"]


def test_the_greeting_is_at_the_very_beginning() -> None:
    """G2: within 30 characters in Chinese, in the first sentence in English, and only in the first message."""
    assert words("G2", first("您" * 28 + "，您好，我是小林。", ZH)) == [""]
    assert words("G2", a_case("已登记。", ZH)) == []
    assert words("G2", first("Dear Ms Wang,\nThis is Anna from returns.", EN)) == []


def test_the_first_reply_restates_the_issue() -> None:
    """L1, N3.2."""
    assert words("L1", first("您反馈的M号外套袖口开线，已登记。", ZH)) == []
    assert words("L1", first("您反馈的外套开线。", ZH)) == []
    assert words("L1", first("订单4711-0815开线的问题已登记。", ZH)) == []
    assert words("L1", first("您的申请已登记。", ZH)) == ["", ""]
    assert words("L1", first("您的外套已登记。", ZH)) == [""]
    assert words("L1", a_case("已登记。", ZH)) == []
    assert lacks("L1", first("好的", ZH, order=None, items=(), problem=())) == ["order", "problem"]
    assert words("L1", first("The open seam of your jacket is noted.", EN)) == []
    assert words("L1", first("Your skirt is noted.", EN, items=(ItemFacts(("blue jacket", "parka")),))) == ["", ""]


def test_another_order_than_the_cases_is_critical() -> None:
    """L1, 6.3: a wrong item or order fails the contact."""
    (finding,) = by("L1", a_case("订单4711-0816已登记。", ZH)).findings
    assert (finding.words, finding.critical) == ("4711-0816", CriticalError.CUSTOMER)
    assert words("L1", a_case("您说订单4711-0816，请您核对。", ZH)) == []


def test_nobody_is_interrupted_or_questioned_out() -> None:
    """L2."""
    assert words("L2", a_case("请稍等。", ZH, customer_is_typing=True)) == [""]
    assert words("L2", a_case("颜色？尺码？地址？", ZH)) == []
    assert words("L2", a_case("颜色？尺码？地址？电话？", ZH)) == ["电话？"]
    assert words("L2", a_case("Colour? Size? Street? Phone? You wrote: “why?”", EN)) == ["Phone?"]


def feeling(text: str, language: Language, feeling_: Feeling = Feeling.DISTRESS, **but: Any) -> ReplyCase:
    turns = (*conversation(language), Turn(Speaker.CUSTOMER, NOW - timedelta(minutes=1), "!"))
    return a_case(text, language, turns=turns, signals=(DetectedFeeling(feeling_, 2),), **but)


def test_understanding_stands_before_the_solution() -> None:
    """L3: the order is deterministic, the wording a signal. K06."""
    (late,) = by("L3", feeling("建议您换货。非常理解您的心情。", ZH)).findings
    assert (late.kind, late.words) == (FindingKind.DETERMINISTIC, "建议")
    (none,) = by("L3", feeling("建议您换货。", ZH)).findings
    assert (none.kind, none.span) == (FindingKind.SIGNAL, None)
    assert words("L3", feeling("非常理解您的心情。建议您换货。", ZH)) == []
    assert words("L3", a_case("建议您换货。", ZH)) == []
    assert lacks("L3", replace(a_case("建议您换货。", ZH), signals=None)) == ["signals"]
    answered = (DetectedFeeling(Feeling.DISTRESS, 0),)
    assert words("L3", a_case("建议您换货。", ZH, signals=answered)) == []


def test_the_same_understanding_is_said_twice_at_most() -> None:
    """L4."""
    once = Turn(Speaker.AGENT, NOW - timedelta(minutes=9), "理解您的心情。")
    assert words("L4", a_case("理解您。", ZH, turns=(*conversation(ZH), once))) == []
    assert words("L4", a_case("理解您。", ZH, turns=(*conversation(ZH), once, once))) == ["理解您"]


@pytest.mark.parametrize("fact", ["order", "items", "problem", "remedy_wanted"])
def test_four_facts_are_on_file_before_the_review(fact: str) -> None:
    """L5, R1.3."""
    assert words("L5", a_case("", ZH, for_review=True)) == []
    empty: Any = () if fact in {"items", "problem"} else None
    assert words("L5", a_case("", ZH, for_review=True, **{fact: empty})) == [""]
    assert words("L5", a_case("", ZH, **{fact: empty})) == []


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


SIX: Final = ApprovalFacts(
    address="上海市青浦区华腾路1288号",
    contact="陈立",
    phone="021-5555 0101",
    shipping=("顺丰",),
    rma="RMA-7Q2K-X",
    customer_pays=False,
)
LETTER: Final = {
    "rma": "退货编号：RMA-7Q2K-X",
    "address": "地址：上海市青浦区华腾路 1288 号",
    "contact": "联系人：陈立",
    "phone": "电话：021-5555 0101",
    "shipping": "请选顺丰",
    "freight": "运费由我们承担",
}


def approval(but: str | None = None, facts: ApprovalFacts = SIX, **others: str) -> ReplyCase:
    parts = {**LETTER, **others}
    text = "\n".join(part for name, part in parts.items() if name != but)
    return a_case(text, ZH, purpose=Purpose.APPROVAL, approval=facts)


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


def test_a_choice_may_be_questioned_once() -> None:
    """R3."""
    asked = Turn(Speaker.AGENT, NOW - timedelta(minutes=9), "要不您再考虑一下？")
    turns = (*conversation(ZH), asked)
    chosen = NOW - timedelta(minutes=15)
    assert words("R3", a_case("要不您换货？", ZH, chosen_at=chosen)) == []
    assert words("R3", a_case("要不您换货？", ZH, turns=turns, chosen_at=chosen)) == ["要不您"]
    assert words("R3", a_case("要不您换货？", ZH, turns=turns, chosen_at=NOW)) == []
    assert words("R3", a_case("要不您换货？", ZH, turns=turns)) == []


def test_an_argument_needs_two_in_a_row() -> None:
    """R2 is a signal."""
    assert words("R2", a_case("但是系统不是这样。", ZH)) == []
    denied = Turn(Speaker.AGENT, NOW - timedelta(minutes=9), "不是的，您误会了。")
    (finding,) = by("R2", a_case("但是系统有记录。", ZH, turns=(*conversation(ZH), denied))).findings
    assert (finding.kind, finding.gate, finding.words) == (FindingKind.SIGNAL, False, "但是")


def test_rights_do_not_depend_on_the_segment() -> None:
    """R4: D on the decision's data; words are a signal."""
    assert words("R4", a_case("好的。", ZH, decided=DecisionFacts("accept", "accept"))) == []
    (finding,) = by("R4", a_case("好的。", ZH, decided=DecisionFacts("refuse", "accept"))).findings
    assert finding.kind is FindingKind.DETERMINISTIC
    verdict = by("R4", a_case("您的等级不够，退不了。", ZH))
    assert verdict.findings[0].kind is FindingKind.SIGNAL
    assert [each.fact for each in verdict.unjudged] == ["decided"]


DUE: Final = at(24)
ROW: Final = LoggedPromise(id="P-12", owner="Anna", due=DUE, proof="call log", what="call_back")
PROMISED: Final = DetectedPromise(Span(0, 10), DUE, "call_back")


def promised(promise: DetectedPromise | None, *rows: LoggedPromise) -> ReplyCase:
    found = () if promise is None else (promise,)
    return a_case("我今天18点前给您回电。", ZH, promises=found) if not rows else _logged(found, rows)


def _logged(found: tuple[DetectedPromise, ...], rows: tuple[LoggedPromise, ...]) -> ReplyCase:
    case = a_case("我今天18点前给您回电。", ZH, promises=found)
    return replace(case, facts=replace(case.facts, promises=rows))


@pytest.mark.parametrize(
    ("promise", "rows", "held"),
    [
        (None, (), False),
        (PROMISED, (ROW,), False),
        (PROMISED, (), True),
        (PROMISED, (replace(ROW, due=at(25)),), True),
        (PROMISED, (replace(ROW, what="refund"),), True),
        (PROMISED, (replace(ROW, what=None),), False),
        (PROMISED, (replace(ROW, owner=None),), True),
        (PROMISED, (replace(ROW, proof=None),), True),
        (PROMISED, (replace(ROW, proof=None), ROW), False),
        (replace(PROMISED, due=None), (ROW,), True),
        (replace(PROMISED, what=None), (ROW,), False),
    ],
)
def test_a_promise_is_in_the_ledger_or_the_reply_is_held_back(
    promise: DetectedPromise | None, rows: tuple[LoggedPromise, ...], held: bool
) -> None:
    """H1, K04, N3.4: owner, due time and proof."""
    verdict = by("H1", promised(promise, *rows))
    assert verdict.sendable is not held
    if held:
        assert verdict.findings[0].words == "我今天18点前给您回"


def test_promises_that_nobody_looked_for_are_not_judged() -> None:
    """H1."""
    case = replace(promised(None), promises=None)
    assert lacks("H1", case) == ["promises"]
    assert by("H1", case).sendable


def test_an_unlogged_promise_that_is_broken_already_is_critical() -> None:
    """H1, 6.3."""
    assert by("H1", promised(replace(PROMISED, due=at(23)))).findings[0].critical is CriticalError.CUSTOMER
    assert by("H1", promised(PROMISED)).findings[0].critical is None


def test_nothing_beyond_the_senders_limit() -> None:
    """H2, 6.3: business critical."""
    limits = SenderLimits(Money(2_000, "CNY"))
    assert words("H2", a_case("补偿您20元。", ZH, limits=limits)) == []
    (finding,) = by("H2", a_case("补偿您20.01元。", ZH, limits=limits)).findings
    assert (finding.words, finding.critical) == ("20.01元", CriticalError.BUSINESS)
    assert words("H2", a_case("补偿您20美元。", ZH, limits=limits)) == ["20美元"]
    assert words("H2", a_case("商品20.01元。", ZH, limits=limits)) == []
    assert lacks("H2", a_case("a voucher of 5 EUR", EN)) == ["limits.amount"]


def test_money_does_not_arrive_before_it_can() -> None:
    """H2: the provider's time."""
    assert words("H2", a_case("11月27日18:00前到账。", ZH, arrives_not_before=at(28))) == ["11月27日"]
    assert words("H2", a_case("11月28日18:00前到账。", ZH, arrives_not_before=at(28))) == []
    assert words("H2", a_case("11月27日发货。", ZH, arrives_not_before=at(28))) == []
    late = a_case("Your money arrives by 27 November.", EN, arrives_not_before=at(28))
    assert words("H2", late) == ["27 November"]
    assert lacks("H2", a_case("11月27日到账。", ZH)) == ["arrives_not_before"]


def test_no_refund_without_accepted_units() -> None:
    """H2, 6.3: business critical."""
    assert words("H2", a_case("好的。", ZH, purpose=Purpose.REFUND, accepted_units=1)) == []
    (finding,) = by("H2", a_case("好的。", ZH, purpose=Purpose.REFUND, accepted_units=0)).findings
    assert finding.critical is CriticalError.BUSINESS


def at_risk(text: str, due: datetime = DUE) -> ReplyCase:
    case = a_case(text, ZH)
    return replace(case, facts=replace(case.facts, promises=(replace(ROW, due=due, at_risk=True),)))


def test_a_promise_at_risk_is_told_with_a_new_day_and_a_remedy() -> None:
    """H3."""
    assert words("H3", at_risk("很抱歉，改为11月25日18:00前回电。")) == []
    assert words("H3", at_risk("很抱歉，晚一点回电。")) == [""]
    assert words("H3", at_risk("改为11月25日18:00前回电。")) == [""]
    assert words("H3", at_risk("很抱歉，改为11月25日18:00前回电。", due=at(23))) == [""]
    assert words("H3", at_risk("好的。")) == ["", ""]
    assert words("H3", promised(None, ROW)) == []


@pytest.mark.parametrize("state", [None, *RefundState])
def test_refunded_is_said_only_of_what_is_paid(state: RefundState | None) -> None:
    """H4, L03, I03: a gate for every state but one, and for none on file."""
    for text, language in (("您的退款已到账。", ZH), ("Your refund is complete.", EN)):
        verdict = by("H4", a_case(text, language, refund_state=state))
        assert verdict.sendable is (state is RefundState.SUCCEEDED)


@pytest.mark.parametrize("fault", [None, *Fault])
def test_an_apology_is_due_where_we_are_at_fault(fault: Fault | None) -> None:
    """H5."""
    assert bool(words("H5", a_case("好的。", ZH, fault=fault))) is (fault is Fault.MERCHANT)
    assert words("H5", a_case("好的。", ZH, fault=fault, inconvenience=True)) == [""]
    assert words("H5", a_case("抱歉。", ZH, fault=fault, inconvenience=True)) == []
    admits = words("H5", a_case("抱歉，是我们的错。", ZH, fault=fault))
    assert bool(admits) is (fault in {Fault.NOBODY, Fault.CUSTOMER})
    assert lacks("H5", a_case("好的。", ZH, fault=fault)) == (["fault"] if fault is None else [])


def test_one_apology_in_the_conversation_is_enough() -> None:
    """H5."""
    said = Turn(Speaker.AGENT, NOW, "非常抱歉。")
    assert words("H5", a_case("好的。", ZH, fault=Fault.MERCHANT, turns=(*conversation(ZH), said))) == []


def test_anger_is_met_and_offered_somebody_to_speak_to() -> None:
    """C1, K06, N3.5."""
    good = "非常理解您的心情。我请主管给您回电。建议您换货。"
    assert words("C1", feeling(good, ZH, Feeling.ANGER)) == []
    assert words("C1", feeling("建议您换货。非常理解您的心情。我请主管给您回电。", ZH, Feeling.ANGER)) == ["建议"]
    assert words("C1", feeling("非常理解您的心情。", ZH, Feeling.ANGER)) == [""]
    assert words("C1", feeling("非常理解您的心情。", ZH, Feeling.DISTRESS)) == []
    assert lacks("C1", replace(feeling("好的。", ZH), signals=None)) == ["signals"]


def test_every_reply_moves_on() -> None:
    """C2."""
    assert words("C2", a_case("好的。", ZH)) == [""]
    assert words("C2", a_case("好的。", ZH, purpose=Purpose.CLOSING)) == []
    assert words("C2", a_case("蓝色还是黑色？", ZH)) == []


def test_safety_stops_templates_and_surveys() -> None:
    """C4, N4."""
    danger = (DetectedFeeling(Feeling.SAFETY, 0),)
    assert words("C4", a_case("请您先就医。", ZH, signals=danger, safety_flow_open=True)) == []
    assert words("C4", a_case("请您先就医。", ZH, signals=danger)) == [""]
    template = a_case("请您先就医。", ZH, signals=danger, safety_flow_open=True, from_template=(Span(0, 3),))
    assert words("C4", template) == [""]
    survey = a_case("请给个好评。", ZH, signals=danger, safety_flow_open=True)
    assert words("C4", survey) == ["好评"]
    assert words("C4", a_case("好的。", ZH, signals=danger, safety_flow_open=True, purpose=Purpose.SURVEY)) == [""]
    assert words("C4", a_case("请给个好评。", ZH)) == []
    assert lacks("C4", replace(a_case("好的。", ZH), signals=None)) == ["signals"]


def closing(text: str, **but: Any) -> ReplyCase:
    return a_case(text, ZH, purpose=Purpose.CLOSING, **but)


def test_the_end_has_result_way_back_and_thanks() -> None:
    """X1, N3.6."""
    assert words("X1", closing("换货已完成，有问题请回复，谢谢您。")) == []
    assert words("X1", closing("再见。")) == ["", "", ""]
    assert words("X1", a_case("再见。", ZH)) == []


def test_anything_else_is_asked_once() -> None:
    """X2."""
    asked = (*conversation(ZH), Turn(Speaker.AGENT, NOW, "还有其他可以帮您的吗？"))
    assert words("X2", closing("还有其他问题吗？")) == []
    assert words("X2", closing("再见。")) == [""]
    assert words("X2", closing("再见。", turns=asked)) == []
    assert words("X2", closing("还有其他问题吗？", turns=asked)) == ["还有其他问题"]


REMINDED: Final = ClosingFacts(NOW - timedelta(days=3), timedelta(days=2), "https://r/1")


def test_the_door_stays_open() -> None:
    """X3."""
    assert words("X3", closing("重新开启：https://r/1", closing=REMINDED)) == []
    assert words("X3", closing("重新开启：https://r/1", closing=replace(REMINDED, wait=timedelta(days=4)))) == [""]
    assert words("X3", closing("重新开启：https://r/1", closing=replace(REMINDED, reminded_at=None))) == [""]
    assert words("X3", closing("再见。", closing=REMINDED)) == [""]
    assert words("X3", closing("再见。")) == ["", ""]
    assert words("X3", closing("再见。", closing=ClosingFacts(agreed=True))) == []
    assert words("X3", closing("再见。", turns=conversation(ZH)[:1])) == []
    assert lacks("X3", closing("https://r/1", closing=replace(REMINDED, wait=None))) == ["closing.wait"]


def test_one_survey_after_the_end() -> None:
    """Q3, L09, R5.2."""
    done = SurveyFacts(closed=True)
    assert words("Q3", a_case("请给个好评。", ZH, survey=done)) == []
    assert words("Q3", a_case("请给个好评。", ZH, survey=replace(done, disputed=True))) == ["好评"]
    assert words("Q3", a_case("请给个好评。", ZH, survey=replace(done, invited=1))) == ["好评"]
    assert words("Q3", a_case("请给个好评。", ZH, survey=SurveyFacts(closed=False))) == ["好评"]
    assert words("Q3", a_case("您好。", ZH, purpose=Purpose.SURVEY, survey=SurveyFacts(closed=False))) == [""]
    assert lacks("Q3", a_case("请给个好评。", ZH)) == ["survey"]
    assert lacks("Q3", a_case("好的。", ZH)) == []


@pytest.mark.parametrize(
    ("purpose", "clock"),
    [
        (Purpose.APPROVAL, DeadlineKind.REVIEW),
        (Purpose.REFUSAL, DeadlineKind.REVIEW),
        (Purpose.INSPECTION, DeadlineKind.INSPECTION),
        (Purpose.REFUND, DeadlineKind.REFUND),
    ],
)
def test_every_answer_has_its_clock(purpose: Purpose, clock: DeadlineKind) -> None:
    """T1, R2.1, R4.3."""
    assert words("T1", a_case("好的。", ZH, purpose=purpose, dues={clock: NOW})) == []
    assert words("T1", a_case("好的。", ZH, purpose=purpose, dues={clock: NOW - timedelta(seconds=1)})) == [""]
    assert lacks("T1", a_case("好的。", ZH, purpose=purpose)) == [f"dues.{clock}"]


def test_the_first_answer_has_a_clock_and_a_receipt_five_minutes() -> None:
    """T1."""
    assert words("T1", first("好的。", ZH, dues={DeadlineKind.FIRST_ANSWER: at(23)})) == [""]
    assert words("T1", a_case("好的。", ZH, dues={DeadlineKind.FIRST_ANSWER: at(23)})) == []
    for purpose in (Purpose.RECEIPT, Purpose.COMPLAINT_RECEIPT):
        assert words("T1", a_case("好的。", ZH, purpose=purpose, received_at=NOW - timedelta(minutes=5))) == []
        assert words("T1", a_case("好的。", ZH, purpose=purpose, received_at=NOW - timedelta(minutes=6))) == [""]
        assert lacks("T1", a_case("好的。", ZH, purpose=purpose)) == ["received_at"]


def test_nobody_waits_in_silence() -> None:
    """T2, R3.3."""
    long_ago = (Turn(Speaker.SYSTEM, NOW - timedelta(hours=49), "已收到"), Turn(Speaker.CUSTOMER, NOW, "？"))
    recent = (replace(long_ago[0], at=NOW - timedelta(hours=48)), long_ago[1])
    assert words("T2", a_case("好的。", ZH, holding=True, turns=long_ago)) == [""]
    assert words("T2", a_case("好的。", ZH, holding=True, turns=recent)) == []
    assert words("T2", a_case("好的。", ZH, turns=long_ago)) == []
    assert words("T2", a_case("好的。", ZH, holding=True, turns=(), received_at=NOW - timedelta(days=3))) == [""]
    assert lacks("T2", a_case("好的。", ZH, holding=True, turns=())) == ["received_at"]


def test_a_delay_is_told_before_it_happens() -> None:
    """T3."""
    late = {"purpose": Purpose.DELAY}
    assert words("T3", a_case("改为11月26日18:00。", ZH, dues={DeadlineKind.DELAYED: at(25)}, **late)) == []
    assert words("T3", a_case("会晚一些。", ZH, dues={DeadlineKind.DELAYED: at(25)}, **late)) == [""]
    assert words("T3", a_case("改为11月26日18:00。", ZH, dues={DeadlineKind.DELAYED: at(23)}, **late)) == [""]
    assert lacks("T3", a_case("改为11月26日18:00。", ZH, **late)) == ["dues.delayed"]
    assert words("T3", a_case("会晚一些。", ZH, dues={DeadlineKind.DELAYED: at(25)})) == []


COMPLAINT: Final = ComplaintFacts(
    number="C-2031", remedy_wanted="refund", assessment=ComplaintAssessment("high", False, "low", "one", False)
)


def test_a_complaint_is_acknowledged_with_its_number() -> None:
    """K1, K09."""
    receipt = {"purpose": Purpose.COMPLAINT_RECEIPT}
    assert words("K1", a_case("投诉编号C-2031。", ZH, complaint=COMPLAINT, **receipt)) == []
    assert words("K1", a_case("已收到。", ZH, complaint=COMPLAINT, **receipt)) == [""]
    assert words("K1", a_case("C-2031", ZH, complaint=replace(COMPLAINT, remedy_wanted=None), **receipt)) == [""]
    assert lacks("K1", a_case("已收到。", ZH, **receipt)) == ["complaint.number"]


@pytest.mark.parametrize("name", ["severity", "safety", "complexity", "impact", "immediate"])
def test_a_complaint_is_assessed_before_it_is_answered(name: str) -> None:
    """K2, K09."""
    assert words("K2", a_case("好的。", ZH, complaint=COMPLAINT)) == []
    gap = replace(COMPLAINT, assessment=replace(COMPLAINT.assessment, **{name: None}))
    assert words("K2", a_case("好的。", ZH, complaint=gap)) == [""]
    assert words("K2", a_case("好的。", ZH, complaint=gap, purpose=Purpose.COMPLAINT_RECEIPT)) == []


def test_a_decision_gives_reasons_and_outside_remedies() -> None:
    """K3, K09."""
    decision = {"purpose": Purpose.COMPLAINT_DECISION}
    assert words("K3", a_case("因为超期，不能退。您可拨打12315。", ZH, **decision)) == []
    assert words("K3", a_case("不能退。", ZH, **decision)) == ["", ""]
    assert words("K3", a_case("不能退。", ZH)) == []


def test_a_complaint_closes_accepted_or_exhausted_with_its_lesson() -> None:
    """K4, K09."""
    accepted = replace(COMPLAINT, accepted=True, improvement="label")
    assert words("K4", closing("再见。", complaint=accepted)) == []
    assert words("K4", closing("再见。", complaint=replace(accepted, accepted=False))) == [""]
    assert words("K4", closing("再见。", complaint=replace(accepted, accepted=False, exhausted=True))) == []
    assert words("K4", closing("再见。", complaint=replace(accepted, improvement=None))) == [""]
    assert words("K4", a_case("好的。", ZH, complaint=COMPLAINT)) == []


@pytest.mark.parametrize(
    ("text", "pointed_at"),
    [
        ("卡号4111 1111 1111 1111", ["4111 1111 1111 1111"]),
        ("卡号4111 1111 1111 1112", []),
        ("证件11010519491231002X", ["11010519491231002X"]),
        ("证件110105194912310021", []),
        ("订单4111111111111111", ["4111111111111111"]),
        ("请把密码告诉我", ["密码"]),
        ("您的密码是多少？", ["密码"]),
    ],
)
def test_full_numbers_are_not_repeated(text: str, pointed_at: list[str]) -> None:
    """P1: check digits tell a card or an identity number from other numbers; a gate, compliance critical."""
    verdict = by("P1", a_case(text, ZH))
    assert [finding.words for finding in verdict.findings] == pointed_at
    assert all(finding.critical is CriticalError.COMPLIANCE for finding in verdict.findings)
    assert verdict.sendable is (not pointed_at)


CARDS: Final = (
    "5500000000000004", "6011000000000004", "378282246310005", "3530111333300000", "4999999999999996",
    "6211111111111115", "6222222222222225", "6233333333333335", "6244444444444445", "6255555555555558",
    "6266666666666668", "6277777777777778", "6288888888888888", "6299999999999998", "6222021234567890128",
)  # fmt: skip
IDENTITY: Final = (
    "110105194912310740", "110105194912314071", "110105194912314442", "110105194912310003", "110105194912312594",
    "110105194912312965", "110105194912313706", "110105194912311487", "110105194912311858", "110105194912315189",
    "11010519491231037X",
)  # fmt: skip


@pytest.mark.parametrize("number", CARDS + IDENTITY)
def test_every_check_digit_is_reckoned(number: str) -> None:
    """P1: Luhn and GB 11643; of its neighbours at most one passes, an identity number that could be a card."""
    assert words("P1", a_case(f"号码{number}。", ZH)) == [number]
    others = [number[:-1] + digit for digit in "0123456789" if digit != number[-1]]
    assert sum(bool(words("P1", a_case(f"号码{other}。", ZH))) for other in others) <= (number in IDENTITY)


@pytest.mark.parametrize(
    ("text", "pointed_at"),
    [
        ("4111-1111-1111-1111", ["4111-1111-1111-1111"]),
        ("4111 1111 1111 1111", ["4111 1111 1111 1111"]),
        ("A4111111111111111", []),
        ("4111111111111111a", []),
        ("1-4111111111111111", []),
        ("4111111111111111-1", []),
        ("41111111111111111111", []),
        ("a11010519491231002X", []),
        ("11010519491231002Xa", []),
        ("4222222222222", ["4222222222222"]),
        ("422222222222", []),
    ],
)
def test_a_card_is_a_number_by_itself(text: str, pointed_at: list[str]) -> None:
    """P1."""
    assert words("P1", a_case(f"号码:{text}。", ZH)) == pointed_at


def test_an_order_number_is_no_card() -> None:
    """P1."""
    assert words("P1", a_case("订单4111111111111111", ZH, order="4111111111111111")) == []


def test_proof_beyond_the_rule_is_not_asked_for() -> None:
    """P2: unknown without the rule's list."""
    assert lacks("P2", a_case("请提供照片。", ZH)) == ["evidence_allowed"]
    assert lacks("P2", a_case("好的。", ZH)) == []
    assert words("P2", a_case("请提供照片。", ZH, evidence_allowed=frozenset())) == ["照片"]


@pytest.mark.parametrize("channel", ReplyChannel)
def test_a_statutory_notice_is_sent_where_it_lasts(channel: ReplyChannel) -> None:
    """P3."""
    fleeting = channel in {ReplyChannel.CHAT, ReplyChannel.PHONE}
    for but in ({"purpose": Purpose.REFUSAL}, {"purpose": Purpose.COMPLAINT_DECISION}, {"statutory_notice": True}):
        assert bool(words("P3", a_case("好的。", ZH, channel=channel, **but))) is fleeting
    assert words("P3", a_case("好的。", ZH, channel=channel)) == []


@pytest.mark.parametrize(
    ("purpose", "scope"),
    [
        (Purpose.APPROVAL, "approve"),
        (Purpose.REFUSAL, "refuse"),
        (Purpose.REFUND, "refund"),
        (Purpose.COMPLAINT_DECISION, "decide_complaint"),
    ],
)
def test_who_decides_is_certified(purpose: Purpose, scope: str) -> None:
    """Q1, K12."""
    assert words("Q1", a_case("好的。", ZH, purpose=purpose, sender=ReplySender("x", scopes=frozenset({scope})))) == []
    assert words("Q1", a_case("好的。", ZH, purpose=purpose, sender=ReplySender("x", scopes=frozenset()))) == [""]
    assert lacks("Q1", a_case("好的。", ZH, purpose=purpose)) == ["sender.scopes"]
    assert words("Q1", a_case("好的。", ZH, sender=ReplySender("x", scopes=frozenset()))) == []


def test_facts_may_all_be_unknown() -> None:
    """Nothing is guessed when nothing is known, and nothing breaks."""
    for language in (ZH, EN):
        case = a_case("退款85元，11月27日到账，依据第3.2条。", language)
        verdict = check_reply(replace(case, facts=ReplyFacts(), promises=None, signals=None))
        assert {each.check for each in verdict.unjudged} >= {"H1", "L3", "C1", "C4", "E3", "E8", "H2", "H5"}


def test_who_speaks_may_be_said_by_name_alone() -> None:
    """G2."""
    assert words("G2", first("您好，小林。", ZH)) == []
    assert words("G2", first("您好，小陈。", ZH)) == [""]
    assert words("G2", first("您好。", ZH, sender=ReplySender())) == [""]
    (nobody,) = by("G2", first("我是小林。", ZH)).findings
    assert "greeting" in nobody.says.en
    assert "who" not in nobody.says.en
    long = "Hello, and many thanks for your message about the jacket. This is Anna."
    assert words("G2", first(long, EN)) == [""]


def test_a_word_that_only_looks_like_an_address_is_none() -> None:
    """G1."""
    assert words("G1", a_case("Dear customer, it is here.", EN)) == []
    assert words("G1", a_case("Hello dear, it is here.", EN)) == ["dear"]
    assert words("G1", a_case("Dear Sir or Madam, it is here.", EN, address_as=None)) == []
    assert words("G1", a_case("Thank you, sir.", EN)) == ["sir"]
    assert words("G1", a_case("您好。女士", ZH, address_as=None)) == ["女士"]


def test_slang_and_register_are_told_apart() -> None:
    """G3."""
    assert by("G3", a_case("你好", ZH)).findings[0].better.zh == "您"
    assert by("G3", a_case("Yeah.", EN)).findings[0].better.zh != "您"


def test_an_order_alone_or_an_item_alone_is_enough_to_judge() -> None:
    """L1."""
    assert lacks("L1", first("开线", ZH, items=())) == []
    assert lacks("L1", first("开线", ZH, order=None)) == []
    (thing, _) = by("L1", first("好的", ZH, order=None)).findings
    assert "M号外套" in thing.better.zh
    (thing, _) = by("L1", first("好的", ZH, items=())).findings
    assert "4711-0815" in thing.better.zh
    assert words("L1", first("开线的ab", ZH, order=None, items=(ItemFacts(("x",)),))) == [""]
    assert words("L1", first("the seam of the red hat", EN, order=None, items=(ItemFacts(("hat",)),))) == []
    assert words("L1", first("the seam of the bag", EN, order=None, items=(ItemFacts(("big bag",)),))) == [""]


def test_short_or_wordy_order_numbers_are_not_compared() -> None:
    """L1."""
    assert words("L1", a_case("13 of 14", EN, order="12")) == []
    assert words("L1", a_case("words", EN, order="order")) == []
    assert words("L1", a_case("AU-124", EN, order="AU-123")) == ["AU-124"]


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


def test_the_limit_is_for_what_is_given_not_for_every_amount() -> None:
    """H2."""
    limits = SenderLimits(Money(2_000, "CNY"))
    assert words("H2", a_case("商品20.01元。补偿另发。", ZH, limits=limits)) == []
    assert words("H2", a_case("补偿85.005元。", ZH, limits=limits)) == []


@pytest.mark.parametrize(
    ("text", "pointed_at"),
    [
        ("Your refund is on your card by 27 November.", ["27 November"]),
        ("The money is in your account on 27 November.", ["27 November"]),
        ("The jacket arrives on 27 November.", []),
        ("Your account is open until 27 November.", []),
        ("We send the refund on 27 November.", []),
        ("The refund arrives today.", ["today"]),
        ("The refund arrived on 20 November.", []),
    ],
)
def test_only_money_that_arrives_is_compared_with_the_provider(text: str, pointed_at: list[str]) -> None:
    """H2."""
    assert words("H2", a_case(text, EN, arrives_not_before=at(28))) == pointed_at


def test_a_new_day_is_a_later_day() -> None:
    """H3, T3."""
    assert words("H3", at_risk("很抱歉，11月23日已经处理。")) == [""]
    assert words("H3", at_risk("很抱歉，周五处理。")) == [""]
    late = a_case("11月24日处理。", ZH, purpose=Purpose.DELAY, dues={DeadlineKind.DELAYED: at(25)})
    assert words("T3", late) == [""]
    assert words("T3", a_case("周五处理。", ZH, purpose=Purpose.DELAY, dues={DeadlineKind.DELAYED: at(25)})) == [""]


@pytest.mark.parametrize(
    ("text", "language", "held"),
    [
        ("您的积分已到账。", ZH, False),
        ("优惠券已经退回您账户了。", ZH, False),
        ("已到账，您查收。", ZH, True),
        ("您的退款已到账吗？", ZH, False),
        ("退款完成后通知您。", ZH, False),
        ("退款完成，请查收。", ZH, True),
        ("Is the refund complete?", EN, False),
        ("Was the money returned?", EN, False),
        ("The refund is complete. Right?", EN, True),
        ("Your refund is complete, did you see it?", EN, True),
    ],
)
def test_what_is_asked_or_about_other_things_is_not_said(text: str, language: Language, held: bool) -> None:
    """H4."""
    assert by("H4", a_case(text, language, refund_state=RefundState.SENT)).sendable is not held


def test_a_question_about_the_secret_itself_is_asking() -> None:
    """P1."""
    assert words("P1", a_case("What exactly is the password?", EN)) == ["password"]
    assert words("P1", a_case("Have you forgotten the password?", EN)) == []
    assert words("P1", a_case("密码有多少位都可以。", ZH)) == []


def test_marks_hide_only_the_customers_words_not_an_agents() -> None:
    """R1."""
    turns = (Turn(Speaker.AGENT, NOW, "是您的问题"), Turn(Speaker.CUSTOMER, NOW, "是您的责任"))
    assert words("R1", a_case("“是您的问题”", ZH, turns=turns)) == ["是您的问题"]
    assert words("R1", a_case("“是您的责任”", ZH, turns=turns)) == []


def test_a_decision_on_file_answers_for_words_about_segments() -> None:
    """R4."""
    assert lacks("R4", a_case("您的等级不够。", ZH, decided=DecisionFacts("accept", "accept"))) == []
    assert lacks("R4", a_case("好的。", ZH)) == []


def test_the_last_moment_is_in_time() -> None:
    """X3, T3, R3."""
    last = replace(REMINDED, reminded_at=NOW - timedelta(days=2))
    assert words("X3", closing("https://r/1", closing=last)) == []
    delay = {"purpose": Purpose.DELAY, "dues": {DeadlineKind.DELAYED: NOW}}
    assert words("T3", a_case("改为11月26日18:00。", ZH, **delay)) == []
    asked = Turn(Speaker.AGENT, NOW, "要不您再考虑一下？")
    assert words("R3", a_case("要不您换货？", ZH, turns=(asked,), chosen_at=NOW)) == ["要不您"]
    assert words("H3", at_risk("很抱歉，改为11月25日18:00。", due=NOW)) == []
