"""Z13: a return follows a lot and the same pieces as units of their own in the same way."""

import json
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given, settings, strategies as st

from service_requests.adapters.returns.return_rows import ReturnRows
from service_requests.adapters.returns.stored_return import read_state
from service_requests.domain.orders.wholesale import comes_as_lot, is_wholesale
from service_requests.domain.returns.events import Lapsed, Shipped, Withdrawn
from service_requests.domain.returns.progress.matter import Matter
from service_requests.domain.returns.return_ import Return
from service_requests.domain.returns.unit import ReturnUnit, Standing
from shared.kernel.errors import RetourError
from shared.kernel.piece_range import PieceRange, pieces_in
from tests.unit.requests.builders import (
    NOON,
    RMA,
    a_line,
    a_parcel,
    a_refund,
    a_return,
    an_assessment,
    an_order,
)

PIECES: Final = 9


def single(number: int) -> str:
    return f"unit.{number:02}"


def names(lots: bool, first: int, last: int) -> list[str]:
    return [str(PieceRange("unit", first, last))] if lots else [single(number) for number in range(first, last + 1)]


def twin(lots: bool) -> Return:
    units = [ReturnUnit(id=name, line_id="L1", place=0, unit_no=0) for name in names(lots, 1, PIECES)]
    made = a_return(PIECES)
    made.units = units
    made.request(an_assessment(), at=NOON, rma=RMA)
    return made


def known(of: Return) -> dict[int, Any]:
    """What is known of each piece."""
    found: dict[int, Any] = {}
    for unit in of.units:
        parsed = PieceRange.of(unit.id)
        numbers = range(parsed.first, parsed.last + 1) if parsed.is_lot else [int(unit.id.rpartition(".")[2])]
        for number in numbers:
            assert number not in found
            refund = of.refunds.of_unit(unit.id)
            found[number] = (
                unit.whereabouts,
                unit.decision,
                unit.was_accepted,
                None if refund is None else refund.id,
                of.stage(unit),
            )
    assert len(found) == PIECES
    return found


def act(of: Return, lots: bool, action: tuple[Any, ...], number: int) -> None:
    match action:
        case "ship", first, last:
            of.ship(a_parcel(f"JD{number}"), names(lots, first, last))
        case "receive", first, last:
            of.receive(names(lots, first, last), inspect_by=NOON, at=NOON)
        case "inspect", first, last, passed:
            of.record_inspection([(name, passed) for name in names(lots, first, last)], at=NOON)
        case "decide", first, last, accept:
            of.record_inspection_decision([(name, accept) for name in names(lots, first, last)], at=NOON)
        case "correct", first, last, standing:
            standings = [(name, standing) for name in names(lots, first, last)]
            of.record_correction(standings, inspect_by=None, at=NOON)
        case "refund", first, last:
            of.record_refund_opened(a_refund(f"rfd_{number}", *names(lots, first, last)), at=NOON)
        case "settle", which:
            refund = of.refunds.known[which % len(of.refunds.known)] if of.refunds.known else None
            of.record_refund_settled(refund.id if refund is not None else "rfd_none", at=NOON)
        case "fail", which:
            refund = of.refunds.known[which % len(of.refunds.known)] if of.refunds.known else None
            of.record_refund_failed(refund.id if refund is not None else "rfd_none", at=NOON)
        case ("cancel",):
            of.cancel(at=NOON)


SPAN = st.tuples(st.integers(1, PIECES), st.integers(0, PIECES)).map(lambda s: (s[0], min(PIECES, s[0] + s[1])))


def an_action(verb: str, *more: Any) -> Any:
    return st.tuples(SPAN, *more).map(lambda each: (verb, *each[0], *each[1:]))


ACTIONS = st.lists(
    st.one_of(
        an_action("ship"),
        an_action("receive"),
        an_action("receive"),
        an_action("inspect", st.booleans()),
        an_action("inspect", st.booleans()),
        an_action("decide", st.booleans()),
        an_action("correct", st.sampled_from(list(Standing))),
        an_action("refund"),
        an_action("refund"),
        st.tuples(st.just("settle"), st.integers(0, 5)),
        st.tuples(st.just("fail"), st.integers(0, 5)),
        st.tuples(st.just("cancel")),
    ),
    max_size=12,
)


def outcome_of(of: Return, lots: bool, action: tuple[Any, ...], number: int) -> tuple[Return, str | None]:
    """The return after the action. A refusal changes nothing."""
    before = stored(of)
    try:
        act(of, lots, action, number)
    except RetourError as refusal:
        return before, refusal.code
    return stored(of), None


def stored(of: Return) -> Return:
    """The return as the next use case loads it."""
    state = ReturnRows("system:test").save(of)[0].values["state"]
    events = list(of.events)
    found = read_state(json.loads(state), version=of.version, sequence=of.sequence)
    found.events = events
    found.steps = of.steps
    return found


def nameless(event: Any) -> Any:
    """The event without the names of units, which differ between a lot and its pieces."""
    if isinstance(event, Shipped):
        return replace(event, units=())
    return replace(event, names=()) if isinstance(event, Withdrawn | Lapsed) else event


@settings(max_examples=300, deadline=None)
@given(ACTIONS)
def test_a_lot_is_the_same_as_its_pieces(actions: list[tuple[Any, ...]]) -> None:
    lot, singles = twin(lots=True), twin(lots=False)
    for number, action in enumerate(actions):
        (lot, one), (singles, other) = outcome_of(lot, True, action, number), outcome_of(singles, False, action, number)
        assert one == other
        assert known(lot) == known(singles)
        assert (lot.status, lot.ending, lot.deadline) == (singles.status, singles.ending, singles.deadline)
        told = [[nameless(event) for event in each.events] for each in (lot, singles)]
        assert told[0] == told[1]


def test_news_of_parts_in_any_order_ends_in_one_lot() -> None:
    """A lot that is whole again is one unit: its row does not grow with the posts that are past."""
    made = twin(lots=True)
    for first in (7, 1, 4):
        made.receive([f"unit~{first}-{first + 2}"], inspect_by=NOON, at=NOON)
    assert [unit.id for unit in made.units] == [f"unit~1-{PIECES}"]
    for first in (4, 7, 1):
        made.record_inspection([(f"unit~{first}-{first + 2}", True)], at=NOON)
        made.record_refund_opened(a_refund(f"rfd_{first}", f"unit~{first}-{first + 2}"), at=NOON)
    assert [unit.id for unit in made.units] == ["unit~1-3", "unit~4-6", "unit~7-9"]


def test_a_failed_refund_is_replaced_by_refunds_that_are_cut_otherwise() -> None:
    made = twin(lots=True)
    made.receive(["unit~1-9"], inspect_by=NOON, at=NOON)
    made.record_inspection([("unit~1-9", True)], at=NOON)
    made.record_refund_opened(a_refund("rfd_1", "unit~1-9"), at=NOON)
    made.record_refund_failed("rfd_1", at=NOON)
    made.record_refund_opened(a_refund("rfd_2", "unit~1-5"), at=NOON)
    made.record_refund_settled("rfd_2", at=NOON)
    (left,) = (each for each in made.open_matters if each.matter is Matter.REFUND_FAILED)
    assert left.by == made.refunds.get("rfd_1").pay_by
    made.record_refund_opened(a_refund("rfd_3", "unit~6-9"), at=NOON)
    made.record_refund_settled("rfd_3", at=NOON)
    assert {each.matter for each in made.open_matters} == {Matter.TELL}


def test_a_claim_is_counted_by_line_and_given_back() -> None:
    """B14: the sum of a line changes by what a change of the return holds more or less."""
    made = twin(lots=True)
    rows = ReturnRows("system:test")

    def counted() -> list[int]:
        return [write.deltas["claimed"] for write in rows.save(made)[1] if hasattr(write, "deltas")]

    assert counted() == [PIECES]
    made.held = tuple(unit.id for unit in made.units)
    made.receive(["unit~1-4"], inspect_by=NOON, at=NOON)
    assert counted() == []
    made = twin(lots=True)
    made.held = tuple(unit.id for unit in made.units)
    made.ship(a_parcel(), ["unit~1-4"])
    made.cancel(at=NOON)
    assert counted() == [-PIECES]


@pytest.mark.parametrize(
    ("quantities", "wholesale"),
    [((50,), False), ((51,), True), ((50, 50, 50, 50), False), ((50, 50, 50, 50, 1), True), ((10_000,), True)],
)
def test_which_orders_are_counted(quantities: tuple[int, ...], wholesale: bool) -> None:
    lines = tuple(a_line(line_id=f"L{n}", quantity=quantity) for n, quantity in enumerate(quantities))
    assert is_wholesale(an_order(lines=lines)) is wholesale
    assert [comes_as_lot(quantity, quantities) for quantity in quantities] == [
        wholesale and quantity > 1 for quantity in quantities
    ]


def test_every_lot_is_of_an_order_that_is_counted() -> None:
    """A lot has no numbers, so an order of numbered pieces must never have one."""
    for asked, bought in (((51,), (51,)), ((2,) * 101, (2,) * 101), ((40,) * 6, (45,) * 6)):
        lines = tuple(a_line(line_id=f"L{n}", quantity=quantity) for n, quantity in enumerate(bought))
        assert any(comes_as_lot(quantity, asked) for quantity in asked)
        assert is_wholesale(an_order(lines=lines))
    assert pieces_in(["unit~1-9"]) == PIECES
