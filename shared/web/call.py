"""A call of an operation: a request runs one use case, and a repeated request gets the same answer.

A route parses its input, calls `call.execute` with one use case and names the model of the answer. The answer is
encoded before the commit. The same commit stores it under the idempotency key. So a repeated call gets the same bytes
and has no second effect.
"""

import re
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Collection, Sequence
from hashlib import sha256
from typing import Annotated, Any, Final, Generic, TypeVar

from fastapi import Depends, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from shared.contracts.envelope import Origin
from shared.contracts.operations import Operation, Repeat
from shared.database.database import Database
from shared.database.retrying import FilledUnitOfWork, attempt
from shared.database.unit_of_work.transactions import UnitOfWorkFactory
from shared.database.work import IdempotentAnswer, Outcome, Work
from shared.kernel.errors import Forbidden, Language, RetourError, Said, Unauthenticated, Unavailable
from shared.kernel.principal import Principal
from shared.web.actions import CALLER
from shared.web.disposition import disposition
from shared.web.event_stream import EVENT_STREAM, Told, written
from shared.web.internal_token import SEAL_BYTES, SealedRequest, promised
from shared.web.problems import (
    BadRequest,
    KeyMissing,
    KeyReused,
    LengthMissing,
    PreconditionFailed,
    PreconditionRequired,
    TooLarge,
    language_of,
)
from shared.web.streaming import Pace, received, unsealed
from shared.web.version_headers import LONGEST_TAGS

U = TypeVar("U", bound=FilledUnitOfWork)

KEY: Final = re.compile(r"[!-~]{1,255}", re.ASCII)
TOO_MANY_TAGS: Final = Said(
    f"`If-Match` and `If-None-Match` have at most {LONGEST_TAGS} characters here.",
    f"此处 `If-Match` 与 `If-None-Match` 最多 {LONGEST_TAGS} 个字符。",
)
ETAG: Final = re.compile(r'"(\d{1,18})"', re.ASCII)
JSON: Final = "application/json"
EVERY_VERSION: Final = range(1, 10**18)
FRESH_SECONDS: Final = 60
"""For how many seconds a cached copy of a public answer may be out of date."""
WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})


class Call(Generic[U]):
    """One call of an operation: who calls, with which key, and how the answer is made."""

    def __init__(
        self,
        request: Request,
        principal: Principal,
        operation: Operation,
        database: Database,
        units: UnitOfWorkFactory[U],
        *,
        body: AsyncIterator[bytes] | None = None,
    ) -> None:
        self._request = request
        self._body = body
        self._streamed = sha256()
        self._complete = False
        self._operation = operation
        self._database = database
        self._units = units
        self.principal = principal
        self.language: Language = language_of(request.headers.get("accept-language"))
        self.origin = Origin(
            principal.actor,
            None,
            f"req_{request.state.request_id}",
            request.headers.get("traceparent"),
        )

    async def execute(
        self,
        use_case: Callable[[U], Awaitable[Any]],
        answer: type[BaseModel],
        *,
        status: int = 200,
        key: str | None = None,
        contents: Sequence[str] = (),
        reused: Callable[[], RetourError] = KeyReused,
        status_of: Callable[[Any], int] | None = None,
    ) -> Response:
        """Run a use case in one transaction and answer with its result.

        `key` is the id in the body that makes this call repeatable (scanners); otherwise the `Idempotency-Key` counts.
        `contents` replaces the body's bytes when two bodies are compared, however their JSON was written: the first is
        stored, the others are forms in which it was stored before. `reused` is the error when the key came before with
        another body, in the words of the kind of key. The commit finds out whether the key was used, because it takes
        the key. A look-up before would cost every first call a query. If the
        use case refuses, the key is looked up then. `status_of` picks the status by the result. Raises `KeyMissing`,
        `reused`, `PreconditionRequired`, `PreconditionFailed`, and what the use case raises. The use case refuses
        before the version is looked at: what is not there has none.
        """
        scope, bodies = await self._repeatable(key, contents)
        expected = self._expected()
        unseen = expected is None and self._operation.needs_version(self.principal)
        encoded = b""
        code = status
        saved: int | None = None

        def complete(work: Work, result: Any) -> None:
            nonlocal encoded, code, saved
            if unseen and not (work.roots and work.roots[0].expected == 0):
                raise PreconditionRequired(pointer="/headers/If-Match")
            if expected is not None and work.roots and work.roots[0].expected not in expected:
                raise PreconditionFailed
            code = status_of(result) if status_of is not None else status
            saved = work.roots[0].values["version"] if work.roots else getattr(result, "version", None)
            encoded = self._shown(answer, result).encode()
            if scope is not None:
                work.answer = IdempotentAnswer(scope, bodies[0], code, encoded.decode())

        try:
            outcome, _ = await attempt(
                lambda: self._units.begin(self.origin), use_case, self._database.committer, complete
            )
        except RetourError:
            # a call with the same key may have been answered before: then that answer is returned
            if scope is not None and (kept := await self._kept(scope, bodies, reused)) is not None:
                return kept
            raise
        if outcome is Outcome.TAKEN and scope is not None:
            kept = await self._kept(scope, bodies, reused)
            if kept is None:
                raise Unavailable("database")
            return kept
        return Response(encoded, code, _headers(saved), JSON)

    async def read(self, result: Awaitable[Any], answer: type[BaseModel]) -> Response:
        """Answer with the result of a query."""
        found = await result
        body = self._shown(answer, found)
        return Response(body, 200, _headers(getattr(found, "version", None)), JSON)

    def _shown(self, answer: type[BaseModel], found: Any) -> str:
        return answer.model_validate(found, from_attributes=True, context={CALLER: self.principal}).model_dump_json()

    async def parts(self) -> AsyncIterator[bytes]:
        """The body of an operation with a streamed body, to be read once and to its end.

        When this raises, what was read must be thrown away: `UploadCut`, `TooSlow`, `Unauthenticated`.
        Read the body before `execute`, which uses its digest.
        """
        if self._body is None:
            raise RuntimeError("the operation of this operation has no streamed body, or it was read before")
        body, self._body = self._body, None
        async for part in body:
            self._streamed.update(part)
            yield part
        self._complete = True

    def send(
        self,
        parts: AsyncIterable[bytes],
        media_type: str,
        *,
        name: str | None = None,
        size: int | None = None,
        inline: bool = False,
    ) -> Response:
        """Answer with a file or a table while it is read or made. A browser saves it under `name` unless it is
        `inline`.

        Its operation has `streamed_answer` where it may take longer than other answers.
        """
        headers = {
            "Cache-Control": "no-store",
            "Content-Disposition": disposition(name, inline=inline),
            "X-Content-Type-Options": "nosniff",
        }
        if size is not None:
            headers["Content-Length"] = str(size)
        return StreamingResponse(parts, 200, headers, media_type)

    def tell(self, events: AsyncIterator[Told]) -> Response:
        """Answer with events as they happen. The operation has `streamed_answer`."""
        if not self._operation.streamed_answer:
            raise RuntimeError("the operation of an event stream says streamed_answer")
        return StreamingResponse(written(events), 200, {"Cache-Control": "no-store"}, EVENT_STREAM)

    def send_json(self, body: bytes) -> Response:
        """Answer with JSON that was written before."""
        return Response(body, 200, _headers(None), JSON)

    async def read_public(self, result: Awaitable[Any], answer: type[BaseModel]) -> Response:
        """Answer with a public document, which caches may keep for `FRESH_SECONDS`.

        A caller that has these bytes already gets 304 without a body (RFC 9110 13.1.2).
        """
        body = answer.model_validate(await result, from_attributes=True).model_dump_json().encode()
        tag = f'"{sha256(body).hexdigest()[:32]}"'
        headers = {"Cache-Control": f"public, max-age={FRESH_SECONDS}", "ETag": tag, "Vary": "Accept-Language"}
        known = self._request.headers.get("if-none-match", "")
        if len(known) > LONGEST_TAGS:
            raise BadRequest(reason=TOO_MANY_TAGS)
        if _names(known, tag):
            return Response(status_code=304, headers=headers)
        return Response(body, 200, headers, JSON)

    async def _repeatable(self, key: str | None, contents: Sequence[str]) -> tuple[str | None, Sequence[str]]:
        """The scope of the idempotency key and what is compared of the body; no scope where no key is needed.

        The received bytes count besides contents, for answers that were stored when only bytes counted.
        """
        header = self._request.headers.get("idempotency-key")
        if self._operation.repeat is Repeat.KEY and header is None:
            raise KeyMissing(pointer="/headers/Idempotency-Key")
        if header is not None and not KEY.fullmatch(header):
            raise KeyMissing(pointer="/headers/Idempotency-Key")
        word = key if key is not None else header
        if word is None:
            return None, ()
        scope = f"{self.principal.sender}\n{self._request.method}\n{self._request.url.path}\n{word}"
        digest = await self._digest()
        return sha256(scope.encode()).hexdigest(), (*contents, digest)

    async def _digest(self) -> str:
        """The digest of the received body."""
        if not self._operation.streamed_body:
            return sha256(await self._request.body()).hexdigest()
        if not self._complete:
            raise RuntimeError("a streamed body is read to its end before it can count")
        return self._streamed.hexdigest()

    async def _kept(self, scope: str, bodies: Collection[str], reused: Callable[[], RetourError]) -> Response | None:
        rows = await self._database.reader.load(self._database.tables.idempotency, "scope", scope)
        if not rows:
            return None
        if rows[0]["body_hash"] not in bodies:
            raise reused()
        headers = {**_headers(None), "Idempotency-Replayed": "true"}
        return Response(rows[0]["body"], rows[0]["status"], headers, JSON)

    def _expected(self) -> range | None:
        """The versions that `If-Match` allows (RFC 9110 13.1.1); `*` does not match 0, which does not exist yet."""
        header = self._request.headers.get("if-match")
        if header is None:
            return None
        if len(header) > LONGEST_TAGS:
            raise BadRequest(reason=TOO_MANY_TAGS)
        if header == "*":
            return EVERY_VERSION
        found = ETAG.fullmatch(header)
        if found is None:
            raise PreconditionFailed
        return range(int(found[1]), int(found[1]) + 1)


def _names(header: str, tag: str) -> bool:
    """Whether an `If-None-Match` names this tag; weak or strong is the same here."""
    return header.strip() == "*" or tag in {each.strip().removeprefix("W/") for each in header.split(",")}


def _headers(version: object) -> dict[str, str]:
    return {"Cache-Control": "no-store"} | ({"ETag": f'"{version}"'} if isinstance(version, int) else {})


async def call_of(request: Request) -> Call[Any]:
    """FastAPI dependency: the call of this operation, admitted for its caller. Async, so that no thread is used."""
    state = request.app.state
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    operation = state.operations[request.method, request.scope["route"].path]
    length = _streamed_length(request, operation) if operation.streamed_body else 0
    if operation.streamed_body:
        body = promised(length, request.headers.get("content-type", "").encode("latin-1"))
    else:
        body = await request.body() if request.method in WITH_BODY else b""
    call = SealedRequest(request.method, request.scope["raw_path"], request.scope["query_string"], body)
    principal = state.tokens.read(token, call)
    if not operation.admits(principal):
        raise Forbidden
    parts = None
    if operation.streamed_body:
        parts = unsealed(received(request.receive, length + SEAL_BYTES, Pace()), state.tokens.body_seal(token))
    return Call(request, principal, operation, state.database, state.units, body=parts)


def _streamed_length(request: Request, operation: Operation) -> int:
    """The length of a streamed body without the seal behind it."""
    said = request.headers.get("content-length", "")
    if not said.isdigit() or int(said) < SEAL_BYTES:
        raise LengthMissing
    length = int(said) - SEAL_BYTES
    if operation.body_limit is not None and length > operation.body_limit:
        raise TooLarge(limit=operation.body_limit)
    return length


AnyCall = Annotated[Call[Any], Depends(call_of)]
