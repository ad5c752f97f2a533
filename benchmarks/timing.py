"""CPU of single calls of a core, against a goal where it has one."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

ROUNDS: Final = 400
LONGEST_S: Final = 8.0


@dataclass(frozen=True)
class Row:
    """One call that is measured; `goal_ms` is its goal, none for a figure to know."""

    name: str
    work: Callable[[], object]
    goal_ms: float | None = None


def median_ms(work: Callable[[], object]) -> float:
    """Median CPU time of one call in milliseconds, without garbage collection in between."""
    times: list[int] = []
    begun = time.monotonic()
    gc.disable()
    try:
        while len(times) < ROUNDS and time.monotonic() - begun < LONGEST_S:
            started = time.process_time_ns()
            work()
            times.append(time.process_time_ns() - started)
    finally:
        gc.enable()
    return statistics.median(times) / 1e6
