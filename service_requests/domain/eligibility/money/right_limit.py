"""What the law lets a merchant do when goods that come back by right are not as they should be (Z31).

A finding may refuse the right, or only reduce the refund. A finding that no limit names does neither. The inspection
keeps to these limits.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from service_requests.domain.eligibility.case import Case
from service_requests.domain.eligibility.decision import Decision
from service_requests.domain.eligibility.engine import rule_inputs_with
from service_requests.domain.eligibility.ground import by_law
from service_requests.domain.eligibility.rule import binds
from service_requests.domain.eligibility.rule_input import RuleInput
from service_requests.domain.policy.rulebook import Rulebook
from service_requests.domain.policy.vocabulary import Cause, Layer

ENDS_A_CLAIM: Final = ("no_defect_found", "misuse")
"""A claim for a defect ends when there is no defect, or when the customer has caused it. Traces of use end no claim."""


@dataclass(frozen=True, slots=True)
class RightLimit:
    """The findings that a clause names."""

    clause: str
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RightOfLine:
    """The right by which one line comes back: what refuses the right, and what only reduces the refund."""

    clause: str
    refuses: tuple[RightLimit, ...] = ()
    reduces: tuple[RightLimit, ...] = ()


def rights_of(rules: Rulebook, case: Case, decision: Decision) -> tuple[RightOfLine | None, ...]:
    """For each line, in the order of the request: the law's right. None where the line comes back by other grounds."""
    if not any(unit.by_right or unit.stands_on is Layer.LAW for unit in decision.units):
        return ()
    return tuple(
        _right(rule_input) if unit.by_right or unit.stands_on is Layer.LAW else None
        for rule_input, unit in zip(rule_inputs_with(rules, case), decision.units, strict=True)
    )


def _right(rule_input: RuleInput) -> RightOfLine:
    ground = by_law(rule_input)
    if rule_input.cause is Cause.DEFECT:
        return RightOfLine(ground.clause, (RightLimit(ground.clause, ENDS_A_CLAIM),))
    refused: dict[str, str] = {state.value: clause for state, clause in ground.refused_states.items()}
    for each in ground.exclusions:
        fits = each.term.goods is None or each.term.goods in rule_input.line.goods
        if each.term.only_if and fits and binds(rule_input, each.term):
            refused |= {state.value: each.clause for state in each.term.only_if}
    reduced = {state.value: clause for state, clause in ground.reducing_states.items() if state.value not in refused}
    return RightOfLine(ground.clause, tuple(_by_clause(refused)), tuple(_by_clause(reduced)))


def _by_clause(findings: Mapping[str, str]) -> Iterable[RightLimit]:
    for clause in dict.fromkeys(findings.values()):
        yield RightLimit(clause, tuple(sorted(each for each, by in findings.items() if by == clause)))
