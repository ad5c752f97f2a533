"""How well signals and promises are heard: precision and recall for each and each language, on labelled sentences.

`tests/data/norms/<check>.<language>.txt` holds a sentence a line, `+` where it is to be found and `-` where it is not.
Every third was set apart before the lists were written and is measured as `<check> (held out)`. `second/` was written
when the first lists stood, to widen them (they heard a quarter of it); `unseen/` after that, and is what a new message
fares like, `<check> (unseen)`. Nobody tunes on what is held out or unseen; only the lists of danger were widened once
more from general knowledge when they had heard five of twelve.
`python -m tests.norms.signals` prints the table.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from service_notifications.domain.care.listening.promise import binding_promises
from service_notifications.domain.care.listening.signal import Signal, detect_signals
from service_notifications.domain.care.text.folded_text import view_of
from service_notifications.domain.care.text.time_context import TimeContext

DATA: Final = Path(__file__).parent.parent / "data/norms"
LANGUAGES: Final = ("zh", "en")
CHECKS: Final = (*(signal.value for signal in Signal), "promise")
EVERY: Final = 3
CONTEXT: Final = TimeContext(datetime(2026, 11, 24, 2, 30, tzinfo=UTC), ZoneInfo("Asia/Shanghai"))


class Sentence(NamedTuple):
    """A labelled sentence: `there` when the check is to find something."""

    text: str
    there: bool
    held_out: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `count` is the number of sentences, shares are between 0 and 1."""

    check: str
    language: str
    precision: float
    recall: float
    count: int


def sentences(check: str, language: str) -> list[Sentence]:
    """The first labelled sentences of a check in a language."""
    lines = _lines(f"{check}.{language}")
    return [Sentence(line[2:], line[0] == "+", place % EVERY == EVERY - 1) for place, line in enumerate(lines)]


def later(folder: str, check: str, language: str) -> list[Sentence]:
    """Those of `second` or `unseen`."""
    lines = _lines(f"{folder}/{check}.{language}")
    return [Sentence(line[2:], line[0] == "+", folder == "unseen") for line in lines]


def _lines(name: str) -> list[str]:
    return (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def finds(check: str) -> Callable[[str], bool]:
    """The check as a question about a sentence."""
    if check == "promise":
        return lambda text: bool(binding_promises(view_of(text), CONTEXT))
    signal = Signal(check)
    return lambda text: any(heard.signal is signal for heard in detect_signals(view_of(text)))


def judged(check: str, language: str, of: Iterable[Sentence], name: str) -> Row:
    """Precision and recall on some sentences; 1 where nothing was found, or nothing was to be found."""
    found = finds(check)
    answers = [(found(sentence.text), sentence.there) for sentence in of]
    right = answers.count((True, True))
    wrong = answers.count((True, False))
    missed = answers.count((False, True))
    precision = right / (right + wrong) if right + wrong else 1.0
    recall = right / (right + missed) if right + missed else 1.0
    return Row(name, language, precision, recall, len(answers))


def measure() -> list[Row]:
    """Every check in both languages, what is held out and what is unseen apart."""
    return list(_rows())


def _rows() -> Iterator[Row]:
    for check in CHECKS:
        for language in LANGUAGES:
            said = sentences(check, language)
            tuned = [each for each in said if not each.held_out] + later("second", check, language)
            yield judged(check, language, tuned, check)
            yield judged(check, language, [each for each in said if each.held_out], f"{check} (held out)")
            yield judged(check, language, later("unseen", check, language), f"{check} (unseen)")


if __name__ == "__main__":
    for row in measure():
        shares = f"precision {row.precision:.2f}  recall {row.recall:.2f}"
        sys.stdout.write(f"{row.check:28} {row.language}  {shares}  of {row.count}\n")
