"""What follows from an acceptance: remedy, freight, fees, sharing of discounts; the best for the customer."""

from collections.abc import Sequence
from typing import Final

from service_requests.domain.eligibility.alternative import best_remedy
from service_requests.domain.eligibility.decision import Consequences
from service_requests.domain.eligibility.freight import freight
from service_requests.domain.eligibility.ground import Ground
from service_requests.domain.eligibility.rule import remedies_of
from service_requests.domain.eligibility.rule_input import RuleInput
from service_requests.domain.policy.policy import Policy, first_matching
from service_requests.domain.policy.term import FeeBar, OutboundFreightRule, Promotion
from service_requests.domain.policy.vocabulary import Cause, Layer, Mode, OutboundFreight


def consequences(rule_input: RuleInput, accepting: Sequence[Ground]) -> Consequences:
    """The consequences of the grounds that accept. Without such a ground, goodwill follows the policy of the order."""
    remedy = best_remedy(rule_input, [remedy for ground in accepting for remedy in remedies_of(rule_input, ground)])
    whole, part = outbound(rule_input, accepting)
    handled = any(state in ground.reducing_states for ground in accepting for state in rule_input.unit.states)
    return Consequences(
        remedy=remedy,
        freight=freight(rule_input, accepting),
        restocking_basis_points=restocking(rule_input, accepting),
        value_loss_possible=handled,
        promotion_mode=promotion_mode(rule_input),
        outbound_whole=whole,
        outbound_part=part,
    )


def restocking(rule_input: RuleInput, accepting: Sequence[Ground]) -> int:
    """The fee in hundredths of a percent of the net price; zero for a defect or where the law bars fees (H05)."""
    by_law = any(ground.layer is Layer.LAW for ground in accepting)
    barred = by_law and any(each.term.cause is rule_input.cause for each in rule_input.law.cited(FeeBar))
    if barred or rule_input.cause is Cause.DEFECT or any(ground.promise is not None for ground in accepting):
        return 0
    policies = [ground.policy for ground in accepting if ground.policy is not None] or [rule_input.snapshot]
    return min(_fee(rule_input, policy) for policy in policies)


def _fee(rule_input: RuleInput, policy: Policy) -> int:
    row = first_matching([row for row in policy.fees if row.cause is rule_input.cause], rule_input.values_for(policy))
    return row.basis_points if row is not None else 0


def promotion_mode(rule_input: RuleInput) -> Mode:
    """The mode of the law. A published promise of every share binds (条例 12); the other mode binds only a customer
    who was told before. A defect keeps the share.
    """
    lawful = next((each.term for each in rule_input.law.cited(Promotion)), Promotion(Mode.KEEP_SHARE))
    row = first_matching(rule_input.snapshot.promotions, rule_input.values_for(rule_input.snapshot))
    if rule_input.cause is Cause.DEFECT:
        return Mode.KEEP_SHARE
    if row is None:
        return lawful.mode
    told = lawful.other_if_told and rule_input.case.told.promotion_mode
    kinder = lawful.other_if_told and row.mode is Mode.KEEP_SHARE
    return row.mode if told or kinder else lawful.mode


OUTBOUND_KINDEST_FIRST: Final = (
    OutboundFreight.FULL,
    OutboundFreight.STANDARD_ONLY,
    OutboundFreight.PROPORTIONAL,
    OutboundFreight.LAST_ITEM,
    OutboundFreight.NONE,
)


def outbound(rule_input: RuleInput, accepting: Sequence[Ground]) -> tuple[OutboundFreight, OutboundFreight]:
    """What becomes of the outbound freight: when all goods go back, and when a part goes back (H04)."""
    given = [(OutboundFreight.NONE, OutboundFreight.NONE)]
    if any(ground.layer is Layer.LAW for ground in accepting):
        rules = [each.term for each in rule_input.law.cited(OutboundFreightRule) if each.term.cause is rule_input.cause]
        given += [(rule.whole, rule.part) for rule in rules]
    row = first_matching(
        [row for row in rule_input.snapshot.outbound if row.cause is rule_input.cause],
        rule_input.values_for(rule_input.snapshot),
    )
    if row is not None:
        given.append((row.whole, row.part))
    wholes, parts = zip(*given, strict=True)
    return min(wholes, key=OUTBOUND_KINDEST_FIRST.index), min(parts, key=OUTBOUND_KINDEST_FIRST.index)
