"""When a row of a policy applies: facts, each compared by one of a closed set of operators; all must hold (B07)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class Fact(StrEnum):
    """What a row may ask about."""

    REGIME = "regime"
    CATEGORY = "category"
    CHANNEL = "channel"
    SEGMENT = "segment"
    REASON = "reason"
    SKU = "sku"
    CURRENCY = "currency"
    STATE = "state"
    VALUE_MINOR = "value_minor"
    TOTAL_MINOR = "total_minor"
    ORDERED_ON = "ordered_on"


Known = Mapping[Fact, frozenset[str] | int | date]
"""What is known of a unit. A text is a set: a shoe is also clothing, if its category has that parent."""


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of these."""

    words: frozenset[str]

    def holds(self, known: frozenset[str]) -> bool:
        return not self.words.isdisjoint(known)


@dataclass(frozen=True, slots=True)
class NoneOf:
    """None of these."""

    words: frozenset[str]

    def holds(self, known: frozenset[str]) -> bool:
        return self.words.isdisjoint(known)


@dataclass(frozen=True, slots=True)
class Between:
    """A whole number within bounds, both included."""

    least: int | None = None
    most: int | None = None

    def holds(self, known: int) -> bool:
        return (self.least is None or self.least <= known) and (self.most is None or known <= self.most)


@dataclass(frozen=True, slots=True)
class Season:
    """A day from the first to the last, both included."""

    first: date | None = None
    last: date | None = None

    def holds(self, known: date) -> bool:
        return (self.first or date.min) <= known <= (self.last or date.max)


Test = AnyOf | NoneOf | Between | Season


@dataclass(frozen=True, slots=True)
class When:
    """All tests must hold; without tests it always applies."""

    tests: Mapping[Fact, Test]

    def holds(self, known: Known) -> bool:
        """Whether the row applies to a unit of which this is known; what is unknown fails its test."""
        return all(_holds(test, known.get(fact)) for fact, test in self.tests.items())

    def words(self, fact: Fact) -> frozenset[str]:
        """The texts a test names, for either operator."""
        test = self.tests.get(fact)
        return test.words if isinstance(test, AnyOf | NoneOf) else frozenset()

    def may_be(self, fact: Fact, word: str) -> bool:
        """Whether the row can apply to something with that text."""
        test = self.tests.get(fact)
        return not isinstance(test, AnyOf | NoneOf) or test.holds(frozenset({word}))

    def without(self, fact: Fact) -> "When":
        """The same but for one test."""
        return When({each: test for each, test in self.tests.items() if each is not fact})

    def covers(self, other: "When") -> bool:
        """Whether it applies wherever the other one does; no only if that is sure."""
        return all(fact in other.tests and _within(other.tests[fact], test) for fact, test in self.tests.items())

    def meets(self, other: "When") -> bool:
        """Whether both can apply to the same unit."""
        shared = self.tests.keys() & other.tests.keys()
        return all(_overlap(self.tests[fact], other.tests[fact]) for fact in shared)


ALWAYS: Final = When({})


def _holds(test: Test, known: frozenset[str] | int | date | None) -> bool:
    match test, known:
        case ((AnyOf() | NoneOf()), frozenset()):
            return test.holds(known)
        case Between(), int():
            return test.holds(known)
        case Season(), date():
            return test.holds(known)
    return False


def _within(inner: Test, outer: Test) -> bool:
    match inner, outer:
        case AnyOf(), AnyOf():
            return inner.words <= outer.words
        case AnyOf(), NoneOf():
            return inner.words.isdisjoint(outer.words)
        case NoneOf(), NoneOf():
            return outer.words <= inner.words
        case Between(), Between():
            return _bounds(outer)[0] <= _bounds(inner)[0] and _bounds(inner)[1] <= _bounds(outer)[1]
        case Season(), Season():
            return _days(outer)[0] <= _days(inner)[0] and _days(inner)[1] <= _days(outer)[1]
    return False


def _overlap(one: Test, other: Test) -> bool:
    match one, other:
        case AnyOf(), AnyOf():
            return not one.words.isdisjoint(other.words)
        case (AnyOf(), NoneOf()):
            return not one.words <= other.words
        case (NoneOf(), AnyOf()):
            return not other.words <= one.words
        case Between(), Between():
            return max(_bounds(one)[0], _bounds(other)[0]) <= min(_bounds(one)[1], _bounds(other)[1])
        case Season(), Season():
            return max(_days(one)[0], _days(other)[0]) <= min(_days(one)[1], _days(other)[1])
    return True


def _bounds(test: Between) -> tuple[float, float]:
    return (
        test.least if test.least is not None else float("-inf"),
        test.most if test.most is not None else float("inf"),
    )


def _days(test: Season) -> tuple[date, date]:
    return test.first or date.min, test.last or date.max
