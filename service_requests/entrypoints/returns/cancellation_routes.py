"""Route of cancellation: the customer keeps what has not arrived (A11, D06)."""

from fastapi import APIRouter, Response
from pydantic import ConfigDict

from service_requests.application.returns import cancellation
from service_requests.entrypoints.returns.return_views import ReturnOut, StaffReturnOut, answer_with_return
from shared.runtime.clock import Clock
from shared.web.call import AnyCall
from shared.web.fields import Input
from shared.web.version_headers import CHANGED


class CancellationIn(Input):
    """Nothing to say."""

    model_config = ConfigDict(json_schema_extra={"example": {}})


def routes(clock: Clock) -> APIRouter:
    """The routes over their parts."""
    router = APIRouter(prefix="/v1/returns/{return_id}", tags=["returns"])
    shape = ReturnOut | StaffReturnOut

    @router.post("/cancellation", response_model=shape, summary="Keep what has not arrived", **CHANGED)
    async def cancel(call: AnyCall, return_id: str, _: CancellationIn) -> Response:
        at = clock()
        return await answer_with_return(call, lambda uow: cancellation.cancel(uow, return_id, by=call.principal, at=at))

    return router
