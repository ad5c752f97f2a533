"""A legal regime as versioned data: every rule with article, dates, source and a sentence in two languages (B04)."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any, Generic, TypeVar

from service_requests.domain.policy.canonical import sha256_of
from service_requests.domain.policy.term import Harmless, IntactTest, Term
from service_requests.domain.policy.vocabulary import LawClass, State
from shared.kernel.errors import Said


class Confidence(StrEnum):
    """How reliable the source of a rule is."""

    A = "A"
    """The text of the law itself."""
    B = "B"
    """An official excerpt, or several secondary sources that agree."""
    C = "C"
    """From memory; somebody must compare the rule with the law before anybody relies on the rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LawRule:
    """One rule of law. The rule governs contracts from `effective_from` to the day before `effective_until`."""

    id: str
    article: str
    effective_from: date
    effective_until: date | None
    confidence: Confidence
    source: str
    says: Said
    term: Term

    def governs(self, day: date) -> bool:
        """Whether a contract of that day stands under this rule."""
        return self.effective_from <= day and (self.effective_until is None or day < self.effective_until)


T_co = TypeVar("T_co", bound=Term, covariant=True)


@dataclass(frozen=True, slots=True)
class Cited(Generic[T_co]):
    """A term with its origin: the clause to quote, and the sentence that explains the term."""

    term: T_co
    id: str
    clause: str
    says: Said


@dataclass(frozen=True, kw_only=True)
class Regime:
    """One legal regime. The calendar has the legal holidays and the zone by which days are counted."""

    code: str
    version: str
    name: Said
    calendar: str
    currency: str
    rules: tuple[LawRule, ...]

    @cached_property
    def sha256(self) -> str:
        """The digest of the content, computed once."""
        return sha256_of(self)

    def on(self, day: date) -> "Law":
        """The law of that day; the same value for all days between two changes of the law."""
        era = bisect_right(self._changes, day)
        law = self._eras.get(era)
        if law is None:
            law = self._eras[era] = Law(tuple(rule for rule in self.rules if rule.governs(day)))
        return law

    @cached_property
    def _changes(self) -> tuple[date, ...]:
        begins = {rule.effective_from for rule in self.rules}
        ends = {rule.effective_until for rule in self.rules if rule.effective_until is not None}
        return tuple(sorted(begins | ends))

    @cached_property
    def _eras(self) -> dict[int, "Law"]:
        return {}


T = TypeVar("T", bound=Term)


@dataclass(frozen=True)
class Law:
    """The rules that govern on one day, looked up by the kind of their term."""

    rules: tuple[LawRule, ...]

    @cached_property
    def _by_kind(self) -> Mapping[type, tuple[Cited[Any], ...]]:
        found: dict[type, list[Cited[Any]]] = {}
        for rule in self.rules:
            found.setdefault(type(rule.term), []).append(Cited(rule.term, rule.id, rule.article, rule.says))
        return {kind: tuple(terms) for kind, terms in found.items()}

    @cached_property
    def harmless(self) -> frozenset[State]:
        """States that never count against a customer."""
        return frozenset(state for each in self.cited(Harmless) for state in each.term.states)

    def intact(self, of_class: LawClass) -> tuple[Mapping[State, str], Mapping[State, str]]:
        """The states of goods of that class that refuse, and the states that only reduce, each with its clause."""
        found = self._intact.get(of_class)
        if found is None:
            tests = [each for each in self.cited(IntactTest) if of_class in each.term.classes]
            refuses, reduces = (
                {
                    s: each.clause
                    for each in tests
                    if each.term.refuses is refuses
                    for s in each.term.states - self.harmless
                }
                for refuses in (True, False)
            )
            found = self._intact[of_class] = refuses, reduces
        return found

    @cached_property
    def _intact(self) -> dict[LawClass, tuple[Mapping[State, str], Mapping[State, str]]]:
        return {}

    def cited(self, kind: type[T]) -> tuple[Cited[T], ...]:
        """The terms of one kind, in the order of the pack."""
        return self._by_kind.get(kind, ())
