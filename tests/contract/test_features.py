"""The page of features says what is so: each id once, every named test there, `done` proved by a test that cites it."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pytest

TESTS: Final = Path(__file__).parent.parent
PAGE: Final = TESTS.parent / "docs/features.md"
FEATURES: Final = {
    "A": 18, "B": 16, "C": 9, "D": 13, "E": 6, "F": 11, "G": 13, "H": 15, "I": 15,
    "J": 8, "K": 12, "L": 10, "M": 8, "N": 14, "O": 6, "P": 6, "Q": 5, "R": 8,
}  # fmt: skip
"""How many features each group has; they count from 01."""
CLAUSES: Final = {"R1": 4, "R2": 5, "R3": 3, "R4": 5, "R5": 3, "N3": 6}
"""How many clauses each part of the standard has; they count from 1."""
WHOLE_CLAUSES: Final = ("N1", "N2", "N4")
STATE: Final = re.compile(r"done|not yet|partly: \S.*")
NAMED: Final = re.compile(r"`([\w/]+\.py)::(\w+)`")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the page."""

    id: str
    state: str
    tests: tuple[tuple[str, str], ...]


def expected() -> Sequence[str]:
    features = [f"{group}{number:02}" for group, count in FEATURES.items() for number in range(1, count + 1)]
    clauses = [f"{part}.{number}" for part, count in CLAUSES.items() for number in range(1, count + 1)]
    return sorted([*features, *clauses, *WHOLE_CLAUSES])


def rows() -> Sequence[Row]:
    cells = [line.strip("|").split(" | ") for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    ids = re.compile(r"[A-R]\d\d|[RN]\d(\.\d)?")
    return [
        Row(row[0].strip(), row[-2].strip(), tuple(NAMED.findall(row[-1])))
        for row in cells
        if ids.fullmatch(row[0].strip())
    ]


@cache
def told_by(file: str) -> dict[str, str]:
    """What each test of a file says: its own source, and the promise at the head of its file."""
    path = TESTS / file
    if not path.is_file():
        return {}
    source = path.read_text()
    module = ast.parse(source)
    promise = ast.get_docstring(module) or ""
    return {
        node.name: f"{promise}\n{ast.get_source_segment(source, node)}"
        for node in module.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    }


def cites(text: str, id_: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(id_)}(?!\w|\.\d)", text) is not None


def test_every_id_of_the_lists_is_there_once() -> None:
    assert sorted(row.id for row in rows()) == expected()


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.id)
def test_a_row_says_its_state_and_names_tests_that_exist(row: Row) -> None:
    assert STATE.fullmatch(row.state), row.state
    assert [f"{file}::{name}" for file, name in row.tests if name not in told_by(file)] == []


@pytest.mark.parametrize("row", [row for row in rows() if row.state == "done"], ids=lambda row: row.id)
def test_what_is_done_has_a_test_that_cites_it(row: Row) -> None:
    assert any(cites(told_by(file)[name], row.id) for file, name in row.tests)


def test_a_longer_id_is_not_taken_for_a_shorter_one() -> None:
    assert cites("R1.1, N4: as said", "N4")
    assert not cites("N4.1, AN4, N44", "N4")
