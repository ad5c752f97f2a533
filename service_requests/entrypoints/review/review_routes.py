"""Routes of handling: a person decides, a parcel leaves, the customer keeps it after all (R2, R3.1)."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field, StringConstraints

from service_requests.application.logistics import shipment
from service_requests.application.returns import cancellation
from service_requests.application.review import review
from service_requests.domain.returns.return_ import Shipment
from service_requests.entrypoints.returns.return_views import ReturnOut, StaffReturnOut, answer_with_return
from shared.kernel.errors import Said
from shared.runtime.clock import Clock, NewId
from shared.web.call import AnyCall
from shared.web.fields import CLEAN, Input, Note, Token
from shared.web.version_headers import CHANGED, IF_MATCH, TAGGED

Tracking = Annotated[str, StringConstraints(min_length=4, max_length=40, pattern=r"^[A-Za-z0-9-]+$")]
Spoken = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=CLEAN)]
"""What a customer will read; it travels in an event."""


class ApprovalIn(Input):
    """An agent says yes; the note stays among colleagues."""

    model_config = ConfigDict(json_schema_extra={"example": {"note": "Long-standing customer."}})

    note: Note | None = None


class RefusalIn(Input):
    """An agent says no: the reason is what the customer reads, the note stays among colleagues."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "reason": {
                    "en": "The serial number is not from this order.",
                    "zh-CN": "序列号与该订单不符。",
                }
            }
        }
    )

    reason: "ReasonIn"
    note: Note | None = None


class ReasonIn(Input):
    """The reason in both languages; one alone stands for both."""

    en: Spoken
    zh: Annotated[Spoken | None, Field(alias="zh-CN")] = None

    def said(self) -> Said:
        """Both."""
        return Said(self.en, self.zh or self.en)


class CancellationIn(Input):
    """Nothing to say."""

    model_config = ConfigDict(json_schema_extra={"example": {}})


class ShipmentIn(Input):
    """A parcel; `unit_ids` when it holds only some of what comes back."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"carrier": "sf-express", "tracking_number": "SF1234567890"}}
    )

    carrier: Token
    tracking_number: Tracking
    unit_ids: Annotated[list[Token], Field(min_length=1, max_length=200)] | None = None


def routes(clock: Clock, new_id: NewId, new_rma: Callable[[], str]) -> APIRouter:
    """The routes over their parts."""
    router = APIRouter(prefix="/v1/returns/{return_id}", tags=["returns"])
    shape = ReturnOut | StaffReturnOut

    @router.post("/approval", response_model=shape, summary="Approve what waits for a person", **CHANGED)
    async def approve(call: AnyCall, return_id: str, body: ApprovalIn) -> Response:
        at = clock()
        return await answer_with_return(
            call,
            lambda uow: review.approve(uow, return_id, by=call.principal.actor, rma=new_rma(), note=body.note, at=at),
        )

    @router.post("/refusal", response_model=shape, summary="Refuse what waits for a person, with the reason", **CHANGED)
    async def refuse(call: AnyCall, return_id: str, body: RefusalIn) -> Response:
        at, reason = clock(), body.reason.said()
        return await answer_with_return(
            call, lambda uow: review.refuse(uow, return_id, reason=reason, note=body.note, at=at)
        )

    @router.post("/cancellation", response_model=shape, summary="Keep what has not arrived", **CHANGED)
    async def cancel(call: AnyCall, return_id: str, _: CancellationIn) -> Response:
        at = clock()
        return await answer_with_return(call, lambda uow: cancellation.cancel(uow, return_id, by=call.principal, at=at))

    @router.post(
        "/shipments",
        response_model=shape,
        status_code=201,
        summary="Announce a parcel",
        responses={201: {"headers": TAGGED}},
        openapi_extra=IF_MATCH,
    )
    async def announce(call: AnyCall, return_id: str, body: ShipmentIn) -> Response:
        parcel = Shipment(new_id("shp"), body.carrier, body.tracking_number.upper(), clock())
        return await answer_with_return(
            call,
            lambda uow: shipment.announce(uow, return_id, parcel, body.unit_ids, by=call.principal),
            status=201,
        )

    return router
