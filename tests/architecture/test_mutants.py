"""`make mutants` bites: it finds what can be wrong, says which faults no test notices, and leaves the tree alone."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.mutants.__main__ import without_equivalents
from tests.mutants.areas import AREAS, CORES, Area, area_files, core_files, places
from tests.mutants.fault import Fault, faults_of
from tests.mutants.names import Names
from tests.mutants.outside import Outside, Place
from tests.mutants.patch import sitecustomize
from tests.mutants.realistic import WEIGHTS, candidates_of, draw
from tests.mutants.trial import AT_IMPORT

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


@pytest.mark.timeout(600)
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
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == ending, done.stdout + done.stderr
    if test is WEAK:
        assert "service_refunds/domain/rule.py:8: survives\n    -    return amount >= LIMITS[regime]" in done.stdout
    if "least)\n" in test.rpartition("assert not")[2]:
        assert "the tests do not pass as they are" in done.stdout
    after = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file() and "pycache" not in str(file)}
    assert after == before


KNOWN = b"""
class Role(StrEnum):
    AGENT = "agent"
    ADMIN = "admin"

class Case:
    created_at: datetime
    updated_at: datetime | None
    name: str
    colour: str
    zone: str

cases = Table("cases", metadata, Column("pay_by", Moment()), Column("ship_by", Moment()))
"""


def spoilt(source: str) -> dict[str, set[str]]:
    """By kind, what a module becomes."""
    found: dict[str, set[str]] = {}
    for fault in candidates_of("x.py", source.encode(), Names.of([KNOWN])):
        if fault.compiles:
            found.setdefault(fault.kind, set()).add(fault.text)
    return found


EXAMPLES = [
    ("condition", "x = a and b", {"x = a", "x = b"}),
    ("condition", "x = a or (b)", {"x = a", "x = b"}),
    ("condition", "x = a and b and (c or d)", {
        "x = a and b", "x = a and (c or d)", "x = b and (c or d)", "x = a and b and (c)", "x = a and b and (d)",
    }),
    ("guard", "def f():\n    if a:\n        return", {"def f():\n    pass"}),
    ("guard", "for a in b:\n    if a:\n        continue", {"for a in b:\n    pass"}),
    ("guard", "if a:\n    raise b", {"pass", "if a:\n    pass"}),
    ("swap", "f(a=b, c=d)", {"f(a=d, c=b)"}),
    ("swap", "f(paid_at=b.c, x=1, made_at=b.d)", {"f(paid_at=b.d, x=1, made_at=b.c)"}),
    ("sibling", "x = case.created_at", {"x = case.updated_at"}),
    ("sibling", "x = row['ship_by']", {'x = row["pay_by"]'}),
    ("member", "x = Role.AGENT", {"x = Role.ADMIN"}),
    ("member", "x = words.Role.ADMIN", {"x = words.Role.AGENT"}),
    ("effect", "async def f():\n    await a.b(c)", {"async def f():\n    pass"}),
    ("statement", "events.append(a)", {"pass"}),
    ("statement", "self.a = b", {"pass"}),
    ("moment", "x = timedelta(days=y)", {"x = timedelta(hours=y)"}),
    ("moment", "TIMEOUT = 20", {"TIMEOUT = (20 * 60)"}),
    ("moment", "f(seconds=2.5)", {"f(seconds=(2.5 * 60))"}),
    ("moment", "MOST = 20", {"MOST = 19"}),
    ("moment", "def f(a, limit=7):\n    b", {"def f(a, limit=6):\n    b"}),
    ("moment", "x = rows[:limit]", {"x = rows[:(limit - 1)]"}),
    ("moment", "def f(at, now):\n    return g(at)", {"def f(at, now):\n    return g(now)"}),
    ("row", "def f():\n    return {'a': b, 'c': d}", {
        "def f():\n    return {'a': b}", "def f():\n    return {'c': d}",
    }),
    ("row", "x = (a, b)", {"x = (a)", "x = (b)"}),
    ("operator", "x = a < b", {"x = a <= b"}),
    ("negation", "x = a if b else c", {"x = a if (not (b)) else c"}),
    ("result", "def f():\n    return a", {"def f():\n    return None"}),
    ("number", "x = f(7)", {"x = f(8)"}),
    ("text", "x = f('word')", {'x = f("XX")'}),
]  # fmt: skip


def test_every_kind_has_an_example() -> None:
    assert {kind for kind, _, _ in EXAMPLES} == set(WEIGHTS)


@pytest.mark.parametrize(("kind", "source", "becomes"), EXAMPLES)
def test_realistic_faults_of_every_kind_are_found(kind: str, source: str, becomes: set[str]) -> None:
    assert spoilt(source)[kind] == becomes


@pytest.mark.parametrize(
    "source",
    [
        "log.warning('buried', consumer=a, event=b)",
        "x = Said('a sentence', '一句话')",
        "x = Field(description='a sentence', examples=['one', 'two'])",
        "async def f():\n    await asyncio.sleep(a)",
        "class A:\n    def __repr__(self):\n        return f'A {self.b}'",
        "__all__ = ['one', 'two']",
        "log = structlog.get_logger('word')",
        "if TYPE_CHECKING:\n    x = 7",
        "x = case.colour",
        "x = Role.UNKNOWN",
        "def f(at):\n    a[at] = g",
        "x = f(a=b, c=d.e)",
        "def f(at: 'word', now) -> 'word':\n    a.b",
    ],
)
def test_what_only_people_read_and_what_cannot_be_confused_is_left_alone(source: str) -> None:
    assert spoilt(source) == {}


def test_the_text_of_an_error_is_left_alone_but_not_the_error() -> None:
    assert spoilt("raise Wrong('a sentence', pointer='/scopes')") == {
        "guard": {"pass"},
        "text": {"raise Wrong('a sentence', pointer=\"XX\")"},
    }


def a_crowd() -> list[Fault]:
    """A thousand words and three guards."""
    words = "WORDS = {" + ", ".join(f"'a{n}': 'b{n}'" for n in range(500)) + "}\n"
    guards = "def f():\n" + "".join(f"    if a{n}:\n        return\n" for n in range(3))
    return candidates_of("x.py", (words + guards).encode(), Names.of([]))


def test_a_seed_draws_the_same_sample_and_another_seed_another_one() -> None:
    first, again, other = draw(a_crowd(), 30, 7), draw(a_crowd(), 30, 7), draw(a_crowd(), 30, 8)
    assert first == again
    assert first != other
    assert len({(fault.start, fault.end, fault.becomes) for fault in first}) == 30
    assert all(fault.compiles for fault in first)


def test_a_fault_that_does_not_compile_is_not_drawn() -> None:
    broken = Fault("x.py", 1, range(0), 0, 1, ")", b"x = 1", "guard")
    others = candidates_of("x.py", RULE.encode(), Names.of([]))
    assert sorted(draw([broken, *others], 100, 1), key=others.index) == [each for each in others if each.compiles]
    assert draw([broken], 1, 1) == []


def test_a_crowd_of_words_does_not_swamp_the_sample() -> None:
    kinds = Counter(fault.kind for fault in draw(a_crowd(), 12, 1))
    assert kinds["guard"] == 3
    assert kinds["text"] <= 6


def test_every_module_has_one_area_or_core_and_every_path_exists() -> None:
    owned = [file for area in AREAS.values() for file in area_files(area)]
    owned += [file for core in CORES.values() for file in core_files(core)]
    roots = {Path(file).parts[0] for file in owned} | {folder.name for folder in ROOT.glob("service_*")}
    there = {
        str(file.relative_to(ROOT))
        for root in roots | {"gateway", "retour", "shared"}
        for file in (ROOT / root).rglob("*.py")
    }
    assert sorted(owned) == sorted(file for file in there if "migrations" not in Path(file).parts)
    for area in AREAS.values():
        tests = (*area.unit, *area.integration, *area.processes)
        assert places(tests) == tests
        assert all((ROOT / code).exists() for code in area.code)


def a_place(tests: dict[str, float], lines: dict[int, Sequence[str]], *failed: str) -> Place:
    return Place(tests, {FILE: {line: frozenset(by) for line, by in lines.items()}}, failed, ())


AREA: Area = AREAS["web"]
FILE = next(file for file in area_files(AREA) if file.endswith("money.py"))


def a_fault(line: int, scope: range) -> Fault:
    return Fault(FILE, line, scope, 0, 0, "", b"")


def test_stages_hold_what_ran_the_function_and_the_line_of_the_fault_comes_first() -> None:
    judges = Outside(
        {
            AREA.unit[0]: a_place(
                {"u::slow": 3.0, "u::quick": 1.0, "u::apart": 0.1, "u::line": 5.0, "u::bad": 0.1},
                {4: ["u::slow", "u::quick", "u::line", "u::bad"], 5: ["u::line", "u::bad"], 9: ["u::apart"]},
                "u::bad",
            ),
            AREA.integration[0]: a_place({"i::one": 1.0, "i::two": 2.0}, {4: ["i::two"], 1: [AT_IMPORT]}),
            AREA.processes[0]: a_place({"p::a": 9.0, "p::b": 2.0}, {}),
        }
    )
    stages = judges.stages_of(a_fault(5, range(4, 6)))
    assert stages == [["u::line", "u::quick", "u::slow"], ["i::two"], ["p::b", "p::a"]]
    at_import = judges.stages_of(a_fault(1, range(0)))
    assert at_import[0] == ["u::apart", "u::quick", "u::slow", "u::line"]
    assert at_import[1] == ["i::two", "i::one"]


def test_a_stage_ends_with_its_budget_but_has_one_test_in_any_case() -> None:
    judges = Outside(
        {
            AREA.unit[0]: a_place({"u::1": 30.0, "u::2": 31.0, "u::3": 32.0}, {}),
            AREA.integration[0]: a_place({"i::1": 1000.0, "i::2": 1001.0}, {}),
        }
    )
    assert judges.stages_of(a_fault(1, range(0))) == [["u::1"], ["i::1"], []]


def test_a_started_process_imports_the_spoilt_text(tmp_path: Path) -> None:
    module = tmp_path / "answer.py"
    module.write_text("ANSWER = 41\n")
    carried = tmp_path / "fault.json"
    carried.write_text(json.dumps({"path": str(module), "text": "ANSWER = 42\n"}))
    patch = str(Path(sitecustomize.__file__).parent)
    told = [
        subprocess.run(
            [sys.executable, "-c", "import answer; print(answer.ANSWER)"],
            cwd=tmp_path, env={**os.environ, "PYTHONPATH": patch, **more}, capture_output=True, text=True, check=True,
        ).stdout
        for more in ({}, {sitecustomize.VARIABLE: str(carried)})
    ]  # fmt: skip
    assert told == ["41\n", "42\n"]
    assert module.read_text() == "ANSWER = 41\n"


HANGS = """
import os, signal, subprocess, sys
from tests.mutants import trial
from tests.mutants.fault import Fault

def attempt(fault):
    if fault.line == 1:
        return 0
    if fault.line == 3:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        started = subprocess.Popen(["sleep", "1000"], start_new_session=True)
        os.write(int(sys.argv[1]), f"{started.pid}\\n".encode())
    while True:
        signal.pause()

trial.TO_CLEAN_UP = 0.5
faults = [Fault("x.py", line, range(0), 0, 0, "", b"") for line in (1, 2, 3)]
print(sorted((fault.line, survived) for fault, survived in trial.trials(faults, attempt, 3, lambda fault: 2.0)))
"""


def test_a_trial_that_hangs_is_ended_with_all_that_it_started_and_counts_as_noticed() -> None:
    reading, writing = os.pipe()
    done = subprocess.run(
        [sys.executable, "-c", HANGS, str(writing)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=100, pass_fds=[writing],
    )  # fmt: skip
    os.close(writing)
    with os.fdopen(reading) as pipe:
        started = int(pipe.read())
    assert done.stdout == "[(1, True), (2, False), (3, False)]\n", done.stderr
    assert not is_running(started)


def is_running(process: int) -> bool:
    """Whether it does more than wait for its parent to notice its end."""
    status = Path(f"/proc/{process}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


WAITS_FOR_EVER = """import signal

import pytest


@pytest.fixture
def spoilt():
    yield
    while True:
        signal.pause()


def test_it(spoilt):
    assert False
"""


def test_fixtures_that_go_on_waiting_after_a_failure_are_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "test_x.py").write_text(WAITS_FOR_EVER)
    program = (
        "import pytest; from tests.mutants.outside import Impatient; "
        f"pytest.main([{str(tmp_path)!r}, '--rootdir', {str(tmp_path)!r}, '-c', '/dev/null'], "
        "plugins=[Impatient(['test_x.py::test_it'], 0.5)]); print('unreachable')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "unreachable" not in done.stdout


ASKED_IN_A_PROCESS = """import subprocess
import sys

import pytest


@pytest.mark.parametrize(("regime", "least"), [("CN", 99), ("EU", 50)])
def test_it(regime: str, least: int) -> None:
    asked = f"from MODULE import is_free; print([is_free({regime!r}, {least} + n) for n in (-1, 0, 1)])"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout
    assert told == "[False, True, True]\\n"
"""


def a_tree(root: Path, unit: str, process: str | None = None) -> dict[Path, bytes]:
    """A product that is one rule in the area, with these tests; every file and what it holds."""
    code = Path(next(code for code in AREA.code if not code.endswith(".py")))
    module = f"{'.'.join(code.parts)}.rule"
    shutil.copytree(
        ROOT / "tests" / "mutants", root / "tests" / "mutants", ignore=shutil.ignore_patterns("__pycache__")
    )
    for folder in (root / code, root / AREA.unit[0], (root / AREA.processes[0]).parent):
        folder.mkdir(parents=True)
    for package in (root / code, *(root / parent for parent in code.parents if parent.name)):
        (package / "__init__.py").touch()
    (root / code / "rule.py").write_text(RULE)
    (root / AREA.unit[0] / "test_rule.py").write_text(unit.replace("service_refunds.domain.rule", module))
    if process is not None:
        (root / AREA.processes[0]).write_text(process.replace("MODULE", module))
    (root / "tests" / "mutants" / "equivalent.toml").write_text("")
    return files_in(root)


def files_in(root: Path) -> dict[Path, bytes]:
    """Every file but what Python and measurements keep."""
    kept = {"__pycache__", ".mutants"}
    return {file: file.read_bytes() for file in root.rglob("*") if file.is_file() and not kept & {*file.parts}}


def try_outside(root: Path, sample: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "tests/mutants/__main__.py", "--outside", "web", "--sample", str(sample), "--jobs", "2"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=280)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("process", "ending"), [(None, 1), (ASKED_IN_A_PROCESS, 0)])
def test_outside_the_cores_a_test_that_starts_a_process_notices_what_unit_tests_do_not(
    tmp_path: Path, process: str | None, ending: int
) -> None:
    before = a_tree(tmp_path, WEAK, process)
    done = try_outside(tmp_path, 0)
    assert done.returncode == ending, done.stdout + done.stderr
    survives = "rule.py:8: survives\n    -    return amount >= LIMITS[regime]"
    assert (survives in done.stdout) is (process is None)
    assert files_in(tmp_path) == before
    assert "measured" in done.stdout
    assert "measured" not in try_outside(tmp_path, 1).stdout


@pytest.mark.timeout(600)
def test_outside_the_cores_nothing_is_judged_by_tests_that_fail_in_every_trial(tmp_path: Path) -> None:
    a_tree(tmp_path, f"import os\n\n{WEAK}    assert {sitecustomize.VARIABLE!r} not in os.environ\n")
    done = try_outside(tmp_path, 3)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "tests fail in a trial of the code as it is, so they cannot judge: web" in done.stdout
