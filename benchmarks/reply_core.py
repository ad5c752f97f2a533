"""CPU of checking one reply: 1,000 characters in both languages, and up to 50 kB written to hurt.

`python benchmarks/reply_core.py` prints one JSON line and fails when a reply of 1,000 characters takes more than 10 ms,
or a hostile one of 50 kB more than 50 ms.
"""

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from service_notifications.adapters.care.reply_check.reply_document import read_reply
from service_notifications.domain.care.reply_check.reply_case import ReplyCase
from service_notifications.domain.care.reply_check.reply_report import LONGEST, check_reply

GOAL_MS: Final = 10.0
HOSTILE_GOAL_MS: Final = 50.0
ROUNDS: Final = 60
HOSTILE_ROUNDS: Final = 5
LENGTH: Final = 1_000
HOSTILE_BYTES: Final = 50_000
EXAMPLES: Final = Path(__file__).parents[1] / "docs/examples/replies"
HOSTILE: Final = (
    "a", "您", "你", "1", "1,111", "¥1", "“", "您说", "您说“", "> \n", "\ud800", "\u0301", "\ufdfa", "😡", "1. ", "1-",
    "4111 ", "保证不是", "尽快", "your fault ", "as i already ", "refund ", "请您", "都是您", "运费我们", "11月24日 ",
    "18:00 ", "12月1日到账", "?", "\n", " ", "第3.2条", "rma-", "https://", "没有不是", "sorry ", "寄回请", "100%",
    "mr. ", "dear sir, ", "if refunded ", "a. ",
)  # fmt: skip
"""Repeated to 50 kB each: characters, words of the lists, openings without ends, numbers, things that fold to many."""


def a_case(name: str, text: str | None = None) -> ReplyCase:
    """An example of the documentation, with another text."""
    case = read_reply((EXAMPLES / name).read_bytes())
    return case if text is None else replace(case, draft=replace(case.draft, text=text))


def median_ms(work: Callable[[], object], rounds: int) -> float:
    """Median CPU time of one call in milliseconds, without garbage collection in between."""
    times = []
    gc.collect()
    gc.disable()
    for _ in range(rounds):
        started = time.process_time_ns()
        work()
        times.append(time.process_time_ns() - started)
    gc.enable()
    return statistics.median(times) / 1e6


def hostile(piece: str) -> str:
    """The piece again and again, up to 50 kB or to the longest that is read; anything longer is refused at once."""
    size = len(piece.encode("utf-8", "surrogatepass"))
    return (piece * (HOSTILE_BYTES // size))[:LONGEST]


def main() -> int:
    """Measure and compare."""
    figures: dict[str, float] = {}
    for name in ("approval.yaml", "held-back.yaml"):
        text = a_case(name).draft.text
        case = a_case(name, (text * (LENGTH // len(text) + 1))[:LENGTH])
        check_reply(case)
        figures[f"{case.draft.language} 1000"] = median_ms(partial(check_reply, case), ROUNDS)
    worst = {}
    for piece in HOSTILE:
        case = a_case("approval.yaml", hostile(piece))
        worst[piece] = median_ms(partial(check_reply, case), HOSTILE_ROUNDS)
    if "--each" in sys.argv:
        for piece, took in sorted(worst.items(), key=lambda each: -each[1]):
            print(f"{took:8.1f} ms  {piece!a}")
    slowest = max(worst, key=lambda piece: worst[piece])
    print(
        json.dumps(
            {
                "benchmark": "reply_core",
                **{name: round(took, 2) for name, took in figures.items()},
                "hostile_50kB": round(worst[slowest], 1),
                "hostile_is": ascii(slowest),
                "unit": "ms CPU",
            }
        )
    )
    return int(max(figures.values()) > GOAL_MS or worst[slowest] > HOSTILE_GOAL_MS)


if __name__ == "__main__":
    sys.exit(main())
