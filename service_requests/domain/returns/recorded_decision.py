"""The decision about a return as it is stored."""

from dataclasses import dataclass
from datetime import date
from typing import Self

from service_requests.domain.eligibility.assessment import (
    Assessment,
    Outcome,
    RecordedAlternative,
    RecordedReason,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedDecision:
    """The decision with its reasons and alternatives; never changed. `object_by` is the last day for an objection."""

    outcome: Outcome
    by_policy: bool
    policy: str
    reasons: tuple[RecordedReason, ...]
    alternatives: tuple[RecordedAlternative, ...] = ()
    note: str | None = None
    object_by: date | None = None

    @classmethod
    def approval(
        cls, assessment: Assessment, reasons: tuple[RecordedReason, ...], *, by_policy: bool, note: str | None = None
    ) -> Self:
        """The goods may come back."""
        return cls(outcome=Outcome.ACCEPT, by_policy=by_policy, policy=assessment.policy, reasons=reasons, note=note)

    @classmethod
    def refusal(
        cls,
        assessment: Assessment,
        reasons: tuple[RecordedReason, ...],
        alternatives: tuple[RecordedAlternative, ...],
        *,
        by_policy: bool,
        note: str | None = None,
    ) -> Self:
        """The goods may not come back; the customer reads what can be done instead and until when to object."""
        return cls(
            outcome=Outcome.REFUSE,
            by_policy=by_policy,
            policy=assessment.policy,
            reasons=reasons,
            alternatives=alternatives,
            note=note,
            object_by=assessment.object_by,
        )
