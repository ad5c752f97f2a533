"""An exchanged item as an order of its own, so that its later return knows what was really paid for it
(J08).
"""

from collections.abc import Sequence
from dataclasses import replace

from service_refunds.domain.calculation.calculation import Calculation
from service_refunds.domain.calculation.inputs.order import Order
from service_refunds.domain.calculation.inputs.tender import Tender


def exchange_order(calculation: Calculation, payments: Sequence[Tender] = ()) -> Order:
    """The snapshot of what went out instead: its charge, paid by the value carried over and by
    `payments`.

    A chain of exchanges keeps the first payments: what a tender carried over is captured here and gone
    there, so it comes back once and to where it came from. Raises `OrderDoesNotAddUp` while the
    difference is not paid.
    """
    before = calculation.request.order
    tenders = [
        replace(
            tender,
            captured=refund.carried,
            refunded=None,
            pending=None,
            disputed=None,
            bonus=refund.carried_bonus or None,
        )
        for tender, refund in zip(before.tenders, calculation.tenders, strict=True)
        if refund.carried
    ]
    order = Order(
        currency=before.currency, lines=calculation.request.exchange, tenders=(*tenders, *payments), mode=before.mode
    )
    order.reconcile()
    return order
