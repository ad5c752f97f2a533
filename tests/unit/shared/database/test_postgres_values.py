"""Arrays in PostgreSQL's binary form, byte for byte, and what has no place in them."""

import struct
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from shared.database.postgres_values import encoders

TEXT, BIGINT, TIMESTAMPTZ = 25, 20, 1184


def encoded(kind: str, values: list[Any]) -> bytes:
    (encode,) = encoders(f"$1::{kind}", 1)
    return encode(values)


def an_array(kind: int, *elements: bytes | None) -> bytes:
    """As `array_recv` of PostgreSQL reads it: one dimension, numbered from 1; a size of -1 is NULL."""
    head = struct.pack("!iiiii", 1, 1, kind, len(elements), 1)
    return head + b"".join(
        struct.pack("!i", -1) if each is None else struct.pack("!i", len(each)) + each for each in elements
    )


def test_texts_are_sent_as_they_are_and_other_values_as_text() -> None:
    assert encoded("text[]", ["à", None, "", 'quote " and \\', 7]) == an_array(
        TEXT, "à".encode(), None, b"", b'quote " and \\', b"7"
    )


def test_whole_numbers_have_eight_bytes() -> None:
    numbers = [0, None, -1, 2**63 - 1, -(2**63)]
    assert encoded("bigint[]", numbers) == an_array(
        BIGINT, *(None if each is None else struct.pack("!q", each) for each in numbers)
    )


def test_moments_are_microseconds_since_2000_in_any_zone() -> None:
    shanghai = timezone(timedelta(hours=8))
    moments = [datetime(2000, 1, 1, tzinfo=UTC), None, datetime(2026, 12, 1, 8, 0, 0, 1, tzinfo=shanghai),
               datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)]  # fmt: skip
    assert encoded("timestamptz[]", moments) == an_array(
        TIMESTAMPTZ, struct.pack("!q", 0), None, struct.pack("!q", 849_398_400_000_001), struct.pack("!q", -1)
    )


@pytest.mark.parametrize("kind", ["text[]", "bigint[]", "timestamptz[]"])
def test_an_empty_array_has_no_dimension(kind: str) -> None:
    assert encoded(kind, [])[:8] == struct.pack("!ii", 0, 0)


@pytest.mark.parametrize(
    ("kind", "value", "error"),
    [
        ("text[]", {}, TypeError),
        ("bigint[]", "7", TypeError),
        ("bigint[]", 1.5, TypeError),
        ("bigint[]", 2**63, OverflowError),
        ("bigint[]", -(2**63) - 1, OverflowError),
        ("timestamptz[]", datetime(2026, 12, 1), ValueError),  # noqa: DTZ001  that is what is refused
        ("timestamptz[]", "2026-12-01", TypeError),
    ],
)
def test_what_has_no_place_is_refused_whatever_stands_beside_it(kind: str, value: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        encoded(kind, [None, value])
