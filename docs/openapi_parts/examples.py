"""An example for every request and every success answer, composed of hand-written samples (Z34)."""

from typing import Any, Final

from docs.openapi_parts.samples import BY_FIELD, BY_NAME, DAY, MOMENT, WHOLE

Document = dict[str, Any]
POINTER: Final = "#/components/schemas/"


class NoSample(LookupError):
    """A field has no sample; add one to `docs/openapi_parts/samples.py`."""


def write_examples(document: Document) -> None:
    """Give every request body and success answer its example; what a model brings itself comes first."""
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        if "example" in schema:
            schema["examples"] = [schema.pop("example")]
        if "examples" in schema:
            schema["examples"] = [_whole(each, schema, schemas) for each in schema["examples"]]
    for item in document["paths"].values():
        for operation in item.values():
            good = [answer for status, answer in operation["responses"].items() if status < "300"]
            for holder in (operation.get("requestBody", {}), *good):
                for media in holder.get("content", {}).values():
                    _show(media, schemas)


def _whole(value: Any, schema: Document, schemas: Document) -> Any:
    """The example with its nulls again, which FastAPI takes out of documents, and with fields that came later."""
    while "$ref" in schema:
        schema = schemas[schema["$ref"].removeprefix(POINTER)]
    options = [option for option in schema.get("anyOf", ()) if option != {"type": "null"}]
    if len(options) == 1 and value is not None:
        return _whole(value, options[0], schemas)
    if isinstance(value, list) and "items" in schema:
        return [_whole(each, schema["items"], schemas) for each in value]
    if not isinstance(value, dict):
        return value
    fields = schema.get("properties", {})
    found = {name: _whole(each, fields.get(name, {}), schemas) for name, each in value.items()}
    for name in schema.get("required", ()):
        if name not in found:
            nullable = {"type": "null"} in fields[name].get("anyOf", ())
            found[name] = None if nullable else _field(schema["title"], name, fields[name], schemas)
    return found


def _show(media: Document, schemas: Document) -> None:
    schema = media.get("schema", {})
    options = schema.get("anyOf")
    if options is None:
        media["example"] = example(schema, schemas)
    else:
        names = [option["$ref"].rpartition("/")[2] for option in options]
        media["examples"] = {
            name: {"summary": schemas[name]["description"].partition("\n")[0], "value": of_component(name, schemas)}
            for name in names
        }


def of_component(name: str, schemas: Document) -> Any:
    """The example of a component."""
    schema = schemas[name]
    if name in WHOLE:
        return WHOLE[name]
    if schema.get("examples"):
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    return {field: _field(name, field, given, schemas) for field, given in schema.get("properties", {}).items()}


def _field(owner: str, field: str, schema: Document, schemas: Document) -> Any:
    name = f"{owner}.{field}"
    if name in BY_FIELD:
        return BY_FIELD[name]
    return example(schema, schemas, field, name)


def example(schema: Document, schemas: Document, field: str = "", where: str = "") -> Any:
    """The example of a schema; `field` names the sample where the schema does not decide."""
    reference = schema.get("$ref")
    if reference is not None:
        return of_component(reference.removeprefix(POINTER), schemas)
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    plain = _plain(schema, field)
    if plain is not None:
        return plain
    if schema.get("type") == "array":
        return [example(schema["items"], schemas, field, where)]
    if schema.get("type") == "object" and field not in BY_NAME:
        return _map(schema, schemas, field, where)
    if "anyOf" in schema:
        return _either(schema["anyOf"], schemas, field, where)
    if field not in BY_NAME:
        raise NoSample(f"{where or schema} has no sample; add it to docs/openapi_parts/samples.py")
    return BY_NAME[field]


def _plain(schema: Document, field: str) -> Any:
    """A value that needs no sample: a truth, a moment, a number without a sample of its own."""
    match schema.get("type"), schema.get("format"):
        case "boolean", _:
            return bool(schema.get("x-default", False))
        case "string", "date":
            return DAY
        case "string", "date-time":
            return MOMENT
        case (("integer" | "number"), _) if not isinstance(BY_NAME.get(field), int | float):
            return max(1, schema.get("minimum", 1))
    return None


def _either(options: list[Document], schemas: Document, field: str, where: str) -> Any:
    nullable = {"type": "null"} in options
    if nullable and (field in BY_NAME) and BY_NAME[field] is None:
        return None
    return example(next(option for option in options if option != {"type": "null"}), schemas, field, where)


def _map(schema: Document, schemas: Document, field: str, where: str) -> Any:
    inside = schema.get("additionalProperties")
    if isinstance(inside, dict) and inside:
        return {"changed_mind": example(inside, schemas, field, where)}
    return {}
