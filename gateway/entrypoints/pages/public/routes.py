"""Pages for everybody: the first page and the returns policy."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from gateway.application.ports import Recognised
from gateway.domain.identity.gateway_operation import ANYBODY
from gateway.entrypoints.pages.page_renderer import reading
from gateway.entrypoints.pages.public.views import POLICY
from gateway.entrypoints.pages.site import Site, open_page
from shared.contracts.operations import Service


def routes(site: Site) -> APIRouter:
    """The routes of these pages."""
    router = APIRouter(include_in_schema=False)
    _first(router, site)
    _policy(router, site)
    return router


def _first(router: APIRouter, site: Site) -> None:
    @router.get("/")
    async def first_page(request: Request) -> Response:
        async def shown(reader: Recognised | None) -> Response:
            return site.renderer.page(request, "public/first.html", reader, demo_accounts=site.demo_accounts)

        return await open_page(site, request, shown)


def _policy(router: APIRouter, site: Site) -> None:
    @router.get("/policy")
    async def policy_page(request: Request, version: Annotated[str, Query(max_length=140)] = "") -> Response:
        async def shown(reader: Recognised | None) -> Response:
            path = f"/v1/policy?{urlencode({'version': version})}" if version else "/v1/policy"
            found = await site.services.see(Service.REQUESTS, path, ANYBODY, reading(request))
            return site.renderer.page(request, "public/policy.html", reader, policy=POLICY.validate_python(found))

        return await open_page(site, request, shown)
