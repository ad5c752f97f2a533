"""How conditions stand to each other, held against every value there is in a small world."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain, combinations, product
from typing import Any

import pytest

from service_requests.domain.policy.condition import ALWAYS, AnyOf, Between, Fact, NoneOf, Season, When

AMOUNTS = range(6)
DAYS = [date(2026, 1, 1) + timedelta(days=day) for day in range(6)]
BOUNDS = [(least, most) for least, most in product([None, 1, 2, 4], repeat=2) if (least or 0) <= (most or 9)]
WORDS = ("a", "b", "c")


def some_words() -> Iterator[frozenset[str]]:
    sizes = (combinations(WORDS, size) for size in range(1, len(WORDS)))
    return (frozenset(words) for words in chain.from_iterable(sizes))


WORLDS: dict[Fact, tuple[list[Any], list[Any]]] = {
    # fact: tests about it, and every value it can have
    Fact.VALUE_MINOR: ([Between(*bounds) for bounds in BOUNDS], list(AMOUNTS)),
    Fact.ORDERED_ON: (
        [Season(*(None if bound is None else DAYS[bound] for bound in bounds)) for bounds in BOUNDS],
        DAYS,
    ),
    Fact.SKU: (
        [kind(words) for words in some_words() for kind in (AnyOf, NoneOf)],
        [frozenset({word}) for word in (*WORDS, "d")],
    ),
}


@pytest.mark.parametrize("fact", WORLDS)
def test_a_condition_covers_another_where_all_its_values_are_its_own(fact: Fact) -> None:
    """B07: never wrongly, and for bounds, days and words as often as it is so."""
    tests, values = WORLDS[fact]
    for inner, outer in product(tests, repeat=2):
        within = all(When({fact: outer}).holds({fact: v}) for v in values if When({fact: inner}).holds({fact: v}))
        assert When({fact: outer}).covers(When({fact: inner})) is within, (inner, outer)


@pytest.mark.parametrize("fact", WORLDS)
def test_two_conditions_meet_where_a_value_fits_both(fact: Fact) -> None:
    """B07."""
    tests, values = WORLDS[fact]
    for one, other in product(tests, repeat=2):
        both = any(When({fact: one}).holds({fact: v}) and When({fact: other}).holds({fact: v}) for v in values)
        assert When({fact: one}).meets(When({fact: other})) is both, (one, other)


def test_every_fact_that_is_named_counts_and_what_is_unknown_fails() -> None:
    """B07."""
    both = When({Fact.SKU: AnyOf(frozenset({"a"})), Fact.VALUE_MINOR: Between(1, 2)})
    assert both.holds({Fact.SKU: frozenset({"a"}), Fact.VALUE_MINOR: 1})
    assert not both.holds({Fact.SKU: frozenset({"a"}), Fact.VALUE_MINOR: 3})
    assert not both.holds({Fact.SKU: frozenset({"a"})})
    assert not both.holds({Fact.SKU: frozenset({"a"}), Fact.VALUE_MINOR: frozenset({"1"})})
    assert ALWAYS.holds({})
    assert ALWAYS.covers(both)
    assert not both.covers(ALWAYS)
    assert both.without(Fact.SKU) == When({Fact.VALUE_MINOR: Between(1, 2)})
    assert both.words(Fact.SKU) == {"a"}
    assert both.words(Fact.VALUE_MINOR) == both.words(Fact.REASON) == frozenset()
    assert both.may_be(Fact.SKU, "a")
    assert not both.may_be(Fact.SKU, "b")
    assert both.may_be(Fact.REASON, "anything")
