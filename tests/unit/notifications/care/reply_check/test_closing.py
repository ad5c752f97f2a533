"""Checks of the end of a conversation (X1 to X3, Q3, N3.6)."""

from dataclasses import replace
from datetime import timedelta

from service_notifications.domain.care.reply_check.reply_case import (
    ClosingFacts,
    Purpose,
    Speaker,
    SurveyFacts,
    Turn,
)
from tests.norms.contexts import NOW, a_case, conversation
from tests.unit.notifications.care.reply_check.one_check import (
    REMINDED,
    ZH,
    closing,
    lacks,
    words,
)


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
