"""The question that the calculation answers: an order, its earlier refunds, the return and the accepted units.

A fact that no event states is filled with the law's default in the customer's favour.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from service_refunds.domain.calculation import calculation as core
from service_refunds.domain.calculation.calculation import Calculation
from service_refunds.domain.calculation.inputs.component import Component
from service_refunds.domain.calculation.inputs.history import LineHistory, RefundHistory, TenderUse
from service_refunds.domain.calculation.inputs.order import Order
from service_refunds.domain.calculation.inputs.policy import FreightRule, RefundPolicy
from service_refunds.domain.calculation.inputs.refund_request import (
    AcceptedUnit,
    LegalFacts,
    RefundRequest,
    Regime,
)
from service_refunds.domain.known.known_order import KnownOrder
from service_refunds.domain.known.known_return import KnownReturn, KnownUnit
from service_refunds.domain.known.later_facts import LaterFacts
from service_refunds.domain.settlement.refund import Refund, State
from shared.kernel.money import Money

POLICY: Final = RefundPolicy(
    part_withdrawal_freight=FreightRule.LAST_ITEM, refund_order_fees=True, keep_surcharge=False
)
"""No published policy speaks of charges of the order: they go back, which is the reading in the customer's favour."""


def calculate(
    order: Order,
    history: RefundHistory,
    known: KnownOrder,
    returned: KnownReturn,
    units: Sequence[KnownUnit],
) -> Calculation:
    """The refund for these units, which all share one fault. Raises the refusals of the calculation."""
    at_fault = units[0].seller_at_fault
    label = None if at_fault or returned.charged_by else returned.label_minor
    return core.calculate(
        RefundRequest(
            order=order,
            facts=LegalFacts(
                regime=Regime(known.imported.regime),
                seller_at_fault=at_fault,
                statutory_withdrawal=returned.statutory_withdrawal,
                freight_disclosed=returned.label_minor is not None,
            ),
            units=tuple(AcceptedUnit(id=unit.unit_id, line=unit.line_id) for unit in units),
            history=history,
            policy=POLICY,
            return_label=None if label is None else Money(label, order.currency),
        )
    )


def history_of(order: Order, refunds: Iterable[Refund], later: LaterFacts | None = None) -> RefundHistory:
    """What earlier refunds gave back, and what was paid back elsewhere.

    A failed refund gave no money; its units keep their shares for that refund. A stopped refund never was.
    """
    later = later or LaterFacts()
    lines: dict[str, LineHistory] = {}
    taken = {tender: use.refunded.minor for tender, use in later.uses(order).items()}
    components: list[Component] = list(later.components(order))
    ended: set[str] = set()
    for refund in refunds:
        if refund.state is State.STOPPED:
            continue
        for unit, line in refund.terms.units.items():
            before = lines.get(line, LineHistory(line))
            lines[line] = LineHistory(line, (*before.units, unit), before.restated)
        lines |= {entry.line: entry for entry in refund.terms.restated}
        ended |= set(refund.terms.ended_coupons)
        alive = [payout for payout in refund.payouts if payout.state is not State.FAILED]
        for payout in alive:
            taken[payout.tender] = taken.get(payout.tender, 0) + payout.amount.minor
        if alive or not refund.payouts:
            components += refund.terms.components
    return RefundHistory(
        tuple(lines.values()),
        tuple(components),
        tuple(TenderUse(tender, Money(minor, order.currency)) for tender, minor in taken.items()),
        frozenset(ended),
        later.elsewhere(order),
    )
