"""A refund of a 20-line order with 3 tenders, to be measured by `benchmarks/cores.py`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.timing import Row
from service_refunds.domain.calculation.calculation import calculate
from service_refunds.domain.calculation.inputs.charge import Tax
from service_refunds.domain.calculation.inputs.order import Order, with_shares
from service_refunds.domain.calculation.inputs.order_line import OrderLine
from service_refunds.domain.calculation.inputs.order_part import OrderDiscount, Shipment
from service_refunds.domain.calculation.inputs.policy import PromotionMode, RefundPolicy
from service_refunds.domain.calculation.inputs.promotion_rule import Threshold, ThresholdStep
from service_refunds.domain.calculation.inputs.refund_request import (
    AcceptedUnit,
    LegalFacts,
    RefundRequest,
    Regime,
)
from service_refunds.domain.calculation.inputs.tender import Tender, TenderKind
from service_refunds.domain.calculation.statement import statement
from shared.kernel.money import Money


def an_order() -> Order:
    """Twenty lines of three pieces, two tax rates, two order discounts, freight, three tenders."""

    def euro(minor: int) -> Money:
        return Money(minor, "EUR")

    lines = [
        OrderLine(
            id=f"line-{n}", quantity=3, paid=euro(2_999 + 137 * n), taxes=(Tax("19" if n % 3 else "7", euro(300 + n)),)
        )
        for n in range(20)
    ]
    discounts = (
        OrderDiscount(id="tiers", amount=euro(5_000), rule=Threshold((ThresholdStep(euro(30_000), euro(5_000)),))),
        OrderDiscount(id="points", amount=euro(777), points=7_770),
    )
    shipments = (Shipment(id="parcel", paid=euro(990), taxes=(Tax("19", euro(158)),), standard=euro(490)),)
    shared = with_shares(lines, discounts)
    total = sum(line.paid.minor for line in shared) + 990
    tenders = (
        Tender(id="gift", kind=TenderKind.GIFT_CARD, captured=euro(5_000)),
        Tender(id="wallet", kind=TenderKind.WALLET, captured=euro(20_000)),
        Tender(id="card", kind=TenderKind.CARD, captured=euro(total - 25_000)),
    )
    return Order(currency="EUR", lines=shared, tenders=tenders, discounts=discounts, shipments=shipments)


def a_request(order: Order, mode: PromotionMode) -> RefundRequest:
    """One or two pieces of every line go back."""
    units = tuple(
        AcceptedUnit(id=f"{line.id}#{n}", line=line.id)
        for place, line in enumerate(order.lines)
        for n in range(1 + place % 2)
    )
    facts = LegalFacts(regime=Regime.EU, statutory_withdrawal=True, re_rating_disclosed=True)
    return RefundRequest(order=order, facts=facts, units=units, policy=RefundPolicy(promotion_mode=mode))


def rows() -> list[Row]:
    """What `benchmarks/cores.py` measures of this core."""
    order = an_order()
    keep = a_request(order, PromotionMode.KEEP_SHARE)
    again = a_request(order, PromotionMode.RE_RATE)
    answer = calculate(keep)
    return [
        Row("refund, 20 lines, 3 tenders, shares kept", (lambda: calculate(keep),), goal_ms=1.0),
        Row("refund, 20 lines, 3 tenders, priced again", (lambda: calculate(again),), goal_ms=1.0),
        Row("refund, order and request checked", (lambda: a_request(an_order(), PromotionMode.KEEP_SHARE),)),
        Row("refund, fingerprint", (answer.fingerprint,)),
        Row("refund, statement in English", (lambda: statement(answer, "en"),)),
    ]
