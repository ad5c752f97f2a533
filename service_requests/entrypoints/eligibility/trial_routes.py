"""The route that tries a policy document on past requests."""

from datetime import timedelta
from typing import Annotated, Final, Self

from fastapi import APIRouter, Response
from pydantic import Field

from service_requests.application.eligibility import trial
from service_requests.application.ports import ReadPolicyDraft, RulebookSource
from service_requests.application.queries import Queries
from service_requests.entrypoints.policy.publication_routes import PolicyIn
from shared.runtime.clock import Clock
from shared.web.call import AnyCall
from shared.web.fields import Output

LONGEST_TRIAL: Final = 500


class TrialIn(PolicyIn):
    """A policy document to be tried on what was asked for in the last days."""

    days: Annotated[int, Field(ge=1, le=366)] = 90
    limit: Annotated[int, Field(ge=1, le=LONGEST_TRIAL)] = 200


class ChangeOut(Output):
    """One line of a return that would have got another answer."""

    return_id: str
    line_id: str
    before: str
    after: str


class TrialOut(Output):
    """What a version would have changed. `skipped` returns use words that it does not have."""

    name: str
    compared: int
    skipped: int
    kinder: int
    stricter: int
    changes: list[ChangeOut]

    @classmethod
    def of(cls, tried: trial.Trial) -> Self:
        """The view of a trial."""
        return cls(
            name=tried.policy.name,
            compared=tried.compared,
            skipped=tried.skipped,
            kinder=tried.kinder,
            stricter=len(tried.changes) - tried.kinder,
            changes=[
                ChangeOut(return_id=each.case, line_id=each.line_id, before=each.before.value, after=each.after.value)
                for each in tried.changes
            ],
        )


def routes(queries: Queries, rulebooks: RulebookSource, read: ReadPolicyDraft, clock: Clock) -> APIRouter:
    """The one route."""
    router = APIRouter(prefix="/v1", tags=["policy"])

    @router.post("/policies/trial", response_model=TrialOut, summary="What a version would have changed; no effect")
    async def try_policy(call: AnyCall, body: TrialIn) -> Response:
        at = clock()

        async def tried() -> TrialOut:
            history = await queries.requests_since(at - timedelta(days=body.days), limit=body.limit)
            return TrialOut.of(await trial.try_out(body.document, read, await rulebooks.rules(), history, at=at))

        return await call.read(tried(), TrialOut)

    return router
