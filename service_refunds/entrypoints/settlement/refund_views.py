"""Refunds as JSON: for those who handle money, and for the customer."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field, JsonValue

from service_refunds.domain.calculation.remainder import RemainderReason
from service_refunds.domain.settlement.failure import FailureKind, kind_of
from service_refunds.domain.settlement.payout import Payout
from service_refunds.domain.settlement.refund import Refund
from service_refunds.domain.settlement.resolution import (
    ConsentChannel,
    NotOwedReason,
    OtherMeans,
    ResolutionOutcome,
)
from service_refunds.domain.settlement.resolving import unpaid_amount
from service_refunds.domain.settlement.state import ENDS, PayoutState, State
from service_refunds.domain.settlement.terms import RemainderOutcome
from shared.contracts.events import TenderKind
from shared.web.actions import ActionNames
from shared.web.fields import MoneyOut, Output, Page


class Progress(StrEnum):
    """How far a refund is, in a customer's words; accepted by a provider is not refunded (I03)."""

    IN_PROGRESS = "in_progress"
    REFUNDED = "refunded"
    NEEDS_ATTENTION = "needs_attention"
    NOT_OWED = "not_owed"


PROGRESS: Final[Mapping[State, Progress]] = {
    State.RESERVED: Progress.IN_PROGRESS,
    State.SUBMITTING: Progress.IN_PROGRESS,
    State.PENDING: Progress.IN_PROGRESS,
    State.UNKNOWN: Progress.IN_PROGRESS,
    State.SETTLED: Progress.REFUNDED,
    State.FAILED: Progress.NEEDS_ATTENTION,
    State.MANUAL_REVIEW: Progress.NEEDS_ATTENTION,
    State.WAITING: Progress.IN_PROGRESS,
    State.AWAITING_CONFIRMATION: Progress.NEEDS_ATTENTION,
    State.CLOSED: Progress.NOT_OWED,
}

_KNOWN: Final[dict[str, JsonValue]] = {
    "id": "rfd_01M866AF1NE5RRA8F1E8V5HP0Q",
    "return_id": "ret_01M862QVD3R2M1K4X5S6T7V8W9",
    "order_id": "order_01M85ZZ0A1B2C3D4E5F6G7H8J9",
    "amount": {"amount_minor": 5001, "currency": "EUR"},
    "components": [{"name": "goods_net", "amount_minor": 5001}],
    "units": ["unit_01M862QVD4"],
    "beyond_order": [],
    "pay_by": "2026-12-08T22:59:59Z",
    "pay_by_day": "2026-12-08",
    "opened_at": "2026-11-24T10:30:00Z",
    "settled_at": "2026-11-24T10:30:01Z",
    "order_number": "#1001",
    "rma": "RT-7K2M-9QXD",
    "storefront": "shop-eu",
    "progress": "refunded",
}
_SHARE: Final[dict[str, JsonValue]] = {
    "tender_id": "T2",
    "kind": "card",
    "amount_minor": 5001,
    "trace": "SIM3F9A20C1B7D4",
}
_AS_CUSTOMER_SEES: Final[dict[str, JsonValue]] = {
    **_KNOWN,
    "state": "refunded",
    "tenders": [_SHARE],
    "payouts": [_SHARE],
}
_AS_STAFF_SEES: Final[dict[str, JsonValue]] = {
    **_KNOWN,
    "customer_id": "cus_1001",
    "state": "settled",
    "payouts": [
        {
            **_SHARE,
            "key": "rfd_01M866AF1NE5RRA8F1E8V5HP0Q-1",
            "reference": "ch_9001",
            "body_hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "state": "settled",
            "code": None,
            "failure": None,
            "replaces": None,
            "means": None,
        }
    ],
    "calculation": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
    "submitted_at": "2026-11-24T10:30:01Z",
    "ask_again_at": None,
    "code": None,
    "unpaid": {"amount_minor": 0, "currency": "EUR"},
    "next_attempt_at": None,
    "waits_since": None,
    "resolution": None,
    "resolutions": [],
    "actions": [],
    "version": 3,
}


class ComponentOut(Output):
    """A signed, named part; the parts sum to the amount."""

    name: str
    amount_minor: int


class ShareOut(Output):
    """What goes back to one means of payment; `trace` is the number to ask the bank about (I14)."""

    tender_id: str
    kind: TenderKind
    amount_minor: int
    trace: str | None


class PayoutOut(ShareOut):
    """The same for those who handle money: the provider's key, and where it stands."""

    key: str
    reference: str
    body_hash: str
    state: PayoutState
    code: str | None
    failure: Annotated[FailureKind | None, Field(description="What helps against the failure.")] = None
    replaces: Annotated[str | None, Field(description="The key of the attempt that had failed before.")] = None
    means: Annotated[
        str | None, Field(description="How a person has paid, `by_hand` for the original method; else the provider.")
    ] = None


class RemainderOut(Output):
    """What is owed besides the amount and no payment of the order could give back; a person settles it (Z09)."""

    amount_minor: int
    reasons: list[RemainderReason]
    open: bool


class RemainderClosedOut(Output):
    """How a person closed the remainder."""

    outcome: RemainderOutcome
    reason: str
    by: str
    at: datetime


class ConsentOut(Output):
    """The customer's express consent to another method."""

    given_by: str
    given_at: datetime
    channel: ConsentChannel
    evidence: str


class ProofOut(Output):
    """What proves a payment."""

    reference: str
    paid_on: date


class RefundResolutionOut(Output):
    """What a person has said about money that is not paid, and what a second person did about it."""

    outcome: ResolutionOutcome
    reason: str
    by: str
    at: datetime
    means: OtherMeans | None = None
    consent: ConsentOut | None = None
    proof: ProofOut | None = None
    because: NotOwedReason | None = None
    payouts: Annotated[list[str], Field(description="The payouts that it is about; none named: all.")] = []  # noqa: RUF012
    confirmed_by: str | None = None
    withdrawn_by: str | None = None
    ended_at: datetime | None = None
    overtaken: Annotated[bool, Field(description="The provider answered first, so this has no effect.")] = False


BeyondOrder = Annotated[
    list[str],
    Field(
        description="Those of the units of which the order has no piece left, because it was cancelled or refunded "
        "otherwise. Nothing is paid for them."
    ),
]


class RefundOfCustomerOut(Output):
    """A refund as its customer sees it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_AS_CUSTOMER_SEES]})

    id: str
    return_id: str
    order_id: str
    order_number: str | None = None
    rma: str | None = None
    storefront: str | None = None
    state: Annotated[Progress, Field(deprecated=True, description="Old word; read `progress`.")]
    progress: Progress
    amount: MoneyOut
    components: list[ComponentOut]
    tenders: Annotated[list[ShareOut], Field(deprecated=True, description="Old word; read `payouts`.")]
    payouts: list[ShareOut]
    units: list[str]
    beyond_order: BeyondOrder = []  # noqa: RUF012
    pay_by: datetime
    pay_by_day: date | None
    opened_at: datetime
    settled_at: datetime | None
    remainder: RemainderOut | None = None


class RefundOut(Output):
    """A refund as those see it who handle money. `calculation` proves which figures it came from."""

    model_config = ConfigDict(json_schema_extra={"examples": [_AS_STAFF_SEES]})

    id: str
    return_id: str
    order_id: str
    customer_id: str
    order_number: str | None = None
    rma: str | None = None
    storefront: str | None = None
    state: Annotated[State, Field(description="The state of the money. What the customer reads is `progress`.")]
    progress: Progress
    amount: MoneyOut
    components: list[ComponentOut]
    payouts: list[PayoutOut]
    units: list[str]
    beyond_order: BeyondOrder = []  # noqa: RUF012
    calculation: str
    pay_by: datetime
    pay_by_day: date | None
    opened_at: datetime
    submitted_at: datetime | None
    ask_again_at: datetime | None
    settled_at: datetime | None
    code: str | None
    unpaid: Annotated[MoneyOut, Field(description="What is owed and not paid yet.")]
    next_attempt_at: Annotated[
        datetime | None, Field(description="When the refund is tried again by itself (`waiting`).")
    ] = None
    waits_since: Annotated[datetime | None, Field(description="Since when a person must act.")] = None
    resolution: Annotated[RefundResolutionOut | None, Field(description="What waits for a second person.")] = None
    resolutions: Annotated[list[RefundResolutionOut], Field(description="What was confirmed or taken back.")]
    actions: ActionNames
    remainder: RemainderOut | None = None
    remainder_closed: RemainderClosedOut | None = None
    version: int


class RefundsOut(Page):
    """The newest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_AS_STAFF_SEES], "next": None}]})

    items: list[RefundOut]


class RefundsOfCustomerOut(Page):
    """The newest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_AS_CUSTOMER_SEES], "next": None}]})

    items: list[RefundOfCustomerOut]


def refund_view(refund: Refund, *, as_customer: bool, actions: Sequence[str] = ()) -> Mapping[str, Any]:
    """A refund as JSON for staff, or for the customer."""
    terms, closed, known = refund.terms, refund.remainder_closed, refund.recovery
    shares = [_payout_view(each) for each in (refund.current if as_customer else refund.payouts)]
    owed = unpaid_amount(refund) if refund.state not in ENDS else refund.terms.amount.like(0)
    return {
        "id": refund.id,
        "return_id": terms.return_id,
        "order_id": terms.order_id,
        "customer_id": terms.customer_id,
        "order_number": terms.order_number,
        "rma": terms.rma,
        "storefront": terms.storefront,
        "state": PROGRESS[refund.state] if as_customer else refund.state,
        "progress": PROGRESS.get(refund.state, Progress.NOT_OWED),
        "amount": {"amount_minor": terms.amount.minor, "currency": terms.amount.currency},
        "components": [{"name": name, "amount_minor": minor} for name, minor in terms.by_component().items()],
        "tenders": shares,
        "payouts": shares,
        "units": list(terms.units),
        "beyond_order": list(terms.beyond_order),
        "calculation": terms.calculation,
        "pay_by": terms.pay_by,
        "pay_by_day": terms.pay_by_day,
        "opened_at": terms.opened_at,
        "submitted_at": refund.submitted_at,
        "ask_again_at": refund.due_at,
        "settled_at": refund.settled_at,
        "unpaid": {"amount_minor": owed.minor, "currency": owed.currency},
        "next_attempt_at": refund.due_at if refund.state is State.WAITING else None,
        "waits_since": known.since,
        "resolution": None if known.resolution is None else asdict(known.resolution),
        "resolutions": [asdict(each) for each in known.ended],
        "actions": list(actions),
        "remainder": _remainder_view(refund),
        "remainder_closed": None if closed is None else asdict(closed),
        "code": refund.code,
        "version": refund.version,
    }


def _payout_view(payout: Payout) -> Mapping[str, Any]:
    failed = payout.state is PayoutState.FAILED
    return {
        "tender_id": payout.tender,
        "kind": payout.kind,
        "amount_minor": payout.amount.minor,
        "trace": payout.trace,
        "key": payout.key,
        "reference": payout.reference,
        "body_hash": payout.body_hash,
        "state": payout.state,
        "code": payout.code,
        "failure": kind_of(payout.code) if failed else None,
        "replaces": payout.replaces,
        "means": payout.means,
    }


def _remainder_view(refund: Refund) -> Mapping[str, Any] | None:
    owed = refund.terms.remainder
    if owed is None:
        return None
    reasons = [each.reason for each in refund.terms.remainders]
    return {"amount_minor": owed.minor, "reasons": reasons, "open": refund.open_remainder is not None}
