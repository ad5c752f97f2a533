"""Reading takes time in proportion to the text, whatever it is: every pattern is looked at, hostile texts are read."""

import importlib
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any, Final

import pytest

from service_notifications.domain.care.listening import (
    promise as promises_module,
    promise_patterns,
    signal as signals_module,
)
from service_notifications.domain.care.listening.promise import LONGEST_PART, utterances
from service_notifications.domain.care.listening.signal import (
    detect_signals,
    scanner as scanner_of_signals,
)
from service_notifications.domain.care.playbooks.playbook_match import scanner as scanner_of_cases
from service_notifications.domain.care.text import (
    stated_moment as moments_module,
    time_meaning,
    time_patterns,
    time_token,
)
from service_notifications.domain.care.text.folded_text import view_of
from service_notifications.domain.care.text.stated_moment import MOST_MOMENTS, stated_moments
from tests.norms.signals import CONTEXT

PARSER: Final[Any] = importlib.import_module("re._parser")
"""The parser of the standard library, which has no types."""

MODULES: Final = (
    moments_module,
    promise_patterns,
    promises_module,
    signals_module,
    time_meaning,
    time_token,
    time_patterns,
)
WIDEST: Final = 250
"""No pattern looks further than so many characters."""
REPEATS: Final = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}
FIFTY_KB: Final = 50_000
HOSTILE: Final = {
    "digits": "1" * FIFTY_KB,
    "digits apart": "1 " * (FIFTY_KB // 2),
    "colons": "1:" * (FIFTY_KB // 2),
    "today": "今天" * (FIFTY_KB // 6),
    "today by": "我今天18点前给您回电，" * (FIFTY_KB // 33),
    "brackets": "(" * FIFTY_KB,
    "one emoji": "😡" * (FIFTY_KB // 4),
    "numerals": "一二" * (FIFTY_KB // 6),
    "within": "within two days " * (FIFTY_KB // 16),
    "no": "no " * (FIFTY_KB // 3),
    "quotes": "“您说" * (FIFTY_KB // 9),
    "if": "if i will " * (FIFTY_KB // 10),
}


def patterns(module: ModuleType) -> Iterator[tuple[str, re.Pattern[str]]]:
    holders = [module, *(value for value in vars(module).values() if isinstance(value, type))]
    for holder in holders:
        for name, value in vars(holder).items():
            if isinstance(value, re.Pattern):
                yield f"{module.__name__.rpartition('.')[2]}.{name}", value


PATTERNS: Final = dict(pair for module in MODULES for pair in patterns(module))


def repeats(parsed: Any, *, inside: bool = False) -> Iterator[tuple[bool, str, int]]:
    """Every repetition: whether it stands in another, of which kind, and how often at most."""
    for op, arguments in parsed:
        name = str(op)
        if name in REPEATS:
            _, most, body = arguments
            yield inside, name, int(most)
            yield from repeats(body, inside=inside or int(most) > 1)
        else:
            for body in bodies(arguments):
                yield from repeats(body, inside=inside)


def bodies(arguments: Any) -> Iterator[Any]:
    if isinstance(arguments, PARSER.SubPattern):
        yield arguments
    elif isinstance(arguments, tuple | list):
        for each in arguments:
            yield from bodies(each)


@pytest.mark.parametrize("name", PATTERNS)
def test_no_pattern_looks_far_or_repeats_a_repetition(name: str) -> None:
    """A bounded width without nested repetition costs the same at every place: the whole is linear.

    Runs of digits or letters are taken whole and never given back, so each character is looked at once.
    """
    pattern = PATTERNS[name]
    parsed = PARSER.parse(pattern.pattern, pattern.flags & ~re.UNICODE)
    for inside, kind, most in repeats(parsed):
        if kind == "POSSESSIVE_REPEAT":
            continue
        assert most <= 60, f"{name} repeats without a bound"
        assert not inside or most <= 1, f"{name} repeats a repetition"
    if not name.endswith("STARTS"):
        assert parsed.getwidth()[1] <= WIDEST, f"{name} is {parsed.getwidth()[1]} wide"


def test_the_look_at_patterns_sees_what_it_looks_for() -> None:
    for bad in ("(a+)+", "a*b", "(?:a{1,5}b){2,9}"):
        found = list(repeats(PARSER.parse(bad)))
        assert any(most > 60 or (inside and most > 1) for inside, _, most in found), bad
    assert len(PATTERNS) > 40


def test_a_sentence_without_end_is_looked_at_in_pieces() -> None:
    view = view_of("我 " * 5000)
    reader = promises_module._Reader(view, ())
    pieces = [clause for sentence in view.sentences for clause in reader._clauses(sentence)]
    assert len(pieces) > 50
    assert max(len(clause.text) for clause in pieces) <= LONGEST_PART


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_is_read_in_steps_in_proportion(text: str) -> None:
    """The automaton's moves are at most two a character and one a find; what is found is bounded, too."""
    view = view_of(text)
    half = view_of(text[: len(text) // 2])
    for scanner in (scanner_of_signals(), scanner_of_cases()):
        scanner.scan(half)
        steps = scanner.steps
        scanner.scan(view)
        assert scanner.steps <= 2 * steps + 200
        assert scanner.steps <= 6 * len(view.plain) + 200
    assert len(stated_moments(view.plain, CONTEXT)) <= MOST_MOMENTS
    assert len(detect_signals(view)) <= 3 * len(text)
    assert all(promise.span.end - promise.span.start <= 2 * LONGEST_PART for promise in utterances(view, CONTEXT))
