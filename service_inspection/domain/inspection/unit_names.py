"""The units of an inspection by name; a name may be a part of a lot, which is then cut there (Z13)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from service_inspection.domain.inspection.unit import GOOD, Unit
from service_inspection.domain.receiving.scan import InspectedPieces
from shared.kernel.errors import Malformed, Said
from shared.kernel.piece_range import PieceRange, in_order, joined_names, split_units, units_by_name


class NoSuchUnit(Malformed):
    """The decision names a unit that is not part of this return."""

    code = "no_such_unit"
    title = Said("No such unit", "没有该件商品")
    detail = Said("{unit_id} is not a unit of this return.", "{unit_id} 不属于该退货单。")


def find_units(units: list[Unit], names: Sequence[str], pointer: str) -> list[Sequence[Unit]]:
    """For each name its units. `NoSuchUnit` names the place of the name in the request."""
    found = units_by_name(units, names)
    for place, name in enumerate(names):
        if not found[name]:
            raise NoSuchUnit(pointer=pointer.format(place), unit_id=name)
    return [found[name] for name in names]


def pieces_of(units: Iterable[Unit]) -> int:
    """The number of pieces of these units."""
    return sum([unit.quantity for unit in units])


def is_covered(name: str, units: Iterable[Unit]) -> bool:
    """Whether each piece of this name is one of the units."""
    return not PieceRange.of(name).without(PieceRange.of(unit.id) for unit in units)


def naming_again(look: InspectedPieces, seen: Iterable[Unit]) -> Iterator[InspectedPieces]:
    """The look as second look at units that have a result, and as first look at the others."""
    if look.unit_id is None:
        yield look
        return
    whole = PieceRange.of(look.unit_id)
    first = whole.without(PieceRange.of(unit.id) for unit in seen)
    again = whole.without(first)
    for parts, repeated in ((first, look.again), (again, True)):
        for name in joined_names(map(str, parts)):
            quantity = PieceRange.of(name).count if whole.is_lot else look.quantity
            yield replace(look, unit_id=name, quantity=quantity, again=repeated)


def by_article(units: Iterable[Unit]) -> Mapping[str, Sequence[Unit]]:
    """The units of each article, in their order."""
    found: dict[str, list[Unit]] = {}
    for unit in units:
        found.setdefault(unit.sku, []).append(unit)
    return found


def doubtful_units(units: Iterable[Unit]) -> list[Unit]:
    """The units of which others were told that they are accepted, and which are not."""
    return [unit for unit in units if unit.promised and unit.state not in GOOD]


def first_names(units: Iterable[Unit], pieces: int) -> tuple[str, ...]:
    """The names of the first so many pieces, in the order of the names."""
    first, _ = split_units(sorted(units, key=lambda unit: in_order(unit.id)), pieces)
    return joined_names(unit.id for unit in first)
