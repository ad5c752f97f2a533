"""Writes the merged OpenAPI document and the list of problems, for docs/ and for the gateway to serve.

`python docs/generate_openapi.py [--check]`; `--check` writes nothing and fails when one of them is old.
"""

import json
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parent.parent))

from fastapi import FastAPI
from fastapi.routing import APIRoute

from docs.openapi_parts import answers
from docs.openapi_parts.docstrings import docstrings
from docs.openapi_parts.examples import write_examples
from docs.openapi_parts.raised import Source
from docs.openapi_parts.tidy import reached, tidy
from docs.openapi_parts.words import describe
from gateway.app import VERSION
from gateway.application.edge.openapi import OperationAccess, access_to_operations, merge
from gateway.domain.identity.gateway_operation import GATEWAY_OPERATIONS
from retour.hosting import embedded
from retour.hosting.data_folder import DataFolder
from shared.contracts.operations import OPERATIONS
from shared.kernel.errors import Language, RetourError, Said
from shared.web.problems import BY_STATUS, FieldProblem, Problem, status_of

ROOT: Final = Path(__file__).parent.parent
SERVICE_OPERATIONS: Final = frozenset((each.method, each.path) for each in OPERATIONS)
PLACE: Final = re.compile(r"\{\w+\}")


def apps() -> dict[str, FastAPI]:
    """Every app, put together and never started."""
    with tempfile.TemporaryDirectory() as folder:
        whole = embedded.build(DataFolder(Path(folder)), port=8080)
        found = {name: service.api for name, service in whole.services.items()} | {"gateway": whole.front.api}
        return {str(name): api for name, api in found.items()}


def openapi() -> dict[str, Any]:
    """The merged document."""
    made = apps()
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    problem.pop("$defs", None)
    schemas = {"Problem": problem, "FieldProblem": FieldProblem.model_json_schema()}
    access = access_to_operations(OPERATIONS, GATEWAY_OPERATIONS)
    document = merge({name: api.openapi() for name, api in made.items()}, access, schemas, version=VERSION)
    listed = problems()
    status = {each["code"]: each["status"] for each in listed}
    raised = dict(_raised(made))
    refusals: dict[str, Any] = {}
    used: set[str] = set()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            place = (method.upper(), path)
            facts = _facts(place, operation, access[place], raised[place])
            answers.complete(operation, place, facts, status, refusals)
            used |= answers.codes_of(place, facts)
    document["components"] |= answers.components(listed, frozenset(used)) | {
        "responses": dict(sorted(refusals.items()))
    }
    tidy(document)
    describe(document, reached(document, "requestBody"), docstrings())
    write_examples(document)
    return document


def _raised(made: Mapping[str, FastAPI]) -> Iterator[tuple[tuple[str, str], frozenset[str]]]:
    """The codes that each route may raise, as the source says."""
    for name, api in made.items():
        source = Source("gateway" if name == "gateway" else f"service_{name}")
        for route in _routes(api.routes):
            codes = frozenset(error.code for error in source.raised_by(route.endpoint))
            for method in route.methods or ():
                yield (method, route.path), codes


def _routes(routes: Iterable[Any]) -> Iterator[APIRoute]:
    for route in routes:
        if isinstance(route, APIRoute):
            if route.include_in_schema:
                yield route
        else:
            yield from _routes(getattr(getattr(route, "original_router", route), "routes", ()))


def _facts(
    place: tuple[str, str], operation: Mapping[str, Any], access: OperationAccess, raised: frozenset[str]
) -> answers.Facts:
    return answers.Facts(
        method=place[0],
        public=not access.roles,
        service=place in SERVICE_OPERATIONS,
        repeat=access.repeat,
        version_needed=access.version_needed,
        raised=raised,
        body="requestBody" in operation,
        parameters=bool(operation.get("parameters")),
    )


def problems() -> list[dict[str, Any]]:
    """Every code with its status and its words, from the error classes; the services are imported by now."""
    found: dict[str, dict[str, Any]] = {}
    for kind in errors(RetourError):
        status = status_of(kind.__new__(kind))
        found.setdefault(kind.code, described(kind.code, status, kind.title, kind.detail))
    for status, (code, title, detail) in BY_STATUS.items():
        found.setdefault(code, described(code, status, title, detail))
    return sorted(found.values(), key=lambda problem: (problem["status"], problem["code"]))


def errors(kind: type[RetourError]) -> Iterator[type[RetourError]]:
    """A class and everything below it."""
    yield kind
    for below in kind.__subclasses__():
        yield from errors(below)


def described(code: str, status: int, title: Said, detail: Said) -> dict[str, Any]:
    """One problem; what is filled in is shown as an ellipsis."""
    languages: tuple[Language, ...] = ("en", "zh-CN")
    return {
        "code": code,
        "status": status,
        "title": {language: title.to(language) for language in languages},
        "detail": {language: PLACE.sub("…", detail.to(language)) for language in languages},
    }


def main() -> int:
    """Write, or say what is old."""
    document = json.dumps(openapi(), ensure_ascii=False, indent=1) + "\n"
    wanted = {
        ROOT / "docs" / "openapi.json": document,
        ROOT / "gateway" / "static" / "openapi.json": document,
        ROOT / "gateway" / "static" / "problems.json": json.dumps(problems(), ensure_ascii=False, indent=1) + "\n",
    }
    old = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in old:
        print(f"{path.relative_to(ROOT)} {'is old' if '--check' in sys.argv else 'written'}")
        if "--check" not in sys.argv:
            path.write_text(wanted[path], encoding="utf-8")
    return int(bool(old) and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
