"""Runs a core's unit tests in forked children, once as they are and once for each fault.

Nothing is written anywhere: a fault lives in the memory of one child, which imports the spoilt text in place of the
module's own. So the working tree is the same whatever happens to the run, and there is nothing to put back.
"""

import contextlib
import importlib
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import coverage
import hypothesis
import pytest

from tests.mutants.fault import Fault
from tests.mutants.patch.sitecustomize import install

ROOT: Final = Path(__file__).parents[2]
OURS: Final = ("gateway", "retour", "service_", "shared", "tests", "docs", "benchmarks")
EXAMPLES: Final = 25
TO_CLEAN_UP: Final = 30
"""Seconds that the fixtures of a trial have when it is ended from outside."""
AT_IMPORT: Final = ""
"""What coverage calls that which runs outside of any test."""
SURVIVED: Final = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)


@dataclass(frozen=True)
class Baseline:
    """What the tests did without a fault: seconds of each, which of them ran each line, and what they imported."""

    seconds: Mapping[str, float]
    tests_by_line: Mapping[str, Mapping[int, frozenset[str]]]
    modules: Sequence[str]

    def tests_of(self, fault: Fault) -> list[str]:
        """The tests that ran the function of the fault, the quick ones first; then all others where it works at import.

        A function that makes a table when its module is imported is run by no test, and every test rests on it.
        """
        lines = self.tests_by_line.get(fault.file, {})
        ran = {test for line in fault.scope for test in lines.get(line, ())}
        tests = set(self.seconds) if not fault.scope or AT_IMPORT in ran else ran
        return sorted(tests, key=lambda test: (test not in ran, self.seconds[test], test))


class TestsFail(Exception):
    """The tests do not pass as they are, so they cannot judge."""


def baseline(core: Sequence[str], tests: str) -> Baseline:
    """Run all tests of a core in a child and note what they touch. Raises `TestsFail`."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        end_child(lambda: _measure(core, tests, writing), quiet=False)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        answer = pipe.read()
    if os.waitpid(child, 0)[1] != 0 or not answer:
        raise TestsFail
    found: dict[str, Any] = json.loads(answer)
    lines = {
        file: {int(line): frozenset(by) for line, by in each.items()} for file, each in found["tests_by_line"].items()
    }
    return Baseline(found["seconds"], lines, found["modules"])


def survivors(faults: Sequence[Fault], base: Baseline, tests: str, jobs: int) -> Iterator[tuple[Fault, bool]]:
    """Each fault, in the order in which its trial ends, and whether every test passed in spite of it."""
    import_what_children_need(base.modules)
    return trials(faults, lambda fault: _try(fault, base, tests), jobs)


def trials(
    faults: Sequence[Fault],
    attempt: Callable[[Fault], int],
    jobs: int,
    seconds: Callable[[Fault], float] | None = None,
) -> Iterator[tuple[Fault, bool]]:
    """Each fault and whether it survived. A child makes the attempt; after `seconds` on the wall it is ended."""
    running: dict[int, Fault] = {}
    limits: dict[int, _Limit] = {}
    waiting = list(reversed(faults))
    while waiting or running:
        while waiting and len(running) < jobs:
            fault = waiting.pop()
            child = os.fork()
            if child == 0:
                end_child(lambda fault=fault: attempt(fault), quiet=True)
            running[child] = fault
            if seconds is not None:
                limits[child] = _Limit(time.monotonic() + seconds(fault))
        child, status = _next_ended(limits)
        ended = os.waitstatus_to_exitcode(status)
        limits.pop(child, None)
        if ended == pytest.ExitCode.USAGE_ERROR:
            raise RuntimeError("a trial could not begin")
        yield running.pop(child), ended in SURVIVED


@dataclass
class _Limit:
    """When a child is asked to end, and from then on when it is made to."""

    at: float
    asked: bool = False


def _next_ended(limits: dict[int, _Limit]) -> tuple[int, int]:
    """The next child that ended, and its status. Fixtures of a child that is late get time to clean up."""
    if not limits:
        return os.wait()
    while True:
        child, status = os.waitpid(-1, os.WNOHANG)
        if child:
            return child, status
        for late, limit in limits.items():
            if time.monotonic() > limit.at:
                for process in family(late) if limit.asked else [late]:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(process, signal.SIGKILL if limit.asked else signal.SIGINT)
                limit.at, limit.asked = time.monotonic() + TO_CLEAN_UP, True
        time.sleep(0.05)


def family(process: int) -> list[int]:
    """A process and all that it started, and they, as far as Linux tells."""
    found = [process]
    for each in found:
        for children in Path(f"/proc/{each}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += [int(child) for child in children.read_text().split()]
    return found


def import_what_children_need(modules: Sequence[str]) -> None:
    """Libraries are imported once, here; what is ours every child imports for itself."""
    for name in modules:
        if not name.startswith(OURS):
            try:
                importlib.import_module(name)
            except ImportError:
                continue


def end_child(work: Any, *, quiet: bool) -> None:
    """End this child with what `work` returns, whatever happens, without running anything of the parent's."""
    code = 1
    try:
        if quiet:
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, 1)
            os.dup2(nothing, 2)
        code = int(work())
    finally:
        os._exit(code)


def _measure(core: Sequence[str], tests: str, writing: int) -> int:
    seen = Seen(coverage.Coverage(source=[str(ROOT / code) for code in core], data_file=None))
    seen.coverage.start()
    code = _run([tests], tests, seen)
    seen.coverage.stop()
    found = {"seconds": seen.seconds, "tests_by_line": seen.tests_by_line(), "modules": imported_modules()}
    with os.fdopen(writing, "w", encoding="utf-8") as pipe:
        json.dump(found, pipe)
    return code


def imported_modules() -> list[str]:
    """What this process has imported from files."""
    return [name for name, module in sys.modules.items() if getattr(module, "__file__", None)]


def _try(fault: Fault, base: Baseline, tests: str) -> int:
    chosen = base.tests_of(fault)
    if not chosen:
        return pytest.ExitCode.NO_TESTS_COLLECTED
    seconds = 20 + int(5 * sum(base.seconds[test] for test in chosen))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    install(str(ROOT / fault.file), fault.text)
    files = sorted({test.partition("::")[0] for test in chosen})
    return _run(files, tests, Chosen(chosen))


def _run(arguments: Sequence[str], folder: str, plugin: object) -> int:
    """A core's tests. No clock on the wall: a machine that stands still for minutes would count as a fault noticed.

    A trial without end is ended by its limit of CPU time.
    """
    return run_tests(arguments, plugin, "-x", "--confcutdir", folder, "-o", "timeout=0", "-p", "no:xdist")


def run_tests(arguments: Sequence[str], plugin: object, *options: str) -> int:
    """Tests in this process: nothing at random, nothing written, few examples and no shrinking."""
    sys.dont_write_bytecode = True
    hypothesis.settings.register_profile(
        "mutants",
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    hypothesis.settings.load_profile("mutants")
    without = [part for name in ("randomly", "cacheprovider") for part in ("-p", f"no:{name}")]
    os.chdir(ROOT)
    return pytest.main([*arguments, "-q", "--assert=plain", *without, *options], plugins=[plugin])


class Seen:
    """Notes how long each test takes and which lines it runs."""

    def __init__(self, cover: coverage.Coverage, clock: Callable[[], float] = time.process_time) -> None:
        self.coverage = cover
        self.clock = clock
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []

    def tests_by_line(self) -> dict[str, dict[str, list[str]]]:
        """Per file and line the tests that ran it."""
        data = self.coverage.get_data()
        return {
            str(Path(file).relative_to(ROOT)): {
                str(line): contexts for line, contexts in data.contexts_by_lineno(file).items()
            }
            for file in data.measured_files()
        }

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.coverage.switch_context(item.nodeid)
        started = self.clock()
        result = yield
        self.seconds[item.nodeid] = self.clock() - started
        self.coverage.switch_context(AT_IMPORT)
        return result


class Chosen:
    """Runs the chosen tests in their order and no others."""

    def __init__(self, tests: Sequence[str]) -> None:
        self.place = {test: place for place, test in enumerate(tests)}
        self.failed: str | None = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and self.failed is None:
            self.failed = report.nodeid

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted(
            (item for item in items if item.nodeid in self.place), key=lambda item: self.place[item.nodeid]
        )
