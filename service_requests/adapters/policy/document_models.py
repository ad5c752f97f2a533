"""The shapes that policies, laws and calendars have as documents, each turning itself into the domain's value."""

from typing import Annotated, Any, ClassVar, Final, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from service_requests.domain.policy import (
    condition,
    law,
    policy as policies,
    term as terms,
    vocabulary as words,
)
from shared.documents.shape import Code, Day, distinct
from shared.kernel.errors import Said
from shared.kernel.money import EXPONENTS, Money
from shared.kernel.period import Period, PeriodUnit
from shared.kernel.refund_term import Milestone


def known_currency(code: str) -> str:
    """A currency of ISO 4217."""
    if code not in EXPONENTS:
        raise ValueError("is not a currency of ISO 4217")
    return code


MOST_ROWS: Final = 200
T = TypeVar("T")
Rows = Annotated[tuple[T, ...], Field(max_length=MOST_ROWS)]
UNIQUE: Final = {"uniqueItems": True}
Text = Annotated[str, StringConstraints(min_length=1, max_length=1_000, strip_whitespace=True)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), AfterValidator(known_currency)]
Minor = Annotated[int, Field(ge=0, le=10**12)]
Count = Annotated[int, Field(ge=1, le=36_500)]
States = Annotated[tuple[words.State, ...], AfterValidator(distinct), Field(json_schema_extra=UNIQUE)]
Codes = Annotated[tuple[Code, ...], AfterValidator(distinct), Field(min_length=1, json_schema_extra=UNIQUE)]


class Shape(BaseModel):
    """One part of a document. Strict: nothing unknown, nothing converted."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False, validate_default=True)
    makes: ClassVar[type[Any]]

    def build(self) -> Any:
        """The domain's value: its fields have the same names."""
        parts = {name: build(getattr(self, name)) for name in type(self).model_fields if name != "kind"}
        return self.makes(**parts)


def build(value: Any) -> Any:
    """The domain's value of any part."""
    if isinstance(value, Shape):
        return value.build()
    if isinstance(value, tuple):
        return tuple(build(each) for each in value)
    if isinstance(value, dict):
        return {key: build(each) for key, each in value.items()}
    return value


class SaidShape(Shape):
    en: Text
    zh: Annotated[Text, Field(alias="zh-CN")]

    makes = Said


class MoneyShape(Shape):
    amount_minor: Minor
    currency: Currency

    def build(self) -> Money:
        return Money(self.amount_minor, self.currency)


class PeriodShape(Shape):
    """Exactly one unit."""

    days: Count | None = None
    working_days: Annotated[int, Field(ge=1, le=365)] | None = None
    months: Annotated[int, Field(ge=1, le=1_200)] | None = None
    years: Annotated[int, Field(ge=1, le=100)] | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if sum(getattr(self, unit) is not None for unit in PeriodUnit) != 1:
            raise ValueError("names exactly one of days, working_days, months, years")
        return self

    def build(self) -> Period:
        unit = next(unit for unit in PeriodUnit if getattr(self, unit) is not None)
        return Period(getattr(self, unit), unit)


class WordTest(Shape):
    """Exactly one operator over words."""

    is_: Annotated[Code | None, Field(alias="is")] = None
    any_of: Codes | None = None
    none_of: Codes | None = None

    @model_validator(mode="after")
    def _one_operator(self) -> Self:
        if sum(each is not None for each in (self.is_, self.any_of, self.none_of)) != 1:
            raise ValueError("uses exactly one of is, any_of, none_of")
        return self

    def build(self) -> condition.Test:
        if self.none_of is not None:
            return condition.NoneOf(frozenset(self.none_of))
        return condition.AnyOf(frozenset(self.any_of or (self.is_ or "",)))


class NumberTest(Shape):
    """Bounds, both included; at least one of them."""

    at_least: Minor | None = None
    at_most: Minor | None = None

    @model_validator(mode="after")
    def _a_bound(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError("uses at_least, at_most or both")
        return self

    def build(self) -> condition.Test:
        return condition.Between(self.at_least, self.at_most)


class DayTest(Shape):
    """A season from the first day to the last, both included; at least one of them."""

    from_: Annotated[Day | None, Field(alias="from")] = None
    until: Day | None = None

    @model_validator(mode="after")
    def _a_bound(self) -> Self:
        if self.from_ is None and self.until is None:
            raise ValueError("uses from, until or both")
        return self

    def build(self) -> condition.Test:
        return condition.Season(self.from_, self.until)


class WhenShape(Shape):
    """All that is named must hold."""

    regime: WordTest | None = None
    category: WordTest | None = None
    channel: WordTest | None = None
    segment: WordTest | None = None
    reason: WordTest | None = None
    sku: WordTest | None = None
    currency: WordTest | None = None
    state: WordTest | None = None
    value_minor: NumberTest | None = None
    total_minor: NumberTest | None = None
    ordered_on: DayTest | None = None

    def build(self) -> condition.When:
        tests = {fact: getattr(self, fact) for fact in condition.Fact}
        return condition.When({fact: test.build() for fact, test in tests.items() if test is not None})


ALWAYS: Final = WhenShape()


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


class RowShape(Shape):
    id: Code
    when: WhenShape = ALWAYS


class ReasonShape(Shape):
    says: SaidShape
    fault: words.Fault
    person: bool = False


class CategoryShape(Shape):
    says: SaidShape
    law_class: words.LawClass = words.LawClass.GENERAL
    parent: Code | None = None


class WindowRowShape(RowShape):
    window: WindowShape

    makes = policies.WindowRow


class ExclusionRowShape(RowShape):
    goods: words.Goods
    needs_confirmation: bool = False
    beyond_law: bool = False
    says: SaidShape | None = None

    makes = policies.ExclusionRow


class IntactRowShape(RowShape):
    states: Annotated[States, Field(min_length=1)]
    beyond_law: bool = False

    makes = policies.IntactRow


class ProofRowShape(RowShape):
    required: Annotated[tuple[words.Proof, ...], Field(min_length=1)]
    beyond_law: bool = False

    makes = policies.ProofRow


class FreightRowShape(RowShape):
    cause: words.Cause
    payer: words.Payer
    amount: MoneyShape | None = None

    makes = policies.FreightRow


class FeeRowShape(RowShape):
    cause: words.Cause
    basis_points: Annotated[int, Field(ge=0, le=10_000)]
    beyond_law: bool = False

    makes = policies.FeeRow


class RefundRowShape(RowShape):
    clock: RefundClockShape

    makes = policies.RefundRow


class PromotionRowShape(RowShape):
    mode: words.Mode

    makes = policies.PromotionRow


class OutboundRowShape(RowShape):
    cause: words.Cause
    whole: words.OutboundFreight
    part: words.OutboundFreight

    makes = policies.OutboundRow


class AlternativeRowShape(RowShape):
    instead_of: Codes
    offers: Annotated[tuple[words.Offer, ...], Field(min_length=1)]

    makes = policies.AlternativeRow


class PersonRowShape(RowShape):
    says: SaidShape

    makes = policies.PersonRow


class GoodwillRowShape(Shape):
    role: words.Role
    up_to: MoneyShape
    days_late: Annotated[int, Field(ge=0, le=3_650)]
    second_above: MoneyShape | None = None

    makes = policies.GoodwillRow


class AddressRowShape(RowShape):
    recipient: Text
    lines: Annotated[tuple[Text, ...], Field(min_length=1, max_length=6)]
    contact: Text
    phone: Text
    carriers: Annotated[tuple[Text, ...], Field(min_length=1)]
    collect_on_delivery: bool = False

    makes = policies.AddressRow


class PromisesShape(Shape):
    decide_hours: Annotated[int, Field(ge=1, le=720)] | None = None
    send_back: PeriodShape | None = None
    object_within: PeriodShape = PeriodShape(days=14)
    warn_at: tuple[Annotated[int, Field(ge=1, le=99)], ...] = (50, 80)

    makes = policies.Promises


class PolicyShape(Shape):
    """A returns policy."""

    policy: Code
    version: Code
    effective_from: Day
    effective_until: Day | None = None
    title: SaidShape
    merchant: Text
    regimes: Annotated[tuple[Code, ...], Field(min_length=1, max_length=MOST_ROWS)]
    calendar: Code | None = None
    currency: Currency
    transit_buffer_days: Annotated[int, Field(ge=0, le=90)] = 7
    categories: Annotated[dict[Code, CategoryShape], Field(max_length=2_000)] = {}
    channels: Annotated[tuple[Code, ...], Field(min_length=1)] = ("web",)
    segments: Annotated[tuple[Code, ...], Field(min_length=1)] = ("regular",)
    reasons: Annotated[dict[Code, ReasonShape], Field(min_length=1, max_length=MOST_ROWS)]
    remedies: Annotated[tuple[words.Remedy, ...], Field(min_length=1)] = (words.Remedy.REFUND,)
    promises: PromisesShape = PromisesShape()
    addresses: Annotated[tuple[AddressRowShape, ...], Field(min_length=1, max_length=MOST_ROWS)]
    windows: Rows[WindowRowShape] = ()
    exclusions: Rows[ExclusionRowShape] = ()
    waived_exclusions: Annotated[tuple[words.Goods, ...], AfterValidator(distinct)] = ()
    intact: Rows[IntactRowShape] = ()
    waived_states: States = ()
    proofs: Rows[ProofRowShape] = ()
    freight: Rows[FreightRowShape] = ()
    fees: Rows[FeeRowShape] = ()
    refunds: Rows[RefundRowShape] = ()
    promotions: Rows[PromotionRowShape] = ()
    outbound: Rows[OutboundRowShape] = ()
    alternatives: Rows[AlternativeRowShape] = ()
    persons: Rows[PersonRowShape] = ()
    goodwill: Rows[GoodwillRowShape] = ()
    retention: Rows[RetentionShape] = ()

    def build(self) -> policies.Policy:
        apart = {"policy", "reasons", "categories"}
        parts = {name: build(getattr(self, name)) for name in type(self).model_fields if name not in apart}
        parts["reasons"] = {
            code: policies.Reason(code, each.says.build(), each.fault, each.person)
            for code, each in self.reasons.items()
        }
        parts["categories"] = {
            code: policies.Category(code, each.says.build(), each.law_class, each.parent)
            for code, each in self.categories.items()
        }
        return policies.Policy(id=self.policy, **parts)
