"""Trials outside the cores: what every test there touches, measured once for a tree, and which tests judge a fault.

A measurement is kept in `.mutants/` under a digest of the code and of the tests it is about, so another seed starts at
once. A trial goes through the stages of its area and ends with the first test that fails twice.
"""

import contextlib
import hashlib
import json
import os
import resource
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import coverage
import pytest

from tests.mutants.areas import AREAS, CORES, ROOT, Area, area_files, places
from tests.mutants.fault import Fault
from tests.mutants.patch.sitecustomize import VARIABLE, install
from tests.mutants.trial import (
    AT_IMPORT,
    SURVIVED,
    TO_CLEAN_UP,
    Chosen,
    Seen,
    end_child,
    family,
    import_what_children_need,
    imported_modules,
    run_tests,
    trials,
)

KEPT: Final = ROOT / ".mutants"
PATCH: Final = Path(__file__).with_name("patch")
TOGETHER: Final = ("tests/conftest.py", "tests/support", "pyproject.toml")
"""What tests of every place rest on."""
OPTIONS: Final = ("--confcutdir", "tests", "-o", "timeout=60")
"""A test that waits for ever is ended by itself; the fixtures of the others can go on."""
BUDGETS: Final = (40.0, 90.0, 60.0)
"""Seconds of tests, by the measurement, that a fault is judged by in each stage; the likely ones come first."""
FOR_CONTROLS: Final = (5.0, 10.0, 10.0)
CONTROL: Final = "control"
"""The kind of a change that changes nothing: where it does not survive, trials say nothing about the tests."""


@dataclass(frozen=True)
class Place:
    """What the tests of one path did without a fault: seconds of each, and which of them ran each line."""

    seconds: Mapping[str, float]
    tests_by_line: Mapping[str, Mapping[int, frozenset[str]]]
    failed: Sequence[str]
    modules: Sequence[str]

    @classmethod
    def read(cls, text: str) -> "Place":
        """As `_measure` wrote it."""
        found: dict[str, Any] = json.loads(text)
        sets = [frozenset(found["tests"][each] for each in group) for group in found["groups"]]
        lines = {file: {int(line): sets[at] for line, at in each.items()} for file, each in found["lines"].items()}
        return cls(found["seconds"], lines, found["failed"], found["modules"])


def measure(areas: Iterable[Area], jobs: int, say: Callable[[str], None]) -> dict[str, Place]:
    """Every test path of these areas, from `.mutants/` or by running it."""
    areas = list(areas)
    alone = places(tuple(path for area in areas for path in (*area.unit, *area.integration)))
    starting = places(tuple(path for area in areas for path in area.processes))
    wanted = [*dict.fromkeys((*alone, *starting))]
    KEPT.mkdir(exist_ok=True)
    code = _digest([*_roots(), *TOGETHER])
    files = {path: KEPT / f"{_digest([path], code)[:24]}.json" for path in wanted}
    missing = [path for path in wanted if not files[path].exists()]
    if missing:
        say(f"{len(missing)} of {len(wanted)} test paths are measured")
    running: dict[int, str] = {}
    began = time.monotonic()
    waiting = missing[:]
    while waiting or running:
        while waiting and len(running) < jobs:
            path = waiting.pop(0)
            child = os.fork()
            if child == 0:
                end_child(lambda path=path: _measure(path, files[path], embedded=path not in alone), quiet=True)
            running[child] = path
        child, status = os.wait()
        path = running.pop(child)
        if status != 0:
            say(f"{path}: cannot be measured")
        say(f"{path}: measured after {time.monotonic() - began:.0f} s")
    found = {path: Place.read(file.read_text(encoding="utf-8")) for path, file in files.items() if file.exists()}
    for path in [path for path, place in found.items() if place.failed]:
        files[path].unlink()  # looked at again next time
    return found


class Outside:
    """Judges faults outside the cores by what the tests were seen to touch."""

    def __init__(self, measured: Mapping[str, Place]) -> None:
        self.measured = measured
        self._took = {test: took for place in measured.values() for test, took in place.seconds.items()}
        self._area_of = {file: name for name, area in AREAS.items() for file in area_files(area)}

    def area_of(self, fault: Fault) -> str:
        """The name of its area."""
        return self._area_of[fault.file]

    def stages_of(self, fault: Fault) -> list[list[str]]:
        """The tests that judge a fault, stage after stage: those that ran its line first, the quick ones first."""
        area = AREAS[self.area_of(fault)]
        unit, integration, processes = BUDGETS if fault.kind != CONTROL else FOR_CONTROLS
        return [
            self._touching(fault, area.unit, unit),
            self._touching(fault, area.integration, integration),
            self._all(area.processes, processes),
        ]

    def controls(self, faults: Sequence[Fault]) -> list[Fault]:
        """One change that changes nothing for each area of these faults, where the first of them is."""
        first = {self.area_of(fault): fault for fault in reversed(faults)}
        return [replace(fault, end=fault.start, becomes="", kind=CONTROL) for _, fault in sorted(first.items())]

    def _touching(self, fault: Fault, paths: tuple[str, ...], budget: float) -> list[str]:
        seconds: dict[str, float] = {}
        line: set[str] = set()
        scope: set[str] = set()
        module: set[str] = set()
        for path in places(paths):
            place = self.measured.get(path)
            if place is None:
                continue
            seconds.update({test: took for test, took in place.seconds.items() if test not in place.failed})
            lines = place.tests_by_line.get(fault.file, {})
            line |= lines.get(fault.line, frozenset())
            scope |= {test for each in fault.scope for test in lines.get(each, ())}
            module |= {test for tests in lines.values() for test in tests}
        only_at_import = not fault.scope or scope == {AT_IMPORT}
        tests = seconds.keys() if only_at_import else seconds.keys() & scope
        return _within(
            budget,
            sorted(tests, key=lambda test: (test not in line, test not in module, seconds[test], test)),
            seconds,
        )

    def _all(self, paths: tuple[str, ...], budget: float) -> list[str]:
        """Tests that start processes, in the embedded mode."""
        seconds = {
            test: took
            for path in places(paths)
            if path in self.measured
            for test, took in self.measured[path].seconds.items()
            if test not in self.measured[path].failed
        }
        return _within(budget, sorted(seconds, key=lambda test: (seconds[test], test)), seconds)

    def seconds(self, fault: Fault) -> float:
        """How long a trial may take on the wall: generous, because others use the machine, too."""
        return 180 + 2 * sum(self._took[test] for stage in self.stages_of(fault) for test in stage)

    def survivors(self, faults: Sequence[Fault], jobs: int) -> Iterator[tuple[Fault, bool]]:
        """Each fault, in the order in which its trial ends, and whether every test passed in spite of it."""
        # In the order in which tests imported them: asyncio breaks when its accelerator is imported first.
        import_what_children_need([*dict.fromkeys(name for each in self.measured.values() for name in each.modules)])
        with tempfile.TemporaryDirectory(prefix="retour-mutants-") as folder:
            yield from trials(faults, lambda fault: self._try(fault, Path(folder)), jobs, self.seconds)

    def _try(self, fault: Fault, folder: Path) -> int:
        spoilt = str(ROOT / fault.file)
        carried = folder / f"{os.getpid()}.json"
        carried.write_text(json.dumps({"path": spoilt, "text": fault.text}), encoding="utf-8")
        os.environ[VARIABLE] = str(carried)
        os.environ["PYTHONPATH"] = os.pathsep.join([str(PATCH), *os.environ.get("PYTHONPATH", "").split(os.pathsep)])
        install(spoilt, fault.text)
        stages = self.stages_of(fault)
        limit = 120 + int(4 * sum(self._took[test] for stage in stages for test in stage))
        signal.signal(signal.SIGXCPU, signal.default_int_handler)  # fixtures clean up before the hard limit kills
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 30))
        for stage in stages:
            if _notices(stage):
                return pytest.ExitCode.TESTS_FAILED
        return pytest.ExitCode.OK


class Impatient(Chosen):
    """Ends this process when fixtures go on waiting after a test has failed: what they wait for may be spoilt."""

    def __init__(self, tests: Sequence[str], patience: float = TO_CLEAN_UP) -> None:
        super().__init__(tests)
        self._timer = threading.Timer(patience, self._end)
        self._timer.daemon = True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        super().pytest_runtest_logreport(report)
        if report.failed and self._timer.ident is None:
            self._timer.start()

    def pytest_unconfigure(self) -> None:
        self._timer.cancel()

    @staticmethod
    def _end() -> None:
        for process in family(os.getpid())[1:]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        os._exit(pytest.ExitCode.TESTS_FAILED)


def _notices(tests: Sequence[str]) -> bool:
    """Whether one of these fails twice: a test of processes may fail once because the machine is busy."""
    left = list(tests)
    while left:
        chosen = Impatient(left)
        if _run(left, chosen) in SURVIVED:
            return False
        if chosen.failed not in chosen.place or _run([chosen.failed], Impatient([chosen.failed])) not in SURVIVED:
            return True
        left = left[chosen.place[chosen.failed] + 1 :]
    return False


def _run(tests: Sequence[str], plugin: Chosen) -> int:
    return run_tests(sorted({test.partition("::")[0] for test in tests}), plugin, "-x", *OPTIONS)


def _within(budget: float, tests: Sequence[str], seconds: Mapping[str, float]) -> list[str]:
    """The first of these tests, up to so many seconds, and one in any case."""
    chosen: list[str] = []
    spent = 0.0
    for test in tests:
        spent += seconds[test]
        if chosen and spent > budget:
            break
        chosen.append(test)
    return chosen


def _measure(path: str, file: Path, *, embedded: bool) -> int:
    """Run the tests of a path with coverage. A distributed Retour takes ten processes to start, so it is left out."""
    cover = coverage.Coverage(source=[str(ROOT / root) for root in _roots()], data_file=None)
    seen = Seen(cover, time.monotonic)
    cover.start()
    run_tests([path], seen, *OPTIONS, *(["-m", "not distributed"] if embedded else []))
    cover.stop()
    failed = [test for test in dict.fromkeys(seen.failed) if _run([test], Chosen([test])) not in SURVIVED]
    tests, groups, lines = _packed(seen.tests_by_line())
    found = {
        "seconds": seen.seconds, "failed": failed, "modules": imported_modules(),
        "tests": tests, "groups": groups, "lines": lines,
    }  # fmt: skip
    half = file.with_suffix(f".{os.getpid()}")
    half.write_text(json.dumps(found), encoding="utf-8")
    half.rename(file)
    return 0


Packed = tuple[list[str], list[list[int]], dict[str, dict[str, int]]]


def _packed(tests_by_line: Mapping[str, Mapping[str, Sequence[str]]]) -> Packed:
    """Tests by number, groups of tests by number, and per line its group: most lines of a function share one."""
    tests: dict[str, int] = {}
    groups: dict[tuple[int, ...], int] = {}
    lines: dict[str, dict[str, int]] = {}
    for file, each in tests_by_line.items():
        for line, names in each.items():
            group = tuple(sorted(tests.setdefault(name, len(tests)) for name in names))
            lines.setdefault(file, {})[line] = groups.setdefault(group, len(groups))
    return list(tests), [list(group) for group in groups], lines


def _roots() -> list[str]:
    """The packages of the product."""
    paths = [
        *(path for area in AREAS.values() for path in area.code),
        *(code for core in CORES.values() for code in core.code),
    ]
    return sorted({root for path in paths if (ROOT / (root := path.split("/", 1)[0])).is_dir()})


def _digest(paths: Iterable[str], more: str = "") -> str:
    """Of everything in these files and folders but what Python keeps there."""
    digest = hashlib.sha256(more.encode())
    for path in paths:
        whole = ROOT / path
        for file in sorted(whole.rglob("*")) if whole.is_dir() else [whole]:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()
