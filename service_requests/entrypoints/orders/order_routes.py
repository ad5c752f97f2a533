"""Routes of orders: storefronts push their orders."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from service_requests.application.orders import order_import as use_cases
from service_requests.application.ports import UnitOfWork
from service_requests.application.queries import Queries
from service_requests.entrypoints.orders.order_shapes import OrderIn
from service_requests.entrypoints.orders.order_views import OrderOut, OrdersOut
from shared.kernel.errors import Forbidden
from shared.runtime.clock import Clock, NewId
from shared.web.call import AnyCall
from shared.web.fields import Token
from shared.web.version_headers import SHOWN, TAGGED


def routes(queries: Queries, clock: Clock, new_id: NewId) -> APIRouter:
    """The routes over their parts."""
    router = APIRouter(prefix="/v1/orders", tags=["orders"])

    @router.post(
        "",
        response_model=OrderOut,
        status_code=201,
        summary="Push an order as it was paid",
        responses={
            200: {"model": OrderOut, "description": "The same contents were pushed before", "headers": TAGGED},
            201: {"headers": TAGGED},
        },
    )
    async def push_order(call: AnyCall, body: OrderIn) -> Response:
        if call.principal.storefront not in {None, body.storefront}:
            raise Forbidden(pointer="/storefront")
        key, at = new_id("order"), clock()

        async def shown(uow: UnitOfWork) -> OrderOut:
            return OrderOut.of(await use_cases.import_order(uow, body.snapshot(key, at), body.unpriced(), at=at))

        return await call.execute(shown, OrderOut, status_of=lambda kept: 201 if kept.id == key else 200)

    @router.get("/{order_id}", response_model=OrderOut, summary="One order", **SHOWN)
    async def see_order(call: AnyCall, order_id: str) -> Response:
        async def shown() -> OrderOut:
            return OrderOut.of(await queries.order(order_id, call.principal))

        return await call.read(shown(), OrderOut)

    @router.get("", response_model=OrdersOut, summary="Orders by number")
    async def see_orders(call: AnyCall, number: Annotated[Token, Query()]) -> Response:
        async def shown() -> OrdersOut:
            return OrdersOut.of(await queries.orders_by_number(number, call.principal))

        return await call.read(shown(), OrdersOut)

    return router
