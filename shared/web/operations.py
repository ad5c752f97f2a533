"""For operators: what is parked in a service's inbox, tried again or given up on record; how its loops are (N04)."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.contracts.doors import Service
from shared.messaging.inbox import Inbox
from shared.runtime.loops import Heart, Loops
from shared.web.desk import AnyDesk

Reason = Annotated[str, StringConstraints(min_length=3, max_length=500)]


class DeadLetterOut(BaseModel):
    """A parked event: why, since when, how often tried."""

    consumer: str
    id: str
    type: str
    subject: str
    sequence: int
    state: Literal["waiting", "dead"]
    reason: str
    detail: str
    attempts: int
    parked_at: datetime
    due_at: datetime


class DeadLetterWithBody(DeadLetterOut):
    """The same with the bytes as they came."""

    body: str


class DeadLettersOut(BaseModel):
    """The longest waiting first."""

    items: list[DeadLetterOut]


class DiscardIn(BaseModel):
    """Giving an event up needs a reason that stays on record."""

    model_config = ConfigDict(extra="forbid", strict=True)
    consumer: Annotated[str, Field(max_length=100)]
    reason: Reason


class ReplayIn(BaseModel):
    """Which consumer is to take the event again."""

    model_config = ConfigDict(extra="forbid", strict=True)
    consumer: Annotated[str, Field(max_length=100)]


class LoopOut(BaseModel):
    """One supervised loop."""

    name: str
    alive: bool
    age_s: float
    rounds: int
    restarts: int
    last_error: str | None


class LoopsOut(BaseModel):
    """Every loop of the answering process."""

    items: list[LoopOut]


def operations(service: Service, inbox: Inbox[Any], loops: Loops) -> APIRouter:
    """The operators' routes of one service."""
    router = APIRouter(prefix=f"/v1/operations/{service}", tags=["operations"])

    @router.get("/dead-letters", response_model=DeadLettersOut, summary="Parked events")
    async def dead_letters(
        desk: AnyDesk,
        state: Annotated[Literal["waiting", "dead"] | None, Query()] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    ) -> Response:
        async def find() -> dict[str, Any]:
            return {"items": [dict(row) for row in await inbox.parked(state, limit)]}

        return await desk.see(find(), DeadLettersOut)

    @router.get("/dead-letters/{event_id}", response_model=DeadLetterWithBody, summary="One parked event, whole")
    async def dead_letter(desk: AnyDesk, event_id: str, consumer: str) -> Response:
        async def find() -> dict[str, Any]:
            return dict(await inbox.show(consumer, event_id))

        return await desk.see(find(), DeadLetterWithBody)

    @router.post("/dead-letters/{event_id}/replay", response_model=DeadLetterOut, summary="Try a parked event again")
    async def replay(desk: AnyDesk, event_id: str, body: ReplayIn) -> Response:
        async def again() -> dict[str, Any]:
            return dict(await inbox.replay(body.consumer, event_id, by=desk.principal.actor))

        return await desk.see(again(), DeadLetterOut)

    @router.post("/dead-letters/{event_id}/discard", response_model=DeadLetterOut, summary="Give a parked event up")
    async def discard(desk: AnyDesk, event_id: str, body: DiscardIn) -> Response:
        async def give_up() -> dict[str, Any]:
            row = await inbox.discard(body.consumer, event_id, by=desk.principal.actor, reason=body.reason)
            return dict(row)

        return await desk.see(give_up(), DeadLetterOut)

    _loops(router, loops)
    return router


def _loops(router: APIRouter, loops: Loops) -> None:
    @router.get("/loops", response_model=LoopsOut, summary="The loops of the answering process")
    async def hearts(desk: AnyDesk) -> Response:
        async def find() -> dict[str, Any]:
            return {"items": list(map(_seen, loops.hearts.values()))}

        return await desk.see(find(), LoopsOut)


def _seen(heart: Heart) -> dict[str, Any]:
    return {
        "name": heart.name,
        "alive": heart.alive,
        "age_s": round(heart.age, 2),
        "rounds": heart.rounds,
        "restarts": heart.restarts,
        "last_error": heart.last_error,
    }
