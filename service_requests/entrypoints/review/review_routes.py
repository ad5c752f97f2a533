"""Routes of review: a person approves or refuses a referred return (R2.1, R2.5)."""

from collections.abc import Callable
from typing import Annotated, Final, Self

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field, StringConstraints, model_validator

from service_requests.application.review import review
from service_requests.entrypoints.returns.return_views import ReturnOut, StaffReturnOut, answer_with_return
from shared.kernel.errors import Said
from shared.runtime.clock import Clock
from shared.web.call import AnyCall
from shared.web.fields import CLEAN, Input, Note
from shared.web.version_headers import CHANGED

Spoken = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=CLEAN)]
"""A text that the customer reads; part of an event."""


class ApprovalIn(Input):
    """An agent says yes; the note stays among colleagues."""

    model_config = ConfigDict(json_schema_extra={"example": {"note": "Long-standing customer."}})

    note: Note | None = None


class RefusalIn(Input):
    """An agent says no: the reason is what the customer reads, the note stays among colleagues."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "reason": {
                    "en": "The serial number is not from this order.",
                    "zh-CN": "序列号与该订单不符。",
                }
            }
        }
    )

    reason: "ReasonIn"
    note: Note | None = None


ONE_LANGUAGE: Final = Said("Give the reason in `en`, in `zh-CN`, or in both.", "请用 `en`、`zh-CN` 或两者填写原因。")


class ReasonIn(Input):
    """The reason in both languages; one alone stands for both.

    A customer who reads the other language is told in which language the reason was written. `customer_reads` of the
    answer names hers.
    """

    en: Spoken | None = None
    zh: Annotated[Spoken | None, Field(alias="zh-CN")] = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.en is None and self.zh is None:
            raise ValueError(ONE_LANGUAGE)
        return self

    def said(self) -> Said:
        """The reason in both languages."""
        return Said(self.en or self.zh or "", self.zh or self.en or "")


def routes(clock: Clock, new_rma: Callable[[], str]) -> APIRouter:
    """The routes over their parts."""
    router = APIRouter(prefix="/v1/returns/{return_id}", tags=["returns"])
    shape = ReturnOut | StaffReturnOut

    @router.post("/approval", response_model=shape, summary="Approve what waits for a person", **CHANGED)
    async def approve(call: AnyCall, return_id: str, body: ApprovalIn) -> Response:
        at = clock()
        return await answer_with_return(
            call,
            lambda uow: review.approve(uow, return_id, by=call.principal.actor, rma=new_rma(), note=body.note, at=at),
        )

    @router.post("/refusal", response_model=shape, summary="Refuse what waits for a person, with the reason", **CHANGED)
    async def refuse(call: AnyCall, return_id: str, body: RefusalIn) -> Response:
        at, reason = clock(), body.reason.said()
        return await answer_with_return(
            call, lambda uow: review.refuse(uow, return_id, reason=reason, note=body.note, at=at)
        )

    return router
