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


class MeansOfPayment(StrEnum):
    """How a person has paid."""

    BANK_TRANSFER = "bank_transfer"
    CARD = "card"
    WALLET = "wallet"
    GIFT_CARD = "gift_card"
    STORE_CREDIT = "store_credit"
    CASH = "cash"


class TenderShare(EventPart):
    """What goes back to one means of payment; `trace` is the number a customer can ask the bank about (I14)."""

    tender_id: Id
    kind: TenderKind
    amount_minor: Minor
    trace: Code | None = None
    """Of a payment by a person: the reference that proves it."""
    means: MeansOfPayment | None = None
    """How a person has paid, where it was not the original method (I07)."""
    reference: Id | None = None
    """The provider's reference of the payment of the order. Absent from events before 0.2."""


class OfOrder(Event):
    """What finance systems join refunds by. Absent from events before 0.2, and of orders and returns from then."""

    order_number: Id | None = None
    """As the shop writes it."""
    rma: Id | None = None
    storefront: Id | None = None


class RefundOpened(OfOrder):
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


class RefundDoubted(OfOrder):
    """The provider's answer is missing. It is neither paid nor refused; we ask until we know."""

    type: ClassVar[str] = "refund.doubted"
    version: ClassVar[int] = 1
    refund_id: Id
    return_id: Id
    order_id: Id


class RefundSettled(OfOrder):
    """The money is paid: only now may anybody say "refunded" (I03, L03).

    The provider has paid, or a person has, and a second one has confirmed it (`means` of the share).
    """

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


class RefundStopped(OfOrder):
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


class RefundFailed(OfOrder):
    """The provider has said no for good; a person must act. `paid` had gone to other tenders by then.

    `refund.reopened`, `refund.settled` or `refund.closed` follow.
    """

    type: ClassVar[str] = "refund.failed"
    version: ClassVar[int] = 1
    refund_id: Id
    return_id: Id
    order_id: Id
    code: Code
    amount_paid: Amount | None = None
    paid: tuple[TenderShare, ...] = ()


class RefundReopened(OfOrder):
    """A refund that had failed is tried again. Its amount, units and dates are the same (Z22)."""

    type: ClassVar[str] = "refund.reopened"
    version: ClassVar[int] = 1
    refund_id: Id
    return_id: Id
    order_id: Id
    amount: Amount
    """What is paid now."""
    reopened_at: datetime


class NotOwedReason(StrEnum):
    """Why money is not owed."""

    PAID_ELSEWHERE = "paid_elsewhere"
    CHARGED_BACK = "charged_back"
    GOODS_NOT_ACCEPTED = "goods_not_accepted"
    WAIVED_BY_CUSTOMER = "waived_by_customer"


class RefundClosed(OfOrder):
    """Two persons have found that what was not paid of a refund is not owed (Z22). The refund ends with it."""

    type: ClassVar[str] = "refund.closed"
    version: ClassVar[int] = 1
    refund_id: Id
    return_id: Id
    order_id: Id
    customer_id: Id
    language: Code
    amount: Amount
    """What is not owed."""
    amount_paid: Amount
    because: NotOwedReason
    units: tuple[Id, ...]
    closed_at: datetime


class RemainderEnd(StrEnum):
    """What became of a remainder: a person paid it in another way, or it is not owed."""

    PAID_OTHERWISE = "paid_otherwise"
    NOT_OWED = "not_owed"


class RefundRemainderClosed(OfOrder):
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
