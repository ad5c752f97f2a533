"""The name of a unit: one piece, or a range of alike pieces of one line (Z13).

`unit_X` is one piece. `unit_X~1-1000` is the pieces 1 to 1000 of the lot `unit_X`. A wholesale line is one lot, however
many pieces it has. When a part of a lot gets another state, the lot is cut there, and each part has the name of its own
range. Whoever hears of a range cuts the lots that he knows at the same borders, so the order of the news is irrelevant.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final, Protocol, Self, TypeVar

MOST_PIECES: Final = 10_000
"""The largest quantity of an order line, and so the last piece of a lot."""
MARK: Final = "~"
_RANGE: Final = re.compile(r"([^~]+)~([1-9]\d{0,4})-([1-9]\d{0,4})")


@dataclass(frozen=True, slots=True)
class PieceRange:
    """The pieces `first` to `last` of a lot, both included. One piece with a name of its own has neither."""

    base: str
    first: int = 0
    last: int = 0

    @classmethod
    def of(cls, name: str) -> "PieceRange":
        """The range with this name. A name that is not well formed is the name of one piece, which nobody has."""
        return _parsed(name) if MARK in name else cls(name)

    @property
    def is_lot(self) -> bool:
        """Whether this is a range of a lot, even of one piece."""
        return self.first > 0

    @property
    def count(self) -> int:
        """The number of pieces."""
        return self.last - self.first + 1

    def __str__(self) -> str:
        return f"{self.base}{MARK}{self.first}-{self.last}" if self.is_lot else self.base

    def overlaps(self, other: Self) -> bool:
        """Whether both have a piece in common."""
        return self.base == other.base and self.first <= other.last and other.first <= self.last

    def within(self, other: Self) -> bool:
        """Whether every piece is also a piece of the other range."""
        return self.base == other.base and other.first <= self.first and self.last <= other.last

    def meets(self, after: Self) -> bool:
        """Whether the other range begins where this one ends."""
        return self.base == after.base and self.is_lot and self.last + 1 == after.first

    def part(self, first: int, last: int) -> "PieceRange":
        """The pieces of this range from `first` to `last`."""
        return PieceRange(self.base, first, last)

    def cut(self, firsts: Iterable[int]) -> "Sequence[PieceRange]":
        """The parts of this range that begin at these pieces."""
        if not self.is_lot:
            return (self,)
        starts = [self.first, *sorted({first for first in firsts if self.first < first <= self.last})]
        return [self.part(start, end - 1) for start, end in zip(starts, [*starts[1:], self.last + 1], strict=True)]

    def without(self, others: "Iterable[PieceRange]") -> "Sequence[PieceRange]":
        """The parts of this range that are in none of the others."""
        taken = [other for other in others if other.overlaps(self)]
        parts = self.cut(border for other in taken for border in (other.first, other.last + 1))
        return [part for part in parts if not any(part.overlaps(other) for other in taken)]


@lru_cache(maxsize=4096)
def _parsed(name: str) -> PieceRange:
    found = _RANGE.fullmatch(name)
    if found is None or not (int(found[2]) <= int(found[3]) <= MOST_PIECES):
        return PieceRange(name)
    return PieceRange(found[1], int(found[2]), int(found[3]))


def pieces_in(names: Iterable[str]) -> int:
    """The number of pieces that these names stand for."""
    return sum([count_of(name) for name in names])


def count_of(name: str) -> int:
    """The number of pieces that this name stands for."""
    return _parsed(name).count if MARK in name else 1


@lru_cache(maxsize=512)
def by_lot(names: tuple[str, ...]) -> Mapping[str, Sequence[PieceRange]]:
    """The ranges of these names by their lot."""
    found: dict[str, list[PieceRange]] = {}
    for unit in map(PieceRange.of, names):
        found.setdefault(unit.base, []).append(unit)
    return found


def covered_names(taken: Iterable[str], names: Iterable[str]) -> Sequence[str]:
    """Those of the names of which a piece is taken already, or named twice."""
    ranges: dict[str, list[PieceRange]] = {}
    for unit in map(PieceRange.of, taken):
        ranges.setdefault(unit.base, []).append(unit)
    found: list[str] = []
    for name in names:
        unit = PieceRange.of(name)
        others = ranges.setdefault(unit.base, [])
        if any(other.overlaps(unit) for other in others):
            found.append(name)
        others.append(unit)
    return found


def in_order(name: str) -> tuple[str, int]:
    """The key that sorts names as if each piece had its own: by lot, then by piece."""
    unit = PieceRange.of(name)
    return unit.base, unit.first


def borders(names: Iterable[str]) -> Mapping[str, set[int]]:
    """By lot: the pieces at which one of these ranges begins, or after which one ends."""
    found: dict[str, set[int]] = {}
    for name in names:
        if MARK in name:
            unit = PieceRange.of(name)
            found.setdefault(unit.base, set()).update((unit.first, unit.last + 1))
    return found


class Named(Protocol):
    """A unit with its id."""

    @property
    def id(self) -> str: ...


U = TypeVar("U", bound=Named)


def cut_units(units: list[U], names: Iterable[str]) -> None:
    """Cut these units so that each of the ranges is made of whole units. A part keeps what its lot had."""
    cuts = borders(names)
    if not cuts:
        return
    cut: list[U] = []
    for unit in units:
        whole = PieceRange.of(unit.id)
        parts = whole.cut(cuts.get(whole.base, ()))
        cut += [unit] if len(parts) == 1 else [_named(unit, str(part)) for part in parts]
    units[:] = cut


def units_by_name(units: list[U], names: Iterable[str]) -> Mapping[str, Sequence[U]]:
    """For each name the units that it is made of, after the units were cut there. Empty where a piece is missing."""
    wanted = list(dict.fromkeys(names))
    cut_units(units, wanted)
    lots: dict[str, list[tuple[PieceRange, U]]] = {}
    for unit in units:
        part = PieceRange.of(unit.id)
        lots.setdefault(part.base, []).append((part, unit))
    found: dict[str, Sequence[U]] = {}
    for name in wanted:
        whole = PieceRange.of(name)
        parts = [(part, unit) for part, unit in lots.get(whole.base, ()) if part.within(whole)]
        complete = sum([part.count for part, _ in parts]) == whole.count
        found[name] = [unit for _, unit in parts] if complete else ()
    return found


def units_named(units: list[U], name: str) -> Sequence[U]:
    """The units that this name is made of, after the units were cut there. Empty where a piece of it is missing."""
    return units_by_name(units, (name,))[name]


def join_units(units: list[U], alike: Callable[[U, U], bool] = lambda _, __: True) -> None:
    """Join neighbouring ranges that differ in nothing but their pieces, so that their number stays small."""
    if not any(MARK in unit.id for unit in units):
        return
    joined: list[U] = []
    for unit in units:
        this = PieceRange.of(unit.id)
        before = PieceRange.of(joined[-1].id) if joined else None
        if before is not None and before.meets(this) and _equal(joined[-1], unit) and alike(joined[-1], unit):
            joined[-1] = _named(unit, str(before.part(before.first, this.last)))
        else:
            joined.append(unit)
    units[:] = joined


def split_units(units: Iterable[U], pieces: int) -> tuple[list[U], list[U]]:
    """The units with the first so many pieces, and the rest. A lot is cut where the first part ends."""
    units = [*units]
    if not any(MARK in unit.id for unit in units):
        return units[: max(pieces, 0)], units[max(pieces, 0) :]
    first: list[U] = []
    rest: list[U] = []
    for unit in units:
        whole = PieceRange.of(unit.id)
        if whole.count <= pieces:
            first.append(unit)
        elif pieces > 0:
            head, tail = whole.cut((whole.first + pieces,))
            first.append(_named(unit, str(head)))
            rest.append(_named(unit, str(tail)))
        else:
            rest.append(unit)
        pieces -= min(pieces, whole.count)
    return first, rest


def _equal(one: Any, other: Any) -> bool:
    return bool(_named(other, one.id) == one)


def _named(unit: Any, name: str) -> Any:
    return replace(unit, id=name)


def joined_names(names: Iterable[str]) -> tuple[str, ...]:
    """The same pieces in as few names as possible, in the order of the first mention."""
    joined: list[PieceRange] = []
    for name in names:
        unit = PieceRange.of(name)
        if joined and joined[-1].meets(unit):
            joined[-1] = joined[-1].part(joined[-1].first, unit.last)
        else:
            joined.append(unit)
    return tuple(map(str, joined))
