"""Route of assessments: whether goods may come back, without effect (A01)."""

from typing import Annotated, Final

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field, JsonValue

from service_requests.application.eligibility import assessment
from service_requests.application.ports import UnitOfWork
from service_requests.domain.eligibility.case_of_order import RequestedLine
from service_requests.domain.policy.vocabulary import Proof, State
from service_requests.entrypoints.eligibility.assessment_views import VerdictOut
from shared.runtime.clock import Clock
from shared.web.call import AnyCall
from shared.web.fields import Input, Quantity, Token

A_LINE: Final[dict[str, JsonValue]] = {
    "line_id": "1",
    "quantity": 1,
    "reason": "changed_mind",
    "condition": "unopened",
}


class AskedLineIn(Input):
    """What would come back of one order line, and why."""

    model_config = ConfigDict(json_schema_extra={"example": A_LINE})

    line_id: Token
    quantity: Quantity
    reason: Token
    condition: Token
    states: list[Annotated[State, Field(strict=False)]] = Field(default_factory=list, max_length=16)
    """What can be said about the condition besides; each counts by the law's test for that kind of goods (B06)."""
    proofs: list[Annotated[Proof, Field(strict=False)]] = Field(default_factory=list, max_length=6)
    """What the storefront has on file already; what the policy asks for besides is said in the answer."""

    def requested_line(self) -> RequestedLine:
        """The requested line of the domain."""
        return RequestedLine(
            line_id=self.line_id,
            quantity=self.quantity,
            reason=self.reason,
            condition=self.condition,
            states=tuple(sorted({state.value for state in self.states})),
            proofs=tuple(sorted({proof.value for proof in self.proofs})),
        )


class EligibilityIn(Input):
    """A question without effect."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"order_id": "order_01JD0000000000000000000000", "lines": [A_LINE]}}
    )

    order_id: Token
    lines: Annotated[list[AskedLineIn], Field(min_length=1, max_length=500)]


def routes(clock: Clock) -> APIRouter:
    """The one route."""
    router = APIRouter(prefix="/v1", tags=["returns"])

    @router.post("/eligibility", response_model=VerdictOut, summary="May these goods come back? No effect")
    async def assess(call: AnyCall, body: EligibilityIn) -> Response:
        lines = [line.requested_line() for line in body.lines]

        async def answer(uow: UnitOfWork) -> VerdictOut:
            return VerdictOut.of(await assessment.assess(uow, body.order_id, lines, by=call.principal, at=clock()))

        return await call.execute(answer, VerdictOut)

    return router
