"""The domain events of a return; `adapters.publishing` decides which of them other services receive."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Requested:
    """A customer, or an agent for the customer, has requested the return (R1.1)."""

    at: datetime
    units: int


@dataclass(frozen=True, slots=True)
class Referred:
    """A person must decide (R2.2)."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Approved:
    """The goods may come back; `by_policy` when no person had to decide (C04)."""

    at: datetime
    by_policy: bool
    rma: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The goods may not come back."""

    at: datetime
    by_policy: bool


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The customer keeps everything, and the return ends."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Some units stay with the customer; the return goes on with the others."""

    at: datetime
    units: int


@dataclass(frozen=True, slots=True)
class Lapsed:
    """The time for sending has passed; units that were not sent stay with the customer (D06)."""

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
    """Withdrawn units have arrived after all; the return holds these units again."""

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
    """The warehouse has inspected some units (R4.1)."""

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
class Corrected:
    """The warehouse has corrected a count or a result, or a person took a decision back (Z01)."""

    at: datetime
    expected: int
    waiting: int
    accepted: int
    held: int


@dataclass(frozen=True, slots=True)
class Doubted:
    """A count or a result of the warehouse needs a person (Z01)."""

    at: datetime
    doubt: str
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Cleared:
    """A question about goods, a count or money has its end (Z01)."""

    at: datetime
    doubt: str
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class RefundStopped:
    """A correction has stopped the refund before it was sent (Z01)."""

    at: datetime
    refund_id: str
    amount: str


@dataclass(frozen=True, slots=True)
class RefundOpened:
    """Money is reserved for some units."""

    at: datetime
    refund_id: str
    amount: str


@dataclass(frozen=True, slots=True)
class RefundRemainder:
    """A part of what is owed cannot go back by the payments of the order. A person settles it (Z09)."""

    at: datetime
    refund_id: str
    amount: str


@dataclass(frozen=True, slots=True)
class RemainderClosed:
    """A person has settled the remainder: paid it in another way, or found that it is not owed (Z09)."""

    at: datetime
    refund_id: str
    amount: str
    end: str


@dataclass(frozen=True, slots=True)
class RefundDoubted:
    """The payment provider has not answered, so the refund is neither paid nor failed."""

    at: datetime
    refund_id: str


@dataclass(frozen=True, slots=True)
class RefundSettled:
    """The payment provider has paid (R4.4)."""

    at: datetime
    refund_id: str
    amount: str


@dataclass(frozen=True, slots=True)
class RefundFailed:
    """The payment provider has finally refused."""

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
    """A share of a promised time has passed, and the people who keep the promise are reminded (C03)."""

    at: datetime
    promise: str


@dataclass(frozen=True, slots=True)
class Overdue:
    """A promised time has passed (R2.1); recorded once for each promise."""

    at: datetime
    promise: str


@dataclass(frozen=True, slots=True)
class Annotated:
    """The metadata or the reference was replaced (A18)."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Tagged:
    """The tags were replaced (A18)."""

    at: datetime
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Noted:
    """A colleague has added a note (A18)."""

    at: datetime
    number: int
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The return has ended; nothing is left to do."""

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
    | Corrected
    | Doubted
    | Cleared
    | RefundOpened
    | RefundRemainder
    | RemainderClosed
    | RefundDoubted
    | RefundSettled
    | RefundStopped
    | RefundFailed
    | MessageSent
    | MessageFailed
    | Reminded
    | Overdue
    | Annotated
    | Tagged
    | Noted
    | Closed
)
