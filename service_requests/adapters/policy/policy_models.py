"""The shape of a policy: its rows, and the document as a whole."""

from typing import Annotated

from pydantic import AfterValidator, Field

from service_requests.adapters.policy.condition_models import ALWAYS, WhenShape
from service_requests.adapters.policy.document_shape import (
    MOST_ROWS,
    Codes,
    Currency,
    MoneyShape,
    PeriodShape,
    Rows,
    SaidShape,
    Shape,
    States,
    Text,
    build,
)
from service_requests.adapters.policy.law_models import RefundClockShape, RetentionShape, WindowShape
from service_requests.domain.policy import (
    policy as policies,
    vocabulary as words,
)
from service_requests.domain.policy.rates import Rates
from shared.documents.shape import Code, Day, distinct


def above_zero(rate: str) -> str:
    """The rate, if it is more than nothing."""
    if not float(rate):
        raise ValueError("is more than 0")
    return rate


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
    goods: words.Goods | None = None
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


Rate = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,8})?$"), AfterValidator(above_zero)]


class RatesShape(Shape):
    """How much of each currency one unit of `base` is, on that day."""

    on: Day
    base: Currency
    units: Annotated[dict[Currency, Rate], Field(min_length=1, max_length=400)]

    def build(self) -> Rates:
        return Rates(self.on, self.base, self.units)


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
    categories: Annotated[dict[Code, CategoryShape], Field(max_length=2_000)] = Field(default={})
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
    tender_order: words.TenderOrder = words.TenderOrder.PROPORTIONAL
    rates: RatesShape | None = None

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
