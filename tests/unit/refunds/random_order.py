"""Random paid orders for Hypothesis, which always add up: sizes to 50 lines and 5 tenders, 0 to 4
decimals.
"""

from dataclasses import dataclass, replace

from hypothesis import strategies as st

from service_refunds.domain.calculation.inputs.charge import PriceMode, Tax
from service_refunds.domain.calculation.inputs.order import Order, with_shares
from service_refunds.domain.calculation.inputs.order_line import OrderLine
from service_refunds.domain.calculation.inputs.order_part import OrderDiscount, Shipment
from service_refunds.domain.calculation.inputs.promotion_rule import (
    PromotionRule,
    SetPart,
    SetPrice,
    Threshold,
    ThresholdStep,
    discount_of,
)
from service_refunds.domain.calculation.inputs.tender import Tender, TenderKind
from shared.kernel.money import Money

CURRENCIES = ("JPY", "EUR", "CNY", "USD", "KWD", "CLF")
RATES = ("7", "19", "CA 7.25")


@dataclass(frozen=True)
class SequenceOfReturns:
    """An order and the parts in which it comes back: in each one so many units of some lines."""

    order: Order
    steps: tuple[dict[str, int], ...]


@st.composite
def orders(draw: st.DrawFn, most_lines: int = 6) -> Order:
    """An order with discounts (most with a rule), freight and several tenders."""
    currency = draw(st.sampled_from(CURRENCIES))
    mode = draw(st.sampled_from(PriceMode))
    count = draw(st.integers(1, most_lines))
    lines = [draw(_lines(f"L{number}", currency)) for number in range(count)]
    discounts: list[OrderDiscount] = []
    for number in range(draw(st.integers(0, 2))):
        now = with_shares(lines, discounts)
        names = tuple(line.id for line in lines if draw(st.booleans()))
        covered = [line for line in now if not names or line.id in names]
        rule = draw(_rules(currency, tuple(line.id for line in covered)))
        amounts = {line.id: line.paid.minor for line in covered}
        if rule is None:
            off = draw(st.integers(0, sum(amounts.values())))
        else:
            off = discount_of(rule, amounts, {line.id: line.quantity for line in covered})
        discounts.append(
            OrderDiscount(
                id=f"D{number}", amount=Money(off, currency), lines=names, rule=rule, points=off if rule is None else 0
            )
        )
    lines = [draw(_taxed(line, mode)) for line in with_shares(lines, discounts)]
    freight = draw(st.integers(0, 2_000))
    shipments = (Shipment(id="S", paid=Money(freight, currency)),) if freight else ()
    order = Order(currency=currency, lines=tuple(lines), mode=mode, discounts=tuple(discounts), shipments=shipments)
    due = sum(charge.gross(mode) for charge in order.charges())
    return replace(order, tenders=draw(_tenders(due, currency)))


@st.composite
def sequences_of_returns(draw: st.DrawFn, most_lines: int = 6) -> SequenceOfReturns:
    """Everything of an order comes back, in random parts and in random order."""
    order = draw(orders(most_lines))
    units = draw(st.permutations([line.id for line in order.lines for _ in range(line.quantity)]))
    steps: list[dict[str, int]] = []
    while units:
        size = draw(st.integers(1, len(units)))
        step: dict[str, int] = {}
        for line in units[:size]:
            step[line] = step.get(line, 0) + 1
        steps.append(step)
        units = units[size:]
    return SequenceOfReturns(order, tuple(steps))


@st.composite
def _lines(draw: st.DrawFn, name: str, currency: str) -> OrderLine:
    paid = draw(st.one_of(st.just(0), st.integers(0, 100), st.integers(0, 1_000_000)))
    return OrderLine(id=name, quantity=draw(st.integers(1, 4)), paid=Money(paid, currency))


@st.composite
def _taxed(draw: st.DrawFn, line: OrderLine, mode: PriceMode) -> OrderLine:
    rates = draw(st.lists(st.sampled_from(RATES), unique=True, max_size=2))
    most = line.paid.minor // (len(rates) or 1) if mode is PriceMode.INCLUSIVE else line.paid.minor
    taxes = tuple(Tax(rate, Money(draw(st.integers(0, most // 3)), line.paid.currency)) for rate in rates)
    return replace(line, taxes=taxes)


@st.composite
def _rules(draw: st.DrawFn, currency: str, lines: tuple[str, ...]) -> PromotionRule | None:
    kind = draw(st.sampled_from(("none", "fixed", "percent", "every", "set")))
    low, off = draw(st.integers(0, 100_000)), Money(draw(st.integers(0, 30_000)), currency)
    if kind == "percent":
        return Threshold((ThresholdStep(Money(low // 10, currency), percent_bp=draw(st.integers(0, 10_000))),))
    if kind == "set" and lines:
        parts = tuple(SetPart(line, draw(st.integers(1, 2))) for line in lines[:2])
        return SetPrice(parts, off)
    if kind == "none":
        return None
    steps = (ThresholdStep(Money(low, currency), off), ThresholdStep(Money(3 * low, currency), off * 2, pieces=2))
    return Threshold(steps, repeats=kind == "every" and low > 100)


@st.composite
def _tenders(draw: st.DrawFn, due: int, currency: str) -> tuple[Tender, ...]:
    cuts = sorted(draw(st.lists(st.integers(0, due), max_size=4)))
    amounts = [high - low for low, high in zip([0, *cuts], [*cuts, due], strict=True)]
    kinds = st.sampled_from(TenderKind)
    return tuple(
        Tender(id=f"T{place}", kind=draw(kinds), captured=Money(each, currency)) for place, each in enumerate(amounts)
    )
