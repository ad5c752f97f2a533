"""The canonical bytes of a value, the same in every process: equal values have equal bytes and equal digests.

The bytes are JSON with sorted keys and without spaces. A dataclass is an object of its fields; `kind` is the name of
the class. Sets are sorted, moments are in UTC, texts have both languages. A class with `written_as` is written under
that name, because stored digests contain the name. A field of `ADDED` is written only when it has another value than
its default, because stored digests are older than the field. The writer of a class is built once; a decision takes a
tenth of a millisecond.
"""

import hashlib
from bisect import bisect
from collections.abc import Callable, Mapping
from dataclasses import Field, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from json.encoder import encode_basestring as quoted
from types import NoneType
from typing import Any, Final

from shared.kernel.errors import Said
from shared.kernel.money import Money

ADDED: Final = {"added": True}
"""The metadata of a field that was added after values of its class were written."""


class _Writers(dict[type, Callable[[Any], str]]):
    """The writer of each class, built when the first value of the class is written."""

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        write = self[kind] = _writer(kind)
        return write


WRITE: Final = _Writers()


def canonical(value: object) -> bytes:
    """The canonical bytes of a value. Raises `TypeError` for a class that has no writer."""
    return WRITE[type(value)](value).encode("utf-8")


def sha256_of(value: object) -> str:
    """The digest of the canonical bytes."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _in_utc(moment: datetime) -> str:
    return quoted(moment.astimezone(UTC).isoformat().replace("+00:00", "Z"))


def _said(said: Said) -> str:
    return f'{{"en":{quoted(said.en)},"zh-CN":{quoted(said.zh)}}}'


def _money(money: Money) -> str:
    return f'{{"amount_minor":{money.minor},"currency":{quoted(money.currency)}}}'


def _set(words: frozenset[object]) -> str:
    return f"[{','.join(sorted([WRITE[type(word)](word) for word in words]))}]"


def _list(items: tuple[object, ...] | list[object]) -> str:
    return f"[{','.join([WRITE[type(item)](item) for item in items])}]"


def _by_key(mapping: Mapping[object, object]) -> str:
    named = {_key(key): each for key, each in mapping.items()}
    return "{" + ",".join([f"{quoted(key)}:{WRITE[type(named[key])](named[key])}" for key in sorted(named)]) + "}"


def _key(key: object) -> str:
    return str(key.value if isinstance(key, Enum) else key)


WRITERS: Final[tuple[tuple[type | tuple[type, ...], Callable[[Any], str]], ...]] = (
    (str, quoted),
    (Enum, lambda word: WRITE[type(word.value)](word.value)),
    (bool, lambda value: "true" if value else "false"),
    (int, str),
    (NoneType, lambda _: "null"),
    (Said, _said),
    (Money, _money),
    (datetime, _in_utc),
    (date, lambda day: quoted(day.isoformat())),
    (frozenset, _set),
    ((tuple, list), _list),
    (Mapping, _by_key),
)
"""The writers by class. The first class that fits is used, so a subclass stands before its base class."""


def _writer(kind: type) -> Callable[[Any], str]:
    for kinds, write in WRITERS:
        if issubclass(kind, kinds):
            return write
    if not is_dataclass(kind):
        raise TypeError(kind.__name__)
    added = [field for field in fields(kind) if field.metadata.get("added")]
    names = sorted(field.name for field in fields(kind) if field not in added)
    parts = [(f"{quoted(name)}:", name) for name in names]
    place = bisect(names, "kind")
    kind_of = f'"kind":{quoted(getattr(kind, "written_as", kind.__name__))}'

    if added:
        return _with_added(kind, names, added)

    def in_fields(value: Any) -> str:
        written = [kind_of]
        for head, name in parts:
            part = getattr(value, name)
            written.append(head + WRITE[type(part)](part))
        # the place of "kind" among the sorted names is the same for every value of the class
        written.insert(place, written.pop(0))
        return "{" + ",".join(written) + "}"

    return in_fields


def _with_added(kind: type, names: list[str], added: list[Field[Any]]) -> Callable[[Any], str]:
    """The writer of a class to which fields were added; each set of fields has a writer of its own."""
    kind_of = quoted(getattr(kind, "written_as", kind.__name__))
    writers: dict[tuple[str, ...], list[tuple[str, str | None]]] = {}

    def in_fields(value: Any) -> str:
        there = tuple([each.name for each in added if getattr(value, each.name) != each.default])
        parts = writers.get(there)
        if parts is None:
            every = sorted([*names, *there, "kind"])
            parts = writers[there] = [(f"{quoted(name)}:", None if name == "kind" else name) for name in every]
        written = []
        for head, name in parts:
            if name is None:
                written.append(head + kind_of)
            else:
                part = getattr(value, name)
                written.append(head + WRITE[type(part)](part))
        return "{" + ",".join(written) + "}"

    return in_fields
