"""Makes schemas fit for generators: one title for each component, and nothing typed as required that is not (Z34)."""

from collections.abc import Iterator
from typing import Any, Final

Document = dict[str, Any]

NAMES: Final = {
    "Kind": "ReceiptKind",
    "GatewayKind": "CallerKind",
    "GatewayAccountOut": "StaffAccountOut",
    "GatewayFindingOut": "ReconcilerFindingOut",
    "RefundsProofOut": "PaymentProofOut",
    "RefundsRefundOut": "RefundWithPayoutsOut",
    "State": "GoodsState",
    "RefundsState": "RefundState",
}
"""Names that say more than the class's own name, or than that name with the service before it."""
PROBLEMS: Final = frozenset({"Problem", "FieldProblem"})
"""They leave out what is null; every other answer has all its fields."""


def tidy(document: Document) -> None:
    """Give the components of a merged document their names and titles; take away what misleads tools."""
    schemas = document["components"]["schemas"]
    _rename(document, {old: new for old, new in NAMES.items() if old in schemas and new not in schemas})
    given = document["components"]["schemas"]
    for node in _schemas(document):
        node.pop("title", None)
        if "enum" in node and node.pop("$ref", None) is not None:
            node["type"] = "string"
    for name, schema in given.items():
        schema["title"] = name
        schema.setdefault("description", "Any JSON." if schema == {"title": name} else name)
    for name in reached(document, "responses") - reached(document, "requestBody") - PROBLEMS:
        _always_there(given[name])
    for name in reached(document, "requestBody"):
        _optional(given[name])
    for node in _schemas(document):
        _richest_first(node, given)
    for name in PROBLEMS & given.keys():
        _never_null(given[name])


def reached(document: Document, part: str) -> frozenset[str]:
    """The components that a part of operations uses, directly or not."""
    schemas = document["components"]["schemas"]
    waiting: list[Any] = [operation.get(part) for item in document["paths"].values() for operation in item.values()]
    if part == "responses":
        waiting.append(document["components"].get("responses"))
    found: set[str] = set()
    while waiting:
        for name in _references(waiting.pop()):
            if name not in found:
                found.add(name)
                waiting.append(schemas[name])
    return frozenset(found)


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        target = node.get("$ref")
        if isinstance(target, str) and target.startswith("#/components/schemas/"):
            yield target.rpartition("/")[2]
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _references(child)


def _schemas(document: Document) -> Iterator[Document]:
    """Every schema, however deep."""
    for schema in document["components"]["schemas"].values():
        yield from _within(schema)
    for item in document["paths"].values():
        for operation in item.values():
            for parameter in operation.get("parameters", ()):
                yield from _within(parameter["schema"])
            for holder in (operation.get("requestBody", {}), *operation["responses"].values()):
                for media in holder.get("content", {}).values():
                    yield from _within(media.get("schema", {}))


def _within(schema: Any) -> Iterator[Document]:
    if not isinstance(schema, dict):
        return
    yield schema
    for name in ("properties", "patternProperties"):
        for child in schema.get(name, {}).values():
            yield from _within(child)
    for name in ("items", "additionalProperties", "propertyNames"):
        yield from _within(schema.get(name))
    for name in ("anyOf", "oneOf", "allOf", "prefixItems"):
        for child in schema.get(name, ()):
            yield from _within(child)


def _rename(document: Document, names: dict[str, str]) -> None:
    schemas = document["components"]["schemas"]
    document["components"]["schemas"] = dict(sorted((names.get(old, old), schema) for old, schema in schemas.items()))
    _point(document, {f"#/components/schemas/{old}": f"#/components/schemas/{new}" for old, new in names.items()})


def _point(node: Any, renamed: dict[str, str]) -> None:
    if isinstance(node, dict) and isinstance(node.get("$ref"), str):
        node["$ref"] = renamed.get(node["$ref"], node["$ref"])
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _point(child, renamed)


def _always_there(schema: Document) -> None:
    """A field of an answer that has a default in our code is written all the same; one that may be null is null.

    A field without either is left out where there is nothing: events are given as the broker carries them.
    """
    fields = schema.get("properties", {})
    if not fields:
        return
    before = schema.get("required", ())
    schema["required"] = [name for name, field in fields.items() if name in before or _is_written(field)]
    for field in fields.values():
        field.pop("default", None)


def _is_written(field: Document) -> bool:
    return "default" in field or {"type": "null"} in field.get("anyOf", ()) or "$ref" in field


def _never_null(schema: Document) -> None:
    """Fields of problems are left out where there is nothing."""
    for field in schema["properties"].values():
        field.pop("default", None)
        for option in field.pop("anyOf", ()):
            field.update({} if option == {"type": "null"} else option)


def _richest_first(node: Document, schemas: Document) -> None:
    """A reader that takes the first form that fits must not lose what only staff are shown."""
    options = node.get("anyOf", [])
    if len(options) > 1 and all("$ref" in option for option in options):
        fields = {
            option["$ref"]: len(schemas[option["$ref"].rpartition("/")[2]].get("required", ())) for option in options
        }
        options.sort(key=lambda option: -fields[option["$ref"]])


def _optional(schema: Document) -> None:
    """A default is said in words: some generators would take a field with `default` for one that must be sent."""
    for name, field in schema.get("properties", {}).items():
        if "default" in field and name not in schema.get("required", ()):
            field["x-default"] = field.pop("default")
