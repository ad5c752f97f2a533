"""Signing in and out by browser."""

from typing import Final
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response

from gateway.application.errors import WrongPassword
from gateway.application.identity import sessions
from gateway.application.ports import Recognised
from gateway.domain.identity.unknown_caller import UnknownCaller
from gateway.entrypoints.identity.admission import visit_of
from gateway.entrypoints.pages.page_renderer import reading
from gateway.entrypoints.pages.site import Site, open_page, redirect
from shared.contracts.envelope import Origin
from shared.kernel.errors import RetourError, TooManyRequests
from shared.web.problems import status_of

FORM_FIELD: Final = 300


def routes(site: Site) -> APIRouter:
    """The routes of these pages."""
    router = APIRouter(include_in_schema=False)
    _sign_in(router, site)
    _sign_out(router, site)
    return router


def _sign_in(router: APIRouter, site: Site) -> None:
    @router.get("/login")
    async def login_page(request: Request) -> Response:
        async def shown(reader: Recognised | None) -> Response:
            if reader is not None:
                return redirect("/console")
            return _login(site, request, _target(request.query_params.get("next")))

        return await open_page(site, request, shown, UnknownCaller.SIGN_IN)

    @router.post("/login")
    async def login(request: Request) -> Response:
        async def signed_in(_reader: Recognised | None) -> Response:
            site.from_here(request)
            form = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=10)
            email, password, target = (form.get(name, [""])[0][:FORM_FIELD] for name in ("email", "password", "next"))
            try:
                signed = await site.sign_in.staff(email.strip().lower(), password, visit_of(request).address)
            except (WrongPassword, TooManyRequests) as error:
                return _login(site, request, _target(target), error)
            answer = redirect(_target(target))
            answer.set_cookie(site.cookie, signed.token, path="/", secure=site.https, httponly=True, samesite="lax")
            return answer

        return await open_page(site, request, signed_in, UnknownCaller.SIGN_IN)


def _sign_out(router: APIRouter, site: Site) -> None:
    @router.post("/logout")
    async def logout(request: Request) -> Response:
        async def signed_out(reader: Recognised | None) -> Response:
            site.from_here(request)
            if reader is not None:
                await site.transactions.run(
                    lambda uow: sessions.sign_out(uow, session_id=reader.credential, at=site.clock()),
                    Origin(reader.principal.actor),
                )
            answer = redirect("/")
            answer.delete_cookie(site.cookie, path="/", secure=site.https, httponly=True, samesite="lax")
            return answer

        return await open_page(site, request, signed_out)


def _login(site: Site, request: Request, target: str, error: RetourError | None = None) -> Response:
    said = error.say(reading(request)) if error is not None else None
    status = status_of(error) if error is not None else 200
    return site.renderer.page(request, "sign_in/login.html", None, status=status, way_on=target, fault=said)


def _target(wanted: str | None) -> str:
    """Where to go after signing in: only to our own console."""
    here = wanted or ""
    return here if here == "/console" or here.startswith("/console/") else "/console"
