"""For operators: what a service owes, and the facts that the reconciler compares (R04)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field, StringConstraints

from shared.contracts.operations import Service
from shared.kernel.errors import NotFound
from shared.web.call import AnyCall
from shared.web.fields import CLEAN, Input, Moment, Output
from shared.web.operators.owed import Facts, Ledger

MOST: Final = 1000
FactKind = Annotated[str, Path(min_length=1, max_length=100, pattern=CLEAN, description="The name of the facts.")]
Id = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=CLEAN)]


class OwedOut(Output):
    """Things of one kind that wait for a person: what they are, what to do, and the oldest of them."""

    kind: str
    says: str
    do: str
    count: int
    since: datetime
    ids: list[str]


class OwedList(Output):
    """Only kinds of which something is owed."""

    items: list[OwedOut]


class SoughtFacts(Input):
    """Facts of a span of time."""

    since: Annotated[Moment, Field(description="Facts of this moment or later.")]
    until: Annotated[Moment, Field(description="Facts before this moment.")]
    after: Annotated[str, Field(max_length=200, pattern=CLEAN, description="`next` of the page before.")] = ""
    limit: Annotated[int, Field(ge=1, le=MOST, strict=False)] = MOST


class FactOut(Output):
    """An id, and the moment from which the service knows it."""

    id: str
    at: datetime


class FactsOut(Output):
    """In the order of the ids."""

    items: list[FactOut]
    next: str | None


class LookUpIn(Input):
    """Ids of another service."""

    ids: Annotated[list[Id], Field(max_length=MOST)]


class LackingOut(Output):
    """The ids of which this service does not know the fact."""

    lacking: list[str]


def owed_routes(service: Service, ledger: Ledger, facts: Facts) -> APIRouter:
    """The routes of one service."""
    router = APIRouter(prefix=f"/v1/operations/{service}", tags=["operations"])

    @router.get("/owed", response_model=OwedList, summary="What waits for a person")
    async def owed(call: AnyCall) -> Response:
        async def find() -> dict[str, Any]:
            said = call.language
            return {
                "items": [
                    {
                        "kind": each.kind,
                        "says": each.says.to(said, n=each.count),
                        "do": each.do.to(said),
                        "count": each.count,
                        "since": each.since,
                        "ids": each.ids,
                    }
                    for each in await ledger.owed()
                ]
            }

        return await call.read(find(), OwedList)

    @router.get("/facts/{kind}", response_model=FactsOut, summary="Facts that the reconciler compares")
    async def list_facts(call: AnyCall, kind: FactKind, sought: Annotated[SoughtFacts, Query()]) -> Response:
        async def find() -> dict[str, Any]:
            _must_be(kind, facts.listed)
            rows = await facts.page(
                kind, since=sought.since, until=sought.until, after=sought.after, limit=sought.limit
            )
            return {"items": [dict(row) for row in rows], "next": _next(rows, sought.limit)}

        return await call.read(find(), FactsOut)

    @router.post("/facts/{kind}/comparison", response_model=LackingOut, summary="Which ids are not known")
    async def compare_facts(call: AnyCall, kind: FactKind, body: LookUpIn) -> Response:
        async def look() -> dict[str, Sequence[str]]:
            _must_be(kind, facts.known)
            return {"lacking": await facts.lacking(kind, body.ids)}

        return await call.read(look(), LackingOut)

    return router


def _must_be(kind: str, known: frozenset[str]) -> None:
    if kind not in known:
        raise NotFound("fact")


def _next(rows: Sequence[Any], limit: int) -> str | None:
    return str(rows[-1]["id"]) if len(rows) == limit else None
