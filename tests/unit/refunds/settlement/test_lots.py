"""Z13: a lot is paid as its pieces are, to the cent, and no piece twice, however ranges are cut."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from service_refunds.application.settlement.opening import without_refund
from service_refunds.domain.calculation.calculation import Calculation, calculate
from service_refunds.domain.calculation.inputs.history import RefundHistory
from service_refunds.domain.calculation.inputs.refund_request import AcceptedUnit, RefundRequest
from service_refunds.domain.calculation.inputs.refusal import MoreThanBought, UnitAlreadyRefunded
from service_refunds.domain.known.known_return import KnownUnit, UnitNotAnnounced
from service_refunds.domain.ledger.balance import Balance, BalanceDemand, Kind, UnitHasRefund, reserve
from shared.kernel.piece_range import PieceRange, pieces_in
from shared.kernel.refund_term import Milestone
from tests.unit.refunds.known.test_known_order import CALENDARS, CN, NOON, a_known_return, told
from tests.unit.refunds.simple_request import an_order
from tests.unit.refunds.vector_reader import read_request

PIECES = 30
CUTS = st.lists(st.integers(1, PIECES), max_size=6)


def an_order_of_lots() -> Any:
    lines = [
        {"id": "L1", "paid": "100.01", "quantity": PIECES, "taxes": {"19": "15.97"}},
        {"id": "L2", "paid": "7.00", "quantity": 3},
    ]
    return an_order(lines=lines)


def refunded(units: list[str], history: RefundHistory | None = None) -> Calculation:
    base = read_request({"return": {}}, an_order_of_lots(), history or RefundHistory())
    fields = {name: getattr(base, name) for name in RefundRequest.__dataclass_fields__}
    return calculate(RefundRequest(**{**fields, "units": tuple(AcceptedUnit(id=unit, line="L1") for unit in units)}))


def parts(cuts: list[int]) -> list[str]:
    return [str(part) for part in PieceRange("x", 1, PIECES).cut(cuts)]


@given(CUTS, st.integers(1, PIECES))
def test_a_lot_is_paid_as_its_pieces(cuts: list[int], count: int) -> None:
    singles = refunded([f"u{number:02}" for number in range(count)])
    lots = refunded([str(part) for part in PieceRange("x", 1, count).cut(cuts)])
    assert (lots.total, lots.taxes, lots.components) == (singles.total, singles.taxes, singles.components)
    assert sum(each.amount.minor for each in lots.units) == sum(each.amount.minor for each in singles.units)
    assert [row.this for row in lots.guards if row.guard != "unit"] == [
        row.this for row in singles.guards if row.guard != "unit"
    ]


@given(CUTS, CUTS)
def test_parts_in_steps_are_paid_as_all_at_once(cuts: list[int], others: list[int]) -> None:
    whole = refunded([f"x~1-{PIECES}"])
    for borders in (cuts, others):
        history, paid = RefundHistory(), 0
        for part in parts(borders):
            step = refunded([part], history)
            paid += step.total.minor
            history = step.after()
        assert paid == whole.total.minor


def test_a_piece_is_refunded_once_however_the_ranges_are_cut() -> None:
    history = refunded(["x~5-10"]).after()
    for again in ("x~5-10", "x~1-5", "x~10-12", "x~7-8", "x~1-30"):
        with pytest.raises(UnitAlreadyRefunded):
            refunded([again], history)
    assert refunded(["x~1-4", "x~11-30"], history).total.minor > 0
    with pytest.raises(UnitAlreadyRefunded):
        refunded(["x~1-4", "x~4-6"])
    with pytest.raises(MoreThanBought):
        refunded(["x~1-31"])


@pytest.mark.parametrize("again", ["x~5-10", "x~1-5", "x~10-12", "x~7-8", "x~1-30"])
def test_the_guard_of_units_holds_for_ranges(again: str) -> None:
    taken = reserve({}, [BalanceDemand(Kind.UNIT, "x~5-10", takes=3, raises=3)])
    with pytest.raises(UnitHasRefund):
        reserve(taken, [BalanceDemand(Kind.UNIT, again, takes=1, raises=1)])
    assert len(reserve(taken, [BalanceDemand(Kind.UNIT, "x~11-12", takes=1, raises=1)])) == 2
    with pytest.raises(UnitHasRefund):
        reserve({}, [BalanceDemand(Kind.UNIT, each, takes=1, raises=1) for each in ("x~1-5", "x~5-6")])


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 9)), max_size=4))
def test_news_about_pieces_with_a_refund_opens_refunds_for_the_others(spans: list[tuple[int, int]]) -> None:
    """The same pieces told twice, cut otherwise, are paid once."""
    balances: dict[Any, Balance] = {}
    paid: set[int] = set()
    for first, more in spans:
        name = str(PieceRange("x", first, first + more))
        fresh = without_refund([name, name], balances)
        numbers = {n for each in map(PieceRange.of, fresh) for n in range(each.first, each.last + 1)}
        assert numbers == set(range(first, first + more + 1)) - paid
        assert pieces_in(fresh) == len(numbers)
        paid |= numbers
        balances |= {(Kind.UNIT, each): Balance(Kind.UNIT, each, 1) for each in fresh}


def test_a_part_of_a_lot_has_the_facts_of_the_lot() -> None:
    known = a_known_return(units=(KnownUnit("x~1-100", "L1", True, "broken"), KnownUnit("u2", "L2", False)))
    found = known.select(["u2", "x~51-60", "x~1-9"])
    assert found == (
        KnownUnit("x~1-9", "L1", True, "broken"),
        KnownUnit("x~51-60", "L1", True, "broken"),
        KnownUnit("u2", "L2", False),
    )
    for strange in ("x~1-101", "y~1-2", "x", "x~0-1"):
        with pytest.raises(UnitNotAnnounced):
            known.select(["u2", strange])


def test_a_refund_of_a_lot_falls_due_by_its_first_pieces() -> None:
    """Z11: of a lot that arrived in two parcels, the pieces that came first decide the day."""
    lot = KnownUnit("x~1-100", "L1", False)
    known = told("CN-mainland" if "CN-mainland" in CALENDARS else next(iter(CALENDARS)), CN, units=(lot,))
    known.receive(["x~1-40"], NOON)
    known.receive(["x~41-100"], NOON + timedelta(days=3))
    calendar = CALENDARS[known.calendar or ""]
    late = known.select(["x~41-100"])
    both = known.select(["x~1-100"])
    one = known.pay_by(late, agreed_at=NOON, at=NOON, calendar=calendar)
    other = known.pay_by(both, agreed_at=NOON, at=NOON, calendar=calendar)
    assert one.day is not None
    assert other.day is not None
    assert other.day < one.day
    assert CN.starts == (Milestone.GOODS_IN,)
