"""One way of writing a value down, the same in every process, so that equal values have equal bytes and digests."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from types import NoneType
from typing import Any, Final

from shared.kernel.errors import Said
from shared.kernel.money import Money


def plain(value: object) -> object:
    """The value in JSON's own kinds: fields by name, sets sorted, moments in UTC, texts in both languages."""
    for kinds, write in WRITERS:
        if isinstance(value, kinds):
            return write(value)
    if is_dataclass(value) and not isinstance(value, type):
        kind = {"kind": type(value).__name__}
        return kind | {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(type(value).__name__)


def _in_utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _by_key(mapping: Mapping[object, object]) -> dict[str, object]:
    return {str(plain(key)): plain(each) for key, each in mapping.items()}


WRITERS: Final[tuple[tuple[type | tuple[type, ...], Callable[[Any], object]], ...]] = (
    (Enum, lambda word: word.value),
    ((str, int, NoneType), lambda value: value),
    (Said, lambda said: {"en": said.en, "zh-CN": said.zh}),
    (Money, lambda money: {"amount_minor": money.minor, "currency": money.currency}),
    (datetime, _in_utc),
    (date, date.isoformat),
    (frozenset, lambda words: sorted((plain(word) for word in words), key=str)),
    ((tuple, list), lambda items: [plain(item) for item in items]),
    (Mapping, _by_key),
)
"""How each kind is written; the first that fits is used, so what is also something else comes first."""


def canonical(value: object) -> bytes:
    """The one way of writing it."""
    return json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def sha256_of(value: object) -> str:
    """The digest of the one way of writing it."""
    return hashlib.sha256(canonical(value)).hexdigest()
