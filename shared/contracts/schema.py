"""Which changes of an event keep readers working: the JSON Schema of each version, and the comparison.

An optional field may be added. No field may be removed, become required, or change its type. Any other change needs a
new version beside the old one.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.contracts.envelope import Event


def schema_of(contract: type[Event]) -> dict[str, Any]:
    """The JSON Schema of an event's data, as published."""
    schema = contract.model_json_schema(mode="serialization")
    schema["$id"] = f"urn:retour:event:{contract.routing_key()}"
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return schema


def breaks(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Every reason why a reader of `old` cannot read `new`, with its path; empty when there is none."""
    return list(_object(old, new, old.get("$defs", {}), new.get("$defs", {}), ""))


def _object(
    old: Mapping[str, Any], new: Mapping[str, Any], olds: Mapping[str, Any], news: Mapping[str, Any], place: str
) -> Iterator[str]:
    properties = new.get("properties", {})
    for name, before in old.get("properties", {}).items():
        where = f"{place}/{name}"
        after = properties.get(name)
        if after is None:
            yield f"{where} is gone"
            continue
        if name in old.get("required", ()) and name not in new.get("required", ()):
            yield f"{where} is no longer always there"
        yield from _value(_resolve(before, olds), _resolve(after, news), olds, news, where)


def _value(
    old: Mapping[str, Any], new: Mapping[str, Any], olds: Mapping[str, Any], news: Mapping[str, Any], place: str
) -> Iterator[str]:
    if _kinds(old, olds) != _kinds(new, news):
        yield f"{place} was {sorted(_kinds(old, olds))} and is {sorted(_kinds(new, news))}"
        return
    added = set(new.get("enum", ())) - set(old.get("enum", ()))
    if added and old.get("enum"):
        yield f"{place} may now be {sorted(added)}"
    if "items" in old and "items" in new:
        yield from _value(_resolve(old["items"], olds), _resolve(new["items"], news), olds, news, f"{place}[]")
    yield from _object(old, new, olds, news, place)
    for before, after in zip(old.get("anyOf", ()), new.get("anyOf", ()), strict=False):
        yield from _value(_resolve(before, olds), _resolve(after, news), olds, news, place)


def _kinds(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> set[str]:
    if "anyOf" in schema:
        return {kind for option in schema["anyOf"] for kind in _kinds(_resolve(option, defs), defs)}
    return {str(schema.get("type", "any"))}


def _resolve(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    found: Mapping[str, Any] = defs[str(reference).rpartition("/")[2]]
    return found
