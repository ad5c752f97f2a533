"""`make mutants` bites: it finds what can be wrong, says which faults no test notices, and leaves the tree alone."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants.__main__ import without_equivalents
from tests.mutants.fault import faults_of

ROOT = Path(__file__).parents[2]
RULE = '''"""Free delivery from 99."""

LIMITS = {"CN": 99, "EU": 50}


def is_free(regime: str, amount: int) -> bool:
    """Whether delivery is free."""
    return amount >= LIMITS[regime]
'''
MADE_AT_IMPORT = RULE.replace(
    'LIMITS = {"CN": 99, "EU": 50}',
    'def _limits() -> dict[str, int]:\n    return {"CN": 99, "EU": 50}\n\n\nLIMITS = _limits()',
)
WEAK = """from service_refunds.domain.rule import is_free


def test_it() -> None:
    assert is_free("CN", 200)
    assert not is_free("EU", 1)
"""
STRONG = """import pytest

from service_refunds.domain.rule import is_free


@pytest.mark.parametrize(("regime", "least"), [("CN", 99), ("EU", 50)])
def test_it(regime: str, least: int) -> None:
    assert is_free(regime, least)
    assert is_free(regime, least + 1)
    assert not is_free(regime, least - 1)
"""


@pytest.mark.parametrize(
    ("source", "becomes"),
    [
        ("x = a < b", ["x = a <= b"]),
        ("x = a is not b", ["x = a is b"]),
        ("x = a not in (b)", ["x = a in (b)"]),
        ("x = a + b * c", ["x = a - b * c", "x = a + b // c"]),
        ("x = a and b or c", ["x = a and b and c", "x = a or b or c"]),
        ("x = not a", ["x = a"]),
        ("x = 7", ["x = 8"]),
        ("x = True", ["x = False"]),
        ("x = 'word'", ['x = "XX"']),
        ("x = f'{a}/b'", ['x = "XX"']),
        ("x = min(a)", ["x = max(a)"]),
        ("x = {a: b, c: d}", ["x = {a: b}", "x = {c: d}"]),
        ("x = (a, b)", ["x = (a)", "x = (b)"]),
        ("f = lambda a: a.b", ["f = lambda a: (not (a.b))"]),
        ("def f():\n    return a", ["def f():\n    return None"]),
        ("def f():\n    raise a", ["def f():\n    pass"]),
        ("def f():\n    check(a)", ["def f():\n    pass"]),
        ("def f():\n    if a:\n        b += 1", [
            "def f():\n    if (not (a)):\n        b += 1", "def f():\n    if a:\n        b += 2",
            "def f():\n    if a:\n        b -= 1",
        ]),
        ("x = [a for a in b if a]", ["x = [a for a in b if (not (a))]"]),
        ("for a in b:\n    break", ["for a in b:\n    continue"]),
        ('"""A sentence."""', []),
        ('async def f(a: "word") -> "word":\n    """A sentence."""', []),
        ('x = Said("a sentence", "一句话")', []),
        ("Alias = tuple[int, ...] | None", []),
        ("def f(a: 'word' = b) -> 'word':\n    a.b", []),
        ("class A:\n    b: 'word' = c", []),
        ("x = zip(a, b, strict=True)", []),
    ],
)  # fmt: skip
def test_every_kind_of_fault_is_found_and_nothing_else(source: str, becomes: list[str]) -> None:
    assert sorted(fault.text for fault in faults_of("x.py", source.encode())) == sorted(becomes)


def test_a_fault_knows_its_line_and_the_function_that_it_is_in() -> None:
    faults = faults_of("rule.py", RULE.encode())
    assert {(fault.line, len(fault.scope)) for fault in faults} == {(3, 0), (8, 2)}
    assert all(fault.source.decode() == RULE for fault in faults)
    shown = next(fault.changes for fault in faults if fault.line == 8)
    assert shown[0] == "-    return amount >= LIMITS[regime]"


def test_what_is_listed_as_equivalent_is_not_tried_and_an_old_entry_is_told(tmp_path: Path) -> None:
    faults = faults_of("rule.py", RULE.encode())
    listed = tmp_path / "equivalent.toml"
    listed.write_text(
        '[[fault]]\nfile = "rule.py"\nwas = "return amount >= LIMITS[regime]"\n'
        'becomes = "return amount > LIMITS[regime]"\nwhy = "for this test"\n'
        '[[fault]]\nfile = "rule.py"\nwas = "gone"\nbecomes = "gone, too"\nwhy = "for this test"\n'
    )
    left, stale = without_equivalents(faults, listed)
    assert len(left) == len(faults) - 1
    assert stale == [("rule.py", "gone", "gone, too")]


@pytest.mark.parametrize(
    ("rule", "test", "ending"),
    [
        (RULE, WEAK, 1),
        (RULE, STRONG, 0),
        (MADE_AT_IMPORT, STRONG, 0),
        (RULE, STRONG.replace("least - 1", "least"), 1),
    ],
)
def test_too_many_survivors_end_with_one_and_the_tree_is_as_it_was(
    tmp_path: Path, rule: str, test: str, ending: int
) -> None:
    code, tests = tmp_path / "service_refunds" / "domain", tmp_path / "tests" / "unit" / "refunds"
    shutil.copytree(
        ROOT / "tests" / "mutants", tmp_path / "tests" / "mutants", ignore=shutil.ignore_patterns("__pycache__")
    )
    code.mkdir(parents=True)
    tests.mkdir(parents=True)
    for package in (code, code.parent):
        (package / "__init__.py").touch()
    (code / "rule.py").write_text(rule)
    (tests / "test_rule.py").write_text(test)
    (tmp_path / "tests" / "mutants" / "equivalent.toml").write_text("")
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    command = [sys.executable, "tests/mutants/__main__.py", "refunds", "--jobs", "1"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == ending, done.stdout + done.stderr
    if test is WEAK:
        assert "service_refunds/domain/rule.py:8: survives\n    -    return amount >= LIMITS[regime]" in done.stdout
    if "least)\n" in test.rpartition("assert not")[2]:
        assert "the tests do not pass as they are" in done.stdout
    after = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file() and "pycache" not in str(file)}
    assert after == before
