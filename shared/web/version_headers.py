"""How OpenAPI documents versions: the `ETag` of an answer, and the headers of conditional requests (RFC 9110 13)."""

from collections.abc import Mapping
from typing import Any, Final

LONGEST_TAGS: Final = 200
"""Characters of a header that names versions."""

TAGGED: Final[Mapping[str, Any]] = {
    "ETag": {
        "description": "The version that is shown, for `If-Match` or `If-None-Match`; absent from a replayed answer.",
        "schema": {"type": "string"},
    }
}
"""Headers of an answer with a version."""


def _heeding(name: str, description: str, example: str) -> dict[str, Any]:
    header = {"name": name, "in": "header", "required": False, "description": description}
    return {"parameters": [{**header, "schema": {"type": "string", "maxLength": LONGEST_TAGS}, "example": example}]}


IF_MATCH: Final = _heeding(
    "If-Match",
    "The `ETag` of the version that this is meant for, or `*`; 412 and no effect when it is no longer the present one.",
    '"3"',
)
"""`openapi_extra` of an operation that changes what has a version."""

IF_NONE_MATCH: Final = _heeding(
    "If-None-Match",
    "The `ETag` of what is at hand; 304 without a body when it is still the same.",
    '"d82b3577676a8b0085c1284ee77dfba7"',
)
"""`openapi_extra` of an operation whose answer may be cached."""

SHOWN: Final[Mapping[str, Any]] = {"responses": {200: {"headers": TAGGED}}}
"""How a route that answers 200 with a version is declared."""

CHANGED: Final[Mapping[str, Any]] = {**SHOWN, "openapi_extra": IF_MATCH}
"""How a route is declared that changes what has a version, and answers 200 with it."""
