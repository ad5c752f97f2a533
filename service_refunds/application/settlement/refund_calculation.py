"""The question that the calculation answers: an order, its earlier refunds, the return and the accepted units.

A fact that no event states is filled with the law's default in the customer's favour.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from service_refunds.domain.calculation import calculation as core
from service_refunds.domain.calculation.calculation import Calculation
from service_refunds.domain.calculation.imported_order import OUTBOUND
from service_refunds.domain.calculation.inputs.component import Component, ComponentName
from service_refunds.domain.calculation.inputs.history import LineHistory, RefundHistory, TenderUse, line_states
from service_refunds.domain.calculation.inputs.order import Order
from service_refunds.domain.calculation.inputs.policy import GRADES, Grade
from service_refunds.domain.calculation.inputs.refund_request import (
    AcceptedUnit,
    LegalFacts,
    OfferAnswer,
    RefundRequest,
    Regime,
)
from service_refunds.domain.calculation.inputs.returned_group import ReturnedGroup, summed
from service_refunds.domain.calculation.inputs.tender import Tender
from service_refunds.domain.known.known_order import KnownOrder
from service_refunds.domain.known.known_return import KnownReturn, KnownUnit
from service_refunds.domain.known.known_rule import UNSAID, refund_policy
from service_refunds.domain.known.later_facts import LaterFacts
from service_refunds.domain.ledger.balance import Balance, BalanceKey, Kind
from service_refunds.domain.settlement.refund import Refund
from service_refunds.domain.settlement.state import PayoutState, State
from shared.kernel.money import Money
from shared.kernel.piece_range import PieceRange

OUTBOUND_FREIGHT = f"outbound_freight:{OUTBOUND}"
Balances = Mapping[BalanceKey, Balance]


def left_of(
    order: Order, history: RefundHistory, units: Sequence[KnownUnit]
) -> tuple[Sequence[KnownUnit], Sequence[KnownUnit]]:
    """These units as far as their lines have pieces left, and the units beyond them. A lot is cut between both."""
    free = {state.line.id: max(0, state.kept) for state in line_states(order, history)}
    left: list[KnownUnit] = []
    beyond: list[KnownUnit] = []
    for unit in units:
        whole = PieceRange.of(unit.unit_id)
        fits = min(whole.count, free.get(unit.line_id, 0))
        free[unit.line_id] = free.get(unit.line_id, 0) - fits
        if fits == whole.count:
            left.append(unit)
        elif fits == 0:
            beyond.append(unit)
        else:
            first, rest = whole.cut([whole.first + fits])
            left.append(replace(unit, unit_id=str(first)))
            beyond.append(replace(unit, unit_id=str(rest)))
    return left, beyond


def calculate(
    order: Order,
    history: RefundHistory,
    known: KnownOrder,
    returned: KnownReturn,
    units: Sequence[KnownUnit],
) -> Calculation:
    """The refund for these units, which share one fault and one choice of the policy. Raises the refusals of the
    calculation. Without units it is what earlier pieces give now.
    """
    if not units:
        return calculate_growth(order, history, known, returned)
    choice = returned.choice_for(units[0])
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
                # the fee is of the policy that was in force, and open to read, when she bought
                fees_disclosed=choice.restocking_bp > 0,
            ),
            units=tuple(_accepted(unit, returned) for unit in units),
            history=history,
            policy=replace(refund_policy(choice, returned.tender_order), grades=_grades(units, returned)),
            return_label=None if label is None else Money(label, order.currency),
        )
    )


def _accepted(unit: KnownUnit, returned: KnownReturn) -> AcceptedUnit:
    """A deduction is told to this service only with the customer's agreement, and rests on a finding (R4.5)."""
    points = returned.deduction_of(unit.unit_id)
    if not points:
        return AcceptedUnit(id=unit.unit_id, line=unit.line_id)
    return AcceptedUnit(
        id=unit.unit_id,
        line=unit.line_id,
        grade=_grade_of(points),
        evidence=True,
        customer_told=True,
        answer=OfferAnswer.ACCEPTED,
    )


def _grades(units: Sequence[KnownUnit], returned: KnownReturn) -> tuple[Grade, ...]:
    """The grades of a policy, and one for each agreed deduction."""
    agreed = sorted({returned.deduction_of(unit.unit_id) for unit in units} - {0})
    return (*GRADES, *(Grade(_grade_of(points), points) for points in agreed))


def _grade_of(points: int) -> str:
    return f"agreed-{points}"


def calculate_growth(order: Order, history: RefundHistory, known: KnownOrder, returned: KnownReturn) -> Calculation:
    """What earlier pieces of the order give now, less what they gave: no piece comes back. Raises as `calculate`.

    `returned` says which payment is given back first.
    """
    return core.calculate(
        RefundRequest(
            order=order,
            facts=LegalFacts(regime=Regime(known.imported.regime)),
            history=history,
            policy=refund_policy(UNSAID, returned.tender_order),
        )
    )


def with_balances(order: Order, balances: Balances) -> Order:
    """The order whose payments have what their balances allow: a lower cap is money under dispute."""
    return replace(
        order, tenders=tuple(_capped(tender, balances.get((Kind.TENDER, tender.id))) for tender in order.tenders)
    )


def _capped(tender: Tender, balance: Balance | None) -> Tender:
    disputed = 0 if balance is None else tender.captured.minor - max(0, balance.cap_minor)
    return replace(tender, disputed=tender.captured.like(disputed)) if disputed > 0 else tender


def history_of(
    order: Order, refunds: Iterable[Refund], balances: Balances, later: LaterFacts | None = None
) -> RefundHistory:
    """What earlier refunds gave back, and what was paid back elsewhere.

    A failed refund gave no money; its units keep their shares for that refund. A stopped refund never was.

    A refund from before 0.2 has no group. It counts as it was calculated, and so does every refund before it. Where a
    balance has less left than these refunds and the facts took, the rest went back without our knowledge (Z09).
    """
    later = later or LaterFacts()
    lines: dict[str, LineHistory] = {}
    taken = {tender: use.refunded.minor for tender, use in later.uses(order).items()}
    components: list[Component] = list(later.components(order))
    groups: list[ReturnedGroup] = []
    restated: dict[str, LineHistory] = {}
    ended: set[str] = set()
    for refund in refunds:
        if refund.state is State.STOPPED:
            continue
        for unit, line in refund.terms.units.items():
            if unit in refund.terms.beyond_order:
                continue
            before = lines.get(line, LineHistory(line))
            lines[line] = LineHistory(line, (*before.units, unit), before.restated)
        restated |= {entry.line: entry for entry in refund.terms.restated}
        ended |= set(refund.terms.ended_coupons)
        alive = [payout for payout in refund.current if payout.state is not PayoutState.FAILED]
        for payout in alive:
            taken[payout.tender] = taken.get(payout.tender, 0) + payout.amount.minor
        paid = bool(alive) or not refund.payouts
        if paid:
            components += refund.terms.components
        if refund.terms.returned is None:
            groups.clear()
            for line, entry in restated.items():
                lines[line] = replace(lines.get(line, LineHistory(line)), restated=entry.restated)
        else:
            groups.append(replace(refund.terms.returned, given=summed(refund.terms.components), failed=not paid))
    components += _freight_elsewhere(order, components, balances)
    for tender in order.tenders:
        balance = balances.get((Kind.TENDER, tender.id))
        used = 0 if balance is None else balance.reserved_minor + balance.settled_minor
        elsewhere = 0 if tender.refunded is None else tender.refunded.minor
        taken[tender.id] = max(taken.get(tender.id, 0), used - elsewhere)
    return RefundHistory(
        lines=tuple(lines.values()),
        components=tuple(components),
        tenders=tuple(TenderUse(tender, Money(minor, order.currency)) for tender, minor in taken.items() if minor),
        ended_coupons=frozenset(ended),
        returned=tuple(groups),
        elsewhere=later.elsewhere(order),
    )


def _freight_elsewhere(order: Order, components: Sequence[Component], balances: Balances) -> list[Component]:
    """The outbound freight that was refunded elsewhere: what is missing in its balance beyond our own refunds."""
    balance = balances.get((Kind.COMPONENT, OUTBOUND_FREIGHT))
    if balance is None:
        return []
    names = {ComponentName.FREIGHT_NET, ComponentName.FREIGHT_TAX}
    ours = sum(part.amount.minor for part in components if part.name in names)
    missing = balance.reserved_minor + balance.settled_minor - ours
    return [Component(ComponentName.FREIGHT_NET, Money(missing, order.currency), OUTBOUND)] if missing > 0 else []
