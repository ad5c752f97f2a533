"""Checks of promises, limits, refunds and apologies (H1 to H5, N3.4)."""

from dataclasses import replace
from typing import Final

import pytest

from service_notifications.domain.care.reply_check.finding import CriticalError
from service_notifications.domain.care.reply_check.reply_case import (
    DeadlineKind,
    DetectedPromise,
    Fault,
    LoggedPromise,
    Purpose,
    RefundState,
    ReplyCase,
    SenderLimits,
    Speaker,
    Turn,
)
from service_notifications.domain.care.text.folded_text import Span
from shared.kernel.errors import Language
from shared.kernel.money import Money
from tests.norms.contexts import NOW, a_case, conversation
from tests.unit.notifications.care.reply_check.one_check import (
    DUE,
    EN,
    ROW,
    ZH,
    at,
    at_risk,
    by,
    lacks,
    words,
)

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
