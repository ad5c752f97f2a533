"""The shape of a reply and its case as a document. Each part builds the value of the domain."""

from datetime import timedelta
from typing import Annotated, Any, ClassVar, Final, Literal, Self, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from service_notifications.domain.care.reply_check import reply_case as cases
from service_notifications.domain.care.text.folded_text import Span
from shared.kernel.money import EXPONENTS, LIMIT, Money

MOST: Final = 200
LONGEST: Final = 12_000
T = TypeVar("T")
Rows = Annotated[tuple[T, ...], Field(max_length=MOST)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=1_000, strip_whitespace=True)]
Place = Annotated[int, Field(ge=0, le=LONGEST)]


def known_currency(code: str) -> str:
    """A currency of ISO 4217."""
    if code not in EXPONENTS:
        raise ValueError("is not a currency of ISO 4217")
    return code


class Shape(BaseModel):
    """One part of a document. Strict: nothing unknown, nothing converted."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False, validate_default=True)
    makes: ClassVar[Any]

    def build(self) -> Any:
        """The value of the domain, whose fields have the same names."""
        return self.makes(**{name: build(getattr(self, name)) for name in type(self).model_fields})


def build(value: Any) -> Any:
    """The value of the domain for any part of the document."""
    if isinstance(value, Shape):
        return value.build()
    if isinstance(value, tuple):
        return tuple(build(each) for each in value)
    return value


class MoneyShape(Shape):
    """An exact amount in minor units."""

    amount_minor: Annotated[int, Field(ge=-LIMIT, le=LIMIT)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), AfterValidator(known_currency)]

    def build(self) -> Money:
        return Money(self.amount_minor, self.currency)


class SpanShape(Shape):
    """From the first character to behind the last."""

    start: Place
    end: Place

    makes = Span

    @model_validator(mode="after")
    def _goes_forward(self) -> Self:
        if self.end < self.start:
            raise ValueError("ends before it starts")
        return self


class SenderShape(Shape):
    """Who signs, and the decisions her certificates cover."""

    name: Text | None = None
    role: Text = "agent"
    scopes: Annotated[frozenset[Text], Field(max_length=MOST)] | None = None

    makes = cases.ReplySender


class TurnShape(Shape):
    """One message of the conversation."""

    by: cases.Speaker
    at: AwareDatetime
    text: Annotated[str, StringConstraints(max_length=LONGEST)]

    makes = cases.Turn


class PromiseShape(Shape):
    """A promise found in the draft."""

    span: SpanShape
    due: AwareDatetime | None = None
    what: Text | None = None

    makes = cases.DetectedPromise


class LoggedPromiseShape(Shape):
    """A row of the promise ledger."""

    id: Text
    owner: Text | None = None
    due: AwareDatetime | None = None
    proof: Text | None = None
    what: Text | None = None
    at_risk: bool = False

    makes = cases.LoggedPromise


class SignalShape(Shape):
    """What was heard in a turn, counted from 0."""

    feeling: cases.Feeling
    turn: Annotated[int, Field(ge=0, le=MOST)]

    makes = cases.DetectedFeeling


class QuoteShape(Shape):
    """What the ledger says goes back."""

    total: MoneyShape
    parts: Rows[MoneyShape] = ()
    routes: Rows[Text] = ()

    makes = cases.QuoteFacts


class ItemShape(Shape):
    """Goods by the names that a customer knows."""

    names: Annotated[tuple[Text, ...], Field(min_length=1, max_length=MOST)]

    makes = cases.ItemFacts


class PolicyShape(Shape):
    """The order's policy."""

    version: Text
    clauses: Annotated[frozenset[Text], Field(max_length=MOST)]
    laws: Rows[Text] = ()

    makes = cases.PolicyFacts


class ApprovalShape(Shape):
    """The six facts of an approval."""

    address: Text | None = None
    contact: Text | None = None
    phone: Text | None = None
    shipping: Rows[Text] = ()
    rma: Text | None = None
    customer_pays: bool | None = None

    makes = cases.ApprovalFacts


class RefusalShape(Shape):
    """The facts of a refusal."""

    reasons: Rows[Text] = ()
    evidence_links: Rows[Text] = ()
    alternatives: Rows[Text] = ()
    none_feasible: bool = False
    appeal_by: AwareDatetime | None = None

    makes = cases.RefusalFacts


class AssessmentShape(Shape):
    """The first look at a complaint."""

    severity: Text | None = None
    safety: bool | None = None
    complexity: Text | None = None
    impact: Text | None = None
    immediate: bool | None = None

    makes = cases.ComplaintAssessment


class ComplaintShape(Shape):
    """A complaint of the case."""

    number: Text | None = None
    remedy_wanted: Text | None = None
    assessment: AssessmentShape = AssessmentShape()
    accepted: bool = False
    exhausted: bool = False
    improvement: Text | None = None

    makes = cases.ComplaintFacts


class ClosingShape(Shape):
    """What stands before a case may be closed; `wait_hours` is the time to answer after the reminder."""

    reminded_at: AwareDatetime | None = None
    wait_hours: Annotated[int, Field(ge=0, le=10_000)] | None = None
    reopen_link: Text | None = None
    agreed: bool = False

    def build(self) -> cases.ClosingFacts:
        wait = None if self.wait_hours is None else timedelta(hours=self.wait_hours)
        return cases.ClosingFacts(self.reminded_at, wait, self.reopen_link, self.agreed)


class SurveyShape(Shape):
    """What stands before a customer may be asked how it was."""

    closed: bool
    disputed: bool = False
    invited: Annotated[int, Field(ge=0, le=1_000)] = 0

    makes = cases.SurveyFacts


class LimitsShape(Shape):
    """What the sender may give."""

    amount: MoneyShape | None = None

    makes = cases.SenderLimits


class DecidedShape(Shape):
    """A decision, and what it would be without the customer's segment."""

    outcome: Text
    without_segment: Text

    makes = cases.DecisionFacts


class FactsShape(Shape):
    """What the case knows; whatever is left out is not known."""

    address_as: Text | None = None
    brand_names: Rows[Text] = ()
    order: Text | None = None
    items: Rows[ItemShape] = ()
    problem: Rows[Text] = ()
    remedy_wanted: Text | None = None
    quote: QuoteShape | None = None
    amounts: Rows[MoneyShape] = ()
    refund_state: cases.RefundState | None = None
    accepted_units: Annotated[int, Field(ge=0, le=10_000)] | None = None
    arrives_not_before: AwareDatetime | None = None
    dues: dict[cases.DeadlineKind, AwareDatetime] = Field(default_factory=dict)
    dates: Rows[AwareDatetime] = ()
    received_at: AwareDatetime | None = None
    holding: bool = False
    policy: PolicyShape | None = None
    approval: ApprovalShape = ApprovalShape()
    refusal: RefusalShape = RefusalShape()
    fault: cases.Fault | None = None
    inconvenience: bool = False
    limits: LimitsShape = LimitsShape()
    evidence_allowed: frozenset[cases.Evidence] | None = None
    chosen_at: AwareDatetime | None = None
    decided: DecidedShape | None = None
    safety_flow_open: bool = False
    complaint: ComplaintShape | None = None
    closing: ClosingShape = ClosingShape()
    survey: SurveyShape | None = None
    statutory_notice: bool = False
    promises: Rows[LoggedPromiseShape] = ()

    makes = cases.ReplyFacts


class ReplyShape(Shape):
    """A reply and everything it is judged by; `now` is when it would be sent."""

    reply: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]
    language: Literal["en", "zh-CN"]
    now: AwareDatetime
    channel: cases.ReplyChannel = cases.ReplyChannel.CHAT
    purpose: cases.Purpose = cases.Purpose.ANSWER
    sender: SenderShape = SenderShape()
    from_template: Rows[SpanShape] = ()
    for_review: bool = False
    customer_is_typing: bool = False
    turns: Rows[TurnShape] = ()
    facts: FactsShape = FactsShape()
    promises: Rows[PromiseShape] | None = None
    signals: Rows[SignalShape] | None = None

    def build(self) -> cases.ReplyCase:
        draft = cases.ReplyDraft(
            text=self.reply,
            language=self.language,
            now=self.now,
            channel=self.channel,
            purpose=self.purpose,
            sender=self.sender.build(),
            from_template=build(self.from_template),
            for_review=self.for_review,
            customer_is_typing=self.customer_is_typing,
        )
        return cases.ReplyCase(draft, build(self.turns), self.facts.build(), build(self.promises), build(self.signals))
