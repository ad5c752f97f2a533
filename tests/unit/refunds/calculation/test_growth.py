"""What earlier pieces give now beyond what they gave: money that was captured later, and no piece comes back (Z07)."""

from dataclasses import replace

import pytest

from service_refunds.domain.calculation.inputs.component import ComponentName
from service_refunds.domain.calculation.inputs.order import Order
from shared.kernel.money import Money
from tests.unit.refunds.simple_request import an_order, calculation_of


def paid(order: Order, captured: int, disputed: int = 0) -> Order:
    """The order of which so much is captured, and of that so much is disputed."""
    (tender,) = order.tenders
    money = Money(captured, order.currency)
    dispute = Money(disputed, order.currency) if disputed else None
    return replace(order, tenders=(replace(tender, captured=money, disputed=dispute),))


@pytest.mark.parametrize("currency", ["EUR", "JPY"])
@pytest.mark.parametrize("captured", [[1], [3_000, 3_001, 9_999, 10_000], [0, 10_000], [2_500, 2_500, 7_777]])
def test_z07_each_capture_gives_back_what_is_captured_of_what_is_owed(captured: list[int], currency: str) -> None:
    whole = 10_000
    order = an_order(("100.00",) if currency == "EUR" else ("10000",), currency)
    found = calculation_of(paid(order, captured[0]), back={"L1": 1})
    given = found.total.minor
    assert given == captured[0]
    for now in captured[1:]:
        found = calculation_of(paid(order, now), found.after())
        given += found.total.minor
        assert given == min(now, whole)
        assert {part.name for part in found.components} <= {ComponentName.PAID_LATER}
    nothing = calculation_of(paid(order, captured[-1]), found.after())
    assert (nothing.total.minor, nothing.components, nothing.remainders) == (0, (), ())


def test_z09_of_what_is_captured_later_the_disputed_part_is_a_remainder() -> None:
    """100.00 back, 30.00 paid; 70.00 are captured later and 20.00 of them are disputed: 50.00 and a remainder."""
    order = an_order()
    first = calculation_of(paid(order, 3_000), back={"L1": 1})
    found = calculation_of(paid(order, 10_000, 2_000), first.after(), policy={"shortfall": "pay_what_is_left"})
    assert (found.total.minor, [each.amount.minor for each in found.remainders]) == (5_000, [2_000])


def test_z07_the_next_piece_brings_what_was_captured_when_nobody_asked_in_between() -> None:
    order = an_order(("50.00", "50.00"))
    first = calculation_of(paid(order, 1_000), back={"L1": 1})
    second = calculation_of(paid(order, 10_000), first.after(), back={"L2": 1})
    assert (first.total.minor, second.total.minor) == (1_000, 9_000)
