"""Route of cancellation: the customer keeps what has not arrived, or a part of it (A11, D06, Z24)."""

from typing import Annotated, Final, Self

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field, model_validator

from service_requests.application.returns import cancellation
from service_requests.entrypoints.returns.return_views import ReturnOut, StaffReturnOut, answer_with_return
from shared.kernel.errors import Said
from shared.runtime.clock import Clock
from shared.web.call import AnyCall
from shared.web.fields import Input, Token
from shared.web.version_headers import CHANGED

ONE_OR_THE_OTHER: Final = Said(
    "Name the units, or say how many pieces, but not both.", "请指定商品或给出数量，二者不可同时填写。"
)


class CancellationIn(Input):
    """What stays with the customer: these units, or so many pieces; everything that has not arrived where both are
    left out. Other units go on.
    """

    model_config = ConfigDict(json_schema_extra={"example": {}})

    unit_ids: Annotated[
        list[Token] | None,
        Field(min_length=1, max_length=200, description="Units that stay. A part of a lot is named by its pieces."),
    ] = None
    quantity: Annotated[
        int | None, Field(ge=1, le=10_000, description="So many pieces stay, those first that were not sent.")
    ] = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.unit_ids is not None and self.quantity is not None:
            raise ValueError(ONE_OR_THE_OTHER)
        return self


def routes(clock: Clock) -> APIRouter:
    """The routes over their parts."""
    router = APIRouter(prefix="/v1/returns/{return_id}", tags=["returns"])
    shape = ReturnOut | StaffReturnOut

    @router.post("/cancellation", response_model=shape, summary="Keep what has not arrived, or a part", **CHANGED)
    async def cancel(call: AnyCall, return_id: str, body: CancellationIn) -> Response:
        at = clock()
        return await answer_with_return(
            call,
            lambda uow: cancellation.cancel(uow, return_id, body.unit_ids, body.quantity, by=call.principal, at=at),
        )

    return router
