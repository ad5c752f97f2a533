"""What can happen to a return, in this service's own words; `adapters.publishing` decides what others are told."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Requested:
    """A customer, or an agent for her, has asked (R1.1)."""

    at: datetime
    units: int


@dataclass(frozen=True, slots=True)
class Referred:
    """A person must look (R2.2)."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Approved:
    """It may come back; `by_policy` when no person had to decide (C04)."""

    at: datetime
    by_policy: bool
    rma: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It may not come back."""

    at: datetime
    by_policy: bool


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The customer keeps everything; nothing is left of the return."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Some units stay with the customer, others go on."""

    at: datetime
    units: int


@dataclass(frozen=True, slots=True)
class Lapsed:
    """The time for sending has passed; what had not left stays with the customer (D06)."""

    at: datetime
    units: int


@dataclass(frozen=True, slots=True)
class Shipped:
    """A parcel is on its way (D05)."""

    at: datetime
    shipment_id: str
    carrier: str
    tracking_number: str
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Received:
    """Units have arrived at the dock (F02)."""

    at: datetime
    units: int
    expected: int


@dataclass(frozen=True, slots=True)
class Revived:
    """Units that had been given up have arrived after all; their remedy lives again."""

    at: datetime
    units: int


@dataclass(frozen=True, slots=True)
class Questioned:
    """Something arrived that was not announced (F03)."""

    at: datetime
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Inspected:
    """The warehouse has looked at some units (R4.1)."""

    at: datetime
    accepted: int
    failed: int


@dataclass(frozen=True, slots=True)
class Decided:
    """A person has decided about units that failed (R4.5)."""

    at: datetime
    accepted: int
    refused: int


@dataclass(frozen=True, slots=True)
class RefundOpened:
    """Money is reserved for some units."""

    at: datetime
    refund_id: str
    amount: str


@dataclass(frozen=True, slots=True)
class RefundDoubted:
    """The provider has not answered; nobody says "refunded" or "failed" until it is known."""

    at: datetime
    refund_id: str


@dataclass(frozen=True, slots=True)
class RefundSettled:
    """The provider has paid (R4.4)."""

    at: datetime
    refund_id: str
    amount: str


@dataclass(frozen=True, slots=True)
class RefundFailed:
    """The provider has said no for good."""

    at: datetime
    refund_id: str


@dataclass(frozen=True, slots=True)
class MessageSent:
    """A message has left for the customer (R5.1)."""

    at: datetime
    kind: str
    channel: str


@dataclass(frozen=True, slots=True)
class MessageFailed:
    """A message could not be delivered."""

    at: datetime
    kind: str
    channel: str


@dataclass(frozen=True, slots=True)
class Reminded:
    """So much of a promised time has passed that whoever is to keep it is reminded (C03)."""

    at: datetime
    promise: str


@dataclass(frozen=True, slots=True)
class Overdue:
    """A promised time has passed (R2.1); said once for each promise."""

    at: datetime
    promise: str


@dataclass(frozen=True, slots=True)
class Closed:
    """Nothing is left to do."""

    at: datetime
    outcome: str


ReturnEvent = (
    Requested
    | Referred
    | Approved
    | Refused
    | Cancelled
    | Withdrawn
    | Lapsed
    | Shipped
    | Received
    | Revived
    | Questioned
    | Inspected
    | Decided
    | RefundOpened
    | RefundDoubted
    | RefundSettled
    | RefundFailed
    | MessageSent
    | MessageFailed
    | Reminded
    | Overdue
    | Closed
)
