"""The console for members of staff: the list of returns, and one return."""

import asyncio
from typing import Annotated, Any, Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request, Response

from gateway.application.ports import Recognised
from gateway.domain.identity.account import Account
from gateway.entrypoints.pages.console.views import (
    MESSAGES,
    RETURN,
    RETURNS,
    TIMELINE,
    ReturnsView,
    sentences_by_code,
)
from gateway.entrypoints.pages.page_renderer import reading
from gateway.entrypoints.pages.site import Site, open_page
from shared.contracts.operations import Service
from shared.contracts.operations.operation import STAFF
from shared.kernel.errors import Forbidden, Malformed, RetourError, Unauthenticated

PAGE: Final = 25
STATUSES: Final = (
    "in_review", "approved", "shipped", "received", "awaiting_person", "inspected", "refunding", "refunded",
    "closed", "refused", "cancelled", "lapsed",
)  # fmt: skip
MAIN_WAY: Final = ("approved", "shipped", "received", "inspected", "refunded", "closed")


def routes(site: Site) -> APIRouter:
    """The routes of these pages."""
    router = APIRouter(include_in_schema=False)
    _list(router, site)
    _return(router, site)
    return router


def _list(router: APIRouter, site: Site) -> None:
    @router.get("/console")
    async def list_page(
        request: Request,
        status: Annotated[str, Query(max_length=40)] = "",
        rma: Annotated[str, Query(max_length=40)] = "",
        cursor: Annotated[str, Query(max_length=64)] = "",
    ) -> Response:
        async def shown(reader: Recognised | None) -> Response:
            known = _staff(reader)
            wanted = {"status": status, "rma": rma.strip(), "cursor": cursor}
            asked = {name: value for name, value in wanted.items() if value}
            fault: str | None = None
            found = ReturnsView([])
            path = f"/v1/returns?{urlencode(asked | {'limit': str(PAGE)})}"
            try:
                document = await site.services.see(Service.REQUESTS, path, known.principal, reading(request))
                found = RETURNS.validate_python(document)
            except Malformed as error:
                fault = error.say(reading(request))
            return site.renderer.page(
                request,
                "console/returns.html",
                known,
                found=found.items,
                following=urlencode(asked | {"cursor": found.next}) if found.next else None,
                wanted=wanted,
                statuses=STATUSES,
                fault=fault,
                account=await _account(site, known),
            )

        return await open_page(site, request, shown)


def _return(router: APIRouter, site: Site) -> None:
    @router.get("/console/returns/{return_id}")
    async def return_page(request: Request, return_id: str) -> Response:
        async def shown(reader: Recognised | None) -> Response:
            known = _staff(reader)
            path = f"/v1/returns/{quote(return_id, safe='')}"
            told, story, policy, messages = await asyncio.gather(
                site.services.see(Service.REQUESTS, path, known.principal, reading(request)),
                site.services.see(Service.REQUESTS, f"{path}/timeline", known.principal, reading(request)),
                _part(site, request, known, Service.REQUESTS, "/v1/policy"),
                _part(
                    site, request, known, Service.NOTIFICATIONS, f"/v1/messages?return_id={quote(return_id, safe='')}"
                ),
            )
            return site.renderer.page(
                request,
                "console/return.html",
                known,
                it=RETURN.validate_python(told),
                story=TIMELINE.validate_python(story),
                reasons=sentences_by_code(policy.get("reasons", ())),
                conditions=sentences_by_code(policy.get("conditions", ())),
                messages=MESSAGES.validate_python(messages),
                way=MAIN_WAY,
                account=await _account(site, known),
            )

        return await open_page(site, request, shown)


async def _part(site: Site, request: Request, reader: Recognised, service: Service, path: str) -> dict[str, Any]:
    """Data for a part of a page; when it cannot be read, the reason, so that the page is still shown."""
    try:
        found = await site.services.see(service, path, reader.principal, reading(request))
    except Forbidden:
        return {"missing": "forbidden"}
    except RetourError:
        return {"missing": "away"}
    return {"missing": None} | dict(found)


def _staff(reader: Recognised | None) -> Recognised:
    if reader is None:
        raise Unauthenticated
    if not reader.principal.is_any(*STAFF):
        raise Forbidden
    return reader


async def _account(site: Site, reader: Recognised) -> Account:
    return await site.queries.account(reader.principal.id)
