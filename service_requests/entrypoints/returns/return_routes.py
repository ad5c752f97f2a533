"""Routes that show returns: one return, a list, and the timeline of a return (N13)."""

import asyncio
from collections.abc import Collection
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field

from service_requests.application.lists import ListOrder, ReturnFilter, SortedBy
from service_requests.application.queries import Queries
from service_requests.application.returns.search import Search
from service_requests.domain.returns import rma as numbers
from service_requests.domain.returns.return_ import Return
from service_requests.entrypoints.orders.order_views import OrderOut
from service_requests.entrypoints.returns.return_views import (
    NoteOut,
    ReturnOut,
    ReturnsOut,
    StaffReturnOut,
    StaffReturnsOut,
    StatusName,
    TimelineOut,
    view_for,
)
from shared.kernel.errors import Forbidden
from shared.kernel.principal import Kind, Principal
from shared.runtime.clock import Clock
from shared.web.call import AnyCall
from shared.web.fields import CLEAN, Input, Moment, Token
from shared.web.query.pages import SEVERAL, USUAL_PAGE, Cursor, Limit, Place
from shared.web.version_headers import SHOWN

SortName = Literal["-created", "created", "-updated", "updated", "due", "-due"]
Expansion = Literal["timeline", "order", "notes"]
EXPAND: Final = "What is shown with each return; several with commas. `notes` is for staff only."
Expand = Annotated[list[Expansion], SEVERAL, Query(default_factory=list, max_length=3, description=EXPAND)]
FOR_STAFF: Final = ("tag",)


class ListingIn(Input):
    """Which returns, in which order, with what, and which page of them. All filters must fit."""

    status: Annotated[
        list[StatusName],
        SEVERAL,
        Field(default_factory=list, max_length=12, description="One of these; several with commas."),
    ]
    rma: Annotated[str | None, Field(max_length=40, description="As printed, typed or said.")] = None
    order_id: Annotated[str | None, Field(max_length=64, description="The id of the order here.")] = None
    order_number: Annotated[Token | None, Field(description="The number of the order in the storefront.")] = None
    customer_id: Annotated[Token | None, Field(description="The id of the customer in the storefront.")] = None
    storefront: Annotated[Token | None, Field(description="The storefront of the order.")] = None
    external_reference: Annotated[str | None, Field(max_length=64, description="The name in another system.")] = None
    tag: Annotated[str | None, Field(max_length=40, description="For staff only.")] = None
    overdue: Annotated[
        bool | None, Field(strict=False, description="Whether a promise that runs now has been broken.")
    ] = None
    created_since: Annotated[Moment | None, Field(description="Requested then or later.")] = None
    created_before: Annotated[Moment | None, Field(description="Requested before.")] = None
    updated_since: Annotated[
        Moment | None, Field(description="Changed then or later. For a copy, read with `sort=updated`.")
    ] = None
    updated_before: Annotated[Moment | None, Field(description="Last changed before.")] = None
    q: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=64,
            pattern=CLEAN,
            description="A return number, an order number, a tracking number of a parcel that came back, a customer "
            "id or an external reference, as a whole. An e-mail address: see `GET /v1/contacts`.",
        ),
    ] = None
    sort: Annotated[
        SortName,
        Field(
            description="By which moment; `-` begins with the latest. `due` has only returns with a running promise."
        ),
    ] = "-created"
    expand: Annotated[list[Expansion], SEVERAL, Field(default_factory=list, max_length=3, description=EXPAND)]
    cursor: Cursor | None = None
    limit: Limit = USUAL_PAGE

    def filter(self, clock: Clock) -> ReturnFilter:
        """The filter of the query. `NotAnRma`."""
        return ReturnFilter(
            status=tuple(dict.fromkeys(self.status)),
            rma=numbers.read(self.rma, "/query/rma") if self.rma is not None else None,
            order_id=self.order_id,
            order_number=self.order_number,
            customer_id=self.customer_id,
            storefront=self.storefront,
            external_reference=self.external_reference,
            tag=self.tag,
            created_since=self.created_since,
            created_before=self.created_before,
            updated_since=self.updated_since,
            updated_before=self.updated_before,
            overdue=self.overdue,
            now=clock(),
            search=Search.of(self.q.strip()) if self.q is not None else None,
        )

    def order(self) -> ListOrder:
        """The order of the list. `BadCursor`."""
        by = SortedBy(self.sort.removeprefix("-"))
        after = Place.of(self.cursor, self.sort, "ret") if self.cursor is not None else None
        return ListOrder(by=by, newest_first=self.sort.startswith("-"), after=after)


class Expansions:
    """Shows returns together with what was asked for."""

    def __init__(self, queries: Queries, by: Principal, wanted: Collection[Expansion]) -> None:
        if "notes" in wanted and by.kind is not Kind.STAFF:
            raise Forbidden(pointer="/query/expand")
        self._queries, self._by, self._wanted = queries, by, wanted

    async def shown(self, return_: Return) -> ReturnOut:
        """The view of a return. Views that are made at the same time share their queries."""
        view = view_for(self._by).of(return_, self._by)
        if self._wanted:
            await asyncio.gather(*(getattr(self, f"_{name}")(return_, view) for name in self._wanted))
        return view

    async def _timeline(self, return_: Return, view: ReturnOut) -> None:
        view.timeline = TimelineOut.of(return_, await self._queries.steps(return_), self._by).steps

    async def _order(self, return_: Return, view: ReturnOut) -> None:
        view.order = OrderOut.of(await self._queries.order(return_.order.id, self._by))

    async def _notes(self, return_: Return, view: ReturnOut) -> None:
        if isinstance(view, StaffReturnOut):
            view.notes = [NoteOut.model_validate(note) for note in await self._queries.notes(return_)]


def routes(queries: Queries, clock: Clock) -> APIRouter:
    """The routes over their parts."""
    router = APIRouter(prefix="/v1/returns", tags=["returns"])

    @router.get("", response_model=ReturnsOut | StaffReturnsOut, summary="Find returns; the newest first unless sorted")
    async def see_returns(call: AnyCall, asked: Annotated[ListingIn, Query()]) -> Response:
        shape = ReturnsOut if call.principal.kind is not Kind.STAFF else StaffReturnsOut
        for name in FOR_STAFF:
            if getattr(asked, name) is not None and call.principal.kind is not Kind.STAFF:
                raise Forbidden(pointer=f"/query/{name}")
        views = Expansions(queries, call.principal, asked.expand)
        order = asked.order()

        async def listed() -> ReturnsOut:
            page = await queries.returns(asked.filter(clock), order, call.principal, limit=asked.limit)
            items = await asyncio.gather(*map(views.shown, page.items))
            following = None if page.last is None else Place(page.last.at, page.last.id).cursor(asked.sort)
            return ReturnsOut.model_construct(items=items, next=following)

        return await call.read(listed(), shape)

    @router.get("/{return_id}", response_model=ReturnOut | StaffReturnOut, summary="One return", **SHOWN)
    async def see_return(call: AnyCall, return_id: str, expand: Expand) -> Response:
        views = Expansions(queries, call.principal, expand)

        async def shown() -> ReturnOut:
            return await views.shown(await queries.return_(return_id, call.principal))

        return await call.read(shown(), view_for(call.principal))

    @router.get("/{return_id}/timeline", response_model=TimelineOut, summary="Every step, and the next one")
    async def see_timeline(call: AnyCall, return_id: str) -> Response:
        async def told() -> TimelineOut:
            return_, steps = await queries.timeline(return_id, call.principal)
            return TimelineOut.of(return_, steps, call.principal)

        return await call.read(told(), TimelineOut)

    return router
