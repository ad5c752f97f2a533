"""What a policy says about the money of a return: fees, outbound freight, discounts, order of payments (H04, H05, I02).

The refund is calculated by these choices, and the customer reads them in the answer and in the approval (Z12).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from service_requests.domain.eligibility.assessment import LineChoice, RecordedReason, RefundChoices
from service_requests.domain.eligibility.case import Case
from service_requests.domain.eligibility.case_of_order import RequestedLine
from service_requests.domain.eligibility.decision import Decision, UnitDecision
from service_requests.domain.eligibility.engine import rule_inputs_with
from service_requests.domain.orders.order import Order
from service_requests.domain.orders.order_part import OrderLine
from service_requests.domain.policy.condition import FactValues
from service_requests.domain.policy.outbound_pair import say_outbound
from service_requests.domain.policy.policy import OutboundRow, Policy, PromotionRow, first_matching
from service_requests.domain.policy.rulebook import Rulebook
from service_requests.domain.policy.sentences import fill, say_amount, say_percent
from service_requests.domain.policy.vocabulary import Cause, Mode, Result, TenderOrder
from service_requests.domain.policy.words_of_money import PROMOTIONS, TENDER_ORDERS, effective_tender_order
from shared.kernel.errors import Said
from shared.kernel.money import Money

RESTOCKING: Final = "restocking_fee"
OUTBOUND: Final = "outbound_freight"
PROMOTION: Final = "discounts"
TENDERS: Final = "tender_order"
NO_FEE_WITH_A_WITHDRAWAL: Final = frozenset({"CN", "EU", "UK"})

WE_KEEP: Final = Said(
    "We keep {percent} % of the price without tax: {amount}.", "我们收取不含税价款的{percent}%：{amount}。"
)
GOES_BACK: Final = Said("What you paid for delivery: {what}.", "您支付的发货运费：{what}。")


@dataclass(frozen=True, slots=True)
class MoneyOfReturn:
    """The choices that differ from those of the law, and the sentences that tell them."""

    choices: RefundChoices | None
    reasons: tuple[RecordedReason, ...]


def money_of_return(
    rules: Rulebook, policy: Policy, order: Order, lines: Sequence[RequestedLine], *, case: Case, decision: Decision
) -> MoneyOfReturn:
    """What the policy of the order says about the money of these lines, each decided in `decision`."""
    tender_order = effective_tender_order(policy, order.regime)
    if not (policy.fees or policy.outbound or policy.promotions) and tender_order is TenderOrder.PROPORTIONAL:
        return MoneyOfReturn(None, ())
    # one line that comes back by right makes the whole return a withdrawal, which bears no fee
    bars = order.regime in NO_FEE_WITH_A_WITHDRAWAL and any(unit.by_right for unit in decision.units)
    found = [
        _line_choice(policy, rule_input.values_for(policy), unit, barred=bars)
        for rule_input, unit in zip(rule_inputs_with(rules, case), decision.units, strict=True)
    ]
    choices = RefundChoices(tender_order, tuple(each for each, _, _ in found))
    if all(each == LineChoice() for each in choices.lines) and tender_order is TenderOrder.PROPORTIONAL:
        return MoneyOfReturn(None, ())
    reasons = [*_fee_reasons(order, lines, policy, choices), *_row_reasons(policy, found)]
    if tender_order is not TenderOrder.PROPORTIONAL and len(order.tenders) > 1:
        clause = f"{policy.name} tender_order"
        reasons.append(_reason(TENDERS, clause, TENDER_ORDERS[tender_order], {"tender_order": tender_order.value}))
    return MoneyOfReturn(choices, tuple(reasons))


def _line_choice(
    policy: Policy, values: FactValues, unit: UnitDecision, *, barred: bool
) -> tuple[LineChoice, OutboundRow | None, PromotionRow | None]:
    follows = unit.consequences
    if follows is None:
        return LineChoice(), None, None
    outbound = first_matching([row for row in policy.outbound if row.cause is unit.cause], values)
    promotion = first_matching(policy.promotions, values) if unit.cause is Cause.CHANGE_OF_MIND else None
    if promotion is not None and promotion.mode is not follows.promotion_mode:
        promotion = None
    return (
        LineChoice(
            restocking_basis_points=0 if barred else follows.restocking_basis_points,
            outbound_whole=None if outbound is None else follows.outbound_whole,
            outbound_part=None if outbound is None else follows.outbound_part,
            promotion=None if promotion is None else promotion.mode,
        ),
        outbound,
        promotion,
    )


def _fee_reasons(
    order: Order, lines: Sequence[RequestedLine], policy: Policy, choices: RefundChoices
) -> Iterator[RecordedReason]:
    """One sentence for each percentage, with the amount that the refund will keep (rounded once, 3.9)."""
    for points in sorted({each.restocking_basis_points for each in choices.lines} - {0}):
        places = [place for place, each in enumerate(choices.lines) if each.restocking_basis_points == points]
        asked: dict[str, int] = {}
        for place in places:
            asked[lines[place].line_id] = asked.get(lines[place].line_id, 0) + lines[place].quantity
        net = sum(_net(order, bought, pieces) for key, pieces in asked.items() if (bought := order.line(key)))
        amount = Money(max(net, 0), order.currency).fraction(points, 10_000)
        said = fill(WE_KEEP, percent=say_percent(points), amount=say_amount(amount.minor, amount.currency))
        facts = {
            "basis_points": str(points),
            "amount_minor": str(amount.minor),
            "currency": order.currency,
            "lines": ", ".join(asked),
        }
        yield _reason(RESTOCKING, f"{policy.name} fees", said, facts)


def _net(order: Order, line: OrderLine, pieces: int) -> int:
    """The net price of the first so many pieces of the line, as a refund counts it (CUM, 3.2)."""
    taxes = [tax.amount_minor for tax in line.taxes]
    if not order.prices_include_tax:
        return _share(order, line.paid_minor - sum(taxes), pieces, line.quantity)
    gross = _share(order, line.paid_minor, pieces, line.quantity)
    return gross - sum(_share(order, tax, pieces, line.quantity) for tax in taxes)


def _share(order: Order, minor: int, pieces: int, quantity: int) -> int:
    return Money(minor, order.currency).fraction(pieces, quantity).minor


def _row_reasons(
    policy: Policy, found: Sequence[tuple[LineChoice, OutboundRow | None, PromotionRow | None]]
) -> Iterator[RecordedReason]:
    outbound = {row.id: choice for choice, row, _ in found if row is not None}
    for name, choice in outbound.items():
        if choice.outbound_whole is not None and choice.outbound_part is not None:
            whole, part = choice.outbound_whole, choice.outbound_part
            facts = {"whole": whole.value, "part": part.value}
            said = fill(GOES_BACK, what=say_outbound(whole, part))
            yield _reason(OUTBOUND, f"{policy.name} outbound/{name}", said, facts)
    modes: dict[str, Mode] = {row.id: row.mode for _, _, row in found if row is not None}
    for name, mode in modes.items():
        yield _reason(PROMOTION, f"{policy.name} promotions/{name}", PROMOTIONS[mode], {"mode": mode.value})


def _reason(rule: str, clause: str, says: Said, facts: dict[str, str]) -> RecordedReason:
    return RecordedReason(rule=rule, answer=Result.YES, clause=clause, says=says, facts=facts)
