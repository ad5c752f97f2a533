"""Routes of the payment simulator: its transfers, and its behaviour."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator, ConfigDict, Field

from service_refunds.application.queries import Queries
from service_refunds.application.settlement import simulator
from service_refunds.application.settlement.simulator import Mode
from shared.kernel.errors import NO_CURSOR
from shared.kernel.ids import is_id
from shared.web.call import AnyCall
from shared.web.fields import Input, Output, Page


def _last_booked(cursor: str | None) -> str | None:
    """The key of the last transfer on the page before: a refund's id and the number of its payout."""
    if cursor is not None and not is_id(cursor.rpartition("-")[0], "rfd"):
        raise ValueError(NO_CURSOR)
    return cursor


class TransferListingIn(Input):
    """Which page of the transfers."""

    cursor: Annotated[
        str | None, Field(max_length=100, description="`next` of the page before."), AfterValidator(_last_booked)
    ] = None
    limit: Annotated[int, Field(ge=1, le=200, strict=False, description="The most items of a page.")] = 50


class TransferOut(Output):
    """A transfer under our key; `calls` counts how often we asked for it."""

    key: str
    reference: str
    amount_minor: int
    currency: str
    state: str
    calls: int
    at: datetime


class TransfersOut(Page):
    """The newest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "key": "rfd_01M866AF1NE5RRA8F1E8V5HP0Q-1",
                            "reference": "ch_9001",
                            "amount_minor": 5001,
                            "currency": "EUR",
                            "state": "paid",
                            "calls": 1,
                            "at": "2026-11-24T10:30:01Z",
                        }
                    ],
                    "next": None,
                }
            ]
        }
    )

    items: list[TransferOut]


class BehaviourIn(Input):
    """What the simulator does with its next payments; after `times` of them it settles again."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"mode": "time_out_after_success", "times": 1}]})

    mode: Annotated[Mode, Field(strict=False)]
    times: Annotated[int, Field(ge=0, le=1_000_000)] = 1


class BehaviourOut(Output):
    """The same, as it is now in force."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"mode": "time_out_after_success", "times": 1}]})

    mode: Mode
    times: int


def routes(queries: Queries) -> APIRouter:
    """The routes of the payment simulator."""
    router = APIRouter(prefix="/v1/payments/simulator", tags=["payment simulator"])

    @router.get("/transfers", response_model=TransfersOut, summary="What the simulator has booked")
    async def see_transfers(call: AnyCall, asked: Annotated[TransferListingIn, Query()]) -> Response:
        return await call.read(queries.transfers(asked.cursor, asked.limit), TransfersOut)

    @router.put("/behaviour", response_model=BehaviourOut, summary="How the simulator shall behave")
    async def set_behaviour(call: AnyCall, body: BehaviourIn) -> Response:
        async def behave(uow: Any) -> BehaviourIn:
            await simulator.set_behaviour(uow, body.mode, body.times)
            return body

        return await call.execute(behave, BehaviourOut)

    return router
