"""Routes of what happens to an order after its push: cancellations, payments, refunds elsewhere, a correction (A16)."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field

from service_requests.application.orders import later_facts as use_cases
from service_requests.application.ports import UnitOfWork
from service_requests.domain.orders.later_fact import (
    AmountElsewhere,
    CancelledLine,
    LineElsewhere,
    PaymentCaptured,
    RefundedElsewhere,
    UnitsCancelled,
)
from service_requests.domain.orders.order_part import PaymentMeans
from service_requests.entrypoints.orders.order_shapes import OrderIn
from service_requests.entrypoints.orders.order_views import OrderOut
from service_requests.entrypoints.orders.parcel_routes import NEW_OR_KNOWN, answer_with_order
from shared.runtime.clock import Clock
from shared.web.call import AnyCall
from shared.web.fields import Input, Minor, Moment, Name, Quantity, Token
from shared.web.version_headers import SHOWN

MOST_LINES: Final = 500


class CancelledLineIn(Input):
    """So many units of one line."""

    line_id: Token
    quantity: Quantity


class OrderCancellationIn(Input):
    """Units that were cancelled before they were sent. The shop itself pays their money back."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "cancellation_id": "C1",
                "lines": [{"line_id": "L1", "quantity": 1}],
                "at": "2026-11-20T09:00:00Z",
                "reason": "out of stock",
            }
        }
    )

    cancellation_id: Token
    lines: Annotated[list[CancelledLineIn], Field(min_length=1, max_length=MOST_LINES)]
    at: Moment
    reason: Name | None = None

    def told(self, at: datetime) -> UnitsCancelled:
        """The fact of the domain."""
        lines = tuple(CancelledLine(line.line_id, line.quantity) for line in self.lines)
        return UnitsCancelled(id=self.cancellation_id, told_at=at, lines=lines, at=self.at, reason=self.reason)


class OrderPaymentIn(Input):
    """Money that was captured after the push; `reference` is the provider's name for it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "tender_id": "T2",
                "kind": "card",
                "captured_minor": 9500,
                "reference": "ch_3Qx",
                "at": "2026-11-22T15:30:00Z",
            }
        }
    )

    tender_id: Token
    kind: Annotated[PaymentMeans, Field(strict=False)]
    captured_minor: Annotated[Minor, Field(ge=1)]
    reference: Token
    at: Moment

    def told(self, at: datetime) -> PaymentCaptured:
        """The fact of the domain."""
        return PaymentCaptured(
            id=self.tender_id,
            told_at=at,
            tender_kind=self.kind.value,
            captured_minor=self.captured_minor,
            reference=self.reference,
            at=self.at,
        )


class TenderElsewhereIn(Input):
    """What went back to one tender."""

    tender_id: Token
    amount_minor: Annotated[Minor, Field(ge=1)]


class LineElsewhereIn(Input):
    """What was paid back for units of one line."""

    line_id: Token
    quantity: Quantity
    amount_minor: Minor


class ChargeElsewhereIn(Input):
    """What was paid back of one charge."""

    charge_id: Token
    amount_minor: Minor


class OrderRefundIn(Input):
    """A refund that somebody else has paid. `tenders` is the money; the rest says what it was paid for, where known."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "refund_id": "re_77",
                "at": "2026-11-22T15:30:00Z",
                "tenders": [{"tender_id": "T1", "amount_minor": 2000}],
                "lines": [{"line_id": "L1", "quantity": 1, "amount_minor": 2000}],
            }
        }
    )

    refund_id: Token
    at: Moment
    tenders: Annotated[list[TenderElsewhereIn], Field(min_length=1, max_length=20)]
    lines: list[LineElsewhereIn] = Field(default_factory=list, max_length=MOST_LINES)
    freight_minor: Minor = 0
    charges: list[ChargeElsewhereIn] = Field(default_factory=list, max_length=50)

    def told(self, at: datetime) -> RefundedElsewhere:
        """The fact of the domain."""
        return RefundedElsewhere(
            id=self.refund_id,
            told_at=at,
            at=self.at,
            tenders=tuple(AmountElsewhere(each.tender_id, each.amount_minor) for each in self.tenders),
            lines=tuple(LineElsewhere(each.line_id, each.quantity, each.amount_minor) for each in self.lines),
            freight_minor=self.freight_minor,
            charges=tuple(AmountElsewhere(each.charge_id, each.amount_minor) for each in self.charges),
        )


def routes(clock: Clock) -> APIRouter:
    """The routes over a clock."""
    router = APIRouter(prefix="/v1/orders/{order_id}", tags=["orders"])

    @router.post(
        "/cancellations", response_model=OrderOut, summary="Tell of units cancelled before sending", **NEW_OR_KNOWN
    )
    async def tell_cancellation(call: AnyCall, order_id: str, body: OrderCancellationIn) -> Response:
        told = body.told(clock())
        return await answer_with_order(call, lambda uow: use_cases.cancel_units(uow, order_id, told, by=call.principal))

    @router.post("/payments", response_model=OrderOut, summary="Tell of money captured later", **NEW_OR_KNOWN)
    async def tell_payment(call: AnyCall, order_id: str, body: OrderPaymentIn) -> Response:
        told = body.told(clock())
        return await answer_with_order(call, lambda uow: use_cases.capture(uow, order_id, told, by=call.principal))

    @router.post("/refunds", response_model=OrderOut, summary="Tell of a refund made elsewhere", **NEW_OR_KNOWN)
    async def tell_refund(call: AnyCall, order_id: str, body: OrderRefundIn) -> Response:
        told = body.told(clock())
        return await answer_with_order(
            call, lambda uow: use_cases.refund_elsewhere(uow, order_id, told, by=call.principal)
        )

    @router.put("", response_model=OrderOut, summary="Correct an order on which nothing rests yet", **SHOWN)
    async def correct_order(call: AnyCall, order_id: str, body: OrderIn) -> Response:
        at = clock()

        async def shown(uow: UnitOfWork) -> OrderOut:
            pushed, unpriced = body.snapshot(order_id, at), body.unpriced()
            told = await use_cases.correct(uow, order_id, pushed, unpriced, by=call.principal, at=at)
            return OrderOut.of(told.now)

        return await call.execute(shown, OrderOut)

    return router
