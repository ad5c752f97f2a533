"""The pages people see: the first one, signing in and out, the console's list of returns and one return's story."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from fastapi import APIRouter, Query, Request, Response

from gateway.application.errors import OtherSite, WrongPassword
from gateway.application.identity import sessions
from gateway.application.identity.signing_in import SignIn
from gateway.application.ports import Recognised, Recognition, Services, Transactions
from gateway.application.queries import Queries
from gateway.domain.identity.account import Account
from gateway.domain.identity.gateway_operation import ANYBODY
from gateway.entrypoints.identity.admission import visit_of
from gateway.entrypoints.identity.answers import NO_STORE
from gateway.entrypoints.pages.page_renderer import PageRenderer, reading
from shared.contracts.operations import Service
from shared.contracts.operations.operation import STAFF
from shared.kernel.errors import Forbidden, Malformed, RetourError, TooManyRequests, Unauthenticated
from shared.kernel.principal import Kind
from shared.runtime.clock import Clock
from shared.web.problems import status_of

PAGE: Final = 25
FORM_FIELD: Final = 300
STATUSES: Final = (
    "in_review", "approved", "shipped", "received", "awaiting_person", "inspected", "refunding", "refunded",
    "closed", "refused", "cancelled", "lapsed",
)  # fmt: skip
MAIN_WAY: Final = ("approved", "shipped", "received", "inspected", "refunded", "closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the pages are made of."""

    frames: PageRenderer
    recognition: Recognition
    services: Services
    office: Transactions
    queries: Queries
    sign_in: SignIn
    look: Callable[[Request, str], None]
    count: Callable[[Request, Recognised | None], None]
    clock: Clock
    public_url: str
    demo_accounts: Sequence[tuple[str, str]]

    @property
    def https(self) -> bool:
        """Whether people come over TLS."""
        return self.public_url.startswith("https://")

    @property
    def cookie(self) -> str:
        """The session cookie's name: the prefix ties it to this host and to TLS (S-18)."""
        return "__Host-retour" if self.https else "retour_session"

    async def reader(self, request: Request) -> Recognised | None:
        """Who reads, by the session cookie; counted in any case."""
        caller: Recognised | None = None
        secret = request.cookies.get(self.cookie)
        if secret:
            self.look(request, secret)
            try:
                caller = await self.recognition.recognise(secret)
            except Unauthenticated:
                caller = None
        if caller is not None and caller.principal.kind is not Kind.STAFF:
            caller = None
        self.count(request, caller)
        return caller

    def from_here(self, request: Request) -> None:
        """`OtherSite` unless a browser says that one of our own pages sent the form (S-19)."""
        origin = urlsplit(request.headers.get("origin", ""))
        here = {request.headers.get("host", ""), urlsplit(self.public_url).netloc}
        if origin.scheme not in ("http", "https") or origin.netloc not in here:
            raise OtherSite


def routes(site: Site) -> APIRouter:
    """The pages over their parts."""
    router = APIRouter(include_in_schema=False)
    _first(router, site)
    _policy(router, site)
    _in_and_out(router, site)
    _console(router, site)
    return router


def _first(router: APIRouter, site: Site) -> None:
    @router.get("/")
    async def first_page(request: Request) -> Response:
        async def shown(reader: Recognised | None) -> Response:
            return site.frames.page(request, "first.html", reader, demo_accounts=site.demo_accounts)

        return await _open(site, request, shown)


def _policy(router: APIRouter, site: Site) -> None:
    @router.get("/policy")
    async def policy_page(request: Request, version: Annotated[str, Query(max_length=140)] = "") -> Response:
        async def shown(reader: Recognised | None) -> Response:
            path = f"/v1/policy?{urlencode({'version': version})}" if version else "/v1/policy"
            found = await site.services.see(Service.REQUESTS, path, ANYBODY, reading(request))
            return site.frames.page(request, "policy.html", reader, policy=found)

        return await _open(site, request, shown)


def _in_and_out(router: APIRouter, site: Site) -> None:
    @router.get("/login")
    async def login_page(request: Request) -> Response:
        async def shown(reader: Recognised | None) -> Response:
            if reader is not None:
                return _go("/console")
            return _login(site, request, _way_on(request.query_params.get("next")))

        return await _open(site, request, shown)

    @router.post("/login")
    async def login(request: Request) -> Response:
        async def signed_in(_reader: Recognised | None) -> Response:
            site.from_here(request)
            form = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=10)
            email, password, way_on = (form.get(name, [""])[0][:FORM_FIELD] for name in ("email", "password", "next"))
            try:
                signed = await site.sign_in.staff(email.strip().lower(), password, visit_of(request).address)
            except (WrongPassword, TooManyRequests) as error:
                return _login(site, request, _way_on(way_on), error)
            answer = _go(_way_on(way_on))
            answer.set_cookie(site.cookie, signed.token, path="/", secure=site.https, httponly=True, samesite="lax")
            return answer

        return await _open(site, request, signed_in)

    @router.post("/logout")
    async def logout(request: Request) -> Response:
        async def signed_out(reader: Recognised | None) -> Response:
            site.from_here(request)
            if reader is not None:
                await site.office.do(
                    lambda uow: sessions.sign_out(uow, session_id=reader.credential, at=site.clock()),
                    reader.principal.actor,
                    revokes=reader.credential,
                )
            answer = _go("/")
            answer.delete_cookie(site.cookie, path="/", secure=site.https, httponly=True, samesite="lax")
            return answer

        return await _open(site, request, signed_out)


def _console(router: APIRouter, site: Site) -> None:
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
            found: dict[str, Any] = {"items": [], "next": None}
            path = f"/v1/returns?{urlencode(asked | {'limit': str(PAGE)})}"
            try:
                found = await site.services.see(Service.REQUESTS, path, known.principal, reading(request))
            except Malformed as error:
                fault = error.say(reading(request))
            return site.frames.page(
                request,
                "returns.html",
                known,
                found=found["items"],
                following=urlencode(asked | {"cursor": found["next"]}) if found["next"] else None,
                wanted=wanted,
                statuses=STATUSES,
                fault=fault,
                account=await _account(site, known),
            )

        return await _open(site, request, shown)

    @router.get("/console/returns/{return_id}")
    async def return_page(request: Request, return_id: str) -> Response:
        async def shown(reader: Recognised | None) -> Response:
            known = _staff(reader)
            path = f"/v1/returns/{quote(return_id, safe='')}"
            told, story, policy, refunds, messages = await asyncio.gather(
                site.services.see(Service.REQUESTS, path, known.principal, reading(request)),
                site.services.see(Service.REQUESTS, f"{path}/timeline", known.principal, reading(request)),
                _part(site, request, known, Service.REQUESTS, "/v1/policy"),
                _part(site, request, known, Service.REFUNDS, f"/v1/refunds?return_id={quote(return_id, safe='')}"),
                _part(
                    site, request, known, Service.NOTIFICATIONS, f"/v1/messages?return_id={quote(return_id, safe='')}"
                ),
            )
            return site.frames.page(
                request,
                "return.html",
                known,
                it=told,
                story=story,
                reasons=_words(policy, "reasons"),
                conditions=_words(policy, "conditions"),
                refunds=refunds,
                messages=messages,
                way=MAIN_WAY,
                account=await _account(site, known),
            )

        return await _open(site, request, shown)


async def _open(site: Site, request: Request, make: Callable[[Recognised | None], Any]) -> Response:
    """Know the reader, then make the page."""
    reader: Recognised | None = None

    async def made() -> Response:
        nonlocal reader
        reader = await site.reader(request)
        answer: Response = await make(reader)
        return answer

    return await site.frames.attempt(request, lambda: reader, made)


async def _part(site: Site, request: Request, reader: Recognised, service: Service, path: str) -> dict[str, Any]:
    """What a page shows beside its main thing: why it is missing when it is, instead of no page at all."""
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


def _login(site: Site, request: Request, way_on: str, error: RetourError | None = None) -> Response:
    said = error.say(reading(request)) if error is not None else None
    status = status_of(error) if error is not None else 200
    return site.frames.page(request, "login.html", None, status=status, way_on=way_on, fault=said)


def _way_on(wanted: str | None) -> str:
    """Where to go after signing in: only to our own console."""
    here = wanted or ""
    return here if here == "/console" or here.startswith("/console/") else "/console"


def _go(path: str) -> Response:
    return Response(None, 303, NO_STORE | {"Location": path})


def _words(policy: dict[str, Any], part: str) -> dict[str, Any]:
    return {item["code"]: item["says"] for item in policy.get(part, ())}
