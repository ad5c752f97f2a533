"""The envelope around every event: CloudEvents 1.0, structured JSON.

Extensions: `sequence` (integer; counts the events of one source about one subject, from 1 without a gap),
`correlationid` (the return), `causationid` (the event or request that led to it), `traceparent` (W3C), `actor` (who did
it: a kind and an opaque id).
"""

import builtins
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import PydanticSerializationError, to_json

SPECVERSION: Final = "1.0"
SEQUENCE: Final = (
    "Counts the events of one source about one subject, from 1 without a gap. A consumer keeps the last number of each "
    "`source` and `subject`: two services may tell events about the same subject."
)
BODY_LIMIT: Final = 1_000_000
"""The most bytes of one event; a larger one is unreadable."""
NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""The escaped character in JSON, not an escaped backslash before `u0000`."""


class Unreadable(ValueError):
    """Bytes that are not one of our events, parked at once. `reason` is a stable code."""

    def __init__(self, reason: str, detail: str) -> None:
        self.reason = reason
        super().__init__(detail)


class Event(BaseModel):
    """What happened, as others are told. Past tense, frozen; unknown fields are ignored, known ones are strict."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    type: ClassVar[str]
    """`<noun>.<past participle>`."""
    version: ClassVar[int]
    """Counts incompatible changes, from 1."""

    @classmethod
    def routing_key(cls) -> str:
        """`<noun>.<past participle>.v<version>`: the CloudEvents type and the AMQP routing key."""
        return f"{cls.type}.v{cls.version}"


E = TypeVar("E", bound=Event)
Short = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]

Name = Annotated[str, StringConstraints(max_length=200, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:+-]*$")]
"""Characters that can be part of an address, because operators name parked events by id."""


class Envelope(BaseModel):
    """An event on its way, its data not yet looked into."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    specversion: Literal["1.0"] = SPECVERSION
    id: Name
    type: Short
    source: Short
    subject: Short
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    sequence: Annotated[int, Field(ge=1, le=2**53, description=SEQUENCE)]
    correlationid: Short
    causationid: Short | None = None
    traceparent: Short | None = None
    actor: Short
    data: dict[str, Any]

    def encode(self) -> str:
        """The bytes of this event, the same in every copy."""
        try:
            return to_json(self, exclude_none=True).decode()
        except (PydanticSerializationError, UnicodeEncodeError) as error:
            raise ValueError(f"event {self.type} cannot be written as JSON") from error

    @classmethod
    def decode(cls, body: bytes | str) -> Self:
        """The envelope in these bytes; `Unreadable` with the reason."""
        if len(body) > BODY_LIMIT:
            raise Unreadable("too_large", f"{len(body)} bytes")
        try:
            return cls.model_validate_json(body)
        except ValidationError as error:
            reason = "not_json" if error.errors(include_url=False)[0]["type"] == "json_invalid" else "not_an_event"
            raise Unreadable(reason, _short(error)) from error

    def read(self, contract: builtins.type[E]) -> E:
        """The data as this contract; `Unreadable` when it does not fit."""
        data = to_json(self.data)
        if NUL.search(data):
            raise Unreadable("not_by_contract", "data: a text holds U+0000, which PostgreSQL cannot keep")
        try:
            return contract.model_validate_json(data)
        except ValidationError as error:
            raise Unreadable("not_by_contract", _short(error)) from error


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a change comes from: who asked, what caused it, which trace it belongs to."""

    actor: str
    correlation: str | None = None
    causation: str | None = None
    traceparent: str | None = None
    at: datetime | None = None
    """When the event that caused the change was published; None where no event did."""


def _short(error: ValidationError) -> str:
    places = (f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors(include_url=False))
    return "; ".join(places)[:500]
