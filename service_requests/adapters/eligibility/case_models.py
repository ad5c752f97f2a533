"""The shapes of a case and of a recorded decision as documents."""

from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from service_requests.adapters.policy.document_shape import (
    Currency,
    MoneyShape,
    SaidShape,
    Shape,
    States,
    Text,
    build,
)
from service_requests.adapters.policy.policy_models import PolicyShape
from service_requests.domain.eligibility import case as cases, window
from service_requests.domain.policy import vocabulary as words
from shared.documents.calendars import known_zone
from shared.documents.shape import Code, Day, distinct
from shared.kernel.places import ShipTo

Ids = Annotated[tuple[Text, ...], AfterValidator(distinct), Field(max_length=2_000)]


class ParcelShape(Shape):
    id: Text
    dispatched_at: AwareDatetime | None = None
    carrier_delivered_at: AwareDatetime | None = None
    signed_for_at: AwareDatetime | None = None

    makes = window.Parcel


class ConfirmationShape(Shape):
    goods: words.Goods
    at: AwareDatetime
    by_default: bool = False

    makes = cases.Confirmation


class UnitShape(Shape):
    id: Text
    reason: Code
    wish: words.Remedy | None = None
    states: States = ()
    proofs: Annotated[tuple[words.Proof, ...], AfterValidator(distinct)] = ()
    failed_repairs: Annotated[int, Field(ge=0, le=99)] = 0
    taken: words.Remedy | None = None
    serial_differs: bool = False
    pieces: Annotated[int, Field(ge=1, le=10_000)] = 1

    makes = cases.CaseUnit


class LineShape(Shape):
    id: Text
    sku: Text
    category: Code | None = None
    unit_paid: MoneyShape
    units: Annotated[tuple[UnitShape, ...], Field(min_length=1, max_length=2_000)]
    goods: Annotated[tuple[words.Goods, ...], AfterValidator(distinct)] = ()
    confirmations: Annotated[tuple[ConfirmationShape, ...], Field(max_length=50)] = ()
    parcels: Ids = ()

    makes = cases.CaseLine


class ExplainedShape(Shape):
    before_contract: bool = True
    at: AwareDatetime | None = None

    makes = window.Explained


class ToldShape(Shape):
    withdrawal: ExplainedShape = ExplainedShape()
    freight_before_contract: bool = True
    freight_at_approval: bool = False
    promotion_mode: bool = False
    return_address_given: bool = False

    makes = cases.InformationGiven


class PromiseShape(Shape):
    id: Text
    until: Day
    remedies: Annotated[tuple[words.Remedy, ...], Field(min_length=1)] = (words.Remedy.REFUND,)
    lines: Ids = ()
    free_freight: bool = False

    makes = cases.Promise


class GoodwillShape(Shape):
    role: words.Role
    reason: Text
    lines: Ids = ()
    second_person: bool = False

    makes = cases.CaseGoodwill


class SignalShape(Shape):
    code: Code
    says: SaidShape

    makes = cases.Signal


class ProgressShape(Shape):
    sent_at: AwareDatetime | None = None
    goods_in_at: AwareDatetime | None = None
    agreed_at: AwareDatetime | None = None
    collects: bool = False

    makes = cases.Progress


class ShipToShape(Shape):
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    subdivision: Annotated[str, Field(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$")] | None = None
    time_zone: Annotated[str, Field(max_length=64), AfterValidator(known_zone)] | None = None

    makes = ShipTo


class CaseShape(Shape):
    """A question whether goods may come back; `case` is the asker's name for it, `at` the moment of the decision."""

    case: Text
    at: AwareDatetime
    regime: Code
    currency: Currency
    channel: Code = "web"
    segment: Code = "regular"
    ordered_at: AwareDatetime
    stated_at: AwareDatetime
    lines: Annotated[tuple[LineShape, ...], Field(min_length=1, max_length=500)]
    parcels: Annotated[tuple[ParcelShape, ...], Field(max_length=500)] = ()
    policy: Annotated[str, Field(max_length=140)] | None = None
    consumer: bool = True
    told: ToldShape = ToldShape()
    promises: Annotated[tuple[PromiseShape, ...], Field(max_length=100)] = ()
    goodwill: GoodwillShape | None = None
    signals: Annotated[tuple[SignalShape, ...], Field(max_length=100)] = ()
    progress: ProgressShape = ProgressShape()
    wants_person: bool = False
    ship_to: ShipToShape | None = None

    def build(self) -> cases.Case:
        names = [name for name in type(self).model_fields if name not in {"case", "at"}]
        return cases.Case(**{name: build(getattr(self, name)) for name in names})


class RecordShape(Shape):
    """A decision with everything it was made from, so that it can be made again."""

    record: Literal["decision"]
    case: CaseShape
    policies: Annotated[tuple[PolicyShape, ...], Field(min_length=1, max_length=50)]
    decision: Annotated[str, Field(min_length=2, max_length=400_000)]
    """The decision's canonical bytes, as text."""
