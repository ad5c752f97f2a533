"""The domain events of a return; `adapters.publishing` decides which of them other services receive."""

from dataclasses import dataclass
from datetime import date, datetime

from shared.kernel.errors import Said


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
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lapsed:
    """The time for sending has passed; units that were not sent stay with the customer (D06)."""

    at: datetime
    units: int
    names: tuple[str, ...] = ()


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
class KeptGoodsArrived:
    """Goods have arrived that the customer was to keep: the return was cancelled as a whole (Z23)."""

    at: datetime
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class NeverArrived:
    """A parcel with goods that the customer keeps has not arrived in the usual time (Z23)."""

    at: datetime
    units: int


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
    because: str = ""
    """Why, in the words of the person who decided, with the clause."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """A question about goods, a count or money has its end (Z01)."""

    at: datetime
    doubt: str
    sku: str
    quantity: int
    became: str = ""
    """What became of the goods, or the answer; empty where a later count explains the question."""
    because: str = ""
    """Why, in the words of the person who answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtCleared:
    """A question about the warehouse's own count or result has its end (Z01)."""

    at: datetime
    doubt: str
    sku: str
    quantity: int
    became: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class ParcelFound:
    """A parcel without a readable return number was found to belong to this return (F04, Z21)."""

    at: datetime
    arrived_on: str


@dataclass(frozen=True, slots=True)
class InspectionExtended:
    """The inspection takes longer than was promised, and the customer is told why (Z24)."""

    at: datetime
    until: str
    because: str


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
class RefundReopened:
    """A refund that had failed is tried again (Z22)."""

    at: datetime
    refund_id: str
    amount: str


@dataclass(frozen=True, slots=True)
class RefundClosed:
    """What was not paid of a refund is not owed (Z22)."""

    at: datetime
    refund_id: str
    amount: str
    because: str


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
class MessageDropped:
    """A message will not be sent: a later fact overtook it, or a person says that nobody needs it (Z20, Z30)."""

    at: datetime
    kind: str
    dropped: str


@dataclass(frozen=True, slots=True)
class Reminded:
    """A share of a promised time has passed, and the people who keep the promise are reminded (C03)."""

    at: datetime
    promise: str


@dataclass(frozen=True, slots=True)
class Overdue:
    """The time for a step has passed (R2.1, R08); recorded once for each deadline."""

    at: datetime
    promise: str
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class DeadlineExtended:
    """An agent has given a step longer, with the reason in both languages (Z24)."""

    at: datetime
    promise: str
    until: datetime
    day: date
    because: Said


@dataclass(frozen=True, slots=True)
class DeadlinesStated:
    """The open steps of a return from an earlier release have their deadlines from now on."""

    at: datetime


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
    | KeptGoodsArrived
    | NeverArrived
    | Inspected
    | Decided
    | Corrected
    | Doubted
    | Cleared
    | DoubtCleared
    | ParcelFound
    | InspectionExtended
    | RefundOpened
    | RefundRemainder
    | RemainderClosed
    | RefundDoubted
    | RefundSettled
    | RefundStopped
    | RefundFailed
    | RefundReopened
    | RefundClosed
    | MessageSent
    | MessageFailed
    | MessageDropped
    | Reminded
    | Overdue
    | DeadlineExtended
    | DeadlinesStated
    | Annotated
    | Tagged
    | Noted
    | Closed
)
