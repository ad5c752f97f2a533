"""Route of requests: a return is requested (R1.1, A02)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field

from service_requests.application.returns import request
from service_requests.domain.eligibility.case_of_order import RequestedLine
from service_requests.entrypoints.eligibility.assessment_routes import A_LINE, AskedLineIn
from service_requests.entrypoints.returns.annotation_routes import Metadata, Reference
from service_requests.entrypoints.returns.return_views import ReturnOut, StaffReturnOut, answer_with_return
from shared.kernel.principal import Principal
from shared.runtime.clock import Clock, NewId
from shared.web.call import AnyCall
from shared.web.fields import Input, Note, Token
from shared.web.version_headers import TAGGED

Channel = Literal["web", "app", "phone", "mail", "agent", "storefront"]


class WishIn(AskedLineIn):
    """The same with what the customer says about it."""

    comment: Note | None = None

    def requested_line(self) -> RequestedLine:
        """The requested line of the domain; a comment counts as a description."""
        return replace(super().requested_line(), described=self.comment is not None)


class GoodwillIn(Input):
    """A member of staff gives more than anybody is owed, within the limits that the policy sets his role (B09).

    `reason` is a code that the customer may see, e.g. `bereavement`. Above an amount a second person has to agree.
    """

    reason: Token


class ReturnIn(Input):
    """A request. `customer_id` is for agents, who ask on somebody's behalf; it must be the order's."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "order_id": "order_01JD0000000000000000000000",
                "lines": [{**A_LINE, "comment": "The colour is not mine."}],
                "channel": "web",
            }
        }
    )

    order_id: Token
    lines: Annotated[list[WishIn], Field(min_length=1, max_length=500)]
    channel: Channel | None = None
    customer_id: Token | None = None
    goodwill: GoodwillIn | None = None
    metadata: Metadata = Field(default_factory=dict)
    external_reference: Reference | None = None

    def request(self, by: Principal) -> request.ReturnRequest:
        """The request of the use case."""
        lines = tuple(request.CommentedLine(line.requested_line(), line.comment) for line in self.lines)
        reason = self.goodwill.reason if self.goodwill is not None else None
        return request.ReturnRequest(
            order_id=self.order_id,
            lines=lines,
            by=by,
            channel=self.channel,
            customer_id=self.customer_id,
            goodwill=reason,
            metadata=self.metadata,
            external_reference=self.external_reference,
        )


def routes(clock: Clock, new_id: NewId, new_rma: Callable[[], str]) -> APIRouter:
    """The one route."""
    router = APIRouter(prefix="/v1", tags=["returns"])

    @router.post(
        "/returns",
        response_model=ReturnOut | StaffReturnOut,
        status_code=201,
        summary="Ask to send goods back; answered at once where the policy can",
        responses={201: {"headers": TAGGED}},
    )
    async def request_return(call: AnyCall, body: ReturnIn) -> Response:
        asked, at, return_id = body.request(call.principal), clock(), new_id("ret")
        return await answer_with_return(
            call,
            lambda uow: request.request_return(uow, asked, return_id=return_id, new_id=new_id, new_rma=new_rma, at=at),
            status=201,
        )

    return router
