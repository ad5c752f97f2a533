"""JSON from outside has limits, each of them exact: what is just within is taken, one more is not (S-49, S-50)."""

from typing import Any

import pytest

from shared.web.strict_json import DEPTH, DIGITS, parse


def nested(depth: int, opening: str = "[", closing: str = "]") -> bytes:
    return (opening * depth + closing * depth).encode()


@pytest.mark.parametrize(
    ("within", "beyond"),
    [
        (nested(DEPTH), nested(DEPTH + 1)),
        (b'{"a":' * DEPTH + b"1" + b"}" * DEPTH, b'{"a":' * (DEPTH + 1) + b"1" + b"}" * (DEPTH + 1)),
        (b"[" + b"[]," * 99 + b"[]]", nested(99)),
        (b'["' + b"[" * 99 + b'"]', b"[" * 99 + b'""' + b"]" * 99),
        (b'["\\"' + b"{" * 99 + b'"]', b'["\\\\",' + nested(99) + b"]"),
        (b"9" * DIGITS, b"9" * (DIGITS + 1)),
        (b"-" + b"9" * (DIGITS - 1), b"-" + b"9" * DIGITS),
        (b"0." + b"1" * (2 * DIGITS - 2), b"0." + b"1" * (2 * DIGITS - 1)),
    ],
    ids=["lists", "objects", "beside", "in a text", "behind a quote", "digits", "negative", "fraction"],
)
def test_a_limit_is_the_most_that_is_taken(within: bytes, beyond: bytes) -> None:
    parse(within)
    with pytest.raises(ValueError, match=r"too deeply|too many digits"):
        parse(beyond)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": "\\u0000"}', b'{"\\u0000": 1}', b'{"a": ["x", "\\u0000"]}', b'[{"a": [{"b": "x\\u0000y"}]}]',
        b'{"a": "\\ud800"}', b'{"\\udfff": 1}', b'{"a": ["\\ud800"]}',
        b'{"a": 1, "a": 1}', b'{"a": {"b": 1, "b": 2}}', b'{"a": 1, "\\u0061": 2}',
        b"NaN", b"[Infinity]", b'{"a": -Infinity}', b"\xef\xbb\xbf{}", b"\xff", b"{'a': 1}", b"[1,]", b"",
        b"01", b"1 2",
    ],
)  # fmt: skip
def test_what_others_might_take_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        parse(body)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ('{"尺码": "😀", "a": [{}, null, true]}'.encode(), {"尺码": "😀", "a": [{}, None, True]}),
        (b'"\\ud83d\\ude00"', "😀"),
        (b'{"a": {"b": 1}, "c": {"b": 2}}', {"a": {"b": 1}, "c": {"b": 2}}),
        (b" -0.5e3 ", -500.0),
    ],
)
def test_what_is_right_is_read_as_it_stands(body: bytes, value: Any) -> None:
    assert parse(body) == value
