"""CPU of hearing: a message of 1,000 characters and 50 kB written to hurt, for moods, promises and special cases.

`python benchmarks/hearing.py` prints one JSON line and fails when a message of 1,000 characters takes more than 10 ms,
or one of the hostile ones more than 100 ms.
"""

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[1]))

from service_notifications.domain.care.listening.promise import utterances
from service_notifications.domain.care.listening.signal import detect_signals
from service_notifications.domain.care.playbooks.playbook import SpecialCaseFacts
from service_notifications.domain.care.playbooks.playbook_match import match_playbooks
from service_notifications.domain.care.text.folded_text import view_of
from service_notifications.domain.care.text.time_context import TimeContext

GOAL_MS: Final = 10.0
HOSTILE_GOAL_MS: Final = 100.0
ROUNDS: Final = 5
HOSTILE_BYTES: Final = 50_000
SPEAKING: Final = TimeContext(datetime(2026, 11, 24, 2, 30, tzinfo=UTC), ZoneInfo("Asia/Shanghai"))
ORDINARY: Final = {
    "zh": "您好，外套袖口开线了，我很失望。我们会在11月24日18:00前给您回电。感谢您的耐心等待，如有问题请联系我们。",
    "en": "The seam of my jacket is open and I am disappointed. We will call you by 6 pm today. Thank you. ",
}
HOSTILE: Final = (
    "1", "1 ", "1:", "今天", "我今天18点前给您回电，", "(", "😡", "一二", "within two days ", "no ", "“您说",
    "if i will ",
)  # fmt: skip
"""Repeated to 50 kB each."""


def parts_ms(text: str) -> dict[str, float]:
    """Median CPU in milliseconds; `special cases` hears the moods once more."""
    times: dict[str, list[float]] = {}
    view = view_of(text)
    steps: tuple[tuple[str, Callable[[], object]], ...] = (
        ("read", partial(view_of, text)),
        ("moods", partial(detect_signals, view)),
        ("promises", partial(utterances, view, SPEAKING)),
        ("special cases", partial(match_playbooks, SpecialCaseFacts(), view)),
    )
    gc.collect()
    gc.disable()
    for _ in range(ROUNDS):
        for name, work in steps:
            started = time.process_time_ns()
            work()
            times.setdefault(name, []).append((time.process_time_ns() - started) / 1e6)
    gc.enable()
    return {name: round(statistics.median(each), 1) for name, each in times.items()}


def main() -> int:
    """Measure and compare."""
    detect_signals(view_of(ORDINARY["zh"]))
    ordinary = {name: parts_ms((text * 20)[:1000]) for name, text in ORDINARY.items()}
    hostile = {piece: parts_ms(piece * (HOSTILE_BYTES // len(piece.encode()))) for piece in HOSTILE}
    print(json.dumps({"ordinary_1000": ordinary, "hostile_50kB": hostile}, ensure_ascii=False))
    slow = any(sum(parts.values()) > GOAL_MS for parts in ordinary.values())
    return int(slow or any(sum(parts.values()) > HOSTILE_GOAL_MS for parts in hostile.values()))


if __name__ == "__main__":
    sys.exit(main())
