"""Types of fields that every API uses: bounded and strict."""

import re
from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import Query
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticKnownError

from shared.kernel.errors import NO_CURSOR, Said
from shared.kernel.ids import is_id
from shared.kernel.language_tag import LONGEST_TAG, tag_of
from shared.kernel.written import LONGEST_ID, same_number, written

ID_FORM: Final = r"^[A-Za-z0-9][A-Za-z0-9._:/#+-]*$"
"""The form of the ids that Retour itself gives. Ids from outside are any visible text: `Token`."""

RFC_3339: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
CLEAN: Final = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

MOST_SENT: Final = 4 * LONGEST_ID
"""Characters of an id before it is normalised: a letter and its marks may become one character."""

SHORTEST_TRACKING: Final = 4
LONGEST_TRACKING: Final = 40
NO_TRACKING: Final = Said(
    f"A tracking number has {SHORTEST_TRACKING} to {LONGEST_TRACKING} letters and digits, and among them a digit.",
    f"运单号须为 {SHORTEST_TRACKING} 至 {LONGEST_TRACKING} 个字母和数字，且至少含一个数字。",
)
NO_LANGUAGE: Final = Said(
    "This must be a language tag as in BCP 47, such as `en-GB` or `zh-Hans`.",
    "须为 BCP 47 语言标签，例如 `en-GB` 或 `zh-Hans`。",
)


def _tracking(text: str) -> str:
    """A tracking number in the form in which it is compared: upper case, without blanks and hyphens."""
    number = same_number(written(text))
    length = len(number)
    if not SHORTEST_TRACKING <= length <= LONGEST_TRACKING or not any(each.isdecimal() for each in number):
        raise ValueError(NO_TRACKING)
    return number


def _language(text: str) -> str:
    tag = tag_of(text)
    if tag is None:
        raise ValueError(NO_LANGUAGE)
    return tag


Token = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MOST_SENT),
    AfterValidator(written),
    WithJsonSchema(
        {
            "type": "string",
            "minLength": 1,
            "maxLength": LONGEST_ID,
            "description": "Any visible text, kept in NFC without blanks at its ends.",
        }
    ),
]
"""An id or code from outside: any visible text, in the form in which it is kept (Z36)."""

TrackingNumber = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MOST_SENT),
    AfterValidator(_tracking),
    WithJsonSchema(
        {
            "type": "string",
            "minLength": SHORTEST_TRACKING,
            "maxLength": LONGEST_ID,
            "description": "As people write it; case, blanks and hyphens do not matter and are not kept.",
        }
    ),
]
"""A tracking number from outside (Z36)."""

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=CLEAN)]
"""A short text for a person, in any script; a blank text is refused, because a message with it would say nothing."""

Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=CLEAN)]
"""A longer text of a person; a blank text is refused."""

Minor = Annotated[int, Field(ge=0, le=10**12, description="Minor units of the currency, e.g. cents.")]
"""An amount of money that is not negative."""

Quantity = Annotated[int, Field(ge=1, le=10_000)]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
LanguageTag = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2 * LONGEST_TAG),
    AfterValidator(_language),
    WithJsonSchema(
        {
            "type": "string",
            "minLength": 1,
            "maxLength": LONGEST_TAG,
            "description": "BCP 47. Chinese of any region gets Simplified Chinese, any other language English.",
        }
    ),
]
"""The language that was asked for; `spoken` finds the language of ours (Z36)."""


NEXT_PAGE: Final = Query(max_length=64, description="`next` of the page before.")
"""The cursor of every list, as documented."""


def last_seen(kind: str) -> AfterValidator:
    """The id in a cursor, which is the last id of the page before; `NO_CURSOR` for an id of another kind."""

    def read(cursor: str | None) -> str | None:
        if cursor is not None and not is_id(cursor, kind):
            raise ValueError(NO_CURSOR)
        return cursor

    return AfterValidator(read)


def _as_text(value: object) -> object:
    """Strict mode would refuse text, because FastAPI gives parsed values; lax mode would accept numbers."""
    if not isinstance(value, str):
        raise PydanticKnownError("datetime_type")
    if not RFC_3339.fullmatch(value):
        raise PydanticKnownError("datetime_parsing", {"error": "not RFC 3339 with a time zone"})
    return value


def _in_utc(moment: datetime) -> datetime:
    """The moment in UTC, as both engines store it, so that an answer is the same before and after storing."""
    if not EARLIEST <= moment <= LATEST:
        raise PydanticKnownError("datetime_parsing", {"error": "not in this age"})
    return moment.astimezone(UTC)


Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_as_text),
    AfterValidator(_in_utc),
    Field(strict=False, description="RFC 3339 with a time zone; years 1970 to 2199."),
]
"""A moment from outside, in UTC."""


class Input(BaseModel):
    """A body from outside: strict, and no field we do not know."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Output(BaseModel):
    """A body to the outside: an allow-list of what may be seen."""

    model_config = ConfigDict(from_attributes=True)


class MoneyOut(Output):
    """An amount in minor units of an ISO 4217 currency."""

    amount_minor: int
    currency: str


class Page(Output):
    """Where the next page starts; absent on the last one."""

    next: str | None = None
