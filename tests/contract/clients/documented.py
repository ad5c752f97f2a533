"""Compares real answers with the OpenAPI document: the operation, its status, problem code, headers and body (Z34)."""

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, Final

import httpx
import httpx2
import jsonschema_rs

DOCUMENT: Final[dict[str, Any]] = json.loads((Path(__file__).parents[3] / "docs/openapi.json").read_text())
PLACEHOLDER: Final = re.compile(r"\{\w+\}")
CHECKED_BODIES: Final = 40
"""So many bodies of one answer of one operation are compared with their schema; the rest are alike."""
TRANSPORT: Final = frozenset(
    {
        "access-control-allow-origin", "access-control-expose-headers", "allow", "connection",
        "content-disposition", "content-length", "content-security-policy", "content-type",
        "cross-origin-opener-policy", "cross-origin-resource-policy", "date", "location", "referrer-policy",
        "strict-transport-security", "transfer-encoding", "x-content-type-options",
    }
)  # fmt: skip
"""Headers of HTTP and of browsers' protection, which no operation describes."""
BY_ORIGIN: Final = (("vary", "Origin"),)
"""Said of every answer once the settings list origins; a `Vary` that names more is the operation's."""

_seen: Counter[tuple[str, str]] = Counter()


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """A component, or what stands in its place."""
    found: Any = node
    if "$ref" in node:
        found = DOCUMENT
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
    return dict(found)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Addresses without parameters come first: `/v1/policies/trial` is no name of a policy."""
    paths = sorted(DOCUMENT["paths"], key=lambda path: (path.count("{"), path))
    return [(re.compile(PLACEHOLDER.sub("[^/]+", path)), path) for path in paths]


def place_of(method: str, path: str) -> tuple[str, str] | None:
    """The operation of a request, if the document has it."""
    for pattern, known in _patterns():
        if pattern.fullmatch(path) and method.lower() in DOCUMENT["paths"][known]:
            return method.lower(), known
    return None


def compare(method: str, path: str, status: int, headers: dict[str, str], body: bytes | None) -> list[str]:
    """What an answer has that the document does not say of it; headers in lower case."""
    place = place_of(method, path)
    if place is None:
        return []
    operation = DOCUMENT["paths"][place[1]][place[0]]
    name = f"{method} {place[1]} {status}"
    if str(status) not in operation["responses"]:
        return [f"{name}: this status is not documented: {(body or b'')[:300]!r}"]
    answer = resolved(operation["responses"][str(status)])
    known = {header.lower() for header in answer.get("headers", ())}
    known |= {header for header, said in BY_ORIGIN if headers.get(header) == said}
    wrong = [f"{name}: the header {each} is not documented" for each in headers.keys() - known - TRANSPORT]
    kind = headers.get("content-type", "").partition(";")[0]
    if body and "json" in kind:
        wrong += _body(name, answer, kind, json.loads(body))
    return wrong


def _body(name: str, answer: dict[str, Any], kind: str, body: Any) -> list[str]:
    if kind not in answer.get("content", {}):
        return [f"{name}: {kind} is not documented"]
    code = body.get("code") if status_is_problem(kind) else None
    if code is not None and code not in answer["x-problem-codes"]:
        return [f"{name}: the problem code {code} is not documented; list it in docs/openapi_parts/answers.py: ALSO"]
    _seen[name, kind] += 1
    if _seen[name, kind] > CHECKED_BODIES:
        return []
    errors = _validator(json.dumps(answer["content"][kind]["schema"])).iter_errors(body)
    return [f"{name}: {error.instance_path}: {error.message[:300]}" for error in errors]


def status_is_problem(kind: str) -> bool:
    """Whether this media type is a problem document's."""
    return kind == "application/problem+json"


@cache
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    whole = {**json.loads(schema), "components": {"schemas": DOCUMENT["components"]["schemas"]}}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


async def as_documented(answer: httpx.Response | httpx2.Response) -> None:
    """A hook for clients of tests: `AssertionError` for an answer that the document does not foresee."""
    kind = answer.headers.get("content-type", "")
    body = await answer.aread() if "json" in kind and "stream" not in kind else None
    headers = {name.lower(): value for name, value in answer.headers.items()}
    wrong = compare(answer.request.method, answer.request.url.path, answer.status_code, headers, body)
    assert not wrong, "the OpenAPI document says something else:\n" + "\n".join(wrong)
