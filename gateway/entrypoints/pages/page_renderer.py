"""Renders pages: the reader's language, the frame around every page, and one page for every refusal."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import urlencode

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gateway.application.errors import NoSuchPage
from gateway.application.ports import Recognised
from gateway.entrypoints.identity.answers import NO_STORE
from gateway.entrypoints.pages.formatter import Formatter
from shared.kernel.errors import Language, RetourError, Said, Unauthenticated
from shared.web.problems import language_of, status_of

TEMPLATES: Final = Path(__file__).parents[2] / "templates"
LANGUAGES: Final = ("en", "zh-CN")
REMEMBERED_LANGUAGE: Final = "retour_language"
YEAR_SECONDS: Final = 365 * 24 * 3600


class PageRenderer:
    """Renders templates. A missing value is an error."""

    def __init__(self, words: Mapping[str, Said], *, https: bool) -> None:
        self._words = words
        self._https = https
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def page(
        self, request: Request, template: str, reader: Recognised | None, *, status: int = 200, **given: Any
    ) -> Response:
        """A page in the reader's language."""
        language = reading(request)
        formatter = Formatter(language, self._words)
        other: Language = "en" if language == "zh-CN" else "zh-CN"
        query = {name: value for name, value in request.query_params.items() if name != "lang"} | {"lang": other}
        text = self._environment.get_template(template).render(
            w=formatter.word,
            say=formatter.say,
            moment=formatter.moment,
            day=formatter.day,
            money=formatter.money,
            who=formatter.who,
            language=language,
            other=other,
            elsewhere=f"{request.url.path}?{urlencode(query)}",
            path=request.url.path,
            reader=reader,
            **given,
        )
        answer = Response(text, status, NO_STORE | {"Content-Language": language, "Vary": "Accept-Language, Cookie"})
        answer.headers["Content-Type"] = "text/html; charset=utf-8"
        if request.query_params.get("lang") in LANGUAGES:
            answer.set_cookie(
                REMEMBERED_LANGUAGE, language, YEAR_SECONDS, secure=self._https, httponly=True, samesite="lax"
            )
        return answer

    async def attempt(
        self, request: Request, reader: Callable[[], Recognised | None], make: Callable[[], Awaitable[Response]]
    ) -> Response:
        """The page, or a page with the refusal; an unknown reader is sent to sign in."""
        try:
            return await make()
        except Unauthenticated:
            wanted = {"next": request.url.path} if request.method == "GET" else {}
            return Response(None, 303, NO_STORE | {"Location": f"/login?{urlencode(wanted)}" if wanted else "/login"})
        except RetourError as error:
            return self.refusal(request, reader(), error)

    def refusal(self, request: Request, reader: Recognised | None, error: RetourError) -> Response:
        """A page that says what is wrong."""
        language = reading(request)
        return self.page(
            request,
            "refusal.html",
            reader,
            status=status_of(error),
            title=error.title.to(language),
            detail=error.say(language),
        )

    def lost(self, request: Request) -> Response | None:
        """A page for a browser at an unknown address; None for other clients and below `/v1`."""
        person = "text/html" in request.headers.get("accept", "")
        if not person or request.url.path.startswith("/v1"):
            return None
        return self.refusal(request, None, NoSuchPage())


def reading(request: Request) -> Language:
    """The language of the query, of the cookie, or of the browser."""
    for choice in (request.query_params.get("lang"), request.cookies.get(REMEMBERED_LANGUAGE)):
        if choice in LANGUAGES:
            return cast("Language", choice)
    return language_of(request.headers.get("accept-language"))
