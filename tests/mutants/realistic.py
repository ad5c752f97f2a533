"""Faults as a tired hand makes them, for the code outside the cores: each is of a kind, and samples are drawn by kind.

The faults of `fault.py` are among them. Left alone is also what only people read: log lines, error texts, help and
descriptions, `__repr__`.
"""

import ast
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from typing import Final

from tests.mutants.fault import FUNCTIONS, Edit, Fault, Finder, children, placed
from tests.mutants.names import Names

WEIGHTS: Final = {
    "condition": 2.0,   # one part of `and`, `or` left out
    "guard": 2.0,       # an early `return`, `raise`, `continue` left out
    "swap": 2.0,        # the values of two keyword arguments exchanged
    "sibling": 2.0,     # another field of the same class read
    "member": 2.0,      # another member of the same Enum
    "effect": 2.0,      # an awaited call left out
    "statement": 2.0,   # a call or an assignment to an attribute left out
    "moment": 2.0,      # another unit or moment, a limit one lower, a duration sixty times as long
    "row": 1.0,         # an entry of a table left out
    "operator": 1.0,
    "negation": 1.0,
    "result": 1.0,
    "number": 1.0,
    "text": 0.5,
}  # fmt: skip
"""How often a kind is drawn: by itself, however many faults there are of it."""

LOGS: Final = {"log", "logger", "structlog", "warnings"}
SPEAKS: Final = {"print", "say", "Said", "TypeVar", "NewType", "ParamSpec", "getLogger", "get_logger", "cast"}
FOR_PEOPLE: Final = {
    "description", "summary", "title", "example", "examples", "help", "epilog", "metavar", "usage", "prog", "tags",
    "strict", "repr", "openapi_extra", "json_schema_extra", "responses",
}  # fmt: skip
UNITS: Final = {"days": "hours", "hours": "days", "minutes": "seconds", "seconds": "minutes", "milliseconds": "seconds"}
MOMENTS: Final = {"at", "now", "today", "moment", "since", "until", "day", "due", "when"}
LASTING: Final = {
    "after", "days", "deadline", "delay", "every", "expires", "hours", "interval", "lease", "minutes", "patience",
    "pause", "seconds", "stale", "timeout", "wait", "within",
}  # fmt: skip
"""Words in the name of a number that is a duration."""
LONG: Final = 60
LOOSE: Final = (ast.BoolOp, ast.IfExp, ast.Lambda, ast.NamedExpr)
"""What needs parentheses beside `and` and `or`."""
LEAVES: Final = (ast.Raise, ast.Return, ast.Continue, ast.Break)


def candidates_of(file: str, source: bytes, names: Names) -> list[Fault]:
    """Every realistic fault of a module in reading order, none twice; a few of them do not compile."""
    tree = ast.parse(source)
    found: dict[Edit, str] = {}
    for kind, edit in _Realistic(source, names).kinds(tree):
        found.setdefault(edit, kind)
    return placed(file, source, tree, [(kind, edit) for edit, kind in sorted(found.items())])


def draw(candidates: Sequence[Fault], count: int, seed: int) -> list[Fault]:
    """A sample without repetition of faults that compile: a kind by its weight, then any fault of it.

    The same candidates and the same seed give the same sample.
    """
    chance = random.Random(seed)
    left: dict[str, list[Fault]] = defaultdict(list)
    for fault in candidates:
        left[fault.kind].append(fault)
    for each in left.values():
        chance.shuffle(each)
    drawn: list[Fault] = []
    while len(drawn) < count and left:
        kinds = sorted(left)
        kind = chance.choices(kinds, [WEIGHTS[each] for each in kinds])[0]
        fault = left[kind].pop()
        if fault.compiles:
            drawn.append(fault)
        if not left[kind]:
            del left[kind]
    return drawn


class _Realistic(Finder):
    """Gives (kind, edit)."""

    def __init__(self, source: bytes, names: Names) -> None:
        super().__init__(source)
        self.names = names
        self.durations: set[ast.Constant] = set()

    def kinds(
        self, node: ast.AST, *, table: bool = True, moments: frozenset[str] = frozenset()
    ) -> Iterator[tuple[str, Edit]]:
        """Faults of this node and what is in it; `moments` are the names of moments in the function around it."""
        if _is_for_people(node):
            return
        for kind, edits in (
            ("condition", self._conditions(node)),
            ("guard", self._guards(node)),
            ("swap", self._swaps(node)),
            ("sibling", self._siblings(node)),
            ("member", self._members(node)),
            ("effect", self._effects(node)),
            ("moment", self._moments(node, moments)),
            ("moment", self._numbers(node)),
            ("statement", self._calls(node)),
            ("row", self.tables(node) if table or isinstance(node, ast.Dict) else ()),
            ("operator", self.operators(node)),
            ("negation", self.tests(node)),
            ("result", self.statements(node)),
            ("text" if isinstance(getattr(node, "value", ""), str) else "number", self.values(node)),
        ):
            for edit in edits:
                yield kind, edit
        if isinstance(node, FUNCTIONS):
            moments = _moments_in(node)
        inside = table and not isinstance(node, (*FUNCTIONS, ast.Lambda))
        for child in _children(node):
            yield from self.kinds(child, table=inside, moments=moments)

    def _text(self, node: ast.expr) -> str:
        return self.source[self.start(node) : self.end(node)].decode()

    def _conditions(self, node: ast.AST) -> Iterator[Edit]:
        if not isinstance(node, ast.BoolOp):
            return
        word = " and " if isinstance(node.op, ast.And) else " or "
        parts = [f"({self._text(each)})" if isinstance(each, LOOSE) else self._text(each) for each in node.values]
        for place in range(len(parts)):
            yield self.whole(node, word.join([*parts[:place], *parts[place + 1 :]]))

    def _guards(self, node: ast.AST) -> Iterator[Edit]:
        match node:
            case ast.If(body=[only], orelse=[]) if isinstance(only, LEAVES):
                yield self.whole(node, "pass")
            case ast.Raise():
                yield self.whole(node, "pass")

    def _swaps(self, node: ast.AST) -> Iterator[Edit]:
        """Neighbours, and any two whose names share a word; both values are names, fields or subscripts alike."""
        if not isinstance(node, ast.Call):
            return
        named = [each for each in node.keywords if each.arg and isinstance(each.value, (ast.Name, ast.Attribute))]
        near = {(one.arg, other.arg) for one, other in pairwise(named)}
        for one, other in combinations(named, 2):
            first, second = self._text(one.value), self._text(other.value)
            shared = set((one.arg or "").split("_")) & set((other.arg or "").split("_"))
            if first != second and (shared or (one.arg, other.arg) in near) and type(one.value) is type(other.value):
                between = self.source[self.end(one.value) : self.start(other.value)].decode()
                yield self.start(one.value), self.end(other.value), f"{second}{between}{first}"

    def _siblings(self, node: ast.AST) -> Iterator[Edit]:
        match node:
            case ast.Attribute(attr=name, ctx=ast.Load()) if name in self.names.siblings:
                yield self.end(node) - len(name.encode()), self.end(node), self.names.siblings[name]
            case ast.Subscript(slice=ast.Constant(value=str(name)), ctx=ast.Load()) if name in self.names.siblings:
                yield self.whole(node.slice, f'"{self.names.siblings[name]}"')

    def _members(self, node: ast.AST) -> Iterator[Edit]:
        match node:
            case ast.Attribute(value=ast.Name(id=enum) | ast.Attribute(attr=enum), attr=member):
                other = self.names.other_member(enum, member)
                if other is not None:
                    yield self.end(node) - len(member.encode()), self.end(node), other

    def _effects(self, node: ast.AST) -> Iterator[Edit]:
        match node:
            case ast.Expr(value=ast.Await(value=ast.Call(func=func))) if not ast.unparse(func).endswith("sleep"):
                yield self.whole(node, "pass")

    def _calls(self, node: ast.AST) -> Iterator[Edit]:
        match node:
            case ast.Expr(value=ast.Call()):
                yield self.whole(node, "pass")
            case ast.Assign(targets=[ast.Attribute()]) | ast.AugAssign(target=ast.Attribute()):
                yield self.whole(node, "pass")

    def _moments(self, node: ast.AST, moments: frozenset[str]) -> Iterator[Edit]:
        match node:
            case ast.Call(func=ast.Name(id="timedelta") | ast.Attribute(attr="timedelta"), keywords=[only]):
                if only.arg in UNITS:
                    start = self.lines[only.lineno - 1] + only.col_offset
                    yield start, start + len(only.arg), UNITS[only.arg]
            case ast.Name(id=name, ctx=ast.Load()) if name in moments:
                yield from (self.whole(node, other) for other in sorted(moments - {name})[:2])
            case ast.Slice(upper=ast.expr() as upper):
                yield self.whole(upper, f"({self._text(upper)} - 1)")

    def _numbers(self, node: ast.AST) -> Iterator[Edit]:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant() as value):
                yield from self._lengths(name, value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant() as value):
                yield from self._lengths(name, value)
            case ast.keyword(arg=str(name), value=ast.Constant() as value):
                yield from self._lengths(name, value)
            case ast.arguments():
                named = (*node.posonlyargs, *node.args)
                places = (*named[len(named) - len(node.defaults) :], *node.kwonlyargs)
                for each, default in zip(places, (*node.defaults, *node.kw_defaults), strict=True):
                    if isinstance(default, ast.Constant):
                        yield from self._lengths(each.arg, default)

    def _lengths(self, name: str, value: ast.Constant) -> Iterator[Edit]:
        """A duration sixty times as long, another limit one lower; a duration one longer is not worth a trial."""
        number = value.value
        if isinstance(number, bool) or not isinstance(number, int | float) or "status" in name:
            return
        if isinstance(number, float) or set(name.lower().split("_")) & LASTING:
            self.durations.add(value)
            yield self.whole(value, f"({self._text(value)} * {LONG})")
        elif number > 1:
            yield self.whole(value, str(number - 1))

    def values(self, node: ast.AST) -> Iterator[Edit]:
        """As in `fault.py`, apart from durations."""
        if node not in self.durations:
            yield from super().values(node)

    def statements(self, node: ast.AST) -> Iterator[Edit]:
        """What `fault.py` does to statements is of other kinds here, apart from the result."""
        if isinstance(node, ast.Return):
            yield from super().statements(node)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """As in `fault.py`, without what only people read."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in SPEAKS:
            return
        case ast.keyword(arg=name) if name in FOR_PEOPLE:
            return
        case ast.Raise(exc=ast.Call() as made):
            yield made.func
            yield from (each for each in made.args if not isinstance(each, (ast.Constant, ast.JoinedStr)))
            yield from made.keywords
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield node.args
            yield from (each for each in children(node) if isinstance(each, ast.stmt))
        case ast.arguments():
            yield from (*node.defaults, *(each for each in node.kw_defaults if each))
        case _:
            yield from children(node)


def _is_for_people(node: ast.AST) -> bool:
    """A log line, `__repr__`, a list of exports, or what only a type checker imports."""
    match node:
        case ast.Expr(value=ast.Call(func=func) | ast.Await(value=ast.Call(func=func))):
            return ast.unparse(func).split(".")[0].strip("_") in LOGS
        case ast.FunctionDef(name="__repr__" | "__str__"):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name in {"__all__", "log", "logger", "_log"} or (
                isinstance(node, ast.Assign) and name in FOR_PEOPLE and isinstance(node.value, ast.Constant)
            )
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
    return False


def _moments_in(function: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """Arguments that are moments, and names that are given one."""
    arguments = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    given = {each.arg for each in arguments} | {
        each.id for each in ast.walk(function) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }
    return frozenset(name for name in given if name in MOMENTS or name.endswith(("_at", "_on", "_by")))
