"""Checks that the reply takes up issue, feelings and facts (L1 to L5, N3.2)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from service_notifications.domain.care.reply_check.finding import CriticalError, FindingKind
from service_notifications.domain.care.reply_check.reply_case import (
    DetectedFeeling,
    Feeling,
    ItemFacts,
    Speaker,
    Turn,
)
from tests.norms.contexts import NOW, a_case, conversation
from tests.unit.notifications.care.reply_check.one_check import (
    EN,
    ZH,
    by,
    feeling,
    first,
    lacks,
    words,
)


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
