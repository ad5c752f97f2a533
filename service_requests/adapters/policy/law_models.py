"""The shapes of a law pack: a legal regime, its rules and their terms."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from service_requests.adapters.policy.document_shape import (
    UNIQUE,
    Currency,
    PeriodShape,
    SaidShape,
    Shape,
    States,
    Text,
)
from service_requests.domain.policy import (
    law,
    term as terms,
    vocabulary as words,
)
from shared.documents.shape import Code, Day, distinct
from shared.kernel.refund_term import Milestone


class WindowShape(Shape):
    kind: Literal["window"] = "window"
    cause: words.Cause
    period: PeriodShape
    remedies: Annotated[tuple[words.Remedy, ...], Field(min_length=1)] = (words.Remedy.REFUND,)
    starts: words.Starts = words.Starts.LAST_PARCEL
    rolls_over: bool = False
    extension: PeriodShape | None = None
    after_failed_repairs: Annotated[int, Field(ge=0, le=9)] = 0

    makes = terms.Window


class ExclusionShape(Shape):
    kind: Literal["exclusion"]
    goods: words.Goods
    needs_confirmation: bool = False
    only_if: States = ()

    makes = terms.Exclusion


class IntactShape(Shape):
    kind: Literal["intact"]
    classes: Annotated[tuple[words.LawClass, ...], AfterValidator(distinct), Field(json_schema_extra=UNIQUE)]
    states: States
    refuses: bool = True

    makes = terms.IntactTest


class HarmlessShape(Shape):
    kind: Literal["harmless"]
    states: States

    makes = terms.Harmless


class ReturnFreightShape(Shape):
    kind: Literal["return_freight"]
    cause: words.Cause
    payer: words.Payer
    if_not_told: words.Payer | None = None

    makes = terms.ReturnFreight


class FeeBarShape(Shape):
    kind: Literal["fee_bar"]
    cause: words.Cause

    makes = terms.FeeBar


class RefundClockShape(Shape):
    kind: Literal["refund_clock"] = "refund_clock"
    cause: words.Cause
    period: PeriodShape
    starts: Annotated[tuple[Milestone, ...], Field(min_length=1)]
    may_wait_for: tuple[Milestone, ...] = ()
    if_collected: Milestone | None = None

    makes = terms.RefundClock


class SendBackShape(Shape):
    kind: Literal["send_back"]
    period: PeriodShape

    makes = terms.SendBack


class NoProofsShape(Shape):
    kind: Literal["no_proofs"]
    cause: words.Cause
    allowed: Annotated[tuple[words.Proof, ...], AfterValidator(distinct), Field(json_schema_extra=UNIQUE)]

    makes = terms.NoProofs


class PromotionShape(Shape):
    kind: Literal["promotion"]
    mode: words.Mode
    other_if_told: bool

    makes = terms.Promotion


class OutboundFreightShape(Shape):
    kind: Literal["outbound_freight"]
    cause: words.Cause
    whole: words.OutboundFreight
    part: words.OutboundFreight

    makes = terms.OutboundFreightRule


class SameMeansShape(Shape):
    kind: Literal["same_means"]

    makes = terms.SameMeans


class PenaltyShape(Shape):
    kind: Literal["penalty"]
    what: Literal["return_address", "handling", "refund"]
    after: Milestone
    period: PeriodShape

    makes = terms.Penalty


class RetentionShape(Shape):
    kind: Literal["retention"] = "retention"
    record: words.Record
    period: PeriodShape

    makes = terms.Retention


class DutyShape(Shape):
    kind: Literal["duty"]
    topic: Code

    makes = terms.Duty


TermShape = Annotated[
    WindowShape
    | ExclusionShape
    | IntactShape
    | HarmlessShape
    | ReturnFreightShape
    | FeeBarShape
    | RefundClockShape
    | SendBackShape
    | NoProofsShape
    | PromotionShape
    | OutboundFreightShape
    | SameMeansShape
    | PenaltyShape
    | RetentionShape
    | DutyShape,
    Field(discriminator="kind"),
]


class LawRuleShape(Shape):
    id: Code
    article: Text
    effective_from: Day
    effective_until: Day | None = None
    confidence: law.Confidence
    source: Text
    says: SaidShape
    term: TermShape

    makes = law.LawRule


class RegimeShape(Shape):
    """A legal regime."""

    regime: Code
    version: Code
    name: SaidShape
    calendar: Code
    currency: Currency
    rules: Annotated[tuple[LawRuleShape, ...], Field(min_length=1, max_length=500)]

    def build(self) -> law.Regime:
        rules = tuple(rule.build() for rule in self.rules)
        return law.Regime(
            code=self.regime,
            version=self.version,
            name=self.name.build(),
            calendar=self.calendar,
            currency=self.currency,
            rules=rules,
        )
