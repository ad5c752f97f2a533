"""What a caller reads when something does not fit: in the language asked for, and enough to mend it."""

from enum import Enum
from typing import Annotated

import pytest
from pydantic import BaseModel, Field, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import from_json

from shared.database.work import ConstraintBroken
from shared.kernel.errors import (
    ErrorPart,
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
from shared.web.field_messages import FIELD
from shared.web.problems import (
    BadRequest,
    KeyMissing,
    KeyReused,
    PreconditionFailed,
    PreconditionRequired,
    TooLarge,
    answer_error,
    answer_fields,
    by_status,
    language_of,
)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("zh-CN", "zh-CN"),
        ("zh-Hans-CN, en;q=0.5", "zh-CN"),
        ("fr, zh;q=0.2", "zh-CN"),
        ("zh-CN, en", "zh-CN"),
        ("en-GB, zh", "en"),
        ("en;q=0.5, zh-CN;q=0.9", "zh-CN"),
        ("zh-CN;q=0.1, en;q=0.8", "en"),
        ("zh;q=0, fr", "en"),
        ("zh ; q=0.7 , en ; q=0.3", "zh-CN"),
        ("zh;q=much, en;q=0.1", "en"),
        ("*", "en"),
    ],
)
def test_the_language_with_the_greatest_weight_is_spoken(header: str | None, language: Language) -> None:
    """Q01, RFC 9110 12.5.4."""
    assert language_of(header) == language


class Colour(Enum):
    """Some words to choose from."""

    RED = "red"
    BLUE = "blue"
    GREEN = "green"


class Asked(BaseModel):
    """A query."""

    overdue: bool = False
    colour: Annotated[Colour, Field(strict=False)] = Colour.RED
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")] = "EUR"


def said(language: Language, **query: str) -> str:
    """The one sentence about what does not fit."""
    with pytest.raises(ValidationError) as wrong:
        TypeAdapter(Asked).validate_python(query)
    [part] = from_json(bytes(answer_fields(wrong.value.errors(), language, "r").body))["errors"]
    return str(part["detail"])


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_sentence_about_a_field_says_what_would_fit(language: Language) -> None:
    """DESIGN 8: the form, the words, yes or no; no English word joins Chinese ones."""
    assert said(language, overdue="maybe") == FIELD["bool_type"].to(language)
    assert "^[A-Z]{3}$" in said(language, currency="euro")
    chosen = said(language, colour="pink")
    assert all(f"'{colour.value}'" in chosen for colour in Colour)
    assert (" or " in chosen) == (language == "en")


@pytest.mark.parametrize(
    ("error", "status", "more"),
    [
        (Malformed(), 422, {}),
        (KeyReused(), 422, {}),
        (BadRequest(), 400, {}),
        (KeyMissing(), 400, {}),
        (TooLarge(limit=1), 413, {}),
        (Unauthenticated(), 401, {"www-authenticate": 'Bearer realm="retour"'}),
        (Forbidden(), 403, {}),
        (NotFound("return"), 404, {}),
        (Refused(), 409, {}),
        (ConstraintBroken("units"), 409, {}),
        (PreconditionFailed(), 412, {}),
        (PreconditionRequired(), 428, {}),
        (TooManyRequests(17), 429, {"retry-after": "17"}),
        (NotYet("order"), 503, {"retry-after": "1"}),
        (Unavailable("database"), 503, {"retry-after": "1"}),
        (RetourError(), 500, {}),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, RetourError) else "",
)
def test_an_error_is_an_answer_with_its_own_status_and_headers(
    error: RetourError, status: int, more: dict[str, str]
) -> None:
    """RFC 9457; nobody keeps it; who is to come again is told when."""
    answer = answer_error(error, "en", "request-1")
    document = from_json(bytes(answer.body))
    assert (answer.status_code, document["status"], document["code"]) == (status, status, error.code)
    assert document["instance"] == "urn:request:request-1"
    assert document["type"] == f"/docs/problems#{error.code}"
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    assert headers == {"content-type": "application/problem+json", "cache-control": "no-store", **more}


@pytest.mark.parametrize("number", [1, 50, 51, 80])
def test_of_many_things_that_are_wrong_fifty_are_said(number: int) -> None:
    """S-60: a body of a megabyte of wrong fields gets no answer of ten."""
    error = Malformed()
    error.parts = tuple(ErrorPart(f"/{n}", n, 1, Said("no", "否")) for n in range(1, number + 1))
    parts = from_json(bytes(answer_error(error, "en", "r").body))["errors"]
    assert [part["line"] for part in parts] == list(range(1, min(number, 50) + 1))
    fields = [{"type": "missing", "loc": ("body", "a", n, "b/c~d")} for n in range(number)]
    document = from_json(bytes(answer_fields(fields, "en", "r").body))
    assert len(document["errors"]) == min(number, 50)
    assert document["errors"][0]["pointer"] == "/a/0/b~1c~0d"
    assert document["detail"].startswith(f"{number} field")


@pytest.mark.parametrize(("status", "code"), [(404, "not_found"), (405, "method_not_allowed"), (418, "bad_request")])
def test_what_http_itself_refuses_has_the_same_form(status: int, code: str) -> None:
    answer = by_status(status, "zh-CN", "r", {"Allow": "GET"})
    document = from_json(bytes(answer.body))
    assert (answer.status_code, document["status"], document["code"]) == (status, status, code)
    assert (answer.headers["allow"], answer.headers["cache-control"]) == ("GET", "no-store")
    assert not document["title"].isascii()
