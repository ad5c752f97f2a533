"""Routes of the policy that is in force, open to everybody (B11, R1.2)."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from pydantic import StringConstraints

from service_requests.application.ports import RulebookSource
from service_requests.entrypoints.eligibility.policy_cache import PolicyViews
from service_requests.entrypoints.eligibility.policy_views import MachineFormOut, PolicyOut
from shared.contracts.events import Regime
from shared.kernel.errors import Language
from shared.kernel.language_tag import spoken
from shared.runtime.clock import Clock
from shared.web.call import AnyCall
from shared.web.fields import LanguageTag
from shared.web.version_headers import IF_NONE_MATCH, TAGGED

Code = Annotated[str, StringConstraints(max_length=140)]
OPEN: Final = "Open to everybody, without a token. May be cached; `If-None-Match` with the `ETag` saves the answer."
CACHED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"headers": TAGGED},
    304: {"description": "What `If-None-Match` names is still it", "headers": TAGGED},
}


IN_REGIME: Final = "Today in the zone of this regime; else where the first regime of the version is."


def routes(rulebooks: RulebookSource, clock: Clock) -> APIRouter:
    """The routes over their parts."""
    router = APIRouter(prefix="/v1", tags=["policy"])
    views = PolicyViews(rulebooks, clock)

    @router.get(
        "/policy",
        response_model=PolicyOut,
        summary="The returns policy, for people and machines",
        description=OPEN,
        responses=CACHED,
        openapi_extra=IF_NONE_MATCH,
    )
    async def see_policy(
        call: AnyCall,
        version: Annotated[Code | None, Query(description="A version by name; else the one in force today.")] = None,
        regime: Annotated[Regime | None, Query(description=IN_REGIME)] = None,
        language: Annotated[LanguageTag | None, Query(description="Of `text`; else as `Accept-Language` says.")] = None,
    ) -> Response:
        reader_language: Language = call.language if language is None else spoken(language)
        return await call.read_public(views.page(version, reader_language, regime), PolicyOut)

    @router.get(
        "/policy/machine-form",
        response_model=MachineFormOut,
        summary="The policy for storefronts and agents",
        description=OPEN,
        responses=CACHED,
        openapi_extra=IF_NONE_MATCH,
    )
    async def see_machine_form(
        call: AnyCall,
        version: Annotated[Code | None, Query(description="A version by name; else the one in force today.")] = None,
        regime: Annotated[Regime | None, Query(description=IN_REGIME)] = None,
    ) -> Response:
        return await call.read_public(views.form(version, regime), MachineFormOut)

    return router
