"""How a return was decided: the first answer, why a person decides, and the decision."""

from collections.abc import Sequence
from dataclasses import dataclass

from service_requests.domain.eligibility.assessment import (
    Assessment,
    Basis,
    Outcome,
    RecordedAlternative,
    RecordedReason,
)
from service_requests.domain.eligibility.case_of_order import Goodwill
from service_requests.domain.returns.recorded_decision import RecordedDecision
from service_requests.domain.returns.return_error import SecondPersonNeeded


@dataclass(slots=True, kw_only=True)
class ReturnReview:
    """`basis` is what the first answer was computed from. `referral` and `missing` say why a person decides.

    `goodwill` is what a colleague gives beyond every right; `ruling` is the decision.
    """

    basis: Basis | None = None
    referral: tuple[RecordedReason, ...] = ()
    missing: tuple[str, ...] = ()
    goodwill: Goodwill | None = None
    ruling: RecordedDecision | None = None

    def begin(self, assessment: Assessment) -> RecordedDecision | None:
        """Decide by the policy; None when a person must decide."""
        self.basis = assessment.basis
        reasons = assessment.reasons
        match assessment.outcome:
            case Outcome.ACCEPT:
                self.ruling = RecordedDecision.approval(assessment, reasons, by_policy=True)
            case Outcome.REFUSE:
                self.ruling = RecordedDecision.refusal(assessment, reasons, assessment.alternatives, by_policy=True)
            case Outcome.REFER:
                self.referral, self.missing = reasons, assessment.missing
        return self.ruling

    def approve(self, assessment: Assessment, *, by: str, note: str | None) -> RecordedDecision:
        """A person approves. `SecondPersonNeeded` when the same person has given the goodwill (B09)."""
        if self.goodwill is not None and self.goodwill.by == by:
            raise SecondPersonNeeded
        self.ruling = RecordedDecision.approval(assessment, self.referral, by_policy=False, note=note)
        return self.ruling

    def refuse(
        self,
        assessment: Assessment,
        reason: RecordedReason,
        alternatives: Sequence[RecordedAlternative],
        *,
        note: str | None,
    ) -> RecordedDecision:
        """A person refuses, with the reason and what can be done instead (R2.5)."""
        reasons = (reason, *self.referral)
        self.ruling = RecordedDecision.refusal(assessment, reasons, tuple(alternatives), by_policy=False, note=note)
        return self.ruling
