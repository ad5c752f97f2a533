"""Writes values in the forms of PostgreSQL's protocol; psycopg reads those that come back.

Arrays of text and of whole numbers are sent in the binary form: no character is escaped, and the server copies them.
All other values are sent as text, by their Python type.

Source: PostgreSQL 15 manual, 8.15.6 "Array Input and Output Syntax"; `array_recv` of PostgreSQL for the binary form.
"""

import re
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

Row = Mapping[str, Any]
Encode = Callable[[Any], bytes]

_DIMENSIONS: Final = struct.Struct("!iii")
"""Number of dimensions, whether an element may be null, type of the elements."""
_SIZE: Final = struct.Struct("!i")
_NULL: Final = _SIZE.pack(-1)
_FIRST: Final = _SIZE.pack(1)
_TEXT: Final = 25
_BIGINT: Final = 20
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
    return _binary(_TEXT, values, lambda value: text_of(value).encode())


def _numbers(values: Sequence[Any]) -> bytes:
    return _binary(_BIGINT, values, _number)


def _number(value: Any) -> bytes:
    if not isinstance(value, int):
        raise TypeError(f"{type(value).__name__} is no whole number")
    return value.to_bytes(8, "big", signed=True)


def _binary(kind: int, values: Sequence[Any], encode: Encode) -> bytes:
    """An array of one dimension whose elements are numbered from 1; PostgreSQL gives the empty one no dimension."""
    if not values:
        return _DIMENSIONS.pack(0, 0, kind)
    parts = [_DIMENSIONS.pack(1, 1, kind), _SIZE.pack(len(values)), _FIRST]
    for value in values:
        if value is None:
            parts.append(_NULL)
        else:
            encoded = encode(value)
            parts += (_SIZE.pack(len(encoded)), encoded)
    return b"".join(parts)


_BINARY: Final[Mapping[str, Encode]] = {"text[]": _texts, "bigint[]": _numbers}


def encoders(sql: str, count: int) -> Sequence[Encode]:
    """How each of `count` parameters is written: in the binary form where the SQL casts it to such an array."""
    casts = {int(number): cast for number, cast in _CAST.findall(sql)}
    return [_BINARY.get(casts.get(number, ""), as_text) for number in range(1, count + 1)]
