"""A decision made again from what it was made from: the whole trace, and whether it comes out the same (B10, R1.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service_requests.domain.eligibility.assessment import Basis
from service_requests.domain.eligibility.assessor import basis_of
from service_requests.domain.eligibility.case_of_order import case_of
from service_requests.domain.eligibility.decision import Decision
from service_requests.domain.eligibility.engine import decide_with
from service_requests.domain.orders.order import Order
from service_requests.domain.orders.policy_of_order import policy_of
from service_requests.domain.policy.rulebook import Rulebook
from service_requests.domain.returns.requested_lines import requested_lines
from service_requests.domain.returns.return_ import Return


@dataclass(frozen=True, slots=True)
class ReplayedDecision:
    """The decision as it comes out now. `same`: its inputs and its bytes are those of that day; None where that day
    kept nothing to compare with.
    """

    decision: Decision
    made_at: datetime
    basis: Basis
    same: bool | None


def replay_decision(rules: Rulebook, found: Return, order: Order) -> ReplayedDecision:
    """Decide by the versions of that day what was decided that day. Raises what `engine.decide` raises."""
    kept = found.basis
    names: Sequence[str] = kept.policies if kept is not None else ()
    then = (rules.as_of(names) if names else None) or rules
    policy = then.named(names[0]) if names else None
    case = case_of(order, requested_lines(found), policy or policy_of(then, order), found.created_at, found.kindness)
    decision = decide_with(then, case, found.created_at)
    basis = basis_of(decision)
    return ReplayedDecision(decision, found.created_at, basis, None if kept is None else basis == kept)
