"""A verdict: findings in order with their places, gates and only gates hold back, and a score of 100 (K05, K08, N1)."""

from dataclasses import replace
from pathlib import Path

import pytest

from service_notifications.domain.care.reply_check.analysed_reply import AnalysedReply
from service_notifications.domain.care.reply_check.check_table import CHECKS
from service_notifications.domain.care.reply_check.finding import (
    Check,
    CheckResults,
    CriticalError,
    FindingKind,
    UnknownFact,
    Violation,
)
from service_notifications.domain.care.reply_check.reply_case import RefundState
from service_notifications.domain.care.reply_check.reply_report import (
    MOST_FINDINGS,
    SECTIONS,
    ReplyTooLong,
    check_reply,
)
from service_notifications.domain.care.text.folded_text import Span
from shared.kernel.errors import Language, Said
from tests.norms.contexts import a_case

DOCS = Path(__file__).parents[5] / "docs"
SAY = Said("a", "b")


def a_check(
    identity: str, *found: Violation | UnknownFact, kind: FindingKind = FindingKind.DETERMINISTIC, gate: bool = False
) -> Check:
    def look(reading: AnalysedReply) -> CheckResults:
        yield from found

    return Check(id=identity, clause="N1", kind=kind, rule=SAY, judge=look, gate=gate)


def test_the_table_has_every_row_of_the_norms_once() -> None:
    """K05: 6.2 but Q2, which counts many replies."""
    rows = (
        "G1 G2 G3 L1 L2 L3 L4 L5 E1 E2 E3 E4 E5 E6 E7 E8 R1 R2 R3 R4 H1 H2 H3 H4 H5 C1 C2 C3 C4 "
        "X1 X2 X3 T1 T2 T3 K1 K2 K3 K4 P1 P2 P3 Q1 Q3"
    )
    assert [check.id for check in CHECKS] == rows.split()


def test_only_the_rows_that_say_so_are_gates() -> None:
    """N1: a signal never holds anything back."""
    assert {check.id for check in CHECKS if check.gate} == {"E4", "E6", "E7", "H1", "H4", "P1"}
    assert {check.id for check in CHECKS if check.kind is FindingKind.SIGNAL} == {"R2", "C3"}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_row_says_its_rule_in_both_languages(check: Check) -> None:
    assert check.rule.en.isascii()
    assert not check.rule.zh.isascii()
    assert check.id in (check.judge.__doc__ or "")


@pytest.mark.parametrize(("page", "language"), [("reference", "en"), ("zh/reference", "zh-CN")])
def test_the_page_lists_every_row_as_it_is(page: str, language: Language) -> None:
    text = (DOCS / page / "reply-checks.md").read_text(encoding="utf-8")
    for check in CHECKS:
        gate = Said("gate", "拦截").to(language) if check.gate else ""
        assert f"| {check.id} | {check.clause} | {check.rule.to(language)} | {check.kind} | {gate} |" in text


def test_a_finding_stands_in_the_original_text() -> None:
    case = a_case("好的，　這是您的問題😡。", "zh-CN")
    (finding,) = check_reply(case, tuple(check for check in CHECKS if check.id == "R1")).findings
    assert finding.span is not None
    assert case.draft.text[slice(*finding.span)] == finding.words == "是您的問題"


def test_a_gate_holds_back_unless_what_it_found_is_a_signal() -> None:
    gate = a_check("E4", Violation(says=SAY, better=SAY), gate=True)
    hint = a_check("E4", Violation(says=SAY, better=SAY, kind=FindingKind.SIGNAL), gate=True)
    rule = a_check("G1", Violation(says=SAY, better=SAY))
    case = a_case("好的。", "zh-CN")
    assert not check_reply(case, (gate,)).sendable
    assert check_reply(case, (hint, rule)).sendable
    assert [finding.gate for finding in check_reply(case, (gate, hint, rule)).findings] == [True, False, False]


def test_findings_come_in_the_order_of_the_table_then_of_the_text() -> None:
    second = a_check(
        "G2",
        Violation(says=SAY, better=SAY, start=2, end=3),
        Violation(says=SAY, better=SAY),
        Violation(says=SAY, better=SAY, start=0, end=1),
    )
    verdict = check_reply(a_case("abc", "en"), (a_check("G3", Violation(says=SAY, better=SAY, start=1, end=2)), second))
    assert [(each.check, each.words) for each in verdict.findings] == [
        ("G3", "b"),
        ("G2", ""),
        ("G2", "a"),
        ("G2", "c"),
    ]


def test_what_cannot_be_judged_says_which_fact_is_missing() -> None:
    verdict = check_reply(a_case("好的。", "zh-CN"), (a_check("H1", UnknownFact("promises")),))
    assert [(each.check, each.fact) for each in verdict.unjudged] == [("H1", "promises")]
    assert all("promises" in said for said in verdict.unjudged[0].says)


def test_the_score_is_shared_by_the_checks_that_were_judged() -> None:
    """6.3, K08."""
    assert sum(most for _, most, _ in SECTIONS) == 100
    case = a_case("好的。", "zh-CN")
    fine, bad, unknown = a_check("G1"), a_check("G2", Violation(says=SAY, better=SAY)), a_check("G3", UnknownFact("x"))
    assert check_reply(case, (fine,)).score.points == 100
    assert check_reply(case, (fine, bad)).score.points == 95
    assert check_reply(case, (fine, bad, unknown)).score.points == 95
    assert check_reply(case, (bad,)).score.points == 90
    assert (
        check_reply(case, (a_check("G1", Violation(says=SAY, better=SAY, kind=FindingKind.SIGNAL)),)).score.points
        == 100
    )


CARD = {
    "opening": (10, "G1 G2 G3"),
    "listening": (20, "L1 L2 L3 L4 L5"),
    "clarity": (20, "E1 E2 E3 E4 E5"),
    "respect and honesty": (20, "R1 R2 R3 R4 H1 H2 H3 H4 H5"),
    "solution": (20, "C1 C2 C3 C4 T1 T2 T3"),
    "close": (10, "X1 X2 X3"),
}


@pytest.mark.parametrize("name", CARD)
def test_each_group_of_the_card_loses_its_points_by_its_own_checks(name: str) -> None:
    """6.3: the rest cost none."""
    whole = tuple((each, most, most) for each, (most, _) in CARD.items())
    most, own = CARD[name]
    for check in own.split():
        score = check_reply(a_case("好的。", "zh-CN"), (a_check(check, Violation(says=SAY, better=SAY)),)).score
        assert score.sections == tuple((each, 0, of) if each == name else (each, got, of) for each, got, of in whole)
        assert score.points == 100 - most
    assert (
        check_reply(a_case("好的。", "zh-CN"), (a_check("P1", Violation(says=SAY, better=SAY)),)).score.sections
        == whole
    )


def test_one_critical_error_fails_the_contact() -> None:
    """6.3: customer, compliance and business critical."""
    wrong = a_check(
        "P1",
        Violation(says=SAY, better=SAY, critical=CriticalError.COMPLIANCE),
        Violation(says=SAY, better=SAY, critical=CriticalError.COMPLIANCE),
    )
    score = check_reply(a_case("好的。", "zh-CN"), (wrong,)).score
    assert (score.points, score.criticals, score.passed) == (100, ((CriticalError.COMPLIANCE, "P1"),), False)
    assert check_reply(a_case("好的。", "zh-CN"), (a_check("G1"),)).score.passed


def test_below_eighty_is_coaching() -> None:
    """6.3."""
    bad = tuple(a_check(each, Violation(says=SAY, better=SAY)) for each in ("G1", "L1"))
    score = check_reply(a_case("好的。", "zh-CN"), bad).score
    assert (score.points, score.passed) == (70, False)
    score = check_reply(a_case("好的。", "zh-CN"), bad[1:]).score
    assert (score.points, score.passed) == (80, True)


def test_what_a_template_said_is_found_but_costs_the_agent_nothing() -> None:
    case = a_case("abc", "en", from_template=(Span(0, 2),))
    verdict = check_reply(case, (a_check("G1", Violation(says=SAY, better=SAY, start=0, end=2), gate=True),))
    assert (verdict.findings[0].from_template, verdict.sendable, verdict.score.points) == (True, False, 100)
    assert check_reply(case, (a_check("G1", Violation(says=SAY, better=SAY, start=1, end=3)),)).score.points == 90


def test_endless_findings_are_cut_and_the_verdict_is_the_same() -> None:
    verdict = check_reply(a_case("您的退款已到账。" * 500, "zh-CN", refund_state=RefundState.SENT))
    assert not verdict.sendable
    assert sum(finding.check == "H4" for finding in verdict.findings) == MOST_FINDINGS
    assert MOST_FINDINGS == 50
    (long,) = check_reply(
        a_case("x" * 121, "en"), (a_check("G1", Violation(says=SAY, better=SAY, start=0, end=121)),)
    ).findings
    (whole,) = check_reply(
        a_case("x" * 120, "en"), (a_check("G1", Violation(says=SAY, better=SAY, start=0, end=120)),)
    ).findings
    assert (long.words, whole.words) == ("x" * 120 + "…", "x" * 120)


def test_a_reply_that_nobody_would_read_is_refused() -> None:
    with pytest.raises(ReplyTooLong, match="12000") as refused:
        check_reply(a_case("a" * 12_001, "en"))
    assert refused.value.code == "reply_too_long"
    assert check_reply(a_case("a" * 12_000, "en"), ()).sendable


@pytest.mark.parametrize(
    "text", ["", " ", "\ud800" * 50, "您" * 12_000, "\u0301" * 9, '“「『"', "> ", "1.", "😡" * 99, "\x00"]
)
def test_hostile_text_gets_a_verdict(text: str) -> None:
    """Never a traceback; every word of the verdict can be written as UTF-8."""
    for language in ("zh-CN", "en"):
        verdict = check_reply(a_case(text, language, address_as="\ud800"))
        for finding in verdict.findings:
            "".join((finding.words, *finding.says, *finding.better)).encode("utf-8")


def test_the_same_case_always_gets_the_same_verdict() -> None:
    case = a_case("尽快退款85元，是您的问题。", "zh-CN")
    assert check_reply(case) == check_reply(replace(case))
