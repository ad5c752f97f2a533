"""Routes of refunds: everything for those who handle money, her own without the inner works for a customer."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response

from service_refunds.application.queries import Queries
from service_refunds.domain.refund import Refund, State
from shared.contracts.events import TenderKind
from shared.kernel.principal import Kind
from shared.web.desk import AnyDesk
from shared.web.fields import Money, Output, Page


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

Cursor = Annotated[str | None, Query(max_length=100, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=200)]
Id = Annotated[str | None, Query(max_length=64)]


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


class RefundOfCustomerOut(Output):
    """A refund as its customer sees it."""

    id: str
    return_id: str
    order_id: str
    state: Progress
    amount: Money
    components: list[ComponentOut]
    tenders: list[ShareOut]
    units: list[str]
    pay_by: datetime
    opened_at: datetime
    settled_at: datetime | None


class RefundOut(Output):
    """A refund as those see it who handle money. `calculation` proves which figures it came from."""

    id: str
    return_id: str
    order_id: str
    customer_id: str
    state: State
    amount: Money
    components: list[ComponentOut]
    payouts: list[PayoutOut]
    units: list[str]
    calculation: str
    pay_by: datetime
    opened_at: datetime
    submitted_at: datetime | None
    ask_again_at: datetime | None
    settled_at: datetime | None
    code: str | None
    version: int


class RefundsOut(Page):
    """The newest first."""

    items: list[RefundOut]


class RefundsOfCustomerOut(Page):
    """The newest first."""

    items: list[RefundOfCustomerOut]


def routes(queries: Queries) -> APIRouter:
    """The routes over their parts."""
    router = APIRouter(prefix="/v1/refunds", tags=["refunds"])

    @router.get("/{refund_id}", response_model=RefundOut | RefundOfCustomerOut, summary="One refund")
    async def see_refund(desk: AnyDesk, refund_id: str) -> Response:
        hers = desk.principal.kind is Kind.CUSTOMER

        async def find() -> Mapping[str, Any]:
            return view(await queries.refund(refund_id, desk.principal), hers=hers)

        return await desk.see(find(), RefundOfCustomerOut if hers else RefundOut)

    @router.get(
        "",
        response_model=RefundsOut | RefundsOfCustomerOut,
        summary="Refunds, by return or state; a customer's own only",
    )
    async def see_refunds(
        desk: AnyDesk,
        return_id: Id = None,
        state: Annotated[State | Progress | None, Query()] = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Response:
        hers = desk.principal.kind is Kind.CUSTOMER

        async def find() -> Mapping[str, Any]:
            page = await queries.refunds(
                desk.principal,
                return_id=return_id,
                states=wanted(state, hers=hers),
                cursor=cursor,
                limit=limit,
            )
            return {**page, "items": [view(refund, hers=hers) for refund in page["items"]]}

        return await desk.see(find(), RefundsOfCustomerOut if hers else RefundsOut)

    return router


def wanted(state: State | Progress | None, *, hers: bool) -> Sequence[State]:
    """The states a filter means; a customer's is widened to what she would see, and tells her no more."""
    if state is None:
        return ()
    if isinstance(state, State) and not hers:
        return (state,)
    progress = state if isinstance(state, Progress) else PROGRESS[state]
    return [each for each, shown in PROGRESS.items() if shown is progress]


def view(refund: Refund, *, hers: bool) -> Mapping[str, Any]:
    """A refund as it is shown."""
    terms = refund.terms
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
        "state": PROGRESS[refund.state] if hers else refund.state,
        "amount": {"amount_minor": terms.amount.minor, "currency": terms.amount.currency},
        "components": [{"name": name, "amount_minor": minor} for name, minor in terms.by_component().items()],
        "tenders": shares,
        "payouts": shares,
        "units": list(terms.units),
        "calculation": terms.calculation,
        "pay_by": terms.pay_by,
        "opened_at": terms.opened_at,
        "submitted_at": refund.submitted_at,
        "ask_again_at": refund.due_at,
        "settled_at": refund.settled_at,
        "code": refund.code,
        "version": refund.version,
    }
