"""The merged document: whole, valid, true to the operations, and the same that is committed (S-30)."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from gateway.application.edge.openapi import access_to_operations, merge
from gateway.domain.identity.gateway_operation import GATEWAY_OPERATIONS
from gateway.domain.identity.key import ROLE_OF_SCOPE
from shared.contracts.operations import OPERATIONS, Repeat

ROOT = Path(__file__).parents[4]
DOCUMENT: dict[str, Any] = json.loads((ROOT / "docs" / "openapi.json").read_text())
DESCRIBED = {
    (method.upper(), path): operation for path, item in DOCUMENT["paths"].items() for method, operation in item.items()
}


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """A component, or what stands in its place."""
    found: Any = node
    if "$ref" in node:
        found = DOCUMENT
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
    return dict(found)


def test_the_document_is_valid_openapi_3_1() -> None:
    """As the specification's own validator reads it."""
    validate(DOCUMENT)
    assert DOCUMENT["openapi"].startswith("3.1")


def test_the_gateway_serves_what_is_committed() -> None:
    """One document, read twice."""
    assert (ROOT / "gateway" / "static" / "openapi.json").read_text() == (ROOT / "docs" / "openapi.json").read_text()


def test_every_operation_is_described_and_nothing_else() -> None:
    """S-30: the public part only; no internal route is in it."""
    expected = {(each.method, each.path) for each in OPERATIONS} | {(e.method, e.path) for e in GATEWAY_OPERATIONS}
    assert set(DESCRIBED) == expected


def test_operation_ids_are_unique() -> None:
    """Generated clients name their functions by them."""
    ids = [operation["operationId"] for operation in DESCRIBED.values()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("place", sorted(DESCRIBED), ids=" ".join)
def test_an_operation_says_who_may_and_how_it_refuses(place: tuple[str, str]) -> None:
    """Roles in words, 401, 403 and 429 as problem documents, the idempotency key where it is required."""
    operation = DESCRIBED[place]
    admission = access_to_operations(OPERATIONS, GATEWAY_OPERATIONS)[place]
    assert operation["summary"]
    problems = {
        status
        for status, answer in operation["responses"].items()
        if "application/problem+json" in resolved(answer).get("content", {})
    }
    if admission.roles:
        assert {"401", "403", "429"} <= problems
        assert "security" not in operation
        assert all(role in operation["description"] for role in admission.roles)
    else:
        assert operation["security"] == []
    named = re.findall(r"A system key needs the scope `([^`]+)`", operation["description"])
    assert all(ROLE_OF_SCOPE[scope] in admission.roles for scope in named)
    assert ("No system key opens it" in operation["description"]) is (
        bool(admission.roles) and admission.scope is not None and not named
    )
    keys = [p for p in operation.get("parameters", ()) if p["name"] == "Idempotency-Key"]
    assert bool(keys) is (admission.repeat is Repeat.KEY)


def test_two_schemas_of_one_name_are_told_apart() -> None:
    """Both survive, and each reference means what it meant."""
    table = access_to_operations(OPERATIONS, GATEWAY_OPERATIONS)

    def document(path: str, kind: str) -> dict[str, Any]:
        reference = {"$ref": "#/components/schemas/LineOut"}
        answer = {"200": {"description": "x", "content": {"application/json": {"schema": reference}}}}
        operation = {"summary": "x", "operationId": f"see_v1_{kind}", "responses": answer}
        return {"paths": {path: {"get": operation}}, "components": {"schemas": {"LineOut": {"type": kind}}}}

    given = {"a": document("/v1/returns", "object"), "b": document("/v1/refunds", "string")}
    merged = merge(given, table, {}, version="1")
    found = {
        path: item["get"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for path, item in merged["paths"].items()
    }
    assert {path: merged["components"]["schemas"][name]["type"] for path, name in found.items()} == {
        "/v1/returns": "object",
        "/v1/refunds": "string",
    }
    assert merged["paths"]["/v1/refunds"]["get"]["operationId"] != merged["paths"]["/v1/returns"]["get"]["operationId"]
