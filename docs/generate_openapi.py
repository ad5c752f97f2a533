"""Writes the merged OpenAPI document and the list of problems, for docs/ and for the gateway to serve.

`python docs/generate_openapi.py [--check]`; `--check` writes nothing and fails when one of them is old.
"""

import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parent.parent))

from gateway.app import VERSION
from gateway.application.edge.openapi import access_to_operations, merge
from gateway.domain.identity.gateway_operation import GATEWAY_OPERATIONS
from retour.hosting import embedded
from retour.hosting.data_folder import DataFolder
from shared.contracts.operations import OPERATIONS
from shared.kernel.errors import Language, RetourError, Said
from shared.web.problems import BY_STATUS, FieldProblem, Problem, status_of

ROOT: Final = Path(__file__).parent.parent
PLACE: Final = re.compile(r"\{\w+\}")


def documents() -> dict[str, Any]:
    """Every app's own document; the apps are put together and never started."""
    with tempfile.TemporaryDirectory() as folder:
        whole = embedded.build(DataFolder(Path(folder)), port=8080)
        apps = {name: service.api for name, service in whole.services.items()} | {"gateway": whole.front.api}
        return {str(name): api.openapi() for name, api in apps.items()}


def openapi() -> dict[str, Any]:
    """The merged document."""
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    problem.pop("$defs", None)
    schemas = {"Problem": problem, "FieldProblem": FieldProblem.model_json_schema()}
    return merge(documents(), access_to_operations(OPERATIONS, GATEWAY_OPERATIONS), schemas, version=VERSION)


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
