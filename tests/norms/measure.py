"""How well the checks know right from wrong: precision and recall for each check and language, over labelled sentences.

`python tests/norms/measure.py` (`make norms`) prints a line for each list, held-out sentences apart, and the share of
clean sentences that raise an alarm; it fails below the limits of this file. `--wrong` names what is judged wrong.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, get_args

sys.path.insert(0, str(Path(__file__).parents[2]))

import yaml

from service_notifications.domain.care.reply_check.check_table import CHECKS
from service_notifications.domain.care.reply_check.finding import Check
from service_notifications.domain.care.reply_check.reply_report import check_reply
from shared.kernel.errors import Language
from tests.norms.contexts import CONTEXTS

DATA: Final = Path(__file__).parents[1] / "data/replies"
HELD_OUT: Final = 7
"""The first so many of every list were written before its patterns and never looked at while these were mended."""
LEAST: Final = 20
PRECISION: Final = 0.9
RECALL: Final = 0.85
HELD_OUT_PRECISION: Final = 0.85
HELD_OUT_RECALL: Final = 0.70
MOST_FALSE_ALARMS: Final = 0.02
MOST_UNSEEN_ALARMS: Final = 0.05
UNSEEN_RECALL: Final = 0.6
"""Of typical faults; that of unusual ones is told and has no limit, for a list finds what is in it."""
BY_ID: Final = {check.id: check for check in CHECKS}
_SENTENCES: Final = "G1 G3 L1 L2 L4 E1 E2 E5 E8 R1 R2 R3 R4 H2 H4 H5 C3 P1 P2 Q3"
ON_SENTENCES: Final = tuple(check for check in CHECKS if check.id in _SENTENCES.split())
"""Checks that a single clean sentence must never set off, wherever it stands."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One list in one language: sentences the check must find fault with, and sentences it must let pass."""

    name: str
    check: Check
    context: str
    language: Language
    fails: tuple[str, ...]
    passes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """How often the check was right; `wrong` are the sentences where it was not."""

    found: int
    missed: tuple[str, ...]
    alarms: tuple[str, ...]

    @property
    def precision(self) -> float:
        return self.found / (self.found + len(self.alarms)) if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.found / (self.found + len(self.missed)) if self.found else 0.0


@cache
def labelled() -> tuple[Labelled, ...]:
    """Every list there is."""
    return tuple(_read())


@dataclass(frozen=True, slots=True)
class Unseen:
    """Shares of unseen sentences that the checks fault: typical wrong ones, unusual wrong ones, and right ones."""

    typical: float
    unusual: float
    alarms: float


@cache
def unseen() -> dict[str, dict[Language, dict[str, list[str]]]]:
    """Sentences written after the patterns and never used to mend them, by check and language."""
    held: dict[str, dict[Language, dict[str, list[str]]]] = yaml.safe_load((DATA / "unseen.yaml").read_text("utf-8"))
    return held


def _read() -> Iterator[Labelled]:
    for file in sorted(DATA.glob("[A-Z]*.yaml")):
        held: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
        for language in get_args(Language):
            parts = held[language]
            yield Labelled(
                file.stem, BY_ID[held["check"]], held["context"], language, tuple(parts["fail"]), tuple(parts["pass"])
            )


@cache
def clean(language: Language) -> tuple[str, ...]:
    """Clean sentences of real conversations, which say nothing wrong."""
    return tuple(yaml.safe_load((DATA / "clean.yaml").read_text(encoding="utf-8"))[language])


def finds(each: Labelled, text: str) -> bool:
    """Whether the check finds fault with the text in its context."""
    return bool(check_reply(CONTEXTS[each.context](text, each.language), (each.check,)).findings)


def measure(each: Labelled, *, held_out: bool) -> Measured:
    """Over the held-out part of a list, or over the rest."""
    part = slice(None, HELD_OUT) if held_out else slice(HELD_OUT, None)
    missed = tuple(text for text in each.fails[part] if not finds(each, text))
    alarms = tuple(text for text in each.passes[part] if finds(each, text))
    return Measured(len(each.fails[part]) - len(missed), missed, alarms)


def measure_unseen(language: Language) -> Unseen:
    """Over every check that has unseen sentences."""
    lists = {each.name: each for each in labelled() if each.language == language}
    shares = []
    for part in ("typical", "unusual", "pass"):
        found = [finds(lists[name], text) for name, languages in unseen().items() for text in languages[language][part]]
        shares.append(sum(found) / len(found))
    return Unseen(*shares)


def false_alarms(language: Language) -> Sequence[tuple[str, str]]:
    """Clean sentences that set off a check, each with the check."""
    return [
        (text, verdict.findings[0].check)
        for text in clean(language)
        for verdict in [check_reply(CONTEXTS["plain"](text, language), ON_SENTENCES)]
        if verdict.findings
    ]


def main() -> int:
    """Measure and compare."""
    tell, failed = "--wrong" in sys.argv, False
    rest_only = "--rest" in sys.argv
    print(f"{'list':14}{'':7}{'precision':>10}{'recall':>8}   held out{'precision':>10}{'recall':>8}")
    for each in labelled():
        rest, held = measure(each, held_out=False), measure(each, held_out=True)
        low = rest.precision < PRECISION or rest.recall < RECALL
        low = low or held.precision < HELD_OUT_PRECISION or held.recall < HELD_OUT_RECALL
        failed = failed or low
        print(
            f"{each.name:14}{each.language:7}{rest.precision:10.2f}{rest.recall:8.2f}   {'':8}"
            f"{held.precision:10.2f}{held.recall:8.2f}{'  LOW' if low else ''}"
        )
        for kind in ("missed", "alarms") if tell else ():
            for text in (*getattr(rest, kind), *(() if rest_only else getattr(held, kind))):
                print(f"    {kind} {text}")
    for language in get_args(Language):
        found = false_alarms(language)
        share = len(found) / len(clean(language))
        failed = failed or share >= MOST_FALSE_ALARMS
        print(f"clean {language}: {len(found)} of {len(clean(language))} sentences set off a check ({share:.1%})")
        for text, check in found if tell else ():
            print(f"    {check} {text}")
    for language in get_args(Language):
        new = measure_unseen(language)
        failed = failed or new.alarms > MOST_UNSEEN_ALARMS or new.typical < UNSEEN_RECALL
        print(
            f"unseen {language}: recall {new.typical:.2f} of typical faults, {new.unusual:.2f} of unusual ones, "
            f"alarms on {new.alarms:.1%} of what is right"
        )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
