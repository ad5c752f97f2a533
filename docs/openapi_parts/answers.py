"""What an operation can answer: every status, every problem code, every header (Z34).

What the edge and the plumbing of services refuse is the same for all operations of a kind, and stands in `GENERAL`.
What a use case refuses is read from the code by `raised.py`, and `ALSO` names what reading does not find.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.contracts.operations import Repeat, VersionNeeded
from shared.web.problems import MEDIA_TYPE

Document = dict[str, Any]
Place = tuple[str, str]

WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
CODES: Final = "x-problem-codes"
FEW: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one operation beside its document."""

    method: str
    public: bool
    service: bool
    repeat: Repeat
    version_needed: VersionNeeded = VersionNeeded.BY_NOBODY
    raised: frozenset[str]
    body: bool
    parameters: bool

    @property
    def changes(self) -> bool:
        """Whether a service saves something: then a version or a key may be in the way."""
        return self.service and self.method != "GET"


GENERAL: Final = (
    ("bad_request", lambda _: True),
    ("unknown_parameter", lambda _: True),
    ("unauthenticated", lambda it: not it.public),
    ("forbidden", lambda it: not it.public),
    ("too_many_requests", lambda _: True),
    ("internal_error", lambda _: True),
    ("unavailable", lambda _: True),
    ("no_answer_in_time", lambda it: it.service),
    ("not_found", lambda it: it.parameters),
    ("malformed", lambda it: it.parameters or it.body),
    ("unsupported_media_type", lambda it: it.service or it.body),
    ("too_slow", lambda it: it.method in WITH_BODY),
    ("too_large", lambda it: it.method in WITH_BODY),
    ("idempotency_key_missing", lambda it: it.changes),
    ("idempotency_key_reused", lambda it: it.changes),
    ("precondition_failed", lambda it: it.changes),
    ("precondition_required", lambda it: it.version_needed is not VersionNeeded.BY_NOBODY),
    ("stale_version", lambda it: it.changes),
    ("constraint_broken", lambda it: it.changes),
)
"""Which codes every operation of a kind may answer."""

ALSO: Final[Mapping[Place, frozenset[str]]] = {}
"""Codes that reading the source does not find. Tests that see one more say so."""

ABOUT: Final[Mapping[int, str]] = {
    400: "The request breaks rules of HTTP or JSON, or its Idempotency-Key is missing",
    401: "Nobody we know is asking",
    403: "Not allowed for this caller",
    404: "No such thing, or not the caller's",
    408: "The request did not arrive in time",
    409: "A rule said no",
    411: "Content-Length is missing",
    412: "No longer the version that was named",
    413: "Too large",
    415: "A media type or encoding that is not read",
    422: "A field does not fit",
    428: "The version that is replaced is not named",
    429: "Too many requests",
    500: "An error of ours, which was recorded",
    503: "Temporarily unavailable",
}

HEADERS: Final[Mapping[str, tuple[str, str, str]]] = {
    "X-Request-Id": ("string", "The id of this request, for questions about it.", "0c6f3a1d5b7e49c2a8f0d1e2b3c4d5e6"),
    "RateLimit": (
        "string",
        "What is left of the caller's quota, and the seconds until more; absent where no caller was counted.",
        '"caller";r=1199;t=42',
    ),
    "RateLimit-Policy": ("string", "The caller's quota in a window of seconds.", '"caller";q=1200;w=60'),
    "Retry-After": ("integer", "Seconds after which the same request is worth a try.", "17"),
    "WWW-Authenticate": ("string", "How a caller proves who is asking.", 'Bearer realm="retour"'),
    "Idempotency-Replayed": ("string", "`true` when this answer was given before for the same key.", "true"),
    "Cache-Control": ("string", "`no-store`, or how long a public document is fresh.", "no-store"),
    "ETag": (
        "string",
        "The version that is shown, for `If-Match` or `If-None-Match`; a replayed answer has none.",
        '"3"',
    ),
    "Vary": ("string", "The request headers that the answer depends on.", "Accept-Language"),
}
EVERYWHERE: Final = ("X-Request-Id", "RateLimit", "RateLimit-Policy", "Cache-Control")
BY_STATUS: Final[Mapping[int, tuple[str, ...]]] = {
    401: ("WWW-Authenticate",),
    429: ("Retry-After",),
    503: ("Retry-After",),
    304: ("ETag", "Vary"),
}


def components(problems: Iterable[Mapping[str, Any]], used: frozenset[str]) -> Document:
    """The headers, and one example for each problem that is used, as components."""
    headers = {
        name: {
            "description": about,
            "schema": {"type": kind},
            "example": int(example) if kind == "integer" else example,
        }
        for name, (kind, about, example) in HEADERS.items()
    }
    headers["X-Request-Id"]["required"] = True
    return {
        "headers": headers,
        "examples": {problem["code"]: _example(problem) for problem in problems if problem["code"] in used},
    }


def _example(problem: Mapping[str, Any]) -> Document:
    code, title = problem["code"], problem["title"]["en"]
    value = {
        "type": f"/docs/problems#{code}",
        "title": title,
        "status": problem["status"],
        "detail": problem["detail"]["en"],
        "instance": "urn:request:0c6f3a1d5b7e49c2a8f0d1e2b3c4d5e6",
        "code": code,
    }
    return {"summary": title, "value": value}


def codes_of(place: Place, facts: Facts) -> frozenset[str]:
    """Every problem code that the operation may answer."""
    general = {code for code, applies in GENERAL if applies(facts)}
    return frozenset(general | facts.raised | ALSO.get(place, frozenset()))


def complete(operation: Document, place: Place, facts: Facts, status_of: Mapping[str, int], shared: Document) -> None:
    """Write the problems and the headers into the document of an operation; what was written of them goes.

    An answer with few codes is alike in many operations: it goes into `shared`, the components of answers.
    """
    answers = operation["responses"]
    for status in [status for status in answers if int(status) >= 400]:
        del answers[status]
    _same_content(answers)
    for status, answer in answers.items():
        _head(answer, int(status), facts)
    by_status: dict[int, list[str]] = {}
    for code in sorted(codes_of(place, facts)):
        by_status.setdefault(status_of[code], []).append(code)
    for status, codes in by_status.items():
        answer = _refusal(status, codes, facts)
        if len(codes) > FEW:
            answers[str(status)] = answer
            continue
        name = "".join(code.title().replace("_", "") for code in codes)
        shared[name] = answer
        answers[str(status)] = {"$ref": f"#/components/responses/{name}"}
    operation["responses"] = dict(sorted(answers.items()))


def _refusal(status: int, codes: list[str], facts: Facts) -> Document:
    answer: Document = {
        "description": f"{ABOUT[status]}: {', '.join(f'`{code}`' for code in codes)}.",
        CODES: codes,
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {code: {"$ref": f"#/components/examples/{code}"} for code in codes},
            }
        },
    }
    _head(answer, status, facts)
    return answer


def _same_content(answers: Document) -> None:
    """A repeated call answers 200 with what 201 has."""
    content = next((answer["content"] for _, answer in sorted(answers.items()) if answer.get("content")), None)
    for status, answer in answers.items():
        if content is not None and int(status) in (200, 201, 202):
            answer.setdefault("content", content)


def _head(answer: Document, status: int, facts: Facts) -> None:
    own = [name for name in answer.get("headers", ()) if name in HEADERS]
    named = [*EVERYWHERE, *BY_STATUS.get(status, ()), *own]
    if status < 300 and facts.changes:
        named += ("ETag", "Idempotency-Replayed")
    if status == 200 and facts.public and facts.service and not facts.changes:
        named += ("ETag", "Vary")
    others = {name: header for name, header in answer.get("headers", {}).items() if name not in HEADERS}
    answer["headers"] = others | {name: {"$ref": f"#/components/headers/{name}"} for name in dict.fromkeys(named)}
