"""What a person decides about units that failed, on which finding and clause, and what the law allows (R4.5, G10, Z31).

Where goods come back by a right of law, only the findings that the law names refuse the right or reduce the refund. The
approval tells these findings (`rights` of `return.approved`). `not_our_goods` always refuses: what came back is not
what was sold.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.kernel.errors import Forbidden, Language, Malformed, Refused, Said


class Decision(StrEnum):
    """What a person can say about a unit that failed; the verb of its move."""

    ACCEPT = "accept"
    REFUSE = "refuse"


class ReasonCode(StrEnum):
    """The finding on which a decision rests. The words from `worn` on are those of the law's tests."""

    NOT_OUR_GOODS = "not_our_goods"
    NO_DEFECT_FOUND = "no_defect_found"
    MISUSE = "misuse"
    WORN = "worn"
    WASHED = "washed"
    SOILED = "soiled"
    DAMAGED = "damaged"
    PARTS_MISSING = "parts_missing"
    SEAL_BROKEN = "seal_broken"
    MARK_REMOVED = "mark_removed"
    LABEL_CUT = "label_cut"
    ACTIVATED = "activated"
    PERSONAL_DATA_USED = "personal_data_used"
    UNAUTHORISED_REPAIR = "unauthorised_repair"
    MARKS_ALTERED = "marks_altered"
    LASTING_TRACES = "lasting_traces"
    DOWNLOADED = "downloaded"
    OTHER = "other"


ALWAYS_REFUSES: Final = frozenset({ReasonCode.NOT_OUR_GOODS.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRight:
    """The right of law by which units of this line come back for this reason. Findings by code, with their clauses."""

    line_id: str
    reason: str
    clause: str
    refuses: Mapping[str, str]
    reduces: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitVerdict:
    """The decision about one unit, with the part of its paid amount by which the refund is reduced."""

    unit_id: str
    decision: Decision
    deduction_basis_points: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchDecision:
    """One decision of a person. `agreement` says how the customer agreed to a deduction."""

    verdicts: Sequence[UnitVerdict]
    reason: str
    code: ReasonCode | None = None
    clause: str | None = None
    evidence: tuple[str, ...] = ()
    agreement: str | None = None


class InspectorMayNotDecide(Forbidden):
    """The inspector who found the unit faulty may not decide about it (G10)."""

    code = "inspector_may_not_decide"
    title = Said("Somebody else must decide", "须由他人决定")
    detail = Said(
        "You have inspected unit {unit_id} yourself; another person must decide about it.",
        "商品 {unit_id} 由您本人检验，须由其他人员作出决定。",
    )


class ReasonMissing(Malformed):
    """A deduction rests on a finding."""

    code = "reason_code_missing"
    title = Said("A reason code is missing", "缺少原因代码")
    detail = Said(
        "A deduction needs the finding on which it rests, as `reason_code`.",
        "扣减须以 `reason_code` 说明所依据的检验结论。",
    )


class MayNotRefuse(Refused):
    """The law lets this finding reduce the refund, or do nothing, but not refuse the right (Z31)."""

    code = "may_not_be_refused"
    title = Said("This right may not be refused", "该权利不得拒绝")
    detail = Said(
        "Unit {unit_id} comes back by right ({clause}). The finding {finding} does not refuse this right; these do: "
        "{allowed}.",
        "商品 {unit_id} 依法退货（{clause}）。检验结论 {finding} 不足以拒绝；可拒绝的结论：{allowed}。",
    )

    def say(self, language: Language) -> str:
        """The refusal, and what is possible instead."""
        text = self.detail.to(language, **self.facts)
        instead = MAY_BE_REDUCED if self.facts["reducible"] else MAY_BE_ACCEPTED
        return f"{text}{' ' if language == 'en' else ''}{instead.to(language, **self.facts)}"


MAY_BE_REDUCED: Final = Said(
    "Accept the unit instead. With the customer's agreement the refund may be reduced for its lower value "
    "(`deduction_basis_points`, `agreement`).",
    "请改为接受该商品；经消费者同意，可就其价值减损相应减少退款（`deduction_basis_points`、`agreement`）。",
)
MAY_BE_ACCEPTED: Final = Said("Accept the unit instead, without a deduction.", "请改为接受该商品，且不得扣减。")


class AgreementMissing(Malformed):
    """A refund is reduced only after the customer was told and has agreed (R4.5)."""

    code = "agreement_missing"
    title = Said("The customer's agreement is missing", "缺少消费者的同意")
    detail = Said(
        "Say in `agreement` how the customer has agreed to the deduction, or accept the unit without a deduction.",
        "请在 `agreement` 中说明消费者如何同意扣减，或不扣减接受该商品。",
    )


class MayNotReduce(Refused):
    """The customer does not answer for the reason of the return, so that the refund is whole (R4.5, H07)."""

    code = "may_not_be_reduced"
    title = Said("The refund may not be reduced", "退款不得扣减")
    detail = Said(
        "Unit {unit_id} comes back for a reason that the customer does not answer for. Its refund is not reduced. "
        "Accept the unit without a deduction.",
        "商品 {unit_id} 的退货原因不由消费者承担，退款不得扣减。请不扣减接受该商品。",
    )


class DeductionWithoutAcceptance(Malformed):
    """A refused unit has no refund that could be reduced."""

    code = "deduction_without_acceptance"
    title = Said("A deduction belongs to an accepted unit", "扣减仅适用于接受的商品")
    detail = Said("Unit {unit_id} is refused, so nothing is deducted.", "商品 {unit_id} 已被拒绝，无需扣减。")


def right_of(rights: Iterable[LineRight], line_id: str, reason: str) -> LineRight | None:
    """The right of law of a unit; None where it comes back by other grounds, or by an approval from before 0.4."""
    return next((right for right in rights if (right.line_id, right.reason) == (line_id, reason)), None)


def check(
    right: LineRight | None, verdict: UnitVerdict, by: BenchDecision, place: int, *, reducible: bool
) -> str | None:
    """The clause on which the decision rests. Raises `MayNotRefuse`, `MayNotReduce` and what the fields lack.

    `reducible` is whether the refund of the unit may be reduced at all: not where the customer is without fault.
    """
    code = (by.code or ReasonCode.OTHER).value
    if verdict.deduction_basis_points is not None:
        if verdict.decision is Decision.REFUSE:
            raise DeductionWithoutAcceptance(pointer=f"/units/{place}/deduction_basis_points", unit_id=verdict.unit_id)
        if by.code is None:
            raise ReasonMissing(pointer="/reason_code")
        if by.agreement is None:
            raise AgreementMissing(pointer="/agreement")
        if verdict.deduction_basis_points and not reducible:
            raise MayNotReduce(pointer=f"/units/{place}/deduction_basis_points", unit_id=verdict.unit_id)
    if right is None:
        return by.clause
    facts = {"unit_id": verdict.unit_id, "clause": right.clause, "finding": code}
    if verdict.decision is Decision.REFUSE and code not in {*right.refuses, *ALWAYS_REFUSES}:
        allowed = ", ".join(sorted({*right.refuses, *ALWAYS_REFUSES}))
        raise MayNotRefuse(
            pointer=f"/units/{place}/decision",
            **facts,
            allowed=allowed,
            reducible=reducible and code in right.reduces,
        )
    lawful = right.refuses if verdict.decision is Decision.REFUSE else right.reduces
    return by.clause or lawful.get(code) or right.clause
