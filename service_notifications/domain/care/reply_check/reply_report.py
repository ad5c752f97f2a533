"""Judges a reply by every check: errors, checks without a judgement, whether the reply may be sent, the score (K05,
K08).

The verdict helps a person. Gates name what must be corrected first. A signal never holds a reply back.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from service_notifications.domain.care.reply_check.analysed_reply import AnalysedReply
from service_notifications.domain.care.reply_check.check_table import CHECKS
from service_notifications.domain.care.reply_check.finding import (
    WHY_UNJUDGED,
    Check,
    CriticalError,
    Finding,
    FindingKind,
    UnjudgedCheck,
    Violation,
)
from service_notifications.domain.care.reply_check.reply_case import ReplyCase
from service_notifications.domain.care.text.folded_text import printable
from shared.kernel.errors import Malformed, Said
from shared.kernel.money import half_up

LONGEST: Final = 12_000
LONGEST_WORDS: Final = 120
MOST_FINDINGS: Final = 50
"""The most findings of one check. Nobody reads more, and the verdict stays the same."""
SECTIONS: Final[tuple[tuple[str, int, str], ...]] = (
    ("opening", 10, "G1 G2 G3"),
    ("listening", 20, "L1 L2 L3 L4 L5"),
    ("clarity", 20, "E1 E2 E3 E4 E5"),
    ("respect and honesty", 20, "R1 R2 R3 R4 H1 H2 H3 H4 H5"),
    ("solution", 20, "C1 C2 C3 C4 T1 T2 T3"),
    ("close", 10, "X1 X2 X3"),
)
"""The score card of 6.3: points for each group, shared equally by its checks that could be judged."""
COACHING_BELOW: Final = 80


class ReplyTooLong(Malformed):
    """A reply that is too long for any customer."""

    code = "reply_too_long"
    title = Said("The reply is too long", "回复过长")
    detail = Said("A reply has at most {most} characters.", "回复最多{most}个字符。")


@dataclass(frozen=True, slots=True)
class ReplyScore:
    """Points out of 100. One of the `criticals` fails the contact, whatever the points."""

    points: int
    sections: tuple[tuple[str, int, int], ...]
    criticals: tuple[tuple[CriticalError, str], ...]

    @property
    def passed(self) -> bool:
        """Whether no critical error was found and no coaching is due."""
        return not self.criticals and self.points >= COACHING_BELOW


@dataclass(frozen=True, slots=True)
class ReplyReport:
    """All results for a reply. Findings are in the order of the table, then of the text."""

    sendable: bool
    findings: tuple[Finding, ...]
    unjudged: tuple[UnjudgedCheck, ...]
    score: ReplyScore


def check_reply(case: ReplyCase, checks: Sequence[Check] = CHECKS) -> ReplyReport:
    """The report about a reply; raises `ReplyTooLong`. The same case always gets the same report."""
    if len(case.draft.text) > LONGEST:
        raise ReplyTooLong(most=LONGEST)
    reply = AnalysedReply(case)
    findings: list[Finding] = []
    unjudged: list[UnjudgedCheck] = []
    judged: set[str] = set()
    for check in checks:
        if not check.applies(reply):
            continue
        lacking = False
        found: list[Finding] = []
        for each in islice(check.judge(reply), MOST_FINDINGS):
            if isinstance(each, Violation):
                found.append(_finding(check, each, reply))
            else:
                lacking = True
                says = Said(WHY_UNJUDGED.en.format(fact=each.fact), WHY_UNJUDGED.zh.format(fact=each.fact))
                unjudged.append(UnjudgedCheck(check.id, each.fact, says))
        findings += sorted(found, key=lambda one: one.span or ())
        if found or not lacking:
            judged.add(check.id)
    return ReplyReport(
        sendable=not any(finding.gate for finding in findings),
        findings=tuple(findings),
        unjudged=tuple(unjudged),
        score=_score(findings, judged),
    )


def _finding(check: Check, flaw: Violation, reply: AnalysedReply) -> Finding:
    kind = flaw.kind or check.kind
    view = reply.view
    span = view.span(flaw.start, flaw.end) if flaw.start >= 0 else None
    words = view.original_words(span) if span else ""
    if len(words) > LONGEST_WORDS:
        words = words[:LONGEST_WORDS] + "…"
    is_ours = span is not None and any(
        each.start <= span.start and span.end <= each.end for each in reply.draft.from_template
    )
    return Finding(
        check=check.id,
        clause=check.clause,
        kind=kind,
        gate=check.gate and kind is FindingKind.DETERMINISTIC,
        span=span,
        words=words,
        says=Said(*map(printable, flaw.says)),
        better=Said(*map(printable, flaw.better)),
        critical=flaw.critical,
        from_template=is_ours,
    )


def _score(findings: Sequence[Finding], judged: set[str]) -> ReplyScore:
    """The points. Signals and template texts cost no points; a check that could not be judged has no effect."""
    failed = {
        finding.check for finding in findings if finding.kind is FindingKind.DETERMINISTIC and not finding.from_template
    }
    sections = tuple(_section(name, most, ids.split(), failed, judged) for name, most, ids in SECTIONS)
    return ReplyScore(
        points=sum(points for _, points, _ in sections),
        sections=sections,
        criticals=tuple(dict.fromkeys(_criticals(findings))),
    )


def _section(name: str, most: int, ids: Sequence[str], failed: set[str], judged: set[str]) -> tuple[str, int, int]:
    counted = [each for each in ids if each in judged]
    if not counted:
        return name, most, most
    kept = sum(each not in failed for each in counted)
    return name, half_up(most * kept, len(counted)), most


def _criticals(findings: Sequence[Finding]) -> Iterator[tuple[CriticalError, str]]:
    return ((finding.critical, finding.check) for finding in findings if finding.critical is not None)
