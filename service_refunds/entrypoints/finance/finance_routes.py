"""Routes for finance: money that may have gone back twice, and the feed of published refund events (I10)."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Response
from pydantic import ConfigDict, Field, JsonValue

from service_refunds.application.finance import double_payments
from service_refunds.application.queries import Queries
from service_refunds.domain.finance.double_payment import DoublePaymentOutcome
from shared.runtime.clock import Clock
from shared.web.call import AnyCall
from shared.web.fields import ID_FORM, Input, Moment, Output, last_seen
from shared.web.query.event_feed import FeedIn, FeedOut, feed_bytes

_PAID_TWICE: Final[dict[str, JsonValue]] = {
    "id": "twice_01M866AF2B3C4D5E6F7G8H9J0K",
    "order_id": "order_01M85ZZ0A1B2C3D4E5F6G7H8J9",
    "refund_id": "re_77",
    "code": "paid_twice",
    "currency": "EUR",
    "amount_minor": 3000,
    "noted_at": "2026-11-24T10:30:11Z",
    "closed": None,
}

EntryId = Annotated[str, Path(max_length=64, pattern=ID_FORM, examples=["twice_01M866AF2B3C4D5E6F7G8H9J0K"])]


class EntryState(StrEnum):
    """Which entries of the list are wanted."""

    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


CLOSED_OF: Final[Mapping[EntryState, bool | None]] = {
    EntryState.OPEN: False,
    EntryState.CLOSED: True,
    EntryState.ALL: None,
}


class PaidTwiceListingIn(Input):
    """Which entries, and which page of them."""

    state: Annotated[EntryState, Field(strict=False, description="Without it: open entries.")] = EntryState.OPEN
    order_id: Annotated[str | None, Field(max_length=64, pattern=ID_FORM, description="Entries of this order.")] = None
    noted_since: Annotated[Moment | None, Field(description="Noted at this moment or later.")] = None
    noted_before: Annotated[Moment | None, Field(description="Noted before this moment.")] = None
    cursor: Annotated[
        str | None, Field(max_length=64, description="`next` of the page before."), last_seen("twice")
    ] = None
    limit: Annotated[int, Field(ge=1, le=200, strict=False, description="The most items of a page.")] = 50


class DoublePaymentClosedOut(Output):
    """How a person closed the entry."""

    outcome: DoublePaymentOutcome
    reason: str
    by: str
    at: datetime


class DoublePaymentClosureIn(Input):
    """What became of the money, and how the person knows."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"outcome": "recovered", "reason": "Transfer 4711 of 30.00 came in"}]}
    )

    outcome: Annotated[DoublePaymentOutcome, Field(strict=False)]
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]


class PaidTwiceOut(Output):
    """A person must look: money of this order went back elsewhere, too, or twice by us.

    `paid_twice`: both together are more than the customer paid, by `amount_minor`; or an attempt that had failed was
    paid after all, besides another one. `paid_not_owed`: the same after the refund was closed as not owed. Any other
    code is why a refund that was stopped could not be calculated again; then `amount_minor` is its former amount, or 0
    for a new one.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_PAID_TWICE]})

    id: str
    order_id: str
    refund_id: str
    """The refund elsewhere, our own refund, or the other fact, as it was told."""
    code: str
    currency: str
    amount_minor: int
    noted_at: datetime
    closed: DoublePaymentClosedOut | None = None


class PaidTwicePageOut(Output):
    """Orders for a person to look at."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_PAID_TWICE], "next": None}]})

    items: list[PaidTwiceOut]
    next: str | None = None


def routes(queries: Queries, clock: Clock) -> APIRouter:
    """The routes for finance."""
    router = APIRouter(prefix="/v1", tags=["finance"])

    @router.get(
        "/finance/paid-twice", response_model=PaidTwicePageOut, summary="Money that somebody else has paid back, too"
    )
    async def see_paid_twice(call: AnyCall, asked: Annotated[PaidTwiceListingIn, Query()]) -> Response:
        page = queries.paid_twice(
            asked.cursor,
            asked.limit,
            closed=CLOSED_OF[asked.state],
            order_id=asked.order_id,
            noted_since=asked.noted_since,
            noted_before=asked.noted_before,
        )
        return await call.read(page, PaidTwicePageOut)

    @router.post(
        "/finance/paid-twice/{entry_id}/closure",
        response_model=PaidTwiceOut,
        summary="Close an entry of money that may have gone back twice",
    )
    async def close_paid_twice(call: AnyCall, entry_id: EntryId, body: DoublePaymentClosureIn) -> Response:
        async def close(uow: Any) -> Mapping[str, Any]:
            by = call.principal.id
            return asdict(
                await double_payments.close(uow, entry_id, body.outcome, reason=body.reason, by=by, clock=clock)
            )

        return await call.execute(close, PaidTwiceOut)

    @router.get("/finance/events", response_model=FeedOut, summary="Published refund events, from a cursor on")
    async def see_feed(call: AnyCall, asked: Annotated[FeedIn, Query()]) -> Response:
        return call.send_json(feed_bytes(await queries.feed(asked.after, asked.limit, call.principal)))

    return router
