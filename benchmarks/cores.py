"""CPU per call of the three cores, median, as one JSON line; ends with 1 when a goal is missed.

`python benchmarks/cores.py` measures all of them, `python benchmarks/cores.py refund` those rows whose names begin so.
The cases of each core are in a file of their own, `benchmarks/<core>_core.py`.
"""

import importlib
import json
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import policy_core, refund_core
from benchmarks.timing import Row

HERE: Final = Path(__file__).parent


def rows() -> list[Row]:
    """Everything that is measured."""
    found = [*policy_core.rows(), *refund_core.rows()]
    if (HERE / "reply_core.py").exists():
        found += reply_rows(importlib.import_module("benchmarks.reply_core"))
    return found


def reply_rows(core: Any) -> list[Row]:
    """A reply of 1,000 characters in each language, and the slowest of those that were written to hurt."""
    checks: list[Row] = []
    for name in ("approval.yaml", "held-back.yaml"):
        text = core.a_case(name).draft.text
        case = core.a_case(name, (text * (core.LENGTH // len(text) + 1))[: core.LENGTH])
        checks.append(
            Row(
                f"reply check, 1,000 characters, {case.draft.language}",
                (partial(core.check_reply, case),),
                core.GOAL_MS,
            )
        )
    hostile = [core.a_case("approval.yaml", core.hostile(piece)) for piece in core.HOSTILE]
    works = tuple(partial(core.check_reply, case) for case in hostile)
    return [*checks, Row("reply check, hostile 50 kB, the slowest", works, core.HOSTILE_GOAL_MS)]


def main() -> int:
    """Measure, print, compare."""
    wanted = tuple(sys.argv[1:])
    measured = [(row, row.measure()) for row in rows() if not wanted or row.name.startswith(wanted)]
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
