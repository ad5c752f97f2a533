"""Which errors an operation can raise, read from the source: what its route calls, and what that calls in turn.

Names are followed through imports, and methods through the types that annotations name. A container counts as what it
holds, and a port as every class that has its method. An error too many may be found. None is missed on the way from
a route to the domain while calls are written with names; tests compare the result with real answers.
"""

import ast
import importlib
import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from shared.kernel.errors import RetourError

ROOT: Final = Path(__file__).parent.parent.parent
FEW: Final = 2
"""A method of an unknown object is followed when so many classes at most have one of that name."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Place:
    """A definition: its module and its name there; a method is `Class.method`."""

    module: str
    name: str


@dataclass
class Module:
    """One parsed module: what its names stand for, and its definitions by name."""

    name: str
    tree: ast.Module
    names: dict[str, Place] = field(default_factory=dict)
    defined: dict[str, ast.AST] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node.module is not None:
                for alias in node.names:
                    self.names[alias.asname or alias.name] = Place(node.module, alias.name)
        for name, node in _definitions(self.tree, ""):
            self.defined[name] = node
            self.names[name] = Place(self.name, name)


def _definitions(node: ast.AST, inside: str) -> Iterator[tuple[str, ast.AST]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function):
            yield inside + child.name, child
        elif isinstance(child, ast.ClassDef):
            yield inside + child.name, child
            yield from _definitions(child, f"{child.name}.")
        elif isinstance(child, ast.AnnAssign) and isinstance(child.target, ast.Name):
            yield inside + child.target.id, child
        elif isinstance(child, ast.Assign):
            for target in child.targets:
                if isinstance(target, ast.Name):
                    yield inside + target.id, child


SHARED: Final = (
    "shared/kernel", "shared/messaging", "shared/web/operators", "shared/web/query/pages.py", "shared/web/fields.py",
)  # fmt: skip
"""What is read beside the service. The rest of `shared` raises the same for every operation: `answers.py` lists it."""


class Source:
    """The source of one service."""

    def __init__(self, package: str) -> None:
        self._modules = {module.name: module for place in (package, *SHARED) for module in _parsed(place)}
        self._package = package
        self._owners: dict[str, list[Place]] = {}
        self._functions: dict[str, list[Place]] = {}
        for module in self._modules.values():
            for name, node in module.defined.items():
                if isinstance(node, Function) and module.name.startswith(package):
                    owner, _, own = name.rpartition(".")
                    index = self._owners if owner else self._functions
                    index.setdefault(own, []).append(Place(module.name, name))

    def raised_by(self, endpoint: Callable[..., Any]) -> Sequence[type[RetourError]]:
        """The errors that a route can raise, by their codes."""
        module = self._modules[endpoint.__module__]
        start, outer = _route(module, endpoint)
        waiting = list(_Reading(self, module, start, None, outer).mentioned())
        seen: set[Place] = set()
        errors: dict[str, type[RetourError]] = {}
        while waiting:
            place = waiting.pop()
            if place in seen:
                continue
            seen.add(place)
            if (error := _error(place)) is not None:
                errors[error.code] = error
            elif (found := self.definition(place)) is not None:
                home, node = found
                owner = place.name.partition(".")[0] if "." in place.name else None
                waiting += self._next(home, node, owner)
        return [errors[code] for code in sorted(errors)]

    def _next(self, module: Module, node: ast.AST, owner: str | None) -> Iterator[Place]:
        if isinstance(node, ast.ClassDef):
            for name in ("__init__", "__post_init__", "__call__"):
                if f"{node.name}.{name}" in module.defined:
                    yield Place(module.name, f"{node.name}.{name}")
        else:
            yield from _Reading(self, module, node, owner).mentioned()

    def definition(self, place: Place) -> tuple[Module, ast.AST] | None:
        """The module and the node of a definition of this service."""
        module = self._modules.get(place.module)
        node = module.defined.get(place.name) if module is not None else None
        return (module, node) if module is not None and node is not None else None

    def home(self, place: Place) -> Place:
        """Where a name is defined: an import of an import is followed."""
        module = self._modules.get(place.module)
        while module is not None and (further := module.names.get(place.name, place)) != place:
            place = further
            module = self._modules.get(place.module)
        return place

    def is_module(self, place: Place) -> bool:
        """Whether an imported name is a module of this service."""
        return f"{place.module}.{place.name}" in self._modules

    def is_class(self, place: Place) -> bool:
        """Whether it is a class of this service; a type variable is none."""
        return isinstance((self.definition(place) or (None, None))[1], ast.ClassDef)

    def members(self, owner: Place, name: str) -> Iterator[Place]:
        """A member of a class: its own, one of a base class, and for a port one of every class that has it."""
        module, node = self.definition(owner) or (None, None)
        if module is None or not isinstance(node, ast.ClassDef):
            return
        bases = [base.value if isinstance(base, ast.Subscript) else base for base in node.bases]
        known = [base.id for base in bases if isinstance(base, ast.Name)]
        if f"{node.name}.{name}" in module.defined:
            yield Place(module.name, f"{node.name}.{name}")
            if "Protocol" in known:
                yield from self._owners.get(name, ())
            return
        for base in known:
            if base in module.names:
                yield from self.members(self.home(module.names[base]), name)

    def few(self, name: str, inside: Module) -> Sequence[Place]:
        """Methods of this name, when they are few; shared code does not know the service's."""
        owners = self._owners.get(name, []) if inside.name.startswith(self._package) else []
        return owners if len(owners) <= FEW else ()

    def functions(self, name: str) -> Sequence[Place]:
        """Functions of this name, wherever they stand."""
        return self._functions.get(name, ())


class _Reading:
    """One definition, read for what it mentions; local names have the types that annotations give them."""

    def __init__(
        self, source: Source, module: Module, node: ast.AST, owner: str | None, outer: ast.AST | None = None
    ) -> None:
        self._source = source
        self._module = module
        self._node = node
        self._types: dict[str, frozenset[Place]] = {}
        if owner is not None:
            self._types["self"] = self._types["cls"] = frozenset({Place(module.name, owner)})
        arguments = list(ast.walk(outer.args)) if isinstance(outer, Function) else []
        self._given_to_outer = {argument.arg for argument in arguments if isinstance(argument, ast.arg)}
        for argument in arguments:
            self._learn(argument)
        for _ in range(2):
            for child in ast.walk(node):
                self._learn(child)

    def mentioned(self) -> Iterator[Place]:
        """Every definition that may be called."""
        for child in _followed(self._node):
            if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Load) and child.id in self._module.names:
                yield self._source.home(self._module.names[child.id])
            elif isinstance(child, ast.Name) and child.id in self._given_to_outer:
                yield from self._source.functions(child.id)
            elif isinstance(child, ast.Attribute):
                yield from self._attribute(child)

    def _learn(self, node: ast.AST) -> None:
        if isinstance(node, ast.arg) and node.annotation is not None:
            self._types[node.arg] = self.named(node.annotation)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            self._types[node.target.id] = self.named(node.annotation)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._bind(target, node.value)
        elif isinstance(node, ast.NamedExpr):
            self._bind(node.target, node.value)
        elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            self._bind(node.target, node.iter)
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            self._bind(node.optional_vars, node.context_expr)

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        found = self._type(value)
        for name in ast.walk(target):
            if found and isinstance(name, ast.Name):
                self._types[name.id] = self._types.get(name.id, frozenset()) | found

    def _type(self, node: ast.AST | None) -> frozenset[Place]:
        """The classes that an expression may be, or hold."""
        match node:
            case ast.Name(id=name):
                if name in self._types:
                    return self._types[name]
                return frozenset({self._source.home(self._module.names[name])} if name in self._module.names else ())
            case ast.Attribute():
                return frozenset(kind for place in self._attribute(node) for kind in self._given(place))
            case ast.Call(func=function, args=arguments):
                built = [place for place in self._type(function) if place.name.rpartition(".")[2][:1].isupper()]
                called = self._called(function)
                given = {kind for place in called for kind in self._given(place)}
                if not given:
                    held = [function.value] if isinstance(function, ast.Attribute) else []
                    return frozenset(built).union(*(self._type(each) for each in [*held, *arguments]))
                return frozenset(given) | frozenset(built)
            case ast.expr():
                return frozenset().union(*(self._type(child) for child in ast.iter_child_nodes(node)))
        return frozenset()

    def _called(self, function: ast.expr) -> Sequence[Place]:
        if isinstance(function, ast.Name) and function.id in self._module.names:
            return [self._source.home(self._module.names[function.id])]
        return list(self._attribute(function)) if isinstance(function, ast.Attribute) else []

    def _given(self, place: Place) -> frozenset[Place]:
        """What a function returns, or what an attribute holds, by its annotation; a class gives itself."""
        found = self._source.definition(place)
        if found is None:
            return frozenset()
        module, node = found
        if isinstance(node, ast.ClassDef):
            return frozenset({place})
        annotation = node.returns if isinstance(node, Function) else getattr(node, "annotation", None)
        if annotation is None:
            return frozenset()
        return _Reading(self._source, module, ast.Pass(), None).named(annotation)

    def named(self, annotation: ast.expr) -> frozenset[Place]:
        """The classes of this service that an annotation names."""
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            annotation = ast.parse(annotation.value, mode="eval").body
        found: set[Place] = set()
        for node in ast.walk(annotation):
            if isinstance(node, ast.Name) and node.id in self._module.names:
                found.add(self._source.home(self._module.names[node.id]))
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                owner = self._module.names.get(node.value.id)
                if owner is not None and self._source.is_module(owner):
                    found.add(self._source.home(Place(f"{owner.module}.{owner.name}", node.attr)))
        return frozenset(place for place in found if self._source.is_class(place))

    def _attribute(self, node: ast.Attribute) -> Iterator[Place]:
        if isinstance(node.value, ast.Name) and node.value.id not in self._types:
            owner = self._module.names.get(node.value.id)
            if owner is not None and self._source.is_module(owner):
                yield self._source.home(Place(f"{owner.module}.{owner.name}", node.attr))
                return
        owners = self._type(node.value)
        members = [place for owner in owners for place in self._source.members(owner, node.attr)]
        yield from members or (() if owners else self._source.few(node.attr, self._module))


def _route(module: Module, endpoint: Callable[..., Any]) -> tuple[ast.AST, ast.AST]:
    """The route's function, and the function that it stands in, whose arguments it uses."""
    first = inspect.getsourcelines(endpoint)[1]
    for outer in module.tree.body:
        for node in ast.walk(outer):
            if isinstance(node, Function) and node.name == endpoint.__name__:
                lines = [node.lineno, *(decorator.lineno for decorator in node.decorator_list)]
                if min(lines) <= first <= node.lineno:
                    return node, outer
    raise LookupError(f"{endpoint.__module__}: {endpoint.__name__} is not in the source")


def _followed(node: ast.AST) -> Iterator[ast.AST]:
    """Every part of a definition but its types, and but the errors that it catches."""
    for name, value in ast.iter_fields(node):
        caught = name == "type" and isinstance(node, ast.ExceptHandler)
        if caught or name in ("annotation", "returns", "decorator_list", "bases"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield child
                yield from _followed(child)


def _error(place: Place) -> type[RetourError] | None:
    found = getattr(importlib.import_module(place.module), place.name, None) if place.name[:1].isupper() else None
    return found if isinstance(found, type) and issubclass(found, RetourError) else None


def _parsed(place: str) -> Iterator[Module]:
    given = ROOT / place
    for path in [given] if given.suffix else sorted(given.rglob("*.py")):
        if "migrations" not in path.parts:
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            yield Module(name, ast.parse(path.read_text(encoding="utf-8")))
