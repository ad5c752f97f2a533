"""What follows from an acceptance: remedy, freight, fees, the way discounts are shared; the kindest that is given."""

from collections.abc import Sequence
from typing import Final

from service_requests.domain.rights.ask import Ask
from service_requests.domain.rights.decision import Consequences
from service_requests.domain.rights.freight import freight
from service_requests.domain.rights.grant import Grant
from service_requests.domain.rights.policy import Policy, first
from service_requests.domain.rights.remedy import best_remedy
from service_requests.domain.rights.rules import remedies_of
from service_requests.domain.rights.terms import FeeBar, OutboundFreightRule, Promotion
from service_requests.domain.rights.vocabulary import Cause, Layer, Mode, OutboundFreight


def consequences(ask: Ask, accepting: Sequence[Grant]) -> Consequences:
    """For the grounds that accept; none of them means goodwill, which follows the policy of the order."""
    remedy = best_remedy(ask, [remedy for grant in accepting for remedy in remedies_of(ask, grant)])
    whole, part = outbound(ask, accepting)
    handled = any(state in grant.reducing_states for grant in accepting for state in ask.unit.states)
    return Consequences(
        remedy,
        freight(ask, accepting),
        restocking(ask, accepting),
        handled,
        promotion_mode(ask),
        whole,
        part,
    )


def restocking(ask: Ask, accepting: Sequence[Grant]) -> int:
    """Hundredths of a percent of the goods' net price; none where an accepting law bars it, none for a defect (H05)."""
    by_law = any(grant.layer is Layer.LAW for grant in accepting)
    barred = by_law and any(each.term.cause is ask.cause for each in ask.law.cited(FeeBar))
    if barred or ask.cause is Cause.DEFECT or any(grant.promise is not None for grant in accepting):
        return 0
    policies = [grant.policy for grant in accepting if grant.policy is not None] or [ask.snapshot]
    return min(_fee(ask, policy) for policy in policies)


def _fee(ask: Ask, policy: Policy) -> int:
    row = first([row for row in policy.fees if row.cause is ask.cause], ask.known_to(policy))
    return row.basis_points if row is not None else 0


def promotion_mode(ask: Ask) -> Mode:
    """The law's mode; the policy's other one only if it was told before the purchase; never re-rated for a defect."""
    lawful = next((each.term for each in ask.law.cited(Promotion)), Promotion(Mode.KEEP_SHARE))
    row = first(ask.snapshot.promotions, ask.known_to(ask.snapshot))
    if ask.cause is Cause.DEFECT:
        return Mode.KEEP_SHARE
    if row is None or (row.mode is not lawful.mode and not (lawful.other_if_told and ask.case.told.promotion_mode)):
        return lawful.mode
    return row.mode


KINDNESS: Final = (
    OutboundFreight.FULL,
    OutboundFreight.STANDARD_ONLY,
    OutboundFreight.PROPORTIONAL,
    OutboundFreight.LAST_ITEM,
    OutboundFreight.NONE,
)


def outbound(ask: Ask, accepting: Sequence[Grant]) -> tuple[OutboundFreight, OutboundFreight]:
    """What becomes of the freight of the way out, when all goes back and when a part does (H04)."""
    given = [(OutboundFreight.NONE, OutboundFreight.NONE)]
    if any(grant.layer is Layer.LAW for grant in accepting):
        rules = [each.term for each in ask.law.cited(OutboundFreightRule) if each.term.cause is ask.cause]
        given += [(rule.whole, rule.part) for rule in rules]
    row = first([row for row in ask.snapshot.outbound if row.cause is ask.cause], ask.known_to(ask.snapshot))
    if row is not None:
        given.append((row.whole, row.part))
    wholes, parts = zip(*given, strict=True)
    return min(wholes, key=KINDNESS.index), min(parts, key=KINDNESS.index)
