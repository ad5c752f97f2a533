"""Routes of what a merchant writes on a return: metadata and reference, tags, notes of staff (A18)."""

from typing import Annotated, Final

from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field, StringConstraints

from service_requests.application.queries import Queries
from service_requests.application.returns import annotation
from service_requests.entrypoints.returns.return_views import (
    NoteOut,
    ReturnOut,
    StaffReturnOut,
    answer_with_return,
)
from shared.runtime.clock import Clock
from shared.web.call import AnyCall
from shared.web.fields import CLEAN, Input, Note, Output
from shared.web.version_headers import CHANGED, TAGGED

MOST_KEYS: Final = 20
MOST_TAGS: Final = 20

MetadataKey = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=CLEAN)]
MetadataValue = Annotated[str, StringConstraints(max_length=500, pattern=CLEAN)]
Metadata = Annotated[dict[MetadataKey, MetadataValue], Field(max_length=MOST_KEYS)]
"""Text by text: at most 20 keys of 40 characters, values of 500."""

Reference = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=CLEAN)]
"""The name of the return in another system."""

Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=CLEAN)]


class MetadataIn(Input):
    """The whole metadata and the reference: what is left out is gone."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"metadata": {"batch": "2026-47"}, "external_reference": "ERP-4711"}}
    )

    metadata: Metadata
    external_reference: Reference | None = None


class TagsIn(Input):
    """All tags of the return. Only staff see tags."""

    model_config = ConfigDict(json_schema_extra={"example": {"tags": ["vip", "check serial number"]}})

    tags: Annotated[list[Tag], Field(max_length=MOST_TAGS)]


class NoteIn(Input):
    """A note for colleagues. The customer never sees it."""

    model_config = ConfigDict(json_schema_extra={"example": {"text": "She called twice; please ring back at noon."}})

    text: Note


class NotesOut(Output):
    """All notes, the oldest first."""

    items: list[NoteOut]


def routes(queries: Queries, clock: Clock) -> APIRouter:
    """The routes over their parts."""
    router = APIRouter(prefix="/v1/returns/{return_id}", tags=["returns"])
    shape = ReturnOut | StaffReturnOut

    @router.put("/metadata", response_model=shape, summary="Replace metadata and reference", **CHANGED)
    async def put_metadata(call: AnyCall, return_id: str, body: MetadataIn) -> Response:
        at = clock()
        return await answer_with_return(
            call,
            lambda uow: annotation.annotate(
                uow, return_id, body.metadata, body.external_reference, by=call.principal, at=at
            ),
        )

    @router.put("/tags", response_model=shape, summary="Replace the tags, which only staff see", **CHANGED)
    async def put_tags(call: AnyCall, return_id: str, body: TagsIn) -> Response:
        at = clock()
        return await answer_with_return(call, lambda uow: annotation.tag(uow, return_id, body.tags, at=at))

    @router.post(
        "/notes",
        response_model=shape,
        status_code=201,
        summary="Add a note for colleagues",
        responses={201: {"headers": TAGGED}},
    )
    async def add_note(call: AnyCall, return_id: str, body: NoteIn) -> Response:
        at, by = clock(), call.principal.actor
        return await answer_with_return(
            call, lambda uow: annotation.add_note(uow, return_id, body.text, by=by, at=at), status=201
        )

    @router.get("/notes", response_model=NotesOut, summary="Notes of colleagues")
    async def see_notes(call: AnyCall, return_id: str) -> Response:
        async def shown() -> NotesOut:
            notes = await queries.notes(await queries.return_(return_id, call.principal))
            return NotesOut(items=[NoteOut.model_validate(note) for note in notes])

        return await call.read(shown(), NotesOut)

    return router
