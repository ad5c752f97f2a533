"""Routes of refunds. Staff see everything; a customer sees the customer's own refunds without internal fields."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import ConfigDict, Field, JsonValue

from service_refunds.application.queries import Queries
from service_refunds.application.settlement import remainder as remainders
from service_refunds.domain.calculation.remainder import RemainderReason
from service_refunds.domain.settlement.refund import Refund, RemainderOutcome, State
from shared.contracts.events import TenderKind
from shared.kernel.principal import Kind
from shared.runtime.clock import Clock
from shared.web.call import AnyCall
from shared.web.fields import ID_FORM, NEXT_PAGE, Input, MoneyOut, Output, Page, last_seen


class Progress(StrEnum):
    """How far a refund is, in a customer's words; accepted by a provider is not refunded (I03)."""

    IN_PROGRESS = "in_progress"
    REFUNDED = "refunded"
    NEEDS_ATTENTION = "needs_attention"


PROGRESS: Final[Mapping[State, Progress]] = {
    State.RESERVED: Progress.IN_PROGRESS,
    State.SUBMITTING: Progress.IN_PROGRESS,
    State.PENDING: Progress.IN_PROGRESS,
    State.UNKNOWN: Progress.IN_PROGRESS,
    State.SETTLED: Progress.REFUNDED,
    State.FAILED: Progress.NEEDS_ATTENTION,
    State.MANUAL_REVIEW: Progress.NEEDS_ATTENTION,
}

RefundId = Annotated[str, Path(max_length=64, pattern=ID_FORM, examples=["rfd_01M866AF1NE5RRA8F1E8V5HP0Q"])]
Cursor = Annotated[str | None, NEXT_PAGE, last_seen("rfd")]
Limit = Annotated[int, Query(ge=1, le=200)]
Id = Annotated[str | None, Query(max_length=64, pattern=ID_FORM)]

_KNOWN: Final[dict[str, JsonValue]] = {
    "id": "rfd_01M866AF1NE5RRA8F1E8V5HP0Q",
    "return_id": "ret_01M862QVD3R2M1K4X5S6T7V8W9",
    "order_id": "order_01M85ZZ0A1B2C3D4E5F6G7H8J9",
    "amount": {"amount_minor": 5001, "currency": "EUR"},
    "components": [{"name": "goods_net", "amount_minor": 5001}],
    "units": ["unit_01M862QVD4"],
    "pay_by": "2026-12-08T22:59:59Z",
    "pay_by_day": "2026-12-08",
    "opened_at": "2026-11-24T10:30:00Z",
    "settled_at": "2026-11-24T10:30:01Z",
}
_SHARE: Final[dict[str, JsonValue]] = {
    "tender_id": "T2",
    "kind": "card",
    "amount_minor": 5001,
    "trace": "SIM3F9A20C1B7D4",
}
_AS_CUSTOMER_SEES: Final[dict[str, JsonValue]] = {**_KNOWN, "state": "refunded", "tenders": [_SHARE]}
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
        }
    ],
    "calculation": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
    "submitted_at": "2026-11-24T10:30:01Z",
    "ask_again_at": None,
    "code": None,
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
    state: State
    code: str | None


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


class RemainderClosureIn(Input):
    """How the remainder of a refund is closed, and why."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"outcome": "paid_otherwise", "reason": "Transfer 4711 of 20.00 to her bank"}]}
    )

    outcome: Annotated[RemainderOutcome, Field(strict=False)]
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]


class RefundOfCustomerOut(Output):
    """A refund as its customer sees it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_AS_CUSTOMER_SEES]})

    id: str
    return_id: str
    order_id: str
    state: Progress
    amount: MoneyOut
    components: list[ComponentOut]
    tenders: list[ShareOut]
    units: list[str]
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
    state: State
    amount: MoneyOut
    components: list[ComponentOut]
    payouts: list[PayoutOut]
    units: list[str]
    calculation: str
    pay_by: datetime
    pay_by_day: date | None
    opened_at: datetime
    submitted_at: datetime | None
    ask_again_at: datetime | None
    settled_at: datetime | None
    code: str | None
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


def routes(queries: Queries, clock: Clock) -> APIRouter:
    """The routes of refunds."""
    router = APIRouter(prefix="/v1/refunds", tags=["refunds"])

    @router.get("/{refund_id}", response_model=RefundOut | RefundOfCustomerOut, summary="One refund")
    async def see_refund(call: AnyCall, refund_id: RefundId) -> Response:
        as_customer = call.principal.kind is Kind.CUSTOMER

        async def find() -> Mapping[str, Any]:
            return refund_view(await queries.refund(refund_id, call.principal), as_customer=as_customer)

        return await call.read(find(), RefundOfCustomerOut if as_customer else RefundOut)

    @router.get(
        "",
        response_model=RefundsOut | RefundsOfCustomerOut,
        summary="Refunds, by return or state; a customer's own only",
    )
    async def see_refunds(
        call: AnyCall,
        *,
        return_id: Id = None,
        state: Annotated[State | Progress | None, Query()] = None,
        remainder: Annotated[
            Literal["open"] | None, Query(description="Only refunds with a remainder that a person has to settle.")
        ] = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        as_customer = call.principal.kind is Kind.CUSTOMER

        async def find() -> Mapping[str, Any]:
            page = await queries.refunds(
                call.principal,
                return_id=return_id,
                states=states_of_filter(state, as_customer=as_customer),
                remainder_open=remainder == "open",
                cursor=cursor,
                limit=limit,
            )
            return {**page, "items": [refund_view(refund, as_customer=as_customer) for refund in page["items"]]}

        return await call.read(find(), RefundsOfCustomerOut if as_customer else RefundsOut)

    @router.post(
        "/{refund_id}/remainder-closure",
        response_model=RefundOut,
        summary="Close what no payment of the order could give back",
    )
    async def close_remainder(call: AnyCall, refund_id: RefundId, body: RemainderClosureIn) -> Response:
        async def close(uow: Any) -> Mapping[str, Any]:
            by = call.principal.id
            found = await remainders.close(uow, refund_id, body.outcome, reason=body.reason, by=by, clock=clock)
            return refund_view(found, as_customer=False)

        return await call.execute(close, RefundOut)

    return router


def states_of_filter(state: State | Progress | None, *, as_customer: bool) -> Sequence[State]:
    """The states that a filter means. For a customer a state is widened to all states that look the same
    to customers.
    """
    if state is None:
        return ()
    if isinstance(state, State) and not as_customer:
        return (state,)
    if state is State.STOPPED:
        return (state,)
    progress = state if isinstance(state, Progress) else PROGRESS[state]
    return [each for each, shown in PROGRESS.items() if shown is progress]


def refund_view(refund: Refund, *, as_customer: bool) -> Mapping[str, Any]:
    """A refund as JSON for staff, or for the customer."""
    terms, closed = refund.terms, refund.remainder_closed
    shares = [
        {
            "tender_id": payout.tender,
            "kind": payout.kind,
            "amount_minor": payout.amount.minor,
            "trace": payout.trace,
            "key": payout.key,
            "reference": payout.reference,
            "body_hash": payout.body_hash,
            "state": payout.state,
            "code": payout.code,
        }
        for payout in refund.payouts
    ]
    return {
        "id": refund.id,
        "return_id": terms.return_id,
        "order_id": terms.order_id,
        "customer_id": terms.customer_id,
        "state": PROGRESS[refund.state] if as_customer else refund.state,
        "amount": {"amount_minor": terms.amount.minor, "currency": terms.amount.currency},
        "components": [{"name": name, "amount_minor": minor} for name, minor in terms.by_component().items()],
        "tenders": shares,
        "payouts": shares,
        "units": list(terms.units),
        "calculation": terms.calculation,
        "pay_by": terms.pay_by,
        "pay_by_day": terms.pay_by_day,
        "opened_at": terms.opened_at,
        "submitted_at": refund.submitted_at,
        "ask_again_at": refund.due_at,
        "settled_at": refund.settled_at,
        "remainder": _remainder_view(refund),
        "remainder_closed": None if closed is None else asdict(closed),
        "code": refund.code,
        "version": refund.version,
    }


def _remainder_view(refund: Refund) -> Mapping[str, Any] | None:
    owed = refund.terms.remainder
    if owed is None:
        return None
    reasons = [each.reason for each in refund.terms.remainders]
    return {"amount_minor": owed.minor, "reasons": reasons, "open": refund.open_remainder is not None}
