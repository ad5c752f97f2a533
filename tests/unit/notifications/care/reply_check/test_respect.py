"""Checks of choices, arguments and equal rights (R1 to R4, N1)."""

from datetime import timedelta

from service_notifications.domain.care.reply_check.finding import FindingKind
from service_notifications.domain.care.reply_check.reply_case import (
    DecisionFacts,
    Speaker,
    Turn,
)
from tests.norms.contexts import NOW, a_case, conversation
from tests.unit.notifications.care.reply_check.one_check import ZH, by, lacks, words


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


def test_a_decision_on_file_answers_for_words_about_segments() -> None:
    """R4."""
    assert lacks("R4", a_case("您的等级不够。", ZH, decided=DecisionFacts("accept", "accept"))) == []
    assert lacks("R4", a_case("好的。", ZH)) == []
