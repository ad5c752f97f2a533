"""Money that somebody else paid back, and units that were cancelled: in any order nothing is paid twice (Z07, A16)."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, strategies as st

from service_refunds.domain.calculation import calculation as core
from service_refunds.domain.calculation.calculation import Calculation
from service_refunds.domain.calculation.fee_bar import WaiverReason
from service_refunds.domain.calculation.inputs.charge import PriceMode, Tax
from service_refunds.domain.calculation.inputs.component import Component, ComponentName
from service_refunds.domain.calculation.inputs.history import (
    Elsewhere,
    LineElsewhere,
    RefundHistory,
    TenderUse,
    line_states,
)
from service_refunds.domain.calculation.inputs.order import Order
from service_refunds.domain.calculation.inputs.order_line import OrderLine
from service_refunds.domain.calculation.inputs.order_part import Shipment
from service_refunds.domain.calculation.inputs.policy import RefundPolicy, ShortfallRule
from service_refunds.domain.calculation.inputs.refund_request import AcceptedUnit, LegalFacts, RefundRequest, Regime
from service_refunds.domain.calculation.inputs.tender import Tender, TenderKind
from service_refunds.domain.calculation.remainder import Remainder, RemainderReason
from shared.kernel.money import Money, share_out
from tests.unit.refunds.random_paths import Case, case_of, case_with_choices, walk, ways_of


def euros(minor: int) -> Money:
    return Money(minor, "EUR")


def an_order(
    mode: PriceMode,
    *lines: tuple[int, int, int],
    captured: int | None = None,
    freight: tuple[int, int] | None = None,
) -> Order:
    """Lines of quantity, amount and tax, freight and its standard price; paid by one card, in full unless told."""
    made = tuple(
        OrderLine(id=f"L{n}", quantity=quantity, paid=euros(paid), taxes=(Tax("19", euros(tax)),))
        for n, (quantity, paid, tax) in enumerate(lines)
    )
    shipments = () if freight is None else (Shipment(id="S", paid=euros(freight[0]), standard=euros(freight[1])),)
    due = sum(each.charge.gross(mode) for each in (*made, *shipments))
    tender = Tender(id="T1", kind=TenderKind.CARD, captured=euros(due if captured is None else captured))
    return Order(currency="EUR", lines=made, tenders=(tender,), mode=mode, shipments=shipments)


def refund(order: Order, history: RefundHistory, *units: tuple[str, str]) -> Calculation:
    return core.calculate(
        RefundRequest(
            order=order,
            facts=LegalFacts(regime=Regime.EU, statutory_withdrawal=True),
            units=tuple(AcceptedUnit(id=unit, line=line) for unit, line in units),
            history=history,
            policy=RefundPolicy(shortfall=ShortfallRule.PAY_WHAT_IS_LEFT),
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


def told_elsewhere(case: Case, dice: Random) -> RefundHistory:
    """Money went back elsewhere for some of the lines, up to all that was paid for them, shared by the payments."""
    order, outside = case.order, []
    for line in order.lines:
        whole = line.charge.gross(order.mode)
        if whole and dice.random() < 0.5:
            paid = Money(dice.randint(1, whole), order.currency)
            outside.append(LineElsewhere(line.id, 0, dice.randint(0, line.quantity), paid))
    minor = sum(each.refunded_minor for each in outside)
    shares = share_out(minor, [tender.captured.minor for tender in order.tenders])
    uses = tuple(
        TenderUse(tender.id, Money(share, order.currency)) for tender, share in zip(order.tenders, shares, strict=True)
    )
    return RefundHistory(tenders=uses, elsewhere=Elsewhere(tuple(outside), Money(minor, order.currency)))


def still_to_take_off(done: list[Calculation]) -> int:
    """What the last refund was too small for: fees, and money from elsewhere. It waits for the next goods."""
    history = done[-1].after()
    waits = sum(fee.amount.minor for fee in done[-1].waived if fee.reason is WaiverReason.REFUND_TOO_SMALL)
    for state in line_states(done[-1].request.order, history):
        paid = 0 if state.elsewhere is None else state.elsewhere.refunded_minor
        kept = state.left(state.open - state.kept).gross(done[-1].request.order.mode)
        waits += max(0, paid - kept)
        parts = (part for part in history.components if part.subject == state.line.id)
        waits += sum(part.amount.minor for part in parts if part.name.value.startswith("refunded_elsewhere"))
    return waits


@pytest.mark.parametrize("number", range(0, 120, 10))
def test_z07_money_from_elsewhere_counts_the_same_on_every_way(number: int) -> None:
    """Z08, Z12: with fees, freight, discounts and groups of any policy; what could not be taken off yet still waits."""
    for seed in range(number, number + 10):
        case = case_of(seed) if seed % 2 else case_with_choices(seed)
        before = told_elsewhere(case, Random(f"elsewhere {seed}"))
        ways = [walk(case, way, before) for way in ways_of(case, seed)]
        sums = {sum(each.refund.minor for each in done) - still_to_take_off(done) for done in ways}
        assert len(sums) == 1, seed
        assert not any(each.customer_owes or each.remainders for done in ways for each in done)


def test_z07_a_fee_that_leaves_too_little_does_not_lose_the_money_from_elsewhere() -> None:
    """Lines of 60.00 and 40.00, 55.00 of the first went back elsewhere, label 10.00: 0.00, then 35.00; never 40.00."""
    order = an_order(PriceMode.INCLUSIVE, (1, 6_000, 0), (1, 4_000, 0))
    before = history(5_500, LineElsewhere("L0", 0, 1, euros(5_500)))

    def us(unit: str, known: RefundHistory, label: int = 0) -> Calculation:
        facts = LegalFacts(regime=Regime.US, freight_disclosed=True)
        units = (AcceptedUnit(id=unit, line=unit),)
        return core.calculate(
            RefundRequest(
                order=order, facts=facts, units=units, history=known, return_label=euros(label) if label else None
            )
        )

    first = us("L0", before, 1_000)
    second = us("L1", first.after())
    assert (first.refund, second.refund) == (euros(0), euros(3_500))
    other = us("L1", before)
    assert (other.refund, us("L0", other.after(), 1_000).refund) == (euros(4_000), euros(0))


@pytest.mark.parametrize("lines", [(), (LineElsewhere("L0", 0, 1, euros(2_000)),)])
@pytest.mark.parametrize("disputed", [1, 3_000, 8_000])
def test_z09_money_under_dispute_is_owed_and_money_from_elsewhere_is_not(
    disputed: int, lines: tuple[LineElsewhere, ...]
) -> None:
    """100.00, of which 20.00 is known to have gone back elsewhere: the dispute alone is what a person settles."""
    order = an_order(PriceMode.INCLUSIVE, (1, 10_000, 1_597))
    (card,) = order.tenders
    order = replace(order, tenders=(replace(card, disputed=euros(disputed)),))
    found = refund(order, history(2_000, *lines), ("u1", "L0"))
    assert found.refund == euros(8_000 - disputed)
    assert found.remainders == (Remainder(RemainderReason.DISPUTE_OPEN, euros(disputed)),)
    parts = sum(part.amount.minor for part in found.components if part.name.value.startswith("refunded_elsewhere"))
    assert parts == -2_000


def test_z09_a_line_paid_for_elsewhere_does_not_hide_a_dispute() -> None:
    """Two lines of 100.00, one of them paid for elsewhere, 50.00 disputed; both come back: 50.00, and 50.00 is owed."""
    order = an_order(PriceMode.INCLUSIVE, (1, 10_000, 0), (1, 10_000, 0))
    order = replace(order, tenders=(replace(order.tenders[0], disputed=euros(5_000)),))
    found = refund(order, history(10_000, LineElsewhere("L0", 0, 1, euros(10_000))), ("u1", "L0"), ("u2", "L1"))
    assert (found.refund, found.remainders) == (
        euros(5_000), (Remainder(RemainderReason.DISPUTE_OPEN, euros(5_000)),),
    )  # fmt: skip


@pytest.mark.parametrize("parcels", [[["L0", "L1"]], [["L0"], ["L1"]], [["L1"], ["L0"]]])
def test_z07_freight_from_elsewhere_counts_against_what_the_law_gives_back(parcels: list[list[str]]) -> None:
    """CRD 13(2): of 12.00 the standard 5.00 is due; 3.00 went back elsewhere, so 2.00 are left."""
    order = an_order(PriceMode.INCLUSIVE, (1, 6_000, 0), (1, 3_000, 0), freight=(1_200, 500))
    net = Component(ComponentName.FREIGHT_NET, euros(300), "S")
    known = replace(history(300), components=(net,), elsewhere=Elsewhere((), euros(300), euros(300)))
    total = 0
    for parcel in parcels:
        found = refund(order, known, *[(line, line) for line in parcel])
        total, known = total + found.refund.minor, found.after()
        assert not found.remainders
    assert total == 9_000 + 200
