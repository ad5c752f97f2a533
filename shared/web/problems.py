"""Problem documents (RFC 9457): the only place that turns an error into an answer, in the caller's language.

Every answer has `type`, `title`, `status`, `detail`, `instance` (the request's id) and a stable `code`. For malformed
input it also has `errors[]`, each with a JSON pointer. Exception texts, SQL and sent values are never repeated.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.responses import Response

from shared.database.work import ConstraintBroken
from shared.files.errors import FileTooLarge, UnknownFileType
from shared.kernel.errors import (
    Forbidden,
    Language,
    Malformed,
    NotFound,
    NotYet,
    Refused,
    RetourError,
    Said,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)
from shared.web.field_messages import FIELD, ODD

log = structlog.get_logger(__name__)

MOST_PARTS: Final = 50
MEDIA_TYPE: Final = "application/problem+json"

STATUS: Final[Sequence[tuple[type[RetourError], int]]] = (
    (Malformed, 422),
    (Unauthenticated, 401),
    (Forbidden, 403),
    (NotFound, 404),
    (Refused, 409),
    (ConstraintBroken, 409),
    (TooManyRequests, 429),
    (NotYet, 503),
    (Unavailable, 503),
)


class BadRequest(Malformed):
    """The request breaks rules of HTTP or JSON, before any field is checked."""

    code = "bad_request"


class TooLarge(Malformed):
    """More bytes than this operation accepts."""

    code = "too_large"
    title = Said("Too large", "请求过大")
    detail = Said("The body is larger than {limit} bytes.", "请求体超过 {limit} 字节。")


class TooSlow(BadRequest):
    """No byte arrived for a while, or too few arrived."""

    code = "too_slow"
    title = Said("Too slow", "请求超时")
    detail = Said("The request did not arrive in time.", "请求未在规定时间内到达。")


class LengthMissing(BadRequest):
    """A streamed body needs its length before it."""

    code = "length_required"
    title = Said("Content-Length is missing", "缺少 Content-Length")
    detail = Said("Send this body with a Content-Length header.", "请在请求中提供 Content-Length 请求头。")


class UploadCut(BadRequest):
    """The caller left in the middle of a body."""

    code = "upload_cut"
    title = Said("The upload was interrupted", "上传中断")
    detail = Said("The body ended before its end. Nothing was kept.", "请求体提前结束，未保留任何内容。")


class PreconditionFailed(Refused):
    """`If-Match` names another version than the present one."""

    code = "precondition_failed"
    title = Said("Changed in the meantime", "数据已被更改")
    detail = Said("It is no longer the version you named. Load it again.", "当前版本与您指定的不同，请重新加载。")


class PreconditionRequired(Malformed):
    """The operation replaces what others may have changed, and no `If-Match` names the version that was seen."""

    code = "precondition_required"
    title = Said("If-Match is missing", "缺少 If-Match")
    detail = Said(
        "Somebody may have changed it. Read it first, and send its ETag as If-Match; `*` replaces whatever is there.",
        "数据可能已被他人更改。请先读取，再将其 ETag 作为 If-Match 请求头发送；`*` 表示无论何种版本均予替换。",
    )


class KeyMissing(Malformed):
    """This operation moves money or goods, so the call must be repeatable."""

    code = "idempotency_key_missing"
    title = Said("Idempotency-Key is missing", "缺少 Idempotency-Key")
    detail = Said(
        "Send an Idempotency-Key of 1 to 255 visible ASCII characters, and the same one when you repeat the call.",
        "请发送 Idempotency-Key 请求头（1 至 255 个可见 ASCII 字符），重试时使用同一值。",
    )


class KeyReused(Malformed):
    """The same key came with another body."""

    code = "idempotency_key_reused"
    title = Said("Idempotency-Key used for something else", "Idempotency-Key 已用于其他请求")
    detail = Said(
        "This key was used before with another body. Use a new key for a new request.",
        "该键已用于内容不同的请求。新的请求请使用新的键。",
    )


OWN_STATUS: Final[Mapping[str, int]] = {
    BadRequest.code: 400,
    KeyMissing.code: 400,
    TooSlow.code: 408,
    LengthMissing.code: 411,
    UploadCut.code: 400,
    TooLarge.code: 413,
    FileTooLarge.code: 413,
    UnknownFileType.code: 415,
    PreconditionFailed.code: 412,
    PreconditionRequired.code: 428,
}

BY_STATUS: Final[Mapping[int, tuple[str, Said, Said]]] = {
    400: (
        "bad_request",
        Said("Bad request", "请求有误"),
        Said("The request is malformed.", "请求格式有误。"),
    ),
    404: ("not_found", Said("Not found", "未找到"), Said("There is nothing here.", "此处没有内容。")),
    405: (
        "method_not_allowed",
        Said("Method not allowed", "不支持的方法"),
        Said("This address does not take that method.", "该地址不支持此方法。"),
    ),
    408: (
        "too_slow",
        Said("Too slow", "请求超时"),
        Said("The request did not arrive in time.", "请求未在规定时间内到达。"),
    ),
    413: ("too_large", TooLarge.title, Said("The body is too large.", "请求体过大。")),
    415: (
        "unsupported_media_type",
        Said("Send JSON", "请发送 JSON"),
        Said("The body must be application/json.", "请求体须为 application/json。"),
    ),
    431: (
        "head_too_large",
        Said("Headers too large", "请求头过大"),
        Said("The address and the headers are too large.", "请求地址与请求头过大。"),
    ),
}

_SPOKEN: Final[Mapping[str, Language]] = {"en": "en", "zh": "zh-CN"}
_WEIGHT: Final = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")


class FieldProblem(BaseModel):
    """One field that does not fit; in a text that was sent, with its line and column, from 1."""

    pointer: str
    code: str
    detail: str
    line: int | None = None
    column: int | None = None


class Problem(BaseModel):
    """What every refusal looks like."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[FieldProblem] | None = None


DOCUMENTED: Final[dict[int | str, dict[str, Any]]] = {
    status: {
        "description": title,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status, title in (
        (400, "The request breaks HTTP's, JSON's or the key's rules"),
        (401, "Nobody we know is asking"),
        (403, "Not allowed for this role"),
        (404, "No such thing, or not yours"),
        (405, "Not this method"),
        (409, "A rule said no"),
        (412, "No longer the version you named"),
        (413, "Too large"),
        (415, "Not JSON"),
        (422, "A field does not fit"),
        (428, "The version you replace is not named"),
        (429, "Too many requests"),
        (503, "Temporarily unavailable"),
    )
}


def language_of(header: str | None) -> Language:
    """The language that an `Accept-Language` header prefers, by weight, then by place; English if it names none."""
    chosen: Language = "en"
    highest = 0.0
    for part in (header or "").lower().split(","):
        tag, _, rest = part.partition(";")
        language: Language | None = _SPOKEN.get(tag.strip().partition("-")[0])
        if language is not None and (weight := _weight(rest)) > highest:
            chosen, highest = language, weight
    return chosen


def _weight(said: str) -> float:
    name, _, value = said.partition("=")
    if name.strip() != "q":
        return 1.0
    return float(value) if _WEIGHT.fullmatch(value.strip()) else 0.0


def status_of(error: RetourError) -> int:
    """The HTTP status of an error: by its code where one is listed, else by its class."""
    own = OWN_STATUS.get(error.code)
    if own is not None:
        return own
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def problem(
    *,
    status: int,
    code: str,
    title: str,
    detail: str,
    instance: str,
    errors: Sequence[FieldProblem] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem document as an answer; 503 has `Retry-After`."""
    document = Problem(
        type=f"/docs/problems#{code}",
        title=title,
        status=status,
        detail=detail,
        instance=f"urn:request:{instance}",
        code=code,
        errors=list(errors) or None,
    )
    more = {"Cache-Control": "no-store", **(headers or {})}
    if status == 503:
        more.setdefault("Retry-After", "1")
    return Response(to_json(document, exclude_none=True), status, more, MEDIA_TYPE)


def by_status(status: int, language: Language, instance: str, headers: Mapping[str, str] | None = None) -> Response:
    """An answer for a refusal by HTTP itself; an unlisted status gets the words of 400."""
    code, title, detail = BY_STATUS.get(status, BY_STATUS[400])
    return problem(
        status=status,
        code=code,
        title=title.to(language),
        detail=detail.to(language),
        instance=instance,
        headers=headers,
    )


def answer_error(error: RetourError, language: Language, instance: str) -> Response:
    """A domain error as an answer."""
    status = status_of(error)
    errors = []
    if error.parts:
        errors = [
            FieldProblem(
                pointer=part.pointer, code=error.code, detail=part.says.to(language), line=part.line, column=part.column
            )
            for part in error.parts[:MOST_PARTS]
        ]
    elif error.pointer is not None:
        errors = [FieldProblem(pointer=error.pointer, code=error.code, detail=error.say(language))]
    headers = {}
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = f'{error.proof} realm="retour"'
    if isinstance(error, TooManyRequests):
        headers["Retry-After"] = str(error.seconds)
    return problem(
        status=status,
        code=error.code,
        title=error.title.to(language),
        detail=error.say(language),
        instance=instance,
        errors=errors,
        headers=headers,
    )


def answer_fields(errors: Sequence[Any], language: Language, instance: str) -> Response:
    """An answer about fields that do not fit: each with its pointer, never with the sent value."""
    if any(item["type"] == "json_invalid" for item in errors):
        return answer_error(BadRequest(reason=FIELD["json_invalid"].to(language)), language, instance)
    fields = [_field(item, language) for item in errors[:50]]
    return problem(
        status=422,
        code=Malformed.code,
        title=Malformed.title.to(language),
        detail=Said("{n} field(s) do not fit.", "有 {n} 个字段不符合要求。").to(language, n=len(errors)),
        instance=instance,
        errors=fields,
    )


def _field(item: Mapping[str, Any], language: Language) -> FieldProblem:
    place = [str(part).replace("~", "~0").replace("/", "~1") for part in item["loc"]]
    where = "/".join(place[1:] if place and place[0] == "body" else place)
    said = FIELD.get(item["type"], ODD)
    facts = {name: _said(fact, language) for name, fact in (item.get("ctx") or {}).items()}
    if language == "zh-CN" and "expected" in facts:
        facts["expected"] = facts["expected"].replace("' or '", "', '")
    try:
        detail = said.to(language, **facts)
    except KeyError:
        detail = ODD.to(language)
    return FieldProblem(pointer="/" + where, code=item["type"], detail=detail)


def _said(fact: object, language: Language) -> str:
    """A fact as text; a `ValueError` may hold a sentence in both languages."""
    match fact:
        case ValueError(args=(Said() as sentence, *_)):
            return sentence.to(language)
        case _:
            return str(fact)


def instance_of(request: Request) -> str:
    """The request's id, which callers can quote and operators can search for."""
    return str(getattr(request.state, "request_id", "unknown"))


def _nothing(_request: Request) -> Response | None:
    return None


def install(app: FastAPI, lost: Callable[[Request], Response | None] = _nothing) -> None:
    """Make every error of this app a problem document; `lost` may give a page for an unknown address."""

    async def known(request: Request, error: Exception) -> Response:
        return answer_error(
            cast("RetourError", error), language_of(request.headers.get("accept-language")), instance_of(request)
        )

    async def fields(request: Request, error: Exception) -> Response:
        found = cast("RequestValidationError", error)
        return answer_fields(found.errors(), language_of(request.headers.get("accept-language")), instance_of(request))

    async def plain(request: Request, error: Exception) -> Response:
        refused = cast("HTTPException", error)
        if refused.status_code == 404 and (page := lost(request)) is not None:
            return page
        language = language_of(request.headers.get("accept-language"))
        return by_status(refused.status_code, language, instance_of(request), refused.headers)

    async def unexpected(request: Request, error: Exception) -> Response:
        language = language_of(request.headers.get("accept-language"))
        log.error("request_failed", request=instance_of(request), exc_info=error)
        return problem(
            status=500,
            code=RetourError.code,
            title=RetourError.title.to(language),
            detail=RetourError.detail.to(language),
            instance=instance_of(request),
        )

    app.add_exception_handler(RetourError, known)
    app.add_exception_handler(RequestValidationError, fields)
    app.add_exception_handler(HTTPException, plain)
    app.add_exception_handler(Exception, unexpected)
