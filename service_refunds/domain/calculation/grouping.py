"""The group of a request: what law, facts and policy let its pieces bring and cost, before any amount is computed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service_refunds.domain.calculation.fee_bar import bar_reason, claims_loss, loss_bar
from service_refunds.domain.calculation.inputs.component import ComponentName
from service_refunds.domain.calculation.inputs.policy import FreightRule, PromotionMode, RefundPolicy
from service_refunds.domain.calculation.inputs.refund_request import (
    AcceptedUnit,
    LegalFacts,
    RefundRequest,
    Regime,
)
from service_refunds.domain.calculation.inputs.returned_group import Pieces, ReturnedGroup, UnitLoss
from service_refunds.domain.calculation.promotion import mode_for
from shared.kernel.piece_range import pieces_in


@dataclass(frozen=True, slots=True)
class FreightRefundRule:
    """The rule for one refund. It says when freight goes back, whether express freight counts only as standard freight,
    and whether the law gives freight back with a whole order regardless of the rule for parts.
    """

    rule: FreightRule
    standard_only: bool = False
    whole_by_law: bool = False


def freight_refund_rule(facts: LegalFacts, policy: RefundPolicy) -> FreightRefundRule:
    """The seller's fault gives all freight back, a European withdrawal the standard rate, any other return the promised
    freight.
    """
    if facts.seller_at_fault:
        return FreightRefundRule(FreightRule.PROPORTIONAL)
    if facts.european_withdrawal:
        return FreightRefundRule(policy.part_withdrawal_freight, standard_only=True, whole_by_law=True)
    return FreightRefundRule(policy.contract_freight, policy.contract_freight_standard_only)


def group_of(request: RefundRequest, accepted: Mapping[str, Sequence[AcceptedUnit]]) -> ReturnedGroup:
    """The group of the accepted units of a request, which are given by line."""
    facts, policy = request.facts, request.policy
    freight = freight_refund_rule(facts, policy)
    by_law = facts.seller_at_fault or facts.european_withdrawal
    restocks = bar_reason(ComponentName.RESTOCKING, facts) is None
    return ReturnedGroup(
        pieces=tuple([Pieces(line, pieces_in(unit.id for unit in units)) for line, units in accepted.items()]),
        re_rate=bool(accepted) and mode_for(request.order, facts, policy)[0] is PromotionMode.RE_RATE,
        by_fault=facts.seller_at_fault,
        freight=freight.rule,
        standard_only=freight.standard_only,
        whole_by_law=freight.whole_by_law,
        order_fees=by_law or policy.refund_order_fees,
        surcharge=by_law or not policy.keep_surcharge,
        restocking_bp=policy.restocking_bp if restocks else 0,
        restocking_fixed=policy.restocking_fixed if restocks else None,
        losses=tuple(_losses(request, accepted)),
        label=request.return_label if bar_reason(ComponentName.RETURN_FREIGHT, facts) is None else None,
        gifts=request.missing_gifts if bar_reason(ComponentName.GIFT, facts) is None else (),
        card_fee=policy.charge_waived_card_fee and bar_reason(ComponentName.WAIVED_CARD_FEE, facts) is None,
        lost_free_shipping=bool(accepted)
        and charges_lost_shipping(facts, policy)
        and bar_reason(ComponentName.LOST_FREE_SHIPPING, facts) is None,
    )


def charges_lost_shipping(facts: LegalFacts, policy: RefundPolicy) -> bool:
    """Whether policy or regime wants the tariff of a delivery that is no longer free (暂行办法 18)."""
    wanted = policy.charge_lost_free_shipping
    return facts.regime is Regime.CN if wanted is None else wanted


def _losses(request: RefundRequest, accepted: Mapping[str, Sequence[AcceptedUnit]]) -> list[UnitLoss]:
    losses = []
    by_grade = {grade.name: grade.loss_bp for grade in request.policy.grades}
    for line, units in accepted.items():
        for unit in units:
            if claims_loss(unit, request.policy) and loss_bar(request.facts, unit) is None:
                bp = 0 if unit.loss is not None else by_grade[unit.grade]
                losses.append(UnitLoss(unit.id, line, bp, unit.loss))
    return losses
