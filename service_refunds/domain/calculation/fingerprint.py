"""A digest of a value: the SHA-256 of its canonical JSON. Equal values have equal digests in every
process and release.
"""

import hashlib
import json
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Final

from shared.kernel.money import Money


def fingerprint_of(value: object) -> str:
    """The hexadecimal digest of a plain value: dataclasses, tuples, sets, money, dates, texts, numbers."""
    text = json.dumps(plain_value(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def plain_value(value: object) -> object:
    """The value as JSON types: money as amount_minor and currency, fields by name."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Money):
        return {"amount_minor": value.minor, "currency": value.currency}
    if isinstance(value, tuple):
        return [plain_value(each) for each in value]
    names = names_of(value.__class__)
    if names:
        return {name: each if type(each := getattr(value, name)) in _PLAIN else plain_value(each) for name in names}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(str(each) for each in value)
    raise TypeError(type(value).__name__)


_PLAIN: Final = frozenset((str, int, bool, type(None)))
_NAMES: dict[type, tuple[str, ...]] = {}


def names_of(kind: type) -> tuple[str, ...]:
    """The field names of a dataclass, looked up once for each class. None for a class that is no dataclass."""
    if kind not in _NAMES:
        _NAMES[kind] = tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
    return _NAMES[kind]
