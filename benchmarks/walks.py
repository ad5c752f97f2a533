"""Random walks of whole returns through the whole product: every walk ends, and every promise holds (R08).

`python benchmarks/walks.py --walks 10000 --seed 0` makes the walks of these seeds in as many processes as there are
cores. Each kind of failure is printed once, made short, as code for a test; then the run ends with 1. A walk is made
from its seed alone, so `--seed` and `--walks 1` repeat it. `make walks` runs it.
"""

import argparse
import asyncio
import logging
import multiprocessing
import os
import sys
import tempfile
import time
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path

import structlog

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.walks.product import Product, running_product
from tests.support.walks.shrinking import alone, shrink
from tests.support.walks.walk import Failure, Plan, failure_of

TOGETHER = 200
"""How many walks one product makes: its tables stay small."""
MEMORY = Path("/dev/shm")  # noqa: S108 (a folder in memory, for databases that nobody keeps)


def fresh() -> AbstractAsyncContextManager[Product]:
    """A product of its own, in memory where the system has a folder for that."""
    return running_product(Path(tempfile.mkdtemp(prefix="walks-", dir=MEMORY if MEMORY.is_dir() else None)))


async def make(seeds: range, until: float) -> tuple[int, list[tuple[int, Failure]]]:
    """Make these walks, with a new product after each that goes wrong; how many, and which went wrong."""
    failed: list[tuple[int, Failure]] = []
    made = 0
    stack = AsyncExitStack()
    product = await stack.enter_async_context(fresh())
    for seed in seeds:
        if time.monotonic() > until:
            break
        made += 1
        failure = await failure_of(product, Plan.of(seed), seed)
        if failure is not None:
            failed.append((seed, failure))
            await stack.aclose()
            product = await stack.enter_async_context(fresh())
    await stack.aclose()
    return made, failed


def make_in_process(task: tuple[range, float]) -> tuple[int, list[tuple[int, Failure]]]:
    """The same as a process of its own does it."""
    return asyncio.run(make(*task))


async def show(seed: int, failure: Failure) -> None:
    """Print the walk of this seed, made short."""
    plan = Plan.of(seed)
    found = await alone(fresh, plan)
    if found is None:
        print(f"seed {seed}, only after other walks: {failure.text}")
        return
    plan, found = await shrink(fresh, plan, found)
    print(f"seed {seed}: {found.text[:2_000]}\n{plan.as_code()}\n", flush=True)


def main() -> int:
    """Make the walks, print what goes wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--walks", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=3_600, help="stop after this time")
    chosen = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    begun, end = time.monotonic(), chosen.seed + chosen.walks
    tasks = [
        (range(first, min(first + TOGETHER, end)), begun + chosen.seconds)
        for first in range(chosen.seed, end, TOGETHER)
    ]
    made, kinds, wrong = 0, dict[str, tuple[int, Failure]](), 0
    with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
        for number, failed in pool.imap_unordered(make_in_process, tasks):
            made, wrong = made + number, wrong + len(failed)
            for seed, failure in failed:
                kinds.setdefault(failure.kind, (seed, failure))
    for seed, failure in kinds.values():
        asyncio.run(show(seed, failure))
    print(f"{made} of {chosen.walks} walks, {wrong} went wrong, {time.monotonic() - begun:.0f} s")
    return int(bool(wrong) or made < chosen.walks)


if __name__ == "__main__":
    sys.exit(main())
