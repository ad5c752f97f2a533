"""Deductions from a refund, what forbids them, and which are waived because the refund is too small (H05, H06, H07,
H09).

Each kind of fee has a row of conditions. The first condition that holds is the reason why the fee is not charged.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from service_refunds.domain.calculation.inputs.component import ComponentName
from service_refunds.domain.calculation.inputs.policy import OpenOfferRule, RefundPolicy
from service_refunds.domain.calculation.inputs.refund_request import (
    AcceptedUnit,
    LegalFacts,
    OfferAnswer,
    RefundRequest,
    Regime,
)
from service_refunds.domain.calculation.promotion import ReturnedLine
from service_refunds.domain.calculation.returned_value import returned_value_of
from shared.kernel.money import Money


class WaiverReason(StrEnum):
    """Why a fee was not charged."""

    SELLER_AT_FAULT = "seller_at_fault"
    STATUTORY_WITHDRAWAL = "statutory_withdrawal"
    NOT_DISCLOSED = "not_disclosed"
    RIGHT_NOT_EXPLAINED = "right_not_explained"
    WITHIN_TRIAL = "within_trial"
    NO_EVIDENCE = "no_evidence"
    NOT_TOLD = "not_told"
    OFFER_OPEN = "offer_open"
    OFFER_LAPSED = "offer_lapsed"
    NO_DECLARED_VALUE = "no_declared_value"
    ALREADY_CHARGED = "already_charged"
    NO_LEGAL_GROUND = "no_legal_ground"
    REFUND_TOO_SMALL = "refund_too_small"


@dataclass(frozen=True, slots=True)
class Fee:
    """A deduction as a positive amount, at most its `base`. `bar_reason` says why the law or the policy forbids the
    fee.
    """

    name: ComponentName
    amount: Money
    base: Money
    subject: str = ""
    bar_reason: WaiverReason | None = None


@dataclass(frozen=True, slots=True)
class WaivedFee:
    """A deduction, or a part of one, that was not made, with the reason."""

    name: ComponentName
    amount: Money
    reason: WaiverReason
    subject: str = ""


@dataclass(frozen=True, slots=True)
class UnitValue:
    """A returned unit: what was `paid` for the unit, its part of a re-rating's `shift`, and their sum as `goods`."""

    unit: AcceptedUnit
    paid: Money
    shift: Money
    goods: Money


FeeBars = tuple[tuple[WaiverReason, Callable[[LegalFacts], bool]], ...]
UnitBars = tuple[tuple[WaiverReason, Callable[[LegalFacts, AcceptedUnit], bool]], ...]

OPEN_ANSWERS: Final = frozenset({None, OfferAnswer.WAITING, OfferAnswer.DISPUTED})

FEE_BARS: Final[Mapping[ComponentName, FeeBars]] = {
    ComponentName.LOST_FREE_SHIPPING: (
        (WaiverReason.SELLER_AT_FAULT, lambda facts: facts.seller_at_fault),
        (WaiverReason.STATUTORY_WITHDRAWAL, lambda facts: facts.european_withdrawal),
    ),
    ComponentName.GIFT: (
        (WaiverReason.SELLER_AT_FAULT, lambda facts: facts.seller_at_fault),
        (WaiverReason.STATUTORY_WITHDRAWAL, lambda facts: facts.european_withdrawal),
    ),
    ComponentName.RESTOCKING: (
        (WaiverReason.SELLER_AT_FAULT, lambda facts: facts.seller_at_fault),
        (
            WaiverReason.STATUTORY_WITHDRAWAL,
            lambda facts: facts.statutory_withdrawal and facts.regime is not Regime.US,
        ),
        (WaiverReason.NOT_DISCLOSED, lambda facts: not facts.fees_disclosed),
    ),
    ComponentName.WAIVED_CARD_FEE: (
        (WaiverReason.SELLER_AT_FAULT, lambda facts: facts.seller_at_fault),
        (WaiverReason.NO_LEGAL_GROUND, lambda facts: facts.regime is not Regime.CN),
        (WaiverReason.NOT_DISCLOSED, lambda facts: not facts.fees_disclosed),
    ),
    ComponentName.RETURN_FREIGHT: (
        (WaiverReason.SELLER_AT_FAULT, lambda facts: facts.seller_at_fault),
        (WaiverReason.NOT_DISCLOSED, lambda facts: not freight_was_disclosed(facts)),
    ),
}
LAW_ON_VALUE_LOSS: Final[UnitBars] = (
    (WaiverReason.SELLER_AT_FAULT, lambda facts, _: facts.seller_at_fault),
    (
        WaiverReason.RIGHT_NOT_EXPLAINED,
        lambda facts, _: facts.european_withdrawal and not facts.withdrawal_right_explained,
    ),
    (WaiverReason.WITHIN_TRIAL, lambda facts, unit: facts.european_withdrawal and not unit.beyond_trial),
)
PROOF_OF_VALUE_LOSS: Final[UnitBars] = (
    (WaiverReason.OFFER_LAPSED, lambda _, unit: unit.answer is OfferAnswer.LAPSED),
    (WaiverReason.OFFER_OPEN, lambda _, unit: unit.answer in OPEN_ANSWERS),
    (WaiverReason.NO_EVIDENCE, lambda _, unit: not unit.evidence),
    (WaiverReason.NOT_TOLD, lambda _, unit: not unit.customer_told),
)


def freight_was_disclosed(facts: LegalFacts) -> bool:
    """Whether the customer was told in time to pay the return freight. In the EU and the UK the customer is told before
    the contract and again in the approval (3.9).
    """
    return facts.freight_disclosed and (facts.freight_told_before_contract or not facts.european)


def bar_reason(name: ComponentName, facts: LegalFacts) -> WaiverReason | None:
    """The first reason why a fee of this name may not be charged."""
    return next((reason for reason, applies in FEE_BARS[name] if applies(facts)), None)


def waits_for_answer(unit: AcceptedUnit, facts: LegalFacts, policy: RefundPolicy) -> bool:
    """Whether a unit is neither paid nor refused yet, because the customer has not accepted its lower value (W7)."""
    return (
        policy.open_offer is OpenOfferRule.HOLD
        and unit.answer in OPEN_ANSWERS
        and _claims_loss(unit, policy)
        and _first(LAW_ON_VALUE_LOSS, facts, unit) is None
    )


def value_loss_fees(values: Sequence[UnitValue], facts: LegalFacts, policy: RefundPolicy) -> list[Fee]:
    """One fee for each unit that lost value: a share of what the customer paid, rounded once, at most the
    unit's goods.
    """
    fees = []
    losses = {grade.name: grade.loss_bp for grade in policy.grades}
    for each in values:
        unit = each.unit
        if not _claims_loss(unit, policy):
            continue
        loss = unit.loss if unit.loss is not None else each.paid.fraction(losses[unit.grade], 10_000)
        reason = _first(LAW_ON_VALUE_LOSS, facts, unit) or _first(PROOF_OF_VALUE_LOSS, facts, unit)
        fees.append(Fee(ComponentName.VALUE_LOSS, min(loss, each.goods), each.goods, unit.id, reason))
    return fees


def gift_fees(request: RefundRequest) -> list[Fee]:
    """The declared value of each gift that did not come back, once."""
    fees = []
    zero = request.order.zero()
    charged = {part.subject for part in request.history.components if part.name is ComponentName.GIFT}
    for gift in request.order.gifts:
        if gift.id in request.missing_gifts:
            value = gift.declared_value or zero
            reason = bar_reason(ComponentName.GIFT, request.facts)
            reason = reason or (WaiverReason.NO_DECLARED_VALUE if gift.declared_value is None else None)
            reason = reason or (WaiverReason.ALREADY_CHARGED if gift.id in charged else None)
            fees.append(Fee(ComponentName.GIFT, value, value, gift.id, reason))
    return fees


def restocking_fees(goods_net: Money, facts: LegalFacts, policy: RefundPolicy) -> list[Fee]:
    """The restocking fee on the net goods of the request, rounded once. Tax on the goods is still returned."""
    base = max(goods_net, Money(0, goods_net.currency))
    fixed = policy.restocking_fixed
    amount = base.fraction(policy.restocking_bp, 10_000) if fixed is None else min(fixed, base)
    return (
        [Fee(ComponentName.RESTOCKING, amount, base, bar_reason=bar_reason(ComponentName.RESTOCKING, facts))]
        if amount
        else []
    )


def waived_card_fees(request: RefundRequest, returns: Sequence[ReturnedLine]) -> list[Fee]:
    """The part of each card fee that the seller paid, in proportion to the returned share of the order
    (暂行办法 16).
    """
    if not request.policy.charge_waived_card_fee:
        return []
    progress = returned_value_of(returns, request.order.mode)
    reason = bar_reason(ComponentName.WAIVED_CARD_FEE, request.facts)
    fees = []
    for tender in request.order.tenders:
        fee = tender.waived_fee or request.order.zero()
        due = fee.fraction(progress.after, progress.whole) - fee.fraction(progress.before, progress.whole)
        if due:
            fees.append(Fee(ComponentName.WAIVED_CARD_FEE, due, due, tender.id, reason))
    return fees


def return_freight_fees(label: Money | None, facts: LegalFacts) -> list[Fee]:
    """The price of the prepaid label, limited by the whole refund."""
    return (
        [Fee(ComponentName.RETURN_FREIGHT, label, label, bar_reason=bar_reason(ComponentName.RETURN_FREIGHT, facts))]
        if label
        else []
    )


def receipt_is_due(facts: LegalFacts) -> bool:
    """Whether the seller pays what the customer spent on sending the goods back."""
    return facts.seller_at_fault or (facts.european and not freight_was_disclosed(facts))


def collect_fees(fees: Iterable[Fee], worth: Money) -> tuple[list[Fee], list[WaivedFee]]:
    """Charge fees in the order of computation while the refund is large enough. The fee computed last is
    waived first.
    """
    kept: list[Fee] = []
    waived: list[WaivedFee] = []
    left = max(worth, Money(0, worth.currency))
    for fee in fees:
        if fee.bar_reason is not None:
            waived.append(WaivedFee(fee.name, fee.amount, fee.bar_reason, fee.subject))
            continue
        charged = min(fee.amount, left)
        left -= charged
        if charged:
            kept.append(Fee(fee.name, charged, fee.base, fee.subject))
        if charged < fee.amount:
            waived.append(WaivedFee(fee.name, fee.amount - charged, WaiverReason.REFUND_TOO_SMALL, fee.subject))
    return kept, waived


def _claims_loss(unit: AcceptedUnit, policy: RefundPolicy) -> bool:
    if not unit.grade:
        return bool(unit.loss)
    return any(grade.name == unit.grade and grade.loss_bp for grade in policy.grades)


def _first(bars: UnitBars, facts: LegalFacts, unit: AcceptedUnit) -> WaiverReason | None:
    return next((reason for reason, applies in bars if applies(facts, unit)), None)
