"""Two checkouts by turns: whole lifecycles as fast as it goes and at a fixed rate, on a machine that others use too.

Both stand at the same time, each on servers of its own. Only one works at a time, in short rounds, and each is first in
every second pair. One JSON line a pair, then the medians and the medians of the ratios B / A. Before a pair it waits
for a quiet moment.
"""

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import lifecycle

SHOWN: Final = {
    "saturated": ("lifecycles_per_s", "cpu_ms", "services_ms", "postgres_ms"),
    "rate": ("p50_ms", "p99_ms", "cpu_ms", "services_ms", "postgres_ms"),
}


def busy(seconds: float = 1.0) -> float:
    """The share of the processors that is taken."""

    def ticks() -> list[int]:
        return [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]

    before = ticks()
    time.sleep(seconds)
    spent = [after - earlier for after, earlier in zip(ticks(), before, strict=True)]
    return round(1 - (spent[3] + spent[4]) / max(1, sum(spent)), 2)


async def quiet(most: float, patience: float) -> float:
    """Wait until little is going on, or patience ends; what is taken then."""
    deadline = time.monotonic() + patience
    while True:
        taken = await asyncio.to_thread(busy)
        if taken <= most or time.monotonic() > deadline:
            return taken


def brief(result: dict[str, Any]) -> dict[str, Any]:
    """What is compared of one round."""
    cpu = result["cpu_ms_per_lifecycle"]
    kept = ("lifecycles_per_s", "p50_ms", "p99_ms", "lost", "duplicated_effects")
    return {name: result[name] for name in kept} | {
        "cpu_ms": cpu["total"],
        "services_ms": round(sum(cpu[name] for name in lifecycle.NAMES), 2),
        "postgres_ms": cpu["postgres"],
    }


def medians(pairs: Sequence[Sequence[dict[str, Any]]], names: Sequence[str]) -> dict[str, Any]:
    """Of A, of B, and of the ratios."""
    return {
        name: {
            "a": statistics.median(a[name] for a, _ in pairs),
            "b": statistics.median(b[name] for _, b in pairs),
            "ratio": round(statistics.median(b[name] / a[name] for a, b in pairs), 3),
        }
        for name in names
    }


async def compare(args: argparse.Namespace) -> None:
    """Start both, then play pairs."""
    plain = {"concurrency": 16, "rate": 0, "until_closed": False, "warm_up": 0, "log": None, "shared": False}
    wishes = {
        "saturated": {**plain, "lifecycles": args.lifecycles},
        "rate": {**plain, "lifecycles": args.lifecycles, "rate": args.rate, "concurrency": 64},
    }
    async with contextlib.AsyncExitStack() as stack:
        both = []
        for checkout in (args.a, args.b):
            standing = lifecycle.standing(argparse.Namespace(**plain), checkout.resolve())
            both.append(await stack.enter_async_context(standing))
        for one in both:
            warm = await lifecycle.measure(*one, argparse.Namespace(**wishes["saturated"]))
            print(json.dumps({"rss_mib_at_rest": warm["rss_mib_at_rest"]}), flush=True)
        found: dict[str, list[list[dict[str, Any]]]] = {kind: [] for kind in wishes}
        for number in range(args.pairs):
            for kind, wish in wishes.items():
                taken = await quiet(args.quiet, args.patience)
                pair: list[dict[str, Any]] = [{}, {}]
                for which in (0, 1) if number % 2 else (1, 0):
                    pair[which] = brief(await lifecycle.measure(*both[which], argparse.Namespace(**wish)))
                found[kind].append(pair)
                said = {"pair": number, "kind": kind, "busy_before": taken, "load": round(os.getloadavg()[0], 1)}
                print(json.dumps(said | {"a": pair[0], "b": pair[1]}), flush=True)
        for kind, names in SHOWN.items():
            print(json.dumps({"kind": kind, "pairs": args.pairs} | medians(found[kind], names)), flush=True)


def main() -> None:
    """Read the wishes and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("a", type=Path, help="a checkout; its own .venv is used if it has one")
    parser.add_argument("b", type=Path)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--lifecycles", type=int, default=150, help="of each round")
    parser.add_argument(
        "--rate", type=float, default=20, help="lifecycles started a second, in the second kind of round"
    )
    parser.add_argument("--quiet", type=float, default=0.2, help="the share of the processors that others may use")
    parser.add_argument("--patience", type=float, default=60, help="seconds to wait for that")
    asyncio.run(compare(parser.parse_args()))


if __name__ == "__main__":
    main()
