"""Routes of refunds. Staff see everything; a customer sees the customer's own refunds without internal fields."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from service_refunds.application.queries import Queries, RefundFilter
from service_refunds.application.settlement import remainder as remainders
from service_refunds.domain.settlement.state import State
from service_refunds.domain.settlement.terms import RemainderOutcome
from service_refunds.entrypoints.settlement.refund_actions import ACTIONS
from service_refunds.entrypoints.settlement.refund_views import (
    PROGRESS,
    Progress,
    RefundOfCustomerOut,
    RefundOut,
    RefundsOfCustomerOut,
    RefundsOut,
    refund_view,
)
from shared.kernel.errors import NO_CURSOR
from shared.kernel.ids import is_id
from shared.kernel.principal import Kind
from shared.runtime.clock import Clock
from shared.web.call import AnyCall
from shared.web.fields import ID_FORM, Input, Moment, Token

RefundId = Annotated[str, Path(max_length=64, pattern=ID_FORM, examples=["rfd_01M866AF1NE5RRA8F1E8V5HP0Q"])]
Id = Annotated[str | None, Field(max_length=64, pattern=ID_FORM)]


def _last_refund(cursor: str | None) -> str | None:
    if cursor is not None and not is_id(cursor, "rfd"):
        raise ValueError(NO_CURSOR)
    return cursor


def _apart(values: object) -> object:
    """Several values, each of which may be a list with commas."""
    if not isinstance(values, list):
        return values
    return [part.strip() for value in values for part in (value.split(",") if isinstance(value, str) else [value])]


class RefundListingIn(Input):
    """Which refunds, and which page of them."""

    return_id: Annotated[Id, Field(description="Refunds of this return.")] = None
    order_id: Annotated[Id, Field(description="Refunds of this order.")] = None
    order_number: Annotated[Token | None, Field(description="The order's number, as the shop writes it.")] = None
    storefront: Annotated[Token | None, Field(description="Refunds of orders of this storefront.")] = None
    state: Annotated[
        list[Annotated[State, Field(strict=False)] | Annotated[Progress, Field(strict=False)]],
        BeforeValidator(_apart),
        Field(default_factory=list, max_length=20, description="One of these; several with commas."),
    ]
    remainder: Annotated[
        Literal["open"] | None, Field(description="Only refunds with a remainder that a person has to settle.")
    ] = None
    opened_since: Annotated[Moment | None, Field(description="Opened at this moment or later.")] = None
    opened_before: Annotated[Moment | None, Field(description="Opened before this moment.")] = None
    updated_since: Annotated[Moment | None, Field(description="Changed at this moment or later.")] = None
    overdue: Annotated[
        bool, Field(strict=False, description="Only refunds that have not ended on their day of payment.")
    ] = False
    without_act: Annotated[
        bool,
        Field(strict=False, description="For staff: only refunds that have waited for a person for more than a day."),
    ] = False
    cursor: Annotated[
        str | None, Field(max_length=64, description="`next` of the page before."), AfterValidator(_last_refund)
    ] = None
    limit: Annotated[int, Field(ge=1, le=200, strict=False, description="The most items of a page.")] = 50

    def filter(self, *, as_customer: bool) -> RefundFilter:
        """The filter of the query."""
        return RefundFilter(
            return_id=self.return_id,
            order_id=self.order_id,
            order_number=self.order_number,
            storefront=self.storefront,
            states=[each for word in self.state for each in states_of_filter(word, as_customer=as_customer)],
            remainder_open=self.remainder == "open",
            opened_since=self.opened_since,
            opened_before=self.opened_before,
            updated_since=self.updated_since,
            overdue=self.overdue,
            without_act=self.without_act and not as_customer,
        )


class RemainderClosureIn(Input):
    """How the remainder of a refund is closed, and why."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"outcome": "paid_otherwise", "reason": "Transfer 4711 of 20.00 to her bank"}]}
    )

    outcome: Annotated[RemainderOutcome, Field(strict=False, description="What became of the remainder.")]
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S", description="Why, for the record.")]


def routes(queries: Queries, clock: Clock) -> APIRouter:
    """The routes of refunds."""
    router = APIRouter(prefix="/v1/refunds", tags=["refunds"])

    @router.get("/{refund_id}", response_model=RefundOut | RefundOfCustomerOut, summary="One refund")
    async def see_refund(call: AnyCall, refund_id: RefundId) -> Response:
        as_customer = call.principal.kind is Kind.CUSTOMER

        async def find() -> Mapping[str, Any]:
            found = await queries.refund(refund_id, call.principal)
            return refund_view(found, as_customer=as_customer, actions=ACTIONS.of(found, call.principal))

        return await call.read(find(), RefundOfCustomerOut if as_customer else RefundOut)

    @router.get(
        "",
        response_model=RefundsOut | RefundsOfCustomerOut,
        summary="Refunds by return, order, state or date; a customer's own only",
    )
    async def see_refunds(call: AnyCall, asked: Annotated[RefundListingIn, Query()]) -> Response:
        as_customer = call.principal.kind is Kind.CUSTOMER

        async def find() -> Mapping[str, Any]:
            wanted = asked.filter(as_customer=as_customer)
            page = await queries.refunds(wanted, call.principal, cursor=asked.cursor, limit=asked.limit)
            shown = [
                refund_view(each, as_customer=as_customer, actions=ACTIONS.of(each, call.principal))
                for each in page["items"]
            ]
            return {**page, "items": shown}

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
            return refund_view(found, as_customer=False, actions=ACTIONS.of(found, call.principal))

        return await call.execute(close, RefundOut)

    return router


def states_of_filter(state: State | Progress, *, as_customer: bool) -> Sequence[State]:
    """The states that a filter means. For a customer a state is widened to all states that look the same
    to customers.
    """
    if isinstance(state, State) and not as_customer:
        return (state,)
    if state is State.STOPPED:
        return (state,)
    progress = state if isinstance(state, Progress) else PROGRESS[state]
    return [each for each, shown in PROGRESS.items() if shown is progress]
