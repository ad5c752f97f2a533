"""`make mutants`: puts small faults into the code, one at a time, and says which ones no test notices.

`make mutants ARGS="refunds --sample 300 --seed 7"` tries 300 faults of one core, always the same ones for a seed. Ends
with 1 when more than 5 % survive. `make mutants ARGS="--outside --sample 100 --seed 7"` draws one sample over all that
is outside the cores, or over the areas that are named; there 12 % may survive. A fault that changes nothing anybody
could see stands in `equivalent.toml` with its reason, and is not tried.
"""

import argparse
import os
import random
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.mutants.areas import AREAS, CORES, ROOT, area_files, core_files
from tests.mutants.fault import Fault, faults_of
from tests.mutants.names import Names
from tests.mutants.outside import Outside, measure
from tests.mutants.realistic import candidates_of, draw
from tests.mutants.trial import TestsFail, baseline, survivors

MOST_SURVIVORS: Final = 0.05
MOST_OUTSIDE: Final = 0.12
EQUIVALENT: Final = Path(__file__).with_name("equivalent.toml")
IN_A_CORE: Final = 300
OUTSIDE: Final = 100
PROCESSORS: Final = len(os.sched_getaffinity(0))


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the cores or areas that are named, or all; 0 when few enough faults survive in each."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"cores: {', '.join(CORES)}; with --outside areas: {', '.join(AREAS)}; all when none is named",
    )
    parser.add_argument("--outside", action="store_true", help="one sample over everything outside the cores")
    size = parser.add_mutually_exclusive_group()
    size.add_argument(
        "--sample", type=int, help=f"faults of each core ({IN_A_CORE}), or outside ({OUTSIDE}); 0 for all"
    )
    size.add_argument("--share", type=float, help="or which part of all faults of a core, such as 0.25")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another sample")
    parser.add_argument("--only", default="", help="only faults in files whose path contains this")
    parser.add_argument("--jobs", type=int, help="how many at a time")
    wish = parser.parse_args(arguments)
    known = AREAS if wish.outside else CORES
    unknown = set(wish.names) - set(known)
    if unknown:
        parser.error(f"there is no {'area' if wish.outside else 'core'} {', '.join(sorted(unknown))}")
    os.nice(10)
    names = wish.names or [*known]
    if wish.outside:
        return 0 if _try_outside(names, wish) else 1
    good = [_try_core(name, wish) for name in names if all((ROOT / code).is_dir() for code in CORES[name].code)]
    return 0 if all(good) else 1


def _try_core(name: str, wish: argparse.Namespace) -> bool:
    core, started = CORES[name], time.monotonic()
    faults, stale = without_equivalents(
        [fault for file in core_files(core) for fault in faults_of(file, (ROOT / file).read_bytes())]
    )
    _tell_stale(stale)
    faults = [fault for fault in faults if wish.only in fault.file]
    sample = IN_A_CORE if wish.sample is None else wish.sample
    count = len(faults) if sample == 0 else min(sample, len(faults))
    if wish.share is not None:
        count = round(len(faults) * wish.share)
    chosen = random.Random(wish.seed).sample(faults, count)
    try:
        base = baseline(core.code, core.tests)
    except TestsFail:
        _say(f"{name}: the tests do not pass as they are")
        return False
    _say(f"{name}: {len(faults)} faults, {count} of them tried with {len(base.seconds)} tests, seed {wish.seed}")
    alive = list(_told(name, survivors(chosen, base, core.tests, wish.jobs or PROCESSORS)))
    share = len(alive) / count if count else 0.0
    minutes = (time.monotonic() - started) / 60
    _say(f"{name}: {len(alive)} of {count} survive, {share:.1%} ({minutes:.1f} minutes)")
    return share <= MOST_SURVIVORS and not stale


def _try_outside(names: Sequence[str], wish: argparse.Namespace) -> bool:
    jobs = wish.jobs or PROCESSORS + 1  # one more: many tests wait for a server or a clock
    measured = measure([AREAS[name] for name in names], jobs, _say)
    failed = sorted({test for place in measured.values() for test in place.failed})
    for test in failed:
        _say(f"{test}: does not pass as it is, and judges nothing")
    started, outside = time.monotonic(), Outside(measured)
    candidates, stale = without_equivalents(outside_candidates(names))
    _tell_stale(stale)
    candidates = [fault for fault in candidates if wish.only in fault.file]
    sample = OUTSIDE if wish.sample is None else wish.sample
    chosen = draw(candidates, sample or len(candidates), wish.seed)
    tests = len({test for place in measured.values() for test in place.seconds})
    _say(f"outside: {len(candidates)} faults, {len(chosen)} of them tried with {tests} tests, seed {wish.seed}")
    wrong = [control for control, survived in outside.survivors(outside.controls(chosen), jobs) if not survived]
    if wrong:
        told = ", ".join(sorted(outside.area_of(control) for control in wrong))
        _say(f"outside: tests fail in a trial of the code as it is, so they cannot judge: {told}")
        return False
    alive = Counter(outside.area_of(fault) for fault in _told("outside", outside.survivors(chosen, jobs)))
    tried = Counter(outside.area_of(fault) for fault in chosen)
    for name in names:
        if tried[name]:
            _say(f"{name}: {alive[name]} of {tried[name]} survive, {alive[name] / tried[name]:.0%}")
    share = alive.total() / len(chosen) if chosen else 0.0
    minutes = (time.monotonic() - started) / 60
    _say(f"outside: {alive.total()} of {len(chosen)} survive, {share:.1%} ({minutes:.1f} minutes)")
    return share <= MOST_OUTSIDE and not stale and not failed


def outside_candidates(names: Iterable[str]) -> list[Fault]:
    """What a sample of these areas is drawn from. Names are confused with those of any area."""
    sources = {name: {file: (ROOT / file).read_bytes() for file in area_files(AREAS[name])} for name in AREAS}
    known = Names.of(source for files in sources.values() for source in files.values())
    return [
        fault
        for name in names
        for file, source in sources[name].items()
        for fault in candidates_of(file, source, known)
    ]


def without_equivalents(
    faults: Sequence[Fault], listed: Path = EQUIVALENT
) -> tuple[list[Fault], list[tuple[str, str, str]]]:
    """The faults that are not listed as equivalent, and the entries about these files that are no fault of theirs."""
    entries = tomllib.loads(listed.read_text(encoding="utf-8")).get("fault", [])
    files = {fault.file for fault in faults}
    known = {(entry["file"], entry["was"], entry["becomes"]) for entry in entries if entry["file"] in files}
    spoken_of = {entry[0] for entry in known}
    listed_here = {fault.key: fault for fault in faults if fault.file in spoken_of}
    left = [fault for fault in faults if fault.file not in spoken_of or fault.key not in known]
    return left, sorted(known - listed_here.keys())


def _told(name: str, tried: Iterable[tuple[Fault, bool]]) -> Iterator[Fault]:
    """The faults that survive, each of them said."""
    for done, (fault, survived) in enumerate(tried, 1):
        if done % 50 == 0:
            _say(f"{name}: {done} tried")
        if survived:
            _say("\n".join((f"{fault.file}:{fault.line}: survives", *(f"    {line}" for line in fault.changes))))
            yield fault


def _tell_stale(stale: Iterable[tuple[str, str, str]]) -> None:
    for file, was, _ in stale:
        _say(f"{EQUIVALENT.name}: {file} has no such fault any more: {was}")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
