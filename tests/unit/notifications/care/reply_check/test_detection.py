"""Detectors and checks work together: what is heard decides what is said (H1, C1, C4, L3, N3.4, N3.5, K05, K06)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from service_notifications.domain.care.playbooks.playbook import Playbook
from service_notifications.domain.care.playbooks.playbook_table import PLAYBOOKS
from service_notifications.domain.care.reply_check.detection import (
    detected_feelings,
    detected_promises,
    with_detected,
)
from service_notifications.domain.care.reply_check.reply_case import (
    DetectedFeeling,
    Feeling,
    LoggedPromise,
    ReplyCase,
    ReplyDraft,
    ReplyFacts,
    ReplySender,
    Speaker,
    Turn,
)
from service_notifications.domain.care.reply_check.reply_report import check_reply
from shared.kernel.errors import Language

ZONE: Final = ZoneInfo("Asia/Shanghai")
NOW: Final = datetime(2026, 11, 24, 10, 30, tzinfo=ZONE)
SIX: Final = NOW.replace(hour=18, minute=0)


def a_case(text: str, said: str = "外套开线了，我想退货。", language: Language = "zh-CN", **facts: object) -> ReplyCase:
    turns = (
        Turn(Speaker.CUSTOMER, NOW - timedelta(minutes=40), "Hello" if language == "en" else "您好"),
        Turn(
            Speaker.AGENT,
            NOW - timedelta(minutes=30),
            "Hello, this is Lin." if language == "en" else "您好，我是客服小林。",
        ),
        Turn(Speaker.CUSTOMER, NOW - timedelta(minutes=5), said),
    )
    return ReplyCase(
        ReplyDraft(text=text, language=language, now=NOW, sender=ReplySender("小林")),
        turns,
        replace(ReplyFacts(), **facts),  # type: ignore[arg-type]
    )


def checks(case: ReplyCase) -> set[str]:
    return {finding.check for finding in check_reply(with_detected(case, ZONE)).findings}


def test_a_promise_that_nobody_logged_holds_the_reply_back() -> None:
    """H1, N3.4, K04."""
    case = a_case("我今天18点前给您回电。")
    assert "H1" in checks(case)
    assert not check_reply(with_detected(case, ZONE)).sendable
    logged = LoggedPromise(id="P-12", owner="小林", due=SIX, proof="call record", what="call_back")
    assert "H1" not in checks(a_case("我今天18点前给您回电。", promises=(logged,)))
    later = replace(logged, due=SIX + timedelta(hours=1))
    assert "H1" in checks(a_case("我今天18点前给您回电。", promises=(later,)))


def test_what_somebody_has_found_already_stays() -> None:
    case = replace(a_case("我今天18点前给您回电。", said="气死我了"), promises=(), signals=())
    assert with_detected(case, ZONE) == case
    assert with_detected(replace(case, promises=None)).promises != ()


def test_without_a_zone_the_drafts_counts() -> None:
    case = a_case("我今天18点前给您回电。")
    assert with_detected(case) == with_detected(case, ZONE)


@pytest.mark.parametrize(
    "text",
    [
        "收到商品后，我们会在3个工作日内为您退款。",
        "我帮您查询一下，请稍等。",
        "Let me check that for you.",
        "您说“今天一定退款”。",
    ],
)
def test_what_nobody_could_log_is_not_asked_for(text: str) -> None:
    assert detected_promises(a_case(text), ZONE) == ()


def test_a_promise_is_found_with_its_due_moment_and_what_it_is_about() -> None:
    (promise,) = detected_promises(a_case("We'll refund you within two business days.", language="en"), ZONE)
    assert (promise.due, promise.what) == (SIX + timedelta(days=2), "refund")


def test_words_that_the_customer_said_are_not_promised_again() -> None:
    """The draft quotes her; without her turn the same words in quotation marks could be ours."""
    assert detected_promises(a_case("“今天18点前给我退款”，我记下了。", said="今天18点前给我退款"), ZONE) == ()


@pytest.mark.parametrize(
    ("said", "feeling"),
    [
        ("你们太过分了！", Feeling.ANGER),
        ("I am furious", Feeling.ANGER),
        ("我很失望", Feeling.DISTRESS),
        ("我要投诉", Feeling.COMPLAINT),
        ("充电器起火了", Feeling.SAFETY),
    ],
)
def test_moods_are_heard_in_the_turn_they_stand_in(said: str, feeling: Feeling) -> None:
    case = a_case("您好", said=said)
    assert DetectedFeeling(feeling, 2) in detected_feelings(case.turns)
    assert {signal.turn for signal in detected_feelings(case.turns)} == {2}


def test_what_we_write_is_not_listened_to() -> None:
    assert (
        detected_feelings(
            (Turn(Speaker.AGENT, NOW, "很抱歉让您失望和生气，我很着急"), Turn(Speaker.SYSTEM, NOW, "投诉"))
        )
        == ()
    )


def test_an_angry_customer_is_calmed_before_anything_is_solved() -> None:
    """C1, N3.5, K06."""
    solution = "您可以选择退款或换新，请回复您的选择。"
    calm = "给您添麻烦了，非常抱歉，您的心情我非常理解。可以请主管给您回电。"
    assert {"C1", "L3"} & checks(a_case(solution, said="你们太过分了，气死我了！"))
    assert "C1" not in checks(a_case(solution, said="请问怎么退货"))
    assert not {"C1", "L3"} & checks(a_case(calm + solution, said="你们太过分了，气死我了！"))


def test_danger_opens_the_safety_flow_and_nothing_else_goes_out() -> None:
    """C4."""
    case = a_case("请填写满意度调查。", said="充电宝冒烟了，孩子烫伤了")
    assert "C4" in checks(case)
    assert "C4" not in checks(a_case("请填写满意度调查。", said="收到了，谢谢"))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda playbook: playbook.id)
def test_every_opening_passes_the_checks_in_the_middle_of_a_conversation(
    playbook: Playbook, language: Language
) -> None:
    """N4, K05: what we propose to an agent must not be what we would stop her from sending."""
    said = {"zh-CN": "我的退货怎么样了", "en": "What about my return"}[language]
    case = a_case(playbook.script.to(language), said=said, language=language)
    assert check_reply(with_detected(case, ZONE)).findings == ()
