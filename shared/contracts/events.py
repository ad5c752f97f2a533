"""Every event that crosses between services, newest version last. An edit in place is a breaking change: add a version.

A noun is one kind of aggregate of one service; `subject` is that aggregate's id and `correlationid` the return (for
`order.*` the order). Ids and what a consumer needs to act; never personal data, never free text of a person.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.contracts.envelope import Event
from shared.kernel.period import PeriodUnit

Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Text = Annotated[str, StringConstraints(max_length=500)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Minor = Annotated[int, Field(ge=-(10**15), le=10**15)]
Count = Annotated[int, Field(ge=1, le=10_000)]


class EventPart(BaseModel):
    """A piece of an event: frozen, unknown fields ignored, known ones strict."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class Amount(EventPart):
    """Money on the wire: minor units of an ISO 4217 currency."""

    amount_minor: Minor
    currency: Currency


class Wording(EventPart):
    """A sentence of ours in both languages."""

    en: Text
    zh: Text


class Regime(StrEnum):
    """Whose law the sale is under."""

    CN = "CN"
    EU = "EU"
    UK = "UK"
    US = "US"


class Fault(StrEnum):
    """Who answers for the reason of a return."""

    MERCHANT = "merchant"
    CARRIER = "carrier"
    CUSTOMER = "customer"


class TaxCharged(EventPart):
    """Tax as it was charged on a line or on freight, never derived again. `rate` is a decimal string: "0.13"."""

    rate: Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]?)(\.[0-9]{1,6})?$")]
    amount_minor: Minor


class OrderLine(EventPart):
    """One line as it was paid. `paid_minor` covers the whole line, discounts taken off and tax included."""

    line_id: Id
    sku: Id
    name: Text
    category: Code | None = None
    quantity: Count
    unit_price_minor: Minor
    discount_minor: Minor
    paid_minor: Minor
    taxes: tuple[TaxCharged, ...] = ()
    final_sale_confirmed: bool = False


class Freight(EventPart):
    """Outbound freight as paid, tax included; `standard_minor` is the cheapest standard way offered at the time."""

    paid_minor: Minor
    standard_minor: Minor | None = None
    taxes: tuple[TaxCharged, ...] = ()


class TenderKind(StrEnum):
    """Means of payment."""

    CARD = "card"
    WALLET = "wallet"
    BANK_TRANSFER = "bank_transfer"
    GIFT_CARD = "gift_card"
    STORE_CREDIT = "store_credit"


class Tender(EventPart):
    """A payment that was captured; `reference` is the provider's name for it."""

    tender_id: Id
    kind: TenderKind
    captured_minor: Minor
    reference: Id


class OrderImported(Event):
    """A storefront has pushed an order whose totals reconcile (N06): what was paid, never what would be paid today."""

    type: ClassVar[str] = "order.imported"
    version: ClassVar[int] = 1
    order_id: Id
    number: Id
    storefront: Id
    customer_id: Id
    language: Code
    regime: Regime
    currency: Currency
    prices_include_tax: bool
    ordered_at: datetime
    lines: tuple[OrderLine, ...]
    freight: Freight
    tenders: tuple[Tender, ...]
    total_minor: Minor


class RequestedLine(EventPart):
    """What the customer wants to send back of one order line, and why."""

    line_id: Id
    sku: Id
    name: Text
    quantity: Count
    reason: Code
    condition: Code


class ReturnRequested(Event):
    """A customer has asked to send goods back (R1.1)."""

    type: ClassVar[str] = "return.requested"
    version: ClassVar[int] = 1
    return_id: Id
    order_id: Id
    customer_id: Id
    language: Code
    channel: Code
    lines: tuple[RequestedLine, ...]


class ReasonGiven(EventPart):
    """A rule's result in plain words, with the clause it rests on."""

    rule: Code
    clause: Text
    says: Wording


class ReturnReferred(Event):
    """A person must look before it is decided (R2.2)."""

    type: ClassVar[str] = "return.referred"
    version: ClassVar[int] = 1
    return_id: Id
    customer_id: Id
    language: Code
    reasons: tuple[ReasonGiven, ...]
    decide_by: datetime


class ApprovedUnit(EventPart):
    """One physical unit that may come back."""

    unit_id: Id
    line_id: Id
    sku: Id
    name: Text
    reason: Code
    fault: Fault


class FreightPayer(StrEnum):
    """Who pays for sending back."""

    MERCHANT = "merchant"
    CUSTOMER = "customer"


class ReturnAddress(EventPart):
    """Where the goods go (R2.3): the merchant's own address, contact and telephone number."""

    warehouse: Id
    recipient: Text
    lines: tuple[Text, ...]
    contact: Text
    phone: Text


class RefundMilestone(StrEnum):
    """What the day of a refund may be counted from, or wait for."""

    STATEMENT = "statement"
    """`stated_at` of the approval."""
    PROOF_OF_SENDING = "proof_of_sending"
    """`announced_at` of a parcel."""
    GOODS_IN = "goods_in"
    """`received_at` of a receipt."""
    AGREED = "agreed"
    """`inspected_at` or `decided_at`: the goods were accepted."""


class RefundClock(EventPart):
    """By when units of this line that come back for this reason are paid: so long after the first of `starts`.

    The refund may wait for the first of `may_wait_for`. Of several clocks the kindest counts.
    """

    line_id: Id
    reason: Code
    count: Annotated[int, Field(ge=1, le=36_500)]
    unit: PeriodUnit
    starts: tuple[RefundMilestone, ...]
    may_wait_for: tuple[RefundMilestone, ...] = ()


class ReturnApproved(Event):
    """It may come back: the six facts of R2.3 and R2.4, and the regime's facts the refund will need."""

    type: ClassVar[str] = "return.approved"
    version: ClassVar[int] = 1
    return_id: Id
    rma: Code
    order_id: Id
    customer_id: Id
    language: Code
    automatic: bool
    units: tuple[ApprovedUnit, ...]
    address: ReturnAddress
    carriers: tuple[Text, ...]
    freight_payer: FreightPayer
    freight_amount: Amount | None = None
    """What the way back costs whoever pays it."""
    freight_prepaid: bool = False
    """The merchant pays the carrier first; only then may the customer's freight be taken from the refund (D07)."""
    statutory_withdrawal: bool
    whole_order: bool
    ship_by: date
    stated_at: datetime | None = None
    """When the customer asked. This field and the three below are absent from events before 0.2."""
    legal_calendar: Code | None = None
    """The calendar in whose zone and by whose working days legal dates are counted."""
    working_calendar: Code | None = None
    """The calendar by whose hours the merchant promises a result."""
    refund_clocks: tuple[RefundClock, ...] = ()
    """What law and policy say about the day of the refund."""


class ReturnRefused(Event):
    """It may not come back: each failed rule, the alternatives, and how to object (R1.4, R2.5)."""

    type: ClassVar[str] = "return.refused"
    version: ClassVar[int] = 1
    return_id: Id
    customer_id: Id
    language: Code
    reasons: tuple[ReasonGiven, ...]
    alternatives: tuple[Wording, ...]
    object_by: date


class ReturnShipped(Event):
    """A parcel is on its way; a return may have several (D05)."""

    type: ClassVar[str] = "return.shipped"
    version: ClassVar[int] = 1
    return_id: Id
    shipment_id: Id
    carrier: Code
    tracking_number: Code
    units: tuple[Id, ...] = ()
    """What is in it. This field and the one below are absent from events before 0.2."""
    announced_at: datetime | None = None
    """When it was announced, which proves that it was sent."""


class ReturnCancelled(Event):
    """The customer keeps the goods."""

    type: ClassVar[str] = "return.cancelled"
    version: ClassVar[int] = 1
    return_id: Id
    customer_id: Id
    language: Code


class ReturnClosed(Event):
    """Nothing is left to do; `outcome` says how it ended."""

    type: ClassVar[str] = "return.closed"
    version: ClassVar[int] = 1
    return_id: Id
    outcome: Code


class ReceivedUnit(EventPart):
    """A unit that has arrived at the dock."""

    unit_id: Id
    line_id: Id


class InspectionReceived(Event):
    """Goods of a return have arrived (F01, F02): only the units of this receipt; `complete` when none is missing."""

    type: ClassVar[str] = "inspection.received"
    version: ClassVar[int] = 1
    return_id: Id
    receipt_id: Id
    warehouse: Id
    units: tuple[ReceivedUnit, ...]
    complete: bool
    inspect_by: datetime
    received_at: datetime | None = None
    """When the dock's post reached us, by our own clock: legal clocks run from it. Absent from events before 0.2."""


class InspectionQuestioned(Event):
    """Something arrived that was not announced (F03): quarantined, money untouched."""

    type: ClassVar[str] = "inspection.questioned"
    version: ClassVar[int] = 1
    return_id: Id
    discrepancy_id: Id
    kind: Code
    sku: Id
    quantity: Count


class UnitResult(StrEnum):
    """What inspection found."""

    ACCEPTED = "accepted"
    FAILED = "failed"


class InspectedUnit(EventPart):
    """A unit that was looked at. `failed` waits for a person; it is neither paid nor finally refused (R4.5)."""

    unit_id: Id
    line_id: Id
    result: UnitResult
    grade: Code


class InspectionCompleted(Event):
    """The warehouse has looked at some units (R4.1): only the units of this look; `complete` when none is left."""

    type: ClassVar[str] = "inspection.completed"
    version: ClassVar[int] = 1
    return_id: Id
    units: tuple[InspectedUnit, ...]
    complete: bool
    inspected_at: datetime | None = None
    """When the post reached us: accepting the goods is agreeing to the refund. Absent from events before 0.2."""


class UnitDecision(StrEnum):
    """What a person decided about a unit that failed inspection."""

    ACCEPT = "accept"
    REFUSE = "refuse"


class DecidedUnit(EventPart):
    """A unit that a person has decided about."""

    unit_id: Id
    line_id: Id
    decision: UnitDecision


class InspectionDecided(Event):
    """A person has decided about units that failed; accepted ones are paid, refused ones go back to the customer."""

    type: ClassVar[str] = "inspection.decided"
    version: ClassVar[int] = 1
    return_id: Id
    customer_id: Id
    language: Code
    units: tuple[DecidedUnit, ...]
    complete: bool
    decided_at: datetime | None = None
    """When it was decided: accepting the goods is agreeing to the refund. Absent from events before 0.2."""


class Component(EventPart):
    """A signed part of a refund with its own name; the components sum to the total."""

    name: Code
    amount_minor: Minor


class TenderShare(EventPart):
    """What goes back to one means of payment; `trace` is the number a customer can ask the bank about (I14)."""

    tender_id: Id
    kind: TenderKind
    amount_minor: Minor
    trace: Code | None = None


class RefundOpened(Event):
    """Money is reserved for these units under all four guards; nothing has been paid yet."""

    type: ClassVar[str] = "refund.opened"
    version: ClassVar[int] = 1
    refund_id: Id
    return_id: Id
    order_id: Id
    amount: Amount
    components: tuple[Component, ...]
    tenders: tuple[TenderShare, ...]
    units: tuple[Id, ...]
    pay_by: datetime
    """The last second of the day in the zone of the legal calendar."""
    pay_by_day: date | None = None
    """That day as people there write it. Absent from events before 0.2."""


class RefundDoubted(Event):
    """The provider's answer is missing. It is neither paid nor refused; we ask until we know."""

    type: ClassVar[str] = "refund.doubted"
    version: ClassVar[int] = 1
    refund_id: Id
    return_id: Id
    order_id: Id


class RefundSettled(Event):
    """The provider has paid: only now may anybody say "refunded" (I03, L03)."""

    type: ClassVar[str] = "refund.settled"
    version: ClassVar[int] = 1
    refund_id: Id
    return_id: Id
    order_id: Id
    customer_id: Id
    language: Code
    amount: Amount
    components: tuple[Component, ...]
    tenders: tuple[TenderShare, ...]
    units: tuple[Id, ...]
    settled_at: datetime


class RefundFailed(Event):
    """The provider has said no for good; a person must find another way. `paid` had gone to other tenders by then."""

    type: ClassVar[str] = "refund.failed"
    version: ClassVar[int] = 1
    refund_id: Id
    return_id: Id
    order_id: Id
    code: Code
    amount_paid: Amount | None = None
    paid: tuple[TenderShare, ...] = ()


class MessageSent(Event):
    """A message has left for a person. `kind` says which fact it tells."""

    type: ClassVar[str] = "message.sent"
    version: ClassVar[int] = 1
    message_id: Id
    return_id: Id
    kind: Code
    channel: Code
    tells: Id
    """The refund, decision or return whose fact it tells."""


class MessageFailed(Event):
    """A message could not be delivered and needs a person."""

    type: ClassVar[str] = "message.failed"
    version: ClassVar[int] = 1
    message_id: Id
    return_id: Id
    kind: Code
    channel: Code
    code: Code


CATALOGUE: Final[tuple[type[Event], ...]] = (
    OrderImported,
    ReturnRequested,
    ReturnReferred,
    ReturnApproved,
    ReturnRefused,
    ReturnShipped,
    ReturnCancelled,
    ReturnClosed,
    InspectionReceived,
    InspectionQuestioned,
    InspectionCompleted,
    InspectionDecided,
    RefundOpened,
    RefundDoubted,
    RefundSettled,
    RefundFailed,
    MessageSent,
    MessageFailed,
)
"""Every version of every event there is; documents, samples and the breaking-change check are made from it."""

PUBLISHERS: Final = {
    "order": "requests",
    "return": "requests",
    "inspection": "inspection",
    "refund": "refunds",
    "message": "notifications",
}
"""The one service that publishes about each noun."""
