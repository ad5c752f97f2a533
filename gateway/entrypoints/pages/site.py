"""The parts that all pages use, the reader of a page, and the answer to a refusal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request, Response

from gateway.application.errors import OtherSite
from gateway.application.identity.signing_in import SignIn
from gateway.application.ports import Recognised, Recognition, Services, Transactions
from gateway.application.queries import Queries
from gateway.domain.identity.unknown_caller import UnknownCaller
from gateway.entrypoints.identity.answers import NO_STORE
from gateway.entrypoints.pages.page_renderer import PageRenderer
from shared.kernel.errors import TooManyRequests, Unauthenticated
from shared.kernel.principal import Kind
from shared.runtime.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The parts that all pages use."""

    renderer: PageRenderer
    recognition: Recognition
    services: Services
    transactions: Transactions
    queries: Queries
    sign_in: SignIn
    look: Callable[[Request, str], None]
    count: Callable[[Request, Recognised | UnknownCaller], None]
    clock: Clock
    public_url: str
    demo_accounts: Sequence[tuple[str, str]]

    @property
    def https(self) -> bool:
        """Whether the public address uses TLS."""
        return self.public_url.startswith("https://")

    @property
    def cookie(self) -> str:
        """The session cookie's name: the prefix ties it to this host and to TLS (S-18)."""
        return "__Host-retour" if self.https else "retour_session"

    async def reader(self, request: Request, purpose: UnknownCaller | None = None) -> Recognised | None:
        """The reader, by the session cookie; every request is counted, an unknown one for `purpose` if it is given.

        Who signs in is not held to the unknown cookies that came from the same address (Z37).
        """
        secret = request.cookies.get(self.cookie)
        try:
            caller = await self._known(request, secret)
        except TooManyRequests:
            if purpose is not UnknownCaller.SIGN_IN:
                raise
            caller = None
        self.count(request, caller or purpose or UnknownCaller.who_sent(secret))
        return caller

    async def _known(self, request: Request, secret: str | None) -> Recognised | None:
        if not secret:
            return None
        self.look(request, secret)
        try:
            caller = await self.recognition.recognise(secret)
        except Unauthenticated:
            return None
        return caller if caller.principal.kind is Kind.STAFF else None

    def from_here(self, request: Request) -> None:
        """`OtherSite` unless a browser says that one of our own pages sent the form (S-19)."""
        origin = urlsplit(request.headers.get("origin", ""))
        here = {request.headers.get("host", ""), urlsplit(self.public_url).netloc}
        if origin.scheme not in ("http", "https") or origin.netloc not in here:
            raise OtherSite


async def open_page(
    site: Site,
    request: Request,
    make: Callable[[Recognised | None], Any],
    purpose: UnknownCaller | None = None,
) -> Response:
    """Recognise the reader, then make the page; a refusal becomes a page too."""
    reader: Recognised | None = None

    async def made() -> Response:
        nonlocal reader
        reader = await site.reader(request, purpose)
        answer: Response = await make(reader)
        return answer

    return await site.renderer.attempt(request, lambda: reader, made)


def redirect(path: str) -> Response:
    """Send the browser to another page."""
    return Response(None, 303, NO_STORE | {"Location": path})
