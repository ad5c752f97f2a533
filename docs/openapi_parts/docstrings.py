"""The sentences that stand under the fields of models in the code."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent.parent


def docstrings() -> dict[str, str]:
    """The sentence of each field that has one, by `Model.field`; a model that inherits the field has it too."""
    found: dict[str, str] = {}
    bases: dict[str, list[str]] = {}
    for path in sorted(ROOT.glob("*/entrypoints/**/*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                found |= dict(_fields(node))
                bases[node.name] = [base.id for base in node.bases if isinstance(base, ast.Name)]
    inherited = {
        f"{name}.{place.partition('.')[2]}": sentence
        for name, owners in bases.items()
        for place, sentence in found.items()
        if place.partition(".")[0] in owners
    }
    return inherited | found


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, after in zip(node.body, node.body[1:], strict=False):
        match field, after:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str() as sentence)):
                yield f"{node.name}.{name}", " ".join(sentence.split())
