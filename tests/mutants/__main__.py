"""`make mutants`: puts small faults into the three cores, one at a time, and says which ones no test notices.

`make mutants ARGS="refunds --sample 300 --seed 7"` tries 300 faults of one core, always the same ones for a seed. Ends
with 1 when more than 5 % survive. A fault that changes nothing anybody could see stands in `equivalent.toml` with its
reason, and is not tried.
"""

import argparse
import os
import random
import sys
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.mutants.fault import Fault, faults_of  # noqa: E402
from tests.mutants.trial import TestsFail, baseline, survivors  # noqa: E402

MOST_SURVIVORS: Final = 0.05
EQUIVALENT: Final = Path(__file__).with_name("equivalent.toml")


@dataclass(frozen=True)
class Core:
    """Where the code of a core is, and the unit tests that answer for it."""

    code: str
    tests: str


CORES: Final = {
    "refunds": Core("service_refunds/domain", "tests/unit/refunds"),
    "policy": Core("service_requests/domain/policy", "tests/unit/requests/policy"),
    "eligibility": Core("service_requests/domain/eligibility", "tests/unit/requests/eligibility"),
    "care": Core("service_notifications/domain/care", "tests/unit/notifications/care"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the cores that are named, or all; 0 when few enough faults survive in each."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("cores", nargs="*", metavar="CORE", help=f"{', '.join(CORES)}; all when none is named")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--sample", type=int, default=300, help="how many faults of each core")
    size.add_argument("--share", type=float, help="or which part of all its faults, such as 0.25")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another sample")
    parser.add_argument("--only", default="", help="only faults in files whose path contains this")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), help="how many at a time")
    wish = parser.parse_args(arguments)
    unknown = set(wish.cores) - set(CORES)
    if unknown:
        parser.error(f"there is no core {', '.join(sorted(unknown))}")
    os.nice(10)
    good = [_try_core(name, wish) for name in wish.cores or CORES if (ROOT / CORES[name].code).is_dir()]
    return 0 if all(good) else 1


def _try_core(name: str, wish: argparse.Namespace) -> bool:
    core, started = CORES[name], time.monotonic()
    faults, stale = without_equivalents(_faults(core))
    for entry in stale:
        _say(f"{EQUIVALENT.name}: {entry[0]} has no such fault any more: {entry[1]}")
    faults = [fault for fault in faults if wish.only in fault.file]
    count = len(faults) if wish.sample == 0 else min(wish.sample, len(faults))
    if wish.share is not None:
        count = round(len(faults) * wish.share)
    chosen = random.Random(wish.seed).sample(faults, count)
    try:
        base = baseline(core.code, core.tests)
    except TestsFail:
        _say(f"{name}: the tests do not pass as they are")
        return False
    _say(f"{name}: {len(faults)} faults, {count} of them tried with {len(base.seconds)} tests, seed {wish.seed}")
    alive = []
    for done, (fault, survived) in enumerate(survivors(chosen, base, core.tests, wish.jobs), 1):
        if done % 50 == 0:
            _say(f"{name}: {done} tried")
        if survived:
            alive.append(fault)
            _say("\n".join((f"{fault.file}:{fault.line}: survives", *(f"    {line}" for line in fault.changes))))
    share = len(alive) / count if count else 0.0
    minutes = (time.monotonic() - started) / 60
    _say(f"{name}: {len(alive)} of {count} survive, {share:.1%} ({minutes:.1f} minutes)")
    return share <= MOST_SURVIVORS and not stale


def _faults(core: Core) -> list[Fault]:
    files = sorted((ROOT / core.code).rglob("*.py"))
    return [fault for file in files for fault in faults_of(str(file.relative_to(ROOT)), file.read_bytes())]


def without_equivalents(
    faults: Sequence[Fault], listed: Path = EQUIVALENT
) -> tuple[list[Fault], list[tuple[str, str, str]]]:
    """The faults that are not listed as equivalent, and the entries about these files that are no fault of theirs."""
    entries = tomllib.loads(listed.read_text(encoding="utf-8")).get("fault", [])
    files = {fault.file for fault in faults}
    known = {(entry["file"], entry["was"], entry["becomes"]) for entry in entries if entry["file"] in files}
    stale = known - {fault.key for fault in faults}
    return [fault for fault in faults if fault.key not in known], sorted(stale)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
