"""Z13: names of lots: read, written, cut, joined and compared; random cuts keep every piece once."""

from dataclasses import dataclass

import pytest
from hypothesis import given, strategies as st

from shared.kernel.piece_range import (
    MOST_PIECES,
    PieceRange,
    covered_names,
    cut_units,
    in_order,
    join_units,
    joined_names,
    pieces_in,
    split_units,
    units_named,
)


@dataclass(frozen=True)
class Part:
    id: str
    state: str = "new"


def pieces(name: str) -> set[tuple[str, int]]:
    unit = PieceRange.of(name)
    return {(unit.base, number) for number in range(unit.first, unit.last + 1)}


RANGES = st.tuples(st.sampled_from("xy"), st.integers(1, 30), st.integers(0, 10)).map(
    lambda each: f"{each[0]}~{each[1]}-{each[1] + each[2]}"
)


@pytest.mark.parametrize(
    ("name", "count"),
    [("unit_1", 1), ("unit_1~1-1", 1), ("unit_1~1-10000", 10_000), ("unit_1~501-1000", 500), ("a.b~7-9", 3)],
)
def test_a_name_says_how_many_pieces_it_is(name: str, count: int) -> None:
    assert PieceRange.of(name).count == count
    assert str(PieceRange.of(name)) == name


@pytest.mark.parametrize(
    "name", ["x~", "x~1", "x~0-4", "x~5-4", "x~01-4", "x~1-10001", "x~1-2-3", "x~1~2-3", "~1-2", "x~-1-2"]
)
def test_a_name_that_is_not_well_formed_is_one_piece_that_nobody_has(name: str) -> None:
    assert PieceRange.of(name) == PieceRange(name)
    units = [Part("x~1-10000")]
    assert not units_named(units, name)
    assert units == [Part("x~1-10000")]


def test_the_name_of_a_lot_has_room_in_an_event() -> None:
    assert len(f"unit_{'0' * 26}~{MOST_PIECES}-{MOST_PIECES}") <= 64


@given(RANGES, st.lists(RANGES, max_size=5))
def test_without_others_no_piece_is_lost_or_shared(name: str, others: list[str]) -> None:
    left = PieceRange.of(name).without(PieceRange.of(other) for other in others)
    assert set().union(*(pieces(str(part)) for part in left)) == pieces(name) - set().union(*map(pieces, others))
    assert pieces_in(map(str, left)) == len(set().union(*(pieces(str(part)) for part in left)))


@given(st.lists(RANGES, max_size=6))
def test_cutting_keeps_every_piece_and_joining_undoes_it(names: list[str]) -> None:
    units = [Part("x~1-40"), Part("z"), Part("y~1-40")]
    before = list(units)
    cut_units(units, names)
    assert pieces_in(unit.id for unit in units) == 81
    for name in names:
        found = units_named(units, name)
        assert set().union(*(pieces(unit.id) for unit in found)) == pieces(name)
    join_units(units)
    assert units == before


def test_parts_in_another_state_or_kept_apart_are_not_joined() -> None:
    units = [Part("x~1-4"), Part("x~5-8", "old"), Part("x~9-10", "old"), Part("y~11-12", "old"), Part("x~12-13", "old")]
    join_units(units, lambda one, _: one.id != "x~5-8")
    assert [unit.id for unit in units] == ["x~1-4", "x~5-8", "x~9-10", "y~11-12", "x~12-13"]
    join_units(units)
    assert [unit.id for unit in units] == ["x~1-4", "x~5-10", "y~11-12", "x~12-13"]


def test_a_range_that_is_not_whole_is_nobodys() -> None:
    units = [Part("x~1-4"), Part("x~6-9")]
    assert not units_named(units, "x~3-7")
    assert not units_named(units, "x~8-12")
    assert joined_names(unit.id for unit in units_named(units, "x~7-8")) == ("x~7-8",)


@given(st.integers(0, 20))
def test_the_first_pieces_are_cut_off(count: int) -> None:
    first, rest = split_units([Part("x~1-5"), Part("z"), Part("y~3-9")], count)
    assert pieces_in(unit.id for unit in first) == min(count, 13)
    assert pieces_in(unit.id for unit in (*first, *rest)) == 13
    assert joined_names(unit.id for unit in (*first, *rest)) == ("x~1-5", "z", "y~3-9")


@given(st.lists(RANGES, max_size=5), st.lists(RANGES, max_size=3))
def test_a_piece_is_covered_once(taken: list[str], names: list[str]) -> None:
    gone = set().union(*map(pieces, taken))
    expected = []
    for name in names:
        if gone & pieces(name):
            expected.append(name)
        gone |= pieces(name)
    assert covered_names(taken, names) == expected


def test_names_sort_by_their_pieces() -> None:
    assert sorted(["x~10-11", "x~9-9", "a", "x~1-8"], key=in_order) == ["a", "x~1-8", "x~9-9", "x~10-11"]
