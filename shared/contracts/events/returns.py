"""Events about returns, published by requests."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.envelope import Event
from shared.contracts.events.values import (
    Amount,
    Code,
    Count,
    EventPart,
    Fault,
    Id,
    LotSize,
    Minor,
    TenderOrder,
    Text,
    Wording,
    is_absent,
)
from shared.kernel.period import PeriodUnit


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
    """One physical unit that may come back, or a lot of alike pieces of one line.

    The id of a lot names its pieces: `unit_X~1-1000`. Later events name a part of the lot in the same way. A receiver
    cuts its lots where an event begins or ends.
    """

    unit_id: Id
    quantity: LotSize = None
    """The number of pieces of a lot; absent for one piece."""
    line_id: Id
    sku: Id
    name: Text
    reason: Code
    fault: Fault
    worth_minor: Minor | None = None
    """What the customer paid for the unit. Of pieces that nobody can tell apart, the one worth most arrived first
    (Z06). Absent from events before 0.2.
    """


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


class OutboundFreightBack(StrEnum):
    """What becomes of the freight of the way out."""

    FULL = "full"
    STANDARD_ONLY = "standard_only"
    PROPORTIONAL = "proportional"
    LAST_ITEM = "last_item"
    NONE = "none"


class DiscountMode(StrEnum):
    """How a discount is shared when only a part comes back."""

    KEEP_SHARE = "keep_share"
    RE_RATE = "re_rate"


class RefundRule(EventPart):
    """What the policy says about the money of units of this line that come back for this reason.

    What is None is left to the law.
    """

    line_id: Id
    reason: Code
    restocking_basis_points: Annotated[int, Field(ge=0, le=10_000)] = 0
    outbound_whole: OutboundFreightBack | None = None
    outbound_part: OutboundFreightBack | None = None
    discounts: DiscountMode | None = None


class RightLimit(EventPart):
    """Findings of an inspection that one clause names: states of the goods, `no_defect_found` or `misuse`."""

    clause: Text
    findings: tuple[Code, ...]


class LineRight(EventPart):
    """Units of this line that come back for this reason come back by a right of law (Z31).

    Only the findings of `refuses` may refuse them. The findings of `reduces` may only reduce the refund.
    """

    line_id: Id
    reason: Code
    clause: Text
    refuses: tuple[RightLimit, ...] = ()
    reduces: tuple[RightLimit, ...] = ()


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
    refund_rules: tuple[RefundRule, ...] = ()
    """What the policy says about the amount. This field and the two below are absent from events before 0.3."""
    tender_order: TenderOrder | None = None
    """Which payment is given back first, by the policy (I02); without it each gets its share back."""
    money_told: tuple[ReasonGiven, ...] = ()
    """What the approval tells about fees, freight, discounts and payments, with the clause of the policy."""
    rights: Annotated[tuple[LineRight, ...], Field(exclude_if=is_absent)] = ()
    """What the law says about refusing at the inspection. Absent for lines without such a right, and before 0.4."""


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


class UnitsKeptCause(StrEnum):
    """Why units stay with the customer."""

    CANCELLED = "cancelled"
    """The customer, or an agent for the customer, has cancelled them."""
    LAPSED = "lapsed"
    """They were not sent in time."""


class ReturnWithdrawn(Event):
    """Units stay with the customer, and the return goes on with the others, or has lapsed (A11, D06, Z24).

    When a whole return is cancelled, `return.cancelled` says so in place of this. If one of these units arrives all the
    same, it counts as received and the return lives on.
    """

    type: ClassVar[str] = "return.withdrawn"
    version: ClassVar[int] = 1
    return_id: Id
    customer_id: Id
    language: Code
    units: tuple[Id, ...]
    cause: UnitsKeptCause
    complete: bool
    """Whether no unit of the return is left to come back."""
    ends: bool
    """Whether the whole return ends with it: it has lapsed, and `return.closed` follows."""
    withdrawn_at: datetime


class ReturnDeadline(StrEnum):
    """A deadline of a return that can pass or be extended."""

    DECIDE = "decide"
    SHIP = "ship"
    ARRIVE = "arrive"
    INSPECT = "inspect"
    JUDGE = "judge"
    CALCULATE = "calculate"
    PAY = "pay"
    TELL = "tell"
    ANSWER = "answer"


class ReturnDeadlineExtended(Event):
    """An agent has given somebody longer, with the reason for the customer to read (Z24)."""

    type: ClassVar[str] = "return.deadline_extended"
    version: ClassVar[int] = 1
    return_id: Id
    customer_id: Id
    language: Code
    deadline: ReturnDeadline
    until: datetime
    day: date
    """The last day, as people there write it."""
    reason: Wording
    extended_at: datetime


class ReturnOverdue(Event):
    """The time for a step has passed, and somebody has to take care of it (R2.1, R08). Once for each deadline."""

    type: ClassVar[str] = "return.overdue"
    version: ClassVar[int] = 1
    return_id: Id
    deadline: ReturnDeadline
    due_at: datetime
    noticed_at: datetime


class ReturnClosed(Event):
    """Nothing is left to do; `outcome` says how it ended."""

    type: ClassVar[str] = "return.closed"
    version: ClassVar[int] = 1
    return_id: Id
    outcome: Code
