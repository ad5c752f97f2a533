"""The OpenAPI document as tools read it: titles, examples, descriptions, headers, problem codes (Z34)."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import pytest

from docs.openapi_parts import answers
from docs.openapi_parts.examples import NoSample, example
from docs.openapi_parts.tidy import reached, tidy
from docs.openapi_parts.words import GENERIC, NoWords, describe
from tests.contract.clients.documented import DOCUMENT, resolved

ROOT: Final = Path(__file__).parents[3]
SCHEMAS: Final = DOCUMENT["components"]["schemas"]
OPERATIONS: Final = {
    f"{method.upper()} {path}": operation
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
}
PROBLEM: Final = "application/problem+json"


def fits(value: Any, schema: dict[str, Any]) -> list[str]:
    """What an example breaks of its schema."""
    whole = {**schema, "components": DOCUMENT["components"]}
    checker = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    return [f"{error.instance_path}: {error.message}" for error in checker.iter_errors(value)]


def shown(media: dict[str, Any]) -> list[Any]:
    """The examples of a body."""
    if "example" in media:
        return [media["example"]]
    return [resolved(each)["value"] for each in media.get("examples", {}).values()]


def within(node: Any) -> Iterator[dict[str, Any]]:
    """Every object of the document, but those of examples."""
    if isinstance(node, dict):
        yield node
    for name, child in node.items() if isinstance(node, dict) else enumerate(node if isinstance(node, list) else ()):
        if name not in ("example", "examples"):
            yield from within(child)


def test_the_title_of_a_component_is_its_name_and_no_other_schema_has_one() -> None:
    """Z34: generators name classes by titles; two of one title, and the first operation was left out."""
    assert {name: schema["title"] for name, schema in SCHEMAS.items()} == {name: name for name in SCHEMAS}
    assert len({name.lower() for name in SCHEMAS}) == len(SCHEMAS)
    titled = [
        node
        for node in within(DOCUMENT["paths"])
        if isinstance(node.get("title"), str) and ("type" in node or "anyOf" in node)
    ]
    assert titled == []


def test_a_renamed_component_has_its_new_name_as_its_title() -> None:
    """Z34: the second of two classes of one name kept the title of the first."""
    one = {"type": "object", "title": "Kind", "properties": {"title": {"type": "string", "title": "Title"}}}
    document: dict[str, Any] = {"components": {"schemas": {"Kind": one}}, "paths": {}}
    tidy(document)
    renamed = document["components"]["schemas"]["ReceiptKind"]
    assert renamed["title"] == "ReceiptKind"
    assert renamed["properties"] == {"title": {"type": "string"}}


@pytest.mark.parametrize("place", sorted(OPERATIONS))
def test_every_request_and_every_success_answer_has_an_example_that_fits(place: str) -> None:
    """Z34: each example is valid by the schema beside it."""
    operation = OPERATIONS[place]
    bodies = [operation["requestBody"]] if "requestBody" in operation else []
    bodies += [answer for status, answer in operation["responses"].items() if status < "300" and status != "204"]
    for body in bodies:
        for media in body["content"].values():
            examples = shown(media)
            assert examples
            for value in examples:
                assert fits(value, media["schema"]) == []


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_the_examples_of_a_model_fit(name: str) -> None:
    """Z34: the same for what a model brings itself."""
    for value in SCHEMAS[name].get("examples", []):
        assert fits(value, {"$ref": f"#/components/schemas/{name}"}) == []


def test_every_field_that_can_be_sent_is_described() -> None:
    """Z34: fields of bodies, parameters of paths and queries, headers; the form alone says too little."""
    silent = [
        f"{name}.{field}"
        for name in reached(DOCUMENT, "requestBody")
        for field, schema in SCHEMAS[name].get("properties", {}).items()
        if schema.get("description", "") in ("", *GENERIC)
    ]
    silent += [
        f"{place}.{parameter['name']}"
        for place, operation in OPERATIONS.items()
        for parameter in operation.get("parameters", ())
        if parameter.get("description", "") in ("", *GENERIC)
    ]
    assert silent == []
    assert all(tag["description"] for tag in DOCUMENT["tags"])


def test_a_field_without_words_or_a_sample_stops_the_making_of_the_document() -> None:
    """Whoever adds a field learns at once what is missing, and where to say it."""
    models = {"NewIn": {"type": "object", "properties": {"quite_new": {"type": "string"}}}}
    document = {"components": {"schemas": models}, "paths": {}, "tags": []}
    with pytest.raises(NoWords, match=r"NewIn\.quite_new .*words\.py"):
        describe(document, frozenset({"NewIn"}), {})
    with pytest.raises(NoSample, match=r"NewIn\.quite_new .*samples\.py"):
        example({"$ref": "#/components/schemas/NewIn"}, models)


def test_what_an_answer_always_has_is_required_and_what_a_request_may_leave_out_is_not() -> None:
    """Z34: a default in our code is no reason for a client to ask whether a field is there, or to have to send it."""
    for name in reached(DOCUMENT, "responses") - reached(DOCUMENT, "requestBody") - {"Problem", "FieldProblem"}:
        schema = SCHEMAS[name]
        for field, given in schema.get("properties", {}).items():
            assert "default" not in given, (name, field)
            if {"type": "null"} in given.get("anyOf", ()):
                assert field in schema["required"], (name, field)
    for name in reached(DOCUMENT, "requestBody"):
        fields = SCHEMAS[name].get("properties", {})
        assert not [field for field, given in fields.items() if "default" in given], name
    assert "x-default" in SCHEMAS["LineIn"]["properties"]["discount_minor"]
    assert "Without it: `0`." in SCHEMAS["LineIn"]["properties"]["discount_minor"]["description"]


@pytest.mark.parametrize("place", sorted(OPERATIONS))
def test_every_answer_names_its_headers_and_every_refusal_its_codes(place: str) -> None:
    """Z34: RateLimit everywhere, Retry-After where it helps, the challenge of 401; each code with an example."""
    for status, given in OPERATIONS[place]["responses"].items():
        answer = resolved(given)
        headers = answer["headers"]
        assert set(answers.EVERYWHERE) <= headers.keys(), status
        assert ("Retry-After" in headers) is (status in ("429", "503"))
        assert ("WWW-Authenticate" in headers) is (status == "401")
        if status < "400":
            continue
        media = answer["content"][PROBLEM]
        assert answer[answers.CODES] == sorted(media["examples"])
        for code, named in media["examples"].items():
            value = resolved(named)["value"]
            assert (value["code"], str(value["status"])) == (code, status)
            assert fits(value, media["schema"]) == []


def test_what_a_use_case_refuses_is_read_from_the_code() -> None:
    """Z34: a code that only one operation has is at this operation, through ports, aggregates and closures."""
    for place, code in (
        ("POST /v1/orders", "order_does_not_reconcile"),
        ("POST /v1/returns", "units_already_returned"),
        ("POST /v1/returns/{return_id}/shipments", "too_many_parcels"),
        ("POST /v1/inspections/{return_id}/decision", "inspector_may_not_decide"),
        ("POST /v1/shops/{shop}/webhooks", "wrong_signature"),
        ("POST /v1/auth/sessions", "wrong_password"),
        ("POST /v1/accounts", "email_taken"),
    ):
        codes = {
            code
            for answer in OPERATIONS[place]["responses"].values()
            for code in resolved(answer).get(answers.CODES, ())
        }
        assert code in codes, place
        others = [
            other
            for other, operation in OPERATIONS.items()
            if any(code in resolved(answer).get(answers.CODES, ()) for answer in operation["responses"].values())
        ]
        assert len(others) < 20, (code, others)


def test_examples_show_one_order_and_its_return() -> None:
    """Z34: no made-up noise: the ids of the samples have the form that Retour gives."""
    text = json.dumps(DOCUMENT["paths"], ensure_ascii=False)
    assert not re.search(r'"(?:string|lorem|foo|bar)"\s*[,}]', text.replace('"type": "string"', ""))
