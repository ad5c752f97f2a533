"""Checks that answers and news come in time (T1 to T3)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from service_notifications.domain.care.reply_check.reply_case import (
    DeadlineKind,
    Purpose,
    Speaker,
    Turn,
)
from tests.norms.contexts import NOW, a_case
from tests.unit.notifications.care.reply_check.one_check import (
    REMINDED,
    ZH,
    at,
    at_risk,
    closing,
    first,
    lacks,
    words,
)


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


def test_the_last_moment_is_in_time() -> None:
    """X3, T3, R3."""
    last = replace(REMINDED, reminded_at=NOW - timedelta(days=2))
    assert words("X3", closing("https://r/1", closing=last)) == []
    delay = {"purpose": Purpose.DELAY, "dues": {DeadlineKind.DELAYED: NOW}}
    assert words("T3", a_case("改为11月26日18:00。", ZH, **delay)) == []
    asked = Turn(Speaker.AGENT, NOW, "要不您再考虑一下？")
    assert words("R3", a_case("要不您换货？", ZH, turns=(asked,), chosen_at=NOW)) == ["要不您"]
    assert words("H3", at_risk("很抱歉，改为11月25日18:00。", due=NOW)) == []
