"""Small deliberate faults in Python source: another comparison, a row of a table missing, a check left out.

Tools that rewrite function bodies miss what our rules are made of, which is tables; these are found in whole modules.
Left alone are annotations, decorators, docstrings, type aliases, sentences for people (`Said`), and `strict` of `zip`,
which is there for a mistake that nobody has made.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from functools import cached_property
from itertools import pairwise
from typing import Final

COMPARISONS: Final = {
    "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==",
    "is": "is not", "is not": "is", "in": "not in", "not in": "in",
}  # fmt: skip
ARITHMETIC: Final = {
    "+": "-", "-": "+", "*": "//", "//": "*", "/": "*", "%": "+", "**": "*", "|": "&", "&": "|",
}  # fmt: skip
NAMES: Final = {"min": "max", "max": "min", "any": "all", "all": "any"}
SPEECH: Final = {"Said", "TypeVar", "NewType", "ParamSpec"}
FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
BOOLEAN: Final = (ast.Compare, ast.BoolOp)

Edit = tuple[int, int, str]
"""From and to which byte of the source, and what stands there instead."""


@dataclass(frozen=True)
class Fault:
    """Bytes `start` to `end` of a module replaced; `line` is where that begins, counted from 1.

    `scope` are the lines of the function that it is in, none where it works as soon as the module is imported. `kind`
    is the family that a sample outside the cores is drawn from.
    """

    file: str
    line: int
    scope: range
    start: int
    end: int
    becomes: str
    source: bytes
    kind: str = ""

    @cached_property
    def text(self) -> str:
        """The whole module with the fault in it."""
        return (self.source[: self.start] + self.becomes.encode() + self.source[self.end :]).decode()

    @property
    def compiles(self) -> bool:
        """Whether Python takes the module with the fault in it."""
        try:
            compile(self.text, "fault", "exec")
        except SyntaxError:
            return False
        return True

    @cached_property
    def changes(self) -> tuple[str, ...]:
        """The lines that differ, as a diff shows them."""
        before, after = self.source.decode().splitlines(), self.text.splitlines()
        return tuple(line for line in unified_diff(before, after, n=0, lineterm="") if line[:3] not in {"---", "+++"})[
            1:
        ]

    @property
    def key(self) -> tuple[str, str, str]:
        """What names it in the list of equivalents, wherever it moves: the file, the old lines, the new ones."""
        old, new = (
            " ".join(line[1:].strip() for line in self.changes if line[0] == sign and line[1:].strip()) for sign in "-+"
        )
        return self.file, old, new


def faults_of(file: str, source: bytes) -> list[Fault]:
    """Every fault of a module that still compiles, in reading order."""
    tree = ast.parse(source)
    edits = [("", edit) for edit in sorted(set(Finder(source).of(tree)))]
    return [fault for fault in placed(file, source, tree, edits) if fault.compiles]


def placed(file: str, source: bytes, tree: ast.AST, edits: Sequence[tuple[str, Edit]]) -> list[Fault]:
    """These edits, each with its kind, as faults of the module, whether it still compiles or not."""
    functions = [
        range(node.body[0].lineno, (node.end_lineno or 0) + 1) for node in ast.walk(tree) if isinstance(node, FUNCTIONS)
    ]
    faults = []
    for kind, (start, end, becomes) in edits:
        line = source.count(b"\n", 0, start) + 1
        scope = min((each for each in functions if line in each), key=len, default=range(0))
        faults.append(Fault(file, line, scope, start, end, becomes, source, kind))
    return faults


class Finder:
    """Walks a tree and gives (start, end, replacement) in bytes of the source."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.lines = [0]
        for line in source.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))

    def of(self, node: ast.AST, *, table: bool = True) -> Iterator[Edit]:
        """Faults of this node and what is in it; `table` while nothing but the module and classes is around it."""
        yield from self._here(node, table=table)
        inside = table and not isinstance(node, (*FUNCTIONS, ast.Lambda))
        for child in children(node):
            yield from self.of(child, table=inside)

    def _here(self, node: ast.AST, *, table: bool) -> Iterator[Edit]:
        yield from self.operators(node)
        yield from self.tests(node)
        yield from self.statements(node)
        yield from self.values(node)
        if table:
            yield from self.tables(node)

    def operators(self, node: ast.AST) -> Iterator[Edit]:
        match node:
            case ast.Compare():
                yield from self._between([node.left, *node.comparators], COMPARISONS)
            case ast.BinOp():
                yield from self._between([node.left, node.right], ARITHMETIC)
            case ast.BoolOp():
                yield from self._between(node.values, {"and": "or", "or": "and"})
            case ast.AugAssign():
                yield from self._between([node.target, node.value], {"+=": "-=", "-=": "+=", "|=": "="})
            case ast.UnaryOp(op=ast.Not() | ast.USub()):
                yield self.start(node), self.start(node.operand), ""

    def tests(self, node: ast.AST) -> Iterator[Edit]:
        match node:
            case ast.If() | ast.While() | ast.IfExp():
                yield from self._negated(node.test)
            case ast.comprehension():
                for test in node.ifs:
                    yield from self._negated(test)
            case ast.Lambda():
                yield from self._negated(node.body)

    def statements(self, node: ast.AST) -> Iterator[Edit]:
        match node:
            case ast.Return(value=ast.expr() as value) if not _is_constant(value):
                yield self.whole(value, "None")
            case ast.Raise() | ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()):
                yield self.whole(node, "pass")
            case ast.Break() | ast.Continue():
                yield self.whole(node, "continue" if isinstance(node, ast.Break) else "break")

    def values(self, node: ast.AST) -> Iterator[Edit]:
        match node:
            case ast.JoinedStr():
                yield self.whole(node, '"XX"')
            case ast.Constant():
                yield from self._constant(node)
            case ast.Name(id=name) if name in NAMES:
                yield self.whole(node, NAMES[name])

    def tables(self, node: ast.AST) -> Iterator[Edit]:
        match node:
            case ast.Dict():
                yield from self.without_one([*zip(node.keys, node.values, strict=True)])
            case ast.Set() | ast.Tuple() | ast.List() if len({type(each) for each in node.elts}) == 1:
                yield from self.without_one([(each, each) for each in node.elts])

    def _constant(self, node: ast.Constant) -> Iterator[Edit]:
        value = node.value
        if value is True or value is False:
            yield self.whole(node, str(not value))
        elif isinstance(value, int):
            yield self.whole(node, str(value + 1))
        elif isinstance(value, str):
            yield self.whole(node, '"XX"')

    def _negated(self, test: ast.expr) -> Iterator[Edit]:
        negative = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
        if not isinstance(test, BOOLEAN) and not negative and not _is_constant(test):
            start, end = self.start(test), self.end(test)
            yield start, end, f"(not ({self.source[start:end].decode()}))"

    def _between(self, operands: Sequence[ast.expr], table: dict[str, str]) -> Iterator[Edit]:
        """Replace the operator that stands between two neighbours."""
        for left, right in pairwise(operands):
            start, end = self.end(left), self.start(right)
            text = self.source[start:end].decode()
            operator = " ".join(text.replace("(", " ").replace(")", " ").split())
            if operator in table:
                at = text.index(operator.split()[0])
                size = text.rindex(operator.split()[-1]) + len(operator.split()[-1]) - at
                first = start + len(text[:at].encode())
                yield first, first + size, table[operator]

    def without_one(self, entries: Sequence[tuple[ast.expr | None, ast.expr]]) -> Iterator[Edit]:
        """Each entry of a table left out once; what is spread into it (`**`) stays."""
        if len(entries) == 1 or any(first is None for first, _ in entries):
            return
        for place, (first, last) in enumerate(entries):
            if first is not None and place + 1 < len(entries):
                following = entries[place + 1][0]
                yield self.start(first), self.start(following) if following else self.end(last), ""
            else:
                yield self.end(entries[place - 1][1]), self.end(last), ""

    def whole(self, node: ast.stmt | ast.expr, becomes: str) -> Edit:
        return self.start(node), self.end(node), becomes

    def start(self, node: ast.stmt | ast.expr) -> int:
        return self.lines[node.lineno - 1] + node.col_offset

    def end(self, node: ast.stmt | ast.expr) -> int:
        return self.lines[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)


def children(node: ast.AST) -> Iterator[ast.AST]:
    """What may hold faults. Before Python 3.12 the inside of an f-string has no places in the source."""
    match node:
        case ast.JoinedStr():
            return
        case ast.Call(func=ast.Name(id=name)) if name in SPEECH:
            return
        case ast.keyword(arg="strict" | "repr"):
            return
        case ast.AnnAssign():
            yield from [node.value] if node.value else []
        case ast.Assign(targets=[ast.Name(id=name)]) if name[0].isupper() and not name.isupper():
            return
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from [*node.args.defaults, *(each for each in node.args.kw_defaults if each), *_body(node.body)]
        case ast.ClassDef() | ast.Module():
            yield from _body(node.body)
        case ast.Lambda():
            yield node.body
        case ast.Subscript(value=ast.Name(id=name)) if name[0].isupper() or name in {"dict", "list", "set", "tuple"}:
            return
        case _:
            yield from ast.iter_child_nodes(node)


def _body(statements: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    for each in statements:
        if not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)):
            yield each


def _is_constant(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant)
