"""What forbids a deduction: law, the seller's fault, or that nobody told the customer (H05, H06, H07, H09).

Each kind of fee has a row of conditions. The first condition that holds is the reason why the fee is not charged.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from service_refunds.domain.calculation.inputs.component import ComponentName
from service_refunds.domain.calculation.inputs.policy import OpenOfferRule, RefundPolicy
from service_refunds.domain.calculation.inputs.refund_request import (
    AcceptedUnit,
    LegalFacts,
    OfferAnswer,
    Regime,
)


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
        and claims_loss(unit, policy)
        and first_bar(LAW_ON_VALUE_LOSS, facts, unit) is None
    )


def loss_bar(facts: LegalFacts, unit: AcceptedUnit) -> WaiverReason | None:
    """Why the lower value of this unit may not be charged, if so."""
    return first_bar(LAW_ON_VALUE_LOSS, facts, unit) or first_bar(PROOF_OF_VALUE_LOSS, facts, unit)


def receipt_is_due(facts: LegalFacts) -> bool:
    """Whether the seller pays what the customer spent on sending the goods back."""
    return facts.seller_at_fault or (facts.european and not freight_was_disclosed(facts))


def claims_loss(unit: AcceptedUnit, policy: RefundPolicy) -> bool:
    """Whether inspection says that the unit has lost value."""
    if not unit.grade:
        return bool(unit.loss)
    return any(grade.name == unit.grade and grade.loss_bp for grade in policy.grades)


def first_bar(bars: UnitBars, facts: LegalFacts, unit: AcceptedUnit) -> WaiverReason | None:
    """The first reason why this unit's lower value may not be charged."""
    return next((reason for reason, applies in bars if applies(facts, unit)), None)
