"""Converts values and rows to and from the text format of PostgreSQL's protocol."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from pydantic_core import from_json

Row = dict[str, Any]
Decode = Callable[[str], Any]
DECODE: Final[Mapping[int, Decode]] = {
    16: lambda text: text == "t",
    17: lambda text: bytes.fromhex(text[2:]),
    20: int,
    21: int,
    23: int,
    26: int,
    114: from_json,
    700: float,
    701: float,
    1082: date.fromisoformat,
    1184: lambda text: datetime.fromisoformat(text).astimezone(UTC),
    1700: Decimal,
    3802: from_json,
}
"""By type oid, how text becomes a value. Values of every other type stay text."""


def quoted(name: str) -> str:
    """A name as an identifier."""
    return '"' + name.replace('"', '""') + '"'


def array(values: Iterable[Any]) -> str:
    """A PostgreSQL array literal."""
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value: Any) -> str:
    match value:
        case None:
            return "NULL"
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case bytes():
            return '"\\\\x' + value.hex() + '"'
        case _:
            return '"' + text_of(value) + '"'


def text_of(value: Any) -> str:
    """A value as text, by its Python type. `TypeError` for an unknown type, `ValueError` for a moment without zone."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | Decimal():
            return str(value)
        case datetime():
            if value.tzinfo is None:
                raise ValueError("a moment without a time zone")
            return value.isoformat()
        case date():
            return value.isoformat()
        case bytes():
            return "\\x" + value.hex()
        case list() | tuple():
            return array(value)
        case float():
            return repr(value)
        case _:
            raise TypeError(f"{type(value).__name__} has no form in PostgreSQL here")
