"""The route to the names of staff and machines."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import ConfigDict, Field, StringConstraints

from gateway.application.identity.actors import name_actors
from gateway.application.queries import Queries
from gateway.entrypoints.identity.admission import Caller
from gateway.entrypoints.identity.answers import answer
from shared.kernel.principal import Kind
from shared.runtime.clock import Clock
from shared.web.fields import CLEAN, Output

ActorIds = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=CLEAN)]],
    Query(
        alias="id",
        min_length=1,
        max_length=100,
        description="An id as it is in timelines and decisions, such as `staff:acc_…`, `system:key_…` or "
        "`device:key_…`. Repeat the parameter for more of them, up to 100.",
        examples=[["staff:acc_01KD0M4Z5Q8T3V7X2Y9B6C1D0E"]],
    ),
]


class ActorOut(Output):
    """Who is behind an id."""

    id: str
    kind: Kind | None = Field(description="What the id says; null for an id of another form.")
    name: str | None = Field(
        description="The name of the member of staff or of the machine. Null for an id that is not known, and for "
        "customers."
    )
    active: bool | None = Field(
        description="Whether the account is open, or the key is good. Null for an id that is not known."
    )


class ActorsOut(Output):
    """In the order of the question, each id once."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [
                        {
                            "id": "staff:acc_01KD0M4Z5Q8T3V7X2Y9B6C1D0E",
                            "kind": "staff",
                            "name": "Ada",
                            "active": True,
                        },
                        {"id": "customer:cust_81", "kind": "customer", "name": None, "active": None},
                    ]
                }
            ]
        }
    )

    items: list[ActorOut]


def routes(queries: Queries, clock: Clock) -> APIRouter:
    """The route over its parts."""
    router = APIRouter(prefix="/v1/actors", tags=["identity"])

    @router.get("", response_model=ActorsOut, summary="Names for the ids of staff and machines")
    async def see_actors(_caller: Caller, ids: ActorIds) -> Response:
        return answer(ActorsOut, {"items": list(await name_actors(queries, ids, clock()))})

    return router
