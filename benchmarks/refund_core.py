"""CPU per refund calculation of a 20-line order with 3 tenders: the median, against the goal of one
millisecond.

`python benchmarks/refund_core.py` prints one line per case and fails when the first one misses its goal.
"""

import gc
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from service_refunds.domain.calculation import calculate
from service_refunds.domain.case import AcceptedUnit, Facts, RefundRequest, Regime
from service_refunds.domain.charge import Tax
from service_refunds.domain.order import Discount, Line, Order, Shipment, Tender, TenderKind, with_shares
from service_refunds.domain.policy import Policy, PromotionMode
from service_refunds.domain.rule import Step, Threshold
from service_refunds.domain.statement import statement
from shared.kernel.money import Money

GOAL_MS: Final = 1.0
ROUNDS: Final = 400


def an_order() -> Order:
    """Twenty lines of three pieces, two tax rates, two order discounts, freight, three tenders."""

    def euro(minor: int) -> Money:
        return Money(minor, "EUR")

    lines = [
        Line(f"line-{n}", 3, euro(2_999 + 137 * n), (Tax("19" if n % 3 else "7", euro(300 + n)),)) for n in range(20)
    ]
    discounts = (
        Discount("tiers", euro(5_000), rule=Threshold((Step(euro(30_000), euro(5_000)),))),
        Discount("points", euro(777), points=7_770),
    )
    shipments = (Shipment("parcel", euro(990), (Tax("19", euro(158)),), standard=euro(490)),)
    shared = with_shares(lines, discounts)
    total = sum(line.paid.minor for line in shared) + 990
    tenders = (
        Tender("gift", TenderKind.GIFT_CARD, euro(5_000)),
        Tender("wallet", TenderKind.WALLET, euro(20_000)),
        Tender("card", TenderKind.CARD, euro(total - 25_000)),
    )
    return Order("EUR", shared, tenders, discounts=discounts, shipments=shipments)


def a_request(order: Order, mode: PromotionMode) -> RefundRequest:
    """One or two pieces of every line go back."""
    units = tuple(
        AcceptedUnit(f"{line.id}#{n}", line.id) for place, line in enumerate(order.lines) for n in range(1 + place % 2)
    )
    facts = Facts(Regime.EU, statutory_withdrawal=True, re_rating_disclosed=True)
    return RefundRequest(order, facts, units, policy=Policy(promotion_mode=mode))


def median_ms(work: Callable[[], object]) -> float:
    """Median CPU time of one call in milliseconds, without garbage collection in between."""
    times = []
    gc.disable()
    for _ in range(ROUNDS):
        started = time.process_time_ns()
        work()
        times.append(time.process_time_ns() - started)
    gc.enable()
    return statistics.median(times) / 1e6


def main() -> int:
    """Measure and compare."""
    order = an_order()
    keep = a_request(order, PromotionMode.KEEP_SHARE)
    rerate = a_request(order, PromotionMode.RE_RATE)
    answer = calculate(keep)
    calculation = median_ms(lambda: calculate(keep))
    for name, took in (
        ("calculation, keep share, with the other mode beside it", calculation),
        ("calculation, price again", median_ms(lambda: calculate(rerate))),
        ("order and request checked and built", median_ms(lambda: a_request(an_order(), PromotionMode.KEEP_SHARE))),
        ("fingerprint", median_ms(answer.fingerprint)),
        ("statement, English", median_ms(lambda: statement(answer, "en"))),
    ):
        print(f"{took:7.3f} ms  {name}")
    return 0 if calculation <= GOAL_MS else 1


if __name__ == "__main__":
    sys.exit(main())
