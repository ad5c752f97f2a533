"""What a caller reads when something does not fit: in the language asked for, and enough to mend it."""

from enum import Enum
from typing import Annotated

import pytest
from pydantic import BaseModel, Field, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import from_json

from shared.kernel.errors import Language
from shared.web.problems import FIELD, answer_fields, language_of


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
