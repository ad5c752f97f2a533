"""Names that a hand can confuse: fields of one class with one type, members of one Enum."""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Self

PLAIN: Final = {"str", "int", "bool", "bytes", "float"}
"""Types that say too little: fields of these are alike only when a word of their names is the same."""


@dataclass(frozen=True)
class Names:
    """`siblings`: the field that stands beside a field most often; `members`: per Enum name, the members of each."""

    siblings: Mapping[str, str]
    members: Mapping[str, tuple[tuple[str, ...], ...]]

    @classmethod
    def of(cls, sources: Iterable[bytes]) -> Self:
        """What the classes and tables in these modules hold."""
        beside: dict[str, Counter[str]] = defaultdict(Counter)
        homes: Counter[str] = Counter()
        members: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for source in sources:
            for node in ast.walk(ast.parse(source)):
                fields = dict(_fields(node))
                homes.update(fields.keys())
                for name, kind in fields.items():
                    beside[name].update(
                        other
                        for other in fields
                        if other != name and fields[other] == kind and _alike(name, other, kind)
                    )
                if isinstance(node, ast.ClassDef) and any("Enum" in ast.unparse(base) for base in node.bases):
                    members[node.name].append(tuple(_assigned(node)))
        siblings = {}
        for name, others in beside.items():
            most, times = max(others.items(), key=lambda other: (other[1], other[0]), default=("", 0))
            if 2 * times >= homes[name]:
                siblings[name] = most
        return cls(siblings, {name: tuple(each) for name, each in members.items()})

    def other_member(self, enum: str, member: str) -> str | None:
        """The member that follows this one in every Enum of that name that has it."""
        homes = [each for each in self.members.get(enum, ()) if member in each]
        if not homes:
            return None
        place = homes[0].index(member)
        others = [*homes[0][place + 1 :], *homes[0][:place]]
        return next((other for other in others if all(other in each for each in homes)), None)


def _fields(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Field and type of a class body, column and type of a table."""
    match node:
        case ast.ClassDef():
            for each in node.body:
                if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
                    yield each.target.id, ast.unparse(each.annotation).removesuffix(" | None")
        case ast.Call(func=ast.Name(id="Table")):
            for argument in node.args:
                match argument:
                    case ast.Call(func=ast.Name(id="Column"), args=[ast.Constant(value=str(name)), kind, *_]):
                        yield name, ast.unparse(kind).lower()


def _alike(name: str, other: str, kind: str) -> bool:
    return kind.lower() not in PLAIN | {"string", "text", "integer"} or bool(
        set(name.split("_")) & set(other.split("_"))
    )


def _assigned(node: ast.ClassDef) -> Iterator[str]:
    for each in node.body:
        match each:
            case ast.Assign(targets=[ast.Name(id=name)]) if not name.startswith("_"):
                yield name
