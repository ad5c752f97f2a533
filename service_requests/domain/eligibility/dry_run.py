"""Past cases decided under a new policy version before its publication (B07, B16)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from service_requests.domain.eligibility.case import Case
from service_requests.domain.eligibility.engine import decide
from service_requests.domain.policy.law import Regime
from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.vocabulary import Verdict
from shared.kernel.calendar import WorkingCalendar


@dataclass(frozen=True, slots=True)
class DecisionChange:
    """One unit with another verdict under the new version."""

    case: str
    line_id: str
    unit_id: str
    before: Verdict
    after: Verdict


def dry_run(
    history: Sequence[tuple[str, Case, datetime]],
    policies: tuple[Policy, Policy],
    regimes: Mapping[str, Regime],
    calendars: Mapping[str, WorkingCalendar],
) -> tuple[DecisionChange, ...]:
    """The units whose verdict differs between the two versions; each case is decided under one version alone."""
    changes: list[DecisionChange] = []
    for name, case, at in history:
        before, after = (
            decide(replace(case, policy=policy.name), [policy], regimes, calendars, at).units for policy in policies
        )
        changes += [
            DecisionChange(name, old.line_id, old.unit_id, old.verdict, new.verdict)
            for old, new in zip(before, after, strict=True)
            if old.verdict is not new.verdict
        ]
    return tuple(changes)
