"""The feed of published events about returns, for systems that follow returns over HTTP (N08)."""

from typing import Annotated, Final, Literal, get_args

from fastapi import APIRouter, Query, Response
from pydantic import ConfigDict, Field, JsonValue

from service_requests.application.lists import ReturnEventFilter
from service_requests.application.queries import Queries
from shared.contracts.events import CATALOGUE
from shared.web.call import AnyCall
from shared.web.fields import Token
from shared.web.query.event_feed import FeedIn, FeedOut, feed_bytes
from shared.web.query.pages import SEVERAL

EventName = Literal[
    "return.requested",
    "return.referred",
    "return.approved",
    "return.refused",
    "return.shipped",
    "return.cancelled",
    "return.withdrawn",
    "return.deadline_extended",
    "return.overdue",
    "return.closed",
]
NAMES: Final[tuple[str, ...]] = get_args(EventName)
_EXAMPLE: Final[dict[str, JsonValue]] = {
    "items": [
        {
            "specversion": "1.0",
            "id": "evt_01M862QVE4Y7B0D3F6H9K2N5P8",
            "type": "return.closed.v1",
            "source": "/retour/requests",
            "subject": "ret_01M862QVD3R2M1K4X5S6T7V8W9",
            "time": "2026-11-24T10:30:11Z",
            "datacontenttype": "application/json",
            "sequence": 4,
            "correlationid": "ret_01M862QVD3R2M1K4X5S6T7V8W9",
            "actor": "service:requests",
            "data": {"return_id": "ret_01M862QVD3R2M1K4X5S6T7V8W9", "outcome": "completed"},
        }
    ],
    "next": "42",
    "more": False,
}


class ReturnFeedIn(FeedIn):
    """From where on, which events, and how many. All filters must fit."""

    event_type: Annotated[
        list[EventName],
        SEVERAL,
        Field(
            default_factory=list,
            max_length=len(NAMES),
            description="One of these, in every version; several with commas.",
        ),
    ]
    storefront: Annotated[Token | None, Field(description="The storefront of the order.")] = None

    def filter(self) -> ReturnEventFilter:
        """The filter of the query."""
        types = tuple(event.routing_key() for event in CATALOGUE if event.type in self.event_type)
        return ReturnEventFilter(types=types, storefront=self.storefront)


class ReturnFeedOut(FeedOut):
    """Events in the order of publication. `next` is where to go on, also when there is nothing more right now.

    A page with filters may be empty although `more` is true: go on with `next`.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})


def routes(queries: Queries) -> APIRouter:
    """The route of the feed."""
    router = APIRouter(prefix="/v1", tags=["returns"])

    @router.get("/return-events", response_model=ReturnFeedOut, summary="Published return events, from a cursor on")
    async def see_return_events(call: AnyCall, asked: Annotated[ReturnFeedIn, Query()]) -> Response:
        page = await queries.return_events(asked.after, asked.limit, asked.filter(), call.principal)
        return call.send_json(feed_bytes(page))

    return router
