"""Writes values of the domain as documents that read back the same; default values stay out."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Final

import yaml

from service_requests.domain.policy.condition import AnyOf, Between, NoneOf, Season, When
from service_requests.domain.policy.policy import Category, Policy, Reason
from shared.documents.document import reads_as_text
from shared.kernel.errors import Said
from shared.kernel.money import Money
from shared.kernel.period import Period


def document_of(value: object) -> Any:
    """The value as plain data in the shape of its document."""
    for kind, write in _WRITERS:
        if isinstance(value, kind):
            return write(value)
    return value


def yaml_of(data: Any) -> str:
    """The data as YAML for our reader: texts that look like numbers are quoted."""
    return str(yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110))


def _fields(value: Any, *leave_out: str) -> dict[str, Any]:
    return {
        field.name: document_of(getattr(value, field.name))
        for field in fields(value)
        if field.name not in leave_out and not _is_default(value, field)
    }


def _is_default(value: Any, field: Any) -> bool:
    default = field.default_factory() if field.default_factory is not MISSING else field.default
    said = getattr(value, field.name)
    return said is None or (default is not MISSING and bool(said == default))


def _policy(policy: Policy) -> dict[str, Any]:
    return {"policy": policy.id, **_fields(policy, "id")}


def _when(when: When) -> dict[str, Any]:
    return {fact.value: document_of(test) for fact, test in when.tests.items()}


def _between(test: Between) -> dict[str, Any]:
    return {name: bound for name, bound in (("at_least", test.least), ("at_most", test.most)) if bound is not None}


def _season(test: Season) -> dict[str, Any]:
    return {name: day.isoformat() for name, day in (("from", test.first), ("until", test.last)) if day is not None}


_WRITERS: Final[tuple[tuple[Any, Callable[[Any], Any]], ...]] = (
    (Enum, lambda word: word.value),
    (Said, lambda said: {"en": said.en, "zh-CN": said.zh}),
    (Money, lambda money: {"amount_minor": money.minor, "currency": money.currency}),
    (Period, lambda period: {period.unit.value: period.count}),
    (When, _when),
    (AnyOf, lambda test: {"any_of": sorted(test.words)}),
    (NoneOf, lambda test: {"none_of": sorted(test.words)}),
    (Between, _between),
    (Season, _season),
    (Policy, _policy),
    ((Category, Reason), lambda entry: _fields(entry, "code")),
    ((datetime, date), lambda moment: moment.isoformat()),
    (frozenset, lambda words: sorted(document_of(word) for word in words)),
    (tuple, lambda items: [document_of(item) for item in items]),
    (Mapping, lambda mapping: {document_of(key): document_of(each) for key, each in mapping.items()}),
    (object, lambda value: _fields(value) if is_dataclass(value) else value),
)


class _Dumper(yaml.SafeDumper):
    """Quotes texts that the reader would take for another type."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if reads_as_text(text) else '"')


_Dumper.add_representer(str, _text)
