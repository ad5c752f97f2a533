"""Merges the OpenAPI 3.1 documents of the services and the gateway, and adds who may use each operation.

This module only merges documents; it does not read or write files.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from gateway.domain.identity.gateway_operation import GatewayOperation
from gateway.domain.identity.key import ROLE_OF_SCOPE
from shared.contracts.operations import Operation, Repeat, VersionNeeded

Document = dict[str, Any]

BEARER: Final = {
    "type": "http",
    "scheme": "bearer",
    "description": "A session's token (`rs_…`), a customer's token (`rc_…`), a system's key (`rk_…`) or a "
    "scanner's key (`dk_…`).",
}
ABOUT: Final = (
    "A merchant's returns, from the customer's first wish to the last cent and the last word. Errors are problem "
    "documents (RFC 9457) in the language of `Accept-Language` (en, zh-CN); every `code` is explained at "
    "[/docs/problems](/docs/problems)."
)
KEY_ABOUT: Final = (
    "1 to 255 visible ASCII characters, fresh for every new request and the same when it is repeated: the answer "
    "is then the same and nothing happens twice."
)
VERSION_ABOUT: Final[Mapping[VersionNeeded, str]] = {
    VersionNeeded.BY_NOBODY: "",
    VersionNeeded.BY_STAFF: " A person of the staff has to send it when the object exists: 428 without it.",
    VersionNeeded.BY_ALL: " `*` replaces whatever is there. 428 without this header.",
}
"""What the description of `If-Match` says besides where somebody has to send it."""
READING_NEVER_ANSWERS: Final = ("409", "412", "413", "415", "428")
_OPERATION: Final = re.compile(r"_v1_.*$")


@dataclass(frozen=True, slots=True)
class OperationAccess:
    """Who may use an operation, in the words of the tables."""

    roles: frozenset[str]
    scope: str | None
    repeat: Repeat
    version_needed: VersionNeeded = VersionNeeded.BY_NOBODY


def access_to_operations(
    operations: Iterable[Operation], gateway_operations: Iterable[GatewayOperation]
) -> Mapping[tuple[str, str], OperationAccess]:
    """The operations of the services and of the gateway as one table, by method and path."""
    table = {
        (operation.method, operation.path): OperationAccess(
            frozenset(map(str, operation.roles)), operation.scope, operation.repeat, operation.version_needed
        )
        for operation in operations
    }
    own = {
        (operation.method, operation.path): OperationAccess(
            frozenset(map(str, operation.roles)), operation.scope, Repeat.NATURAL
        )
        for operation in gateway_operations
    }
    return table | own


def merge(
    documents: Mapping[str, Document],
    table: Mapping[tuple[str, str], OperationAccess],
    problem_schemas: Mapping[str, Any],
    *,
    version: str,
) -> Document:
    """The merged document. Two schemas with the same name and different contents are named after their documents."""
    schemas: dict[str, Any] = dict(problem_schemas)
    paths: dict[str, Any] = {}
    for name, given in documents.items():
        document = _with_own_names(name, deepcopy(given), schemas)
        schemas |= document.get("components", {}).get("schemas", {})
        paths |= document.get("paths", {})
    operations = list(_operations(paths))
    names = _names(operations)
    for method, path, operation in operations:
        _complete(operation, method, table[method, path])
        operation["operationId"] = names[method, path]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Retour",
            "version": version,
            "description": ABOUT,
            "contact": {"name": "Whoever runs this Retour"},
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "tags": [{"name": tag} for tag in sorted({tag for *_, o in operations for tag in o.get("tags", ())})],
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": dict(sorted(schemas.items())), "securitySchemes": {"bearer": BEARER}},
    }


def _operations(paths: Document) -> Iterator[tuple[str, str, Document]]:
    for path, item in paths.items():
        for method, operation in item.items():
            yield method.upper(), path, operation


def _with_own_names(name: str, document: Document, known: Mapping[str, Any]) -> Document:
    own = document.get("components", {}).get("schemas", {})
    clashes = {schema for schema, meaning in own.items() if known.get(schema, meaning) != meaning}
    renamed = {f"#/components/schemas/{s}": f"#/components/schemas/{name.title()}{s}" for s in clashes}
    for schema in clashes:
        own[f"{name.title()}{schema}"] = own.pop(schema)
    _point_elsewhere(document, renamed)
    return document


def _point_elsewhere(node: Any, renamed: Mapping[str, str]) -> None:
    if isinstance(node, dict):
        target = node.get("$ref")
        if isinstance(target, str):
            node["$ref"] = renamed.get(target, target)
        for child in node.values():
            _point_elsewhere(child, renamed)
    elif isinstance(node, list):
        for child in node:
            _point_elsewhere(child, renamed)


def _names(operations: Iterable[tuple[str, str, Document]]) -> Mapping[tuple[str, str], str]:
    """Operation ids: the route's own name, with a word of the path where two names are equal."""
    short = {(method, path): _OPERATION.sub("", operation["operationId"]) for method, path, operation in operations}
    taken = list(short.values())
    return {
        place: name if taken.count(name) == 1 else f"{name}_{place[1].split('/')[2:4][-1]}"
        for place, name in short.items()
    }


def _complete(operation: Document, method: str, admission: OperationAccess) -> None:
    answers = operation["responses"]
    if not admission.roles:
        operation["security"] = []
        answers.pop("403", None)
    if not admission.roles and method == "GET":
        answers.pop("401", None)
    if method == "GET":
        for status in READING_NEVER_ANSWERS:
            answers.pop(status, None)
    said = [operation.get("description", "")]
    if admission.roles:
        said.append(f"Roles: {', '.join(sorted(admission.roles))}.")
        if ROLE_OF_SCOPE.get(admission.scope or "") in admission.roles:
            said.append(f"A system key needs the scope `{admission.scope}`.")
        elif admission.scope is not None:
            said.append("No system key opens it.")
    operation["description"] = " ".join(filter(None, said)) or operation["summary"]
    _say_who_names_the_version(operation, admission.version_needed)
    if admission.repeat is Repeat.KEY:
        operation.setdefault("parameters", []).append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "description": KEY_ABOUT,
                "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
                "example": "6f1d3c2e-8a94-4b8e-9f57-1d0c5a7e2b11",
            }
        )


def _say_who_names_the_version(operation: Document, needed: VersionNeeded) -> None:
    for parameter in operation.get("parameters", ()):
        if parameter["name"] == "If-Match":
            parameter["required"] = needed is VersionNeeded.BY_ALL
            parameter["description"] += VERSION_ABOUT[needed]
