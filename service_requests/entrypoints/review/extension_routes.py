"""Route of extensions: an agent gives somebody longer, and says why (Z24)."""

from datetime import date

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field

from service_requests.application.returns import deadline
from service_requests.domain.returns.progress.matter import DeadlineName
from service_requests.entrypoints.returns.return_actions import Extendable
from service_requests.entrypoints.returns.return_views import ReturnOut, StaffReturnOut, answer_with_return
from service_requests.entrypoints.review.review_routes import ReasonIn
from shared.runtime.clock import Clock
from shared.web.call import AnyCall
from shared.web.fields import Input
from shared.web.version_headers import CHANGED


class ExtensionIn(Input):
    """A later last day for one deadline of the return. The deadlines of the law for money cannot be moved.

    The deadline of an inspection is extended at `POST /v1/inspections/{return_id}/extension`.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "deadline": "ship",
                "day": "2026-12-20",
                "reason": {"en": "You are in hospital until the middle of December.", "zh-CN": "您住院至十二月中旬。"},
            }
        }
    )

    deadline: Extendable = Field(
        description="`decide`: our decision about the request; `ship`: the sending by the customer; `arrive`: the way "
        "of the parcel; `judge`: our decision about goods that did not pass."
    )
    day: date = Field(description="The new last day. It is later than the present one.", strict=False)
    reason: ReasonIn = Field(description="Why, for the customer to read.")


def routes(clock: Clock) -> APIRouter:
    """The one route."""
    router = APIRouter(prefix="/v1/returns/{return_id}", tags=["returns"])
    shape = ReturnOut | StaffReturnOut

    @router.post("/extension", response_model=shape, summary="Extend a deadline, with the reason", **CHANGED)
    async def extend(call: AnyCall, return_id: str, body: ExtensionIn) -> Response:
        at, promise = clock(), DeadlineName(body.deadline)
        return await answer_with_return(
            call,
            lambda uow: deadline.extend(uow, return_id, promise, body.day, reason=body.reason.said(), at=at),
        )

    return router
