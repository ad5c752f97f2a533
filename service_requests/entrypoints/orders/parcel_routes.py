"""Routes of parcels of orders: sent, delivered, signed for; one order, or many orders at once (A16, Z07)."""

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field, JsonValue

from service_requests.application.orders import later_facts as use_cases
from service_requests.application.orders.later_facts import ParcelOfOrder, Told
from service_requests.domain.orders.later_fact import ParcelTold
from service_requests.entrypoints.orders.order_views import OrderOut, OrdersOut
from shared.runtime.clock import Clock
from shared.web.call import AnyCall, Call
from shared.web.fields import Input, Moment, Name, Token
from shared.web.version_headers import TAGGED

MOST_PARCELS: Final = 200
A_PARCEL: Final[dict[str, JsonValue]] = {
    "id": "P1",
    "line_ids": ["L1"],
    "dispatched_at": "2026-11-20T09:00:00Z",
    "delivered_at": "2026-11-22T15:30:00Z",
    "carrier": "DHL",
    "tracking_number": "JD014600006228974838",
}


class ParcelTellIn(Input):
    """What is known of a parcel now; a later message fills what is missing. Without `line_ids` it may hold any line."""

    id: Token
    line_ids: list[Token] = Field(default_factory=list, max_length=500)
    dispatched_at: Moment | None = None
    delivered_at: Moment | None = None
    """As the carrier reported it."""
    signed_for_at: Moment | None = None
    """As the recipient signed for it."""
    carrier: Name | None = None
    tracking_number: Name | None = None

    def told(self, at: datetime) -> ParcelTold:
        """The fact of the domain."""
        return ParcelTold(
            id=self.id,
            told_at=at,
            line_ids=tuple(dict.fromkeys(self.line_ids)),
            dispatched_at=self.dispatched_at,
            delivered_at=self.delivered_at,
            signed_for_at=self.signed_for_at,
            carrier=self.carrier,
            tracking_number=self.tracking_number,
        )


class ParcelsIn(Input):
    """Parcels of one order."""

    model_config = ConfigDict(json_schema_extra={"example": {"parcels": [A_PARCEL]}})

    parcels: Annotated[list[ParcelTellIn], Field(min_length=1, max_length=MOST_PARCELS)]


class ParcelOfOrderIn(ParcelTellIn):
    """A parcel of the order with this number in this storefront."""

    number: Token
    storefront: Token


class ParcelsOfOrdersIn(Input):
    """Parcels of many orders. All are taken in, or none: the problem names the first that is not."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"parcels": [{**A_PARCEL, "number": "N-1001", "storefront": "shop"}]}}
    )

    parcels: Annotated[list[ParcelOfOrderIn], Field(min_length=1, max_length=MOST_PARCELS)]


NEW_OR_KNOWN: Final[dict[str, Any]] = {
    "status_code": 201,
    "responses": {
        200: {"description": "This was told before", "headers": TAGGED},
        201: {"headers": TAGGED},
    },
}
"""How a route is declared that tells a fact: 201 when it was not known, 200 when it was."""


async def answer_with_order(call: Call[Any], tell: Any) -> Response:
    """Execute the use case and answer with the order as it stands: 201 for a new fact, 200 for one that was known."""
    new = False

    async def shown(uow: Any) -> OrderOut:
        nonlocal new
        told: Told = await tell(uow)
        new = told.new
        return OrderOut.of(told.now)

    return await call.execute(shown, OrderOut, status_of=lambda _: 201 if new else 200)


def routes(clock: Clock) -> APIRouter:
    """The routes over a clock."""
    router = APIRouter(prefix="/v1", tags=["orders"])

    @router.post(
        "/orders/{order_id}/parcels",
        response_model=OrderOut,
        summary="Tell of parcels sent or delivered",
        **NEW_OR_KNOWN,
    )
    async def tell_parcels(call: AnyCall, order_id: str, body: ParcelsIn) -> Response:
        at = clock()
        told = [each.told(at) for each in body.parcels]
        return await answer_with_order(call, lambda uow: use_cases.tell_parcels(uow, order_id, told, by=call.principal))

    @router.post("/parcels", response_model=OrdersOut, summary="Tell of parcels of many orders at once")
    async def tell_parcels_of_orders(call: AnyCall, body: ParcelsOfOrdersIn) -> Response:
        at = clock()
        told = [
            ParcelOfOrder(each.number, each.storefront, each.told(at), f"/parcels/{place}/")
            for place, each in enumerate(body.parcels)
        ]

        async def shown(uow: Any) -> OrdersOut:
            changed = await use_cases.tell_parcels_of_orders(uow, told, by=call.principal)
            return OrdersOut(items=[OrderOut.of(each.now) for each in changed])

        return await call.execute(shown, OrdersOut)

    return router
