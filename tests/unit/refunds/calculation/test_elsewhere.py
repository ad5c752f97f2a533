"""Money that somebody else paid back, and units that were cancelled: in any order nothing is paid twice (Z07, A16)."""

from hypothesis import given, strategies as st

from service_refunds.domain.calculation import calculation as core
from service_refunds.domain.calculation.calculation import Calculation
from service_refunds.domain.calculation.inputs.charge import PriceMode, Tax
from service_refunds.domain.calculation.inputs.history import Elsewhere, LineElsewhere, RefundHistory, TenderUse
from service_refunds.domain.calculation.inputs.order import Order
from service_refunds.domain.calculation.inputs.order_line import OrderLine
from service_refunds.domain.calculation.inputs.refund_request import AcceptedUnit, LegalFacts, RefundRequest, Regime
from service_refunds.domain.calculation.inputs.tender import Tender, TenderKind
from shared.kernel.money import Money


def euros(minor: int) -> Money:
    return Money(minor, "EUR")


def an_order(mode: PriceMode, *lines: tuple[int, int, int], captured: int | None = None) -> Order:
    """Lines of quantity, amount and tax; paid by one card, all of it unless told otherwise."""
    made = tuple(
        OrderLine(id=f"L{n}", quantity=quantity, paid=euros(paid), taxes=(Tax("19", euros(tax)),))
        for n, (quantity, paid, tax) in enumerate(lines)
    )
    due = sum(line.charge.gross(mode) for line in made)
    tender = Tender(id="T1", kind=TenderKind.CARD, captured=euros(due if captured is None else captured))
    return Order(currency="EUR", lines=made, tenders=(tender,), mode=mode)


def refund(order: Order, history: RefundHistory, *units: tuple[str, str]) -> Calculation:
    return core.calculate(
        RefundRequest(
            order=order,
            facts=LegalFacts(regime=Regime.EU, statutory_withdrawal=True),
            units=tuple(AcceptedUnit(id=unit, line=line) for unit, line in units),
            history=history,
        )
    )


def history(paid: int, *lines: LineElsewhere) -> RefundHistory:
    uses = (TenderUse("T1", euros(paid)),) if paid else ()
    return RefundHistory(tenders=uses, elsewhere=Elsewhere(lines, euros(paid)))


lines = st.tuples(st.integers(1, 4), st.integers(0, 20_000), st.integers(0, 99)).map(
    lambda each: (each[0], each[1], each[1] * each[2] // 600)
)


@given(st.sampled_from(PriceMode), st.lists(lines, min_size=1, max_size=3), st.data())
def test_z07_in_any_order_the_refunds_add_up_to_what_was_not_paid_elsewhere(
    mode: PriceMode, bought: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    """3.6: unit, line, tax, tender, order; one piece at a time in any order, or all at once."""
    order = an_order(mode, *bought)
    outside, kept, total = [], [], 0
    for line in order.lines:
        cancelled = data.draw(st.integers(0, line.quantity))
        whole = line.charge.gross(mode)
        worth = line.charge.take(0, cancelled, line.quantity).gross(mode)
        paid = data.draw(st.integers(worth, whole))
        total += paid
        outside.append(LineElsewhere(line.id, cancelled, cancelled, euros(paid)))
        kept += [(f"{line.id}-{n}", line.id) for n in range(line.quantity - cancelled)]
    before = history(total, *outside)
    due = sum(line.charge.gross(mode) for line in order.lines)
    expected = sum(
        line.charge.gross(mode) - each.refunded_minor
        for line, each in zip(order.lines, outside, strict=True)
        if each.cancelled < line.quantity
    )
    if kept:
        assert refund(order, before, *kept).total == euros(expected)
    sequence = data.draw(st.permutations(kept))
    so_far, taxes = 0, 0
    for unit in sequence:
        found = refund(order, before, unit)
        assert found.total.minor >= 0
        so_far += found.total.minor
        taxes += sum(tax.amount.minor for tax in found.taxes)
        assert so_far + total <= due
        before = found.after()
    assert so_far == (expected if kept else 0)
    assert taxes <= sum(tax.amount.minor for line in order.lines for tax in line.taxes)


@given(st.integers(1, 10_000), st.data())
def test_z07_money_without_a_line_counts_in_tender_and_order(paid: int, data: st.DataObject) -> None:
    order = an_order(PriceMode.INCLUSIVE, (2, 10_000, 1_597))
    before = history(paid)
    first = refund(order, before, ("u1", "L0"))
    second = refund(order, first.after(), ("u2", "L0"))
    assert (first.total + second.total).minor == 10_000 - paid
    assert refund(order, before, ("u1", "L0"), ("u2", "L0")).total.minor == 10_000 - paid


@given(st.integers(0, 10_000))
def test_a16_what_was_never_paid_is_not_given_back(captured: int) -> None:
    """A deposit, a part payment, cash on delivery that was not captured."""
    order = an_order(PriceMode.INCLUSIVE, (1, 10_000, 1_597), captured=captured)
    assert refund(order, RefundHistory(), ("u1", "L0")).total.minor == captured
