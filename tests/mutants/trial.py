"""Runs a core's unit tests in forked children, once as they are and once for each fault.

Nothing is written anywhere: a fault lives in the memory of one child, which imports the spoilt text in place of the
module's own. So the working tree is the same whatever happens to the run, and there is nothing to put back.
"""

import importlib
import json
import os
import resource
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any, Final

import coverage
import hypothesis
import pytest

from tests.mutants.fault import Fault

ROOT: Final = Path(__file__).parents[2]
OURS: Final = ("gateway", "retour", "service_", "shared", "tests", "docs", "benchmarks")
EXAMPLES: Final = 25
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


def baseline(core: str, tests: str) -> Baseline:
    """Run all tests of a core in a child and note what they touch. Raises `TestsFail`."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _end(lambda: _measure(core, tests, writing), quiet=False)
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
    _import_what_children_need(base)
    running: dict[int, Fault] = {}
    waiting = list(reversed(faults))
    while waiting or running:
        while waiting and len(running) < jobs:
            fault = waiting.pop()
            child = os.fork()
            if child == 0:
                _end(lambda fault=fault: _try(fault, base, tests), quiet=True)
            running[child] = fault
        child, status = os.wait()
        ended = os.waitstatus_to_exitcode(status)
        if ended == pytest.ExitCode.USAGE_ERROR:
            raise RuntimeError("a trial could not begin")
        yield running.pop(child), ended in SURVIVED


def _import_what_children_need(base: Baseline) -> None:
    """Libraries are imported once, here; what is ours every child imports for itself."""
    for name in base.modules:
        if not name.startswith(OURS):
            try:
                importlib.import_module(name)
            except ImportError:
                continue


def _end(work: Any, *, quiet: bool) -> None:
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


def _measure(core: str, tests: str, writing: int) -> int:
    seen = _Seen(coverage.Coverage(source=[str(ROOT / core)], data_file=None))
    seen.coverage.start()
    code = _run([tests], tests, seen)
    seen.coverage.stop()
    data = seen.coverage.get_data()
    by_line = {
        str(Path(file).relative_to(ROOT)): {
            str(line): contexts for line, contexts in data.contexts_by_lineno(file).items()
        }
        for file in data.measured_files()
    }
    modules = [name for name, module in sys.modules.items() if getattr(module, "__file__", None)]
    with os.fdopen(writing, "w", encoding="utf-8") as pipe:
        json.dump({"seconds": seen.seconds, "tests_by_line": by_line, "modules": modules}, pipe)
    return code


def _try(fault: Fault, base: Baseline, tests: str) -> int:
    chosen = base.tests_of(fault)
    if not chosen:
        return pytest.ExitCode.NO_TESTS_COLLECTED
    seconds = 20 + int(5 * sum(base.seconds[test] for test in chosen))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    spoilt, original = str(ROOT / fault.file), SourceFileLoader.get_code

    def get_code(loader: SourceFileLoader, name: str) -> CodeType | None:
        if loader.path == spoilt:
            return compile(fault.text, spoilt, "exec", dont_inherit=True)
        return original(loader, name)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign,assignment]
    files = sorted({test.partition("::")[0] for test in chosen})
    return _run(files, tests, _Chosen(chosen))


def _run(arguments: Sequence[str], folder: str, plugin: object) -> int:
    """The tests in this process: nothing at random, nothing written, few examples and no shrinking.

    No clock on the wall either: a machine that stands still for minutes would count as a fault noticed. A trial without
    end is ended by its limit of CPU time.
    """
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
    without = [part for name in ("randomly", "xdist", "cacheprovider") for part in ("-p", f"no:{name}")]
    os.chdir(ROOT)
    return pytest.main(
        [*arguments, "-q", "-x", "--assert=plain", "--confcutdir", folder, "-o", "timeout=0", *without],
        plugins=[plugin],
    )


class _Seen:
    """Notes how long each test takes and which lines it runs."""

    def __init__(self, cover: coverage.Coverage) -> None:
        self.coverage = cover
        self.seconds: dict[str, float] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.coverage.switch_context(item.nodeid)
        started = time.process_time()
        result = yield
        self.seconds[item.nodeid] = time.process_time() - started
        self.coverage.switch_context(AT_IMPORT)
        return result


class _Chosen:
    """Runs the chosen tests in their order and no others."""

    def __init__(self, tests: Sequence[str]) -> None:
        self.place = {test: place for place, test in enumerate(tests)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted(
            (item for item in items if item.nodeid in self.place), key=lambda item: self.place[item.nodeid]
        )
