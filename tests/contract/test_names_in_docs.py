"""The pages that explain the code name files, classes and functions that exist, where the pages say that they are."""

import ast
import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parent.parent.parent
EXPLANATION: Final = Path("docs/explanation")
GLOSSARIES: Final = (EXPLANATION / "glossary.md", Path("docs/zh") / EXPLANATION.name / "glossary.md")
FOR_CONTRIBUTORS: Final = (
    *sorted(path.relative_to(ROOT) for path in ROOT.glob("docs/how-to/add-*.md")),
    Path("CONTRIBUTING.md"),
)
TOUR: Final = EXPLANATION / "tour-of-the-code.md"
DECISIONS: Final = sorted(path.relative_to(ROOT) for path in ROOT.glob("docs/adr/*.md"))
PACKAGES: Final = ("gateway", "retour", "service_*", "shared")
NAMED: Final = re.compile(r"`([\w/-]+\.py)`(?:: | )`(\w+)(?:\(\))?`|\[`(\w+)`\]\((?:\.\./)+([\w/]+\.py)\)")
"""`path/to/file.py` `Name`, or a link from `Name` to its file."""
FILE: Final = re.compile(r"`((?:gateway|retour|service_\w+|shared|tests|docs|benchmarks|deploy)/[\w/.-]*[\w-])`")
SIZE: Final = re.compile(r"^\| `([\w/]+\.py)` \| (\d+) \|$", re.MULTILINE)
ROOM: Final = 0.1
"""By which part a stated size may differ from the true one."""


@cache
def defined_in(path: Path) -> frozenset[str]:
    """Names of everything that a module defines: at its top, in its classes, in its functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                names.add(name)
            case ast.Assign(targets=targets):
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
    return frozenset(names)


def named(text: str) -> Sequence[tuple[Path, str]]:
    """Every file with a name in it, as a page names them."""
    return [(Path(file or linked), name or of_link) for file, name, of_link, linked in NAMED.findall(text)]


def wrong(text: str) -> Iterable[str]:
    """What a text names that is not there, and where it is now."""
    for path, name in named(text):
        if not (ROOT / path).is_file() or name not in defined_in(path):
            yield f"{path} {name} (now in: {', '.join(sorted(homes(name))) or 'nowhere'})"
    for file in FILE.findall(text):
        if not (ROOT / file).exists():
            yield file


def homes(name: str) -> Iterable[str]:
    """The files that define this name at their top."""
    definition = re.compile(rf"^(?:class|def|async def) {name}\b|^{name}\b.*=", re.MULTILINE)
    for package in PACKAGES:
        for path in ROOT.glob(f"{package}/**/*.py"):
            if definition.search(path.read_text()):
                yield str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", GLOSSARIES, ids=["en", "zh"])
def test_every_class_that_the_glossary_names_is_where_it_says(page: Path) -> None:
    text = (ROOT / page).read_text()
    assert len(named(text)) > 100
    assert list(wrong(text)) == []


def test_both_glossaries_name_the_same_places_in_the_same_order() -> None:
    english, chinese = ((ROOT / page).read_text() for page in GLOSSARIES)
    assert named(english) == named(chinese)


def test_a_word_stands_in_the_glossary_once() -> None:
    words = re.findall(r"^\| (?!word \||---)(.+?) \|", (ROOT / GLOSSARIES[0]).read_text(), re.MULTILINE)
    assert sorted(words) == sorted(set(words))


def test_the_tour_of_the_code_names_what_is_there() -> None:
    text = (ROOT / TOUR).read_text()
    tour, _, to_come = text.partition("## Where does new work go?")
    assert len(named(tour)) > 50
    assert list(wrong(tour)) == []
    packages = [Path(file) for file in FILE.findall(to_come) if file.startswith("service_")]
    assert packages
    assert [str(file) for file in packages if not (ROOT / file.parts[0] / file.parts[1]).is_dir()] == []


@pytest.mark.parametrize("page", FOR_CONTRIBUTORS, ids=lambda page: page.stem)
def test_a_page_for_contributors_names_files_that_exist(page: Path) -> None:
    text = (ROOT / page).read_text()
    assert FILE.findall(text)
    assert list(wrong(text)) == []


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_names_files_that_exist_and_their_sizes(page: Path) -> None:
    text = (ROOT / page).read_text()
    assert list(wrong(text)) == []
    sizes = {file: (int(stated), len((ROOT / file).read_text().splitlines())) for file, stated in SIZE.findall(text)}
    assert {file: both for file, both in sizes.items() if abs(both[0] - both[1]) > ROOM * both[1]} == {}


PRIVATE_NAMES: Final = {
    "fastapi": "docs/adr/0016-json-is-read-strictly.md",
    "httptools": "docs/adr/0014-the-gateway-s-own-http-client.md",
    "psycopg": "docs/adr/0008-a-batch-is-one-round-trip.md",
    "pypdf": "docs/adr/0050-files-are-read-before-they-are-kept.md",
    "sqlalchemy": "docs/adr/0013-one-thread-writes-sqlite.md",
    "starlette": "docs/adr/0016-json-is-read-strictly.md",
    "typer": "retour/chinese.py",
    "uvicorn": "docs/adr/0015-limits-on-the-head-of-a-request.md",
}
"""Libraries of which names are used that no document promises, and where that is said."""


@pytest.mark.parametrize("library", PRIVATE_NAMES)
def test_a_library_whose_private_names_are_used_is_bounded_from_above(library: str) -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    [requirement] = [each for each in wanted if re.match(rf"{library}\b(?!-)", each)]
    assert "<" in requirement
    assert library in (ROOT / PRIVATE_NAMES[library]).read_text().lower()


def test_a_file_that_reaches_into_a_library_is_named_by_a_decision() -> None:
    sources = [path for package in PACKAGES for path in ROOT.glob(f"{package}/**/*.py")]
    reaching = {path.name for path in sources if "noqa: SLF001" in path.read_text()}
    decisions = "".join((ROOT / page).read_text() for page in DECISIONS)
    assert reaching
    assert {name for name in reaching if name not in decisions} == set()


def test_a_name_that_has_moved_is_seen_with_its_new_place() -> None:
    text = "`shared/web/call.py` `Relay`, [`attempt`](../../shared/web/call.py), `shared/web/no_such_file.py`"
    assert list(wrong(text)) == [
        "shared/web/call.py Relay (now in: shared/messaging/relay.py)",
        "shared/web/call.py attempt (now in: shared/database/retrying.py)",
        "shared/web/no_such_file.py",
    ]
