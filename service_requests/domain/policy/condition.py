"""When a row of a policy applies: every fact that the row names is compared by one operator; all must hold (B07)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import cache
from typing import Final

from shared.kernel.written import same_code


class Fact(StrEnum):
    """The facts that a row may test."""

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


AMOUNTS: Final = frozenset({Fact.VALUE_MINOR, Fact.TOTAL_MINOR})
"""Facts whose bounds are minor units: of the currency that the row tests for, else of the policy's currency (Z14)."""

FactValues = Mapping[Fact | str, frozenset[str] | int | Fraction | date]
"""The facts of a unit. A text is a set: a shoe is also clothing, if its category has that parent."""


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The text is one of these words."""

    words: frozenset[str]

    def holds(self, values: frozenset[str]) -> bool:
        return not self.words.isdisjoint(values)


@dataclass(frozen=True, slots=True)
class NoneOf:
    """The text is none of these words."""

    words: frozenset[str]

    def holds(self, values: frozenset[str]) -> bool:
        return self.words.isdisjoint(values)


@dataclass(frozen=True, slots=True)
class Between:
    """The whole number lies within the bounds, both included."""

    least: int | None = None
    most: int | None = None

    def holds(self, values: int | Fraction) -> bool:
        return (self.least is None or self.least <= values) and (self.most is None or values <= self.most)


@dataclass(frozen=True, slots=True)
class Season:
    """The day lies between the first and the last, both included."""

    first: date | None = None
    last: date | None = None

    def holds(self, values: date) -> bool:
        return (self.first or date.min) <= values <= (self.last or date.max)


Test = AnyOf | NoneOf | Between | Season


@dataclass(frozen=True, slots=True)
class When:
    """All tests must hold; a row without tests always applies."""

    tests: Mapping[Fact, Test]

    def holds(self, values: FactValues) -> bool:
        """Whether the row applies to a unit with these facts; a fact without a value fails its test."""
        for fact, test in self.tests.items():
            value = values.get(fact)
            # only amounts have bounds; asking for the class is faster than for the fact
            if type(test) is Between and not self.in_its_currency:
                value = values.get(in_policy_currency(fact), value)
            if not _holds(_compared(fact, test), value):
                return False
        return True

    @property
    def in_its_currency(self) -> bool:
        """Whether the bounds of amounts are in the currencies that this condition names."""
        return isinstance(self.tests.get(Fact.CURRENCY), AnyOf)

    @property
    def tests_amounts(self) -> bool:
        """Whether this condition has a bound of an amount."""
        return not AMOUNTS.isdisjoint(self.tests)

    def words(self, fact: Fact) -> frozenset[str]:
        """The words that the test of a fact names, for either operator."""
        test = self.tests.get(fact)
        return test.words if isinstance(test, AnyOf | NoneOf) else frozenset()

    def may_be(self, fact: Fact, word: str) -> bool:
        """Whether the row can apply to a unit with that word."""
        test = self.tests.get(fact)
        return not isinstance(test, AnyOf | NoneOf) or test.holds(frozenset({word}))

    def without(self, fact: Fact) -> "When":
        """The same condition without the test of one fact."""
        return When({each: test for each, test in self.tests.items() if each is not fact})

    def covers(self, other: "When") -> bool:
        """Whether this condition applies wherever the other condition applies; False only when that is certain."""
        return all(
            fact in other.tests and _within(_compared(fact, other.tests[fact]), _compared(fact, test))
            for fact, test in self.tests.items()
        )

    def meets(self, other: "When") -> bool:
        """Whether both conditions can apply to the same unit."""
        shared = self.tests.keys() & other.tests.keys()
        return all(_overlap(_compared(fact, self.tests[fact]), _compared(fact, other.tests[fact])) for fact in shared)


ALWAYS: Final = When({})


def in_policy_currency(fact: Fact) -> str:
    """The key of the same amount in the currency of the policy; without this key it is the same."""
    return f"{fact.value} in the currency of the policy"


def _compared(fact: Fact, test: Test) -> Test:
    """The test in the form in which it is compared: articles without case (Z36)."""
    return _without_case(test) if fact is Fact.SKU else test


@cache
def _without_case(test: Test) -> Test:
    match test:
        case AnyOf(words):
            return AnyOf(frozenset(map(same_code, words)))
        case NoneOf(words):
            return NoneOf(frozenset(map(same_code, words)))
    return test


def _holds(test: Test, values: frozenset[str] | int | Fraction | date | None) -> bool:
    match test, values:
        case ((AnyOf() | NoneOf()), frozenset()):
            return test.holds(values)
        case Between(), (int() | Fraction()):
            return test.holds(values)
        case Season(), date():
            return test.holds(values)
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
