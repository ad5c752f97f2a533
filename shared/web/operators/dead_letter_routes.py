"""For operators: what is parked in a service's inbox, tried again or given up on record; how its loops are (N04)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field, StringConstraints

from shared.contracts.envelope import SEQUENCE
from shared.contracts.operations import Service
from shared.database.reader import Row
from shared.messaging.dead_letters import DeadLetter, DeadLetters
from shared.runtime.loops import Heartbeat, Loops
from shared.web.call import AnyCall
from shared.web.fields import CLEAN, NEXT_PAGE, Input, Output, Page, last_seen

Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500, pattern=CLEAN)]
EventId = Annotated[str, Path(min_length=1, max_length=200, pattern=CLEAN)]
Queue = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=CLEAN)]
Cursor = Annotated[str | None, NEXT_PAGE, last_seen("act")]
Limit = Annotated[int, Query(ge=1, le=1000)]


class DeadLetterOut(Output):
    """A parked event: why, since when, how often tried."""

    consumer: str
    id: str
    type: str
    subject: str
    sequence: Annotated[int, Field(description=SEQUENCE)]
    state: Literal["waiting", "dead"]
    reason: str
    detail: str
    attempts: int
    parked_at: datetime
    due_at: datetime


class ActOut(Output):
    """What a person did about a parked event: who, when, what, why; and how the event lay there then."""

    id: str
    act: Literal["replay", "discard"]
    by: str
    at: datetime
    why: str | None
    consumer: str
    event_id: str
    type: str
    subject: str
    sequence: Annotated[int, Field(description=SEQUENCE)]
    state: Literal["waiting", "dead"]
    reason: str
    detail: str
    attempts: int
    parked_at: datetime


class ActWithBody(ActOut):
    """The same; a discarded event's bytes are kept here."""

    body: str | None


class DeadLetterWhole(Output):
    """One event: as it lies with its bytes, or nothing once it was taken or given up; and what was done about it."""

    parked: DeadLetterOut | None
    body: str | None
    acts: list[ActWithBody]


class Sought(Input):
    """Which parked events to list."""

    state: Literal["waiting", "dead"] | None = None
    consumer: Queue | None = None
    event_id: Annotated[str, Field(max_length=200, pattern=CLEAN)] | None = None
    cursor: Annotated[str, Field(max_length=1000, description="`next` of the page before.")] | None = None
    limit: Annotated[int, Field(ge=1, le=1000, strict=False)] = 200


class DeadLettersOut(Page):
    """The longest waiting first."""

    items: list[DeadLetterOut]


class ActsOut(Page):
    """The newest first."""

    items: list[ActOut]


class DiscardIn(Input):
    """Giving an event up needs a reason that stays on record."""

    consumer: Queue
    reason: Why


class ReplayIn(Input):
    """Which consumer is to take the event again, and why, for the record."""

    consumer: Queue
    reason: Why | None = None


class LoopOut(Output):
    """One supervised loop."""

    name: str
    alive: bool
    age_s: float
    rounds: int
    restarts: int
    failing: Annotated[bool, Field(description="Whether it has failed within the last minute.")]
    last_error: str | None


class LoopsOut(Output):
    """Every loop of the answering process."""

    items: list[LoopOut]


def dead_letter_routes(service: Service, letters: DeadLetters, loops: Loops) -> APIRouter:
    """The routes to the parked events and the loops of one service."""
    router = APIRouter(prefix=f"/v1/operations/{service}", tags=["operations"])
    _letters(router, letters)
    _acts(router, letters)
    _loops(router, loops)
    return router


def _letters(router: APIRouter, letters: DeadLetters) -> None:
    @router.get("/dead-letters", response_model=DeadLettersOut, summary="Parked events")
    async def dead_letters(call: AnyCall, sought: Annotated[Sought, Query()]) -> Response:
        async def find() -> dict[str, Any]:
            found = await letters.parked(
                state=sought.state,
                consumer=sought.consumer,
                event=sought.event_id,
                cursor=sought.cursor,
                limit=sought.limit,
            )
            return {"items": _plain(found.rows), "next": found.next}

        return await call.read(find(), DeadLettersOut)

    @router.get("/dead-letters/{event_id}", response_model=DeadLetterWhole, summary="One parked event, whole")
    async def dead_letter(call: AnyCall, event_id: EventId, consumer: Annotated[Queue, Query()]) -> Response:
        async def find() -> dict[str, Any]:
            return _whole(await letters.show(consumer, event_id))

        return await call.read(find(), DeadLetterWhole)


def _acts(router: APIRouter, letters: DeadLetters) -> None:
    @router.post("/dead-letters/{event_id}/replay", response_model=DeadLetterOut, summary="Try a parked event again")
    async def replay(call: AnyCall, event_id: EventId, body: ReplayIn) -> Response:
        async def again() -> dict[str, Any]:
            return dict(await letters.replay(body.consumer, event_id, by=call.principal.actor, why=body.reason))

        return await call.read(again(), DeadLetterOut)

    @router.post("/dead-letters/{event_id}/discard", response_model=DeadLetterOut, summary="Give a parked event up")
    async def discard(call: AnyCall, event_id: EventId, body: DiscardIn) -> Response:
        async def give_up() -> dict[str, Any]:
            return dict(await letters.discard(body.consumer, event_id, by=call.principal.actor, why=body.reason))

        return await call.read(give_up(), DeadLetterOut)

    @router.get("/dead-letter-acts", response_model=ActsOut, summary="What people did about parked events")
    async def acts(call: AnyCall, cursor: Cursor = None, limit: Limit = 200) -> Response:
        async def find() -> dict[str, Any]:
            found = await letters.acts(cursor=cursor, limit=limit)
            return {"items": _plain(found.rows), "next": found.next}

        return await call.read(find(), ActsOut)


def _plain(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [dict(row) for row in rows]


def _whole(letter: DeadLetter) -> dict[str, Any]:
    row = letter.row
    return {
        "parked": None if row is None else dict(row),
        "body": None if row is None else row["body"],
        "acts": _plain(letter.acts),
    }


def _loops(router: APIRouter, loops: Loops) -> None:
    # The published name of the operation is "hearts"; generated clients use it.
    @router.get("/loops", response_model=LoopsOut, summary="The loops of the answering process", operation_id="hearts")
    async def list_loops(call: AnyCall) -> Response:
        async def find() -> dict[str, Any]:
            return {"items": list(map(_seen, loops.heartbeats.values()))}

        return await call.read(find(), LoopsOut)


def _seen(heartbeat: Heartbeat) -> dict[str, Any]:
    return {
        "name": heartbeat.name,
        "alive": heartbeat.alive,
        "age_s": round(heartbeat.age, 2),
        "rounds": heartbeat.rounds,
        "restarts": heartbeat.restarts,
        "failing": heartbeat.failing,
        "last_error": heartbeat.last_error,
    }
