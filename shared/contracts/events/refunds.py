"""Events about refunds, published by refunds."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from shared.contracts.envelope import Event
from shared.contracts.events.values import Amount, Code, EventPart, Id, Minor, TenderKind


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
    remainder: Amount | None = None
    """What is owed besides `amount` and no payment of the order could give back: a person settles it."""


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
    remainder: Amount | None = None
    """What is owed besides `amount` and no payment of the order could give back: a person settles it."""


class RefundStopped(Event):
    """A correction has stopped the refund before the provider was asked (Z01). Nothing was or will be paid by it.

    Units of it that are still accepted get a new refund.
    """

    type: ClassVar[str] = "refund.stopped"
    version: ClassVar[int] = 1
    refund_id: Id
    return_id: Id
    order_id: Id
    units: tuple[Id, ...]
    amount: Amount
    components: tuple[Component, ...]
    stopped_at: datetime


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


class RemainderEnd(StrEnum):
    """What became of a remainder: a person paid it in another way, or it is not owed."""

    PAID_OTHERWISE = "paid_otherwise"
    NOT_OWED = "not_owed"


class RefundRemainderClosed(Event):
    """A person has settled what no payment of the order could give back (Z09)."""

    type: ClassVar[str] = "refund.remainder_closed"
    version: ClassVar[int] = 1
    refund_id: Id
    return_id: Id
    order_id: Id
    amount: Amount
    """The remainder."""
    outcome: RemainderEnd
    closed_at: datetime
