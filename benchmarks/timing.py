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
    """What is measured: one call, or the slowest of several. `goal_ms` is its goal, none for a figure to know."""

    name: str
    works: tuple[Callable[[], object], ...]
    goal_ms: float | None = None

    def measure(self) -> float:
        """The median of one call in milliseconds of CPU; of several, the slowest one's."""
        return max(median_ms(work, LONGEST_S / len(self.works)) for work in self.works)


def median_ms(work: Callable[[], object], at_most_s: float = LONGEST_S) -> float:
    """Median CPU time of one call in milliseconds, without garbage collection in between."""
    times: list[int] = []
    begun = time.monotonic()
    gc.disable()
    try:
        while len(times) < ROUNDS and (not times or time.monotonic() - begun < at_most_s):
            started = time.process_time_ns()
            work()
            times.append(time.process_time_ns() - started)
    finally:
        gc.enable()
    return statistics.median(times) / 1e6
