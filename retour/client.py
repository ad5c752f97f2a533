"""A small client of Retour's own HTTP API for the command and the demo: keys, retries, readable errors."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2

from retour.exit_status import ExitStatus, Trouble
from shared.kernel.errors import Language, Said

SECONDS: Final = 30.0
TRIES: Final = 4
FIRST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 5.0
OUTAGE: Final = frozenset({429, 502, 503, 504})
HERE: Final = frozenset({"127.0.0.1", "localhost", "::1"})

Document = dict[str, Any]


class Refusal(Trouble):
    """The server refused; `code` is the problem document's."""

    def __init__(self, call: str, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(problem.get("code", "unknown"))
        detail = str(problem.get("detail") or problem.get("title") or "-")
        fields = "; ".join(f"{item.get('pointer')}: {item.get('detail')}" for item in problem.get("errors") or ())
        ending = (
            ExitStatus.FORBIDDEN if status in {401, 403} else ExitStatus.AWAY if status in OUTAGE else ExitStatus.WRONG
        )
        super().__init__(
            Said("{call} was refused with {status}: {detail} [{code}]", "{call} 被拒绝（{status}）：{detail} [{code}]"),
            ending,
            call=call,
            status=status,
            detail=f"{detail} ({fields})" if fields else detail,
            code=self.code,
        )


class NobodyThere(Trouble):
    """No server answers at this address."""

    def __init__(self, url: str) -> None:
        super().__init__(
            Said(
                "No server answers at {url}. Start one with `retour up`, or name the right one with --url.",
                "{url} 没有服务器响应。请用 `retour up` 启动，或用 --url 指定正确的地址。",
            ),
            ExitStatus.AWAY,
            url=url,
        )


class Client:
    """One caller of one server."""

    def __init__(
        self, http: httpx2.AsyncClient, url: str, language: Language, token: str | None = None, *, tries: int = TRIES
    ) -> None:
        self._http = http
        self._url = url.rstrip("/")
        self._language = language
        self._token = token
        self._tries = tries

    def known_as(self, token: str) -> "Client":
        """A client of the same server with another token."""
        return Client(self._http, self._url, self._language, token, tries=self._tries)

    async def sign_in(self, email: str, password: str) -> "Client":
        """A client that is signed in; `Refusal` for a wrong address or password."""
        made = await self.post("/v1/auth/sessions", {"email": email, "password": password})
        return self.known_as(made["token"])

    async def get(self, path: str, **query: Any) -> Document:
        """The document at this path; `Refusal` or `NobodyThere`."""
        return await self._done("GET", path, None, {k: v for k, v in query.items() if v is not None})

    async def post(self, path: str, body: Document) -> Document:
        """Make or do something once, however often the call is repeated."""
        return await self._done("POST", path, body)

    async def put(self, path: str, body: Document) -> Document:
        """Replace something."""
        return await self._done("PUT", path, body)

    async def delete(self, path: str) -> None:
        """Remove something."""
        await self._done("DELETE", path, None)

    async def find(self, path: str, **query: Any) -> Document | None:
        """The document at this path, or None."""
        try:
            return await self.get(path, **query)
        except Refusal as refusal:
            if refusal.status == httpx2.codes.NOT_FOUND:
                return None
            raise

    async def health(self, path: str) -> tuple[int, Document]:
        """Status and document of a health check, whatever they are; asked once."""
        return await self._ask("GET", path, None, {}, {})

    async def _done(
        self, method: str, path: str, body: Document | None, query: Mapping[str, Any] | None = None
    ) -> Document:
        headers = {"Accept": "application/json", "Accept-Language": self._language}
        if method != "GET":
            headers["Idempotency-Key"] = secrets.token_hex(16)
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        pause = FIRST_PAUSE
        for left in reversed(range(self._tries)):
            status, document = await self._ask(method, path, body, query or {}, headers)
            if status < 300:  # noqa: PLR2004
                return document
            if status not in OUTAGE or left == 0:
                raise Refusal(f"{method} {path}", status, document)
            await asyncio.sleep(pause)
            pause = min(pause * 3, LONGEST_PAUSE)
        raise NobodyThere(self._url)

    async def _ask(
        self,
        method: str,
        path: str,
        body: Document | None,
        query: Mapping[str, Any],
        headers: Mapping[str, str],
    ) -> tuple[int, Document]:
        try:
            answer = await self._http.request(method, self._url + path, json=body, params=query, headers=headers)
        except (httpx2.TransportError, httpx2.InvalidURL) as error:
            raise NobodyThere(self._url) from error
        try:
            document = answer.json() if answer.content else {}
        except ValueError:
            document = {"detail": answer.text[:200]}
        return answer.status_code, document if isinstance(document, dict) else {"items": document}


@asynccontextmanager
async def client(url: str, language: Language, *, tries: int = TRIES) -> AsyncIterator[Client]:
    """A client of the server at this address, not signed in. `tries`: calls during an outage."""
    elsewhere = urlsplit(url).hostname not in HERE
    async with httpx2.AsyncClient(timeout=SECONDS, trust_env=elsewhere) as http:
        yield Client(http, url, language, tries=tries)
