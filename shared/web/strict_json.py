"""Reads JSON and queries strictly: no name twice, no NaN, no deep nesting, no NUL, no lone surrogates."""

import json
import re
from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

from shared.kernel.errors import Said
from shared.web.problems import BadRequest
from shared.web.query.parameters import QueryParameters

DEPTH: Final = 32
DIGITS: Final = 20
JSON_TYPE: Final = re.compile(r"application/([^;\s]+\+)?json\s*(;|$)", re.IGNORECASE)
BRACKETS: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
"""A string as a whole, so that what it contains does not count, or a bracket."""


BYTE_ORDER_MARK: Final = Said("Send JSON without a byte order mark.", "JSON 不得以字节顺序标记（BOM）开头。")
TOO_DEEP: Final = Said(f"This is nested too deeply: {DEPTH} levels at most.", f"嵌套过深，最多 {DEPTH} 层。")
NAME_TWICE: Final = Said("An object has the same name twice.", "同一对象中有重复的名称。")
NUL: Final = Said("A text holds the character U+0000.", "文本中含有 U+0000 字符。")
NO_NUMBER: Final = Said("NaN and Infinity are no numbers in JSON.", "NaN 和 Infinity 不是 JSON 数值。")
TOO_LONG: Final = Said("A number has too many digits.", "数值的位数过多。")


class _Unfit(ValueError):
    """JSON that we refuse, or text that lax parsers accept as JSON; the message says why."""

    def __init__(self, says: Said) -> None:
        super().__init__(says.en)
        self.says = says


def parse(body: bytes) -> Any:
    """The value in these bytes. `ValueError` when they are not JSON as accepted here."""
    text = body.decode("utf-8")
    if text.startswith("\ufeff"):
        raise _Unfit(BYTE_ORDER_MARK)
    if _deep(text):
        raise _Unfit(TOO_DEEP)
    return json.loads(text, object_pairs_hook=_once, parse_constant=_refuse, parse_int=_whole, parse_float=_number)


def _deep(text: str) -> bool:
    """Whether brackets nest beyond the limit; checked before the parser uses its stack."""
    if text.count("[") + text.count("{") <= DEPTH:
        return False
    depth = 0
    for found in BRACKETS.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found[0], 0)
        if depth > DEPTH:
            return True
    return False


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = {}
    for key, value in pairs:
        if key in found:
            raise _Unfit(NAME_TWICE)
        _clean(key)
        if isinstance(value, str):
            _clean(value)
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, str):
                    _clean(item)
        found[key] = value
    return found


def _clean(text: str) -> None:
    if "\0" in text:
        raise _Unfit(NUL)
    if not text.isascii():
        text.encode("utf-8")


def _refuse(_constant: str) -> Any:
    raise _Unfit(NO_NUMBER)


def _whole(digits: str) -> int:
    if len(digits) > DIGITS:
        raise _Unfit(TOO_LONG)
    return int(digits)


def _number(digits: str) -> float:
    if len(digits) > 2 * DIGITS:
        raise _Unfit(TOO_LONG)
    return float(digits)


class StrictRequest(Request):
    """A request whose JSON body is read strictly; `unfit` holds the reason of a refusal, where there is one."""

    unfit: Said | None = None

    async def json(self) -> Any:
        """The body; `RequestValidationError` of kind `json_invalid` when it is not JSON as accepted here."""
        if not hasattr(self, "_json"):
            try:
                self._json = parse(await self.body())
            except (ValueError, RecursionError) as error:
                self.unfit = error.says if isinstance(error, _Unfit) else None
                raise json.JSONDecodeError("not JSON as we take it", "", 0) from error
        return self._json


class StrictRoute(APIRoute):
    """A route that reads query and JSON strictly, and answers 415 for other bodies."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler over a strict request. Pages may get unknown parameters: others add some to links."""
        original = super().get_route_handler()
        parameters = QueryParameters.of(self.dependant, others=not self.include_in_schema)

        async def handler(request: Request) -> Response:
            if request.scope["query_string"]:
                parameters.check(request.query_params)
            strict = StrictRequest(request.scope, request.receive)
            try:
                return await original(strict)
            except RequestValidationError as error:
                if strict.unfit is not None:
                    raise BadRequest(reason=strict.unfit) from error
                if self.body_field is not None and await strict.body() and not _is_json(strict.headers):
                    raise HTTPException(415) from error
                raise

        return handler


def _is_json(headers: Headers) -> bool:
    """Whether the body's media type is plain JSON; FastAPI would pass other bodies on as bytes."""
    return JSON_TYPE.match(headers.get("content-type", "")) is not None and (
        headers.get("content-encoding", "identity").lower() == "identity"
    )


def read_strictly(router: APIRouter) -> APIRouter:
    """The same router with strict routes: a `route_class` set after its routes were made has no effect."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            route.__class__ = StrictRoute
    return router
