"""The rules of this house that no ready-made linter knows; each is one small function over a parsed module.

`python tests/architecture/rules.py [ROOT]` prints what it found, line by line, and fails when there is any.
"""

import ast
import re
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

PACKAGES: Final = (
    "gateway",
    "retour",
    "service_inspection",
    "service_notifications",
    "service_refunds",
    "service_requests",
    "shared",
)
BESIDE_THE_PACKAGES: Final = ("benchmarks", "deploy", "docs", "tests")
ROOMS: Final = ("domain", "application", "adapters", "entrypoints", "migrations")
ENTRIES: Final = ("settings.py", "app.py", "__main__.py")
MOST_MODULES: Final = 20
MOST_LINES: Final = 400
LONGEST_FUNCTION: Final = 80
MOST_POSITIONAL_FIELDS: Final = 5
ONE_WORD_EACH: Final = tuple(package for package in PACKAGES if package != "retour")
SAY_NOTHING: Final = {"base", "common", "helper", "helpers", "manager", "misc", "util", "utils"}
MODES: Final = {"embedded", "distributed"}
CLOCKS: Final = {
    ("date", "today"),
    ("datetime", "now"),
    ("datetime", "today"),
    ("time", "monotonic"),
    ("time", "time"),
}

Finding = tuple[int, str]


@dataclass(frozen=True)
class Module:
    """One parsed source file; `path` is relative to the root and speaks for its room."""

    path: Path
    tree: ast.Module
    is_named_loop: bool = False

    @property
    def package(self) -> str:
        return self.path.parts[0]

    @property
    def room(self) -> str:
        return self.path.parts[1].removesuffix(".py") if len(self.path.parts) > 1 else ""

    @cached_property
    def imports(self) -> tuple[tuple[int, str], ...]:
        """Line and dotted name of everything imported, wherever in the module."""
        found: list[tuple[int, str]] = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found += [(node.lineno, alias.name) for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
        return tuple(found)


Rule = Callable[[Module], Iterator[Finding]]


def the_inside_is_plain_python(module: Module) -> Iterator[Finding]:
    """`domain` and `shared.kernel` import the standard library, the kernel and themselves."""
    if module.room not in {"domain", "kernel"}:
        return
    own = {"shared.kernel", f"{module.package}.{module.room}"}
    for line, name in module.imports:
        if name.split(".")[0] in sys.stdlib_module_names or any(f"{name}.".startswith(f"{o}.") for o in own):
            continue
        yield (
            line,
            f"{module.package}.{module.room} imports only the standard library and the kernel, not {name}",
        )


def the_inside_has_no_clock(module: Module) -> Iterator[Finding]:
    """Moments are given to `domain` and `application`; they never look at a clock."""
    if module.room not in {"domain", "application"}:
        return
    for node in ast.walk(module.tree):
        match node:
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if (owner, name) in CLOCKS:
                yield (
                    node.lineno,
                    f"{owner}.{name} reads a clock; a moment comes in as an argument or by the port",
                )


def only_the_web_knows_status_codes(module: Module) -> Iterator[Finding]:
    """Errors become problem documents in `shared/web` alone."""
    if module.package == "shared" and module.room == "web":
        return
    for node in ast.walk(module.tree):
        match node:
            case ast.Name(id="HTTPException") | ast.Attribute(attr="HTTPException"):
                yield (
                    node.lineno,
                    "HTTPException belongs to shared/web; raise an error of shared/kernel/errors.py",
                )


def the_mode_is_chosen_once(module: Module) -> Iterator[Finding]:
    """Which engine, bus and transport there are is decided in `retour` and in settings alone."""
    if module.package == "retour" or module.path.stem == "settings":
        return
    for node in ast.walk(module.tree):
        for condition in _conditions(node):
            for asked in ast.walk(condition):
                word = _word(asked)
                if word is not None and MODES & set(re.split(r"\W|_", word.lower())):
                    yield (
                        condition.lineno,
                        f"a branch on the mode ({word}); give the part that differs instead",
                    )


def _conditions(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            yield test
        case ast.Match(subject=subject, cases=cases):
            yield subject
            for case in cases:
                yield from (part.value for part in ast.walk(case.pattern) if isinstance(part, ast.MatchValue))
        case ast.BoolOp(values=values):
            yield from values
        case ast.comprehension(ifs=ifs):
            yield from ifs


def _word(node: ast.AST | None) -> str | None:
    match node:
        case ast.Name(id=word) | ast.Attribute(attr=word) | ast.Constant(value=str(word)):
            return str(word)
    return None


def only_named_loops_catch_everything(module: Module) -> Iterator[Finding]:
    """`except Exception` stands only where pyproject.toml ignores BLE001, or tidies up and raises again."""
    if module.is_named_loop:
        return
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.ExceptHandler) or _raises_again(node):
            continue
        caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        if any(each is None or _word(each) in {"Exception", "BaseException"} for each in caught):
            yield node.lineno, "except Exception outside the named loops; catch what can be decided here"


def _raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def a_driver_is_not_asked_how_many_rows(module: Module) -> Iterator[Finding]:
    """Rows are asked for with RETURNING; `rowcount` differs by driver."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr == "rowcount":
            yield node.lineno, "rowcount differs by driver; ask with RETURNING"


def a_name_says_what_is_inside(module: Module) -> Iterator[Finding]:
    """No module or package is a drawer for odds and ends."""
    name = module.path.parent.name if module.path.stem == "__init__" else module.path.stem
    if name in SAY_NOTHING:
        yield 1, f"{name} does not say what is inside"


def a_test_states_a_fact(module: Module) -> Iterator[Finding]:
    """A test's name is a sentence without "should"."""
    if module.package != "tests":
        return
    for node in ast.walk(module.tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if name.startswith("test_") and "should" in name.split("_"):
                    yield node.lineno, f'{name}: a test says what is so, without "should"'


def a_module_is_read_in_one_sitting(module: Module) -> Iterator[Finding]:
    """A module with logic has at most 400 lines, a function 80; a table may be as long as its rows."""
    functions = [node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lines = max((node.end_lineno or 0 for node in module.tree.body), default=0)
    if functions and lines > MOST_LINES:
        yield 1, f"{lines} lines; a module with logic has at most {MOST_LINES}"
    for node in functions:
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > LONGEST_FUNCTION:
            yield node.lineno, f"{node.name} has {length} lines; a function has at most {LONGEST_FUNCTION}"


def a_value_with_many_fields_is_built_by_keyword(module: Module) -> Iterator[Finding]:
    """Six values in a row get mixed up; a dataclass with more than five fields takes them by keyword."""
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.ClassDef):
            continue
        named = {ast.unparse(each).partition("(")[0] for each in (*node.decorator_list, *node.bases)}
        by_keyword = any("kw_only=True" in ast.unparse(each) for each in node.decorator_list)
        if named & {"dataclass", "NamedTuple"} and not by_keyword and len(_fields(node)) > MOST_POSITIONAL_FIELDS:
            yield node.lineno, f"{node.name} has more than {MOST_POSITIONAL_FIELDS} fields; build it by keyword only"


def _fields(node: ast.ClassDef) -> list[ast.AnnAssign]:
    return [
        each for each in node.body if isinstance(each, ast.AnnAssign) and "ClassVar" not in ast.unparse(each.annotation)
    ]


EVERYWHERE: Final[tuple[Rule, ...]] = (a_name_says_what_is_inside, a_test_states_a_fact)
IN_PACKAGES: Final[tuple[Rule, ...]] = (
    the_inside_is_plain_python,
    the_inside_has_no_clock,
    only_the_web_knows_status_codes,
    the_mode_is_chosen_once,
    only_named_loops_catch_everything,
    a_driver_is_not_asked_how_many_rows,
    a_module_is_read_in_one_sitting,
    a_value_with_many_fields_is_built_by_keyword,
)


def _settings(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def _named_loops(settings: dict[str, Any]) -> frozenset[Path]:
    exceptions = settings["tool"]["ruff"]["lint"]["per-file-ignores"]
    return frozenset(Path(file) for file, codes in exceptions.items() if "BLE001" in codes)


def folders_are_where_they_belong(root: Path) -> Iterator[str]:
    """Every folder with Python is known, and a package inside a package; Alembic reads `versions` by path."""
    for folder in sorted({file.relative_to(root).parent for file in _sources(root)}):
        top = folder.parts[0] if folder.parts else ""
        if top not in PACKAGES + BESIDE_THE_PACKAGES:
            yield f"{folder}: nobody placed this folder"
        elif top in PACKAGES and folder.name != "versions" and not (root / folder / "__init__.py").exists():
            yield f"{folder}: a folder of Python without __init__.py is invisible to the import contracts"


def every_service_has_every_room(root: Path) -> Iterator[str]:
    """A stranger finds the same rooms in each service."""
    for service in (package for package in PACKAGES if package.startswith("service_")):
        for room in ROOMS:
            if not (root / service / room / "__init__.py").exists():
                yield f"{service}/{room}: this room is missing"
        for file in ENTRIES:
            if not (root / service / file).exists():
                yield f"{service}/{file}: this file is missing"


def a_folder_is_seen_at_a_glance(root: Path) -> Iterator[str]:
    """No folder of ours has more than 20 modules; Alembic's `versions` grows by one file a change."""
    modules = Counter(file.relative_to(root).parent for file in _sources(root) if file.name != "__init__.py")
    for folder, count in sorted(modules.items()):
        if count > MOST_MODULES and folder.name != "versions":
            yield f"{folder}: {count} modules; a folder has at most {MOST_MODULES}: split it by capability"


def a_class_name_means_one_thing(root: Path) -> Iterator[str]:
    """Within a service, the gateway and shared no two public classes have the same name."""
    where: dict[tuple[str, str], list[str]] = defaultdict(list)
    for file in _sources(root):
        path = file.relative_to(root)
        if path.parts[0] not in ONE_WORD_EACH or "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                where[path.parts[0], node.name].append(f"{path}:{node.lineno}")
    for (package, name), places in sorted(where.items()):
        if len(places) > 1:
            yield f"{places[1]}: {package} has two classes {name}; the other one is {places[0]}"


def the_lock_is_whole_and_names_no_place(root: Path) -> Iterator[str]:
    """Whatever pyproject.toml asks for is pinned with hashes, and no registry is named."""
    text = (root / "requirements.lock").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE))
    project = _settings(root)["project"]
    asked = [
        *project["dependencies"],
        *(d for group in project["optional-dependencies"].values() for d in group),
    ]
    for requirement in asked:
        name = re.split(r"[^A-Za-z0-9._-]", requirement)[0].lower().replace("_", "-").replace(".", "-")
        if name not in pinned:
            yield f"requirements.lock: {name} is missing; run make lock"
    for number, line in enumerate(text.splitlines(), 1):
        if "://" in line or line.startswith("-"):
            yield f"requirements.lock:{number}: names a place: {line}"
        if "==" in line and not line.endswith("\\"):
            yield f"requirements.lock:{number}: has no hash: {line}"


def _sources(root: Path) -> Iterator[Path]:
    for top in sorted(root.iterdir()):
        if top.is_dir() and not top.name.startswith(".") and top.name not in {"build", "dist", "mutants"}:
            yield from (file for file in sorted(top.rglob("*.py")) if "__pycache__" not in file.parts)


def findings(root: Path) -> Iterator[str]:
    """Everything that is wrong below `root`, as `file:line: what [rule]`."""
    for look in (
        folders_are_where_they_belong,
        every_service_has_every_room,
        a_folder_is_seen_at_a_glance,
        a_class_name_means_one_thing,
        the_lock_is_whole_and_names_no_place,
    ):
        yield from look(root)
    loops = _named_loops(_settings(root))
    for file in _sources(root):
        path = file.relative_to(root)
        module = Module(path, ast.parse(file.read_bytes(), filename=str(file)), path in loops)
        for rule in EVERYWHERE + (IN_PACKAGES if module.package in PACKAGES else ()):
            for line, message in rule(module):
                yield f"{module.path}:{line}: {message} [{rule.__name__}]"


def main() -> int:
    """Print every finding; 1 when there is any."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    found = list(findings(root))
    print("\n".join(found) if found else "The rules of the house hold.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
