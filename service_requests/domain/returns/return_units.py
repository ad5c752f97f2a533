"""The units of a return by name; a name may be a part of a lot, which is then cut there (Z13)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from service_requests.domain.returns.return_error import NoSuchUnit
from service_requests.domain.returns.unit import ReturnUnit
from shared.kernel.piece_range import units_by_name

Fact = TypeVar("Fact")


def find_units(units: list[ReturnUnit], names: Iterable[str], pointer: str | None = None) -> list[ReturnUnit]:
    """The units with these names, each once. `NoSuchUnit`."""
    found = _found(units, names, pointer)
    return list({unit.id: unit for parts in found.values() for unit in parts}.values())


def _found(
    units: list[ReturnUnit], names: Iterable[str], pointer: str | None = None
) -> Mapping[str, Sequence[ReturnUnit]]:
    found = units_by_name(units, names)
    for name, parts in found.items():
        if not parts:
            raise NoSuchUnit(unit=name, pointer=pointer)
    return found


def pieces_of(units: Iterable[ReturnUnit]) -> int:
    """The number of pieces of these units."""
    return sum([unit.quantity for unit in units])


def told_units(units: list[ReturnUnit], told: Sequence[tuple[str, Fact]]) -> Iterator[tuple[ReturnUnit, Fact]]:
    """Each unit with what was told about its name, in the order of the news. `NoSuchUnit`."""
    found = _found(units, [name for name, _ in told])
    return ((unit, fact) for name, fact in told for unit in found[name])
