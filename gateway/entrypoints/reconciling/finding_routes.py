"""The routes to the findings of the reconciler, for operators (R04)."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AfterValidator, Field, StringConstraints

from gateway.application.reconciling.ports import Findings
from gateway.domain.reconciling.comparison import BY_NAME
from gateway.domain.reconciling.finding import Finding, FindingState
from gateway.entrypoints.identity.admission import Caller
from gateway.entrypoints.identity.answers import answer
from shared.kernel.errors import NO_CURSOR, Language
from shared.runtime.clock import Clock
from shared.web.fields import CLEAN, Input, Output
from shared.web.problems import language_of


def _last_finding(cursor: str | None) -> str | None:
    """The id of the last finding of the page before; `NO_CURSOR` for what can be no finding."""
    if cursor is not None:
        name, _, about = cursor.partition("~")
        if name not in BY_NAME or not about or not about.isprintable():
            raise ValueError(NO_CURSOR)
    return cursor


FindingId = Annotated[str, Path(min_length=1, max_length=300, pattern=CLEAN, description="The id of the finding.")]
Cursor = Annotated[
    str | None,
    Query(max_length=300, description="`next` of the page before."),
    AfterValidator(_last_finding),
]
Limit = Annotated[int, Query(ge=1, le=200, description="How many findings a page has.")]


class FindingOut(Output):
    """Something on which two services disagree: what it is, about which return, and what to do."""

    id: str
    name: str
    about: str
    state: FindingState
    says: str
    do: str
    found_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    reason: str | None


class FindingsOut(Output):
    """In the order of the ids. `late` names comparisons that were not made for a long time."""

    items: list[FindingOut]
    next: str | None
    late: list[str]


class DismissalIn(Input):
    """Why the finding may stay."""

    reason: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=3, max_length=500, pattern=CLEAN),
        Field(description="The reason, which stays on record.", examples=["Refunded in the shop, case 4711."]),
    ]


def routes(rows: Findings, late: Callable[[], Awaitable[Sequence[str]]], clock: Clock) -> APIRouter:
    """The routes over their parts."""
    router = APIRouter(prefix="/v1/operations/findings", tags=["operations"])

    @router.get("", response_model=FindingsOut, summary="On what the services disagree")
    async def see_findings(
        request: Request, _caller: Caller, state: FindingState | None = None, cursor: Cursor = None, limit: Limit = 50
    ) -> Response:
        language = language_of(request.headers.get("accept-language"))
        found = await rows.page(state, cursor or "", limit + 1)
        items = [_shown(each, language) for each in found[:limit]]
        more = items[-1]["id"] if len(found) > limit else None
        return answer(FindingsOut, {"items": items, "next": more, "late": await late()})

    @router.post("/{finding_id}/dismissal", response_model=FindingOut, summary="A finding may stay as it is")
    async def dismiss_finding(request: Request, caller: Caller, finding_id: FindingId, body: DismissalIn) -> Response:
        language = language_of(request.headers.get("accept-language"))
        known = await rows.dismiss(finding_id, by=caller.principal.actor, reason=body.reason, at=clock())
        return answer(FindingOut, _shown(known, language))

    return router


def _shown(finding: Finding, language: Language) -> dict[str, Any]:
    row = BY_NAME[finding.name]
    return {
        **{name: getattr(finding, name) for name in FindingOut.model_fields if name not in ("says", "do")},
        "says": row.says.to(language),
        "do": row.do.to(language),
    }
