"""Routes of policy versions: the merchant reads the versions and publishes the next one (B11, R1.2)."""

from datetime import date, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Response
from pydantic import ConfigDict, StringConstraints

from service_requests.application.policy import publication
from service_requests.application.ports import ReadPolicyDraft, RulebookSource, UnitOfWork
from service_requests.domain.policy.publication import Publication
from shared.kernel.errors import NotFound
from shared.runtime.clock import Clock
from shared.web.call import AnyCall
from shared.web.fields import Input, Output
from shared.web.version_headers import SHOWN, TAGGED

DocumentText = Annotated[str, StringConstraints(min_length=1, max_length=500_000)]
_A_POLICY: Final = 'policy: corner-shop\nversion: "2"\neffective_from: 2030-01-01\n…'


class PublicationOut(Output):
    """A version of the policy, word for word; a version is never changed."""

    name: str
    sha256: str
    effective_from: date
    effective_until: date | None
    published_at: datetime
    published_by: str
    document: str


class VersionOut(Output):
    """A version in a list; `in_force` says whether orders of today stand under it."""

    name: str
    sha256: str
    effective_from: date
    effective_until: date | None
    published_at: datetime
    published_by: str
    in_force: bool


class VersionsOut(Output):
    """Every version there has been, the newest first."""

    items: list[VersionOut]
    next: str | None = None


class PolicyIn(Input):
    """A policy document, as YAML or JSON text, so that what is wrong can be told by line."""

    model_config = ConfigDict(json_schema_extra={"example": {"document": _A_POLICY}})

    document: DocumentText


class PublishedVersions:
    """The versions of the policy, as callers see them."""

    def __init__(self, rulebooks: RulebookSource, clock: Clock) -> None:
        self._source = rulebooks
        self._clock = clock

    async def all(self) -> VersionsOut:
        """Every version."""
        found = await self._source.publications()
        rules = await self._source.rules()
        today = rules.in_force(self._clock())
        return VersionsOut(
            items=[
                VersionOut(
                    **PublicationOut.model_validate(each).model_dump(exclude={"document"}),
                    in_force=today is not None and each.name == today.name,
                )
                for each in found
            ]
        )

    async def version(self, name: str) -> Publication:
        """One version. `NotFound`."""
        found = next((each for each in await self._source.publications() if each.id == name), None)
        if found is None:
            raise NotFound("policy")
        return found


def routes(rulebooks: RulebookSource, read: ReadPolicyDraft, clock: Clock) -> APIRouter:
    """The routes over their parts."""
    router = APIRouter(prefix="/v1", tags=["policy"])
    _versions(router, PublishedVersions(rulebooks, clock))
    _publishing(router, rulebooks, read, clock)
    return router


def _versions(router: APIRouter, versions: PublishedVersions) -> None:
    @router.get("/policies", response_model=VersionsOut, summary="Every version of the policy")
    async def see_versions(call: AnyCall) -> Response:
        return await call.read(versions.all(), VersionsOut)

    @router.get("/policies/{name}", response_model=PublicationOut, summary="One version, word for word", **SHOWN)
    async def see_version(call: AnyCall, name: str) -> Response:
        return await call.read(versions.version(name), PublicationOut)


def _publishing(router: APIRouter, rulebooks: RulebookSource, read: ReadPolicyDraft, clock: Clock) -> None:
    @router.post(
        "/policies",
        response_model=PublicationOut,
        status_code=201,
        summary="Publish a version of the policy",
        description="Refused with line, field and reason when it contradicts itself, gives less than the law or begins "
        "in the past. The same version with the same contents again gives the first one back.",
        responses={
            200: {"model": PublicationOut, "description": "The same contents were published before", "headers": TAGGED},
            201: {"headers": TAGGED},
        },
    )
    async def publish_policy(call: AnyCall, body: PolicyIn) -> Response:
        at = clock()

        async def published(uow: UnitOfWork) -> Publication:
            return await publication.publish(uow, body.document, read, by=call.principal.actor, at=at)

        try:
            return await call.execute(published, PublicationOut, status_of=lambda kept: 200 if kept.version else 201)
        finally:
            rulebooks.forget()
