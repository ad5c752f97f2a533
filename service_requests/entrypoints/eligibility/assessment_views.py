"""What callers see of an assessment: reasons, alternatives, missing proofs."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field

from service_requests.domain.eligibility.assessment import (
    Assessment,
    RecordedAlternative,
    RecordedReason,
)
from service_requests.domain.policy.sentences import name
from service_requests.domain.policy.vocabulary import Proof
from shared.kernel.errors import Said
from shared.web.fields import Output


class Sentence(Output):
    """One sentence in both languages."""

    model_config = ConfigDict(
        from_attributes=True,
        populate_by_name=True,
        serialize_by_alias=True,
        json_schema_extra={"example": {"en": "We look at your request.", "zh-CN": "我们正在审核您的申请。"}},
    )

    en: str
    zh: Annotated[str, Field(alias="zh-CN")]

    @classmethod
    def of(cls, said: Said) -> Self:
        """The view of a sentence."""
        return cls(en=said.en, zh=said.zh)


class ReasonOut(Output):
    """What one rule said: its clause, a plain sentence, and the facts it was judged by (B10)."""

    rule: str
    result: Literal["yes", "no", "look", "missing"]
    clause: str
    says: Sentence
    line_id: str | None
    facts: dict[str, str]

    @classmethod
    def of(cls, reason: RecordedReason) -> Self:
        """The view of a reason."""
        return cls(
            rule=reason.rule,
            result=reason.answer.value,
            clause=reason.clause,
            says=Sentence.of(reason.says),
            line_id=reason.line_id,
            facts=dict(reason.facts),
        )


class AlternativeOut(Output):
    """What can be done instead (R1.4)."""

    code: str
    says: Sentence

    @classmethod
    def of(cls, alternative: RecordedAlternative) -> Self:
        """The view of an alternative."""
        return cls(code=alternative.code, says=Sentence.of(alternative.says))


class ProofOut(Output):
    """Something that has still to be shown (R1.3)."""

    code: str
    says: Sentence

    @classmethod
    def all(cls, codes: Sequence[str]) -> list[Self]:
        """The views of proofs, in the order of the policy."""
        return [cls(code=code, says=Sentence.of(name(Proof(code)))) for code in codes]


class VerdictOut(Output):
    """The policy's answer without any effect; `missing` names what has still to be shown."""

    outcome: Literal["accept", "refuse", "refer"]
    policy: str
    reasons: list[ReasonOut]
    alternatives: list[AlternativeOut]
    missing: list[ProofOut]
    money: list[ReasonOut] = Field(default_factory=list)
    """What the policy says about the refund: fees, outbound freight, discounts, order of payments; with clauses."""

    @classmethod
    def of(cls, assessment: Assessment) -> Self:
        """The view of an assessment."""
        return cls(
            outcome=assessment.outcome.value,
            policy=assessment.policy,
            reasons=[ReasonOut.of(reason) for reason in assessment.reasons],
            alternatives=[AlternativeOut.of(one) for one in assessment.alternatives],
            missing=ProofOut.all(assessment.missing),
            money=[ReasonOut.of(each) for each in assessment.told],
        )


class AddressOut(Output):
    """Where the goods go."""

    warehouse: str
    recipient: str
    lines: list[str]
