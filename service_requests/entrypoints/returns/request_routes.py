"""Routes of intake: may it come back, and: I want to send it back (R1.1, A01, A02)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field, JsonValue

from service_requests.application.ports import UnitOfWork
from service_requests.application.returns import request
from service_requests.domain.eligibility.case_of_order import RequestedLine
from service_requests.domain.policy.vocabulary import Proof, State
from service_requests.entrypoints.eligibility.assessment_views import VerdictOut
from service_requests.entrypoints.returns.return_views import ReturnOut, StaffReturnOut, answer_with_return
from shared.kernel.principal import Principal
from shared.runtime.clock import Clock, NewId
from shared.web.call import AnyCall
from shared.web.fields import Input, Note, Quantity, Token
from shared.web.version_headers import TAGGED

Channel = Literal["web", "app", "phone", "mail", "agent", "storefront"]

_A_LINE: Final[dict[str, JsonValue]] = {
    "line_id": "1",
    "quantity": 1,
    "reason": "changed_mind",
    "condition": "unopened",
}


class AskedLineIn(Input):
    """What would come back of one order line, and why."""

    model_config = ConfigDict(json_schema_extra={"example": _A_LINE})

    line_id: Token
    quantity: Quantity
    reason: Token
    condition: Token
    states: list[Annotated[State, Field(strict=False)]] = Field(default_factory=list, max_length=16)
    """What can be said about the condition besides; each counts by the law's test for that kind of goods (B06)."""
    proofs: list[Annotated[Proof, Field(strict=False)]] = Field(default_factory=list, max_length=6)
    """What the storefront has on file already; what the policy asks for besides is said in the answer."""

    def wanted(self) -> RequestedLine:
        """The domain's word for it."""
        return RequestedLine(
            line_id=self.line_id,
            quantity=self.quantity,
            reason=self.reason,
            condition=self.condition,
            states=tuple(sorted({state.value for state in self.states})),
            proofs=tuple(sorted({proof.value for proof in self.proofs})),
        )


class WishIn(AskedLineIn):
    """The same with what the customer says about it."""

    comment: Note | None = None

    def wanted(self) -> RequestedLine:
        """The domain's word for it; who writes something has described it."""
        return replace(super().wanted(), described=self.comment is not None)


class EligibilityIn(Input):
    """A question without effect."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"order_id": "order_01JD0000000000000000000000", "lines": [_A_LINE]}}
    )

    order_id: Token
    lines: Annotated[list[AskedLineIn], Field(min_length=1, max_length=100)]


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
                "lines": [{**_A_LINE, "comment": "The colour is not mine."}],
                "channel": "web",
            }
        }
    )

    order_id: Token
    lines: Annotated[list[WishIn], Field(min_length=1, max_length=100)]
    channel: Channel | None = None
    customer_id: Token | None = None
    goodwill: GoodwillIn | None = None

    def request(self, by: Principal) -> request.ReturnRequest:
        """The use case's word for it."""
        wishes = tuple(request.CommentedLine(line.wanted(), line.comment) for line in self.lines)
        reason = self.goodwill.reason if self.goodwill is not None else None
        return request.ReturnRequest(
            order_id=self.order_id,
            wishes=wishes,
            by=by,
            channel=self.channel,
            customer_id=self.customer_id,
            goodwill=reason,
        )


def routes(clock: Clock, new_id: NewId, new_rma: Callable[[], str]) -> APIRouter:
    """The routes over their parts."""
    router = APIRouter(prefix="/v1", tags=["returns"])

    @router.post("/eligibility", response_model=VerdictOut, summary="May these goods come back? No effect")
    async def assess(call: AnyCall, body: EligibilityIn) -> Response:
        wanted = [line.wanted() for line in body.lines]

        async def answer(uow: UnitOfWork) -> VerdictOut:
            return VerdictOut.of(await request.assess(uow, body.order_id, wanted, by=call.principal, at=clock()))

        return await call.execute(answer, VerdictOut)

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
