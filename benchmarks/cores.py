"""CPU per call of the three cores, median, as one JSON line; ends with 1 when a goal is missed.

`python benchmarks/cores.py` measures all of them, `python benchmarks/cores.py refund` those rows whose names begin so.
A core has its rows in a file of its own: `rows()` of `benchmarks/<core>_core.py`.
"""

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.timing import Row, median_ms

CORES: Final = ("policy", "refund", "reply")


def rows() -> list[Row]:
    """Everything that is measured."""
    there = [core for core in CORES if Path(__file__).with_name(f"{core}_core.py").exists()]
    found: list[Row] = []
    for core in there:
        found += importlib.import_module(f"benchmarks.{core}_core").rows()
    return found


def main() -> int:
    """Measure, print, compare."""
    wanted = tuple(sys.argv[1:])
    measured = [(row, median_ms(row.work)) for row in rows() if not wanted or row.name.startswith(wanted)]
    figures: dict[str, Any] = {
        row.name: {"ms": round(ms, 3)}
        | ({} if row.goal_ms is None else {"goal_ms": row.goal_ms, "ok": ms <= row.goal_ms})
        for row, ms in measured
    }
    load = os.getloadavg()[0]
    print(json.dumps({"cpu_ms_per_call": figures, "cores": os.cpu_count(), "load": round(load, 2)}, ensure_ascii=False))
    return int(any(row.goal_ms is not None and ms > row.goal_ms for row, ms in measured))


if __name__ == "__main__":
    sys.exit(main())
