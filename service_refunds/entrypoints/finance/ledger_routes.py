"""Routes for finance: the balances and books of an order, and the books of a period (I10)."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Query, Response
from pydantic import ConfigDict, Field, model_validator

from service_refunds.application.queries import LedgerPeriod, Queries
from service_refunds.domain.ledger.balance import Kind
from shared.kernel.errors import Said
from shared.web.call import AnyCall
from shared.web.fields import EARLIEST, ID_FORM, LATEST, CurrencyCode, Input, Moment, Output, Page, Token

BACKWARDS = Said("`to` must be later than `from`.", "`to` 必须晚于 `from`。")


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


class LedgerIn(Input):
    """Which order."""

    order_id: Annotated[str, Field(max_length=64, pattern=ID_FORM, description="The order's id.")]


class LedgerSumsIn(Input):
    """Which period of the books."""

    from_: Annotated[
        Moment, Field(alias="from", description="The first moment of the period; without it, from the first entry on.")
    ] = EARLIEST
    to: Annotated[Moment, Field(description="The end of the period, not included; without it, to the last entry.")] = (
        LATEST
    )
    storefront: Annotated[Token | None, Field(description="Refunds of orders of this storefront.")] = None
    currency: Annotated[CurrencyCode | None, Field(description="ISO 4217.")] = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to <= self.from_:
            raise ValueError(BACKWARDS)
        return self

    def period(self) -> LedgerPeriod:
        """As the query knows it."""
        return LedgerPeriod(begin=self.from_, end=self.to, storefront=self.storefront, currency=self.currency)


class LedgerEntriesIn(LedgerSumsIn):
    """Which period of the books, and which page of its entries."""

    cursor: Annotated[str | None, Field(max_length=200, description="`next` of the page before.")] = None
    limit: Annotated[int, Field(ge=1, le=1000, strict=False, description="The most items of a page.")] = 200


class AccountSumOut(Output):
    """What one account moved in the period."""

    account: str
    debit_minor: int
    credit_minor: int
    balance_minor: Annotated[int, Field(description="Debit less credit.")]


class CurrencySumsOut(Output):
    """The accounts of one currency. Together they sum to nothing."""

    currency: str
    accounts: list[AccountSumOut]
    sum_minor: Annotated[int, Field(description="Always 0: every posting balances.")]


class LedgerSumsOut(Output):
    """The books of a period, by currency and account."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "begins_at": "2026-11-01T00:00:00Z",
                    "ends_at": "2026-12-01T00:00:00Z",
                    "currencies": [
                        {
                            "currency": "EUR",
                            "accounts": [
                                {
                                    "account": "component:goods_net",
                                    "debit_minor": 5001,
                                    "credit_minor": 0,
                                    "balance_minor": 5001,
                                },
                                {
                                    "account": "owed",
                                    "debit_minor": 5001,
                                    "credit_minor": 5001,
                                    "balance_minor": 0,
                                },
                                {
                                    "account": "tender:T2",
                                    "debit_minor": 0,
                                    "credit_minor": 5001,
                                    "balance_minor": -5001,
                                },
                            ],
                            "sum_minor": 0,
                        }
                    ],
                }
            ]
        },
    )

    begins_at: datetime
    ends_at: Annotated[datetime, Field(description="Not included.")]
    currencies: list[CurrencySumsOut]


class LedgerEntryOut(EntryOut):
    """An entry of the books, with what other books join it by."""

    order_id: str
    order_number: str | None
    storefront: str | None
    return_id: str


class LedgerEntriesOut(Page):
    """The entries of a period, the oldest first. Entries of one posting stand together."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "posting_id": "rfd_01M866AF1NE5RRA8F1E8V5HP0Q-1:settled",
                            "line": 1,
                            "account": "owed",
                            "amount_minor": 5001,
                            "currency": "EUR",
                            "order_id": "order_01M85ZZ0A1B2C3D4E5F6G7H8J9",
                            "order_number": "#1001",
                            "storefront": "shop-eu",
                            "return_id": "ret_01M862QVD3R2M1K4X5S6T7V8W9",
                            "refund_id": "rfd_01M866AF1NE5RRA8F1E8V5HP0Q",
                            "payout_id": "rfd_01M866AF1NE5RRA8F1E8V5HP0Q-1",
                            "at": "2026-11-24T10:30:01Z",
                        }
                    ],
                    "next": None,
                }
            ]
        }
    )

    items: list[LedgerEntryOut]


def routes(queries: Queries) -> APIRouter:
    """The routes of the books."""
    router = APIRouter(prefix="/v1/ledger", tags=["finance"])

    @router.get("", response_model=LedgerOut, summary="Guards and books of an order")
    async def see_ledger(call: AnyCall, asked: Annotated[LedgerIn, Query()]) -> Response:
        return await call.read(queries.ledger(asked.order_id), LedgerOut)

    @router.get("/sums", response_model=LedgerSumsOut, summary="What each account moved in a period")
    async def see_ledger_sums(call: AnyCall, asked: Annotated[LedgerSumsIn, Query()]) -> Response:
        return await call.read(queries.ledger_sums(asked.period()), LedgerSumsOut)

    @router.get("/entries", response_model=LedgerEntriesOut, summary="The entries of a period")
    async def see_ledger_entries(call: AnyCall, asked: Annotated[LedgerEntriesIn, Query()]) -> Response:
        page = queries.ledger_entries(asked.period(), asked.cursor, asked.limit)
        return await call.read(page, LedgerEntriesOut)

    return router
