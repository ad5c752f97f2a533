"""The route to the record of refusals, for auditors."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import ConfigDict, Field

from gateway.application.queries import Queries
from gateway.entrypoints.identity.admission import Caller
from gateway.entrypoints.identity.answers import answer
from shared.web.fields import NEXT_PAGE, Output, last_seen

Cursor = Annotated[str | None, NEXT_PAGE, last_seen("rfs")]


class RefusalOut(Output):
    """Who was turned away from what; `times` counts what was the same within a second."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "rfs_01KD0M4Z5Q8T3V7X2Y9B6C1D0E",
                    "refused_at": "2027-01-05T08:00:00Z",
                    "status": 403,
                    "code": "forbidden",
                    "method": "POST",
                    "path": "/v1/returns/{return_id}/approval",
                    "actor": "customer:cust_81",
                    "address": "203.0.113.7",
                    "request": "0c6f3a1d5b7e49c2a8f0d1e2b3c4d5e6",
                    "times": 1,
                }
            ]
        }
    )

    id: str
    refused_at: datetime
    status: Annotated[int, Field(description="0 for what was let pass but looked forged.")]
    code: str
    method: str
    path: str
    actor: str | None
    address: str
    request: str
    times: int


class RefusalsOut(Output):
    """The newest first."""

    items: list[RefusalOut]
    next: str | None


def routes(queries: Queries) -> APIRouter:
    """The routes over their parts."""
    router = APIRouter(prefix="/v1/refusals", tags=["audit"])

    @router.get("", response_model=RefusalsOut, summary="Whom the gateway turned away")
    async def see_refusals(
        _caller: Caller, cursor: Cursor = None, limit: Annotated[int, Query(ge=1, le=200)] = 50
    ) -> Response:
        return answer(RefusalsOut, await queries.refusals(cursor, limit))

    return router
