"""Routes that show returns: one return, a list, and the timeline of a return."""

import base64
import binascii
from collections.abc import Awaitable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from pydantic import Field

from service_requests.application.queries import Queries, ReturnFilter, ReturnPage
from service_requests.domain.returns import rma as numbers
from service_requests.entrypoints.returns.return_views import (
    ReturnOut,
    ReturnsOut,
    StaffReturnOut,
    StaffReturnsOut,
    StatusName,
    TimelineOut,
    view_for,
)
from shared.kernel.errors import NO_CURSOR, Forbidden, Malformed, Said
from shared.kernel.ids import is_id
from shared.kernel.principal import Kind
from shared.web.call import AnyCall
from shared.web.fields import Input
from shared.web.version_headers import SHOWN

PAGE: Final = 50
LONGEST_PAGE: Final = 200


class BadCursor(Malformed):
    """A cursor that this service has not issued."""

    code = "bad_cursor"
    title = Said("This is not a cursor", "分页游标无效")
    detail = NO_CURSOR


class ListingIn(Input):
    """Which returns, and which page of them."""

    status: StatusName | None = None
    rma: Annotated[str | None, Field(max_length=40, description="As printed, typed or said.")] = None
    order_id: Annotated[str | None, Field(max_length=64)] = None
    external_reference: Annotated[str | None, Field(max_length=64)] = None
    tag: Annotated[str | None, Field(max_length=40, description="For staff only.")] = None
    cursor: Annotated[str | None, Field(max_length=64, description="`next` of the page before.")] = None
    limit: Annotated[int, Field(ge=1, le=LONGEST_PAGE, strict=False)] = PAGE

    def filter(self) -> ReturnFilter:
        """The filter of the query. `NotAnRma`, `BadCursor`."""
        return ReturnFilter(
            status=self.status,
            rma=numbers.read(self.rma, "/query/rma") if self.rma is not None else None,
            order_id=self.order_id,
            before=_read_cursor(self.cursor) if self.cursor is not None else None,
            external_reference=self.external_reference,
            tag=self.tag,
        )


def routes(queries: Queries) -> APIRouter:
    """The routes over their parts."""
    router = APIRouter(prefix="/v1/returns", tags=["returns"])

    @router.get("", response_model=ReturnsOut | StaffReturnsOut, summary="Returns, newest first")
    async def see_returns(call: AnyCall, asked: Annotated[ListingIn, Query()]) -> Response:
        shape = view_for(call.principal)
        if asked.tag is not None and call.principal.kind is not Kind.STAFF:
            raise Forbidden(pointer="/query/tag")
        page = queries.returns(asked.filter(), call.principal, limit=asked.limit)
        return await call.read(_listed(page, shape), StaffReturnsOut if shape is StaffReturnOut else ReturnsOut)

    @router.get("/{return_id}", response_model=ReturnOut | StaffReturnOut, summary="One return", **SHOWN)
    async def see_return(call: AnyCall, return_id: str) -> Response:
        shape = view_for(call.principal)

        async def shown() -> ReturnOut:
            return shape.of(await queries.return_(return_id, call.principal))

        return await call.read(shown(), shape)

    @router.get("/{return_id}/timeline", response_model=TimelineOut, summary="Every step, and the next one")
    async def see_timeline(call: AnyCall, return_id: str) -> Response:
        async def told() -> TimelineOut:
            return_, steps = await queries.timeline(return_id, call.principal)
            return TimelineOut.of(return_, steps, call.principal)

        return await call.read(told(), TimelineOut)

    return router


async def _listed(page: Awaitable[ReturnPage], shape: type[ReturnOut]) -> dict[str, Any]:
    listed = await page
    following = None if listed.last is None else _write_cursor(listed.last)
    return {"items": [shape.of(item) for item in listed.items], "next": following}


def _write_cursor(last: str) -> str:
    return base64.urlsafe_b64encode(last.encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> str:
    """The id in a cursor. A cursor is opaque but not signed, because a place in a list grants nothing."""
    try:
        last = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError) as error:
        raise BadCursor(pointer="/query/cursor") from error
    if not is_id(last, "ret"):
        raise BadCursor(pointer="/query/cursor")
    return last
