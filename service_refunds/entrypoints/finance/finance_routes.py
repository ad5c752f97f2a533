"""Routes for finance: an order's balances and ledger, and the feed of published refund events (I10)."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Response
from pydantic import ConfigDict, Field, JsonValue
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import to_json

from service_refunds.application.finance import double_payments
from service_refunds.application.queries import FeedPage, Queries
from service_refunds.domain.finance.double_payment import DoublePaymentOutcome
from service_refunds.domain.ledger.balance import Kind
from shared.runtime.clock import Clock
from shared.web.call import AnyCall
from shared.web.fields import ID_FORM, NEXT_PAGE, Input, Output, last_seen


class BalanceOut(Output):
    """One guard: never more than the cap is reserved and settled together."""

    kind: Kind
    key: str
    cap_minor: int
    reserved_minor: int
    settled_minor: int
    available_minor: int


class AccountOut(Output):
    """One account of this order's books; positive is debit."""

    account: str
    balance_minor: int


class EntryOut(Output):
    """One side of a posting; the sides of a posting sum to nothing."""

    posting_id: str
    line: int
    account: str
    amount_minor: int
    currency: str
    refund_id: str
    payout_id: str | None
    at: datetime


class LedgerOut(Output):
    """An order's money: `sum_minor` over all accounts is 0."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "order_id": "order_01M85ZZ0A1B2C3D4E5F6G7H8J9",
                    "currency": "EUR",
                    "balances": [
                        {
                            "kind": "tender",
                            "key": "T2",
                            "cap_minor": 10001,
                            "reserved_minor": 0,
                            "settled_minor": 5001,
                            "available_minor": 5000,
                        }
                    ],
                    "accounts": [
                        {"account": "component:goods_net", "balance_minor": 5001},
                        {"account": "owed", "balance_minor": 0},
                        {"account": "tender:T2", "balance_minor": -5001},
                    ],
                    "entries": [
                        {
                            "posting_id": "rfd_01M866AF1NE5RRA8F1E8V5HP0Q-1:settled",
                            "line": 1,
                            "account": "owed",
                            "amount_minor": 5001,
                            "currency": "EUR",
                            "refund_id": "rfd_01M866AF1NE5RRA8F1E8V5HP0Q",
                            "payout_id": "rfd_01M866AF1NE5RRA8F1E8V5HP0Q-1",
                            "at": "2026-11-24T10:30:01Z",
                        }
                    ],
                    "sum_minor": 0,
                }
            ]
        }
    )

    order_id: str
    currency: str
    balances: list[BalanceOut]
    accounts: list[AccountOut]
    entries: list[EntryOut]
    sum_minor: int


class CloudEventOut(Output):
    """An event, to the byte as the broker carries it."""

    specversion: str
    id: str
    type: str
    source: str
    subject: str
    time: datetime
    datacontenttype: str
    sequence: int
    correlationid: str
    causationid: str | SkipJsonSchema[None] = None
    traceparent: str | SkipJsonSchema[None] = None
    actor: str
    data: dict[str, Any]


class FeedOut(Output):
    """Events in the order of publication. `next` is where to go on, also when there is nothing more right now."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "specversion": "1.0",
                            "id": "evt_01M866AF2B3C4D5E6F7G8H9J0K",
                            "type": "refund.doubted.v1",
                            "source": "/retour/refunds",
                            "subject": "rfd_01M866AF1NE5RRA8F1E8V5HP0Q",
                            "time": "2026-11-24T10:30:11Z",
                            "datacontenttype": "application/json",
                            "sequence": 2,
                            "correlationid": "ret_01M862QVD3R2M1K4X5S6T7V8W9",
                            "actor": "service:refunds",
                            "data": {
                                "refund_id": "rfd_01M866AF1NE5RRA8F1E8V5HP0Q",
                                "return_id": "ret_01M862QVD3R2M1K4X5S6T7V8W9",
                                "order_id": "order_01M85ZZ0A1B2C3D4E5F6G7H8J9",
                            },
                        }
                    ],
                    "next": "42",
                    "more": False,
                }
            ]
        }
    )

    items: list[CloudEventOut]
    next: str
    more: bool


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
    """A person must look: money of this order went back elsewhere, too.

    `paid_twice`: both together are more than the customer paid, by `amount_minor`. Any other code is why a refund that
    was stopped could not be calculated again; then `amount_minor` is its former amount, or 0 for a new one.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_PAID_TWICE]})

    id: str
    order_id: str
    refund_id: str
    """The refund elsewhere, or the other fact, as it was told."""
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

    @router.get("/ledger", response_model=LedgerOut, summary="Guards and books of an order")
    async def see_ledger(call: AnyCall, order_id: Annotated[str, Query(max_length=64, pattern=ID_FORM)]) -> Response:
        return await call.read(queries.ledger(order_id), LedgerOut)

    @router.get(
        "/finance/paid-twice", response_model=PaidTwicePageOut, summary="Money that somebody else has paid back, too"
    )
    async def see_paid_twice(
        call: AnyCall,
        state: Annotated[EntryState, Query(description="Without it: open entries.")] = EntryState.OPEN,
        cursor: Annotated[str | None, NEXT_PAGE, last_seen("twice")] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Response:
        return await call.read(queries.paid_twice(cursor, limit, closed=CLOSED_OF[state]), PaidTwicePageOut)

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
    async def see_feed(
        call: AnyCall,
        after: Annotated[
            str | None, Query(max_length=64, description="`next` of the answer before, or an event's id.")
        ] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> Response:
        return call.send_json(_feed_bytes(await queries.feed(after, limit, call.principal)))

    return router


def _feed_bytes(feed: FeedPage) -> bytes:
    """The body of `FeedOut`, with each event in the bytes that the broker was given."""
    items = ",".join(feed.bodies).encode()
    return b'{"items":[%b],"next":%b,"more":%b}' % (items, to_json(feed.next), to_json(feed.more))
