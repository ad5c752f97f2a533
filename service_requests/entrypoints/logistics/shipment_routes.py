"""Route of shipments: a customer announces a parcel (R3.1, D05)."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field

from service_requests.application.logistics import shipment
from service_requests.domain.orders.carrier import carrier_named
from service_requests.domain.returns.shipment import Shipment
from service_requests.entrypoints.returns.return_views import ReturnOut, StaffReturnOut, answer_with_return
from shared.runtime.clock import Clock, NewId
from shared.web.call import AnyCall
from shared.web.fields import Input, Token, TrackingNumber
from shared.web.version_headers import IF_MATCH, TAGGED


class ShipmentIn(Input):
    """A parcel; `unit_ids` when it holds only some of what comes back."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"carrier": "SF Express", "tracking_number": "SF1234567890"}}
    )

    carrier: Token
    tracking_number: TrackingNumber
    unit_ids: Annotated[list[Token], Field(min_length=1, max_length=200)] | None = None


def routes(clock: Clock, new_id: NewId) -> APIRouter:
    """The routes over their parts."""
    router = APIRouter(prefix="/v1/returns/{return_id}", tags=["returns"])
    shape = ReturnOut | StaffReturnOut

    @router.post(
        "/shipments",
        response_model=shape,
        status_code=201,
        summary="Announce a parcel",
        responses={201: {"headers": TAGGED}},
        openapi_extra=IF_MATCH,
    )
    async def announce(call: AnyCall, return_id: str, body: ShipmentIn) -> Response:
        parcel = Shipment(new_id("shp"), carrier_named(body.carrier), body.tracking_number, clock())
        return await answer_with_return(
            call,
            lambda uow: shipment.announce(uow, return_id, parcel, body.unit_ids, by=call.principal),
            status=201,
        )

    return router
