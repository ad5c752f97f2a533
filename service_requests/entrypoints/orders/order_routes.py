"""Routes of orders: storefronts push their orders."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field

from service_requests.application.lists import ListOrder, OrderFilter
from service_requests.application.orders import order_import as use_cases
from service_requests.application.ports import UnitOfWork
from service_requests.application.queries import Queries
from service_requests.entrypoints.orders.order_shapes import OrderIn
from service_requests.entrypoints.orders.order_views import OrderOut, OrdersOut
from shared.kernel.errors import Forbidden
from shared.runtime.clock import Clock, NewId
from shared.web.call import AnyCall
from shared.web.fields import Input, Moment, Token
from shared.web.query.pages import USUAL_PAGE, Cursor, Limit, Place
from shared.web.version_headers import SHOWN, TAGGED


class OrderListIn(Input):
    """Which orders, in which order, and which page of them. All filters must fit."""

    number: Annotated[Token | None, Field(description="The number of the order in the storefront.")] = None
    customer_id: Annotated[Token | None, Field(description="The id of the customer in the storefront.")] = None
    storefront: Annotated[Token | None, Field(description="The storefront that pushed the order.")] = None
    created_since: Annotated[Moment | None, Field(description="Pushed then or later.")] = None
    created_before: Annotated[Moment | None, Field(description="Pushed before.")] = None
    sort: Annotated[
        Literal["-created", "created"], Field(description="By the moment of the push; `-` begins with the latest.")
    ] = "-created"
    cursor: Cursor | None = None
    limit: Limit = USUAL_PAGE

    def filter(self) -> OrderFilter:
        """The filter of the query."""
        return OrderFilter(
            number=self.number,
            customer_id=self.customer_id,
            storefront=self.storefront,
            created_since=self.created_since,
            created_before=self.created_before,
        )

    def order(self) -> ListOrder:
        """The order of the list. `BadCursor`."""
        after = Place.of(self.cursor, self.sort, "order") if self.cursor is not None else None
        return ListOrder(newest_first=self.sort.startswith("-"), after=after)


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

    @router.get("", response_model=OrdersOut, summary="Find orders; the newest first unless sorted")
    async def see_orders(call: AnyCall, asked: Annotated[OrderListIn, Query()]) -> Response:
        order = asked.order()

        async def shown() -> OrdersOut:
            page = await queries.orders(asked.filter(), order, call.principal, limit=asked.limit)
            following = None if page.last is None else Place(page.last.at, page.last.id).cursor(asked.sort)
            return OrdersOut(items=[OrderOut.of(now) for now in page.items], next=following)

        return await call.read(shown(), OrdersOut)

    return router
