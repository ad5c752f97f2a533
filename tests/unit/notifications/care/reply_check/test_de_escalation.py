"""Checks of anger, next steps and safety (C1 to C4, N3.5)."""

from dataclasses import replace

from service_notifications.domain.care.reply_check.reply_case import (
    DetectedFeeling,
    Feeling,
    Purpose,
    Speaker,
    Turn,
)
from service_notifications.domain.care.text.folded_text import Span
from tests.norms.contexts import NOW, a_case
from tests.unit.notifications.care.reply_check.one_check import (
    ZH,
    feeling,
    lacks,
    words,
)


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


def test_marks_hide_only_the_customers_words_not_an_agents() -> None:
    """R1."""
    turns = (Turn(Speaker.AGENT, NOW, "是您的问题"), Turn(Speaker.CUSTOMER, NOW, "是您的责任"))
    assert words("R1", a_case("“是您的问题”", ZH, turns=turns)) == ["是您的问题"]
    assert words("R1", a_case("“是您的责任”", ZH, turns=turns)) == []
