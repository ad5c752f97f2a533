"""Writes values in the forms of PostgreSQL's protocol; psycopg reads those that come back.

Arrays of text, of whole numbers and of moments are sent in the binary form: no character is escaped, and the server
copies them. All other values are sent as text, by their Python type.

Source: PostgreSQL 15 manual, 8.15.6 "Array Input and Output Syntax"; `array_recv` and `timestamptz_recv` of PostgreSQL
for the binary form.
"""

import re
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

Row = Mapping[str, Any]
Encode = Callable[[Any], bytes]

_DIMENSIONS: Final = struct.Struct("!iii")
"""Number of dimensions, whether an element may be null, type of the elements."""
_SIZE: Final = struct.Struct("!i")
_NUMBER: Final = struct.Struct("!iq")
"""The size of a whole number, and the number."""
_NULL: Final = _SIZE.pack(-1)
_FIRST: Final = _SIZE.pack(1)
_TEXT: Final = 25
_BIGINT: Final = 20
_TIMESTAMPTZ: Final = 1184
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_CAST: Final = re.compile(r"\$(\d+)::(\w+\[\])")


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


def as_text(value: Any) -> bytes:
    """A value in the text form. libpq would end it at a zero byte without a word: `ValueError`."""
    encoded = text_of(value).encode()
    if b"\0" in encoded:
        raise ValueError("a text with a zero byte")
    return encoded


def _texts(values: Sequence[Any]) -> bytes:
    """Nearly every value is a text already, or nothing."""
    parts = _head(_TEXT, values)
    for value in values:
        if value is None:
            parts.append(_NULL)
        else:
            encoded = value.encode() if type(value) is str else text_of(value).encode()
            parts += (_SIZE.pack(len(encoded)), encoded)
    return b"".join(parts)


def _numbers(values: Sequence[Any]) -> bytes:
    """`TypeError` for what is no whole number, `OverflowError` for one that needs more than 64 bits."""
    parts = _head(_BIGINT, values)
    try:
        parts += [_NULL if value is None else _NUMBER.pack(8, value) for value in values]
    except struct.error as error:
        wrong = next(value for value in values if not (value is None or (isinstance(value, int) and _fits(value))))
        if isinstance(wrong, int):
            raise OverflowError(f"{wrong} needs more than 64 bits") from error
        raise TypeError(f"{type(wrong).__name__} is no whole number") from error
    return b"".join(parts)


def _moments(values: Sequence[Any]) -> bytes:
    """Moments as microseconds since 2000. `ValueError` for a moment without zone."""
    parts = _head(_TIMESTAMPTZ, values)
    for value in values:
        if value is None:
            parts.append(_NULL)
        elif isinstance(value, datetime):
            if value.tzinfo is None:
                raise ValueError("a moment without a time zone")
            since = value - _EPOCH
            parts.append(_NUMBER.pack(8, (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds))
        else:
            raise TypeError(f"{type(value).__name__} is no moment")
    return b"".join(parts)


def _fits(number: int) -> bool:
    return -(2**63) <= number < 2**63


def _head(kind: int, values: Sequence[Any]) -> list[bytes]:
    """How an array of one dimension begins, whose elements are numbered from 1; PostgreSQL gives the empty one none."""
    if not values:
        return [_DIMENSIONS.pack(0, 0, kind)]
    return [_DIMENSIONS.pack(1, 1, kind), _SIZE.pack(len(values)), _FIRST]


_BINARY: Final[Mapping[str, Encode]] = {"text[]": _texts, "bigint[]": _numbers, "timestamptz[]": _moments}


def encoders(sql: str, count: int) -> Sequence[Encode]:
    """How each of `count` parameters is written: in the binary form where the SQL casts it to such an array."""
    casts = {int(number): cast for number, cast in _CAST.findall(sql)}
    return [_BINARY.get(casts.get(number, ""), as_text) for number in range(1, count + 1)]
